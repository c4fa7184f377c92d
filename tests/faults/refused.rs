//! What a process does not start on: one line says what is wrong and what to do, and nothing is touched.

use kit::args;
use kit::both_databases;
use kit::clock::Clock;
use kit::db::{Db, Options, Tx};
use kit::testing::{Cluster, Database, Engine};
use repruv::app::MIGRATIONS;
use reqwest::StatusCode;
use tempfile::TempDir;

use crate::support::{Client, EMAIL, Fleet, Process, Role, free_port};

/// Of the first release.
const FIRST: usize = 1;

/// A database, and a directory for what is not in it.
struct Place {
    database: Database,
    directory: TempDir,
}

both_databases! {
    async fn a_database_of_a_newer_release_is_refused_and_left_as_it_is(engine: Engine) {
        let place = Place::new(engine).await;
        assert_eq!(place.run("migrate"), (true, "The database schema is up to date".to_owned()));
        let later = |tx: &mut Tx| {
            tx.exec("INSERT INTO schema_migrations (name, checksum) VALUES ('9999_later', 'x')", args![])?;
            Ok::<_, kit::db::Error>(())
        };
        place.with_database(move |db| db.write_blocking(later).expect("the table takes it")).await;
        for command in ["serve", "migrate", "user list"] {
            let (is_good, line) = place.run(command);
            let told = "created by a newer Repruv (it has migration 9999_later): use that release, or restore an earlier backup";
            assert!(!is_good && line.contains(told) && line.lines().count() == 1, "{command}: {line}");
        }
        let names = place.names().await;
        assert_eq!(names.len(), MIGRATIONS.len() + 1, "{names:?}");
    }

    async fn an_older_database_is_brought_up_to_date_and_keeps_what_it_has(engine: Engine) {
        let place = Place::new(engine).await;
        place.with_database(|db| {
            db.migrate(&MIGRATIONS[..FIRST]).expect("an empty database takes it");
            let limit = "INSERT INTO sign_in_limits (key, failures, window_started_at) VALUES ('old', 3, $1)";
            db.write_blocking(move |tx| tx.exec(limit, args![kit::clock::Timestamp::EPOCH])).expect("the table takes it");
        })
        .await;
        for _ in 0..2 {
            assert_eq!(place.run("migrate"), (true, "The database schema is up to date".to_owned()));
        }
        assert_eq!(place.names().await, MIGRATIONS.iter().map(|migration| migration.name).collect::<Vec<_>>());
        let kept = "SELECT failures FROM sign_in_limits WHERE key = 'old'";
        let kept = place.with_database(move |db| db.read_blocking(|conn| conn.one::<i64>(kept, args![]))).await;
        assert_eq!(kept.expect("it is there still"), 3);
    }
}

#[test]
fn an_address_that_says_more_than_is_understood_is_refused() {
    let directory = tempfile::tempdir().expect("a data directory");
    let path = directory.path().join("x.db").display().to_string();
    for url in [
        format!("sqlite:{path}?mode=rwc"),
        "sqlite:".into(),
        "sqlite::memory:".into(),
        "sqlite://x.db".into(),
        "postgres://nobody@127.0.0.1:1/x?pool_size=5".into(),
        "postgres://nobody@127.0.0.1:1/x?sslmode=maybe".into(),
        "mysql://nobody@127.0.0.1/x".into(),
    ] {
        let settings =
            [("DATABASE_URL".into(), url.clone()), ("REPRUV_DATA_DIR".into(), directory.path().display().to_string())];
        let (is_good, line) = Process::repruv(&["migrate"], &settings).told();
        let told = ["usable", "must start with"].iter().any(|words| line.contains(words));
        assert!(!is_good && told && line.lines().count() == 1, "{url}: {line}");
    }
    let made: Vec<_> = std::fs::read_dir(directory.path()).expect("it is there").collect();
    assert!(made.is_empty(), "{made:?}");
}

#[test]
fn a_log_filter_that_is_misspelt_is_refused() {
    for filter in ["warning", "repruv=loud", ""] {
        let (is_good, line) = Process::repruv(&["doctor"], &[("REPRUV_LOG".to_owned(), filter.to_owned())]).told();
        assert!(!is_good && line.contains("REPRUV_LOG") && line.lines().count() == 1, "{filter}: {line}");
    }
}

