//! How tries to sign in ended, counted for whoever watches the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

kit::text_enum! {
    pub enum Outcome {
        Granted = "granted",
        Wrong = "wrong",
        Limited = "limited",
        Busy = "busy",
        Failed = "failed",
    }
}

/// Since the start of this process. Cheap to clone.
#[derive(Clone, Default, Debug)]
pub struct Tries(Arc<[AtomicU64; Outcome::ALL.len()]>);

impl Tries {
    pub fn count(&self, outcome: Outcome) {
        self.0[outcome as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Those that there were.
    pub fn counts(&self) -> impl Iterator<Item = (Outcome, u64)> {
        let counts = Outcome::ALL.iter().map(|outcome| (*outcome, self.0[*outcome as usize].load(Ordering::Relaxed)));
        counts.filter(|(_, count)| *count > 0)
    }
}
