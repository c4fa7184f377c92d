//! The Business Profile hosts (accounts, locations, reviews): who calls, what it costs, what goes wrong on purpose, and the answer.
//! And the page on which guests read.

mod error;
pub mod limits;
pub mod listings;
mod locations;
mod maps;
mod moderation;
pub mod replies;
mod request;
mod resource;
mod reviews;
pub mod schema;
pub mod store;
#[cfg(test)]
mod tests;
mod writes;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::clock::Timestamp;
use serde_json::Value;

use crate::fields::Fields;
use crate::hosts::Host;
use crate::oauth::{self, Access};
use crate::params::Params;
use crate::state::{Shared, Simulated, Slot};
use crate::youtube::quota::DAILY_UNITS;
use crate::{faults, google};
use error::ApiError;
use limits::Counted;
use listings::Listings;
pub use resource::time;
use resource::{Pages, Shape};

/// Of one client, to one host.
const CALLS_A_MINUTE: i64 = 300;

pub fn routes(host: Host, state: Shared) -> Router {
    let pages = match host {
        Host::GbpReviews => Router::new().route("/maps", get(maps::show)).route("/maps.css", get(maps::style)),
        _ => Router::new(),
    };
    let answer = move |state: State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
        serve(host, state, method, uri, headers, body)
    };
    google::interfaces(pages.fallback(answer).with_state(state.clone()), &state)
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Endpoint {
    Accounts,
    Account(String),
    Locations {
        account: String,
    },
    Location(u64),
    Reviews(At),
    /// Of several places at once.
    ReviewsOf {
        account: String,
    },
    Review(At, String),
    PutReply(At, String),
    DeleteReply(At, String),
}

/// A place, by the account and the number in its address.
#[derive(Clone, PartialEq, Eq, Debug)]
struct At {
    account: String,
    location: u64,
}

impl Endpoint {
    fn find(host: Host, method: &Method, path: &str) -> Option<Endpoint> {
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        let at =
            |account: &str, location: &str| Some(At { account: account.to_owned(), location: location.parse().ok()? });
        Some(match (host, method.as_str(), parts.as_slice()) {
            (Host::GbpAccounts, "GET", ["v1", "accounts"]) => Endpoint::Accounts,
            (Host::GbpAccounts, "GET", ["v1", "accounts", account]) => Endpoint::Account((*account).to_owned()),
            (Host::GbpInfo, "GET", ["v1", "accounts", account, "locations"]) => {
                Endpoint::Locations { account: (*account).to_owned() }
            }
            (Host::GbpInfo, "GET", ["v1", "locations", location]) => Endpoint::Location(location.parse().ok()?),
            (Host::GbpReviews, "POST", ["v4", "accounts", account, "locations:batchGetReviews"]) => {
                Endpoint::ReviewsOf { account: (*account).to_owned() }
            }
            (Host::GbpReviews, method, ["v4", "accounts", account, "locations", location, "reviews", rest @ ..]) => {
                let at = at(account, location)?;
                match (method, rest) {
                    ("GET", []) => Endpoint::Reviews(at),
                    ("GET", [review]) => Endpoint::Review(at, (*review).to_owned()),
                    ("PUT", [review, "reply"]) => Endpoint::PutReply(at, (*review).to_owned()),
                    ("DELETE", [review, "reply"]) => Endpoint::DeleteReply(at, (*review).to_owned()),
                    _ => return None,
                }
            }
            _ => return None,
        })
    }

    fn writes(&self) -> bool {
        matches!(self, Endpoint::PutReply(..) | Endpoint::DeleteReply(..))
    }

    /// What it answers, as Google describes it.
    fn schema(&self) -> &'static str {
        match self {
            Endpoint::Accounts => "ListAccountsResponse",
            Endpoint::Account(_) => "Account",
            Endpoint::Locations { .. } => "ListLocationsResponse",
            Endpoint::Location(_) => "Location",
            Endpoint::Reviews(_) => "ListReviewsResponse",
            Endpoint::ReviewsOf { .. } => "BatchGetReviewsResponse",
            Endpoint::Review(..) => "Review",
            Endpoint::PutReply(..) => "ReviewReply",
            Endpoint::DeleteReply(..) => "Empty",
        }
    }

    /// Its query's names.
    fn parameters(&self) -> &'static [&'static str] {
        match self {
            Endpoint::Accounts => &["pageSize", "pageToken", "filter", "parentAccount"],
            Endpoint::Locations { .. } => &["pageSize", "pageToken", "readMask", "filter", "orderBy"],
            Endpoint::Location(_) => &["readMask"],
            Endpoint::Reviews(_) => &["pageSize", "pageToken", "orderBy"],
            _ => &[],
        }
    }
}

