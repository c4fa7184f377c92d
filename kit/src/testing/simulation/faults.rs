//! Which faults a history has, and how often: drawn from its seed, so that some have none of a kind and some have many.

use std::time::Duration;

use super::Dice;
use crate::db::simulated::{Fate, Moment};

/// Chances in a thousand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Faults {
    /// Of a unit of work.
    pub slow: u32,
    pub refused: u32,
    pub broken: u32,
    pub unknown: u32,
    pub adrift: u32,
    pub killed: u32,
    /// Of a signal, at each listener.
    pub lost: u32,
    pub doubled: u32,
    pub delayed: u32,
    /// Of a process, at each of its turns.
    pub crash: u32,
    pub freeze: u32,
    pub stop: u32,
    pub cut_off: u32,
    /// Of a call to the outside.
    pub outside: u32,
}

impl Faults {
    /// Everything works, and takes its time.
    pub const NONE: Self = Self {
        slow: 100,
        refused: 0,
        broken: 0,
        unknown: 0,
        adrift: 0,
        killed: 0,
        lost: 0,
        doubled: 0,
        delayed: 0,
        crash: 0,
        freeze: 0,
        stop: 0,
        cut_off: 0,
        outside: 0,
    };

    /// Each kind is absent, rare or frequent.
    pub fn drawn(dice: &Dice) -> Self {
        let often = |most: u32| match dice.below(3) {
            0 => 0,
            1 => most / 4,
            _ => most,
        };
        Self {
            slow: 100 + often(500),
            refused: often(60),
            broken: often(40),
            unknown: often(40),
            adrift: often(15),
            killed: often(20),
            lost: often(600),
            doubled: often(200),
            delayed: often(300),
            crash: often(30),
            freeze: often(20),
            stop: often(20),
            cut_off: often(15),
            outside: often(400),
        }
    }

    /// Whether a live worker may lose a job in such a history.
    pub fn can_take_leases(&self) -> bool {
        self.slow > Self::NONE.slow
            || [self.refused, self.broken, self.unknown, self.adrift] != [0; 4]
            || [self.killed, self.crash, self.freeze, self.cut_off] != [0; 4]
    }

    pub(super) fn fate(&self, dice: &Dice, is_write: bool, longest: Duration) -> Fate {
        let mut point = dice.below(1_000) as u32;
        let mut is = |share: u32| {
            let hit = point < share;
            point = point.saturating_sub(share);
            if hit {
                point = u32::MAX;
            }
            hit
        };
        if is(self.refused) {
            return Fate::Refused { full: dice.chance(500) };
        }
        if is(self.broken) {
            return Fate::Broken { statement: dice.below(6) as u32 };
        }
        if is(self.killed) {
            return Fate::Killed(if dice.chance(500) && is_write {
                Moment::AfterCommit
            } else {
                Moment::AtStatement(dice.below(6) as u32)
            });
        }
        if is_write && is(self.unknown) {
            return Fate::Unknown { committed: dice.chance(500) };
        }
        if is_write && is(self.adrift) {
            let most = longest.as_millis() as u64;
            return Fate::Adrift { for_how_long: dice.millis(1..most.max(2)) };
        }
        if is(self.slow) {
            let most = if self.slow > Self::NONE.slow && dice.chance(50) { 800 } else { 15 };
            return Fate::Served { before: dice.millis(0..most), after: dice.millis(0..most) };
        }
        Fate::Served { before: Duration::ZERO, after: Duration::ZERO }
    }
}
