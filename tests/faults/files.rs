//! What a process does with the files of its databases, seen from outside.

use std::fs;
use std::path::Path;

use kit::testing::wait_until;
use reqwest::StatusCode;
use serde_json::json;

use super::signals::{ends, set_up};
use crate::support::{Client, EMAIL, Process, free_port, http};

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
        ["/dashboard", "/inbox", "/activity", "/activity/everyone", "/connections", "/settings/account", "/readyz"]
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
