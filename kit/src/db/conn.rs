//! A connection as stores see it: the same statements on both databases.

use std::fmt::Display;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::ahead::{Ahead, Asked};
use super::attachment::Attached;
use super::driver::Driver;
use super::error::head;
use super::postgres::Session;
use super::row::Source;
use super::{Dialect, Error, FromRow, Result, Row, Signal, Val};

/// Reading: one consistent snapshot.
pub struct Conn {
    pub(super) driver: Driver,
    /// A statement failed, so that PostgreSQL takes no more until the rollback.
    pub(super) aborted: bool,
    /// For a deadlock, a serialisation failure or a lost connection: the unit may simply be run again.
    pub(super) again: bool,
    /// For its deadline: the unit is not run again.
    pub(super) late: bool,
    /// Reading, writing or syncing a file of SQLite failed, or what was read made no sense.
    pub(super) disk_failed: bool,
    /// Nothing can be written at present, for a reason that is not the unit's.
    pub(super) writes_fail: bool,
    pub(super) ahead: Ahead,
    /// Statements until one is made to fail.
    #[cfg(feature = "testing")]
    pub(super) fails_after: Option<u32>,
    #[cfg(feature = "testing")]
    before_each: Option<BeforeEach>,
}

/// What a test does before each statement of a unit.
#[cfg(feature = "testing")]
pub type BeforeEach = Box<dyn FnMut() + Send>;

impl Conn {
    pub(super) fn new(driver: Driver) -> Self {
        Self {
            driver,
            aborted: false,
            again: false,
            late: false,
            disk_failed: false,
            writes_fail: false,
            ahead: Ahead::default(),
            #[cfg(feature = "testing")]
            fails_after: None,
            #[cfg(feature = "testing")]
            before_each: None,
        }
    }

    pub fn dialect(&self) -> Dialect {
        match self.driver {
            Driver::Sqlite(_) => Dialect::Sqlite,
            Driver::Postgres(_) => Dialect::Postgres,
        }
    }

