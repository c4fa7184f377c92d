//! A backup that is killed, and what is restored from one that was not.

use std::time::Duration;

use kit::both_databases;
use kit::testing::{Database, Engine};

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
            backup.kill();
            (killed, pause) = (killed + 1, pause * 3 / 2);
        }
        assert!(killed >= 2, "the first was killed in the middle");
        let place = Database::fresh(engine).await;
        let mut settings = fleet.settings();
        settings.retain(|(setting, _)| setting != "DATABASE_URL");
        settings.push(("DATABASE_URL".into(), place.url().into()));
        let (is_good, told) = Process::repruv(&["restore", &name], &settings).told();
        assert!(is_good, "{told}");
        let (_, users) = Process::repruv(&["user", "list"], &settings).told();
        assert!(users.contains(EMAIL), "{users}");
    }
}
