//! People and their requests: they order, cancel and repeat, and remember what they were told.

use uuid::Uuid;

use super::outside::Ledger;
use super::work::{Desk, Errand, Operation, start};
use crate::args;
use crate::db;
use crate::jobs::{Enqueue, Enqueued, JobId, JobStatus, Repeat, cancel, enqueue, retry};
use crate::testing::simulation::{Database, Dice, Place, Waiting, World};

const USER: Uuid = Uuid::from_u128(7);

pub(super) struct People {
    ledger: Ledger,
    orders: u64,
    most: u64,
    /// How many in a thousand turns bring a request.
    zeal: u32,
    waiting: Waiting,
}

impl People {
    pub(super) fn new(ledger: Ledger, dice: &Dice) -> Self {
        let (most, zeal) = (1 + dice.below(7) as u64, dice.pick(&[60, 200, 500]));
        Self { ledger, orders: 0, most, zeal, waiting: Waiting::default() }
    }

    pub(super) fn arrive(&self, database: &Database) {
        database.look(|tx| tx.exec("INSERT INTO users (id) VALUES ($1)", args![USER])).expect("a user is made");
    }

    /// Whether somebody has not had an answer.
    pub(super) fn are_waiting(&self) -> bool {
        self.waiting.count() > 0
    }

    pub(super) fn act(&mut self, world: &World<Desk>) {
        let dice = &world.shared.dice;
        if !dice.chance(self.zeal) {
            return;
        }
        let Some(place) = world.somebody() else { return };
        match dice.below(10) {
            0..6 if self.orders < self.most => self.order(place, dice),
            6..8 => self.cancel(place, dice),
            8 => self.repeat(place, dice),
            _ => {}
        }
    }

    fn order(&mut self, place: &Place, dice: &Dice) {
        self.orders += 1;
        let (order, ledger, of) = (self.orders, self.ledger.clone(), place.clone());
        let errand = Errand::drawn(dice, order);
        let later = dice.chance(200).then(|| dice.millis(0..20_000));
        let operation_key = dice.chance(200).then(|| format!("errand {}", dice.below(2)));
        let operation = dice.chance(500).then(|| Operation {
            errand: errand.clone(),
            key: format!("key {}", dice.below(2)),
            follows: dice.chance(500),
        });
        self.waiting.ask(place, format!("order {order}"), async move {
            let (now, random) = (of.clock.now(), of.random.clone());
            let run_at = later.map(|pause| now + pause);
            let answer = of.db.write(move |tx| match &operation {
                Some(operation) => start(tx, now, &random, operation, USER),
                None => {
                    let operation_key = operation_key.clone();
                    let how = Enqueue { user_id: Some(USER), run_at, operation_key, ..Enqueue::default() };
                    enqueue(tx, now, &random, &errand, how)
                }
            });
            ledger.heard_of_order(order, answer.await);
        });
    }

    fn cancel(&self, place: &Place, dice: &Dice) {
        let Some(id) = self.known_job(dice) else { return };
        let (ledger, of) = (self.ledger.clone(), place.clone());
        self.waiting.ask(place, format!("cancel {id}"), async move {
            let (now, random) = (of.clock.now(), of.random.clone());
            let answer = of.db.write(move |tx| cancel::<Desk>(tx, now, &random, id, USER)).await;
            if let Ok(Some(job)) = answer {
                of.link.shared.note(|| format!("told that {id} is {} (cancelled)", job.status));
                if job.status == JobStatus::Running && job.cancel_requested {
                    ledger.book().cancelling.insert(id);
                }
            }
        });
    }

    fn repeat(&self, place: &Place, dice: &Dice) {
        let Some(id) = self.known_job(dice) else { return };
        let (ledger, of) = (self.ledger.clone(), place.clone());
        self.waiting.ask(place, format!("repeat {id}"), async move {
            let (now, random) = (of.clock.now(), of.random.clone());
            let answer = of.db.write(move |tx| retry::<Desk>(tx, now, &random, id, USER)).await;
            if let Ok(Repeat::Enqueued(Enqueued { id, .. })) = answer {
                ledger.book().acknowledged.insert(id);
            }
        });
    }

    fn known_job(&self, dice: &Dice) -> Option<JobId> {
        let book = self.ledger.book();
        let chosen = dice.below(book.acknowledged.len());
        book.acknowledged.iter().nth(chosen).copied()
    }
}

impl Ledger {
    fn heard_of_order(&self, order: u64, answer: db::Result<Enqueued>) {
        let mut book = self.book();
        match answer {
            Ok(enqueued) => {
                book.acknowledged.insert(enqueued.id);
            }
            // Nobody can tell.
            Err(db::Error::OutcomeUnknown | db::Error::Closed) => {}
            Err(_) => {
                book.refused.insert(order);
            }
        }
    }
}
