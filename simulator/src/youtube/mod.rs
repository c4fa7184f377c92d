//! The YouTube Data API host: who calls, what it costs, what goes wrong on purpose, and the answer. And the page where people
//! watch.

pub mod channel;
mod error;
mod lists;
pub mod parts;
pub mod quota;
mod request;
mod resource;
pub mod schema;
pub mod store;
#[cfg(test)]
mod tests;
mod uploads;
mod watch;
mod writes;

use std::sync::{RwLockReadGuard, RwLockWriteGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{ETAG, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::clock::Timestamp;
use serde_json::Value;

use crate::fields::Fields;
use crate::hosts::Host;
use crate::oauth::{self, Access};
use crate::params::Params;
use crate::state::{Living, Shared, Simulated};
use crate::{faults, google};
use channel::Channel;
pub use error::ApiError;
use quota::{Account, Bucket};
use request::Parts;

pub fn routes(state: Shared) -> Router {
    let pages = Router::new().route("/watch", get(watch::show)).route("/watch.css", get(watch::style));
    google::interfaces(pages.with_state(state.clone()).merge(calls(Host::Youtube, state.clone())), &state)
}

/// What the API's own host answers, and so does the one for all of Google's.
pub fn calls(host: Host, state: Shared) -> Router {
    let answer = move |state: State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
        serve(host, state, method, uri, headers, body)
    };
    Router::new().fallback(answer).with_state(state)
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

    /// Comments want the one scope that covers them; the rest is readable with any.
    fn allowed_by(self, scope: &str) -> bool {
        let comments = self.writes() || matches!(self, Endpoint::CommentThreads | Endpoint::Comments);
        let readable = [oauth::YOUTUBE_READONLY, oauth::YOUTUBE];
        scope == oauth::YOUTUBE_FORCE_SSL || !comments && readable.contains(&scope)
    }

    /// What it answers, as Google describes it.
    fn schema(self) -> &'static str {
        match self {
            Endpoint::Channels => "ChannelListResponse",
            Endpoint::PlaylistItems => "PlaylistItemListResponse",
            Endpoint::Videos => "VideoListResponse",
            Endpoint::VideoStats => "BatchGetStatsResponse",
            Endpoint::CommentThreads => "CommentThreadListResponse",
            Endpoint::InsertThread => "CommentThread",
            Endpoint::Comments => "CommentListResponse",
            Endpoint::InsertComment | Endpoint::UpdateComment => "Comment",
            Endpoint::DeleteComment | Endpoint::SetModerationStatus => "",
        }
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

async fn serve(
    host: Host,
    State(state): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(endpoint) = Endpoint::find(&method, uri.path()) else {
        return ApiError::no_such_method().into_response();
    };
    let params = Params::parse(uri.query().unwrap_or_default().as_bytes());
    let call = faults::Call { host, method, path: uri.path().to_owned(), writes: endpoint.writes() };
    faults::to_the_end(async move { respond(&state, endpoint, &call, &headers, &params, &body).await }).await
}

async fn respond(
    state: &Simulated,
    endpoint: Endpoint,
    call: &faults::Call,
    headers: &HeaderMap,
    params: &Params,
    body: &Bytes,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let mut access = oauth::admit::<ApiError>(state, headers, params, now).await?;
    let delivery = match faults::meet::<ApiError>(state, &mut access, call).await? {
        Ok(delivery) => delivery,
        Err(refused) => return Ok(refused),
    };
    let answer = answer(state, &access, endpoint, params, body, now).await;
    Ok(delivery.of(answer.unwrap_or_else(ApiError::into_response)).await)
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
    let fields = params.get("fields").map(|text| fields(endpoint, text)).transpose()?;
    let (bucket, cost) = endpoint.cost();
    let account = Account { client_id: access.client_id.clone(), bucket };
    if !state.ledger.charge(account, cost, access.daily_units, now) {
        return Err(ApiError::out_of_quota());
    }
    let slot = state.slot(access.profile_id, now).await?.ok_or_else(ApiError::auth)?;
    let Some(channel) = &slot.channel else { return without_channel(endpoint, params).map(json) };
    let _turn = if endpoint.writes() { Some(slot.turn.lock().await) } else { None };
    let call = Call { state, access, channel, params, body, now };
    let value = match endpoint {
        Endpoint::Channels => lists::channels(&call.read(), params, now)?,
        Endpoint::PlaylistItems => uploads::playlist_items(&call.read(), params, now)?,
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
    let etag = tag(&value);
    let mut answer = json(match fields {
        Some(fields) => fields.keep(value),
        None => value,
    });
    answer.headers_mut().extend(etag.map(|etag| (ETAG, etag)));
    Ok(answer)
}

fn fields(endpoint: Endpoint, text: &str) -> Result<Fields, ApiError> {
    let fields = Fields::parse(text).filter(|fields| schema::DESCRIPTION.has(endpoint.schema(), fields));
    fields.ok_or_else(|| ApiError::fields(text))
}

/// What a Google account hears that has no channel.
fn without_channel(endpoint: Endpoint, params: &Params) -> Result<Value, ApiError> {
    let (known, kind): (&[&str], _) = match endpoint {
        Endpoint::Channels => (&parts::OF_CHANNELS, "youtube#channelListResponse"),
        Endpoint::Videos => (&parts::OF_VIDEOS, "youtube#videoListResponse"),
        Endpoint::VideoStats => (&parts::OF_STATS, "youtube#batchGetStatsResponse"),
        _ => return Err(ApiError::signup_required()),
    };
    Parts::parse(params, known)?;
    Ok(match endpoint {
        Endpoint::VideoStats => resource::unpaged(kind, Vec::new()),
        _ => resource::Page::default().into_value(kind),
    })
}

fn no_content(_: ()) -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn json(value: Value) -> Response {
    google::json(StatusCode::OK, &value)
}

fn tag(value: &Value) -> Option<HeaderValue> {
    format!("\"{}\"", value["etag"].as_str()?).parse().ok()
}
