//! Damage is told before anything is written: what is wrong, and where. Nothing is deleted or repaired.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::super::{Error, Result, stats};
use super::errors::{damaged, refused};

/// What looking at the structure of the pages may cost a start. `doctor` looks at all of them.
const QUICK_CHECK: Duration = Duration::from_millis(50);
/// Looks that must find the same damage, and what lies between them.
const LOOKS: usize = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 10_000;

const DATABASE_MAGIC: &[u8; 16] = b"SQLite format 3\0";
const WAL_MAGIC: u32 = 0x377f_0682;
const WAL_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;

/// A database that is whole.
#[derive(Default)]
pub(super) struct Checked {
    /// Keeps the write-ahead log where it is until it is dropped.
    pub connection: Option<Connection>,
    /// The log ends in what a power cut left of a commit. Unless it is emptied, a second power cut may look like damage.
    pub is_torn: bool,
}

/// Refuses a damaged database.
pub(super) fn check(path: &Path) -> Result<Checked> {
    roll_back(path).map_err(|error| refused(path, error))?;
    if !check_file(path)? {
        return Ok(Checked::default());
    }
    let mut connection = look(path).map_err(|error| refused(path, error))?;
    check_pages(path, &mut connection)?;
    let is_torn = check_log(path, &connection)?;
    Ok(Checked { connection: Some(connection), is_torn })
}

/// The first start writes its first page under a rollback journal, and leaves it where it is cut off in the middle. From then on
/// there is only the log.
fn roll_back(path: &Path) -> rusqlite::Result<()> {
    let journal = beside(path, "-journal");
    if journal.metadata().is_ok_and(|journal| journal.len() > 0) && path.exists() {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    }
    Ok(())
}

/// Whether there is something in it.
///
/// The file is closed again before SQLite opens it: closing one takes all locks on it from the process
/// (sqlite.org/howtocorrupt.html, 2.2).
fn check_file(path: &Path) -> Result<bool> {
    let unreadable = |error: io::Error| unreadable(path, &error);
    let wal = Wal::of(path).map_err(unreadable)?;
    let file = match File::open(path) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(unreadable(error)),
    };
    let length = file.as_ref().map_or(Ok(0), |file| file.metadata().map(|meta| meta.len())).map_err(unreadable)?;
    let (Some(file), 1..) = (file, length) else {
        // SQLite would throw such a log away.
        return match wal {
            Some(wal) if wal.frames() > 0 => Err(damaged(path, "it is missing or empty, while its -wal file is not")),
            _ => Ok(false),
        };
    };
    check_header(path, &file, length, wal.is_some())?;
    let bad_header = || Ok(Wal::of(path).map_err(unreadable)?.and_then(|wal| wal.check_header().err()));
    match persists(bad_header)? {
        Some(what) => Err(damaged(path, format!("its -wal file: {what}"))),
        None => Ok(true),
    }
}

fn check_header(path: &Path, file: &File, length: u64, has_wal: bool) -> Result<()> {
    let mut header = [0; 100];
    if file.read_exact_at(&mut header, 0).is_err() || !header.starts_with(DATABASE_MAGIC) {
        return Err(damaged(path, "it does not begin as an SQLite database"));
    }
    let page = match u64::from(u16::from_be_bytes([header[16], header[17]])) {
        1 => 65_536,
        size => size,
    };
    if !(512..=65_536).contains(&page) || !page.is_power_of_two() {
        return Err(damaged(path, format!("pages of {page} bytes")));
    }
    let pages = u64::from(word(&header, 28));
    let counted = word(&header, 24) == word(&header, 92);
    // With a log beside it, the rest may be there still.
    if !has_wal && counted && pages * page > length {
        return Err(damaged(path, format!("{length} bytes, where {pages} pages of {page} bytes should be")));
    }
    Ok(())
}

/// Reads only, and leaves the log alone when it is closed.
fn look(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

fn check_pages(path: &Path, connection: &mut Connection) -> Result<()> {
    let until = stats::now() + QUICK_CHECK;
    let checked = connection
        .progress_handler(STEPS, Some(move || stats::now() > until))
        .and_then(|()| connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)));
    let cleared = connection.progress_handler(0, None::<fn() -> bool>);
    match checked {
        Ok(found) if found == "ok" => cleared.map_err(|error| refused(path, error)),
        Ok(found) => Err(damaged(path, found.lines().last().unwrap_or_default())),
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) => {
            tracing::debug!(path = %path.display(), "the database is too large to look at every page at the start");
            Ok(())
        }
        Err(error) => Err(refused(path, error)),
    }
}

