//! Files that were cut, flipped or mixed up are refused in one line, and left as they are.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::{Db, Error, Options, Result};
use super::{THINGS, insert, thing};
use crate::clock::Clock;

fn options(path: &Path) -> Options {
    let mut options = Options::new(format!("sqlite:{}", path.display()), Clock::system());
    options.connections = 1;
    options
}

/// A database of some pages, and what its process leaves behind when it is killed: commits in the log.
fn killed(directory: &Path) -> PathBuf {
    let (living, path) = (directory.join("living.db"), directory.join("killed.db"));
    let db = Db::open(options(&living)).unwrap();
    db.migrate(THINGS).unwrap();
    for number in 0..20 {
        db.write_blocking(move |tx| insert(tx, &thing(number))).unwrap();
    }
    for end in ["", "-wal"] {
        fs::copy(with(&living, end), with(&path, end)).unwrap();
    }
    db.close();
    path
}

/// The same after an end in peace: all in one file.
fn closed(directory: &Path) -> PathBuf {
    let path = directory.join("closed.db");
    let db = Db::open(options(&path)).unwrap();
    db.migrate(THINGS).unwrap();
    for number in 0..200 {
        db.write_blocking(move |tx| insert(tx, &thing(number))).unwrap();
    }
    db.close();
    assert!(!with(&path, "-wal").exists());
    path
}

fn with(path: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}{end}", path.display()))
}

fn count(path: &Path) -> Result<i64> {
    let db = Db::open(options(path))?;
    let found = db.read_blocking(|conn| conn.one::<i64>("SELECT count(*) FROM things", &[]));
    db.close();
    found
}

/// Opened after `harm`: refused in one line, its files byte for byte as before.
fn is_refused(what: &str, make: fn(&Path) -> PathBuf, harm: impl Fn(&Path)) {
    let directory = tempfile::tempdir().unwrap();
    let path = make(directory.path());
    harm(&path);
    // An empty log is as good as none.
    let files = || ["", "-wal"].map(|end| fs::read(with(&path, end)).unwrap_or_default());
    let before = files();
    let refused = count(&path).unwrap_err();
    assert!(matches!(refused, Error::Damaged(_)), "{what}: {refused}");
    let line = refused.to_string();
    assert!(
        line.contains("is damaged") && line.contains("nothing was changed") && !line.contains('\n'),
        "{what}: {line}"
    );
    assert!(files() == before, "{what}: the files are as they were");
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x55;
    fs::write(path, bytes).unwrap();
}

fn cut(path: &Path, to: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes.truncate(to);
    fs::write(path, bytes).unwrap();
}

const PAGE: usize = 4_096;
const FRAME: usize = PAGE + 24;

#[test]
fn what_is_whole_opens() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(count(&closed(directory.path())).unwrap(), 200);
    assert_eq!(count(&killed(directory.path())).unwrap(), 20);
}

#[test]
fn a_damaged_database_is_refused_and_left_as_it_is() {
    is_refused("not a database", closed, |path| fs::write(path, "Dear diary, ".repeat(900)).unwrap());
    is_refused("cut to a few bytes", closed, |path| cut(path, 50));
    is_refused("cut in the middle", closed, |path| cut(path, 3 * PAGE));
    is_refused("magic", closed, |path| flip(path, 3));
    is_refused("page size", closed, |path| flip(path, 16));
    is_refused("root of the schema", closed, |path| flip(path, 100));
    is_refused("a page's kind", closed, |path| flip(path, 3 * PAGE));
}

#[test]
fn a_damaged_log_is_refused_and_left_as_it_is() {
    is_refused("its magic", killed, |path| flip(&with(path, "-wal"), 1));
    is_refused("its header", killed, |path| flip(&with(path, "-wal"), 20));
    is_refused("an early frame", killed, |path| flip(&with(path, "-wal"), 32 + FRAME + 200));
    is_refused("its database is gone", killed, |path| fs::remove_file(path).unwrap());
    is_refused("its database is empty", killed, |path| fs::write(path, "").unwrap());
}

#[test]
fn a_log_that_starts_anew_meanwhile_is_no_damage() {
    let directory = tempfile::tempdir().unwrap();
    let path = closed(directory.path());
    let writer = rusqlite::Connection::open(&path).unwrap();
    writer.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    writer.pragma_update(None, "synchronous", "OFF").unwrap();
    writer.execute_batch("CREATE TABLE lines (line TEXT)").unwrap();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let is_over = &is_over;
        scope.spawn(move || {
            let mut length = 0;
            while !is_over.load(Ordering::SeqCst) {
                // Now longer, now shorter than what the log was before.
                length = (length + 37) % 100;
                for _ in 0..=length {
                    writer.execute("INSERT INTO lines VALUES ('one')", []).unwrap();
                }
                writer.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(())).unwrap();
            }
        });
        let looks: Vec<_> = (0..300).map(|_| count(&path)).collect();
        is_over.store(true, Ordering::SeqCst);
        let wrong = looks.iter().filter(|look| !matches!(look, Ok(200))).collect::<Vec<_>>();
        assert!(wrong.is_empty(), "{} of 300: {:?}", wrong.len(), wrong[0]);
    });
}

#[test]
fn what_a_power_cut_leaves_at_the_log_s_end_is_no_damage() {
    let directory = tempfile::tempdir().unwrap();
    let path = killed(directory.path());
    let log = with(&path, "-wal");
    let length = fs::metadata(&log).unwrap().len() as usize;
    cut(&log, length - 100);
    assert_eq!(count(&path).unwrap(), 19, "the last commit was not whole");
    let directory = tempfile::tempdir().unwrap();
    let path = killed(directory.path());
    flip(&with(&path, "-wal"), length - 100);
    assert_eq!(count(&path).unwrap(), 19, "nor is it now");
}
