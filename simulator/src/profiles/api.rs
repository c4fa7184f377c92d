//! The demo service: makes, tells and removes profiles, names the hosts, registers clients, sets faults.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use super::{Made, NewProfile, ProfileRow, Wanted, past, store};
use crate::bluesky::session::{self, Account};
use crate::bluesky::store as bluesky_store;
use crate::problem::{JsonBody, Problem, json_body};
use crate::state::{Shared, Simulated, Slot};
use crate::{faults, oauth, switches};

const LONGEST_KEY: usize = 200;

pub fn routes(state: Shared) -> Router {
    Router::new()
        .route("/profiles", post(create))
        .route("/profiles/{user_id}", get(show).delete(remove))
        .route("/profiles/{user_id}/app-passwords", post(make_app_password))
        .merge(past::routes())
        .merge(faults::api::routes())
        .merge(switches::api::routes())
        .route("/hosts", get(hosts))
        .route("/clients", post(oauth::register))
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback(|| async { Problem::not_found("There is no such resource.") })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This resource does not take that method.",
            )
        })
        .layer(middleware::from_fn_with_state(state.clone(), guard))
        .with_state(state)
}

/// Everything here needs the secret.
async fn guard(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let shown = oauth::token::bearer(request.headers()).unwrap_or_default();
    // Hashes are of one length, so that the comparison tells nothing about the secret's.
    let known: bool = oauth::hash(shown).ct_eq(&oauth::hash(&state.secret)).into();
    if known {
        return next.run(request).await;
    }
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "The bearer secret is missing or wrong.");
    ([(header::WWW_AUTHENTICATE, "Bearer")], problem).into_response()
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| !text.is_empty() && text.len() <= LONGEST_KEY);
    text.map(|text| Some(text.to_owned())).ok_or_else(|| {
        Problem::invalid("invalid_idempotency_key", "Idempotency-Key must be 1 to 200 printable ASCII characters.")
    })
}

async fn create(State(state): State<Shared>, headers: HeaderMap, body: JsonBody) -> Result<Json<Value>, Problem> {
    let asked = NewProfile::parse(json_body(body)?)?;
    let wanted = Arc::new(Wanted {
        user_id: asked.user_id()?,
        key: key(&headers)?,
        settings: asked.settings(&state.random)?,
        webhook: asked.webhook()?,
    });
    let (now, random) = (state.clock.now(), state.random.clone());
    let made = unless_beaten(|| {
        let (wanted, random) = (wanted.clone(), random.clone());
        state.db.write(move |tx| super::make(tx, now, &random, &wanted))
    })
    .await?;
    let conflict = |code, text: &str| Err(Problem::new(StatusCode::CONFLICT, code, text));
    match made {
        Made::Profile(row) => described(&state, *row).await.map(Json),
        Made::AlreadyActive => conflict("profile_exists", "The user already has an active profile."),
        Made::Cancelled => conflict("operation_cancelled", "The operation with this Idempotency-Key is over."),
        Made::KeyOfAnother => {
            conflict("idempotency_key_reused", "The Idempotency-Key belongs to another user's operation.")
        }
        Made::Full => {
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_profiles", "No further profile can be made."))
        }
    }
}

/// A write that another request came before is run again, and sees what that one did.
async fn unless_beaten<T, F: Future<Output = kit::db::Result<T>>>(write: impl Fn() -> F) -> kit::db::Result<T> {
    match write().await {
        Err(error) if error.is_unique_violation() => write().await,
        done => done,
    }
}

async fn show(State(state): State<Shared>, Path(user_id): Path<String>) -> Result<Json<Value>, Problem> {
    let row = state.db.read(move |conn| store::active_of(conn, &user_id)).await?;
    let row = row.ok_or_else(|| Problem::not_found("The user has no active profile."))?;
    described(&state, row).await.map(Json)
}

async fn remove(
    State(state): State<Shared>,
    Path(user_id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let key = key(&headers)?;
    let (now, user) = (state.clock.now(), user_id.clone());
    let removed = unless_beaten(|| {
        let (user, key) = (user.clone(), key.clone());
        state.db.write(move |tx| super::remove(tx, now, &user, key.as_deref()))
    })
    .await?;
    if let Some(profile) = removed.profile {
        state.forget(profile);
    }
    Ok(Json(json!({ "success": true, "user_id": user_id, "deactivated_at": removed.at })))
}

async fn described(state: &Simulated, row: ProfileRow) -> Result<Value, Problem> {
    let gone = || Problem::not_found("The user has no active profile.");
    let settings = row.settings().ok_or_else(gone)?;
    let slot = state.slot(row.id, state.clock.now()).await?.ok_or_else(gone)?;
    Ok(json!({
        "id": row.id, "user_id": row.user_id, "profile_type": settings.profile_type, "story": settings.story,
        "channel_name": settings.channel_name, "niche": settings.niche, "personality": settings.personality,
        "scenario": settings.scenario, "size": settings.size, "language": settings.language, "seed": settings.seed,
        "platforms": platforms(&slot, &row),
        "is_active": row.deactivated_at.is_none(), "created_at": row.created_at, "last_activity_at": row.last_activity_at,
    }))
}

/// The story's platforms, in figures, and what a complete read of each will find.
fn platforms(slot: &Slot, row: &ProfileRow) -> Value {
    let mut platforms = json!({});
    if let Some(channel) = &slot.channel {
        let summary = &channel.read().summary;
        platforms["youtube"] = json!({
            "subscribers": summary.subscribers, "avg_views": summary.average_views, "engagement_rate": summary.engagement_rate,
            "upload_frequency": summary.uploads_per_week,
            "promised": { "videos": summary.videos, "interactions": summary.interactions, "as_of": row.created_at },
        });
    }
    if slot.profile.story.has_places() {
        let summary = slot.business.read().summary;
        platforms["google_business"] = json!({
            "locations": summary.locations, "average_rating": summary.average_rating,
            "promised": { "locations": summary.locations, "interactions": summary.interactions, "as_of": row.created_at },
        });
    }
    if let Some(feed) = &slot.feed {
        let feed = feed.read();
        let (owner, summary) = (feed.owner(), feed.summary);
        platforms["bluesky"] = json!({
            "did": owner.did, "handle": owner.handle, "followers": summary.followers,
            "promised": { "posts": summary.posts, "interactions": summary.interactions, "as_of": row.created_at },
        });
    }
    platforms
}

/// A password for the profile's account on Bluesky, as its person would make one for us.
async fn make_app_password(State(state): State<Shared>, Path(user_id): Path<String>) -> Result<Json<Value>, Problem> {
    let gone = || Problem::not_found("The user has no active profile with an account on Bluesky.");
    let now = state.clock.now();
    let row = state.db.read(move |conn| store::active_of(conn, &user_id)).await?.ok_or_else(gone)?;
    let slot = state.slot(row.id, now).await?.ok_or_else(gone)?;
    let account = match &slot.feed {
        Some(feed) => Account::of(row.id, feed.read().owner()),
        None => return Err(gone()),
    };
    let password = session::new_password(&state.random);
    let answer = json!({ "did": account.did, "handle": account.handle, "app_password": password });
    let hash = oauth::hash(&password);
    state.db.write(move |tx| bluesky_store::add_password(tx, &account, &hash, now)).await?;
    Ok(Json(answer))
}

async fn hosts(State(state): State<Shared>, headers: HeaderMap) -> Json<Value> {
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    Json(json!(state.hosts.urls(asked)))
}
