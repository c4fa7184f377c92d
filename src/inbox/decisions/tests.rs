//! A person's word, whatever is read beside it.

use std::time::Duration;

use kit::args;
use kit::clock::Timestamp;

use super::{Receipt, Refused, Speaker, UNDO, Word, decide, last_word, threads_of, undo};
use crate::inbox::jobs::WakeSnoozed;
use crate::inbox::testing::{Desk, MORNING, comment, own_reply, reply};
use crate::inbox::threads::{SaidBy, Thread, ThreadId, ThreadState};
use crate::inbox::triage::TriageState;
use crate::model::{InteractionId, ObservedInteraction, ProviderState};
use crate::workspaces::UserId;

const HOUR: Duration = Duration::from_secs(3600);
const DONE: Word = Word { state: ThreadState::Done, until: None };

kit::both_databases! {
    async fn rules_say_where_a_thread_stands_until_a_person_does(desk: Desk) {
        let asked = comment("c1", "ann", "Where can I buy this?");
        desk.ingest(MORNING, &[asked.clone(), comment("c2", "bob", "Love this channel")]).await;
        assert_eq!(desk.stands("c1").await, (ThreadState::NeedsReply, SaidBy::Rules));
        assert_eq!(desk.stands("c2").await, (ThreadState::NoReplyNeeded, SaidBy::Rules));
        desk.decide("c1", MORNING, DONE).await.expect("it is there");
        assert_eq!(desk.stands("c1").await, (ThreadState::Done, SaidBy::Person));
        assert_eq!((desk.state_of("c1").await, desk.waiting().await), (TriageState::Done, 0));
        desk.ingest(MORNING + HOUR, &[own_reply("r1", &asked, 5)]).await;
        assert_eq!(desk.stands("c1").await, (ThreadState::Done, SaidBy::Person), "an own reply is nothing new");
    }

    async fn no_reading_rewrites_what_a_person_decided(desk: Desk) {
        let asked = comment("c1", "ann", "Where can I buy this?");
        desk.ingest(MORNING, std::slice::from_ref(&asked)).await;
        desk.decide("c1", MORNING, DONE).await.expect("it is there");
        let before = desk.decisions().await;
        for likes in 1..4 {
            let liked = ObservedInteraction { likes: Some(likes * 500), ..asked.clone() };
            desk.ingest(MORNING + HOUR, &[liked]).await;
            assert_eq!(desk.state_of("c1").await, TriageState::Done);
        }
        desk.unit(MORNING + HOUR * 2, |tx, context| crate::inbox::ingest::age(tx, context.workspace, MORNING, context.now, None)).await;
        assert_eq!((desk.state_of("c1").await, desk.decisions().await), (TriageState::Done, before));
    }

    async fn something_new_in_the_thread_ends_a_decision(desk: Desk) {
        let asked = comment("c1", "ann", "Where can I buy this?");
        desk.ingest(MORNING, std::slice::from_ref(&asked)).await;
        desk.decide("c1", MORNING, DONE).await.expect("it is there");
        let again = ObservedInteraction { text: Some("And does it ship to Canada?".into()), ..reply("r1", "ann", &asked, 45) };
        desk.ingest(MORNING + HOUR, &[again]).await;
        assert_eq!(desk.stands("c1").await, (ThreadState::NeedsReply, SaidBy::Rules));
        assert_eq!(desk.waiting().await, 2, "what was done waits again with what is new");

        desk.decide("c1", MORNING + HOUR, DONE).await.expect("it is there");
        assert_eq!(desk.waiting().await, 0);
        let edited = ObservedInteraction { text: Some("Where can I buy it, please?".into()), ..asked };
        desk.ingest(MORNING + HOUR * 2, &[edited]).await;
        assert_eq!(desk.stands("c1").await.1, SaidBy::Rules, "an edit is new");
    }

    async fn a_person_may_ask_for_a_reply_call_it_spam_and_take_that_back(desk: Desk) {
        desk.ingest(MORNING, &[comment("c1", "ann", "Love this channel")]).await;
        for (state, expected) in [
            (ThreadState::NeedsReply, TriageState::NeedsReply),
            (ThreadState::Spam, TriageState::Spam),
            (ThreadState::NoReplyNeeded, TriageState::NoReplyNeeded),
            (ThreadState::Waiting, TriageState::NoReplyNeeded),
        ] {
            desk.decide("c1", MORNING, Word { state, until: None }).await.expect("it is there");
            assert_eq!(desk.state_of("c1").await, expected, "{state}");
        }
        assert_eq!(desk.decisions().await.len(), 1, "the last word counts");
    }

    async fn a_snooze_has_an_end(desk: Desk) {
        let asked = comment("c1", "ann", "Where can I buy this?");
        desk.ingest(MORNING, std::slice::from_ref(&asked)).await;
        let snooze = |until| Word { state: ThreadState::Snoozed, until };
        for bad in [snooze(None), snooze(Some(MORNING)), Word { until: Some(MORNING + HOUR), ..DONE }] {
            assert!(matches!(desk.decide("c1", MORNING, bad).await, Err(Refused::Until)), "{bad:?}");
        }
        desk.decide("c1", MORNING, snooze(Some(MORNING + HOUR))).await.expect("it is there");
        assert_eq!(desk.state_of("c1").await, TriageState::Snoozed);
        let liked = ObservedInteraction { likes: Some(7), ..asked };
        desk.ingest(MORNING + HOUR * 2, &[liked]).await;
        assert_eq!(desk.stands("c1").await, (ThreadState::NeedsReply, SaidBy::Rules));
    }

    async fn what_was_said_is_taken_back_by_whoever_said_it_and_what_held_before_holds_again(desk: Desk) {
        let asked = comment("c1", "ann", "Where can I buy this?");
        desk.ingest(MORNING, &[asked.clone(), comment("c2", "bob", "How much is it?")]).await;
        let (both, stranger) = (["c1", "c2"], UserId::new(MORNING, &desk.random));
        let said = desk.decide_all(&both, MORNING, DONE).await.expect("they are there");
        assert_eq!((said, desk.waiting().await), (Receipt { matched: 2, changed: 2 }, 0));
        let again = desk.decide_all(&both, MORNING, DONE).await.expect("they are there");
        assert_eq!(again, Receipt { matched: 2, changed: 0 }, "what is so already does not change");

        let none = Receipt { matched: 2, changed: 0 };
        assert_eq!(desk.undo(stranger, &both, MORNING, MORNING).await, none, "another's word stays");
        assert_eq!(desk.undo(desk.user, &both, MORNING + UNDO, MORNING).await, none, "so does an old one");
        let later = MORNING + HOUR / 2;
        desk.decide("c1", later, Word { state: ThreadState::Spam, until: None }).await.expect("it is there");
        assert_eq!(desk.undo(desk.user, &["c1"], later, MORNING).await.changed, 0, "not the word that was said since");
        assert_eq!(desk.undo(desk.user, &["c1"], later, later).await.changed, 1);
        assert_eq!(desk.stands("c1").await, (ThreadState::Done, SaidBy::Person), "the word before it");
        assert_eq!(desk.undo(desk.user, &both, later, MORNING).await.changed, 2);
        assert_eq!((desk.stands("c1").await, desk.waiting().await), ((ThreadState::NeedsReply, SaidBy::Rules), 2));
        assert!(desk.decisions().await.is_empty());
    }

    async fn a_word_that_holds_again_is_still_that_of_whoever_said_it(desk: Desk) {
        desk.ingest(MORNING, &[comment("c1", "ann", "Where can I buy this?")]).await;
        desk.decide("c1", MORNING, DONE).await.expect("it is there");
        let (later, ben) = (MORNING + HOUR / 2, UserId::new(MORNING, &desk.random));
        desk.decide_as(ben, &["c1"], later, Word { state: ThreadState::Spam, until: None }).await.expect("it is there");
        assert_eq!(desk.undo(ben, &["c1"], later, later).await.changed, 1);
        let (workspace, id) = (desk.workspace, desk.one_of::<InteractionId>("id", "c1").await);
        let word = desk.read(move |conn| last_word(conn, workspace, id)).await.unwrap().expect("the first word");
        assert_eq!((word.state, word.decided_by, word.decided_at), (ThreadState::Done, desk.user, MORNING));
        for at in [later, MORNING] {
            assert_eq!(desk.undo(ben, &["c1"], later, at).await.changed, 0, "nothing of it is another's to take back");
        }
        assert_eq!(desk.stands("c1").await, (ThreadState::Done, SaidBy::Person));
    }

    async fn word_by_word_is_taken_back_to_what_held_before_all_of_them(desk: Desk) {
        desk.ingest(MORNING, &[comment("c1", "ann", "Where can I buy this?")]).await;
        let (day, ben) = (HOUR * 24, UserId::new(MORNING, &desk.random));
        let at = |minutes: u32| MORNING + day + HOUR / 60 * minutes;
        let snoozed = Word { state: ThreadState::Snoozed, until: Some(at(600)) };
        desk.decide("c1", MORNING, DONE).await.expect("it is there");
        for (by, minutes, word) in [
            (desk.user, 0, snoozed),
            (ben, 1, Word { state: ThreadState::Spam, until: None }),
            (desk.user, 2, Word { state: ThreadState::NeedsReply, until: None }),
            (desk.user, 3, snoozed),
        ] {
            desk.decide_as(by, &["c1"], at(minutes), word).await.expect("it is there");
        }
        for (by, minutes, state) in [
            (desk.user, 3, ThreadState::NeedsReply),
            (desk.user, 2, ThreadState::Spam),
            (ben, 1, ThreadState::Snoozed),
            (desk.user, 0, ThreadState::Done),
        ] {
            assert_eq!(desk.undo(by, &["c1"], at(10), at(minutes)).await.changed, 1, "{minutes}");
            assert_eq!(desk.stands("c1").await, (state, SaidBy::Person), "before {minutes}");
        }
        assert_eq!(desk.undo(desk.user, &["c1"], at(10), MORNING).await.changed, 0, "that was yesterday");
    }

    async fn nothing_is_decided_about_own_words(desk: Desk) {
        let asked = comment("c1", "ann", "Where can I buy this?");
        desk.ingest(MORNING, &[asked.clone(), own_reply("r1", &asked, 5)]).await;
        let (workspace, own) = (desk.workspace, desk.one_of::<InteractionId>("id", "r1").await);
        assert!(desk.read(move |conn| threads_of(conn, workspace, &[own])).await.unwrap().is_empty());
    }

    async fn a_snoozed_thread_comes_back_by_itself(desk: Desk) {
        desk.ingest(MORNING, &[comment("c1", "ann", "Where can I buy this?"), comment("c2", "bob", "How much?")]).await;
        let snooze = |hours: u32| Word { state: ThreadState::Snoozed, until: Some(MORNING + HOUR * hours) };
        desk.decide("c1", MORNING, snooze(1)).await.expect("it is there");
        desk.decide("c2", MORNING, snooze(1)).await.expect("it is there");
        desk.decide("c2", MORNING, snooze(3)).await.expect("it is there");
        assert_eq!((desk.waiting().await, desk.jobs().await), (0, 2), "a job for each moment");
        desk.wake(MORNING + HOUR).await;
        assert_eq!((desk.state_of("c1").await, desk.state_of("c2").await), (TriageState::NeedsReply, TriageState::Snoozed));
        desk.wake(MORNING + HOUR * 3).await;
        assert_eq!((desk.state_of("c2").await, desk.waiting().await), (TriageState::NeedsReply, 2));
        let (workspace, id) = (desk.workspace, desk.one_of::<InteractionId>("id", "c1").await);
        let word = desk.read(move |conn| last_word(conn, workspace, id)).await.unwrap();
        assert_eq!(word.expect("it is remembered").decided_by, desk.user);
    }

    async fn what_was_overruled_is_kept_for_as_long_as_it_may_hold_again(desk: Desk) {
        desk.ingest(MORNING, &[comment("c1", "ann", "Where can I buy this?")]).await;
        let spam = Word { state: ThreadState::Spam, until: None };
        for (minutes, word) in [(0, DONE), (1, spam), (2, DONE)] {
            desk.decide("c1", MORNING + Duration::from_secs(60 * minutes), word).await.expect("it is there");
        }
        let left_after = async |hours| {
            let purged = desk.write(move |tx| crate::inbox::decisions::purge(tx, MORNING + HOUR * hours, 100)).await;
            purged.expect("the database answers");
            desk.read(|conn| conn.one::<i64>("SELECT count(*) FROM overruled_decisions", args![])).await.unwrap()
        };
        assert_eq!(left_after(2).await, 2);
        assert_eq!(desk.undo(desk.user, &["c1"], MORNING + HOUR / 2, MORNING + Duration::from_secs(120)).await.changed, 1);
        assert_eq!(desk.state_of("c1").await, TriageState::Spam);
        assert_eq!(left_after(26).await, 0);
        assert_eq!(desk.stands("c1").await, (ThreadState::Spam, SaidBy::Person), "what holds is no matter of age");
    }

    async fn a_word_moves_what_is_meant_and_nobody_else_who_waits_in_its_thread(desk: Desk) {
        let asked = comment("c1", "ann", "Where can I buy this?");
        let small_talk = ObservedInteraction { text: Some("I watched it on the train".into()), ..reply("r1", "bob", &asked, 5) };
        let answered = comment("c2", "cleo", "Where is the manual?");
        let held = ObservedInteraction { provider_state: ProviderState::Held, ..comment("c3", "dora", "Is it loud?") };
        let page = [asked, small_talk, answered.clone(), own_reply("r2", &answered, 5), held];
        desk.ingest(MORNING, &page).await;
        let nothing = Receipt { matched: 1, changed: 0 };
        let snoozed = Word { state: ThreadState::Snoozed, until: Some(MORNING + HOUR * 9) };
        for word in [DONE, snoozed, Word { state: ThreadState::NoReplyNeeded, until: None }] {
            assert_eq!(desk.decide("r1", MORNING, word).await.unwrap(), nothing, "{word:?}");
            assert_eq!(desk.decide("c2", MORNING, word).await.unwrap(), nothing, "{word:?}");
        }
        assert_eq!(desk.decide("c3", MORNING, Word { state: ThreadState::NeedsReply, until: None }).await.unwrap(), nothing);
        assert_eq!((desk.state_of("c1").await, desk.decisions().await.len()), (TriageState::NeedsReply, 0));
        let changed = Receipt { matched: 1, changed: 1 };
        assert_eq!(desk.decide("c1", MORNING, DONE).await.unwrap(), changed);
        assert_eq!(desk.decide("r1", MORNING, snoozed).await.unwrap(), changed, "a person's word on the thread is another's to change");
        assert_eq!(desk.state_of("c1").await, TriageState::Snoozed);
        assert_eq!(desk.decide("c3", MORNING, Word { state: ThreadState::Spam, until: None }).await.unwrap(), changed);
    }

    async fn a_thread_of_another_workspace_is_not_there(desk: Desk) {
        desk.ingest(MORNING, &[comment("c1", "ann", "Where can I buy this?")]).await;
        let ((neighbour, _), id) = (desk.neighbour().await, desk.one_of::<InteractionId>("id", "c1").await);
        let (user, random) = (desk.user, desk.random.clone());
        let said = desk.write(move |tx| {
            let speaker = Speaker { by: user, workspace: neighbour, now: MORNING, random: &random };
            decide(tx, speaker, &[id], DONE)
        });
        assert_eq!(said.await.expect("nothing is there"), Receipt::default());
        assert!(desk.decisions().await.is_empty());
    }
}

