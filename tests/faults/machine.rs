//! The machine has no room, no memory, or is another one from now on.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use kit::args;
use kit::both_databases;
use kit::clock::Clock;
use kit::db::{Db, Options};
use kit::random::Random;
use kit::testing::{Cluster, Database, Engine, wait_for, wait_until};
use repruv::secrets::Vault;
use reqwest::StatusCode;
use serde_json::json;

use super::signals::{ends, gets_on, nothing_is_wrong, set_up};
use crate::support::{Client, EMAIL, Fleet, Process, Proxy, Role, free_port, http, webhook};

const SLOWLY: (&str, &str) = ("REPRUV_SIMULATOR_DELAY_MS", "150");

both_databases! {
    /// F26, F28 under the built binary. Needs root.
    async fn a_full_disk_is_answered_503_to_webhooks_too_and_heals_without_a_restart(engine: Engine) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let Some(disk) = Disk::mount(directory.path()) else { return eprintln!("skipped: only root mounts") };
        let database = Small::on(&disk, engine).await;
        let url = database.url.clone();
        let fleet = Fleet::start(&url, &[Role::Serve], &[]).await;
        let base = fleet.urls()[0].clone();
        let ann = Client::sign_up_at(&base, EMAIL, Some(&fleet.setup_link)).await;
        let job = set_up(&ann).await;
        ends(&ann, &job).await;
        let vault = Vault::open(&fleet.data_dir().join("secret.key"), &Random::system()).expect("the key is there");
        let (client, mut kept) = (http(), BTreeSet::new());
        let deliver = async |id: &str| webhook::send(&client, &base, &vault, &ann.user_id, id).await;

        let filler = disk.fill();
        let is_ready = async || client.get(format!("{base}/readyz")).send().await.is_ok_and(|answer| answer.status() == 200);
        let refused = loop {
            let id = format!("evt_{}", kept.len());
            match deliver(&id).await.expect("the server answers") {
                StatusCode::OK => kept.insert(id),
                status => {
                    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
                    break id;
                }
            };
        };
        // PostgreSQL may have room in the pages of other tables.
        if engine == Engine::Sqlite {
            assert_eq!(ann.post("/api/demo/disable", json!({})).await.0, StatusCode::SERVICE_UNAVAILABLE);
            wait_until("who cannot write is not ready", || async { !is_ready().await }).await;
        }
        assert_eq!(ann.get("/api/dashboard").await.0, StatusCode::OK, "what is there can be read");
        assert_eq!(stored(&url).await, kept, "what was refused is not there");

        std::fs::remove_file(filler).expect("it is there");
        wait_until("the sender's next try is taken", || async { deliver(&refused).await == Some(StatusCode::OK) })
            .await;
        kept.insert(refused);
        assert_eq!(stored(&url).await, kept);
        wait_until("it is ready again", || async { is_ready().await }).await;
        let leaving = wait_for("it can be left", || async {
            let (status, answer) = ann.post("/api/demo/disable", json!({})).await;
            (status == StatusCode::ACCEPTED).then_some(answer)
        })
        .await;
        ends(&ann, &leaving["job_id"]).await;
        nothing_is_wrong(&fleet, &url).await;
    }

    /// F34. Needs root, or a group of one's own.
    async fn a_process_that_is_ended_for_want_of_memory_loses_nothing(engine: Engine) {
        let Some(group) = MemoryGroup::made() else { return eprintln!("skipped: no memory cgroup can be made") };
        let database = Database::fresh(engine).await;
        let mut fleet = Fleet::start(database.url(), &[Role::Serve], &[SLOWLY]).await;
        let base = fleet.urls()[0].clone();
        let ann = Client::sign_up_at(&base, EMAIL, Some(&fleet.setup_link)).await;
        let job = set_up(&ann).await;
        gets_on(&ann, &job).await;
        let process = &mut fleet.nodes[0].process;
        group.takes(process.id());
        let crowd = tokio::spawn(async move {
            loop {
                // Each takes 19 MiB.
                futures_util::future::join_all((0..8).map(|number| try_to_sign_in(&base, number))).await;
            }
        });
        let ended = process.end().await;
        crowd.abort();
        assert_eq!(ended.signal(), Some(9), "the kernel ended it: {ended}");
        fleet.revive(0, &[]);
        fleet.wait_until_ready().await;
        let done = ends(&ann, &job).await;
        assert_eq!((&done["status"], &done["attempt"]), (&json!("completed"), &json!(1)), "{done}");
        nothing_is_wrong(&fleet, database.url()).await;
    }
}

#[test]
fn a_start_on_a_full_disk_says_so_in_one_line() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let Some(disk) = Disk::mount(directory.path()) else { return eprintln!("skipped: only root mounts") };
    disk.fill();
    let settings = [
        ("REPRUV_DATA_DIR".to_owned(), disk.0.join("data").display().to_string()),
        ("REPRUV_LISTEN".to_owned(), format!("127.0.0.1:{}", free_port())),
    ];
    let (is_good, line) = Process::repruv(&["serve"], &settings).told();
    assert!(!is_good && line.contains("is full: make room") && line.lines().count() == 1, "{line}");
}

