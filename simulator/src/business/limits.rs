//! The limits by the minute: in memory, since a minute is soon over.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use kit::clock::Timestamp;

use crate::hosts::Host;
use crate::profiles::ProfileId;

/// What is counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Counted {
    Calls { client_id: String, host: Host },
    Edits { profile: ProfileId, location: u64 },
}

/// How often each thing happened in which minute.
#[derive(Default)]
pub struct Limits(Mutex<HashMap<Counted, (i64, i64)>>);

/// Beyond this many, those of earlier minutes are forgotten.
const MANY: usize = 1000;

impl Limits {
    /// False, and nothing counted, when it happened `most` times in this minute.
    pub fn allow(&self, counted: Counted, most: i64, now: Timestamp) -> bool {
        let minute = now.micros().div_euclid(60_000_000);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() > MANY {
            counts.retain(|_, (counted_in, _)| *counted_in == minute);
        }
        let (counted_in, count) = counts.entry(counted).or_default();
        if *counted_in != minute {
            (*counted_in, *count) = (minute, 0);
        }
        let allowed = *count < most;
        *count += i64::from(allowed);
        allowed
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_minute_allows_so_many_of_each() {
        let limits = Limits::default();
        let calls = |host| Counted::Calls { client_id: "c".into(), host };
        let now = Timestamp::parse("2026-11-22T10:00:10Z").unwrap();
        assert!(limits.allow(calls(Host::GbpInfo), 2, now) && limits.allow(calls(Host::GbpInfo), 2, now));
        assert!(!limits.allow(calls(Host::GbpInfo), 2, now));
        assert!(limits.allow(calls(Host::GbpReviews), 2, now), "each host counts its own");
        assert!(limits.allow(calls(Host::GbpInfo), 2, now + Duration::from_secs(50)));
    }
}
