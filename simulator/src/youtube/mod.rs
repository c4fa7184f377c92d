//! The YouTube Data API host: who calls, what it costs, what goes wrong on purpose, and the answer. And the page where people
//! watch.

pub mod channel;
mod error;
mod lists;
pub mod quota;
mod request;
mod resource;
#[cfg(test)]
pub mod schema;
pub mod store;
#[cfg(test)]
mod tests;
mod watch;
mod writes;

use std::sync::{RwLockReadGuard, RwLockWriteGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::clock::Timestamp;
use serde_json::Value;

use crate::faults;
use crate::fields::Fields;
use crate::oauth::{self, Access};
use crate::params::Params;
use crate::state::{Living, Shared, Simulated};
use channel::Channel;
pub use error::ApiError;
use quota::{Account, Bucket};

pub fn routes(state: Shared) -> Router {
    Router::new()
        .route("/watch", get(watch::show))
        .route("/watch.css", get(watch::style))
        .fallback(serve)
        .with_state(state)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Endpoint {
    Channels,
    PlaylistItems,
    Videos,
    VideoStats,
    CommentThreads,
    InsertThread,
    Comments,
    InsertComment,
    UpdateComment,
    DeleteComment,
    SetModerationStatus,
}

impl Endpoint {
    fn find(method: &Method, path: &str) -> Option<Endpoint> {
        Some(match (method.as_str(), path.strip_prefix("/youtube/v3/")?) {
            ("GET", "channels") => Endpoint::Channels,
            ("GET", "playlistItems") => Endpoint::PlaylistItems,
            ("GET", "videos") => Endpoint::Videos,
            ("GET", "videos:batchGetStats") => Endpoint::VideoStats,
            ("GET", "commentThreads") => Endpoint::CommentThreads,
            ("POST", "commentThreads") => Endpoint::InsertThread,
            ("GET", "comments") => Endpoint::Comments,
            ("POST", "comments") => Endpoint::InsertComment,
            ("PUT", "comments") => Endpoint::UpdateComment,
            ("DELETE", "comments") => Endpoint::DeleteComment,
            ("POST", "comments/setModerationStatus") => Endpoint::SetModerationStatus,
            _ => return None,
        })
    }

    fn writes(self) -> bool {
        use Endpoint::*;
        matches!(self, InsertThread | InsertComment | UpdateComment | DeleteComment | SetModerationStatus)
    }

    fn cost(self) -> (Bucket, i64) {
        match self {
            Endpoint::VideoStats => (Bucket::Stats, 1),
            write if write.writes() => (Bucket::Units, 50),
            _ => (Bucket::Units, 1),
        }
    }

    /// Comments want the one scope that covers them; the rest is readable with either.
    fn allowed_by(self, scope: &str) -> bool {
        let comments = self.writes() || matches!(self, Endpoint::CommentThreads | Endpoint::Comments);
        scope == oauth::YOUTUBE_FORCE_SSL || !comments && scope == oauth::YOUTUBE_READONLY
    }
}

/// One call that was let in.
pub struct Call<'a> {
    state: &'a Simulated,
    access: &'a Access,
    channel: &'a Living<Channel>,
    params: &'a Params,
    body: &'a Bytes,
    now: Timestamp,
}

impl Call<'_> {
    fn read(&self) -> RwLockReadGuard<'_, Channel> {
        self.channel.read()
    }

    fn change(&self) -> RwLockWriteGuard<'_, Channel> {
        self.channel.change()
    }
}

async fn serve(State(state): State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let Some(endpoint) = Endpoint::find(&method, uri.path()) else {
        return ApiError::no_such_method().into_response();
    };
    let params = Params::parse(uri.query().unwrap_or_default().as_bytes());
    faults::to_the_end(async move { respond(&state, endpoint, &headers, &params, &body).await }).await
}

async fn respond(
    state: &Simulated,
    endpoint: Endpoint,
    headers: &HeaderMap,
    params: &Params,
    body: &Bytes,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let access = oauth::admit::<ApiError>(state, headers, params, now).await?;
    let answer =
        async { answer(state, &access, endpoint, params, body, now).await.unwrap_or_else(ApiError::into_response) };
    faults::apply_fault(state, &access, endpoint.writes(), answer).await
}

async fn answer(
    state: &Simulated,
    access: &Access,
    endpoint: Endpoint,
    params: &Params,
    body: &Bytes,
    now: Timestamp,
) -> Result<Response, ApiError> {
    if !access.scopes.iter().any(|scope| endpoint.allowed_by(scope)) {
        return Err(ApiError::scopes());
    }
    let fields =
        params.get("fields").map(|text| Fields::parse(text).ok_or_else(|| ApiError::fields(text))).transpose()?;
    let (bucket, cost) = endpoint.cost();
    let account = Account { client_id: access.client_id.clone(), bucket };
    if !state.ledger.charge(account, cost, access.daily_units, now) {
        return Err(ApiError::out_of_quota());
    }
    let slot = state.slot(access.profile_id, now).await?.ok_or_else(ApiError::auth)?;
    let Some(channel) = &slot.channel else { return without_channel(endpoint).map(json) };
    let _turn = if endpoint.writes() { Some(slot.turn.lock().await) } else { None };
    let call = Call { state, access, channel, params, body, now };
    let value = match endpoint {
        Endpoint::Channels => lists::channels(&call.read(), params, now)?,
        Endpoint::PlaylistItems => lists::playlist_items(&call.read(), params, now)?,
        Endpoint::Videos => lists::videos(&call.read(), params, now)?,
        Endpoint::VideoStats => lists::video_stats(&call.read(), params, now)?,
        Endpoint::CommentThreads => lists::comment_threads(&call.read(), params, now)?,
        Endpoint::Comments => lists::comments(&call.read(), params, now)?,
        Endpoint::InsertThread => writes::insert_thread(&call).await?,
        Endpoint::InsertComment => writes::insert_comment(&call).await?,
        Endpoint::UpdateComment => writes::update_comment(&call).await?,
        Endpoint::DeleteComment => return writes::delete_comment(&call).await.map(no_content),
        Endpoint::SetModerationStatus => return writes::set_moderation_status(&call).await.map(no_content),
    };
    Ok(json(match fields {
        Some(fields) => fields.keep(value),
        None => value,
    }))
}

/// What a Google account hears that has no channel.
fn without_channel(endpoint: Endpoint) -> Result<Value, ApiError> {
    let kind = match endpoint {
        Endpoint::Channels => "youtube#channelListResponse",
        Endpoint::Videos => "youtube#videoListResponse",
        Endpoint::VideoStats => return Ok(resource::unpaged("youtube#batchGetStatsResponse", Vec::new())),
        _ => return Err(ApiError::signup_required()),
    };
    Ok(resource::Page { items: Vec::new(), total: 0, per_page: 0, next: None }.into_value(kind))
}

fn no_content(_: ()) -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn json(value: Value) -> Response {
    let etag = value["etag"].as_str().and_then(|etag| format!("\"{etag}\"").parse().ok());
    let mut response = axum::Json(value).into_response();
    if let Some(etag) = etag {
        response.headers_mut().insert(axum::http::header::ETAG, etag);
    }
    response
}
