//! Two members at their buttons: they have comments hidden, published and edited, call back, try again, and stop jobs.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kit::db;
use kit::jobs::{self, JobId};
use kit::testing::simulation::{Dice, Place, World};

use crate::app::App;
use crate::model::InteractionId;
use crate::moderation::{self, NewOrder, OrderId, Refused};
use crate::platforms::Verb;
use crate::replies::tests::simulation::house::{House, Moved};
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
    waiting: Arc<AtomicUsize>,
}

impl People {
    pub(super) fn new(moved: Moved, own: InteractionId, dice: &Dice) -> Self {
        let zeal = dice.pick(&[30, 100, 250]);
        Self { moved, own, told: Arc::default(), edits: AtomicUsize::new(0), zeal, waiting: Arc::default() }
    }

    pub(super) fn are_waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
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
            (10, _) => self.stop_a_job(place, app),
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
        self.ask(place, format!("{verb} {}", ids.len()), async move {
            let ordered = app.write(who, move |work| {
                let text = (verb == Verb::Edit).then_some(text.as_str());
                let new = NewOrder { interactions: &ids, verb, text, replaces: None };
                moderation::order(work, &platforms, workspace, &new)
            });
            let id = ordered.await?;
            told.lock().unwrap_or_else(PoisonError::into_inner).push(id);
            Ok(())
        });
    }

    fn call_back(&self, place: &Place, app: App, dice: &Dice, id: OrderId) {
        let only = dice.chance(300).then(|| dice.pick(&self.moved.items));
        let (who, workspace) = (Who::user(dice.pick(&self.moved.members), ""), self.moved.workspace);
        self.ask(place, format!("call back {id}"), async move {
            app.write(who, move |work| moderation::cancel(work, workspace, id, only)).await
        });
    }

    pub(super) fn try_again(&self, place: &Place, app: App, id: OrderId) {
        let (who, workspace) = (Who::user(self.moved.members[0], ""), self.moved.workspace);
        self.ask(place, format!("try {id} again"), async move {
            app.write(who, move |work| moderation::retry(work, workspace, id)).await
        });
    }

    fn try_one_again(&self, place: &Place, app: App, dice: &Dice, id: OrderId) {
        let (who, workspace) = (Who::user(self.moved.members[1], ""), self.moved.workspace);
        let (one, platforms) = (dice.pick(&self.moved.items), app.platforms.clone());
        let told = self.told.clone();
        self.ask(place, format!("try one of {id} again"), async move {
            let again =
                app.write(who, move |work| moderation::retry_one(work, &platforms, workspace, (id, one))).await?;
            told.lock().unwrap_or_else(PoisonError::into_inner).push(again);
            Ok(())
        });
    }

    /// On the page of jobs, whatever it is doing.
    fn stop_a_job(&self, place: &Place, app: App) {
        self.ask(place, "stop a job".to_owned(), async move {
            let (now, random) = (app.now(), app.random.clone());
            let stopped = app.db.write(move |tx| {
                let live = "SELECT id FROM background_jobs WHERE job_type = 'carry_out'
                            AND status IN ('pending', 'running') ORDER BY seq LIMIT 1";
                if let Some(job) = tx.opt::<JobId>(live, &[])? {
                    jobs::cancel::<App>(tx, now, &random, job, jobs::JobScope::All)?;
                }
                Ok::<_, db::Error>(())
            });
            Ok(stopped.await?)
        });
    }

    fn ask(&self, place: &Place, what: String, request: impl Future<Output = Result<(), Refused>> + Send + 'static) {
        let (shared, open) = (place.link.shared.clone(), Open::new(&self.waiting));
        shared.note(|| format!("somebody asks process {}: {what}", place.link.number));
        place.spawn(async move {
            let told = request.await;
            shared.note(|| format!("told about {what}: {told:?}"));
            drop(open);
        });
    }
}

/// A press under way; gone with its answer, or with the process that would have given it.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn new(waiting: &Arc<AtomicUsize>) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
