//! How much one person orders: enough for whoever works fast, and not so much that a program of theirs fills the queue.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kit::clock::Timestamp;

use super::errors::{Error, Result};
use crate::model::UserId;

/// Orders at once, and how soon the next one may come after them.
const AT_ONCE: u32 = 600;
const NEXT: Duration = Duration::from_millis(200);
/// Those who have ordered nothing for long are forgotten when there are so many.
const REMEMBERED: usize = 10_000;

/// Whoever asks for a change, in their pages and with their keys together. Cheap to clone; of one process.
#[derive(Clone, Default, Debug)]
pub struct Pace(Arc<Mutex<HashMap<UserId, Timestamp>>>);

impl Pace {
    /// Counts an order; [`Error::TooMany`] when there were too many of late.
    pub fn order(&self, user: UserId, now: Timestamp) -> Result<()> {
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.len() >= REMEMBERED {
            spent.retain(|_, until| *until > now);
        }
        // The instant at which all that was ordered is made good. One far off was written by a clock that stood ahead.
        let whole = NEXT * AT_ONCE;
        let until = spent.get(&user).copied().filter(|until| until.since(now) <= whole).unwrap_or(now).max(now);
        let next = until + NEXT;
        if next.since(now) > whole {
            return Err(Error::TooMany { retry_after: next.since(now).saturating_sub(whole) });
        }
        spent.insert(user, next);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kit::random::Random;

    use super::*;

    const NOW: Timestamp = Timestamp::from_second(1_800_000_000);

    #[test]
    fn a_person_orders_so_much_and_then_waits_while_others_do_not() {
        let (pace, random) = (Pace::default(), Random::seeded(1));
        let [ann, ben] = [(); 2].map(|()| UserId::new(NOW, &random));
        let many = |user, now| (0..10_000).take_while(|_| pace.order(user, now).is_ok()).count();
        assert_eq!(many(ann, NOW), AT_ONCE as usize);
        assert_eq!(pace.order(ann, NOW).unwrap_err().headers()["retry-after"], "1");
        assert_eq!(many(ben, NOW), AT_ONCE as usize);
        assert_eq!(many(ann, NOW + NEXT * 5), 5);
        assert_eq!(many(ann, NOW - Duration::from_secs(86_400)), AT_ONCE as usize, "the clock was set back");
    }
}
