//! Connections to SQLite, each with settings that are read back.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::super::{Error, Result};
use super::errors::refused;

/// How long another process may hold the lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// What a write-ahead log keeps of its size when it starts anew.
const WAL_KEPT_BYTES: i64 = 64 << 20;

/// The only connection that writes. `frames` is kept at the length of the write-ahead log.
pub(super) fn writer(path: &Path, frames: Arc<AtomicU64>) -> Result<Connection> {
    let connecting = || {
        let mut connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "cache_size", -16_000)?;
        connection.pragma_update_and_check(None, "journal_size_limit", WAL_KEPT_BYTES, |_| Ok(()))?;
        connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
        connection.wal_hook(Some(move |_: &mut _, length: i32| {
            frames.store(u64::from(length.unsigned_abs()), Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(connection)
    };
    let connection = connecting().map_err(|error| refused(path, error))?;
    assert_settings(path, &connection, &[("synchronous", "2"), ("foreign_keys", "1")])?;
    Ok(connection)
}

/// Sees snapshots, and can change nothing.
pub(super) fn reader(path: &Path) -> Result<Connection> {
    let connecting = || {
        let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "cache_size", -8_000)?;
        Ok(connection)
    };
    let connection = connecting().map_err(|error| refused(path, error))?;
    assert_settings(path, &connection, &[("query_only", "1")])?;
    Ok(connection)
}

/// Moves what is in the write-ahead log into the database file.
pub(super) fn checkpointer(path: &Path) -> Result<Connection> {
    let connecting = || {
        let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
        Ok(connection)
    };
    let connection = connecting().map_err(|error| refused(path, error))?;
    assert_settings(path, &connection, &[("synchronous", "2")])?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    prepare(&connection)?;
    Ok(connection)
}

/// What all connections have in common.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(256);
    // A page of a mapped file that cannot be read is a signal, not an error.
    connection.pragma_update_and_check(None, "mmap_size", 0, |_| Ok(()))?;
    // Without the planner's stability guarantee a statement is compiled anew whenever it is bound to other values.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// A setting that did not take is a reason not to start: durability hangs on it.
fn assert_settings(path: &Path, connection: &Connection, own: &[(&str, &str)]) -> Result<()> {
    let busy_timeout = BUSY_TIMEOUT.as_millis().to_string();
    let common = [("journal_mode", "wal"), ("busy_timeout", &busy_timeout)];
    for (name, wanted) in common.iter().chain(own) {
        let found = connection.pragma_query_value(None, name, |row| match row.get_ref(0)? {
            rusqlite::types::ValueRef::Integer(value) => Ok(value.to_string()),
            other => Ok(other.as_str()?.to_owned()),
        });
        let found = found.map_err(|error| refused(path, error))?;
        if found != *wanted {
            return Err(Error::Unavailable(format!(
                "{}: SQLite keeps {name} at {found} where {wanted} is needed",
                path.display()
            )));
        }
    }
    Ok(())
}
