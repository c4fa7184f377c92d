//! Clients of the authorization server: the demo's own, and more by `POST /clients`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kit::clock::Timestamp;
use kit::db::{Result, Tx};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Client, DEMO_CLIENT, DEMO_CLIENT_SECRET, hash, store};
use crate::problem::{JsonBody, Problem, json_body};
use crate::state::Shared;
use crate::youtube::quota;

const MOST_CLIENTS: i64 = 1000;
const MOST_REDIRECTS: usize = 50;

/// The demo's ledger is as real as any other and serves many users a day.
const DEMO_DAILY_UNITS: i64 = 100 * quota::DAILY_UNITS;

pub fn make_demo_client(tx: &mut Tx, now: Timestamp) -> Result<()> {
    let client = Client {
        id: DEMO_CLIENT.into(),
        secret_hash: hash(DEMO_CLIENT_SECRET).to_vec(),
        name: "Repruv".into(),
        redirect_uris: Vec::new(),
        // Its users must not see one another: each request names its account.
        lists_accounts: false,
        daily_units: DEMO_DAILY_UNITS,
        refresh_seconds: None,
    };
    store::put_client(tx, &client, now)
}

#[derive(Deserialize)]
struct NewClient {
    client_id: String,
    client_secret: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    daily_units: Option<u32>,
    /// As of a project whose publishing status is "Testing".
    #[serde(default)]
    refresh_seconds: Option<u32>,
}

/// `POST /clients`: registers a client, or replaces one.
pub async fn register(State(state): State<Shared>, body: JsonBody) -> Result<(StatusCode, Json<Value>), Problem> {
    let asked: NewClient = serde_json::from_value(json_body(body)?)
        .map_err(|error| Problem::invalid("invalid_client", error.to_string()))?;
    check(&asked)?;
    let client = Client {
        secret_hash: hash(&asked.client_secret).to_vec(),
        name: asked.name.unwrap_or_else(|| asked.client_id.clone()),
        id: asked.client_id,
        redirect_uris: asked.redirect_uris,
        lists_accounts: true,
        daily_units: asked.daily_units.map_or(quota::DAILY_UNITS, i64::from),
        refresh_seconds: asked.refresh_seconds.map(i64::from),
    };
    let answer = json!({
        "client_id": client.id, "name": client.name, "redirect_uris": client.redirect_uris, "daily_units": client.daily_units,
        "refresh_seconds": client.refresh_seconds,
    });
    let now = state.clock.now();
    let made = state
        .db
        .write(move |tx| {
            let room = store::count_clients(tx)? < MOST_CLIENTS || store::client(tx, &client.id)?.is_some();
            if room {
                store::put_client(tx, &client, now)?;
            }
            Ok::<_, kit::db::Error>(room)
        })
        .await?;
    if !made {
        return Err(Problem::new(StatusCode::CONFLICT, "too_many_clients", "No further client can be registered."));
    }
    Ok((StatusCode::CREATED, Json(answer)))
}

fn check(asked: &NewClient) -> Result<(), Problem> {
    let plain =
        |text: &str, most: usize| !text.is_empty() && text.len() <= most && text.chars().all(|c| c.is_ascii_graphic());
    let refuse = |text: &str| Err(Problem::invalid("invalid_client", text));
    if !plain(&asked.client_id, 200) || asked.client_id == DEMO_CLIENT {
        return refuse("client_id must be 1 to 200 printable ASCII characters, and not the built-in client's.");
    }
    if !plain(&asked.client_secret, 200) {
        return refuse("client_secret must be 1 to 200 printable ASCII characters.");
    }
    if asked.name.as_ref().is_some_and(|name| name.chars().count() > 200) {
        return refuse("name must be at most 200 characters.");
    }
    if asked.redirect_uris.len() > MOST_REDIRECTS || !asked.redirect_uris.iter().all(|uri| plain(uri, 2000)) {
        return refuse("redirect_uris must be at most 50 addresses of at most 2000 characters.");
    }
    Ok(())
}
