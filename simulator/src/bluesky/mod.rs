//! Bluesky: the account's own server (PDS) with an AppView behind it, at one origin; the directory of `did:plc`; and the page on
//! which readers see a conversation.

mod directory;
mod error;
pub mod feed;
mod pages;
mod reads;
pub mod session;
pub mod store;
#[cfg(test)]
mod tests;
pub mod views;
mod writes;

use std::sync::{RwLockReadGuard, RwLockWriteGuard};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use kit::clock::Timestamp;
use serde_json::Value;

use crate::faults;
use crate::hosts::Host;
use crate::oauth::{self, Access};
use crate::params::Params;
use crate::state::{Living, Shared, Simulated};
use error::ApiError;
use feed::Feed;

/// The server, and the AppView.
pub fn routes(state: Shared) -> Router {
    Router::new()
        .route("/xrpc/_health", get(|| async { Json(serde_json::json!({ "version": "simulator" })) }))
        .route("/profile/{did}/post/{key}", get(pages::show))
        .route("/post.css", get(pages::style))
        .fallback(serve)
        .with_state(state)
}

/// The directory.
pub fn plc_routes(state: Shared) -> Router {
    Router::new().fallback(directory::show).with_state(state)
}

/// A call for which nobody has to be signed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Open {
    ResolveHandle,
    DescribeServer,
    CreateSession,
    /// With the refresh token.
    RefreshSession,
    DeleteSession,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Endpoint {
    Open(Open),
    Session,
    Profile,
    DescribeRepo,
    Record,
    Records,
    AuthorFeed,
    Posts,
    PostThread,
    Notifications,
    Create,
    Put,
    Delete,
}

impl Endpoint {
    fn find(method: &Method, path: &str) -> Option<Endpoint> {
        Some(match (method.as_str(), path.strip_prefix("/xrpc/")?) {
            ("GET", "com.atproto.identity.resolveHandle") => Endpoint::Open(Open::ResolveHandle),
            ("GET", "com.atproto.server.describeServer") => Endpoint::Open(Open::DescribeServer),
            ("POST", "com.atproto.server.createSession") => Endpoint::Open(Open::CreateSession),
            ("POST", "com.atproto.server.refreshSession") => Endpoint::Open(Open::RefreshSession),
            ("POST", "com.atproto.server.deleteSession") => Endpoint::Open(Open::DeleteSession),
            ("GET", "com.atproto.server.getSession") => Endpoint::Session,
            ("GET", "app.bsky.actor.getProfile") => Endpoint::Profile,
            ("GET", "com.atproto.repo.describeRepo") => Endpoint::DescribeRepo,
            ("GET", "com.atproto.repo.getRecord") => Endpoint::Record,
            ("GET", "com.atproto.repo.listRecords") => Endpoint::Records,
            ("GET", "app.bsky.feed.getAuthorFeed") => Endpoint::AuthorFeed,
            ("GET", "app.bsky.feed.getPosts") => Endpoint::Posts,
            ("GET", "app.bsky.feed.getPostThread") => Endpoint::PostThread,
            ("GET", "app.bsky.notification.listNotifications") => Endpoint::Notifications,
            ("POST", "com.atproto.repo.createRecord") => Endpoint::Create,
            ("POST", "com.atproto.repo.putRecord") => Endpoint::Put,
            ("POST", "com.atproto.repo.deleteRecord") => Endpoint::Delete,
            _ => return None,
        })
    }

    fn writes(self) -> bool {
        matches!(self, Endpoint::Create | Endpoint::Put | Endpoint::Delete)
    }
}

/// A call of somebody who is signed in.
struct Call<'a> {
    state: &'a Simulated,
    access: &'a Access,
    feed: &'a Living<Feed>,
    params: &'a Params,
    body: &'a [u8],
    now: Timestamp,
    /// By which address the caller reached us.
    server: String,
}

impl Call<'_> {
    fn read(&self) -> RwLockReadGuard<'_, Feed> {
        self.feed.read()
    }

    fn change(&self) -> RwLockWriteGuard<'_, Feed> {
        self.feed.change()
    }
}

async fn serve(State(state): State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    faults::to_the_end(async move { respond(&state, &method, &uri, &headers, &body).await }).await
}

async fn respond(
    state: &Simulated,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, ApiError> {
    let endpoint = Endpoint::find(method, uri.path()).ok_or_else(ApiError::unknown_method)?;
    let params = Params::parse(uri.query().unwrap_or_default().as_bytes());
    let (token, now) = (oauth::token::bearer(headers), state.clock.now());
    let server = server(state, headers);
    if let Endpoint::Open(open) = endpoint {
        return match open {
            Open::ResolveHandle => directory::resolve(state, &params).await.map(json),
            Open::DescribeServer => Ok(json(session::described_server())),
            Open::CreateSession => session::create(state, body, &server, now).await.map(json),
            Open::RefreshSession => session::refresh(state, token, &server, now).await.map(json),
            Open::DeleteSession => session::delete(state, token).await.map(|()| ().into_response()),
        };
    }
    let mut access = session::admit(state, token, now).await?;
    let (method, path, writes) = (method.clone(), uri.path().to_owned(), endpoint.writes());
    let call = faults::Call { host: Host::Bluesky, method, path, writes };
    let delivery = match faults::meet::<ApiError>(state, &mut access, &call).await? {
        Ok(delivery) => delivery,
        Err(refused) => return Ok(refused),
    };
    let answered = answer(state, &access, endpoint, (&params, body), now, server).await;
    Ok(delivery.of(answered.map_or_else(ApiError::into_response, json)).await)
}

async fn answer(
    state: &Simulated,
    access: &Access,
    endpoint: Endpoint,
    (params, body): (&Params, &[u8]),
    now: Timestamp,
    server: String,
) -> Result<Value, ApiError> {
    let slot = state.slot(access.profile_id, now).await?.ok_or_else(ApiError::bad_token)?;
    let feed = slot.feed.as_ref().ok_or_else(ApiError::bad_token)?;
    let _turn = if endpoint.writes() { Some(slot.turn.lock().await) } else { None };
    let call = Call { state, access, feed, params, body, now, server };
    match endpoint {
        Endpoint::Open(_) => Err(ApiError::unknown_method()),
        Endpoint::Session => Ok(session::shown(&call)),
        Endpoint::Profile => reads::profile(&call),
        Endpoint::DescribeRepo => reads::describe_repo(&call),
        Endpoint::Record => reads::record(&call),
        Endpoint::Records => reads::records(&call),
        Endpoint::AuthorFeed => reads::author_feed(&call),
        Endpoint::Posts => reads::posts(&call),
        Endpoint::PostThread => reads::post_thread(&call),
        Endpoint::Notifications => reads::notifications(&call),
        Endpoint::Create => writes::create(&call).await,
        Endpoint::Put => writes::put(&call).await,
        Endpoint::Delete => writes::delete(&call).await,
    }
}

fn json(value: Value) -> Response {
    Json(value).into_response()
}

/// Where documents say that the account lives: as the caller reached us.
fn server(state: &Simulated, headers: &HeaderMap) -> String {
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    state.hosts.url(Host::Bluesky, asked).unwrap_or_default()
}
