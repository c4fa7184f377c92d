//! A demo service that answers as a test wants it to.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

#[derive(Clone, Debug)]
pub enum Reply {
    Json(u16, &'static str),
    Html(u16, &'static str),
    /// Takes the request and says nothing.
    Silence,
}

type Script = dyn Fn(&Method, &str) -> Reply + Send + Sync;

#[derive(Clone)]
pub struct DemoService {
    pub url: String,
    seen: Arc<Mutex<Vec<String>>>,
    script: Arc<Script>,
}

impl DemoService {
    pub async fn start(script: impl Fn(&Method, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let service = Self { url, seen: Arc::default(), script: Arc::new(script) };
        let router = Router::new().fallback(answer).with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        service
    }

    /// `POST /profiles`, `DELETE /profiles/…`: what was asked, in order.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("no test panics while it holds this").clone()
    }
}

async fn answer(State(service): State<DemoService>, method: Method, uri: Uri, _: Bytes) -> Response {
    service.seen.lock().expect("no test panics while it holds this").push(format!("{method} {}", uri.path()));
    match (service.script)(&method, uri.path()) {
        Reply::Json(status, body) => (code(status), [("content-type", "application/json")], body).into_response(),
        Reply::Html(status, body) => (code(status), [("content-type", "text/html")], body).into_response(),
        Reply::Silence => std::future::pending().await,
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("scripts name real codes")
}
