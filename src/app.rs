//! What the application is made of.

#[cfg(test)]
mod tests;

use std::ops::Deref;
use std::sync::Arc;

use kit::clock::{Clock, Timestamp};
use kit::db::{Db, Migration};
use kit::random::Random;
use maud::Markup;
use tokio_util::sync::CancellationToken;

use crate::accounts::Passwords;
use crate::accounts::sessions::UserRow;
use crate::config::Config;
use crate::connections::Refreshing;
use crate::live::Streams;
use crate::ops::metrics::Metrics;
use crate::platforms::{self, Hosts, Outside};
use crate::secrets::Vault;
use crate::web::ui::Local;
use crate::webhooks::incoming::Intake;

/// Cheap to clone; every handler and every job is given one.
#[derive(Clone)]
pub struct App(Arc<Inner>);

#[derive(Clone)]
pub struct Inner {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
    pub config: Config,
    pub passwords: Passwords,
    pub vault: Vault,
    pub outside: Outside,
    /// Cancelled when the process is asked to end: open streams would keep it alive for ever.
    pub stopping: CancellationToken,
    pub streams: Streams,
    pub metrics: Metrics,
    pub refreshing: Refreshing,
    /// Where what the outside announces is stored.
    pub webhooks: Intake,
    /// What stands above a person's pages. Given at the start, for sessions know nothing of what it tells.
    pub banner: fn(&UserRow, &Local) -> Markup,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Where the simulator's provider hosts are now: it may have been started anew on other ports.
    pub async fn simulator_hosts(&self) -> Result<Hosts, platforms::Error> {
        match &self.config.demo_service {
            Some(service) => Hosts::of_simulator(&self.outside, &service.url, &service.secret).await,
            None => Err(platforms::Error::Rejected {
                reason: "no_demo_service".into(),
                message: "no demo service is configured".into(),
            }),
        }
    }
}

/// The schema, in order. A migration that was released is never edited: a change is a new one.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_start", sql: include_str!("../migrations/0001_start.sql") },
    // Apart, for kit's tests take the job engine's tables alone.
    Migration { name: "0002_jobs", sql: include_str!("../migrations/0002_jobs.sql") },
];
