//! The application put together: once for serving, for commands, for tests and for the simulation alike.

use kit::clock::Clock;
use kit::db::Db;
use kit::random::Random;
use tokio_util::sync::CancellationToken;

use crate::accounts::Passwords;
use crate::accounts::tries::Tries;
use crate::app::{App, Inner, Parts};
use crate::config::Config;
use crate::connections::RefreshLocks;
use crate::dashboard::Drawings;
use crate::live::Streams;
use crate::ops::metrics::Metrics;
use crate::outbound::Outbound;
use crate::platforms::Platforms;
use crate::secrets::Vault;
use crate::web::pace::Pace;
use crate::webhooks::incoming::DeliveryQueue;

/// What an application stands on: all else is made of it.
pub struct Ground {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
    pub config: Config,
    pub vault: Vault,
    pub outbound: Outbound,
    pub passwords: Passwords,
}

/// On the current runtime, where deliveries are stored.
pub fn assemble(ground: Ground) -> App {
    let Ground { db, clock, random, config, vault, outbound, passwords } = ground;
    let parts = Parts::default()
        .with(DeliveryQueue::start(db.clone(), clock.clone(), random.clone()))
        .with(passwords)
        .with(Metrics::default())
        .with(Pace::default())
        .with(RefreshLocks::default())
        .with(Streams::default())
        .with(Drawings::default())
        .with(Tries::default());
    let (platforms, stopping) = (Platforms::built_in(), CancellationToken::new());
    App::new(Inner { db, clock, random, config, vault, outbound, platforms, stopping, parts })
}
