//! Jobs under which a worker died: they run before the others, and alone until they have stored something, so that the next
//! death is blamed on whoever caused it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What a worker knows of the suspects that wait.
pub(super) struct Suspects {
    /// There may be some: others are claimed without asking.
    pub are_expected: AtomicBool,
    /// One is due, and jobs run here that have not stored anything yet.
    waiting_since: Mutex<Option<Instant>>,
}

impl Default for Suspects {
    /// Whoever starts asks first.
    fn default() -> Self {
        Self { are_expected: AtomicBool::new(true), waiting_since: Mutex::default() }
    }
}

impl Suspects {
    pub(super) fn are_expected(&self) -> bool {
        self.are_expected.load(Ordering::SeqCst)
    }

    pub(super) fn expect(&self) {
        self.are_expected.store(true, Ordering::SeqCst);
    }

    /// How long one has waited, this look included.
    pub(super) fn wait(&self) -> Duration {
        self.waiting().get_or_insert_with(Instant::now).elapsed()
    }

    pub(super) fn waiting(&self) -> MutexGuard<'_, Option<Instant>> {
        self.waiting_since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