    /// All rows, in the statement's order.
    pub fn all<T: FromRow>(&mut self, sql: &str, args: &[Val<'_>]) -> Result<Vec<T>> {
        self.before_statement()?;
        let result = match &mut self.driver {
            Driver::Sqlite(connection) => sqlite_all(connection, sql, args, usize::MAX),
            Driver::Postgres(session) => postgres_rows(&mut self.ahead, session, sql, args)
                .and_then(|rows| rows.iter().map(|row| T::from_row(&Row(Source::Postgres(row)))).collect()),
        };
        self.note(result)
    }

    /// The first row, if there is one.
    pub fn opt<T: FromRow>(&mut self, sql: &str, args: &[Val<'_>]) -> Result<Option<T>> {
        self.before_statement()?;
        let result = match &mut self.driver {
            Driver::Sqlite(connection) => sqlite_all(connection, sql, args, 1).map(|rows| rows.into_iter().next()),
            Driver::Postgres(session) => postgres_rows(&mut self.ahead, session, sql, args)
                .and_then(|rows| rows.first().map(|row| T::from_row(&Row(Source::Postgres(row)))).transpose()),
        };
        self.note(result)
    }

    /// The first row; [`Error::NotFound`] when there is none.
    pub fn one<T: FromRow>(&mut self, sql: &str, args: &[Val<'_>]) -> Result<T> {
        self.opt(sql, args)?.ok_or(Error::NotFound)
    }

    #[cfg(not(feature = "testing"))]
    fn before_statement(&mut self) -> Result<()> {
        Ok(())
    }

    /// Holds or counts this unit's statements, until it is given `None`.
    #[cfg(feature = "testing")]
    pub fn before_each_statement(&mut self, step: Option<BeforeEach>) {
        self.before_each = step;
    }

    /// A simulation may want this statement to fail, a test to come between it and the one before.
    #[cfg(feature = "testing")]
    fn before_statement(&mut self) -> Result<()> {
        if let Some(step) = &mut self.before_each {
            step();
        }
        match &mut self.fails_after {
            None => Ok(()),
            Some(0) => {
                self.aborted = true;
                Err(Error::Unavailable("a statement that was made to fail".into()))
            }
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }

    pub(super) fn note<T>(&mut self, result: Result<T>) -> Result<T> {
        if let Err(error) = &result {
            self.disk_failed |= error.is_of_the_disk();
            self.writes_fail |= error.is_of_storage();
        }
        if let Err(error @ (Error::Postgres { .. } | Error::Unavailable(_) | Error::Deadline)) = &result {
            self.aborted = true;
            self.again |= error.is_worth_another_run();
            self.late |= matches!(error, Error::Deadline);
        }
        result
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        let result = match &mut self.driver {
            Driver::Sqlite(connection) => connection.execute_batch(sql).map_err(|error| sqlite_failed(error, sql)),
            Driver::Postgres(session) => session.batch(sql),
        };
        self.note(result)
    }

    /// This unit may take as long as it needs.
    pub(super) fn take_time(&mut self) -> Result<()> {
        match &mut self.driver {
            Driver::Sqlite(_) => Ok(()),
            Driver::Postgres(session) => session.take_time(),
        }
    }
}

fn sqlite_failed(error: rusqlite::Error, sql: &str) -> Error {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::OperationInterrupted) => Error::Deadline,
        _ => Error::Sqlite { error, sql: head(sql) },
    }
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
    let failed = |error| sqlite_failed(error, sql);
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
    #[cfg(feature = "testing")]
    {
        drop(rows);
        super::effort::add(&statement);
    }
    Ok(found)
}

fn postgres_rows(
    ahead: &mut Ahead,
    session: &mut Session,
    sql: &str,
    args: &[Val<'_>],
) -> Result<Vec<tokio_postgres::Row>> {
    match ahead.take(sql, args) {
        Asked::Not => session.query(sql, args),
        Asked::Answered(rows) => Ok(rows),
        Asked::Noted => Err(Error::Later),
    }
}

/// What follows a commit.
pub(super) type Follower = Box<dyn FnOnce() + Send>;

/// Writing: one transaction. Reads through it see its own writes.
pub struct Tx {
    pub(super) conn: Conn,
    pub(super) signals: Vec<Signal>,
    /// Signals for whoever looks without them too.
    pub(super) hints: Vec<Signal>,
    /// What follows the commit in this process.
    pub(super) followers: Vec<Follower>,
    pub(super) attached: Option<Attached>,
}

impl Tx {
    pub(super) fn new(driver: Driver) -> Self {
        Self { conn: Conn::new(driver), signals: Vec::new(), hints: Vec::new(), followers: Vec::new(), attached: None }
    }

    /// Runs a statement; the number of rows that it changed.
    pub fn exec(&mut self, sql: &str, args: &[Val<'_>]) -> Result<u64> {
        self.conn.before_statement()?;
        let result = match &mut self.conn.driver {
            Driver::Sqlite(connection) => sqlite_execute(connection, sql, args),
            Driver::Postgres(session) => session.execute(sql, args),
        };
        self.conn.note(result)
    }

    /// Runs a statement whose answer says nothing. On PostgreSQL it travels with the COMMIT, or before the next statement, so
    /// that its error comes from there.
    pub fn exec_later(&mut self, sql: &str, args: &[Val<'_>]) -> Result<()> {
        self.conn.before_statement()?;
        let result = match &mut self.conn.driver {
            Driver::Sqlite(connection) => sqlite_execute(connection, sql, args).map(drop),
            Driver::Postgres(session) => session.execute_later(sql, args),
        };
        self.conn.note(result)
    }

    /// All rows of `sql`, after other statements whose answers say nothing; on PostgreSQL in one round trip.
    pub fn all_after<T: FromRow>(
        &mut self,
        first: &[(&str, &[Val<'_>])],
        sql: &str,
        args: &[Val<'_>],
    ) -> Result<Vec<T>> {
        for _ in first {
            self.conn.before_statement()?;
        }
        self.conn.before_statement()?;
        let result = match &mut self.conn.driver {
            Driver::Sqlite(connection) => {
                let ahead = first.iter().try_for_each(|(sql, args)| sqlite_execute(connection, sql, args).map(drop));
                ahead.and_then(|()| sqlite_all(connection, sql, args, usize::MAX))
            }
            Driver::Postgres(session) => session
                .query_last(first, sql, args)
                .and_then(|rows| rows.iter().map(|row| T::from_row(&Row(Source::Postgres(row)))).collect()),
        };
        self.conn.note(result)
    }

    /// Runs `follow` in this process as soon as the commit is durable; never, where that is not known. It is run where the
    /// database's threads answer, so it only passes something on.
    pub(crate) fn after_commit(&mut self, follow: impl FnOnce() + Send + 'static) {
        self.followers.push(Box::new(follow));
    }

    /// What was attached to the handle that this unit was given to.
    pub(crate) fn attached<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.attached.clone()?.downcast().ok()
    }

    /// Tells every process, once this transaction is durable. The same signal twice is one.
    pub fn signal(&mut self, topic: &str, key: impl Display) {
        note(&mut self.signals, topic, &key);
    }

    /// As [`Tx::signal`], for listeners who look from time to time without being told. On PostgreSQL other processes hear of
    /// many at once, and of none if this process dies in the same moment.
    pub fn hint(&mut self, topic: &str, key: impl Display) {
        let is_told_apart = self.dialect() == Dialect::Postgres;
        note(if is_told_apart { &mut self.hints } else { &mut self.signals }, topic, &key);
    }
}

fn note(signals: &mut Vec<Signal>, topic: &str, key: &dyn Display) {
    let signal = Signal { topic: topic.to_owned(), key: key.to_string() };
    if !signals.contains(&signal) {
        signals.push(signal);
    }
}

fn sqlite_execute(connection: &rusqlite::Connection, sql: &str, args: &[Val<'_>]) -> Result<u64> {
    let failed = |error| sqlite_failed(error, sql);
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    bind(&mut statement, args).map_err(failed)?;
    let changed = statement.raw_execute().map(|changed| changed as u64).map_err(failed);
    #[cfg(feature = "testing")]
    super::effort::add(&statement);
    changed
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
