//! Backups under writes, restores into both databases, and every refusal.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use kit::args;
use kit::both_databases;
use kit::db::{Db, Options};
use kit::testing::{Database, Engine, TestDb};

use super::{Error, Restored, Saved, Target, backup, restore};
use crate::connections::imported;
use crate::inbox::ingest::IngestContext;
use crate::inbox::search;
use crate::model::Platform;
use crate::secrets::Vault;
use crate::testing::TestApp;

/// An account with data of every type of column, and a place for files.
struct BackupFixture {
    app: TestApp,
    folder: tempfile::TempDir,
}

impl BackupFixture {
    async fn set(app: TestApp) -> Self {
        let app = app.with_ann().await;
        let (now, random) = (app.app.now(), app.app.random.clone());
        let filled = app.app.db.write(move |tx| {
            let workspace = tx.one("SELECT id FROM workspaces", args![])?;
            let (platform, described) = (Platform::YouTube, imported::Described::default());
            let connection = imported::put(tx, now, &random, workspace, platform, &described, "1")?.id;
            let language = None;
            let source = IngestContext { workspace, connection, platform, language, now, random: &random };
            crate::inbox::seed(tx, &source, 0..1_200)
        });
        filled.await.unwrap_or_else(|error: kit::db::Error| panic!("{error}"));
        Self { app, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn backup(&self, name: &str) -> Result<Saved, Error> {
        backup_of(self.app.db.url(), self.file(name)).await
    }

    fn target(&self, url: &str) -> Target {
        let (data_dir, clock) = (self.folder.path().to_owned(), self.app.app.clock.clone());
        Target { url: url.to_owned(), data_dir, vault: Vault::with_key([7; 32]), force: false, clock }
    }
}

async fn backup_of(url: &str, file: PathBuf) -> Result<Saved, Error> {
    let url = url.to_owned();
    blocking(move || backup(&url, &file, &kit::clock::Clock::system())).await
}

async fn restored(file: PathBuf, target: Target) -> Result<Restored, Error> {
    blocking(move || restore(&file, &target)).await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// Every row of a backup as text, without the tables that a restore empties.
async fn rows(file: &Path) -> Vec<String> {
    let url = format!("sqlite:{}", file.display());
    blocking(move || {
        let db = Db::open(Options::new(url, kit::clock::Clock::system())).unwrap();
        let rows = db.read_blocking(|conn| {
            let mut rows = Vec::new();
            let tables = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY 1";
            for table in conn.all::<String>(tables, args![])? {
                if [
                    "oauth_flows",
                    "user_sessions",
                    "one_time_links",
                    "known_devices",
                    "sqlite_sequence",
                    "sqlite_schema",
                    // Made anew.
                    "search_documents",
                    "search_version",
                    "audit_events",
                    "audit_head",
                ]
                .contains(&table.as_str())
                {
                    continue;
                }
                let columns =
                    conn.all::<String>("SELECT 'quote(' || name || ')' FROM pragma_table_info($1)", args![&table])?;
                let every = format!("SELECT {} FROM {table} ORDER BY 1", columns.join(" || ',' || "));
                rows.extend(conn.all::<String>(&every, args![])?.into_iter().map(|row| format!("{table}: {row}")));
            }
            Ok::<_, kit::db::Error>(rows)
        });
        db.close();
        rows.unwrap()
    })
    .await
}

both_databases! {
    async fn what_is_restored_is_what_was_saved(app: TestApp) {
        let fixture = BackupFixture::set(app).await;
        let saved = fixture.backup("first.db").await.unwrap();
        assert_eq!((saved.holds.accounts, saved.holds.interactions), (1, 1_200));
        let before = rows(&fixture.file("first.db")).await;
        assert!(before.len() > 2_400, "{} rows", before.len());
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let empty = Database::fresh(engine).await;
            let target = fixture.target(empty.url());
            let restored = restored(fixture.file("first.db"), target).await.unwrap();
            assert_eq!((restored.holds.interactions, restored.aside), (1_200, None));
            let again = fixture.file(&format!("{engine:?}.db"));
            backup_of(empty.url(), again.clone()).await.unwrap();
            assert!(rows(&again).await == before, "{engine:?} holds something else");
        }
    }

    async fn words_that_stayed_behind_are_made_anew(app: TestApp) {
        let fixture = BackupFixture::set(app).await;
        fixture.app.db.write(|tx| search::store::set_version(tx, search::VERSION)).await.unwrap();
        fixture.backup("first.db").await.unwrap();
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let empty = Database::fresh(engine).await;
            restored(fixture.file("first.db"), fixture.target(empty.url())).await.unwrap();
            let (url, clock) = (empty.url().to_owned(), fixture.app.app.clock.clone());
            let (documents, ordered) = blocking(move || {
                let db = Db::open(Options::new(url, clock.clone())).unwrap();
                let kept = db.write_blocking(move |tx| {
                    search::jobs::keep_current(tx, clock.now(), &kit::random::Random::seeded(1))?;
                    let jobs = "SELECT count(*) FROM background_jobs WHERE job_type = 'rebuild_search'";
                    let documents = tx.one::<i64>("SELECT count(*) FROM search_documents", args![])?;
                    Ok::<_, kit::db::Error>((documents, tx.one::<i64>(jobs, args![])?))
                });
                db.close();
                kept.unwrap()
            })
            .await;
            let is_same_kind = engine == Engine::Sqlite && fixture.app.db.dialect() == kit::db::Dialect::Sqlite;
            assert_eq!((documents, ordered), if is_same_kind { (1_200, 0) } else { (0, 1) }, "{engine:?}");
        }
    }

    async fn what_a_killed_run_left_is_in_nobodys_way(app: TestApp) {
        let fixture = BackupFixture::set(app).await;
        let living = fixture.file("living.db");
        let (url, clock) = (format!("sqlite:{}", living.display()), fixture.app.app.clock.clone());
        let db = blocking(move || {
            let db = Db::open(Options::new(url, clock)).unwrap();
            db.migrate(crate::app::MIGRATIONS).unwrap();
            db
        })
        .await;
        let leave = |file: &Path| {
            for (end, left) in [("", ""), ("-wal", "-wal"), ("-shm", "-shm"), ("-wal", "-journal")] {
                let (from, to) = (format!("{}{end}", living.display()), format!("{}{left}", file.display()));
                std::fs::copy(from, to).unwrap();
            }
        };
        leave(&fixture.file("first.db.unfinished"));
        assert_eq!(fixture.backup("first.db").await.unwrap().holds.interactions, 1_200);
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let empty = Database::fresh(engine).await;
            let target = fixture.target(empty.url());
            leave(&match empty.url().strip_prefix("sqlite:") {
                Some(database) => super::beside(Path::new(database), "restoring"),
                None => target.data_dir.join("restoring.db"),
            });
            assert_eq!(restored(fixture.file("first.db"), target).await.unwrap().holds.interactions, 1_200, "{engine:?}");
        }
        blocking(move || db.close()).await;
    }

