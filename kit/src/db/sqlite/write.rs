//! The writer thread: one transaction for all units that wait, a savepoint for each, and answers after the fsync.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::broadcast;

use super::super::backoff::Backoff;
use super::super::driver::Driver;
use super::super::unit::{self, Next, Unit, Units};
use super::super::{Error, Result, Signal, Tx, stats};
use super::checkpoint::{self, Log};
use super::{connect, errors};

/// Units that one commit carries at most: bounds how long the first of them waits for the others.
const GROUP: usize = 128;

pub(super) struct Writer {
    path: PathBuf,
    units: Units,
    signals: broadcast::Sender<Signal>,
    /// `None` after an I/O error, until the log is known to hold nothing that was not answered.
    tx: Option<Tx>,
    /// Below `tx`, and so dropped after it: the checkpointer ends then, and of two connections that close at once neither
    /// is the last one, which tidies up.
    log: Log,
}

/// Why a group was not committed.
enum Failed {
    /// All of it goes.
    Group(Error),
    /// SQLite gave up the whole transaction for what one unit did: the others may try again.
    Unit(usize, Error),
}

impl Writer {
    pub fn open(path: PathBuf, units: Units, signals: broadcast::Sender<Signal>, log: Log) -> Result<Self> {
        let connection = connect::writer(&path, log.frames())?;
        Ok(Self { path, units, signals, log, tx: Some(Tx::new(Driver::Sqlite(connection))) })
    }

    pub fn serve(&mut self) {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
        let mut stopping = false;
        while !stopping {
            if let Err(error) = self.reopen() {
                let pause = backoff.pause();
                tracing::error!(%error, ?pause, "the database takes no writes");
                stopping = self.refuse_for(pause, &error);
                continue;
            }
            backoff.reset();
            let Next::Unit(first) = self.units.wait() else { return };
            let mut group = vec![first];
            while group.len() < GROUP {
                match self.units.now() {
                    Next::Unit(unit) => group.push(unit),
                    Next::Stop => {
                        stopping = true;
                        break;
                    }
                    Next::Nothing => break,
                }
            }
            self.commit(group);
        }
    }

    /// Whether the end came while everything was refused.
    fn refuse_for(&self, pause: Duration, error: &Error) -> bool {
        let until = stats::now() + pause;
        loop {
            match self.units.wait_until(until) {
                Next::Unit(unit) => unit.refuse(same(error)),
                Next::Nothing => return false,
                Next::Stop => return true,
            }
        }
    }

    fn commit(&mut self, mut group: Vec<Box<dyn Unit>>) {
        let Some(tx) = &mut self.tx else {
            return group.into_iter().for_each(|unit| unit.refuse(Error::Unavailable("the disk failed".into())));
        };
        match commit_together(tx, &mut group, &self.units) {
            Ok(()) => {
                let told = std::mem::take(&mut tx.signals);
                group.iter_mut().for_each(|unit| unit.follow());
                for signal in told {
                    // No one listening is no failure.
                    let _ = self.signals.send(signal);
                }
                group.into_iter().for_each(|unit| unit.answer(Ok(())));
                if let Driver::Sqlite(connection) = &tx.conn.driver {
                    self.log.grew(connection);
                }
            }
            Err(Failed::Group(error)) => self.roll_back(group, &error),
            Err(Failed::Unit(index, error)) => {
                let culprit = group.remove(index);
                self.roll_back(vec![culprit], &error);
                for unit in group {
                    stats::count(&self.units.meter.reruns);
                    self.commit(vec![unit]);
                }
            }
        }
    }

    fn roll_back(&mut self, group: Vec<Box<dyn Unit>>, error: &Error) {
        if let Some(tx) = &mut self.tx {
            unit::note_storage(tx, &self.units.meter);
            tx.signals.clear();
            if !is_autocommit(tx) {
                let _ = tx.exec("ROLLBACK", &[]);
            }
        }
        tracing::error!(%error, units = group.len(), "a group of writes was rolled back");
        let mut told = same(error);
        if self.tx.as_ref().is_some_and(|tx| tx.conn.disk_failed) {
            self.tx = None;
            if let Err(error) = self.reopen() {
                tracing::error!(%error, "the database was not opened anew");
                told = Error::OutcomeUnknown;
            }
        }
        group.into_iter().for_each(|unit| unit.answer(Err(same(&told))));
    }

    /// After an I/O error nobody knows what the disk holds behind the last commit that was answered. The readers' view of
    /// the log ends there; once the log is emptied up to that point, the rest can never come back.
    fn reopen(&mut self) -> Result<()> {
        if self.tx.is_some() {
            return Ok(());
        }
        let connection = connect::writer(&self.path, self.log.frames())?;
        match checkpoint::empty(&connection) {
            Ok(true) => {}
            Ok(false) => return Err(Error::Unavailable("a reader is still in the write-ahead log".into())),
            Err(error) => return Err(errors::refused(&self.path, error)),
        }
        stats::count(&self.units.meter.reconnects);
        tracing::warn!("the database was opened anew after an I/O error");
        self.tx = Some(Tx::new(Driver::Sqlite(connection)));
        Ok(())
    }
}

fn commit_together(tx: &mut Tx, group: &mut [Box<dyn Unit>], units: &Units) -> Result<(), Failed> {
    tx.exec("BEGIN IMMEDIATE", &[]).map_err(Failed::Group)?;
    for (index, unit) in group.iter_mut().enumerate() {
        run_in_savepoint(tx, unit.as_mut(), units, index)?;
    }
    let started = stats::now();
    tx.exec("COMMIT", &[]).map_err(Failed::Group)?;
    units.meter.commit.add_time(started.elapsed());
    units.meter.group.add(group.len() as u64);
    Ok(())
}

fn run_in_savepoint(tx: &mut Tx, unit: &mut dyn Unit, units: &Units, index: usize) -> Result<(), Failed> {
    let told = tx.signals.len();
    tx.exec("SAVEPOINT unit", &[]).map_err(Failed::Group)?;
    let wanted = unit::run(unit, tx, &units.meter);
    if tx.conn.disk_failed {
        return Err(Failed::Group(Error::Unavailable("the disk failed".into())));
    }
    if is_autocommit(tx) {
        return Err(Failed::Unit(index, Error::Unavailable("SQLite rolled the transaction back".into())));
    }
    if !wanted {
        tx.signals.truncate(told);
        tx.exec("ROLLBACK TO unit", &[]).map_err(Failed::Group)?;
    }
    tx.exec("RELEASE unit", &[]).map_err(Failed::Group)?;
    Ok(())
}

fn is_autocommit(tx: &Tx) -> bool {
    matches!(&tx.conn.driver, Driver::Sqlite(connection) if connection.is_autocommit())
}

/// The drivers' errors do not clone; each unit of the group gets the same news.
fn same(error: &Error) -> Error {
    match error {
        Error::OutcomeUnknown => Error::OutcomeUnknown,
        Error::Damaged(text) => Error::Damaged(text.clone()),
        Error::Sqlite { error: rusqlite::Error::SqliteFailure(failure, text), sql } => {
            Error::Sqlite { error: rusqlite::Error::SqliteFailure(*failure, text.clone()), sql: sql.clone() }
        }
        other => Error::Unavailable(other.to_string()),
    }
}
