//! `/profiles/{user_id}/faults`: what is ordered, one more, one less.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use kit::clock::Timestamp;
use kit::db::Tx;
use serde::Deserialize;
use serde_json::{Value, json};

use super::store::{self, FaultRow};
use super::{FaultKind, Parameters};
use crate::hosts::Host;
use crate::oauth;
use crate::problem::{JsonBody, Problem, json_body};
use crate::profiles::ProfileId;
use crate::profiles::store as profiles;
use crate::state::Shared;

const MOST_FAULTS: usize = 100;
const LONGEST: usize = 500;
/// Nobody waits longer.
const LONGEST_WAIT: u32 = 600;

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/profiles/{user_id}/faults", get(list).post(order).delete(remove_all))
        .route("/profiles/{user_id}/faults/{id}", delete(remove))
        .route("/profiles/{user_id}/fault", post(replace))
}

/// What is ordered.
pub struct Fault {
    pub kind: FaultKind,
    pub host: Option<Host>,
    pub method: Option<String>,
    pub path: Option<String>,
    pub parameters: Parameters,
    pub calls: Option<i64>,
    pub until: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    kind: String,
    #[serde(default)]
    host: Option<String>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    calls: Option<u32>,
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    seconds: Option<u32>,
    #[serde(default)]
    retry_after: Option<u32>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    token: Option<String>,
}

impl Asked {
    /// None: nothing is to go wrong any more.
    fn read(body: JsonBody, now: Timestamp) -> Result<Option<Fault>, Problem> {
        let asked: Asked = serde_json::from_value(json_body(body)?).map_err(|error| invalid(error.to_string()))?;
        if asked.kind == "none" {
            return Ok(None);
        }
        let kind: FaultKind = asked.kind.parse().map_err(|_| {
            let known: Vec<&str> = FaultKind::ALL.iter().map(|kind| kind.as_str()).collect();
            Problem::invalid("unknown_fault", format!("kind must be none, {}.", known.join(", ")))
        })?;
        asked.check(kind)?;
        let host = asked.host.as_deref().map(str::parse).transpose();
        let host = host.map_err(|_| invalid("host must be a key of GET /hosts."))?;
        let until = asked.until.as_deref().map(Timestamp::parse).transpose();
        let until = until.map_err(|_| invalid("until must be an instant (RFC 3339)."))?;
        if until.is_some_and(|until| until <= now) {
            return Err(invalid("until must lie ahead."));
        }
        // A token ends once.
        let once = matches!(kind, FaultKind::TokenExpired | FaultKind::TokenRevoked);
        let calls = asked.calls.map(i64::from).or(once.then_some(1));
        let token = asked.token.map(|token| store::hex(&oauth::hash(&token)));
        let (seconds, retry_after, scope) = (asked.seconds, asked.retry_after, asked.scope);
        let parameters = Parameters { seconds, retry_after, scope, token };
        Ok(Some(Fault { kind, host, method: asked.method, path: asked.path, parameters, calls, until }))
    }

    fn check(&self, kind: FaultKind) -> Result<(), Problem> {
        let only = |has: bool, of: FaultKind, name: &str| match has && kind != of {
            true => Err(invalid(format!("{name} is for {of} alone."))),
            false => Ok(()),
        };
        only(self.seconds.is_some(), FaultKind::Slow, "seconds")?;
        only(self.retry_after.is_some(), FaultKind::RateLimited, "retry_after")?;
        only(self.scope.is_some(), FaultKind::ScopeLost, "scope")?;
        if self.calls == Some(0) {
            return Err(invalid("calls must be at least 1."));
        }
        if self.seconds.max(self.retry_after).is_some_and(|wait| wait > LONGEST_WAIT) {
            return Err(invalid(format!("A wait lasts at most {LONGEST_WAIT} seconds.")));
        }
        if self
            .method
            .as_ref()
            .is_some_and(|method| !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()))
        {
            return Err(invalid("method must be GET, POST, PUT, PATCH or DELETE."));
        }
        let texts = [&self.path, &self.scope, &self.token];
        match texts.into_iter().flatten().any(|text| text.is_empty() || text.len() > LONGEST) {
            true => Err(invalid(format!("path, scope and token have 1 to {LONGEST} characters."))),
            false => Ok(()),
        }
    }
}

