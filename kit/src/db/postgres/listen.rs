//! What processes on one database tell each other. A connection listens for as long as the database is open, and turns
//! notifications into signals; a process's own do not take that way.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, broadcast};
use tokio::time::timeout;
use tokio_postgres::AsyncMessage;
use tokio_util::sync::CancellationToken;

use super::super::backoff::Backoff;
use super::super::stats::{self, Meter};
use super::super::{Error, Result, Signal};
use super::address::Address;
use super::line::in_full;
use super::session::NOTIFY;
use crate::random::Random;

/// The one NOTIFY channel; a payload is sender, separator, topic, separator, key.
pub(super) const CHANNEL: &str = "repruv";
const SEPARATOR: char = '\u{1f}';
/// NOTIFY takes less than 8,000 bytes.
const LONGEST_PAYLOAD: usize = 7_999;

/// So many hints a second are enough for people and workers.
const BETWEEN_HINTS: Duration = Duration::from_millis(5);

/// After so long without a word the server is asked whether it is still there.
const QUIET: Duration = Duration::from_secs(15);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// Where signals go: to whoever subscribed here, and by notification to the others on the database.
#[derive(Clone)]
pub(super) struct Signals {
    pub here: broadcast::Sender<Signal>,
    /// Tells what this process said itself from what others said.
    sender: Arc<str>,
    outbox: Arc<Outbox>,
}

/// Payloads that the listening connection sends, each once, when it comes to it.
#[derive(Default)]
struct Outbox {
    waiting: Mutex<BTreeSet<String>>,
    is_filled: Notify,
}

impl Outbox {
    fn put(&self, payloads: Vec<String>) {
        if !payloads.is_empty() {
            self.waiting().extend(payloads);
            self.is_filled.notify_one();
        }
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.waiting()).into_iter().collect()
    }

    /// Nothing in it is left half-changed by a panic.
    fn waiting(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Signals {
    pub(super) fn new(here: broadcast::Sender<Signal>) -> Self {
        Self { here, sender: format!("{:x}", Random::system().u64()).into(), outbox: Arc::default() }
    }

    /// What the others are told. A signal that does not fit is not among it: hints may be lost.
    pub(super) fn payloads(&self, told: &[Signal]) -> Vec<String> {
        let sender = &self.sender;
        let payloads = told.iter().map(|Signal { topic, key }| format!("{sender}{SEPARATOR}{topic}{SEPARATOR}{key}"));
        payloads.filter(|payload| payload.len() <= LONGEST_PAYLOAD).collect()
    }

    /// No one listening is no failure.
    pub(super) fn tell_here(&self, told: Vec<Signal>) {
        for signal in told {
            let _ = self.here.send(signal);
        }
    }

    /// The others hear of it together with what else there is to tell: each notification is a transaction of its own.
    pub(super) fn hint(&self, hints: Vec<Signal>) {
        self.outbox.put(self.payloads(&hints));
        self.tell_here(hints);
    }

    fn heard(&self, payload: &str) {
        let mut parts = payload.splitn(3, SEPARATOR);
        if let (Some(sender), Some(topic), Some(key)) = (parts.next(), parts.next(), parts.next())
            && *sender != *self.sender
        {
            self.tell_here(vec![Signal { topic: topic.into(), key: key.into() }]);
        }
    }

    /// Whatever was sent while nobody listened is not sent again.
    fn look_again(&self) {
        self.tell_here(vec![Signal { topic: Signal::RESYNC.into(), key: String::new() }]);
    }
}

pub(super) fn run(address: &Address, signals: &Signals, meter: &Meter, stop: &CancellationToken) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return tracing::error!("no runtime to listen on: changes are found by asking from time to time only");
    };
    runtime.block_on(async {
        tokio::select! {
            () = stop.cancelled() => {}
            () = listen_again_and_again(address, signals, meter) => {}
        }
    });
}

async fn listen_again_and_again(address: &Address, signals: &Signals, meter: &Meter) {
    let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
    loop {
        let Err(error) = listen(address, signals, &mut backoff).await;
        tracing::warn!(%error, "the listening connection broke");
        tokio::time::sleep(backoff.pause()).await;
        stats::count(&meter.reconnects);
    }
}

async fn listen(address: &Address, signals: &Signals, backoff: &mut Backoff) -> Result<std::convert::Infallible> {
    let connecting =
        timeout(ANSWER_TIMEOUT, address.config.connect(address.tls.clone())).await.map_err(|_| silent())?;
    let (client, mut connection) = connecting.map_err(|error| broke(&error))?;
    let messages = async {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notification) = message.map_err(|error| broke(&error))? {
                signals.heard(notification.payload());
            }
        }
        Err(Error::Unavailable("PostgreSQL closed it".into()))
    };
    let talking = async {
        ask(&client, &format!("LISTEN {CHANNEL}")).await?;
        backoff.reset();
        signals.look_again();
        loop {
            match timeout(QUIET, signals.outbox.is_filled.notified()).await {
                Ok(()) => tell(&client, &signals.outbox).await?,
                Err(_) => ask(&client, "").await?,
            }
        }
    };
    tokio::select! { broken = messages => broken, broken = talking => broken }
}

/// The first at once, those that come meanwhile together.
async fn tell(client: &tokio_postgres::Client, outbox: &Outbox) -> Result<()> {
    let payloads = outbox.take();
    let told = timeout(ANSWER_TIMEOUT, client.execute(NOTIFY, &[&CHANNEL, &payloads])).await;
    if !matches!(told, Ok(Ok(_))) {
        outbox.put(payloads);
    }
    told.map_err(|_| silent())?.map_err(|error| broke(&error))?;
    tokio::time::sleep(BETWEEN_HINTS).await;
    Ok(())
}

async fn ask(client: &tokio_postgres::Client, sql: &str) -> Result<()> {
    let answer = timeout(ANSWER_TIMEOUT, client.batch_execute(sql)).await.map_err(|_| silent())?;
    answer.map_err(|error| broke(&error))
}

fn silent() -> Error {
    Error::Unavailable(format!("PostgreSQL does not answer within {ANSWER_TIMEOUT:?}"))
}

fn broke(error: &tokio_postgres::Error) -> Error {
    Error::Unavailable(in_full(error))
}
