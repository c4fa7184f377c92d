//! Whatever happens to orders, the numbers of a receipt make up what was meant.

use kit::both_databases;
use kit::random::Random;

use super::*;
use crate::testing::TestApp;

impl Stand {
    /// Of each order so far, as a program reads it.
    async fn add_up(&self, orders: &[OrderId], after: &str) {
        for order in orders {
            let told = self.app.get(&format!("/api/moderation/{order}")).await.json();
            let number = |name: &str| told[name].as_u64().expect("a number");
            let skipped = told["skipped"].as_object().expect("by reason").values().filter_map(|count| count.as_u64());
            let sum = ["changed", "failed", "under_way", "cancelled"].map(number).iter().sum::<u64>();
            assert_eq!(number("matched"), sum + skipped.sum::<u64>(), "after {after}: {told}");
            assert_eq!(number("matched"), told["items"].as_array().map_or(0, Vec::len) as u64, "after {after}: {told}");
        }
    }

    /// As after a death in the midst: the platform is being asked for all that waits, and nobody is at it.
    async fn dies(&self) {
        const ASKING: &str =
            "UPDATE moderation_acts SET state = 'asking', moves = moves + 1, attempts = attempts + 1, company = 1
            WHERE state = 'queued'";
        self.app.app.db.write(|tx| tx.exec(ASKING, &[])).await.expect("the database answers");
    }
}

both_databases! {
    async fn orders_over_the_same_comments_add_up_at_any_moment(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().acts.at_once = 2;
        let mut ids = Vec::new();
        for number in 0..5 {
            ids.push(stand.asked(&format!("c{number}")).await);
        }
        let (dice, mut orders) = (Random::seeded(7), Vec::new());
        let below = |most: u64| dice.u64() % most;
        for turn in 0..60 {
            let last = orders.last().copied();
            let what = match (below(8), last) {
                (0 | 1, _) | (_, None) => {
                    let verb = [Verb::Hide, Verb::Publish][below(2) as usize];
                    let some = ids.iter().copied().filter(|_| below(3) > 0).collect::<Vec<_>>();
                    if some.len() > 1 {
                        orders.push(stand.order(verb, &some).await.expect("several are never refused"));
                    }
                    "an order"
                }
                (2, Some(order)) => {
                    drop(stand.called_back(order).await);
                    "calling back"
                }
                (3, Some(_)) => {
                    stand.act_answers([refused()]);
                    "a refusal to come"
                }
                (4, Some(order)) => {
                    let path = format!("/moderation/{order}/act");
                    stand.app.post(&path, &[("act", "retry")]).await;
                    "another try"
                }
                (5, Some(_)) => {
                    stand.dies().await;
                    "a death"
                }
                _ => {
                    stand.later(60).await;
                    "work"
                }
            };
            stand.add_up(&orders, &format!("{what} (turn {turn})")).await;
        }
        stand.later(3_600).await;
        stand.add_up(&orders, "all").await;
        for order in &orders {
            assert_eq!(stand.settled(*order).await.tally().under_way, 0);
        }
        assert!(orders.len() > 5, "too little happened");
    }
}
