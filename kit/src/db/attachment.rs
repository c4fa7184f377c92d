//! Something of the process that units of a database handle find, for as long as whoever attached it wants.

use std::any::Any;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use super::Db;

pub(super) type Attached = Arc<dyn Any + Send + Sync>;

#[derive(Default)]
pub(super) struct Place(RwLock<Option<Attached>>);

/// While it lives, units find what was attached.
pub(crate) struct Attachment {
    db: Db,
    attached: Attached,
}

impl Place {
    pub(super) fn get(&self) -> Option<Attached> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self) -> RwLockWriteGuard<'_, Option<Attached>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Db {
    /// For this handle and its clones, in the place of what was attached before.
    pub(crate) fn attach(&self, attached: Arc<dyn Any + Send + Sync>) -> Attachment {
        *self.0.attached.change() = Some(attached.clone());
        Attachment { db: self.clone(), attached }
    }
}

#[cfg(test)]
impl Db {
    pub(crate) fn attached_is_none(&self) -> bool {
        self.0.attached.get().is_none()
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        let mut place = self.db.0.attached.change();
        if place.as_ref().is_some_and(|now| Arc::ptr_eq(now, &self.attached)) {
            *place = None;
        }
    }
}
