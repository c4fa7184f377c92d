//! What the disk is told and what it answers, seen from outside: a child process under strace, and under a failing fsync.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::super::{Db, Options};
use super::{THINGS, insert, thing};
use crate::clock::Clock;

const WRITES: u64 = 1_000;
/// Tells the child its database.
pub(super) const CHILD: &str = "KIT_DB_CHILD";

pub(super) fn open(path: &Path) -> Db {
    let mut options = Options::new(format!("sqlite:{}", path.display()), Clock::system());
    options.connections = 1;
    let db = Db::open(options).unwrap();
    db.migrate(THINGS).unwrap();
    db
}

/// This test binary again, running one test only: `disk::writes_and_says_so`.
pub(super) fn child(test: &str, path: &Path, wrapper: &[&str]) -> Command {
    let binary = std::env::current_exe().unwrap();
    let mut command = match wrapper.split_first() {
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments).arg(binary);
            command
        }
        None => Command::new(binary),
    };
    command.args(["--exact", &format!("db::tests::{test}"), "--nocapture", "--test-threads=1"]).env(CHILD, path);
    command
}

/// Writes, and says so after each, each with one write(2).
#[test]
fn writes_and_says_so() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let path = Path::new(&path);
    let db = open(path);
    let mut answers = fs::File::create(path.with_extension("answers")).unwrap();
    for number in 0..WRITES {
        db.write_blocking(move |tx| insert(tx, &thing(number))).unwrap();
        answers.write_all(b"durable\n").unwrap();
    }
    db.close();
}

/// F29, DU3: with `kill -9` the page cache survives, so that only the order of the system calls shows it.
#[test]
fn every_answer_follows_an_fsync_of_its_write() {
    let directory = tempfile::tempdir().unwrap();
    let (path, trace) = (directory.path().join("traced.db"), directory.path().join("trace"));
    let trace_path = trace.display().to_string();
    let strace = ["strace", "-f", "-y", "-e", "trace=pwrite64,write,fsync,fdatasync", "-o", &trace_path];
    let output = child("disk::writes_and_says_so", &path, &strace).output().expect("strace is installed: run bin/test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let mut seen = Seen::default();
    for line in fs::read_to_string(&trace).unwrap().lines() {
        seen.line(line);
    }
    assert_eq!(seen.answers, WRITES, "every answer was seen");
    assert_eq!(seen.durable, WRITES, "and each had a write of its own to the log, and an fsync after it");
}

/// What a trace has shown so far.
#[derive(Default)]
struct Seen {
    /// Calls of threads that strace saw begin and not yet end.
    begun: HashMap<String, String>,
    written: bool,
    synced: bool,
    answers: u64,
    durable: u64,
}

impl Seen {
    fn line(&mut self, line: &str) {
        let (thread, call) = line.split_once(' ').expect("strace begins with the thread");
        let call = call.trim_start();
        if let Some(begun) = call.strip_suffix(" <unfinished ...>") {
            // A write has an effect from its beginning, an fsync from its end.
            if !begun.starts_with('f') {
                self.call(begun);
            }
            self.begun.insert(thread.to_owned(), begun.to_owned());
        } else if call.contains(" resumed>") {
            let begun = self.begun.remove(thread).unwrap_or_default();
            if begun.starts_with('f') && call.ends_with("= 0") {
                self.call(&begun);
            }
        } else if !call.starts_with('f') || call.ends_with("= 0") {
            self.call(call);
        }
    }

    fn call(&mut self, call: &str) {
        let is_log = call.contains("traced.db-wal>");
        if call.starts_with("pwrite64") && is_log {
            (self.written, self.synced) = (true, false);
        } else if call.starts_with('f') && is_log {
            self.synced = self.written;
        } else if call.starts_with("write") && call.contains("traced.answers>") {
            self.answers += 1;
            self.durable += u64::from(self.written && self.synced);
            (self.written, self.synced) = (false, false);
        }
    }
}

/// MB7: a process that closes a file loses all its locks on it (sqlite.org/howtocorrupt.html, 2.2). An older sqlite3 that a
/// person looks with then takes itself for the only one, and takes the log away from under the writer.
#[test]
fn a_database_that_was_there_before_is_locked_as_well() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("locked.db");
    for start in ["first", "second", "third"] {
        let db = open(&path);
        assert!(is_locked(&path), "at the {start} start");
        db.close();
    }
}

