//! What the application is made of.

#[cfg(test)]
mod tests;

use std::ops::Deref;
use std::sync::Arc;

use kit::clock::{Clock, Timestamp};
use kit::db::{self, Db, Migration, Tx};
use kit::random::Random;
use maud::Markup;
use tokio_util::sync::CancellationToken;

use crate::accounts::Passwords;
use crate::accounts::sessions::UserRow;
use crate::config::Config;
use crate::connections::RefreshLocks;
use crate::live::Streams;
use crate::ops::metrics::Metrics;
use crate::outbound::Outbound;
use crate::platforms::{self, Hosts, Platforms, World};
use crate::secrets::Vault;
use crate::web::ui::Local;
use crate::webhooks::incoming::Intake;
use crate::work::{Look, Tools, Who, Work};

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
    pub outbound: Outbound,
    /// Which platforms there are to speak to.
    pub platforms: Platforms,
    /// Cancelled when the process is asked to end: open streams would keep it alive for ever.
    pub stopping: CancellationToken,
    pub streams: Streams,
    pub metrics: Metrics,
    pub refresh_locks: RefreshLocks,
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

    /// A write of the database in somebody's name: all of it or nothing.
    pub async fn write<T, E, F>(&self, who: Who, rule: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<db::Error> + Send + 'static,
        F: FnMut(&mut Work<'_>) -> Result<T, E> + Send + 'static,
    {
        self.db.write(self.unit(who, rule)).await
    }

    /// The same as a unit of the storage, for jobs: `run.finish(result, app.unit(who, |work| …))`.
    pub fn unit<T, E, F>(&self, who: Who, mut rule: F) -> impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static
    where
        F: FnMut(&mut Work<'_>) -> Result<T, E> + Send + 'static,
    {
        let tools = self.tools(who);
        move |tx| rule(&mut tools.work(tx))
    }

    pub fn tools(&self, who: Who) -> Tools {
        Tools { now: self.now(), random: self.random.clone(), secrets: self.vault.clone(), who }
    }

    /// A read of the database: one snapshot, with its instant.
    pub async fn read<T, E, F>(&self, mut look: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<db::Error> + Send + 'static,
        F: FnMut(&mut Look<'_>) -> Result<T, E> + Send + 'static,
    {
        let now = self.now();
        self.db.read(move |conn| look(&mut Look { conn, now })).await
    }

    /// Where the platforms are for a workspace: the simulator for a demo, the real ones for any other.
    pub async fn world(&self, demo: bool) -> Result<World, platforms::Error> {
        let hosts = if demo { self.simulator_hosts().await? } else { Hosts::providers() };
        Ok(World { hosts, ..self.unplaced_world(demo) })
    }

    /// The same without asking where a simulator's hosts are: for addresses that a browser reaches by us.
    pub fn unplaced_world(&self, demo: bool) -> World {
        World {
            http: self.outbound.providers.clone(),
            clock: self.clock.clone(),
            hosts: Hosts::providers(),
            is_simulated: demo,
            google: self.config.google.clone(),
        }
    }

    /// Where the simulator's provider hosts are now: it may have been started anew on other ports.
    pub async fn simulator_hosts(&self) -> Result<Hosts, platforms::Error> {
        match &self.config.demo_service {
            Some(service) => Hosts::of_simulator(&self.outbound.demo_service, &service.url, &service.secret).await,
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