#[test]
fn a_database_that_cannot_hold_every_text_is_refused() {
    kit::testing::run(async {
        let cluster = tokio::task::spawn_blocking(Cluster::start).await.expect("no panic");
        for encoding in ["LATIN1", "SQL_ASCII"] {
            cluster
                .administer(&format!("CREATE DATABASE {encoding} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0"));
            let settings = [("DATABASE_URL".to_owned(), cluster.url(&encoding.to_lowercase()))];
            let (is_good, line) = Process::repruv(&["migrate"], &settings).told();
            assert!(!is_good && line.contains("ENCODING 'UTF8'") && line.lines().count() == 1, "{line}");
        }
    });
}

#[test]
fn a_second_process_on_one_sqlite_file_is_refused_and_the_first_goes_on() {
    kit::testing::run(async {
        let place = Place::new(Engine::Sqlite).await;
        let mut fleet = Fleet::start(place.database.url(), &[Role::Serve], &[]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        for command in ["serve", "migrate"] {
            let (is_good, line) = place.run(command);
            let told = "another Repruv process is using this database; stop it first, or use PostgreSQL to run several";
            assert!(!is_good && line.contains(told) && line.lines().count() == 1, "{command}: {line}");
        }
        assert_eq!(ann.get("/api/auth/session").await.0, StatusCode::OK, "the first has noticed nothing");
        let (is_good, users) = place.run("user list");
        assert!(is_good && users.contains(EMAIL), "accounts are kept beside it: {users}");
        let (is_good, told) = place.run(&format!("user disable {EMAIL}"));
        assert!(is_good && told.contains("signed out everywhere"), "{told}");
        assert_eq!(ann.get("/api/auth/session").await.0, StatusCode::UNAUTHORIZED, "out at once");
        let (is_good, told) = place.run(&format!("user enable {EMAIL}"));
        assert!(is_good && told.contains("can sign in again"), "{told}");
        assert!(place.run("user list").1.contains("open"), "it is open again");
        for (command, words) in [
            ("user reset-password nobody@example.com", "no account with this e-mail address"),
            ("user disable nobody@example.com", "no account with this e-mail address"),
            ("user enable nobody@example.com", "no account with this e-mail address"),
            ("user add", "not provided: <EMAIL> <NAME>;"),
            ("user add nonsense Ann", "e-mail"),
        ] {
            let (is_good, line) = place.run(command);
            assert!(!is_good && line.contains(words) && line.lines().count() == 1, "{command}: {line}");
        }
        let (is_good, told) = place.run(&format!("user reset-password {EMAIL}"));
        assert!(is_good && told.contains("can sign in with"), "{told}");
        // The lock is the process's: whatever ends it lets it go.
        fleet.kill(0);
        let (is_good, users) = place.run("user list");
        assert!(is_good && users.contains(EMAIL), "{users}");
    });
}

impl Place {
    async fn new(engine: Engine) -> Self {
        let directory = tempfile::Builder::new().prefix("repruv-data-").tempdir().expect("a data directory");
        Self { database: Database::fresh(engine).await, directory }
    }

    /// A command that ends by itself: whether it went well, and what it said last.
    fn run(&self, command: &str) -> (bool, String) {
        let settings = [
            ("DATABASE_URL", self.database.url().to_owned()),
            ("REPRUV_DATA_DIR", self.directory.path().display().to_string()),
            ("REPRUV_LISTEN", format!("127.0.0.1:{}", free_port())),
            ("REPRUV_LOG", "off".to_owned()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value));
        let words: Vec<_> = command.split(' ').collect();
        Process::repruv(&words, &settings).told()
    }

    async fn with_database<T: Send + 'static>(&self, work: impl FnOnce(&Db) -> T + Send + 'static) -> T {
        let options = Options { connections: 1, ..Options::new(self.database.url(), Clock::system()) };
        let worked = tokio::task::spawn_blocking(move || {
            let db = Db::open(options).expect("the database opens");
            let worked = work(&db);
            db.close();
            worked
        });
        worked.await.expect("no panic")
    }

    async fn names(&self) -> Vec<String> {
        let names = "SELECT name FROM schema_migrations ORDER BY name";
        let found = self.with_database(move |db| db.read_blocking(|conn| conn.all::<String>(names, args![]))).await;
        found.expect("the table can be read")
    }
}
