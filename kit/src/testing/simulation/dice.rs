//! Chance from a seed: fast, and the same on every machine.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// SplitMix64 (Steele, Lea, Flood 2014). Clones share one stream.
#[derive(Clone, Debug)]
pub struct Dice(Arc<AtomicU64>);

impl Dice {
    pub fn of_seed(seed: u64) -> Self {
        let dice = Self(Arc::new(AtomicU64::new(seed)));
        // Neighbouring seeds begin far apart.
        let start = dice.next() ^ dice.next().rotate_left(32);
        Self(Arc::new(AtomicU64::new(start)))
    }

    pub fn next(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in `0..limit`; 0 for 0.
    pub fn below(&self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }

    /// Yes so many times in a thousand.
    pub fn chance(&self, per_mille: u32) -> bool {
        per_mille > 0 && self.below(1_000) < per_mille as usize
    }

    pub fn pick<T: Copy>(&self, among: &[T]) -> T {
        among[self.below(among.len())]
    }

    pub fn millis(&self, range: Range<u64>) -> Duration {
        Duration::from_millis(range.start + self.below((range.end - range.start) as usize) as u64)
    }
}
