//! Backups: one SQLite file with everything of one moment, from either database, for either database.
//!
//! A file has its final name only when it is whole, verified and durable. The key file is not part of it.

mod restore;
mod store;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use kit::clock::Clock;
use kit::db::{self, Db, Options, copy};

use crate::app::MIGRATIONS;
pub use restore::{Restored, Target, restore};
pub use store::Holds;

/// Each database keeps the words that are searched in its own way: a start that finds none makes them anew.
const MADE_ANEW: [&str; 2] = ["search_documents", "search_version"];

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{} already exists: choose another file", .0.display())]
    Exists(PathBuf),
    #[error("{} doesn't exist", .0.display())]
    Missing(PathBuf),
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error("the database schema is older than this program: run `repruv migrate` first")]
    OldSchema,
    #[error("this would replace {0}; use --force to replace them and keep a copy")]
    WouldReplace(Holds),
    #[error("can't read the database there ({0}); use --force to replace it and keep a copy")]
    WouldReplaceUnreadable(db::Error),
    #[error("{0} other connections to this database are open: stop all Repruv processes first")]
    InUse(i64),
    #[error(
        "the key file can't decrypt the secrets in this backup: restore the key file that belongs to it, or point REPRUV_SECRET_KEY_FILE to it"
    )]
    OtherKey,
}

/// A backup that is durable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Saved {
    pub bytes: u64,
    pub holds: Holds,
}

/// Writes everything of the database at `url` into `file`. Blocking; works beside the processes that use the database.
pub fn backup(url: &str, file: &Path, clock: &Clock) -> Result<Saved, Error> {
    if file.exists() {
        return Err(Error::Exists(file.to_owned()));
    }
    let unfinished = beside(file, "unfinished");
    let saved = save(url, file, &unfinished, clock);
    if saved.is_err() {
        clear(&unfinished);
    }
    saved
}

/// Nobody looks for what was begun and is no use.
fn clear(unfinished: &Path) {
    for end in ["", "-wal", "-shm", "-journal"] {
        let _ = fs::remove_file(format!("{}{end}", unfinished.display()));
    }
}

fn save(url: &str, file: &Path, unfinished: &Path, clock: &Clock) -> Result<Saved, Error> {
    make_private(unfinished)?;
    match url.strip_prefix("sqlite:").map(Path::new) {
        Some(database) if !database.exists() => return Err(Error::Missing(database.to_owned())),
        Some(database) => copy::vacuum_into(database, unfinished)?,
        None => dump(url, unfinished, clock)?,
    }
    copy::examine(unfinished, MIGRATIONS)?;
    let holds = holds(unfinished, clock)?;
    publish(unfinished, file)?;
    let bytes = fs::metadata(file).map_err(|error| broken(file, error))?.len();
    Ok(Saved { bytes, holds })
}

fn dump(url: &str, file: &Path, clock: &Clock) -> Result<(), Error> {
    let from = open(url, clock)?;
    let made = open(&sqlite_url(file), clock)?;
    made.migrate(MIGRATIONS)?;
    made.close();
    copy::settle(file)?;
    let file = file.to_owned();
    let dumped = from.read_blocking(move |conn| {
        if !store::is_migrated(conn, MIGRATIONS.len())? {
            return Err(Error::OldSchema);
        }
        Ok(copy::dump(conn, &file, &MADE_ANEW)?)
    });
    from.close();
    dumped
}

fn holds(file: &Path, clock: &Clock) -> Result<Holds, Error> {
    let db = open(&sqlite_url(file), clock)?;
    let holds = db.read_blocking(store::holds);
    db.close();
    copy::settle(file)?;
    Ok(holds?)
}

/// With as few connections as can be: the database may be small, and others use it.
fn open(url: &str, clock: &Clock) -> Result<Db, Error> {
    let mut options = Options::new(url, clock.clone());
    options.connections = 1;
    Ok(Db::open(options)?)
}

fn sqlite_url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// An empty file that only its owner reads: it will hold what people wrote, and hashes of their passwords. What a run that
/// was killed has left there goes, and its log with it, which would be taken for the new file's.
fn make_private(path: &Path) -> Result<(), Error> {
    for end in ["", "-wal", "-shm", "-journal"] {
        let left = PathBuf::from(format!("{}{end}", path.display()));
        match fs::remove_file(&left) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(broken(&left, error)),
            _ => {}
        }
    }
    File::options().write(true).create_new(true).mode(0o600).open(path).map_err(|error| broken(path, error))?;
    Ok(())
}

/// Gives the finished file its name: durable before, durable after.
fn publish(unfinished: &Path, file: &Path) -> Result<(), Error> {
    let sync = |path: &Path| File::open(path).and_then(|open| open.sync_all()).map_err(|error| broken(path, error));
    sync(unfinished)?;
    fs::rename(unfinished, file).map_err(|error| broken(file, error))?;
    sync(match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    })
}

fn beside(file: &Path, what: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{what}"));
    file.with_file_name(name)
}

fn broken(path: &Path, error: io::Error) -> Error {
    Error::File { path: path.to_owned(), error }
}
