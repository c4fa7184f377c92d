//! The platform of one history, which no crash of a process reaches, and each process's line to it: what it carries arrives
//! late, or never, and what is answered may be wrong.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kit::testing::simulation::{BEGIN, Shared};

use super::wire::{Fault, Unseen, Wire};
use crate::model::ObservedInteraction;
use crate::platforms::{Batch, Error, Target};
use crate::replies::tests::platform::{Far, Talks};

/// A request is under way for less, and what is created is shown before this.
const LATE: std::ops::Range<u64> = 0..20_000;
const SHOWN: std::ops::Range<u64> = 0..40_000;

#[derive(Clone, Debug)]
pub(super) struct Platform {
    pub far: Far,
    late: Arc<Mutex<Vec<Late>>>,
}

/// A reply that nobody waits for any more, and that arrives all the same.
#[derive(Clone, Debug)]
struct Late {
    due: Duration,
    thread: String,
    text: String,
    shown_after: Duration,
}

#[derive(Clone)]
pub(super) struct Line {
    pub wire: Wire,
    pub platform: Platform,
}

impl Platform {
    pub(super) fn new() -> Self {
        Self { far: Far::new(), late: Arc::default() }
    }

    fn late(&self) -> MutexGuard<'_, Vec<Late>> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_something_on_its_way(&self) -> bool {
        !self.late().is_empty()
    }

    /// Lets arrive what was on its way until now.
    pub(super) fn deliver(&self, shared: &Shared) {
        let now = shared.now();
        let (arrived, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut *self.late()).into_iter().partition(|it| it.due <= now);
        *self.late() = rest;
        for Late { thread, text, shown_after, .. } in arrived {
            let at = BEGIN + now;
            let kept = self.far.script().keep(&thread, &text, at, at + shown_after);
            shared.note(|| format!("late arrives “{text}” as {}", kept.external_id));
        }
    }
}

/// What may come of a look, beside that less is shown than is there.
const UNSEEN: [Unseen; 7] = [
    Unseen::Lost,
    Unseen::Broken,
    Unseen::Unreachable,
    Unseen::Limited,
    Unseen::Gone,
    Unseen::Forbidden,
    Unseen::Unreadable,
];

impl Talks for Line {
    async fn reply(&self, target: &Target, text: &str) -> Result<ObservedInteraction, Error> {
        let (wire, shared) = (&self.wire, self.wire.shared());
        let (dice, outside) = (&shared.dice, shared.faults().outside);
        let shown_after = if outside > 0 && dice.chance(300) { dice.millis(SHOWN) } else { Duration::ZERO };
        let (thread, what) = (&target.thread_external_id, format!("send “{text}”, shown after {shown_after:?}"));
        if dice.chance(outside / 14) {
            wire.sets_out(&what, "late").await;
            let (due, thread, text) = (shared.now() + dice.millis(LATE), thread.clone(), text.to_owned());
            self.platform.late().push(Late { due, thread, text, shown_after });
            return wire.no_answer().await;
        }
        let keep = || {
            let now = wire.place.clock.now();
            self.platform.far.script().keep(thread, text, now, now + shown_after)
        };
        // What is kept may also be called gone.
        wire.asked(&what, &[&Fault::OF_ANY[..], &[Fault::GoneAfter]].concat(), keep).await
    }

    async fn fetch(&self, thread: &str) -> Result<Batch, Error> {
        let shared = self.wire.shared();
        let look = || self.platform.far.script().shown(thread, self.wire.place.clock.now());
        let interactions = self.wire.looked(thread, &UNSEEN, look).await?;
        let is_empty = shared.dice.chance(shared.faults().outside / 32);
        shared.note(|| format!("{} are shown in {thread}; nothing of it: {is_empty}", interactions.len()));
        Ok(if is_empty { Batch::default() } else { Batch { interactions, ..Batch::default() } })
    }
}
