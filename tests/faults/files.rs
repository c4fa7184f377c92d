//! What a process does with the files of its databases, seen from outside.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};

use kit::testing::{Engine, wait_until};
use reqwest::StatusCode;
use serde_json::json;

use super::signals::{ends, set_up};
use crate::support::{Client, EMAIL, Fleet, Process, Role, Server, free_port, http};

/// MB7: whoever closes a file loses all locks of its process on it (sqlite.org/howtocorrupt.html, 2.2).
#[test]
fn a_database_in_use_is_opened_by_sqlite_alone() {
    kit::testing::run(async {
        let directory = tempfile::tempdir().expect("a data directory");
        let settings = [("REPRUV_DATA_DIR".to_owned(), directory.path().display().to_string())];
        for start in 1..=3 {
            let trace = directory.path().join(format!("trace-{start}"));
            let port = free_port();
            let arguments = ["serve", "--listen", &format!("127.0.0.1:{port}")];
            let mut process = Process::traced("openat,close", &trace, &arguments, &settings);
            let ann = come_in(&mut process, &format!("http://localhost:{port}"), start == 1).await;
            use_it(&ann).await;
            match start {
                1 => process.kill(),
                _ => {
                    process.signal("TERM");
                    assert!(process.end().await.success());
                }
            }
            let trace = fs::read_to_string(trace).expect("strace wrote it");
            for database in ["repruv.db", "simulator.db"] {
                is_left_to_sqlite(&trace, &directory.path().join(database), start > 1);
            }
        }
    });
}

