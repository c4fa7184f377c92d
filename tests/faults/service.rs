//! A demo service that answers as a test wants it to, or passes on to the real one what the test does not spoil.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::support::http;

#[derive(Clone, Debug)]
pub enum Reply {
    Json(u16, &'static str),
    Html(u16, &'static str),
    Bytes(&'static [u8]),
    /// Asks to come again in a second.
    Later(u16),
    /// To the named place.
    Redirect(String),
    /// Takes the request and says nothing.
    Silence,
    /// One byte a second.
    Drip,
    /// Never ends.
    Endless,
    /// Breaks off in the middle.
    Half,
    /// What the real service answers.
    Real,
    /// The real service does it, and its answer is lost.
    Lost,
    /// What the real service answers, changed.
    Changed(fn(&mut Value)),
}

type Script = dyn Fn(&Method, &str) -> Reply + Send + Sync;

#[derive(Clone)]
pub struct DemoService {
    pub url: String,
    /// The real one.
    real: Option<String>,
    seen: Arc<Mutex<Vec<String>>>,
    script: Arc<Script>,
}

impl DemoService {
    pub async fn start(script: impl Fn(&Method, &str) -> Reply + Send + Sync + 'static) -> Self {
        Self::run(None, script).await
    }

    /// Before the real one at `url`.
    pub async fn before(url: String, script: impl Fn(&Method, &str) -> Reply + Send + Sync + 'static) -> Self {
        Self::run(Some(url), script).await
    }

    /// `POST /profiles`, `DELETE /profiles/…`: what was asked, in order.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("no test panics while it holds this").clone()
    }

    async fn run(real: Option<String>, script: impl Fn(&Method, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let service = Self { url, real, seen: Arc::default(), script: Arc::new(script) };
        let router = Router::new().fallback(answer).with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        service
    }

    async fn ask_the_real_one(
        &self,
        method: Method,
        uri: &Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> (StatusCode, Bytes) {
        let real = self.real.as_ref().expect("there is a real one behind it");
        let mut request = http().request(method, format!("{real}{uri}")).body(body);
        for (name, value) in headers.iter().filter(|(name, _)| **name != header::HOST) {
            request = request.header(name, value);
        }
        let answer = request.send().await.expect("the real one answers");
        (answer.status(), answer.bytes().await.expect("the real one answers all of it"))
    }
}

async fn answer(
    State(service): State<DemoService>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    service.seen.lock().expect("no test panics while it holds this").push(format!("{method} {}", uri.path()));
    let json = [(header::CONTENT_TYPE, "application/json")];
    match (service.script)(&method, uri.path()) {
        Reply::Json(status, body) => (code(status), json, body).into_response(),
        Reply::Html(status, body) => (code(status), [(header::CONTENT_TYPE, "text/html")], body).into_response(),
        Reply::Bytes(bytes) => (json, bytes).into_response(),
        Reply::Later(status) => (code(status), [(header::RETRY_AFTER, "1")]).into_response(),
        Reply::Redirect(place) => (code(307), [(header::LOCATION, place)]).into_response(),
        Reply::Silence => std::future::pending().await,
        Reply::Drip => (json, Body::from_stream(stream::unfold((), drop_by_drop))).into_response(),
        Reply::Endless => {
            let same = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b' '; 4096])));
            (json, Body::from_stream(same)).into_response()
        }
        Reply::Half => half(),
        Reply::Real => {
            let (status, body) = service.ask_the_real_one(method, &uri, headers, body).await;
            (status, json, body).into_response()
        }
        Reply::Lost => {
            service.ask_the_real_one(method, &uri, headers, body).await;
            half()
        }
        Reply::Changed(change) => {
            let (status, body) = service.ask_the_real_one(method, &uri, headers, body).await;
            let mut body = serde_json::from_slice(&body).expect("the real one answers JSON");
            change(&mut body);
            (status, json, body.to_string()).into_response()
        }
    }
}

fn half() -> Response {
    let pieces = [Ok(Bytes::from_static(br#"{"id": "#)), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
    Body::from_stream(stream::iter(pieces)).into_response()
}

async fn drop_by_drop(_: ()) -> Option<(Result<Bytes, Infallible>, ())> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    Some((Ok(Bytes::from_static(b" ")), ()))
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("scripts name real codes")
}