/// Whether the log's end is torn. SQLite ends its log at the first frame that is not whole, for that is what a power cut leaves: the last commit without
/// its fsync. Two commits behind such a frame were both synced after it, so that frame was whole once.
fn check_log(path: &Path, connection: &Connection) -> Result<bool> {
    let lost = persists(|| {
        let Some(wal) = Wal::of(path).map_err(|error| unreadable(path, &error))? else { return Ok(None) };
        let read = frames_read(connection).map_err(|error| refused(path, error))?;
        Ok(match wal.commits_after(read) {
            Ok(0) => None,
            Ok(lost) => Some((lost, format!("frame {} is not whole, and {lost} commits follow it", read + 1))),
            Err(error) => Some((usize::MAX, error.to_string())),
        })
    })?;
    match lost {
        None => Ok(false),
        Some((1, _)) => Ok(true),
        Some((_, what)) => Err(damaged(path, format!("its -wal file: {what}"))),
    }
}

/// What each of several looks finds. Another process may write the log meanwhile, or start it anew: then what its file has
/// and what its index says are of two moments, and no two looks find the same.
fn persists<T: PartialEq>(mut look: impl FnMut() -> Result<Option<T>>) -> Result<Option<T>> {
    let first = look()?;
    for _ in 1..LOOKS {
        if first.is_none() {
            break;
        }
        std::thread::sleep(BETWEEN_LOOKS);
        if look()? != first {
            return Ok(None);
        }
    }
    Ok(first)
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::Unavailable(format!("{}: {error}", path.display()))
}

/// SQLite's other files have the database's name, and this behind it.
fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

/// As far as SQLite takes the log.
fn frames_read(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
    let frames = connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get::<_, i64>(1))?;
    Ok(u64::try_from(frames).unwrap_or(0))
}

/// A write-ahead log as its file has it (sqlite.org/fileformat2.html, section 4).
struct Wal {
    file: File,
    header: [u8; WAL_HEADER as usize],
    length: u64,
}

impl Wal {
    /// `None` where there is none, or none that was ever synced.
    fn of(database: &Path) -> io::Result<Option<Self>> {
        let file = match File::open(beside(database, "-wal")) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let length = file.metadata()?.len();
        let mut header = [0; WAL_HEADER as usize];
        if length <= WAL_HEADER {
            return Ok(None);
        }
        file.read_exact_at(&mut header, 0)?;
        Ok((header != [0; WAL_HEADER as usize]).then_some(Self { file, header, length }))
    }

    fn page(&self) -> u64 {
        u64::from(word(&self.header, 8))
    }

    fn frames(&self) -> u64 {
        (self.length - WAL_HEADER) / (self.page().max(1) + FRAME_HEADER)
    }

    /// Taken for an empty one by SQLite if it is not right.
    fn check_header(&self) -> Result<(), &'static str> {
        let magic = word(&self.header, 0);
        if magic & !1 != WAL_MAGIC {
            return Err("it does not begin as a write-ahead log");
        }
        let read = if magic & 1 == 1 { u32::from_be_bytes } else { u32::from_le_bytes };
        let mut sums = [0_u32; 2];
        for pair in self.header[..24].chunks_exact(8) {
            for (index, bytes) in pair.chunks_exact(4).enumerate() {
                let value = read([bytes[0], bytes[1], bytes[2], bytes[3]]);
                sums[index] = sums[index].wrapping_add(value).wrapping_add(sums[1 - index]);
            }
        }
        if sums == [word(&self.header, 24), word(&self.header, 28)] { Ok(()) } else { Err("its header's checksum") }
    }

    /// Commits of this log's generation in the frames behind the first `read`.
    fn commits_after(&self, read: u64) -> io::Result<usize> {
        let mut commits = 0;
        for index in read..self.frames() {
            let mut frame = [0; FRAME_HEADER as usize];
            self.file.read_exact_at(&mut frame, WAL_HEADER + index * (self.page() + FRAME_HEADER))?;
            let is_current = frame[8..16] == self.header[16..24];
            commits += usize::from(is_current && word(&frame, 4) != 0);
        }
        Ok(commits)
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