    async fn a_restored_database_goes_on_counting_and_lets_nobody_in_unasked(app: TestApp) {
        let fixture = BackupFixture::set(app).await;
        fixture.backup("first.db").await.unwrap();
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let empty = Database::fresh(engine).await;
            restored(fixture.file("first.db"), fixture.target(empty.url())).await.unwrap();
            let (url, random) = (empty.url().to_owned(), fixture.app.app.random.clone());
            let (sessions, seqs) = blocking(move || {
                let db = Db::open(Options::new(url, kit::clock::Clock::system())).unwrap();
                let counts = db.write_blocking(move |tx| {
                    let job = crate::demo::jobs::DisableDemo::default();
                    kit::jobs::enqueue(tx, kit::clock::Clock::system().now(), &random, &job, kit::jobs::Enqueue::default())?;
                    let sessions = tx.one::<i64>("SELECT count(*) FROM user_sessions", args![])?;
                    Ok::<_, kit::db::Error>((sessions, tx.all::<i64>("SELECT seq FROM background_jobs ORDER BY seq", args![])?))
                });
                db.close();
                counts.unwrap()
            })
            .await;
            assert_eq!(sessions, 0);
            assert!(seqs.len() >= 2 && seqs.is_sorted(), "{seqs:?}");
        }
    }

    /// The ledger: each write makes two rows of one mark; what was answered before the backup began is in it.
    async fn a_backup_under_writes_is_one_moment(app: TestApp) {
        let fixture = BackupFixture::set(app).await;
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(0)));
        let writing = tokio::spawn({
            let (db, stop, answered, random) =
                (fixture.app.app.db.clone(), stop.clone(), answered.clone(), fixture.app.app.random.clone());
            async move {
                for mark in 1.. {
                    let random = random.clone();
                    let pair = db.write(move |tx| {
                        for _ in 0..2 {
                            tx.exec(
                                "INSERT INTO sign_in_limits (key, failures, window_started_at) VALUES ($1, $2, $3)",
                                args![format!("mark:{}", random.token()), mark, kit::clock::Timestamp::EPOCH],
                            )?;
                        }
                        Ok::<_, kit::db::Error>(())
                    });
                    pair.await.unwrap();
                    answered.store(mark, Ordering::SeqCst);
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                }
            }
        });
        for round in 0..5 {
            kit::testing::wait_until("something new is written", || async { answered.load(Ordering::SeqCst) > round }).await;
            let acknowledged = answered.load(Ordering::SeqCst);
            let name = format!("{round}.db");
            fixture.backup(&name).await.unwrap();
            let marks = rows(&fixture.file(&name)).await.into_iter().filter(|row| row.contains("mark:")).count();
            assert!(marks % 2 == 0, "half a transaction is in the backup");
            assert!(marks as i64 >= 2 * acknowledged, "{marks} rows, {acknowledged} pairs were answered before");
        }
        stop.store(true, Ordering::SeqCst);
        writing.await.unwrap();
    }

    async fn nothing_is_replaced_unasked_and_nothing_is_lost(app: TestApp) {
        let fixture = BackupFixture::set(app).await;
        fixture.backup("first.db").await.unwrap();
        assert!(matches!(fixture.backup("first.db").await, Err(Error::Exists(_))));
        // Another installation, with somebody else in it.
        let other = TestApp::fresh(fixture.app.db.engine()).await;
        let link = other.set_up_link().await;
        other.post(&link, &[("name", "Ben"), ("email", "ben@example.com"), ("password", "copper window seven tides")]).await;
        let url = other.db.url().to_owned();
        let in_use = restored(fixture.file("first.db"), fixture.target(&url)).await;
        assert!(matches!(in_use, Err(Error::InUse(_) | Error::WouldReplaceUnreadable(_) | Error::WouldReplace(_))), "{in_use:?}");
        let db = other.app.db.clone();
        blocking(move || db.close()).await;
        let db = other.db.clone();
        blocking(move || db.close()).await;
        let refused = restored(fixture.file("first.db"), fixture.target(&url)).await.unwrap_err();
        assert!(refused.to_string().starts_with("this would replace 1 accounts, 0 comments and reviews"), "{refused}");
        let forced = Target { force: true, ..fixture.target(&url) };
        let done = restored(fixture.file("first.db"), forced).await.unwrap();
        backup_of(&url, fixture.file("after.db")).await.unwrap();
        assert!(rows(&fixture.file("after.db")).await == rows(&fixture.file("first.db")).await);
        let aside = rows(&done.aside.unwrap()).await;
        assert!(aside.iter().any(|row| row.contains("ben@example.com")), "what was there is kept");
    }
}

