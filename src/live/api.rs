//! `GET /api/events`: server-sent events (HTML Standard section 9.2).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream::{self, StreamExt as _};
use kit::db::Signal;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::{Heard, Hint, hear};
use crate::app::App;
use crate::error::{Error, Result};
use crate::sessions::Caller;

/// Proxies cut what is silent for longer.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// The browser comes back by itself; in between its session is looked at again.
const LIFE: Duration = Duration::from_secs(15 * 60);

/// Server-sent events: named hints (`demo`, `job`, `connection`, `inbox`) that tell which part to fetch again.
#[utoipa::path(get, path = "/events", tag = "events",
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = 401), (status = 503)))]
pub async fn events(State(app): State<App>, who: Caller) -> Result<Response> {
    let place = app.streams.clone().try_acquire_owned().map_err(|_| Error::Busy)?;
    // Whoever listens first and reads the state afterwards misses nothing; pages fetch when the stream opens.
    let signals = app.db.subscribe();
    let ends = app.stopping.clone();
    // An event without data is not dispatched (HTML Standard section 9.2.6), so each says its name again.
    let hints = hints(signals, who, place)
        .take_until(async move { ends.cancelled().await })
        .take_until(tokio::time::sleep(LIFE))
        .map(|hint| Ok::<_, Infallible>(Event::default().event(hint.as_str()).data(hint.as_str())));
    let opened = stream::once(async { Ok(Event::default().comment("open").retry(Duration::from_secs(1))) });
    let keep_alive = KeepAlive::new().interval(HEARTBEAT);
    let no_buffering = [("x-accel-buffering", "no"), ("cache-control", "no-store")];
    Ok((no_buffering, Sse::new(opened.chain(hints)).keep_alive(keep_alive)).into_response())
}

fn hints(signals: Receiver<Signal>, who: Caller, place: OwnedSemaphorePermit) -> impl Stream<Item = Hint> {
    let (user, session) = (who.user.id, who.pass);
    stream::unfold((signals, place), move |(mut signals, place)| async move {
        loop {
            let heard = match signals.recv().await {
                Ok(signal) => hear(&signal, user, session),
                Err(RecvError::Lagged(_)) => Heard::Gap,
                Err(RecvError::Closed) => Heard::Ended,
            };
            let hints = match heard {
                Heard::Nothing => continue,
                Heard::Ended => return None,
                Heard::Changed(hint) => vec![hint],
                Heard::Gap => Hint::ALL.to_vec(),
            };
            return Some((stream::iter(hints), (signals, place)));
        }
    })
    .flatten()
}