async fn come_in(process: &mut Process, base: &str, is_first: bool) -> Client {
    if is_first {
        let link = process.line("where to make the first account", |line| {
            line.split_whitespace().find(|word| word.contains("/setup?token=")).map(str::to_owned)
        });
        return Client::sign_up_at(base, EMAIL, Some(&link)).await;
    }
    let (client, ready) = (http(), format!("{base}/readyz"));
    wait_until("the pages are ready", || async {
        client.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
    Client::sign_in_at(base, EMAIL).await.expect("the server answers")
}

async fn use_it(ann: &Client) {
    ends(ann, &set_up(ann).await).await;
    for page in
        ["/dashboard", "/inbox", "/activity", "/activity/installation", "/connections", "/settings/account", "/readyz"]
    {
        assert_eq!(ann.get(page).await.0, StatusCode::OK, "{page}");
    }
    let (_, leaving) = ann.post("/api/demo/disable", json!({})).await;
    ends(ann, &leaving["job_id"]).await;
}

/// SQLite alone follows no link when it opens a file. What a start reads before is closed by then.
fn is_left_to_sqlite(trace: &str, database: &Path, was_there: bool) {
    let lines: Vec<_> = trace.lines().collect();
    let opened = |line: &&str| line.contains("openat(") && line.contains(&format!("\"{}\"", database.display()));
    let by_sqlite = |line: &&str| opened(line) && line.contains("O_NOFOLLOW");
    let first = lines.iter().position(by_sqlite).expect("SQLite opens it");
    let others: Vec<_> = lines[first..].iter().filter(|line| opened(line) && !by_sqlite(line)).collect();
    assert!(others.is_empty(), "{others:#?}");

    let mut read_before = 0;
    for (at, line) in lines[..first].iter().enumerate().filter(|(_, line)| opened(line)) {
        let (_, file) = line.rsplit_once("= ").expect("it was not interrupted");
        if let Ok(file) = file.parse::<u32>() {
            read_before += 1;
            let closed = format!("close({file})");
            assert!(lines[at..first].iter().any(|line| line.contains(&closed)), "{line} is open until after {first}");
        }
    }
    assert_eq!(read_before > 0, was_there, "{database:?} is looked at when it is there");
}

#[test]
fn a_database_is_one_by_whatever_names_it_is_called() {
    kit::testing::run(async {
        let directory = tempfile::tempdir().expect("a folder");
        let (real, elsewhere) = (directory.path().join("real"), directory.path().join("elsewhere"));
        for folder in [&real, &elsewhere] {
            fs::create_dir(folder).expect("there is room");
        }
        let file = real.join("repruv.db");
        let fleet = Fleet::start(&format!("sqlite:{}", file.display()), &[Role::Serve], &[]).await;
        let told = |path: &Path| {
            let mut settings = fleet.settings();
            settings.push(("DATABASE_URL".into(), format!("sqlite:{}", path.display())));
            Process::repruv(&["migrate"], &settings).told()
        };
        let links = [elsewhere.join("link.db"), elsewhere.join("folder").join("repruv.db")];
        symlink(&file, &links[0]).expect("there is room");
        symlink(&real, elsewhere.join("folder")).expect("there is room");
        for link in &links {
            let (is_good, line) = told(link);
            assert!(!is_good && line.contains("another Repruv process is using this database"), "{link:?}: {line}");
        }
        let second = elsewhere.join("second.db");
        fs::hard_link(&file, &second).expect("one file system");
        let (is_good, line) = told(&second);
        assert!(!is_good && line.contains("has 2 names (hard links)") && line.lines().count() == 1, "{line}");
    });
}

#[test]
fn a_restore_replaces_the_file_and_keeps_link_owner_and_mode() {
    kit::testing::run(async {
        let directory = tempfile::tempdir().expect("a folder");
        let (real, link) = (directory.path().join("real.db"), directory.path().join("repruv.db"));
        symlink(&real, &link).expect("there is room");
        let url = format!("sqlite:{}", link.display());
        let mut fleet = Fleet::start(&url, &[Role::Serve], &[]).await;
        Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        let saved = directory.path().join("saved").display().to_string();
        assert!(fleet.told(&["backup", &saved]).0);
        fleet.kill(0);
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("it is ours");
        // Only root gives files away.
        let nobody = 65_534;
        let owner =
            if chown(&real, Some(nobody), Some(nobody)).is_ok() { nobody } else { fs::metadata(&real).unwrap().uid() };
        let was = fs::metadata(&real).expect("it is there");
        let (is_good, told) = fleet.told(&["restore", "--force", &saved]);
        assert!(is_good, "{told}");
        let is = fs::metadata(&real).expect("it is there");
        assert_ne!(is.ino(), was.ino(), "another file has its place");
        assert_eq!((is.uid(), is.gid(), is.mode()), (owner, was.gid(), was.mode()));
        assert!(link.is_symlink(), "the link is one still");
        assert!(fleet.told(&["user", "list"]).1.contains(EMAIL));
    });
}

/// The tests' own umask is that of most machines: it lets others read.
#[test]
fn what_it_stores_is_its_owners_alone() {
    kit::testing::run(async {
        let directory = tempfile::tempdir().expect("a folder");
        let data = directory.path().join("data").display().to_string();
        let server = Server::start_with(Engine::Sqlite, &[]).await;
        let ann = Client::sign_up(&server, EMAIL).await;
        ends(&ann, &set_up(&ann).await).await;
        let settings = [("REPRUV_DATA_DIR".to_owned(), data.clone())];
        assert!(Process::repruv(&["migrate"], &settings).told().0);
        for file in
            files_in(server.data_dir()).into_iter().chain(files_in(Path::new(&data))).chain([PathBuf::from(&data)])
        {
            let mode = fs::metadata(&file).expect("it is there").mode();
            assert_eq!(mode & 0o077, 0, "{file:?}: {mode:o}");
        }
        let doctor = || Process::repruv(&["doctor"], &settings).told().1;
        assert!(doctor().contains("ok    files"), "{}", doctor());
        fs::set_permissions(Path::new(&data).join("repruv.db"), fs::Permissions::from_mode(0o644)).expect("it is ours");
        assert!(doctor().contains("warn  files") && !doctor().contains("0 more"), "{}", doctor());
    });
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).expect("it is there").map(|file| file.expect("it can be listed").path()).collect()
}