/// F35: commits wait for the replica, so what was acknowledged is there when it takes over.
#[test]
fn a_failover_to_a_replica_loses_nothing_that_was_acknowledged() {
    kit::testing::run(async {
        let primary = blocking(Cluster::start).await;
        primary.administer("CREATE DATABASE repruv");
        let (primary, replica) = blocking(move || {
            let replica = primary.replica();
            (primary, replica)
        })
        .await;
        let proxy = Proxy::start(primary.socket()).await;
        let url = format!("postgres://postgres@127.0.0.1:{}/repruv?sslmode=disable", proxy.port);
        let fleet = Fleet::start(&url, &[Role::Serve], &[SLOWLY, ("REPRUV_WORKER_LEASE_SECONDS", "5")]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        let job = set_up(&ann).await;
        gets_on(&ann, &job).await;
        let renamed = ann.submit("/settings/account", &[("name", "Ann the Second"), ("time_zone", "UTC")]).await;
        assert_eq!(renamed, Some(StatusCode::SEE_OTHER));
        let replica = blocking(move || {
            primary.go_down();
            replica.promote();
            replica
        })
        .await;
        proxy.leads_to(replica.socket());
        let done = ends(&ann, &job).await;
        assert_eq!(done["status"], "completed", "{done}");
        assert_eq!(ann.get("/api/auth/session").await.1["user"]["name"], "Ann the Second");
        nothing_is_wrong(&fleet, &replica.url("repruv")).await;
    });
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("no panic")
}

async fn try_to_sign_in(base: &str, number: usize) {
    let body = json!({"email": format!("nobody{number}@example.com"), "password": "seven kettles on a green hill"});
    let _ = http().post(format!("{base}/api/auth/login")).json(&body).send().await;
}

/// The ids of all deliveries that the database has.
async fn stored(url: &str) -> BTreeSet<String> {
    let options = Options { connections: 1, ..Options::new(url, Clock::system()) };
    let found = blocking(move || {
        let db = Db::open(options).expect("the database opens beside the process");
        let ids = "SELECT id FROM webhook_deliveries WHERE id LIKE 'evt_%'";
        let found = db.read_blocking(|conn| conn.all::<String>(ids, args![])).expect("the table can be read");
        db.close();
        found
    });
    found.await.into_iter().collect()
}

/// A control group whose processes get little memory beside what they have.
struct MemoryGroup(PathBuf);

impl MemoryGroup {
    fn made() -> Option<Self> {
        let versions = [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")];
        versions.into_iter().find_map(|(root, limit)| {
            if !Path::new(root).join("cgroup.procs").exists() {
                return None;
            }
            let group = Self(Path::new(root).join(format!("repruv-{}", Random::system().token())));
            std::fs::create_dir(&group.0).ok()?;
            std::fs::write(group.0.join(limit), "16777216").ok()?;
            // Where there is swap, it shall not help.
            let _ = std::fs::write(group.0.join("memory.swap.max"), "0");
            Some(group)
        })
    }

    /// What it has stays its own; what it gets from now on counts.
    fn takes(&self, process: u32) {
        std::fs::write(self.0.join("cgroup.procs"), process.to_string()).expect("the group takes a process of ours");
    }
}

impl Drop for MemoryGroup {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.0);
    }
}

/// A database that has the room of one small disk.
struct Small {
    url: String,
    /// Ends before its disk is unmounted.
    _cluster: Option<Cluster>,
}

impl Small {
    async fn on(disk: &Disk<'_>, engine: Engine) -> Self {
        if engine == Engine::Sqlite {
            return Self { url: format!("sqlite:{}", disk.0.join("small.db").display()), _cluster: None };
        }
        let place = disk.0.join("tablespace");
        std::fs::create_dir(&place).expect("there is room for a name");
        let given = Command::new("chown").arg("postgres:").arg(&place).status();
        assert!(given.expect("chown is part of every Debian").success());
        let cluster = blocking(Cluster::start).await;
        cluster.administer(&format!("CREATE TABLESPACE small LOCATION '{}'", place.display()));
        cluster.administer("CREATE DATABASE repruv TABLESPACE small");
        Self { url: cluster.url("repruv"), _cluster: Some(cluster) }
    }
}

/// A small disk in memory, unmounted when dropped.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    fn mount(path: &'a Path) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"]).arg(path).output().ok()?;
        mounted.status.success().then_some(Self(path))
    }

    /// Takes all the room there is, by a file that it names.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut filler = File::create(&path).expect("there is room for a name");
        for size in [1 << 20, 4096] {
            while filler.write_all(&vec![0; size]).is_ok() {}
        }
        path
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}
