//! What every listener of the simulator shares, and the worlds kept in memory.

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use kit::clock::{Clock, Timestamp};
use kit::db::{Conn, Db, Result};
use kit::random::Random;
use tokio::sync::{Notify, OnceCell};

use crate::bluesky::feed::{Feed, Written as WrittenRecord};
use crate::bluesky::store as bluesky_store;
use crate::business::limits::Limits;
use crate::business::listings::Listings;
use crate::business::replies::Written;
use crate::business::store as business_store;
use crate::hosts::Hosts;
use crate::profiles::{self, ProfileId};
use crate::switches::{self, Change};
use crate::world::{Profile, World};
use crate::youtube::channel::{Channel, Overlay as ChannelOverlay};
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
    pub limits: Limits,
    /// Rung when the outbox has something new.
    pub news: Notify,
    slots: Slots,
}

/// One Google account with what it holds. Whoever writes takes its turn first: what is checked stays true until it is stored and shown.
pub struct Slot {
    pub profile: Profile,
    pub turn: tokio::sync::Mutex<()>,
    /// Where the story has one.
    pub channel: Option<Living<Channel>>,
    /// Without a place where the story has none.
    pub business: Living<Listings>,
    /// Where the story has an account on Bluesky.
    pub feed: Option<Living<Feed>>,
}

/// Read by many, changed by one at a time.
pub struct Living<T>(RwLock<T>);

impl<T> Living<T> {
    fn new(value: T) -> Self {
        Self(RwLock::new(value))
    }

    pub fn read(&self) -> RwLockReadGuard<'_, T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn change(&self) -> RwLockWriteGuard<'_, T> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    fn new(profile: Profile, overlay: Overlay, now: Timestamp) -> Slot {
        let world = World::new(profile.clone());
        let business = Listings::new(&world, overlay.replies, now);
        let feed = world.bluesky.clone().map(|bluesky| Feed::new(bluesky, profile.clone(), overlay.records, now));
        let channel = profile.story.has_channel().then(|| Channel::new(world, overlay.channel, now));
        let slot = Slot {
            profile,
            turn: tokio::sync::Mutex::new(()),
            channel: channel.map(Living::new),
            business: Living::new(business),
            feed: feed.map(Living::new),
        };
        overlay.changes.iter().for_each(|change| slot.apply(change));
        slot
    }

    /// Takes in what arrived since.
    fn advance(&self, now: Timestamp) {
        if let Some(channel) = &self.channel
            && channel.read().is_behind(now)
        {
            channel.change().advance(now);
        }
        if self.business.read().is_behind(now) {
            self.business.change().advance(now);
        }
        if let Some(feed) = &self.feed
            && feed.read().is_behind(now)
        {
            feed.change().advance(now);
        }
    }
}

/// What was written through the APIs.
struct Overlay {
    channel: ChannelOverlay,
    replies: Vec<Written>,
    records: Vec<WrittenRecord>,
    /// What others changed of what they wrote.
    changes: Vec<Change>,
}

/// Worlds are a pure function of their profiles, so only those in use are kept. Most recently used last.
#[derive(Default)]
struct Slots(Mutex<Vec<(ProfileId, Arc<Building>)>>);

/// Built once, by whoever asks first.
type Building = OnceCell<Arc<Slot>>;

const MOST_SLOTS: usize = 32;

impl Slots {
    fn cell(&self, id: ProfileId) -> Arc<Building> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = match kept.iter().position(|(kept_id, _)| *kept_id == id) {
            Some(index) => kept.remove(index),
            None => (id, Arc::default()),
        };
        let cell = entry.1.clone();
        if kept.len() >= MOST_SLOTS
            && let Some(idle) = kept.iter().position(|(_, cell)| is_idle(cell))
        {
            kept.remove(idle);
        }
        kept.push(entry);
        cell
    }

    fn forget(&self, id: ProfileId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(kept, _)| *kept != id);
    }
}

/// Whether nobody holds the slot or waits for it. A second copy, built while the first is still written to, would lack what is written.
fn is_idle(cell: &Arc<Building>) -> bool {
    Arc::strong_count(cell) == 1 && cell.get().is_none_or(|slot| Arc::strong_count(slot) == 1)
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
            limits: Limits::default(),
            news: Notify::new(),
            slots: Slots::default(),
        }
    }

    /// The profile's account as of `now`; none when the profile is not active.
    pub async fn slot(&self, id: ProfileId, now: Timestamp) -> Result<Option<Arc<Slot>>> {
        let cell = self.slots.cell(id);
        let slot = match cell.get_or_try_init(|| self.build(id, now)).await {
            Ok(slot) => slot,
            Err(Missing::Gone) => {
                self.slots.forget(id);
                return Ok(None);
            }
            Err(Missing::Db(error)) => return Err(error),
        };
        slot.advance(now);
        Ok(Some(slot.clone()))
    }

    pub fn forget(&self, id: ProfileId) {
        self.slots.forget(id);
    }

    async fn build(&self, id: ProfileId, now: Timestamp) -> Result<Arc<Slot>, Missing> {
        let found = self
            .db
            .read(move |conn| {
                let profile = profiles::store::by_id(conn, id)?.filter(|profile| profile.deactivated_at.is_none());
                profile.map(|profile| Ok((profile, overlay(conn, id)?))).transpose()
            })
            .await
            .map_err(Missing::Db)?;
        let (profile, overlay) = found.ok_or(Missing::Gone)?;
        let settings = profile.settings().ok_or(Missing::Gone)?;
        let world_profile = settings.world_profile(&profile.user_id, profile.created_at);
        let built = tokio::task::spawn_blocking(move || Slot::new(world_profile, overlay, now));
        built.await.map(Arc::new).map_err(|_| Missing::Db(kit::db::Error::Panicked))
    }
}

fn overlay(conn: &mut Conn, id: ProfileId) -> Result<Overlay> {
    Ok(Overlay {
        channel: youtube_store::overlay(conn, id)?,
        replies: business_store::replies(conn, id)?,
        records: bluesky_store::written(conn, id)?,
        changes: switches::store::changes(conn, id)?,
    })
}

enum Missing {
    Gone,
    Db(kit::db::Error),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Size;

    #[test]
    fn a_slot_in_use_is_never_put_away() {
        let (slots, random) = (Slots::default(), Random::seeded(1));
        let ids: Vec<ProfileId> = (0..100).map(|_| ProfileId::new(Timestamp::EPOCH, &random)).collect();
        let overlay = Overlay {
            channel: ChannelOverlay::default(),
            replies: Vec::new(),
            records: Vec::new(),
            changes: Vec::new(),
        };
        let profile = Profile { size: Size::Small, ..Profile::harbor("ann", 1, Timestamp::EPOCH) };
        let slot = Arc::new(Slot::new(profile, overlay, Timestamp::EPOCH));
        let (being_built, in_use) = (slots.cell(ids[0]), Arc::downgrade(&slots.cell(ids[1])));
        assert!(in_use.upgrade().unwrap().set(slot.clone()).is_ok());
        let put_away = Arc::downgrade(&slots.cell(ids[2]));
        for id in &ids[3..] {
            slots.cell(*id);
        }
        assert!(Arc::ptr_eq(&being_built, &slots.cell(ids[0])));
        assert!(put_away.upgrade().is_none());
        assert!(Arc::ptr_eq(&in_use.upgrade().unwrap(), &slots.cell(ids[1])));

        drop(slot);
        for id in &ids[3..] {
            slots.cell(*id);
        }
        assert!(in_use.upgrade().is_none(), "nobody holds it any more");
    }
}
