//! Pauses between tries: each is twice the last, up to a bound, and somewhere between half and all of that.

use std::time::Duration;

use crate::random::Random;

pub(super) struct Backoff {
    first: Duration,
    most: Duration,
    next: Duration,
    random: Random,
}

impl Backoff {
    pub fn new(first: Duration, most: Duration) -> Self {
        Self { first, most, next: first, random: Random::system() }
    }

    pub fn pause(&mut self) -> Duration {
        let bound = self.next;
        self.next = (bound * 2).min(self.most);
        // Many who failed together do not come back together.
        let share = self.random.u64() % 1_000;
        bound / 2 + bound.mul_f64(share as f64 / 2_000.0)
    }

    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_bound_and_start_anew() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(300));
        for bound in [100, 200, 300, 300] {
            let pause = backoff.pause().as_millis();
            assert!((bound / 2..=bound).contains(&pause), "{pause} of {bound}");
        }
        backoff.reset();
        assert!(backoff.pause().as_millis() <= 100);
    }
}
