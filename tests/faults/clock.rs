//! The clock of the machine jumps, under the built binary.

use std::path::PathBuf;
use std::process::Command;

use kit::both_databases;
use kit::clock::{Clock, Timestamp};
use kit::testing::{Database, Engine, wait_until};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::signals::{ends, gets_on, nothing_is_wrong};
use super::torture::audit;
use crate::support::{Client, EMAIL, Fleet, Role};

const SLOWLY: (&str, &str) = ("REPRUV_SIMULATOR_DELAY_MS", "150");
const DAY: i64 = 86_400;

both_databases! {
    /// F31: whether a set-up that is under way then ends well or is given up, it ends, and the next one is as ever.
    async fn a_day_forth_or_back_breaks_nothing_and_holds_up_nobody(engine: Engine) {
        let (database, hand) = (Database::fresh(engine).await, Hand::made());
        let settings = hand.settings();
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).chain([SLOWLY]).collect();
        let fleet = Fleet::start(database.url(), &[Role::Serve], &settings).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        for jump in [DAY, 0, -DAY, 0] {
            let job = set_up(&ann).await;
            gets_on(&ann, &job).await;
            hand.moves_to(jump);
            let ended = ends(&ann, &job).await;
            assert_ne!(ended["status"], "cancelled", "{ended}");
            let (_, leaving) = ann.post("/api/demo/disable", json!({})).await;
            let left = ends(&ann, &leaving["job_id"]).await;
            assert_eq!(left["status"], "completed", "after a jump to {jump}: {left}");
            let at = Timestamp::parse(left["created_at"].as_str().expect("an instant")).expect("an instant");
            let off = (at.micros() - Clock::system().now().micros()) / 1_000_000 - jump;
            assert!(off.abs() < DAY / 2, "it went by the clock that jumped: {left}");
            wait_until("nothing is under way", || async { audit::live_operations(database.url()).await == 0 }).await;
            nothing_is_wrong(&fleet, database.url()).await;
        }
        let job = set_up(&ann).await;
        assert_eq!(ends(&ann, &job).await["status"], "completed", "with the clock where it was");
    }
}

/// Of one platform, so that a day's news is soon read.
async fn set_up(ann: &Client) -> Value {
    let (_, accepted) = ann.post("/api/demo/enable", json!({ "story": "restaurant", "size": "small" })).await;
    accepted["job_id"].clone()
}

/// Adds what a file says to what the system's clock says.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int answer = real(id, at);
    const char *path = getenv("CLOCK_OFFSET");
    int file = answer == 0 && id == CLOCK_REALTIME && path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return answer;
    char text[32] = {0};
    if (read(file, text, sizeof text - 1) > 0) at->tv_sec += atol(text);
    close(file);
    return answer;
}
"#;

/// Moves the clock of processes that it is preloaded into.
struct Hand {
    directory: TempDir,
}

impl Hand {
    fn made() -> Self {
        let hand = Self { directory: tempfile::tempdir().expect("a temporary directory") };
        std::fs::write(hand.path("shim.c"), SHIM).expect("the directory takes it");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-o"]).arg(hand.path("shim.so")).arg(hand.path("shim.c")).arg("-ldl");
        let built = compiler.status();
        assert!(built.expect("a C compiler is installed").success());
        hand
    }

    fn settings(&self) -> [(&'static str, String); 2] {
        let path = |name| self.path(name).display().to_string();
        [("LD_PRELOAD", path("shim.so")), ("CLOCK_OFFSET", path("offset"))]
    }

    /// So many seconds from the true time.
    fn moves_to(&self, seconds: i64) {
        std::fs::write(self.path("next"), seconds.to_string()).expect("the directory takes it");
        std::fs::rename(self.path("next"), self.path("offset")).expect("a file changes in one step");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}