/// The service's name at Google.
fn service(host: Host) -> &'static str {
    match host {
        Host::GbpAccounts => "mybusinessaccountmanagement.googleapis.com",
        Host::GbpInfo => "mybusinessbusinessinformation.googleapis.com",
        _ => "mybusiness.googleapis.com",
    }
}

/// One call that was let in.
struct Call<'a> {
    state: &'a Simulated,
    access: &'a Access,
    slot: &'a Slot,
    params: &'a Params,
    body: &'a Bytes,
    pages: &'a Pages,
    now: Timestamp,
}

impl Call<'_> {
    fn shape<'a>(&'a self, listings: &'a Listings) -> Shape<'a> {
        Shape { account: &listings.account, now: self.now, pages: self.pages }
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
    let Some(endpoint) = Endpoint::find(host, &method, uri.path()) else {
        return ApiError::no_such_method().into_response();
    };
    let params = Params::parse(uri.query().unwrap_or_default().as_bytes());
    let call = faults::Call { host, method, path: uri.path().to_owned(), writes: endpoint.writes() };
    faults::to_the_end(async move { respond(&state, &call, &endpoint, &headers, &params, &body).await }).await
}

async fn respond(
    state: &Simulated,
    asked: &faults::Call,
    endpoint: &Endpoint,
    headers: &HeaderMap,
    params: &Params,
    body: &Bytes,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let mut access = oauth::admit::<ApiError>(state, headers, params, now).await?;
    let delivery = match faults::meet::<ApiError>(state, &mut access, asked).await? {
        Ok(delivery) => delivery,
        Err(refused) => return Ok(refused),
    };
    let name = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let base = state.hosts.url(Host::GbpReviews, name).unwrap_or_default();
    let pages = Pages { base, user_id: access.user_id.clone() };
    let answer = async {
        allow(state, asked.host, &access, now)?;
        let slot = state.slot(access.profile_id, now).await?.ok_or_else(ApiError::auth)?;
        let call = Call { state, access: &access, slot: &slot, params, body, pages: &pages, now };
        answer(&call, asked.host, endpoint).await
    };
    let answer = answer.await.map(|value| google::json(StatusCode::OK, &value));
    Ok(delivery.of(answer.unwrap_or_else(ApiError::into_response)).await)
}

/// Whether the token's scope and the minute's calls reach.
fn allow(state: &Simulated, host: Host, access: &Access, now: Timestamp) -> Result<(), ApiError> {
    if !access.has(oauth::BUSINESS_MANAGE) {
        return Err(ApiError::scopes(service(host)));
    }
    // The demo's client, as it may spend more units a day, may ask more often: it serves many users.
    let most = CALLS_A_MINUTE * (access.daily_units / DAILY_UNITS).max(1);
    let counted = Counted::Calls { client_id: access.client_id.clone(), host };
    if state.limits.allow(counted, most, now) { Ok(()) } else { Err(ApiError::too_many("Requests per minute", most)) }
}

async fn answer(call: &Call<'_>, host: Host, endpoint: &Endpoint) -> Result<Value, ApiError> {
    request::only_known(call.params, endpoint.parameters())?;
    let known = |fields: &Fields| schema::of(host).has(endpoint.schema(), fields);
    let invalid = || ApiError::invalid("fields", "Invalid field selection.");
    let fields = |text| Fields::parse(text).filter(known).ok_or_else(invalid);
    let fields = call.params.get("fields").map(fields).transpose()?;
    let _turn = if endpoint.writes() { Some(call.slot.turn.lock().await) } else { None };
    let value = match endpoint {
        Endpoint::Accounts => locations::accounts(call)?,
        Endpoint::Account(account) => locations::account(call, account)?,
        Endpoint::Locations { account } => locations::list(call, account)?,
        Endpoint::Location(number) => locations::get(call, *number)?,
        Endpoint::Reviews(at) => reviews::list(call, at)?,
        Endpoint::ReviewsOf { account } => reviews::list_of_several(call, account)?,
        Endpoint::Review(at, review) => reviews::get(call, at, review)?,
        Endpoint::PutReply(at, review) => writes::put_reply(call, at, review).await?,
        Endpoint::DeleteReply(at, review) => writes::delete_reply(call, at, review).await?,
    };
    Ok(match fields {
        Some(fields) => fields.keep(value),
        None => value,
    })
}
