//! What the application is made of.

#[cfg(test)]
mod tests;

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use kit::clock::{Clock, Timestamp};
use kit::db::{self, Db, Migration, Tx};
use kit::random::Random;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::outbound::Outbound;
use crate::platforms::{self, Hosts, Platforms, World};
use crate::secrets::Vault;
use crate::work::{Look, Tools, Who, Work};

/// Cheap to clone; every handler and every job is given one. It knows no feature: what a feature keeps in the process is a
/// part, which the feature asks for by its type.
#[derive(Clone)]
pub struct App(Arc<Inner>);

#[derive(Clone)]
pub struct Inner {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
    pub config: Config,
    pub vault: Vault,
    pub outbound: Outbound,
    /// Which platforms there are to speak to.
    pub platforms: Platforms,
    /// Cancelled when the process is asked to end: open streams would keep it alive for ever.
    pub stopping: CancellationToken,
    pub parts: Parts,
}

/// What features keep in a process, each by its type. `assembly.rs` names them all.
#[derive(Clone, Default)]
pub struct Parts(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Parts {
    pub fn with<T: Send + Sync + 'static>(mut self, part: T) -> Self {
        self.0.insert(TypeId::of::<T>(), Arc::new(part));
        self
    }
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

    /// # Panics
    /// When it is no part of the application: every process is assembled whole.
    pub fn part<T: Send + Sync + 'static>(&self) -> &T {
        let part = self.parts.0.get(&TypeId::of::<T>()).and_then(|part| part.downcast_ref());
        part.expect("assembly.rs names every part")
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
        let world = self.unplaced_world(demo);
        if demo { Ok(world.simulated_at(self.simulator_hosts().await?)) } else { Ok(world) }
    }

    /// The same without asking where a simulator's hosts are: for addresses that a browser reaches by us.
    pub fn unplaced_world(&self, demo: bool) -> World {
        World {
            http: self.outbound.providers.clone(),
            named: self.outbound.named.clone(),
            clock: self.clock.clone(),
            hosts: Hosts::providers(),
            is_simulated: demo,
            google: self.config.google.clone(),
            atproto: self.config.atproto.clone(),
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
