//! The power goes: what a child process told its disk is played again up to any moment, and the database opened on what a
//! disk may have kept then.
//!
//! A disk keeps what was synced. Of each later write it keeps all, the beginning, or nothing, and a new file's name only once
//! its directory was synced. A kill shows none of this, for the machine's memory outlives the process.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use super::super::Db;
use super::disk::{CHILD, child, open};
use super::{Thing, insert, thing};
use crate::id::Id;
use crate::random::Random;

const WRITERS: u64 = 4;
const ROUNDS: u64 = 4;
/// As many as make the log long enough to be moved.
const THINGS_EACH: u64 = 56;
const WORTH_MOVING: u64 = 4 << 20;
/// More than are written.
const MOST: u64 = 10_000;
const SEAL_BYTES: usize = 20_000;

/// How many of the moments are looked at, and of those around a checkpoint.
const SELDOM: f64 = 0.002;
const OFTEN: f64 = 0.5;
const SECTOR: usize = 512;

fn heavy(number: u64) -> Thing {
    Thing { seal: number.to_le_bytes().repeat(SEAL_BYTES / 8), ..thing(number) }
}

/// Several write at once, and each says so after each of its writes; then one alone, until the log has started anew.
#[test]
fn several_write_and_say_so() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let path = Path::new(&path);
    let (db, answers, next) = (open(path), File::create(path.with_extension("answers")).unwrap(), AtomicU64::new(0));
    let write = || {
        let number = next.fetch_add(1, Ordering::Relaxed);
        db.write_blocking(move |tx| insert(tx, &heavy(number))).unwrap();
        (&answers).write_all(format!("{number}\n").as_bytes()).unwrap();
    };
    for _ in 0..ROUNDS {
        thread::scope(|scope| {
            (0..WRITERS).for_each(|_| drop(scope.spawn(|| (0..THINGS_EACH).for_each(|_| write()))));
        });
        while db.stats().wal_bytes > WORTH_MOVING / 2 {
            // All of it is moved only while nobody writes.
            thread::sleep(Duration::from_millis(20));
            write();
        }
    }
    db.close();
}

