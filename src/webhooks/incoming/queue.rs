//! Deliveries that wait together are stored together: one transaction, one fsync, one look at each thing they are about.

use kit::clock::Clock;
use kit::db::{self, Db};
use kit::random::Random;
use tokio::sync::{mpsc, oneshot};

use super::{Delivery, Received, receive};

/// Deliveries in one transaction at most: bounds how long the first of them waits for the others.
const TOGETHER: usize = 64;
/// More than this many waiting are turned away, to come again.
const WAITING: usize = 1024;

/// Where deliveries wait to be stored; cheap to clone.
#[derive(Clone)]
pub struct DeliveryQueue(mpsc::Sender<Waiting>);

struct Waiting {
    delivery: Delivery,
    answer: oneshot::Sender<db::Result<Received>>,
}

impl DeliveryQueue {
    /// Starts the task that stores, on the current runtime. It ends with the last clone.
    pub fn start(db: Db, clock: Clock, random: Random) -> Self {
        let (sender, waiting) = mpsc::channel(WAITING);
        tokio::spawn(store_together(db, clock, random, waiting));
        Self(sender)
    }

    /// Answers when the delivery is durable. [`db::Error::Busy`] when too many wait already.
    pub async fn store(&self, delivery: Delivery) -> db::Result<Received> {
        let (answer, answered) = oneshot::channel();
        self.0.try_send(Waiting { delivery, answer }).map_err(|_| db::Error::Busy)?;
        answered.await.unwrap_or(Err(db::Error::Closed))
    }
}

async fn store_together(db: Db, clock: Clock, random: Random, mut queue: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::with_capacity(TOGETHER);
    while queue.recv_many(&mut waiting, TOGETHER).await > 0 {
        let (deliveries, answers): (Vec<_>, Vec<_>) = waiting.drain(..).map(|one| (one.delivery, one.answer)).unzip();
        if let Ok(received) = store(&db, &clock, &random, deliveries.clone()).await {
            answers.into_iter().zip(received).for_each(|(answer, received)| tell(answer, Ok(received)));
            continue;
        }
        // One that cannot be stored must not take the others with it.
        for (delivery, answer) in deliveries.into_iter().zip(answers) {
            let alone = store(&db, &clock, &random, vec![delivery]).await;
            tell(answer, alone.map(|received| received[0]));
        }
    }
}

/// Whoever hung up meanwhile will send again, and learn that it is known.
fn tell(answer: oneshot::Sender<db::Result<Received>>, received: db::Result<Received>) {
    let _ = answer.send(received);
}

async fn store(db: &Db, clock: &Clock, random: &Random, deliveries: Vec<Delivery>) -> db::Result<Vec<Received>> {
    let (now, random) = (clock.now(), random.clone());
    db.write(move |tx| receive(tx, now, &random, &deliveries)).await
}
