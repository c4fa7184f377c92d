//! Two members at their buttons: they have comments hidden, published and edited, call back, try again, and stop jobs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kit::testing::simulation::{Dice, Place, Waiting, World};

use crate::app::App;
use crate::model::InteractionId;
use crate::moderation::{self, NewOrder, OrderId, Refused};
use crate::platforms::Verb;
use crate::replies::tests::simulation::house::{self, House, Moved};
use crate::work::Who;

pub(super) struct People {
    moved: Moved,
    /// The workspace's own among the comments.
    own: InteractionId,
    /// What somebody was told that it was taken over.
    told: Arc<Mutex<Vec<OrderId>>>,
    edits: AtomicUsize,
    /// How many in a thousand turns bring a press.
    zeal: u32,
    waiting: Waiting,
}

impl People {
    pub(super) fn new(moved: Moved, own: InteractionId, dice: &Dice) -> Self {
        let zeal = dice.pick(&[30, 100, 250]);
        Self { moved, own, told: Arc::default(), edits: AtomicUsize::new(0), zeal, waiting: Waiting::default() }
    }

    pub(super) fn are_waiting(&self) -> bool {
        self.waiting.count() > 0
    }

    pub(super) fn told(&self) -> MutexGuard<'_, Vec<OrderId>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn act(&self, world: &World<App>, house: &House) {
        let dice = &world.shared.dice;
        if !dice.chance(self.zeal) {
            return;
        }
        let Some(place) = world.somebody() else { return };
        let app = house.app_of(place);
        let known = self.told().len();
        let which = (known > 0).then(|| self.told()[known - 1 - dice.below(known.min(3))]);
        match (dice.below(12), which) {
            (0..5, _) => self.order(place, app, dice),
            (5 | 6, Some(id)) => self.call_back(place, app, dice, id),
            (7 | 8, Some(id)) => self.try_again(place, app, id),
            (9, Some(id)) => self.try_one_again(place, app, dice, id),
            (10, _) => self.waiting.ask(place, "stop a job".to_owned(), house::stop_a_job(app, "carry_out")),
            _ => {}
        }
    }

    fn order(&self, place: &Place, app: App, dice: &Dice) {
        let verb = dice.pick(&[Verb::Hide, Verb::Publish, Verb::Edit]);
        let others = || self.moved.items.iter().copied().filter(|id| *id != self.own);
        let ids = match verb {
            Verb::Edit => vec![self.own],
            _ => others().filter(|_| dice.chance(600)).collect(),
        };
        let text = format!("Edit {}", self.edits.fetch_add(1, Ordering::Relaxed));
        let (who, workspace) = (Who::user(dice.pick(&self.moved.members), ""), self.moved.workspace);
        let (told, platforms) = (self.told.clone(), app.platforms.clone());
        self.waiting.ask(place, format!("{verb} {}", ids.len()), async move {
            let ordered = app.write(who, move |work| {
                let text = (verb == Verb::Edit).then_some(text.as_str());
                let new = NewOrder { interactions: &ids, verb, text, replaces: None };
                moderation::order(work, &platforms, workspace, &new)
            });
            let id = ordered.await?;
            told.lock().unwrap_or_else(PoisonError::into_inner).push(id);
            Ok::<_, Refused>(())
        });
    }

    fn call_back(&self, place: &Place, app: App, dice: &Dice, id: OrderId) {
        let only = dice.chance(300).then(|| dice.pick(&self.moved.items));
        let (who, workspace) = (Who::user(dice.pick(&self.moved.members), ""), self.moved.workspace);
        self.waiting.ask(place, format!("call back {id}"), async move {
            app.write(who, move |work| moderation::cancel(work, workspace, id, only)).await
        });
    }

    pub(super) fn try_again(&self, place: &Place, app: App, id: OrderId) {
        let (who, workspace) = (Who::user(self.moved.members[0], ""), self.moved.workspace);
        self.waiting.ask(place, format!("try {id} again"), async move {
            app.write(who, move |work| moderation::retry(work, workspace, id)).await
        });
    }

    fn try_one_again(&self, place: &Place, app: App, dice: &Dice, id: OrderId) {
        let (who, workspace) = (Who::user(self.moved.members[1], ""), self.moved.workspace);
        let (one, platforms) = (dice.pick(&self.moved.items), app.platforms.clone());
        let told = self.told.clone();
        self.waiting.ask(place, format!("try one of {id} again"), async move {
            let again =
                app.write(who, move |work| moderation::retry_one(work, &platforms, workspace, (id, one))).await?;
            told.lock().unwrap_or_else(PoisonError::into_inner).push(again);
            Ok::<_, Refused>(())
        });
    }
}
