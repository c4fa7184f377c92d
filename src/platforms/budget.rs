//! What a platform lets one installation ask in a day, and how readings share it.

use std::time::Duration;

use kit::clock::Timestamp;

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
