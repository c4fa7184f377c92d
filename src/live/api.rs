//! `GET /api/events`: server-sent events (HTML Standard section 9.2).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt as _};

use super::streams::{Said, Stream, Streams};
use crate::accounts::sessions::Caller;
use crate::app::App;
use crate::web::errors::{Error, Result};

/// Proxies cut what is silent for longer.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// The browser comes back by itself; in between its session is looked at again.
const LIFE: Duration = Duration::from_secs(15 * 60);

/// Server-sent events: named hints (`demo`, `job`, `connection`, `inbox`) that tell which part to fetch again.
///
/// The first event is `version`: `{process, now, changed}`. A page that the same process drew at `changed` or later is true.
///
/// A session has four streams at most: the oldest is told `crowded`, ends, and should not be opened again by itself.
#[utoipa::path(get, path = "/events", tag = "events",
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = 401), (status = 429), (status = 503)))]
pub async fn events(State(app): State<App>, who: Caller) -> Result<Response> {
    // Whoever listens first and reads the state afterwards misses nothing; pages fetch when the start tells them of something newer.
    let stream = app.part::<Streams>().open(&app.db, (who.user.id, who.workspace.id), who.pass)?;
    let life = who.ends_at.map_or(LIFE, |end| end.since(app.now()).min(LIFE));
    let ends = app.stopping.clone();
    let start = Event::default().event("version").json_data(&stream.start).map_err(Error::internal)?;
    let said = events_of(stream)
        .take_until(async move { ends.cancelled().await })
        .take_until(tokio::time::sleep(life))
        .map(Ok::<_, Infallible>);
    let opened = stream::once(async { Ok(start.retry(Duration::from_secs(1))) });
    let keep_alive = KeepAlive::new().interval(HEARTBEAT);
    let no_buffering = [("x-accel-buffering", "no"), ("cache-control", "no-store")];
    Ok((no_buffering, Sse::new(opened.chain(said)).keep_alive(keep_alive)).into_response())
}

fn events_of(stream: Stream) -> impl futures_util::Stream<Item = Event> {
    stream::unfold(Some(stream), |open| async move {
        let stream = open?;
        match stream.next().await? {
            Said::Hints(hints) => {
                Some((hints.iter().map(|hint| event(hint.as_str())).collect::<Vec<_>>(), Some(stream)))
            }
            Said::Crowded => Some((vec![event("crowded")], None)),
        }
    })
    .flat_map(stream::iter)
}

/// An event without data is not dispatched (HTML Standard section 9.2.6), so each says its name again.
fn event(name: &'static str) -> Event {
    Event::default().event(name).data(name)
}