#[test]
fn what_cannot_be_trusted_is_refused_and_leaves_nothing() {
    kit::testing::run(async {
        let fixture = BackupFixture::set(TestApp::fresh(Engine::Sqlite).await).await;
        fixture.backup("good.db").await.unwrap();
        let empty = Database::fresh(Engine::Sqlite).await;
        let refuse = async |bytes: Vec<u8>| {
            std::fs::write(fixture.file("bad.db"), bytes).unwrap();
            restored(fixture.file("bad.db"), fixture.target(empty.url())).await.unwrap_err().to_string()
        };
        let good = std::fs::read(fixture.file("good.db")).unwrap();
        let told = refuse(b"not a database at all, but long enough to be read as one".to_vec()).await;
        assert!(told.contains("no database that can be read") && !told.contains("PRAGMA"), "{told}");
        refuse(good[..good.len() / 2].to_vec()).await;
        let mut flipped = good.clone();
        for page in (4096..flipped.len()).step_by(4096) {
            flipped[page..page + 8].fill(0xff);
        }
        refuse(flipped).await;
        assert!(!Path::new(empty.url().strip_prefix("sqlite:").unwrap()).exists(), "nothing took the database's place");
        let missing = restored(fixture.file("none.db"), fixture.target(empty.url())).await.unwrap_err();
        assert!(matches!(missing, Error::Missing(_)), "{missing}");
        assert!(matches!(backup_of("sqlite:/nowhere/x.db", fixture.file("x.db")).await, Err(Error::Missing(_))));
        assert!(!fixture.file("x.db").exists());
        // What a run that was killed has left is in nobody's way.
        std::fs::write(fixture.file("y.db.unfinished"), "half a backup").unwrap();
        fixture.backup("y.db").await.unwrap();
        assert!(!fixture.file("y.db.unfinished").exists());
    });
}

