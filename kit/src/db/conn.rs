//! A connection as stores see it: the same statements on both databases.

use std::collections::HashMap;
use std::fmt::Display;
use std::ops::{Deref, DerefMut};

use postgres::types::ToSql;

use super::row::Source;
use super::{Dialect, Error, FromRow, Result, Row, Signal, Val};

/// Reading: one consistent snapshot.
pub struct Conn {
    pub(super) driver: Driver,
    /// A statement failed, so that PostgreSQL takes no more until the rollback.
    pub(super) aborted: bool,
    /// The failure was a deadlock or a serialisation failure: the unit may simply be run again.
    pub(super) again: bool,
}

pub(super) enum Driver {
    Sqlite(rusqlite::Connection),
    Postgres(Box<PostgresDriver>),
}

pub(super) struct PostgresDriver {
    pub client: postgres::Client,
    pub statements: HashMap<String, postgres::Statement>,
}

/// Statements are few and fixed; only filters make new texts.
const CACHED_STATEMENTS: usize = 512;

impl Conn {
    pub(super) fn new(driver: Driver) -> Self {
        Self { driver, aborted: false, again: false }
    }

    pub fn dialect(&self) -> Dialect {
        match self.driver {
            Driver::Sqlite(_) => Dialect::Sqlite,
            Driver::Postgres(_) => Dialect::Postgres,
        }
    }

    /// All rows, in the statement's order.
    pub fn all<T: FromRow>(&mut self, sql: &str, args: &[Val<'_>]) -> Result<Vec<T>> {
        let result = match &mut self.driver {
            Driver::Sqlite(connection) => sqlite_all(connection, sql, args, usize::MAX),
            Driver::Postgres(driver) => driver
                .query(sql, args)
                .and_then(|rows| rows.iter().map(|row| T::from_row(&Row(Source::Postgres(row)))).collect()),
        };
        self.note(result)
    }

    /// The first row, if there is one.
    pub fn opt<T: FromRow>(&mut self, sql: &str, args: &[Val<'_>]) -> Result<Option<T>> {
        let result = match &mut self.driver {
            Driver::Sqlite(connection) => sqlite_all(connection, sql, args, 1).map(|rows| rows.into_iter().next()),
            Driver::Postgres(driver) => driver
                .query(sql, args)
                .and_then(|rows| rows.first().map(|row| T::from_row(&Row(Source::Postgres(row)))).transpose()),
        };
        self.note(result)
    }

    /// The first row; [`Error::NotFound`] when there is none.
    pub fn one<T: FromRow>(&mut self, sql: &str, args: &[Val<'_>]) -> Result<T> {
        self.opt(sql, args)?.ok_or(Error::NotFound)
    }

    fn note<T>(&mut self, result: Result<T>) -> Result<T> {
        if let Err(error @ Error::Postgres { .. }) = &result {
            self.aborted = true;
            self.again |= error.is_worth_another_run();
        }
        result
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        match &mut self.driver {
            Driver::Sqlite(connection) => {
                connection.execute_batch(sql).map_err(|error| Error::Sqlite { error, sql: head(sql) })
            }
            Driver::Postgres(driver) => {
                driver.client.batch_execute(sql).map_err(|error| Error::Postgres { error, sql: head(sql) })
            }
        }
    }
}

/// Enough of a statement to find it by.
fn head(sql: &str) -> String {
    sql.chars().take(400).collect()
}

fn bind(statement: &mut rusqlite::CachedStatement<'_>, args: &[Val<'_>]) -> rusqlite::Result<()> {
    // "$2" is a name to SQLite: its place is where it first stands in the text.
    for index in 1..=statement.parameter_count() {
        let number = statement.parameter_name(index).and_then(|name| name[1..].parse::<usize>().ok());
        match number.and_then(|number| args.get(number.wrapping_sub(1))) {
            Some(value) => statement.raw_bind_parameter(index, value)?,
            None => return Err(rusqlite::Error::InvalidParameterCount(index, args.len())),
        }
    }
    Ok(())
}

fn sqlite_all<T: FromRow>(
    connection: &rusqlite::Connection,
    sql: &str,
    args: &[Val<'_>],
    limit: usize,
) -> Result<Vec<T>> {
    let failed = |error| Error::Sqlite { error, sql: head(sql) };
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    bind(&mut statement, args).map_err(failed)?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while found.len() < limit {
        match rows.next().map_err(failed)? {
            Some(row) => found.push(T::from_row(&Row(Source::Sqlite(row)))?),
            None => break,
        }
    }
    Ok(found)
}

impl PostgresDriver {
    fn query(&mut self, sql: &str, args: &[Val<'_>]) -> Result<Vec<postgres::Row>> {
        let failed = |error| Error::Postgres { error, sql: head(sql) };
        let statement = self.statement(sql)?;
        self.client.query(&statement, &params(args)).map_err(failed)
    }

    fn execute(&mut self, sql: &str, args: &[Val<'_>]) -> Result<u64> {
        let statement = self.statement(sql)?;
        self.client.execute(&statement, &params(args)).map_err(|error| Error::Postgres { error, sql: head(sql) })
    }

    fn statement(&mut self, sql: &str) -> Result<postgres::Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|error| Error::Postgres { error, sql: head(sql) })?;
        if self.statements.len() >= CACHED_STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

fn params<'a>(args: &'a [Val<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    args.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// Writing: one transaction. Reads through it see its own writes.
pub struct Tx {
    pub(super) conn: Conn,
    pub(super) signals: Vec<Signal>,
}

impl Tx {
    pub(super) fn new(driver: Driver) -> Self {
        Self { conn: Conn::new(driver), signals: Vec::new() }
    }

    /// Runs a statement; the number of rows that it changed.
    pub fn exec(&mut self, sql: &str, args: &[Val<'_>]) -> Result<u64> {
        let result = match &mut self.conn.driver {
            Driver::Sqlite(connection) => sqlite_execute(connection, sql, args),
            Driver::Postgres(driver) => driver.execute(sql, args),
        };
        self.conn.note(result)
    }

    /// Tells every process, once this transaction is durable. The same signal twice is one.
    pub fn signal(&mut self, topic: &str, key: impl Display) {
        let signal = Signal { topic: topic.to_owned(), key: key.to_string() };
        if !self.signals.contains(&signal) {
            self.signals.push(signal);
        }
    }
}

fn sqlite_execute(connection: &rusqlite::Connection, sql: &str, args: &[Val<'_>]) -> Result<u64> {
    let failed = |error| Error::Sqlite { error, sql: head(sql) };
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    bind(&mut statement, args).map_err(failed)?;
    statement.raw_execute().map(|changed| changed as u64).map_err(failed)
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
