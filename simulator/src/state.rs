//! What every listener of the simulator shares, and the channels kept in memory.

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use kit::clock::{Clock, Timestamp};
use kit::db::{Db, Result};
use kit::random::Random;
use tokio::sync::{Notify, OnceCell};

use crate::hosts::Hosts;
use crate::profiles::{self, ProfileId};
use crate::world::World;
use crate::youtube::channel::{Channel, Summary};
use crate::youtube::quota::Ledger;
use crate::youtube::store as youtube_store;

pub type Shared = Arc<Simulated>;

pub struct Simulated {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
    pub secret: String,
    pub slow: Duration,
    pub tick: Duration,
    pub hosts: Hosts,
    pub ledger: Ledger,
    /// Rung when the outbox has something new.
    pub news: Notify,
    channels: Channels,
}

/// A profile's channel. Whoever writes takes its turn first: what is checked stays true until it is stored and shown.
pub struct Slot {
    pub summary: Summary,
    pub turn: tokio::sync::Mutex<()>,
    channel: RwLock<Channel>,
}

impl Slot {
    pub fn read(&self) -> RwLockReadGuard<'_, Channel> {
        self.channel.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn change(&self) -> RwLockWriteGuard<'_, Channel> {
        self.channel.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Worlds are a pure function of their profiles, so only those in use are kept. Most recently used last.
#[derive(Default)]
struct Channels(Mutex<Vec<(ProfileId, Arc<Building>)>>);

/// Built once, by whoever asks first.
type Building = OnceCell<Arc<Slot>>;

const MOST_CHANNELS: usize = 32;

impl Channels {
    fn cell(&self, id: ProfileId) -> Arc<Building> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = match kept.iter().position(|(kept_id, _)| *kept_id == id) {
            Some(index) => kept.remove(index),
            None => (id, Arc::default()),
        };
        let cell = entry.1.clone();
        kept.push(entry);
        if kept.len() > MOST_CHANNELS {
            kept.remove(0);
        }
        cell
    }

    fn forget(&self, id: ProfileId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(kept, _)| *kept != id);
    }
}

impl Simulated {
    pub fn new(options: &crate::Options, db: Db, hosts: Hosts, ledger: Ledger) -> Self {
        Self {
            db,
            clock: options.clock.clone(),
            random: options.random.clone(),
            secret: options.secret.clone(),
            slow: options.slow,
            tick: options.tick,
            hosts,
            ledger,
            news: Notify::new(),
            channels: Channels::default(),
        }
    }

    /// The profile's channel as of `now`; none when the profile is not active.
    pub async fn channel(&self, id: ProfileId, now: Timestamp) -> Result<Option<Arc<Slot>>> {
        let cell = self.channels.cell(id);
        let slot = match cell.get_or_try_init(|| self.build(id, now)).await {
            Ok(slot) => slot,
            Err(Missing::Gone) => {
                self.channels.forget(id);
                return Ok(None);
            }
            Err(Missing::Db(error)) => return Err(error),
        };
        if slot.read().is_behind(now) {
            slot.change().advance(now);
        }
        Ok(Some(slot.clone()))
    }

    pub fn forget(&self, id: ProfileId) {
        self.channels.forget(id);
    }

    async fn build(&self, id: ProfileId, now: Timestamp) -> Result<Arc<Slot>, Missing> {
        let found = self
            .db
            .read(move |conn| {
                let profile = profiles::store::by_id(conn, id)?.filter(|profile| profile.deactivated_at.is_none());
                profile.map(|profile| Ok((profile, youtube_store::overlay(conn, id)?))).transpose()
            })
            .await
            .map_err(Missing::Db)?;
        let (profile, overlay) = found.ok_or(Missing::Gone)?;
        let settings = profile.settings().ok_or(Missing::Gone)?;
        let world_profile = settings.world_profile(&profile.user_id, profile.created_at);
        let built = tokio::task::spawn_blocking(move || {
            let world = World::new(world_profile);
            Slot {
                summary: Summary::of(&world),
                turn: tokio::sync::Mutex::new(()),
                channel: RwLock::new(Channel::new(world, overlay, now)),
            }
        });
        built.await.map(Arc::new).map_err(|_| Missing::Db(kit::db::Error::Panicked))
    }
}

enum Missing {
    Gone,
    Db(kit::db::Error),
}
