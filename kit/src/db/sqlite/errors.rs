//! Why a file of SQLite's is not opened, in one line that says what to do.

use std::fmt::Display;
use std::path::Path;

use super::super::Error;

pub(super) fn refused(path: &Path, error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    match error.sqlite_error_code() {
        Some(DatabaseCorrupt | NotADatabase) => damaged(path, error),
        _ => Error::Unavailable(format!("{}: {error}", path.display())),
    }
}

pub(super) fn damaged(path: &Path, what: impl Display) -> Error {
    Error::Damaged(format!(
        "{} is damaged ({what}): nothing was changed; keep a copy of it and of its -wal file, and restore a backup",
        path.display()
    ))
}