#[test]
fn a_backup_of_a_newer_release_is_refused() {
    kit::testing::run(async {
        let fixture = BackupFixture::set(TestApp::fresh(Engine::Sqlite).await).await;
        let newer = "INSERT INTO schema_migrations (name, checksum) VALUES ('9999_later', 'x')";
        fixture
            .app
            .app
            .db
            .write(move |tx| tx.exec(newer, args![]))
            .await
            .unwrap_or_else(|error: kit::db::Error| panic!("{error}"));
        let refused = fixture.backup("newer.db").await.unwrap_err().to_string();
        assert!(refused.contains("created by a newer Repruv"), "{refused}");
        assert!(!fixture.file("newer.db").exists(), "it has no final name");
    });
}

#[test]
fn secrets_that_the_key_does_not_open_stop_a_restore() {
    kit::testing::run(async {
        let fixture = BackupFixture::set(TestApp::fresh(Engine::Sqlite).await).await;
        let sealed = Vault::with_key([9; 32]).seal(
            crate::secrets::Place { table: "platform_connections", column: "access_token", row: b"r", owner: b"o" },
            b"token",
            &fixture.app.app.random,
        );
        fixture
            .app
            .app
            .db
            .write(move |tx| tx.exec("UPDATE platform_connections SET access_token = $1", args![&sealed]))
            .await
            .unwrap_or_else(|error: kit::db::Error| panic!("{error}"));
        fixture.backup("first.db").await.unwrap();
        let empty = Database::fresh(Engine::Sqlite).await;
        let refused = restored(fixture.file("first.db"), fixture.target(empty.url())).await.unwrap_err();
        assert!(matches!(refused, Error::OtherKey), "{refused}");
        let database = PathBuf::from(empty.url().strip_prefix("sqlite:").unwrap());
        for end in ["", "-wal", "-shm", "-journal"] {
            let left = PathBuf::from(format!("{}{end}", super::beside(&database, "restoring").display()));
            assert!(!left.exists(), "{left:?} is left");
        }
        let right = Target { vault: Vault::with_key([9; 32]), ..fixture.target(empty.url()) };
        restored(fixture.file("first.db"), right).await.unwrap();
    });
}

/// Indexes and references are away while the rows come.
#[test]
fn a_restore_leaves_postgresqls_schema_as_it_was() {
    kit::testing::run(async {
        let fixture = BackupFixture::set(TestApp::fresh(Engine::Sqlite).await).await;
        fixture.backup("saved.db").await.unwrap();
        let there = TestDb::with_schema(Engine::Postgres, crate::app::MIGRATIONS);
        let (url, before) = (there.url().to_owned(), definitions(&there).await);
        assert!(before.len() > 60, "{before:#?}");
        let closed = there.clone();
        blocking(move || closed.close()).await;
        restored(fixture.file("saved.db"), fixture.target(&url)).await.unwrap();
        let after = blocking(move || Db::open(Options::new(url, kit::clock::Clock::system())).unwrap()).await;
        assert_eq!(definitions(&after).await, before);
        blocking(move || after.close()).await;
    });
}

async fn definitions(db: &Db) -> Vec<String> {
    let all = "SELECT CAST(pg_get_indexdef(indexrelid) AS TEXT) AS text FROM pg_index
               JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = current_schema()::regnamespace
               UNION ALL SELECT CAST(conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS TEXT)
               FROM pg_constraint WHERE connamespace = current_schema()::regnamespace ORDER BY text";
    db.read(move |conn| conn.all::<String>(all, args![])).await.unwrap()
}
