//! What ingest keeps, whoever repeats it, in whatever order.

pub mod anew;
mod moderated;
mod rated_anew;
mod replaced;
mod writers;

use std::collections::BTreeMap;
use std::time::Duration;

use kit::args;
use kit::clock::Timestamp;
use kit::db::Json;
use kit::random::Random;

use super::{Ingested, Missing, pass_completed};
use crate::events;
use crate::inbox::counts::Drift;
use crate::inbox::derive::{PriorityBand, Sentiment};
use crate::inbox::seed;
use crate::inbox::testing::{Desk, MORNING, comment, own_reply, reply};
use crate::inbox::triage::TriageState;
use crate::model::{Kind, ObservedInteraction, ProviderState};

const HOUR: Duration = Duration::from_secs(3600);

kit::both_databases! {
    async fn a_page_twice_changes_nothing(desk: Desk) {
        let page = [comment("c1", "ann", "What camera is that?"), comment("c2", "bob", "Love this channel")];
        assert_eq!(desk.ingest(MORNING, &page).await, Ingested { new: 2, changed: 0, unchanged: 0 });
        assert_eq!(desk.ingest(MORNING + HOUR, &page).await, Ingested { new: 0, changed: 0, unchanged: 2 });
        assert_eq!(desk.state_of("c1").await, TriageState::NeedsReply);
        assert_eq!(desk.state_of("c2").await, TriageState::NoReplyNeeded);
        assert_eq!(desk.one_of::<Sentiment>("sentiment", "c2").await, Sentiment::Positive);
        assert_eq!(day_rows(&desk).await.keys().collect::<Vec<_>>(), ["2026-11-25"]);
        rollups_are_a_recount(&desk, "").await;
    }

    async fn one_seen_twice_on_a_page_is_kept_as_it_was_seen_last(desk: Desk) {
        let first = comment("c1", "ann", "Nice");
        let later = ObservedInteraction { likes: Some(9), ..first.clone() };
        assert_eq!(desk.ingest(MORNING, &[first, later]).await, Ingested { new: 1, changed: 0, unchanged: 0 });
        assert_eq!(desk.one_of::<i64>("likes", "c1").await, 9);
    }

    async fn an_own_reply_answers_and_whoever_speaks_after_it_waits_again(desk: Desk) {
        let asked = comment("c1", "ann", "Where can I buy this?");
        desk.ingest(MORNING, std::slice::from_ref(&asked)).await;
        desk.ingest(MORNING + HOUR, &[own_reply("r1", &asked, 30)]).await;
        assert_eq!(desk.state_of("c1").await, TriageState::Answered);
        assert_eq!(desk.state_of("r1").await, TriageState::Own);
        let again = ObservedInteraction { text: Some("And does it ship to Canada?".into()), ..reply("r2", "ann", &asked, 45) };
        desk.ingest(MORNING + HOUR, &[again]).await;
        assert_eq!((desk.state_of("c1").await, desk.state_of("r2").await), (TriageState::Answered, TriageState::NeedsReply));
        rollups_are_a_recount(&desk, "").await;
    }

    async fn a_reply_that_comes_before_its_question_answers_it_too(desk: Desk) {
        let asked = comment("c1", "ann", "Where can I buy this?");
        desk.ingest(MORNING, &[own_reply("r1", &asked, 30)]).await;
        desk.ingest(MORNING, std::slice::from_ref(&asked)).await;
        assert_eq!(desk.state_of("c1").await, TriageState::Answered);
        let taken_back = ObservedInteraction { provider_state: ProviderState::Removed, ..own_reply("r1", &asked, 30) };
        desk.ingest(MORNING + HOUR, &[taken_back]).await;
        assert_eq!(desk.state_of("c1").await, TriageState::NeedsReply);
        rollups_are_a_recount(&desk, "").await;
    }

    async fn an_edit_keeps_the_old_words_and_asks_again(desk: Desk) {
        let asked = comment("c1", "ann", "What a lovely video");
        desk.ingest(MORNING, &[asked.clone(), own_reply("r1", &asked, 5)]).await;
        let edited = ObservedInteraction { text: Some("Why is the link broken?".into()), ..asked };
        desk.ingest(MORNING + HOUR, &[edited]).await;
        assert_eq!(desk.state_of("c1").await, TriageState::NeedsReply);
        assert_eq!(desk.one_of::<Option<Timestamp>>("edited_at", "c1").await, Some(MORNING + HOUR));
        let versions: Vec<(Option<String>,)> = desk
            .read(|conn| conn.all("SELECT text FROM interaction_versions", args![]))
            .await
            .unwrap();
        assert_eq!(versions, [(Some("What a lovely video".to_owned()),)]);
        rollups_are_a_recount(&desk, "").await;
    }

    async fn what_nobody_sees_waits_for_no_reply_and_counts_for_no_day(desk: Desk) {
        let held = ObservedInteraction { provider_state: ProviderState::Held, ..comment("c1", "ann", "Why is this broken?") };
        let spam = ObservedInteraction { provider_state: ProviderState::Spam, ..comment("c2", "bob", "Is this it?") };
        let shut = ObservedInteraction { can_reply: false, ..comment("c3", "cleo", "Is this it?") };
        desk.ingest(MORNING, &[held.clone(), spam, shut]).await;
        for (id, state) in [("c1", TriageState::NoReplyNeeded), ("c2", TriageState::Spam), ("c3", TriageState::NoReplyNeeded)] {
            assert_eq!(desk.state_of(id).await, state, "{id}");
        }
        assert_eq!(day_rows(&desk).await.values().sum::<i64>(), 1);
        let released = ObservedInteraction { provider_state: ProviderState::Published, ..held };
        desk.ingest(MORNING, &[released]).await;
        assert_eq!(desk.state_of("c1").await, TriageState::NeedsReply);
        rollups_are_a_recount(&desk, "").await;
    }

    async fn a_wave_that_advertises_is_spam_from_its_first_comment_on(desk: Desk) {
        let text = "This giveaway was playing when my whole life changed, was it not?";
        desk.ingest(MORNING, &[comment("c1", "ann", text), comment("c2", "bob", text)]).await;
        assert_eq!(desk.state_of("c1").await, TriageState::NeedsReply);
        desk.ingest(MORNING, &[comment("c3", "cleo", text)]).await;
        for id in ["c1", "c2", "c3"] {
            assert_eq!(desk.state_of(id).await, TriageState::Spam, "{id}");
            assert!(desk.one_of::<Json>("intents", id).await.to_string().contains("spam"), "{id}");
        }
        desk.ingest(MORNING, &[ObservedInteraction { likes: Some(3), ..comment("c1", "ann", text) }]).await;
        assert_eq!(desk.state_of("c1").await, TriageState::Spam);
        rollups_are_a_recount(&desk, "").await;
    }

    async fn a_crowd_with_one_complaint_waits_and_weighs_more(desk: Desk) {
        let text = "My card was charged twice for one single order!";
        desk.ingest(MORNING, &[comment("c1", "ann", text), comment("c2", "bob", text)]).await;
        let alone = desk.one_of::<i64>("priority_score", "c1").await;
        desk.ingest(MORNING, &[comment("c3", "cleo", text)]).await;
        for id in ["c1", "c2", "c3"] {
            assert_eq!(desk.state_of(id).await, TriageState::NeedsReply, "{id}");
            assert_eq!(desk.one_of::<i64>("priority_score", id).await, alone + 15, "{id}");
            assert!(desk.one_of::<Json>("reasons", id).await.to_string().contains("wave"), "{id}");
        }
        desk.ingest(MORNING, &[ObservedInteraction { likes: Some(9), ..comment("c1", "ann", text) }]).await;
        assert_eq!(desk.one_of::<i64>("priority_score", "c1").await, alone + 15 + 5, "it stays one");
        rollups_are_a_recount(&desk, "").await;
    }

    async fn what_is_asked_of_another_viewer_does_not_wait_for_the_account(desk: Desk) {
        let asked = comment("c1", "ann", "Where can I buy this?");
        let said = |id, author, text: &str| ObservedInteraction { text: Some(text.into()), ..reply(id, author, &asked, 9) };
        let page = [asked.clone(), said("r1", "bob", "@ann which grinder is it?"), own_reply("own", &asked, 5)];
        desk.ingest(MORNING, &page).await;
        desk.ingest(MORNING, &[said("r2", "cleo", "@The_Lab, which grinder is it?")]).await;
        desk.ingest(MORNING, &[said("r3", "dora", "@the_lab_fan which grinder is it?")]).await;
        desk.ingest(MORNING, &[comment("c2", "dora", "@bob which grinder is it?")]).await;
        for (id, state) in [("r1", TriageState::NoReplyNeeded), ("r2", TriageState::NeedsReply), ("r3", TriageState::NoReplyNeeded), ("c2", TriageState::NoReplyNeeded)] {
            assert_eq!(desk.state_of(id).await, state, "{id}");
        }
    }

    async fn who_writes_again_counts_as_a_repeat_author(desk: Desk) {
        desk.ingest(MORNING, &[comment("c1", "ann", "What camera is that?")]).await;
        desk.ingest(MORNING, &[comment("c2", "ann", "What lens is that?")]).await;
        assert_eq!(desk.one_of::<i64>("priority_score", "c1").await, 140);
        assert_eq!(desk.one_of::<i64>("priority_score", "c2").await, 145);
        assert_eq!(desk.one_of::<PriorityBand>("priority", "c2").await, PriorityBand::High);
    }

    async fn what_two_complete_passes_do_not_see_is_gone(desk: Desk) {
        let page = [comment("c1", "ann", "What camera is that?"), comment("c2", "bob", "What lens is that?")];
        desk.ingest(MORNING, &page).await;
        for (pass, expected) in [
            (1, Missing { newly_missing: 1, removed: 0 }),
            (2, Missing { newly_missing: 0, removed: 1 }),
            (3, Missing::default()),
        ] {
            let started = MORNING + HOUR * pass;
            desk.ingest(started, &page[..1]).await;
            let missing = desk.unit(started, move |tx, source| pass_completed(tx, source, started)).await;
            assert_eq!(missing, expected, "pass {pass}");
        }
        assert_eq!((desk.state_of("c1").await, desk.state_of("c2").await), (TriageState::NeedsReply, TriageState::NoReplyNeeded));
        rollups_are_a_recount(&desk, "").await;
        desk.ingest(MORNING + HOUR * 4, &page).await;
        assert_eq!(desk.state_of("c2").await, TriageState::NeedsReply);
        rollups_are_a_recount(&desk, "").await;
    }

    async fn members_are_told_of_what_is_new_and_of_nothing_else(desk: Desk) {
        let mut signals = desk.subscribe();
        let mut hints = || {
            let signals = std::iter::from_fn(|| signals.try_recv().ok());
            signals.filter(|signal| signal.topic == events::TOPIC).map(|signal| signal.key).collect::<Vec<_>>()
        };
        let page = [comment("c1", "ann", "What camera is that?")];
        desk.ingest(MORNING, &page).await;
        kit::testing::wait_until("the hint arrives", || std::future::ready(hints() == [format!("{}:inbox.changed", desk.user)])).await;
        desk.ingest(MORNING, &page).await;
        desk.ingest(MORNING, &[comment("c2", "bob", "And this one?")]).await;
        kit::testing::wait_until("one hint arrives", || std::future::ready(hints().len() == 1)).await;
    }

    async fn synthetic_interactions_pass_through_the_same_ingest(desk: Desk) {
        let ingested = desk.unit(MORNING, |tx, source| seed(tx, source, 0..450)).await;
        assert_eq!(ingested, Ingested { new: 450, changed: 0, unchanged: 0 });
        assert_eq!(desk.unit(MORNING, |tx, source| seed(tx, source, 300..460)).await.new, 10);
        assert!(day_rows(&desk).await.len() > 60, "they are spread over the days");
        rollups_are_a_recount(&desk, "").await;
    }

    async fn two_workspaces_never_meet(desk: Desk) {
        let (workspace, connection) = desk.neighbour().await;
        desk.ingest(MORNING, &[comment("c1", "ann", "What camera is that?")]).await;
        let theirs: Vec<(i64,)> = desk
            .read(move |conn| {
                conn.all(
                    "SELECT (SELECT count(*) FROM interactions WHERE workspace_id = $1)
                        + (SELECT count(*) FROM authors WHERE connection_id = $2)
                        + (SELECT count(*) FROM interaction_quarters WHERE workspace_id = $1)",
                    args![workspace, connection],
                )
            })
            .await
            .unwrap();
        assert_eq!(theirs, [(0,)]);
    }

    async fn rollups_equal_a_recount_after_any_sequence(desk: Desk) {
        for seed in 0..4 {
            let random = Random::seeded(seed);
            for step in 0..12 {
                let now = MORNING + HOUR * (seed as u32 * 40 + step);
                let page = any_page(&random, now);
                desk.ingest(now, &page).await;
                if random.u64().is_multiple_of(4) {
                    desk.unit(now, move |tx, source| pass_completed(tx, source, now)).await;
                }
            }
            rollups_are_a_recount(&desk, &format!("seed {seed}")).await;
        }
    }
}

