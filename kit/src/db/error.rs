//! What can go wrong with a unit of work.

/// `Result` with storage's error unless told otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such row")]
    NotFound,
    #[error("the database's queue is full")]
    Busy,
    #[error("the database is closed")]
    Closed,
    /// Not reachable, not openable, locked by another: says what and how to mend.
    #[error("{0}")]
    Unavailable(String),
    /// The schema is newer, changed, or not ours: says which.
    #[error("{0}")]
    Schema(String),
    #[error("the unit of work panicked")]
    Panicked,
    /// The connection broke while the commit was under way: read back before answering.
    #[error("the outcome of the commit is not known")]
    OutcomeUnknown,
    /// A statement failed and the unit went on as if it had not.
    #[error("a statement of the unit had failed")]
    Aborted,
    #[error("column {index}: {mismatch}")]
    Mismatch { index: usize, mismatch: super::Mismatch },
    #[error("{error} in: {sql}")]
    Sqlite { error: rusqlite::Error, sql: String },
    #[error("{} in: {sql}", describe(.error))]
    Postgres { error: postgres::Error, sql: String },
}

impl Error {
    pub fn is_unique_violation(&self) -> bool {
        match self {
            Error::Sqlite { error: rusqlite::Error::SqliteFailure(failure, _), .. } => matches!(
                failure.extended_code,
                rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            ),
            Error::Postgres { error, .. } => error.code() == Some(&postgres::error::SqlState::UNIQUE_VIOLATION),
            _ => false,
        }
    }

    /// The same request may succeed a little later: full queue, lock, disk full, read-only, no connection.
    pub fn is_transient(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull, ReadOnly};
        match self {
            Error::Busy | Error::Closed | Error::Unavailable(_) | Error::OutcomeUnknown => true,
            Error::Sqlite { error: rusqlite::Error::SqliteFailure(failure, _), .. } => {
                matches!(failure.code, DatabaseBusy | DatabaseLocked | DiskFull | ReadOnly)
            }
            Error::Postgres { error, .. } => error.is_closed() || error.code().is_some_and(retryable),
            _ => false,
        }
    }

    pub(super) fn is_worth_another_run(&self) -> bool {
        matches!(self, Error::Postgres { error, .. } if error.code().is_some_and(retryable))
    }
}

fn retryable(code: &postgres::error::SqlState) -> bool {
    use postgres::error::SqlState;
    *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
}

/// PostgreSQL's own words where it gave any; the driver's Display alone is "db error".
fn describe(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} ({})", db.message(), db.code().code()),
        None => error.to_string(),
    }
}