impl Desk {
    async fn thread(&self, external_id: &str) -> Thread {
        let (workspace, id) = (self.workspace, self.one_of::<InteractionId>("id", external_id).await);
        self.read(move |conn| threads_of(conn, workspace, &[id])).await.unwrap().pop().expect("it stands in a thread")
    }

    async fn stands(&self, external_id: &str) -> (ThreadState, SaidBy) {
        let thread = self.thread(external_id).await;
        (thread.state, thread.state_by)
    }

    async fn decide(&self, external_id: &str, now: Timestamp, word: Word) -> Result<Receipt, Refused> {
        self.decide_all(&[external_id], now, word).await
    }

    async fn decide_all(&self, external_ids: &[&str], now: Timestamp, word: Word) -> Result<Receipt, Refused> {
        self.decide_as(self.user, external_ids, now, word).await
    }

    async fn decide_as(
        &self,
        by: UserId,
        external_ids: &[&str],
        now: Timestamp,
        word: Word,
    ) -> Result<Receipt, Refused> {
        let mut ids = Vec::new();
        for external_id in external_ids {
            ids.push(self.one_of::<InteractionId>("id", external_id).await);
        }
        let (workspace, random) = (self.workspace, self.random.clone());
        self.write(move |tx| decide(tx, Speaker { by, workspace, now, random: &random }, &ids, word)).await
    }

