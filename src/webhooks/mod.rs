//! Hints from platforms: verified over their raw bytes, stored before they are believed, counted once, then looked up at the source.

pub mod api;
mod signature;
mod store;
#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::jobs::Enqueue;
use kit::random::Random;
use serde::Deserialize;
use serde_json::Value;

use crate::connections::{self, jobs::FetchInteraction};
use crate::platforms::Platform;
use crate::vault::{Secret, Vault};
use crate::workspaces::{DemoStatus, UserId};

/// Where the demo service delivers.
pub const DEMO_PATH: &str = "/webhooks/demo";

/// The address at which the demo service tells of one user's profile.
pub fn demo_url(base: &str, user: UserId) -> String {
    format!("{}{DEMO_PATH}?user={user}", base.trim_end_matches('/'))
}

/// The secret that the demo service signs with, of each user its own; derived, so that it is stored nowhere.
pub fn demo_secret(vault: &Vault, user: UserId) -> Secret {
    Secret::new(format!("whsec_{}", STANDARD.encode(demo_key(vault, user))))
}

fn demo_key(vault: &Vault, user: UserId) -> [u8; 32] {
    vault.derive("demo webhook", user.uuid().as_bytes())
}

/// What a delivery says, as far as we use it. The rest is stored, not read.
#[derive(Debug, Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Option<Hint>,
}

#[derive(Debug, Deserialize)]
struct Hint {
    platform: Platform,
    /// The platform's id of the comment, reply or review.
    external_id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    Stored,
    Duplicate,
    /// The demo is being set up, and its workspace is not there yet: to be sent again.
    TooEarly,
    /// There is no demo any more, or never was: nothing is kept of it.
    Unwanted,
}

/// Stores a verified delivery and, in the same transaction, orders the look at what it hints at. Whose it is follows
/// from the key that verified it and from our own rows; a payload that names anything else finds nothing.
pub fn receive(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    user: UserId,
    id: &str,
    payload: &Value,
) -> db::Result<Received> {
    let workspace = match store::demo_of(tx, user)? {
        Some((_, Some(workspace))) => workspace,
        Some((DemoStatus::Enabling, None)) => return Ok(Received::TooEarly),
        _ => return Ok(Received::Unwanted),
    };
    let event = Event::deserialize(payload).ok();
    let kind = event.as_ref().map_or("unreadable", |event| event.kind.as_str());
    if !store::insert(tx, now, id, "demo", workspace, kind, payload)? {
        return Ok(Received::Duplicate);
    }
    // A profile has one account per platform; where it is not connected, the next pass finds what the hint meant.
    if let Some(hint) = event.and_then(|event| event.data)
        && let Some(connection_id) = connections::store::connected(tx, workspace, hint.platform)?
    {
        let job = FetchInteraction { connection_id, external_id: hint.external_id };
        let enqueue = Enqueue {
            operation_key: Some(job.operation_key()),
            scope_id: Some(workspace.uuid()),
            ..Enqueue::default()
        };
        let enqueued = kit::jobs::enqueue(tx, now, random, &job, enqueue)?;
        store::set_job(tx, id, enqueued.id)?;
    }
    Ok(Received::Stored)
}
