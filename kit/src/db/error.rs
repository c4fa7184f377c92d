//! What can go wrong with a unit of work.

use tokio_postgres::error::SqlState;

/// `Result` with storage's error unless told otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such row")]
    NotFound,
    /// The queue is full, or the unit waited in it for too long. It did not run.
    #[error("the database is busy")]
    Busy,
    #[error("the database is closed")]
    Closed,
    /// Not reachable, not openable, locked by another: says what and how to mend. The unit had no effect.
    #[error("{0}")]
    Unavailable(String),
    /// The database's files are damaged: says which, and what to do. Nothing was deleted.
    #[error("{0}")]
    Damaged(String),
    /// The schema is newer, changed, or not ours: says which.
    #[error("{0}")]
    Schema(String),
    #[error("the unit of work panicked")]
    Panicked,
    /// It ran for longer than it may, and was ended without an effect.
    #[error("the unit of work took too long")]
    Deadline,
    /// The connection broke while the commit was under way, and whether it took place could not be learned in time:
    /// read back before answering.
    #[error("the outcome of the commit is not known")]
    OutcomeUnknown,
    /// A statement failed and the unit went on as if it had not.
    #[error("a statement of the unit had failed")]
    Aborted,
    /// The question was only noted: [`Conn::later`](super::Conn::later).
    #[error("it is asked later")]
    Later,
    #[error("column {index}: {mismatch}")]
    Mismatch { index: usize, mismatch: super::Mismatch },
    #[error("{error} in: {sql}")]
    Sqlite { error: rusqlite::Error, sql: String },
    #[error("{} in: {sql}", describe(.error))]
    Postgres { error: tokio_postgres::Error, sql: String },
}

impl Error {
    pub fn is_unique_violation(&self) -> bool {
        match self {
            Error::Sqlite { error: rusqlite::Error::SqliteFailure(failure, _), .. } => matches!(
                failure.extended_code,
                rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            ),
            Error::Postgres { error, .. } => error.code() == Some(&SqlState::UNIQUE_VIOLATION),
            _ => false,
        }
    }

    /// The same request may succeed a little later, without a change to it: full queue, lock, deadline, full disk,
    /// read-only or failing storage, no connection. The edge answers 503.
    pub fn is_transient(&self) -> bool {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, OperationInterrupted, ReadOnly, SystemIoFailure,
        };
        match self {
            Error::Busy | Error::Closed | Error::Unavailable(_) | Error::Deadline | Error::OutcomeUnknown => true,
            Error::Sqlite { error: rusqlite::Error::SqliteFailure(failure, _), .. } => matches!(
                failure.code,
                CannotOpen
                    | DatabaseBusy
                    | DatabaseLocked
                    | DiskFull
                    | OperationInterrupted
                    | ReadOnly
                    | SystemIoFailure
            ),
            Error::Postgres { error, .. } => is_cut_off(error) || error.code().is_some_and(passes),
            _ => false,
        }
    }

    /// Reading, writing or syncing a file of SQLite failed, or what was read made no sense.
    pub(super) fn is_of_the_disk(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, SystemIoFailure};
        matches!(self, Error::Sqlite { error, .. }
            if matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase | SystemIoFailure)))
    }

    /// What is stored on is full, failing or read-only: the next write will fare no better.
    pub(super) fn is_of_storage(&self) -> bool {
        use rusqlite::ErrorCode::{DiskFull, ReadOnly, SystemIoFailure};
        match self {
            Error::Sqlite { error, .. } => {
                matches!(error.sqlite_error_code(), Some(DiskFull | ReadOnly | SystemIoFailure))
            }
            Error::Postgres { error, .. } => error.code().is_some_and(|code| {
                // A standby gives out no transaction numbers.
                let read_only = [SqlState::READ_ONLY_SQL_TRANSACTION, SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE];
                read_only.contains(code) || [SqlState::DISK_FULL, SqlState::IO_ERROR].contains(code)
            }),
            _ => false,
        }
    }

    pub(super) fn is_worth_another_run(&self) -> bool {
        match self {
            Error::Postgres { error, .. } => error.code().is_some_and(retryable),
            // No statement is answered so on SQLite.
            Error::Unavailable(_) => true,
            _ => false,
        }
    }
}

/// Enough of a statement to find it by.
pub(super) fn head(sql: &str) -> String {
    sql.chars().take(400).collect()
}

/// The driver calls a connection closed only once it knows; the statement that finds out gets the socket's own error.
fn is_cut_off(error: &tokio_postgres::Error) -> bool {
    error.is_closed() || std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>())
}

fn retryable(code: &SqlState) -> bool {
    *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
}

/// Classes 08 (connection), 53 (resources), 57 (operator, time-outs), 58 (system), and what a lock or a standby answers.
fn passes(code: &SqlState) -> bool {
    retryable(code)
        || ["08", "53", "57", "58"].iter().any(|class| code.code().starts_with(class))
        || [
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::READ_ONLY_SQL_TRANSACTION,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        ]
        .contains(code)
}

/// PostgreSQL's own words where it gave any; the driver's Display alone is "db error".
fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} ({})", db.message(), db.code().code()),
        None => error.to_string(),
    }
}
