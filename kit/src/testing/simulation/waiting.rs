//! Who waits for an answer, or at a gate.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Place;

/// How many wait; clones count together.
#[derive(Clone, Debug, Default)]
pub struct Waiting(Arc<AtomicUsize>);

/// One of them: gone with its answer, or with the process that would have given it.
#[derive(Debug)]
pub struct Waits(Waiting);

impl Waiting {
    pub fn one_more(&self) -> Waits {
        self.0.fetch_add(1, Ordering::SeqCst);
        Waits(self.clone())
    }

    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// Somebody asks a process for something, and waits for its answer.
    pub fn ask<T: Debug>(&self, place: &Place, what: String, request: impl Future<Output = T> + Send + 'static) {
        let (shared, waits) = (place.link.shared.clone(), self.one_more());
        shared.note(|| format!("somebody asks process {}: {what}", place.link.number));
        place.spawn(async move {
            let told = request.await;
            shared.note(|| format!("told about {what}: {told:?}"));
            drop(waits);
        });
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}
