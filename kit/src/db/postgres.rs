//! PostgreSQL: a thread per connection, all on one queue, and a thread that listens.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use postgres::fallible_iterator::FallibleIterator;
use postgres::{Client, Config, NoTls};
use tokio::sync::broadcast;

use super::conn::{Driver, PostgresDriver};
use super::sqlite::spawn;
use super::stats::{self, Meter};
use super::unit::{self, Access, Next, Unit, Units};
use super::{Db, Dialect, Error, Inner, Options, Result, Signal, Tx};

/// The one NOTIFY channel; a payload is topic, unit separator, key.
const CHANNEL: &str = "repruv";
const SEPARATOR: char = '\u{1f}';

/// Runs of one unit at most, when PostgreSQL ends it for a deadlock or a serialisation failure.
const RUNS: usize = 4;

pub(super) fn open(options: &Options) -> Result<Db> {
    let config: Config = options
        .url
        .parse()
        .map_err(|error| Error::Unavailable(format!("DATABASE_URL is not an address of PostgreSQL: {error}")))?;
    // One connection now, so that a wrong address stops the start and not the first request.
    let first = connect(&config)?;
    let (signals, _) = broadcast::channel(1024);
    let meter = Arc::new(Meter::new());
    let (queue, receiver) = flume::bounded(options.queue);
    let units = Units { queue: receiver, meter: meter.clone(), patience: options.patience };
    let mut threads = Vec::new();
    let mut first = Some(first);
    for index in 0..options.connections {
        let (config, units, client) = (config.clone(), units.clone(), first.take());
        threads.push(spawn(&format!("db-{index}"), move || run_units(&config, client, &units))?);
    }
    let stop = Arc::new(AtomicBool::new(false));
    threads.push(spawn("db-listener", {
        let (signals, stop) = (signals.clone(), stop.clone());
        move || listen(&config, &signals, &stop)
    })?);
    Ok(Db(Arc::new(Inner {
        dialect: Dialect::Postgres,
        readers: queue.clone(),
        writer: queue,
        reader_threads: options.connections,
        writer_threads: 0,
        signals,
        meter,
        threads: threads.into(),
        stop_listening: Some(stop),
        _lock: None,
    })))
}

fn connect(config: &Config) -> Result<Client> {
    let mut config = config.clone();
    config.application_name("repruv");
    config.connect_timeout(Duration::from_secs(2));
    let mut client = config.connect(NoTls).map_err(|error| {
        let cause = std::error::Error::source(&error).map_or(String::new(), |cause| format!(": {cause}"));
        Error::Unavailable(format!("PostgreSQL does not answer: {error}{cause}"))
    })?;
    client
        .batch_execute(
            "SET synchronous_commit = on; SET statement_timeout = '30s'; SET lock_timeout = '5s'; \
             SET idle_in_transaction_session_timeout = '30s'; SET client_min_messages = warning",
        )
        .map_err(|error| Error::Postgres { error, sql: "SET".into() })?;
    Ok(client)
}

fn run_units(config: &Config, mut client: Option<Client>, units: &Units) {
    let mut connection: Option<Tx> = client.take().map(transaction);
    while let Next::Unit(unit) = units.wait() {
        if connection.as_ref().is_none_or(is_closed) {
            match connect(config) {
                Ok(client) => connection = Some(transaction(client)),
                Err(error) => {
                    unit.refuse(error);
                    continue;
                }
            }
        }
        if let Some(tx) = &mut connection {
            run_unit(tx, unit, &units.meter);
        }
    }
}

fn transaction(client: Client) -> Tx {
    Tx::new(Driver::Postgres(Box::new(PostgresDriver { client, statements: HashMap::new() })))
}

fn is_closed(tx: &Tx) -> bool {
    matches!(&tx.conn.driver, Driver::Postgres(driver) if driver.client.is_closed())
}

fn run_unit(tx: &mut Tx, mut unit: Box<dyn Unit>, meter: &Meter) {
    let begin = match unit.access() {
        Access::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        Access::Write => "BEGIN",
    };
    for run in 1..=RUNS {
        (tx.conn.aborted, tx.conn.again) = (false, false);
        tx.signals.clear();
        if let Err(error) = tx.conn.batch(begin) {
            return unit.answer(Err(error));
        }
        let wanted = unit::run(unit.as_mut(), tx, meter);
        let outcome = if wanted && !tx.conn.aborted { commit(tx, meter) } else { Err(Error::Aborted) };
        match outcome {
            Ok(()) => return unit.answer(Ok(())),
            Err(error) => {
                tx.conn.again |= error.is_worth_another_run();
                if !is_closed(tx) {
                    let _ = tx.conn.batch("ROLLBACK");
                }
                if !(tx.conn.again && run < RUNS) {
                    return unit.answer(Err(error));
                }
                stats::count(&meter.reruns);
            }
        }
    }
}

fn commit(tx: &mut Tx, meter: &Meter) -> Result<()> {
    let started = stats::now();
    for signal in std::mem::take(&mut tx.signals) {
        let payload = format!("{}{SEPARATOR}{}", signal.topic, signal.key);
        tx.exec("SELECT pg_notify($1, $2)", crate::args![CHANNEL, payload])?;
    }
    let committed = tx.conn.batch("COMMIT");
    meter.commit.add_time(started.elapsed());
    meter.group.add(1);
    match committed {
        Err(_) if is_closed(tx) => Err(Error::OutcomeUnknown),
        other => other,
    }
}

/// Turns notifications into signals, for as long as the database is open.
fn listen(config: &Config, signals: &broadcast::Sender<Signal>, stop: &AtomicBool) {
    let mut pause = Duration::from_millis(100);
    while !stop.load(Ordering::SeqCst) {
        match connect(config).and_then(|client| listen_once(client, signals, stop)) {
            Ok(()) => pause = Duration::from_millis(100),
            Err(error) => {
                tracing::warn!(%error, "the listening connection broke");
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_secs(5));
            }
        }
    }
}

fn listen_once(mut client: Client, signals: &broadcast::Sender<Signal>, stop: &AtomicBool) -> Result<()> {
    let failed = |error| Error::Postgres { error, sql: "LISTEN".into() };
    client.batch_execute(&format!("LISTEN {CHANNEL}")).map_err(failed)?;
    // Whatever was sent while nobody listened is not sent again.
    let _ = signals.send(Signal { topic: Signal::RESYNC.into(), key: String::new() });
    while !stop.load(Ordering::SeqCst) {
        {
            let mut notifications = client.notifications();
            let mut waiting = notifications.timeout_iter(Duration::from_millis(200));
            while let Some(notification) = waiting.next().map_err(failed)? {
                if let Some((topic, key)) = notification.payload().split_once(SEPARATOR) {
                    let _ = signals.send(Signal { topic: topic.into(), key: key.into() });
                }
            }
        }
        if client.is_closed() {
            return Err(Error::Unavailable("PostgreSQL closed the listening connection".into()));
        }
    }
    Ok(())
}
