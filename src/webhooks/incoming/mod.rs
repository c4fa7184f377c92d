//! Hints from platforms: verified over their raw bytes, stored before they are believed, counted once, then looked up at the source.

pub mod api;
mod queue;
mod signature;
mod store;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::jobs::{Enqueue, JobId};
use kit::random::Random;
use serde::Deserialize;
use serde_json::Value;

use crate::connections::{self, ConnectionId, jobs::FetchInteraction};
use crate::model::Platform;
use crate::secrets::{Secret, Vault};
use crate::workspaces::{DemoStatus, UserId, WorkspaceId};
pub use queue::DeliveryQueue;

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
    /// Which of the profile's accounts there; left out where it has one.
    #[serde(alias = "location")]
    account: Option<String>,
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

/// One delivery whose signature was found good.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Whose key verified it.
    pub user: UserId,
    /// The sender's name of it: one effect each.
    pub id: String,
    pub payload: Value,
}

/// A sender may come again for days; after this long it is not the same delivery any more.
const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// Removes deliveries of long ago, at most `batch`; how many it were.
pub fn purge(tx: &mut Tx, now: Timestamp, batch: i64) -> db::Result<u64> {
    store::purge(tx, now - KEPT, batch)
}

/// Stores verified deliveries and, in the same transaction, orders the look at what they hint at. Whose they are follows
/// from the key that verified them and from our own rows; a payload that names anything else finds nothing.
pub fn receive(tx: &mut Tx, now: Timestamp, random: &Random, deliveries: &[Delivery]) -> db::Result<Vec<Received>> {
    let (mut seen, demos) = store::known(tx, deliveries)?;
    let mut planner = FetchPlanner::default();
    let (mut received, mut fresh) = (Vec::with_capacity(deliveries.len()), Vec::new());
    for delivery in deliveries {
        received.push(match demos.get(&delivery.user) {
            Some((_, Some(_)))
                if !seen.insert(delivery.id.clone()) && !kit::mutant!("webhooks: a duplicate counts") =>
            {
                Received::Duplicate
            }
            Some((_, Some(workspace))) => {
                fresh.push(planner.plan(tx, *workspace, delivery)?);
                Received::Stored
            }
            Some((DemoStatus::Enabling, None)) => Received::TooEarly,
            _ => Received::Unwanted,
        });
    }
    let jobs = planner.enqueue(tx, now, random)?;
    store::insert(tx, now, "demo", &fresh, &jobs)?;
    Ok(received)
}

/// The jobs that deliveries of one transaction ask for: however many are about the same thing, it is looked at once.
#[derive(Default)]
struct FetchPlanner {
    connections: HashMap<(WorkspaceId, Platform, Option<String>), Option<ConnectionId>>,
    places: HashMap<(ConnectionId, String), usize>,
    jobs: Vec<(FetchInteraction, Enqueue)>,
}

impl FetchPlanner {
    fn plan<'a>(&mut self, tx: &mut Tx, workspace: WorkspaceId, delivery: &'a Delivery) -> db::Result<NewDelivery<'a>> {
        let event = Event::deserialize(&delivery.payload).ok();
        let event_type = event.as_ref().map_or_else(|| "unreadable".to_owned(), |event| event.kind.clone());
        let mut fresh = NewDelivery { delivery, workspace, event_type, job: None };
        let Some(hint) = event.and_then(|event| event.data) else { return Ok(fresh) };
        // Where the account is not connected, the next pass finds what the hint meant.
        let connection = match self.connections.entry((workspace, hint.platform, hint.account)) {
            Entry::Occupied(found) => *found.into_mut(),
            Entry::Vacant(place) => {
                let found = match &place.key().2 {
                    Some(account) => connections::store::by_account(tx, workspace, hint.platform, account)?,
                    None => connections::store::connected(tx, workspace, hint.platform)?,
                };
                *place.insert(found)
            }
        };
        if let Some(connection) = connection {
            let place = self.places.entry((connection, hint.external_id.clone())).or_insert(self.jobs.len());
            if *place == self.jobs.len() {
                self.jobs.push(fetch(workspace, connection, hint.external_id));
            }
            fresh.job = Some(*place);
        }
        Ok(fresh)
    }

    fn enqueue(self, tx: &mut Tx, now: Timestamp, random: &Random) -> db::Result<Vec<JobId>> {
        let enqueued = kit::jobs::enqueue_all(tx, now, random, &self.jobs)?;
        Ok(enqueued.into_iter().map(|enqueued| enqueued.id).collect())
    }
}

fn fetch(workspace: WorkspaceId, connection_id: ConnectionId, external_id: String) -> (FetchInteraction, Enqueue) {
    let job = FetchInteraction::new(connection_id, external_id);
    let how = Enqueue {
        operation_key: Some(job.operation_key()),
        workspace_id: Some(workspace.uuid()),
        ..Enqueue::default()
    };
    (job, how)
}

/// A delivery that is not known yet, and what was made of it.
struct NewDelivery<'a> {
    delivery: &'a Delivery,
    workspace: WorkspaceId,
    event_type: String,
    /// Its place among the jobs of the transaction.
    job: Option<usize>,
}
