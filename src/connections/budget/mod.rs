//! What connections by one credential have asked of a platform today, and whether they may ask more.

mod store;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Result, Tx};

use crate::app::App;
use crate::connections::store as connections;
use crate::model::{ConnectionId, Platform};
use crate::platforms::{Allowance, Answering, Budget, Error, Reserved, World};

/// Former days, for whoever looks into the database.
const KEPT: Duration = Duration::from_secs(7 * 86_400);

/// How far calls of a kind may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Up to what is kept for people.
    Readings,
    /// Somebody waits for it.
    People,
}

impl Share {
    pub fn of(self, budget: &Budget) -> i64 {
        match self {
            Self::Readings => budget.for_reading(),
            Self::People => budget.units,
        }
    }
}

/// Pays for the calls of one account, out of what every connection by the same credential draws on.
pub struct Purse {
    app: App,
    platform: Platform,
    world: World,
    share: Share,
    /// None while it is not kept yet.
    connection: Option<ConnectionId>,
    spent: AtomicI64,
}

impl Purse {
    pub fn new(app: &App, platform: Platform, world: &World, share: Share) -> Self {
        Self { app: app.clone(), platform, world: world.clone(), share, connection: None, spent: AtomicI64::new(0) }
    }

    pub fn of(self, connection: ConnectionId) -> Self {
        Self { connection: Some(connection), ..self }
    }

    /// Of the day that it is now: a reading may go on over midnight.
    pub fn budget(&self) -> Option<Budget> {
        self.app.platforms.get(self.platform)?.budget(&self.world)
    }

    /// Units that were used since this was asked last, for answered and unanswered calls alike.
    pub fn take_spent(&self) -> i64 {
        self.spent.swap(0, Ordering::Relaxed)
    }

    /// Somebody else may have been told to wait since the account was opened.
    async fn keep_silence(&self) -> std::result::Result<(), Error> {
        let Some(id) = self.connection else { return Ok(()) };
        let now = self.app.now();
        match self.app.db.read(move |conn| connections::silent_until(conn, id, now)).await {
            Ok(None) => Ok(()),
            Ok(Some(until)) => Err(Error::Silenced { until }),
            Err(_) => Err(Error::Storage),
        }
    }

    async fn note(&self, note: impl FnMut(&mut Tx) -> Result<()> + Send + 'static) -> std::result::Result<(), Error> {
        self.app.db.write(note).await.map_err(|_: db::Error| Error::Storage)
    }
}

impl Allowance for Purse {
    fn reserve(&self, units: i64) -> Answering<'_, Reserved> {
        Box::pin(async move {
            self.keep_silence().await?;
            let budget = self.budget();
            if let Some(budget) = budget.clone() {
                let (line, until) = (self.share.of(&budget), budget.ends_at);
                let booked = self.app.db.write(move |tx| reserve(tx, &budget, units, line)).await;
                match booked {
                    Ok(true) => {}
                    Ok(false) => return Err(Error::BudgetSpent { until }),
                    Err(_) => return Err(Error::Storage),
                }
            }
            self.spent.fetch_add(units, Ordering::Relaxed);
            Ok(Reserved { units, budget })
        })
    }

    fn give_back<'a>(&'a self, reserved: &'a Reserved) -> Answering<'a, ()> {
        Box::pin(async move {
            self.spent.fetch_sub(reserved.units, Ordering::Relaxed);
            let (units, budget) = (reserved.units, reserved.budget.clone());
            match budget {
                Some(budget) => self.note(move |tx| give_back(tx, &budget, units)).await,
                None => Ok(()),
            }
        })
    }

    fn exhausted(&self) -> Answering<'_, ()> {
        Box::pin(async move {
            match self.budget() {
                Some(budget) => self.note(move |tx| exhausted(tx, &budget)).await,
                None => Ok(()),
            }
        })
    }

    fn silenced(&self, until: Timestamp) -> Answering<'_, ()> {
        Box::pin(async move {
            match self.connection {
                Some(id) => self.note(move |tx| connections::silence(tx, id, until)).await,
                None => Ok(()),
            }
        })
    }
}

/// Books units, unless that would be more than `line` on one day.
pub fn reserve(tx: &mut Tx, budget: &Budget, units: i64, line: i64) -> Result<bool> {
    if units > line {
        return Ok(false);
    }
    let used = store::add_within(tx, &budget.credential, budget.began_at, units, line)?;
    if used == Some(units) {
        store::forget_before(tx, &budget.credential, budget.began_at - KEPT)?;
    }
    Ok(used.is_some())
}

pub fn give_back(tx: &mut Tx, budget: &Budget, units: i64) -> Result<()> {
    store::take_off(tx, &budget.credential, budget.began_at, units)
}

pub fn exhausted(tx: &mut Tx, budget: &Budget) -> Result<()> {
    store::raise_to(tx, &budget.credential, budget.began_at, budget.units)
}

/// How much of a budget is used, for whoever looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    pub used: i64,
    pub units: i64,
    pub ends_at: Timestamp,
}

pub fn used(conn: &mut Conn, budget: &Budget) -> Result<Use> {
    let used = store::used(conn, &budget.credential, budget.began_at)?.unwrap_or(0);
    Ok(Use { used, units: budget.units, ends_at: budget.ends_at })
}

/// How many accounts draw on it.
pub fn accounts(conn: &mut Conn, platform: Platform, demo: bool) -> Result<usize> {
    Ok(usize::try_from(store::accounts(conn, platform, demo)?).unwrap_or(0).max(1))
}
