//! Two members at their buttons: they send, send the same again, call back, try again, and stop jobs.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kit::testing::simulation::{Dice, Place, Waiting, World};

use super::house::{self, House, Moved};
use crate::app::App;
use crate::model::{InteractionId, UserId};
use crate::replies::{self, NewReply, Refused, ReplyId};
use crate::work::Who;

/// A reply that somebody has sent, once or several times with its key.
#[derive(Clone, Debug)]
pub(super) struct Order {
    user: UserId,
    item: InteractionId,
    text: String,
    pub key: String,
    delay: Duration,
    /// What they were told that it is; each of its answers must name the same.
    pub told: Vec<ReplyId>,
}

pub(super) struct People {
    moved: Moved,
    orders: Arc<Mutex<Vec<Order>>>,
    most: usize,
    /// How many in a thousand turns bring a press.
    zeal: u32,
    waiting: Waiting,
}

impl People {
    pub(super) fn new(moved: Moved, dice: &Dice) -> Self {
        let (most, zeal) = (1 + dice.below(8), dice.pick(&[30, 100, 250]));
        Self { moved, orders: Arc::default(), most, zeal, waiting: Waiting::default() }
    }

    pub(super) fn are_waiting(&self) -> bool {
        self.waiting.count() > 0
    }

    pub(super) fn orders(&self) -> MutexGuard<'_, Vec<Order>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn act(&self, world: &World<App>, house: &House) {
        let dice = &world.shared.dice;
        if !dice.chance(self.zeal) {
            return;
        }
        let Some(place) = world.somebody() else { return };
        let app = house.app_of(place);
        let many = self.orders().len();
        match dice.below(12) {
            0..5 if many < self.most => self.order(place, app, dice),
            0..8 if many > 0 => self.send(place, app, dice.below(many)),
            8 | 9 => self.press(place, app, dice, "call back", |app, who, workspace, id| async move {
                app.write(who, move |work| replies::cancel(work, workspace, id)).await.map(drop)
            }),
            10 => self.press(place, app, dice, "try again", |app, who, workspace, id| async move {
                app.write(who, move |work| replies::retry(work, workspace, id)).await.map(drop)
            }),
            11 => self.waiting.ask(place, "stop a job".to_owned(), house::stop_a_job(app, "send_reply")),
            _ => {}
        }
    }

    pub(super) fn try_again(&self, place: &Place, app: App, id: ReplyId) {
        let (workspace, who) = (self.moved.workspace, Who::user(self.moved.members[0], ""));
        self.waiting.ask(place, format!("try {id} again"), async move {
            app.write(who, move |work| replies::retry(work, workspace, id)).await.map(drop)
        });
    }

    fn order(&self, place: &Place, app: App, dice: &Dice) {
        let number = self.orders().len();
        let order = Order {
            user: dice.pick(&self.moved.members),
            item: dice.pick(&self.moved.items),
            // Sometimes the same words again, also in the same thread.
            text: if dice.chance(350) { "Thank you!".to_owned() } else { format!("Answer {number}") },
            key: format!("k{number}"),
            delay: if dice.chance(500) { Duration::ZERO } else { Duration::from_secs(5) },
            told: Vec::new(),
        };
        self.orders().push(order);
        self.send(place, app, number);
    }

    /// Sends one for the first time or, by the same form, once more.
    fn send(&self, place: &Place, app: App, number: usize) {
        let (order, orders, workspace) = (self.orders()[number].clone(), self.orders.clone(), self.moved.workspace);
        let what = format!("send “{}” ({})", order.text, order.key);
        let platforms = app.platforms.clone();
        self.waiting.ask(place, what, async move {
            let Order { user, item, text, key, delay, .. } = order;
            let sent = app.write(Who::user(user, ""), move |work| {
                let new = NewReply { interaction: item, text: &text, key: Some(&key), delay };
                replies::send(work, &platforms, workspace, &new)
            });
            let reply = sent.await?;
            orders.lock().unwrap_or_else(PoisonError::into_inner)[number].told.push(reply.id);
            Ok::<_, Refused>(())
        });
    }

    fn press<F>(
        &self,
        place: &Place,
        app: App,
        dice: &Dice,
        what: &str,
        request: impl FnOnce(App, Who, crate::model::WorkspaceId, ReplyId) -> F,
    ) where
        F: Future<Output = Result<(), Refused>> + Send + 'static,
    {
        let known: Vec<_> = self.orders().iter().filter_map(|order| order.told.last().copied()).collect();
        let Some(id) = known.get(dice.below(known.len())).copied() else { return };
        let who = Who::user(dice.pick(&self.moved.members), "");
        self.waiting.ask(place, format!("{what} {id}"), request(app, who, self.moved.workspace, id));
    }
}