/// F29.
#[test]
fn what_was_acknowledged_outlives_a_power_cut_at_any_moment() {
    let directory = tempfile::tempdir().unwrap();
    let (path, trace) = (directory.path().join("power.db"), directory.path().join("trace"));
    let trace_path = trace.display().to_string();
    let calls = "trace=openat,pwrite64,write,ftruncate,unlink,fsync,fdatasync";
    let strace = ["strace", "-f", "-y", "-x", "-s", "1000000", "-e", calls, "-o", &trace_path];
    let output = child("power::several_write_and_say_so", &path, &strace).output().expect("strace is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let (seed, mut disk, mut cuts) = (u64::from(std::process::id()), Disk::default(), 0);
    let random = Random::seeded(seed);
    let ids: HashMap<Id<()>, u64> = (0..MOST).map(|number| (thing(number).id, number)).collect();
    for line in BufReader::new(File::open(&trace).unwrap()).lines() {
        let chance = match disk.line(&line.unwrap()) {
            Told::Nothing => 0.0,
            // The first start.
            _ if disk.acknowledged.is_empty() => 1.0,
            Told::Something => SELDOM,
            Told::Checkpoint => OFTEN,
        };
        if random.unit() < chance {
            disk.check_a_cut(&random, &ids, &format!("cut {cuts} of seed {seed}"));
            cuts += 1;
        }
    }
    disk.check_a_cut(&random, &ids, "the end");
    let answers = fs::read_to_string(path.with_extension("answers")).unwrap();
    assert_eq!(disk.acknowledged.len(), answers.lines().count(), "every answer was seen");
    assert!(disk.beginnings > 2, "the log began {} times", disk.beginnings);
    assert!(cuts > 20, "{cuts} cuts");
}

/// SQLite makes a new file under a rollback journal, which only who may write can follow back.
#[test]
fn a_first_start_that_was_cut_off_is_begun_again() {
    let directory = tempfile::tempdir().unwrap();
    let (cut, path) = (directory.path().join("cut.db"), directory.path().join("power.db"));
    let connection = rusqlite::Connection::open(&cut).unwrap();
    let half = "PRAGMA cache_size = 1; BEGIN; CREATE TABLE half (bytes); INSERT INTO half VALUES (zeroblob(1000000))";
    connection.execute_batch(half).unwrap();
    for suffix in ["", "-journal"] {
        let copied = fs::copy(format!("{}{suffix}", cut.display()), format!("{}{suffix}", path.display())).unwrap();
        assert!(copied > 0, "it is in the middle of it");
    }
    let db = open(&path);
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name IN ('half', 'things')";
    assert_eq!(db.read_blocking(|conn| conn.one::<i64>(tables, &[])).unwrap(), 1, "nothing half, and all of ours");
    db.close();
}

/// What a disk was told.
#[derive(Default)]
struct Disk {
    files: BTreeMap<String, Kept>,
    acknowledged: BTreeSet<u64>,
    /// Calls of threads that strace saw begin and not yet end, and up to which of the file's changes they reach.
    begun: HashMap<String, (String, usize)>,
    /// Of the log, its first included.
    beginnings: usize,
}

/// One file on it.
#[derive(Clone, Default)]
struct Kept {
    /// Its directory knows it.
    is_named: bool,
    /// It was removed, and its directory may not know that yet.
    is_going: bool,
    synced: Vec<u8>,
    /// Changes that were synced.
    behind: usize,
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Bytes { at: usize, bytes: Vec<u8> },
    Length(usize),
}

#[derive(PartialEq, Eq)]
enum Told {
    Nothing,
    Something,
    /// The database file itself, or the beginning of the log.
    Checkpoint,
}

impl Disk {
    fn line(&mut self, line: &str) -> Told {
        let (thread, call) = line.split_once(' ').expect("strace begins with the thread");
        let call = call.trim_start();
        if let Some(begun) = call.strip_suffix(" <unfinished ...>") {
            // A write has an effect from its beginning, a sync from its end, on what was there at its beginning.
            let told = if is_sync(begun) { Told::Nothing } else { self.call(begun) };
            self.begun.insert(thread.to_owned(), (begun.to_owned(), self.reach(begun)));
            return told;
        }
        if call.contains(" resumed>") {
            let (begun, reach) = self.begun.remove(thread).unwrap_or_default();
            if !is_sync(&begun) {
                return Told::Nothing;
            }
            assert!(call.ends_with("= 0"), "{begun}: {call}");
            return self.synced(&begun, reach);
        }
        if is_sync(call) { self.synced(call, self.reach(call)) } else { self.call(call) }
    }

    fn call(&mut self, call: &str) -> Told {
        let Some((name, arguments)) = call.split_once('(') else { return Told::Nothing };
        match name {
            "openat" => {
                // The name is what the call answers: = 7</tmp/…/power.db>.
                let file = call.rsplit_once("= ").and_then(|(_, answer)| file(answer));
                file.map_or(Told::Nothing, |file| {
                    let known = self.files.remove(file).filter(|known| !known.is_going);
                    self.files.insert(file.to_owned(), known.unwrap_or_default());
                    Told::Something
                })
            }
            "pwrite64" => {
                let Some(file) = file(arguments) else { return Told::Nothing };
                let bytes = bytes(text(arguments));
                let rest = arguments.rsplit_once('"').expect("a text ends").1;
                let at = number(rest.split(')').next().and_then(|rest| rest.rsplit(", ").next()).expect("an offset"));
                let is_beginning = file.ends_with("-wal") && at == 0;
                self.beginnings += usize::from(is_beginning);
                let is_checkpoint = is_beginning || file.ends_with(".db");
                self.files.entry(file.to_owned()).or_default().pending.push(Change::Bytes { at, bytes });
                if is_checkpoint && at.is_multiple_of(128 * 4096) { Told::Checkpoint } else { Told::Something }
            }
            "ftruncate" => {
                let Some(file) = file(arguments) else { return Told::Nothing };
                let length = arguments.split_once(", ").expect("a length").1;
                let length = number(length.split(')').next().unwrap_or_default());
                self.files.entry(file.to_owned()).or_default().pending.push(Change::Length(length));
                Told::Checkpoint
            }
            "write" if arguments.contains(".answers>") => {
                self.acknowledged.insert(number(text(arguments).trim_end_matches("\\n")) as u64);
                Told::Something
            }
            "unlink" => {
                let gone = text(arguments).rsplit('/').next().and_then(|name| self.files.get_mut(name));
                gone.map_or(Told::Nothing, |file| {
                    file.is_going = true;
                    Told::Checkpoint
                })
            }
            _ => Told::Nothing,
        }
    }

    /// How many changes of the file there have been.
    fn reach(&self, call: &str) -> usize {
        file(call).and_then(|file| self.files.get(file)).map_or(0, |file| file.behind + file.pending.len())
    }

    fn synced(&mut self, call: &str, reach: usize) -> Told {
        if let Some(file) = file(call).and_then(|name| self.files.get_mut(name)) {
            // Another thread's sync may have come further meanwhile.
            let covered = reach.saturating_sub(file.behind);
            file.pending.drain(..covered).for_each(|change| change.apply(&mut file.synced));
            file.behind += covered;
            return if call.contains(".db>") { Told::Checkpoint } else { Told::Something };
        }
        // Of no file: of the directory.
        self.files.retain(|_, file| !file.is_going);
        self.files.values_mut().for_each(|file| file.is_named = true);
        Told::Checkpoint
    }

    /// What a disk may have kept of it is a whole database, with everything that was acknowledged.
    fn check_a_cut(&self, random: &Random, ids: &HashMap<Id<()>, u64>, when: &str) {
        let directory = tempfile::tempdir().unwrap();
        for (name, file) in &self.files {
            if (file.is_named && !file.is_going) || random.unit() < 0.5 {
                fs::write(directory.path().join(name), file.after_a_cut(random)).unwrap();
            }
        }
        let db = open(&directory.path().join("power.db"));
        let found = self.found(&db, ids, when);
        db.close();
        let lost: Vec<_> = self.acknowledged.difference(&found).collect();
        assert!(lost.is_empty(), "{when}: {lost:?} of {} were acknowledged and are lost", self.acknowledged.len());
    }

    fn found(&self, db: &Db, ids: &HashMap<Id<()>, u64>, when: &str) -> BTreeSet<u64> {
        let whole = db.read_blocking(|conn| conn.one::<String>("PRAGMA integrity_check", &[])).unwrap();
        assert_eq!(whole, "ok", "{when}");
        let found = db.read_blocking(|conn| conn.all::<(Id<()>, Vec<u8>)>("SELECT id, seal FROM things", &[]));
        let number = |(id, seal)| {
            let number = ids[&id];
            assert_eq!(seal, heavy(number).seal, "{when}: thing {number}");
            number
        };
        found.unwrap().into_iter().map(number).collect()
    }
}

impl Kept {
    fn after_a_cut(&self, random: &Random) -> Vec<u8> {
        let mut content = self.synced.clone();
        for change in &self.pending {
            match (random.unit(), change) {
                (luck, _) if luck < 0.4 => {}
                (luck, Change::Bytes { at, bytes }) if luck < 0.6 => {
                    let sectors = bytes.len().div_ceil(SECTOR);
                    let kept = (sectors as f64 * random.unit()) as usize * SECTOR;
                    Change::Bytes { at: *at, bytes: bytes[..kept.min(bytes.len())].to_vec() }.apply(&mut content);
                }
                _ => change.clone().apply(&mut content),
            }
        }
        content
    }
}

impl Change {
    fn apply(self, content: &mut Vec<u8>) {
        match self {
            Change::Bytes { at, bytes } => {
                let end = at + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[at..end].copy_from_slice(&bytes);
            }
            Change::Length(length) => content.resize(length, 0),
        }
    }
}

fn is_sync(call: &str) -> bool {
    call.starts_with("fsync(") || call.starts_with("fdatasync(")
}

/// `7</tmp/x/power.db-wal>, …`: the name, if it is one of the database's that a disk keeps.
fn file(arguments: &str) -> Option<&str> {
    let path = arguments.split_once('<')?.1.split_once('>')?.0;
    path.rsplit('/').next().filter(|name| ["power.db", "power.db-wal", "power.db-journal"].contains(name))
}

fn text(arguments: &str) -> &str {
    arguments.split_once('"').and_then(|(_, rest)| rest.split_once('"')).expect("a text").0
}

/// `\x30\x0a`: strace writes whatever is not plain text so.
fn bytes(text: &str) -> Vec<u8> {
    let byte = |hex: &[u8]| {
        let digits = hex.strip_prefix(b"\\x").and_then(|digits| std::str::from_utf8(digits).ok());
        digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or_else(|| panic!("no bytes: {text}"))
    };
    text.as_bytes().chunks(4).map(byte).collect()
}

fn number(text: &str) -> usize {
    text.trim().parse().unwrap_or_else(|_| panic!("a number: {text}"))
}
