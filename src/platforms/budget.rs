//! What a platform lets one installation ask in a day, how readings share it, and how each call is paid for.

use std::time::Duration;

use kit::clock::Timestamp;

use super::adapter::Answering;
use super::error::Error;
use crate::outbound::TransportError;

/// Some of it is kept for what people write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Whose it is: every connection by the same credential draws on it.
    pub credential: String,
    pub units: i64,
    pub reserve: i64,
    /// When the day that `now` is in began, and when it ends.
    pub began_at: Timestamp,
    pub ends_at: Timestamp,
}

const DAY: f64 = 86_400.0;

impl Budget {
    /// Readings stop here.
    pub fn for_reading(&self) -> i64 {
        self.units - self.reserve
    }

    /// How often each of `accounts` may be read for what is new, when a pass costs `cost`: half of what readings have goes
    /// there, the other half into reading again what is old.
    pub fn interval(&self, accounts: usize, cost: i64, shortest: Duration) -> Duration {
        let a_day = self.for_reading() as f64 / 2.0;
        let seconds = accounts as f64 * cost.max(1) as f64 * DAY / a_day.max(1.0);
        shortest.max(Duration::from_secs_f64(seconds.min(7.0 * DAY)))
    }

    /// What one turn of one of `accounts` may spend on what is old.
    pub fn allowance(&self, accounts: usize, interval: Duration) -> i64 {
        let a_day = self.for_reading() as f64 / 2.0 / accounts.max(1) as f64;
        ((a_day * interval.as_secs_f64() / DAY) as i64).max(1)
    }
}

/// Whoever pays for calls: many at once never ask for more than there is.
pub trait Allowance: Send + Sync {
    /// Books what a call will cost; refused where it would go beyond what may be used.
    fn reserve(&self, units: i64) -> Answering<'_, Reserved>;

    fn give_back<'a>(&'a self, reserved: &'a Reserved) -> Answering<'a, ()>;

    /// The platform says that nothing is left, whatever we have counted: others may ask by the same credential.
    fn exhausted(&self) -> Answering<'_, ()>;

    /// The platform wants to hear nothing of the account until then, whoever would ask: nothing is booked for it before.
    fn silenced(&self, until: Timestamp) -> Answering<'_, ()>;
}

/// Booked for one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserved {
    pub units: i64,
    /// What it was booked on; none where nobody counts.
    pub budget: Option<Budget>,
}

/// Makes a call that is paid for before it is made: whoever dies in between has lost units, and spent none too many.
pub async fn paid<T>(
    allowance: &dyn Allowance,
    units: i64,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let reserved = allowance.reserve(units).await?;
    let answered = call.await;
    let noted = match &answered {
        // Nothing was sent.
        Err(Error::Transport(
            TransportError::Unreachable | TransportError::NotAllowed | TransportError::Unsendable,
        )) => allowance.give_back(&reserved).await,
        Err(Error::QuotaExhausted { .. }) => allowance.exhausted().await,
        Err(Error::RateLimited { until }) => allowance.silenced(*until).await,
        _ => Ok(()),
    };
    if let Err(error) = noted {
        tracing::warn!(%error, "what a platform's call came to is not counted");
    }
    answered
}

/// Counts, and refuses nothing.
#[cfg(test)]
impl Allowance for std::sync::atomic::AtomicI64 {
    fn reserve(&self, units: i64) -> Answering<'_, Reserved> {
        self.fetch_add(units, std::sync::atomic::Ordering::Relaxed);
        Box::pin(async move { Ok(Reserved { units, budget: None }) })
    }

    fn give_back<'a>(&'a self, reserved: &'a Reserved) -> Answering<'a, ()> {
        self.fetch_sub(reserved.units, std::sync::atomic::Ordering::Relaxed);
        Box::pin(async { Ok(()) })
    }

    fn exhausted(&self) -> Answering<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn silenced(&self, _: Timestamp) -> Answering<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}
