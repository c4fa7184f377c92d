//! The listening connection: turns notifications into signals for as long as the database is open.

use std::future::poll_fn;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::time::timeout;
use tokio_postgres::AsyncMessage;
use tokio_util::sync::CancellationToken;

use super::super::backoff::Backoff;
use super::super::stats::{self, Meter};
use super::super::{Error, Result, Signal};
use super::address::Address;
use super::session::in_full;

/// The one NOTIFY channel; a payload is topic, separator, key.
pub(super) const CHANNEL: &str = "repruv";
const SEPARATOR: char = '\u{1f}';
/// NOTIFY takes less than 8,000 bytes.
const LONGEST_PAYLOAD: usize = 7_999;

/// After so long without a word the server is asked whether it is still there.
const QUIET: Duration = Duration::from_secs(15);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// `None` for a signal that does not fit: hints may be lost.
pub(super) fn payload(signal: &Signal) -> Option<String> {
    let payload = format!("{}{SEPARATOR}{}", signal.topic, signal.key);
    (payload.len() <= LONGEST_PAYLOAD).then_some(payload)
}

pub(super) fn run(address: &Address, signals: &broadcast::Sender<Signal>, meter: &Meter, stop: &CancellationToken) {
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

async fn listen_again_and_again(address: &Address, signals: &broadcast::Sender<Signal>, meter: &Meter) {
    let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
    loop {
        let Err(error) = listen(address, signals, &mut backoff).await;
        tracing::warn!(%error, "the listening connection broke");
        tokio::time::sleep(backoff.pause()).await;
        stats::count(&meter.reconnects);
    }
}

async fn listen(
    address: &Address,
    signals: &broadcast::Sender<Signal>,
    backoff: &mut Backoff,
) -> Result<std::convert::Infallible> {
    let connecting =
        timeout(ANSWER_TIMEOUT, address.config.connect(address.tls.clone())).await.map_err(|_| silent())?;
    let (client, mut connection) = connecting.map_err(|error| broke(&error))?;
    let messages = async {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notification) = message.map_err(|error| broke(&error))?
                && let Some((topic, key)) = notification.payload().split_once(SEPARATOR)
            {
                // No one listening is no failure.
                let _ = signals.send(Signal { topic: topic.into(), key: key.into() });
            }
        }
        Err(Error::Unavailable("PostgreSQL closed it".into()))
    };
    let talking = async {
        ask(&client, &format!("LISTEN {CHANNEL}")).await?;
        backoff.reset();
        // Whatever was sent while nobody listened is not sent again.
        let _ = signals.send(Signal { topic: Signal::RESYNC.into(), key: String::new() });
        loop {
            tokio::time::sleep(QUIET).await;
            ask(&client, "").await?;
        }
    };
    tokio::select! { broken = messages => broken, broken = talking => broken }
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