/// Whether this process holds SQLite's shared lock on it (sqlite3.c, `SHARED_FIRST`).
fn is_locked(path: &Path) -> bool {
    const SHARED_FIRST: &str = "1073741826";
    const LOOKS: usize = 100;
    let (process, file) = (std::process::id().to_string(), format!(":{}", fs::metadata(path).unwrap().ino()));
    // The list is read in pieces: while other tests lock and unlock, a look may miss what is there all the time.
    (0..LOOKS).any(|_| {
        fs::read_to_string("/proc/locks").unwrap().lines().any(|lock| {
            let fields: Vec<_> = lock.split_whitespace().collect();
            fields.contains(&process.as_str())
                && fields.contains(&SHARED_FIRST)
                && fields.iter().any(|field| field.ends_with(&file))
        })
    })
}

/// Makes every sync fail while the file that FAILING names is there.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
static int sync_or_fail(const char *name, int fd) {
    const char *failing = getenv("FAILING");
    if (failing && access(failing, F_OK) == 0) { errno = EIO; return -1; }
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return real(fd);
}
int fsync(int fd) { return sync_or_fail("fsync", fd); }
int fdatasync(int fd) { return sync_or_fail("fdatasync", fd); }
"#;

/// F28, the part that runs in the child: refused while the disk fails, nothing kept of it, healed by itself.
#[test]
fn meets_a_disk_that_fails() {
    let (Some(path), Some(failing)) = (std::env::var_os(CHILD), std::env::var_os("FAILING")) else { return };
    let db = open(Path::new(&path));
    db.write_blocking(|tx| insert(tx, &thing(1))).unwrap();
    for number in 2..5 {
        fs::write(&failing, "").unwrap();
        let refused = db.write_blocking(move |tx| insert(tx, &thing(number))).unwrap_err();
        assert!(refused.is_transient(), "{refused}");
        fs::remove_file(&failing).unwrap();
        let healed = (0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            db.write_blocking(move |tx| insert(tx, &thing(number + 100))).is_ok()
        });
        assert!(healed, "it takes writes again");
    }
    let found = db.read_blocking(|conn| conn.one::<i64>("SELECT count(*) FROM things", &[])).unwrap();
    assert_eq!(found, 4, "what was refused is not there");
    assert!(db.stats().reconnects >= 3);
    db.close();
}

#[test]
fn a_disk_that_fails_to_sync_is_answered_with_unavailable_and_healed_without_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let (source, shim) = (directory.path().join("shim.c"), directory.path().join("shim.so"));
    fs::write(&source, SHIM).unwrap();
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&shim, &source]).arg("-ldl").status();
    assert!(built.expect("a C compiler is installed").success());
    let output = child("disk::meets_a_disk_that_fails", &directory.path().join("failing.db"), &[])
        .env("LD_PRELOAD", &shim)
        .env("FAILING", directory.path().join("failing"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// DU13 on a real file system. Needs root.
#[test]
fn a_full_disk_is_answered_with_unavailable_and_healed_without_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(directory.path()) else {
        return eprintln!("skipped: only root mounts");
    };
    let path = directory.path().join("small.db");
    let db = open(&path);
    let large = |number: u64| {
        db.write_blocking(move |tx| {
            let mut large = thing(number);
            large.seal = vec![7; 256 << 10];
            insert(tx, &large)
        })
    };
    let stored = (1..1_000).take_while(|number| large(*number).is_ok()).count() as i64;
    let count = || db.read_blocking(|conn| conn.one::<i64>("SELECT count(*) FROM things", &[])).unwrap();
    let full = large(2_000).unwrap_err();
    assert!(full.is_transient(), "{full}");
    assert_eq!(count(), stored);
    disk.grow();
    assert!(heals(|| large(2_001).is_ok()), "with room on the disk");
    assert_eq!(count(), stored + 1);
    db.close();
}

fn heals(try_it: impl Fn() -> bool) -> bool {
    (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        try_it()
    })
}

/// A small disk in memory, unmounted when dropped.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    fn mount(path: &'a Path) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(path).output().ok()?;
        mounted.status.success().then_some(Self(path))
    }

    fn grow(&self) {
        assert!(Command::new("mount").args(["-o", "remount,size=64m"]).arg(self.0).status().unwrap().success());
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l"]).arg(self.0).status();
    }
}
