//! The quota ledger: units per client project and day, the day ending at midnight Pacific.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::tz::TimeZone;
use kit::clock::Timestamp;

pub const DAILY_UNITS: i64 = 10_000;

/// Pacific time by its rule, so that no time zone database is needed.
const PACIFIC: &str = "PST8PDT,M3.2.0,M11.1.0";

kit::text_enum! {
    pub enum Bucket {
        Units = "units",
        /// `videos:batchGetStats` has one of its own.
        Stats = "stats",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account {
    pub client_id: String,
    pub bucket: Bucket,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub day: String,
    pub used: i64,
}

/// In memory, and saved every second: a crash may forgive the last second's calls, but no call waits for the disk.
#[derive(Default)]
pub struct Ledger(Mutex<Books>);

#[derive(Default)]
struct Books {
    entries: HashMap<Account, Entry>,
    unsaved: HashMap<Account, Entry>,
}

impl Ledger {
    pub fn load(saved: Vec<(Account, Entry)>) -> Self {
        Self(Mutex::new(Books { entries: saved.into_iter().collect(), unsaved: HashMap::new() }))
    }

    /// False, and nothing charged, when the day's units do not reach.
    pub fn charge(&self, account: Account, cost: i64, daily: i64, now: Timestamp) -> bool {
        let today = day(now);
        let mut books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = books.entries.entry(account.clone()).or_insert_with(|| Entry { day: today.clone(), used: 0 });
        if entry.day != today {
            *entry = Entry { day: today, used: 0 };
        }
        if entry.used + cost > daily {
            return false;
        }
        entry.used += cost;
        let entry = entry.clone();
        books.unsaved.insert(account, entry);
        true
    }

    /// What changed since the last call.
    pub fn take_unsaved(&self) -> Vec<(Account, Entry)> {
        let mut books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut books.unsaved).into_iter().collect()
    }
}

/// When the next day begins in Pacific time.
pub fn next_day(now: Timestamp) -> Timestamp {
    let zone = TimeZone::posix(PACIFIC).expect("the rule is well formed");
    let midnight = now.to_jiff().to_zoned(zone).tomorrow().and_then(|tomorrow| tomorrow.start_of_day());
    midnight.map_or(now, |midnight| Timestamp::from_micros(midnight.timestamp().as_microsecond()))
}

/// The day in Pacific time.
pub fn day(now: Timestamp) -> String {
    let zone = TimeZone::posix(PACIFIC).expect("the rule is well formed");
    now.to_jiff().to_zoned(zone).date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn the_day_ends_at_midnight_pacific_in_winter_and_summer() {
        assert_eq!(day(at("2026-11-23T07:59:59Z")), "2026-11-22");
        assert_eq!(day(at("2026-11-23T08:00:00Z")), "2026-11-23");
        assert_eq!(day(at("2026-07-01T06:59:59Z")), "2026-06-30");
        assert_eq!(day(at("2026-07-01T07:00:00Z")), "2026-07-01");
        assert_eq!(next_day(at("2026-11-23T07:59:59Z")), at("2026-11-23T08:00:00Z"));
        assert_eq!(next_day(at("2026-11-23T08:00:00Z")), at("2026-11-24T08:00:00Z"));
    }

    #[test]
    fn units_run_out_and_come_back() {
        let ledger = Ledger::default();
        let account = || Account { client_id: "c".into(), bucket: Bucket::Units };
        let evening = at("2026-11-23T07:00:00Z");
        assert!(ledger.charge(account(), 60, 100, evening));
        assert!(!ledger.charge(account(), 50, 100, evening));
        assert!(ledger.charge(account(), 40, 100, evening));
        assert!(ledger.charge(Account { bucket: Bucket::Stats, ..account() }, 1, 100, evening));
        assert!(ledger.charge(account(), 50, 100, at("2026-11-23T08:00:00Z")));

        let saved = ledger.take_unsaved();
        assert!(saved.contains(&(account(), Entry { day: "2026-11-23".into(), used: 50 })));
        assert!(ledger.take_unsaved().is_empty());
    }
}
