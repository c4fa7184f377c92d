//! The platform of one history, and each process's line to it: what it is asked for is done or not, and what is answered may
//! be wrong either way.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kit::testing::simulation::BEGIN;

use crate::model::{ObservedInteraction, ProviderState};
use crate::platforms::{Batch, Error, Target, Verb};
use crate::replies::tests::platform::{Far, Talks};
use crate::replies::tests::simulation::wire::{Fault, Unseen, Wire};

#[derive(Clone, Debug)]
pub(super) struct Platform {
    pub far: Far,
    effects: Arc<Mutex<Vec<Effect>>>,
}

/// Something that was done with a comment.
#[derive(Clone, Debug)]
pub(super) struct Effect {
    pub at: Duration,
    pub comment: String,
    /// "hide", "edit At ten."
    pub what: String,
}

#[derive(Clone)]
pub(super) struct Line {
    pub wire: Wire,
    pub platform: Platform,
}

impl Platform {
    pub(super) fn new(own: &ObservedInteraction) -> Self {
        let far = Far::new();
        let thread = own.thread_external_id.clone();
        far.script().keep(&thread, own.text.as_deref().unwrap_or_default(), BEGIN, BEGIN);
        Self { far, effects: Arc::default() }
    }

    pub(super) fn effects(&self) -> MutexGuard<'_, Vec<Effect>> {
        self.effects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stands(&self, comment: &str) -> ProviderState {
        self.far.script().standing.get(comment).copied().unwrap_or(ProviderState::Published)
    }
}

impl Line {
    /// Asks for something, and answers what came of that.
    async fn asked(&self, what: &str, ids: &[String], does: impl FnOnce() + Send) -> Result<(), Error> {
        let done = || {
            does();
            let effect =
                |id: &String| Effect { at: self.wire.shared().now(), comment: id.clone(), what: what.to_owned() };
            self.platform.effects().extend(ids.iter().map(effect));
        };
        self.wire.asked(&format!("{what} {}", ids.join(",")), &Fault::OF_ANY, done).await
    }
}

/// What may come of a look.
const UNSEEN: [Unseen; 5] = [Unseen::Lost, Unseen::Broken, Unseen::Limited, Unseen::Refused, Unseen::Unreadable];

impl Talks for Line {
    async fn edit(&self, target: &Target, text: &str) -> Result<ObservedInteraction, Error> {
        let change = || {
            let mut script = self.platform.far.script();
            let own = script.comments.first_mut().expect("there is one");
            own.observed.text = Some(text.to_owned());
        };
        self.asked(&format!("edit {text}"), std::slice::from_ref(&target.external_id), change).await?;
        let own = self.platform.far.script().comments[0].observed.clone();
        Ok(ObservedInteraction { text: Some(text.to_owned()), ..own })
    }

    async fn moderate(&self, ids: &[String], verb: Verb) -> Result<(), Error> {
        let put = || {
            let mut script = self.platform.far.script();
            let state = script.acts.becomes(verb).expect("it changes how they stand");
            script.standing.extend(ids.iter().map(|id| (id.clone(), state)));
        };
        self.asked(verb.as_str(), ids, put).await
    }

    async fn standing(&self, ids: &[String]) -> Result<Vec<(String, ProviderState)>, Error> {
        let look = || ids.iter().map(|id| (id.clone(), self.platform.stands(id))).collect();
        self.wire.looked(&format!("how {} stand", ids.join(",")), &UNSEEN, look).await
    }

    async fn fetch(&self, thread: &str) -> Result<Batch, Error> {
        let look = || self.platform.far.script().shown(thread, self.wire.place.clock.now());
        let interactions = self.wire.looked(thread, &UNSEEN, look).await?;
        Ok(Batch { interactions, ..Batch::default() })
    }

    async fn reply(&self, _: &Target, _: &str) -> Result<ObservedInteraction, Error> {
        unreachable!("nobody answers")
    }
}