    /// Of what was said at `at`.
    async fn undo(&self, by: UserId, external_ids: &[&str], now: Timestamp, at: Timestamp) -> Receipt {
        let ids = self.threads(external_ids).await;
        let (workspace, random) = (self.workspace, self.random.clone());
        let undone = self.write(move |tx| undo(tx, Speaker { by, workspace, now, random: &random }, &ids, at));
        undone.await.expect("it can be tried")
    }

    async fn threads(&self, external_ids: &[&str]) -> Vec<ThreadId> {
        let mut ids = Vec::new();
        for external_id in external_ids {
            ids.push(self.thread(external_id).await.id);
        }
        ids
    }

    async fn wake(&self, now: Timestamp) {
        let (workspace, random) = (self.workspace, self.random.clone());
        let woken = self.write(move |tx| crate::inbox::decisions::wake(tx, now, &random, workspace, 1));
        assert_eq!(woken.await.expect("it can be tried"), 1);
    }

    async fn jobs(&self) -> i64 {
        let sql = "SELECT count(*) FROM background_jobs WHERE job_type = $1";
        self.read(|conn| conn.one(sql, args![<WakeSnoozed as kit::jobs::Job>::TYPE])).await.unwrap()
    }

    async fn decisions(&self) -> Vec<(String, i64, Timestamp)> {
        self.read(|conn| conn.all("SELECT state, at_news, decided_at FROM thread_decisions", args![])).await.unwrap()
    }

    /// By the totals.
    async fn waiting(&self) -> i64 {
        let sql = "SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT) FROM interaction_totals WHERE state = 'needs_reply'";
        self.read(|conn| conn.one(sql, args![])).await.unwrap()
    }
}
