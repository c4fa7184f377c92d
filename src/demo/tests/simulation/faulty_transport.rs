//! A simulated process's line to the far side: what it carries arrives late, twice, broken or never.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, pending};
use std::pin::Pin;
use std::time::Duration;

use axum::http;
use kit::testing::simulation::{Database, Dice, Faults, Place};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Request, Response};
use serde_json::{Value, json};
use tokio::time::sleep;
use url::form_urlencoded;

use super::fake_service::FakeService;
use crate::outbound::{Transport, TransportError};

pub(super) struct FaultyTransport {
    pub place: Place,
    pub far: FakeService,
    pub database: Database,
}

/// A request as the far side reads it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub method: String,
    pub port: u16,
    pub path: String,
    pub key: Option<String>,
    pub bearer: Option<String>,
    /// Fields of the query and of a form.
    fields: BTreeMap<String, String>,
    pub json: Value,
}

#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub status: u16,
    pub location: Option<String>,
    pub retry_after: Option<u64>,
    pub body: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Fault {
    Nothing,
    Refused,
    DiesBefore,
    /// It never arrives, and nobody says so.
    Lost,
    /// It arrives when nobody waits for its answer any more.
    Late,
    Twice,
    AnswerLost,
    AnswerCut,
    DiesAfter,
    /// A word of the far side itself; whether it did what it was asked for nobody knows.
    Says(u16),
    Half,
    Page,
    /// The answer to somebody else's request.
    Strangers,
    /// A list that leaves out its last item.
    Short,
}

impl Transport for FaultyTransport {
    fn carry(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send>> {
        let (place, far) = (self.place.clone(), self.far.clone());
        let asked = Asked::read(&request);
        let shared = place.link.shared.clone();
        if self.database.is_at_work() {
            shared.wrong(format!("I8: {asked} is asked inside of a transaction"));
        }
        shared.note(|| format!("process {} asks {asked}", place.link.number));
        Box::pin(async move { carry(&place, &far, asked).await.map(Reply::into_response) })
    }
}

async fn carry(place: &Place, far: &FakeService, asked: Asked) -> Result<Reply, TransportError> {
    let shared = &place.link.shared;
    let (dice, faults) = (shared.dice.clone(), shared.faults());
    let fault = Fault::drawn(&dice, &faults);
    if fault != Fault::Nothing {
        shared.note(|| format!("process {}: {fault:?} befalls {asked}", place.link.number));
    }
    sleep(way(&dice, &faults)).await;
    place.until_alive().await;
    match fault {
        _ if far.is_down(shared.now()) => return Err(TransportError::Unreachable),
        Fault::Refused => return Err(TransportError::Unreachable),
        Fault::DiesBefore => place.link.die_now("dead before a request"),
        Fault::Lost => return pending().await,
        Fault::Late => {
            far.hold(shared.now() + dice.millis(0..30_000), asked);
            return pending().await;
        }
        Fault::Says(status) if dice.chance(500) => return Ok(Reply::problem(status, "backendError")),
        _ => {}
    }
    place.until_alive().await;
    let now = place.clock.now();
    let mut reply = far.state().answer(&asked, now, &dice);
    if fault == Fault::Twice {
        reply = far.state().answer(&asked, now, &dice);
    }
    shared.note(|| format!("process {}: {} to {asked}", place.link.number, reply.status));
    sleep(way(&dice, &faults)).await;
    place.until_alive().await;
    match fault {
        Fault::AnswerLost => pending().await,
        Fault::AnswerCut => Err(TransportError::Cut),
        Fault::DiesAfter => {
            place.link.die_now("dead after a request");
            pending().await
        }
        Fault::Says(status) => Ok(Reply::problem(status, "backendError")),
        fault => Ok(reply.changed_by(fault, far)),
    }
}

/// How long a request or an answer is under way.
fn way(dice: &Dice, faults: &Faults) -> Duration {
    let most = if faults.outside > 0 && dice.chance(30) { 6_000 } else { 40 };
    dice.millis(0..most)
}

impl Fault {
    fn drawn(dice: &Dice, faults: &Faults) -> Self {
        if !dice.chance(faults.outside / 4) {
            return Fault::Nothing;
        }
        dice.pick(&[
            Fault::Refused,
            Fault::DiesBefore,
            Fault::Lost,
            Fault::Late,
            Fault::Twice,
            Fault::AnswerLost,
            Fault::AnswerCut,
            Fault::DiesAfter,
            Fault::Says(500),
            Fault::Says(503),
            Fault::Says(429),
            Fault::Half,
            Fault::Page,
            Fault::Strangers,
            Fault::Short,
        ])
    }
}

impl Asked {
    fn read(request: &Request) -> Self {
        let (url, headers) = (request.url(), request.headers());
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let form = form_urlencoded::parse(body).into_owned();
        Self {
            method: request.method().to_string(),
            port: url.port_or_known_default().unwrap_or_default(),
            path: url.path().to_owned(),
            key: header(headers, "idempotency-key"),
            bearer: header(headers, AUTHORIZATION.as_str()).map(|value| value.trim_start_matches("Bearer ").to_owned()),
            fields: url.query_pairs().into_owned().chain(form).collect(),
            json: serde_json::from_slice(body).unwrap_or_default(),
        }
    }

    /// A field, empty where it is not there.
    pub(super) fn of(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} :{}{}", self.method, self.port, self.path)?;
        self.key.iter().try_for_each(|key| write!(f, " with key {key}"))
    }
}

impl fmt::Debug for FaultyTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the line of process {}", self.place.link.number)
    }
}

impl Reply {
    pub(super) fn json(status: u16, body: Value) -> Self {
        Self { status, location: None, retry_after: None, body: body.to_string().into_bytes() }
    }

    pub(super) fn problem(status: u16, reason: &str) -> Self {
        let body = json!({ "code": reason, "error": { "message": "", "errors": [{ "reason": reason }] } });
        let retry_after = matches!(status, 429 | 503).then_some(3);
        Self { retry_after, ..Self::json(status, body) }
    }

    fn changed_by(mut self, fault: Fault, far: &FakeService) -> Self {
        match fault {
            Fault::Half => self.body.truncate(self.body.len() / 2),
            Fault::Page => self.body = b"<html>Welcome to the proxy</html>".to_vec(),
            Fault::Strangers => {
                let mut body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
                let stranger = far
                    .state()
                    .profiles
                    .iter()
                    .map(|profile| profile.user.clone())
                    .find(|user| body["user_id"] != **user);
                if let Some(user) = stranger.filter(|_| body["platforms"].is_object()) {
                    body["user_id"] = user.into();
                    self.body = body.to_string().into_bytes();
                }
            }
            Fault::Short => {
                let mut body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
                if body.get_mut("items").and_then(Value::as_array_mut).is_some_and(|items| items.pop().is_some()) {
                    self.body = body.to_string().into_bytes();
                }
            }
            _ => {}
        }
        self
    }

    fn into_response(self) -> Response {
        let mut response = http::Response::builder().status(self.status);
        if let Some(location) = self.location {
            response = response.header("location", location);
        }
        if let Some(seconds) = self.retry_after {
            response = response.header("retry-after", seconds);
        }
        response.body(self.body).expect("a well-formed answer").into()
    }
}
