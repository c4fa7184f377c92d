//! A backup that is killed, and what is restored from one that was not.

use std::time::Duration;

use kit::clock::Clock;
use kit::db::{Db, Options};
use kit::testing::{Database, Engine, wait_until};
use kit::{args, both_databases};

use super::signals::{ends, set_up};
use crate::support::{Client, EMAIL, Fleet, Process, Role};

both_databases! {
    /// MB5: a file has its name only when it is whole.
    async fn a_backup_that_is_killed_leaves_no_file_and_one_that_ends_can_be_restored(engine: Engine) {
        let database = Database::fresh(engine).await;
        let fleet = Fleet::start(database.url(), &[Role::Serve], &[]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        let job = set_up(&ann).await;
        ends(&ann, &job).await;
        let file = fleet.data_dir().join("saved.db");
        let name = file.display().to_string();
        let (mut killed, mut pause) = (0, Duration::from_millis(10));
        while !file.exists() {
            let mut backup = Process::repruv(&["backup", &name], &fleet.settings());
            tokio::time::sleep(pause).await;
            if let Some(ended) = backup.ended() {
                assert!(ended.success(), "what the killed ones left is in the way: {ended}");
            }
            backup.kill();
            (killed, pause) = (killed + 1, pause * 3 / 2);
        }
        assert!(killed >= 2, "the first was killed in the middle");
        let place = Database::fresh(engine).await;
        let mut settings = fleet.settings();
        settings.retain(|(setting, _)| setting != "DATABASE_URL");
        settings.push(("DATABASE_URL".into(), place.url().into()));
        // Whoever restores has mostly started it once, to see whether it runs.
        let mut started = Fleet::start(place.url(), &[Role::Serve], &[]).await;
        wait_until("its own jobs are there", || async { has_jobs(place.url()).await }).await;
        started.nodes[0].process.signal("TERM");
        assert!(started.nodes[0].process.end().await.success());
        let (is_good, told) = Process::repruv(&["restore", &name], &settings).told();
        assert!(is_good, "{told}");
        let (_, users) = Process::repruv(&["user", "list"], &settings).told();
        assert!(users.contains(EMAIL), "{users}");
    }
}

async fn has_jobs(url: &str) -> bool {
    let options = Options { connections: 1, ..Options::new(url, Clock::system()) };
    let counted = tokio::task::spawn_blocking(move || {
        let db = Db::open(options).expect("the database opens beside the process");
        let counted = db.read_blocking(|conn| conn.one::<i64>("SELECT count(*) FROM background_jobs", args![]));
        db.close();
        counted.expect("jobs can be counted")
    });
    counted.await.expect("no panic") > 0
}
