//! Words that are said and all taken back, the last one first: whatever nothing else touched stands where it stood.

use std::collections::{BTreeMap, BTreeSet};

use kit::args;
use kit::clock::Timestamp;

use super::history::History;
use crate::inbox::triage::TriageState;

/// Where an interaction stands, and its thread, and who says so.
type Stands = BTreeMap<String, (TriageState, String, String)>;

impl History {
    pub async fn there_and_back(&mut self) {
        self.run_jobs().await;
        let before = self.stands().await;
        let said_before = self.said.len();
        let mut touched = BTreeSet::new();
        for _ in 0..1 + self.dice.below(4) {
            self.say().await;
            self.stand.app.hand.advance(self.dice.millis(1_000..60_000));
            if self.dice.chance(400) {
                let new = self.shown.new_comment(self.stand.app.app.now());
                touched.insert(new.thread_external_id.clone());
                self.ingest("comes meanwhile", vec![new]).await;
            }
            if self.dice.chance(700) {
                self.run_jobs().await;
            }
        }
        for said in self.said.split_off(said_before).into_iter().rev() {
            self.undo(said).await;
            self.run_jobs().await;
            self.stand.app.hand.advance(self.dice.millis(1_000..60_000));
        }
        self.run_jobs().await;
        let asleep = self.ended_sleep().await;
        let after = self.stands().await;
        for (id, stood) in before {
            let thread = self.shown.thread_of(&id);
            let is_touched = touched.contains(&thread) || asleep.contains(&thread);
            if !is_touched && after.get(&id) != Some(&stood) {
                let wrong = format!("{id} stood {stood:?}, and after all was taken back {:?}", after.get(&id));
                self.outcome.wrongs.push(wrong);
            }
        }
    }

    async fn stands(&self) -> Stands {
        let sql = "SELECT i.external_id, i.state, t.state, t.state_by FROM interactions i
            JOIN threads t ON t.connection_id = i.connection_id AND t.external_id = i.thread_external_id";
        let rows: Vec<(String, TriageState, String, String)> =
            self.stand.app.app.db.read(move |conn| conn.all(sql, args![])).await.expect("the database answers");
        rows.into_iter().map(|(id, state, thread, by)| (id, (state, thread, by))).collect()
    }

    /// Threads whose snooze is over.
    async fn ended_sleep(&self) -> BTreeSet<String> {
        let sql = "SELECT t.external_id FROM thread_decisions d JOIN threads t ON t.id = d.thread_id
            WHERE d.snoozed_until <= $1";
        let now: Timestamp = self.stand.app.app.now();
        let ended = self.stand.app.app.db.read(move |conn| conn.all(sql, args![now]));
        ended.await.expect("the database answers").into_iter().collect()
    }
}