fn invalid(words: impl Into<String>) -> Problem {
    Problem::invalid("invalid_fault", words)
}

enum Outcome<T> {
    Done(T),
    NoProfile,
    Full,
}

async fn list(State(state): State<Shared>, Path(user): Path<String>) -> Result<Json<Value>, Problem> {
    let now = state.clock.now();
    let found =
        within(&state, user.clone(), move |tx, profile| Ok(Outcome::Done(store::of(tx, profile, now)?))).await?;
    Ok(Json(json!({ "user_id": user, "faults": found.iter().map(told).collect::<Vec<_>>() })))
}

/// One more; `none` takes all of them away.
async fn order(state: State<Shared>, user: Path<String>, body: JsonBody) -> Result<Json<Value>, Problem> {
    put(state, user, body, false).await
}

/// One instead of all that there are.
async fn replace(state: State<Shared>, user: Path<String>, body: JsonBody) -> Result<Json<Value>, Problem> {
    put(state, user, body, true).await
}

async fn put(
    State(state): State<Shared>,
    Path(user): Path<String>,
    body: JsonBody,
    alone: bool,
) -> Result<Json<Value>, Problem> {
    let now = state.clock.now();
    let asked = Asked::read(body, now)?;
    let ordered = within(&state, user.clone(), move |tx, profile| {
        if alone || asked.is_none() {
            store::remove(tx, profile, None)?;
        }
        let Some(fault) = &asked else { return Ok(Outcome::Done(None)) };
        if store::of(tx, profile, now)?.len() >= MOST_FAULTS {
            return Ok(Outcome::Full);
        }
        let id = store::add(tx, profile, fault, now)?;
        Ok(Outcome::Done(store::of(tx, profile, now)?.into_iter().find(|row| row.id == id)))
    })
    .await?;
    let mut answer = ordered.as_ref().map_or_else(|| json!({ "kind": "none", "calls": null }), told);
    answer["user_id"] = user.into();
    Ok(Json(answer))
}

async fn remove_all(State(state): State<Shared>, Path(user): Path<String>) -> Result<Json<Value>, Problem> {
    let removed =
        within(&state, user.clone(), |tx, profile| Ok(Outcome::Done(store::remove(tx, profile, None)?))).await?;
    Ok(Json(json!({ "user_id": user, "removed": removed })))
}

async fn remove(State(state): State<Shared>, Path((user, id)): Path<(String, String)>) -> Result<Json<Value>, Problem> {
    let unknown = || Problem::not_found("There is no such fault.");
    let id: i64 = id.parse().map_err(|_| unknown())?;
    let removed =
        within(&state, user.clone(), move |tx, profile| Ok(Outcome::Done(store::remove(tx, profile, Some(id))?)));
    match removed.await? {
        0 => Err(unknown()),
        removed => Ok(Json(json!({ "user_id": user, "removed": removed }))),
    }
}

/// In one transaction with the profile that it is about.
async fn within<T: Send + 'static>(
    state: &Shared,
    user: String,
    act: impl Fn(&mut Tx, ProfileId) -> kit::db::Result<Outcome<T>> + Send + 'static,
) -> Result<T, Problem> {
    let done = state.db.write(move |tx| match profiles::active_of(tx, &user)? {
        Some(profile) => act(tx, profile.id),
        None => Ok(Outcome::NoProfile),
    });
    match done.await? {
        Outcome::Done(done) => Ok(done),
        Outcome::NoProfile => Err(Problem::not_found("The user has no active profile.")),
        Outcome::Full => Err(Problem::new(StatusCode::CONFLICT, "too_many_faults", "No further fault can be ordered.")),
    }
}

fn told(fault: &FaultRow) -> Value {
    let parameters = fault.parameters();
    json!({
        "id": fault.id, "kind": fault.kind, "host": fault.host, "method": fault.method, "path": fault.path,
        "calls": fault.calls, "until": fault.ends_at, "created_at": fault.created_at, "seconds": parameters.seconds,
        "retry_after": parameters.retry_after, "scope": parameters.scope, "of_one_token": parameters.token.is_some(),
    })
}
