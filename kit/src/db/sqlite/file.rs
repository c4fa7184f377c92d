//! The database's file, whatever names lead to it: one file, one lock, one write-ahead log.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt as _, fchown};
use std::path::{Path, PathBuf};

use super::super::{Error, Result};

/// Where the file is, or will be: links are followed once, here.
pub(in crate::db) fn resolve(path: &Path) -> Result<PathBuf> {
    let failed = |error: io::Error| Error::Unavailable(format!("{}: {error}", path.display()));
    let named = match std::fs::read_link(path) {
        // A link to a file that is yet to be made.
        Ok(target) if !path.exists() => path.parent().unwrap_or(Path::new("")).join(target),
        _ => path.to_owned(),
    };
    if named.exists() {
        return named.canonicalize().map_err(failed);
    }
    let name = named.file_name().ok_or_else(|| Error::Unavailable(format!("{} is no file", path.display())))?;
    let folder = named.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(folder.canonicalize().map_err(failed)?.join(name))
}

/// Takes the lock that stands for a file that was [`resolve`]d, until it is dropped. It lies beside it: whoever closes the
/// file itself takes SQLite's own locks from the process.
pub(in crate::db) fn take_lock(path: &Path) -> Result<File> {
    refuse_other_names(path)?;
    let lock = path.with_extension("lock");
    let unavailable = |error: &dyn std::fmt::Display| Error::Unavailable(format!("{}: {error}", lock.display()));
    let is_new = !lock.exists();
    let file =
        File::options().create(true).truncate(false).write(true).open(&lock).map_err(|error| unavailable(&error))?;
    if is_new {
        // Made by root, it would keep out whoever the database belongs to.
        keep_owner(path, &file);
    }
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(unavailable(
            &"another Repruv process is using this database; stop it first, or use PostgreSQL to run several",
        )),
        Err(std::fs::TryLockError::Error(error)) => Err(unavailable(&error)),
    }
}

/// A file that is opened by two names has two write-ahead logs, which destroy it (sqlite.org/howtocorrupt.html, 2.5).
fn refuse_other_names(path: &Path) -> Result<()> {
    let Ok(file) = path.metadata() else { return Ok(()) };
    let names = file.nlink().saturating_sub(kept_aside(path, &file));
    match names {
        0 | 1 => Ok(()),
        names => Err(Error::Unavailable(format!(
            "{} has {names} names (hard links), and each would get a write-ahead log of its own: leave it one (find -samefile tells which)",
            path.display()
        ))),
    }
}

/// Names that a restore gave it, and was ended before it put another file in its place.
fn kept_aside(path: &Path, file: &Metadata) -> u64 {
    let start = format!("{}.before-restore-", path.file_name().unwrap_or_default().to_string_lossy());
    let Some(Ok(folder)) = path.parent().map(std::fs::read_dir) else { return 0 };
    let others = folder.flatten().filter(|other| other.file_name().to_string_lossy().starts_with(&start));
    others.filter(|other| other.metadata().is_ok_and(|other| other.ino() == file.ino())).count() as u64
}

fn keep_owner(path: &Path, made: &File) {
    let owner = path.metadata().or_else(|_| path.parent().unwrap_or(Path::new(".")).metadata());
    if let Ok(owner) = owner {
        // Only root may, and nobody else needs it.
        let _ = fchown(made, Some(owner.uid()), Some(owner.gid()));
    }
}