/// Up to a dozen observations of a few threads, each in one of many states.
fn any_page(random: &Random, now: Timestamp) -> Vec<ObservedInteraction> {
    const TEXTS: [&str; 6] = [
        "Why is the link in the description broken?",
        "Love this, thank you so much",
        "Das war leider sehr enttäuschend und viel zu laut",
        "Check out my channel www.spam.com for free followers",
        "😍",
        "This song was playing when my whole life changed completely",
    ];
    let pick = |of: u64| random.u64() % of;
    (0..pick(12))
        .map(|_| {
            let thread = comment(&format!("t{}", pick(6)), &format!("author{}", pick(5)), TEXTS[pick(6) as usize]);
            let mut observed = match pick(4) {
                0 => own_reply(&format!("own{}", pick(4)), &thread, pick(500)),
                1 => reply(&format!("r{}", pick(8)), &format!("author{}", pick(5)), &thread, pick(500)),
                2 => ObservedInteraction {
                    kind: Kind::Review,
                    external_id: format!("review{}", pick(4)),
                    rating: Some(1 + pick(5) as i64),
                    ..thread
                },
                _ => thread,
            };
            observed.created_at = observed.created_at.min(now);
            observed.likes = Some(pick(3) as i64 * 50);
            let states = [ProviderState::Published, ProviderState::Held, ProviderState::Spam, ProviderState::Removed];
            observed.provider_state = if pick(3) == 0 { states[pick(4) as usize] } else { ProviderState::Published };
            observed
        })
        .collect()
}

/// The comments of each day.
async fn day_rows(desk: &Desk) -> BTreeMap<String, i64> {
    let rows = desk.read(|conn| conn.all::<(String, i64)>("SELECT day, comments FROM interaction_days", args![]));
    rows.await.unwrap().into_iter().collect()
}

async fn rollups_are_a_recount(desk: &Desk, when: &str) {
    assert_eq!(desk.drift().await, Drift::default(), "{when}");
}
