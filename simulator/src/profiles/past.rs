//! What a profile's accounts counted on the days before it was made: what whoever had looked each day would have kept.
//!
//! Each figure is the one that the platform's own interface would have told at that instant, so nothing jumps where the past ends and the
//! readings begin. Places are not among the accounts: Google counts neither followers nor views of them.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use kit::clock::Timestamp;
use serde_json::{Value, json};

use super::store;
use crate::bluesky::views;
use crate::problem::Problem;
use crate::state::{Shared, Slot};

/// As far back as a world's history goes.
const MOST_DAYS: u64 = 90;

pub fn routes() -> Router<Shared> {
    Router::new().route("/profiles/{user_id}/past", get(show))
}

async fn show(
    State(state): State<Shared>,
    Path(user_id): Path<String>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, Problem> {
    let days = asked.get("days").map_or(Ok(MOST_DAYS), |days| days.parse());
    let days = days.ok().filter(|days| (1..=MOST_DAYS).contains(days)).ok_or_else(|| {
        Problem::invalid("invalid_days", format!("days must be a whole number from 1 to {MOST_DAYS}."))
    })?;
    let gone = || Problem::not_found("The user has no active profile.");
    let row = state.db.read(move |conn| store::active_of(conn, &user_id)).await?.ok_or_else(gone)?;
    let slot = state.slot(row.id, state.clock.now()).await?.ok_or_else(gone)?;
    let as_of = row.created_at;
    let accounts = tokio::task::spawn_blocking(move || accounts(&slot, as_of, days));
    let accounts = accounts.await.map_err(|_| kit::db::Error::Panicked)?;
    Ok(Json(json!({ "profile_id": row.id, "as_of": as_of, "accounts": accounts })))
}

/// Each account with a reading for each day, oldest first; the last one is of the profile's making.
fn accounts(slot: &Slot, as_of: Timestamp, days: u64) -> Vec<Value> {
    let each_day = |reading: &dyn Fn(Timestamp) -> Value| -> Vec<Value> {
        (0..=days).rev().map(|back| reading(as_of - Duration::from_secs(86_400 * back))).collect()
    };
    let mut accounts = Vec::new();
    if let Some(channel) = &slot.channel {
        let channel = channel.read();
        let youtube = channel.youtube();
        let readings = each_day(&|at| {
            let stats = youtube.channel_stats(at);
            json!({ "at": at, "followers": stats.subscribers, "views": stats.views, "content": stats.videos })
        });
        accounts.push(json!({ "platform": "youtube", "external_id": youtube.channel.id, "readings": readings }));
    }
    if let Some(feed) = &slot.feed {
        let feed = feed.read();
        let readings = each_day(&|at| {
            let told = views::profile(&feed, at);
            json!({ "at": at, "followers": told["followersCount"], "content": told["postsCount"] })
        });
        accounts.push(json!({ "platform": "bluesky", "external_id": feed.owner().did, "readings": readings }));
    }
    accounts
}
