//! What is done at the platform from here, beside the platform's own list of it.

use kit::args;
use kit::db::Tx;

use super::HOUR;
use crate::inbox::corrections::{Correction, correct};
use crate::inbox::counts::Drift;
use crate::inbox::derive::Sentiment;
use crate::inbox::ingest::{self, IngestContext};
use crate::inbox::testing::{Desk, MORNING, comment};
use crate::inbox::triage::TriageState;
use crate::model::{InteractionId, ObservedInteraction, ProviderState};
use crate::secrets::Vault;
use crate::work::{Tools, Who};

const STATES: [ProviderState; 4] =
    [ProviderState::Published, ProviderState::Held, ProviderState::Spam, ProviderState::Rejected];

/// All that is derived of a comment.
type Derived = (String, String, Option<String>, Option<String>, Option<String>, String, String, i64);

impl Desk {
    async fn derived_of(&self, external_id: &str) -> Derived {
        let sql = "SELECT state, sentiment, CAST(sentiment_score AS TEXT), language, CAST(intents AS TEXT),
                   CAST(reasons AS TEXT), priority, priority_score FROM interactions WHERE external_id = $1";
        let id = external_id.to_owned();
        self.read(move |conn| conn.one(sql, args![id])).await.expect("it is there")
    }

    /// Ingested before it was known what language the account's people mostly write.
    async fn read_early(&self, page: &[ObservedInteraction]) {
        let page = page.to_vec();
        let unit = move |tx: &mut Tx, context: &IngestContext<'_>| {
            ingest::interactions(tx, &IngestContext { language: None, ..*context }, &page)
        };
        self.unit(MORNING, unit).await;
    }

    async fn done_here(&self, external_id: &str, state: ProviderState) {
        let id = self.one_of::<InteractionId>("id", external_id).await;
        self.unit(MORNING + HOUR, move |tx, context| ingest::moderated(tx, context, &[id], state)).await;
    }

    async fn ageing_jobs(&self) -> i64 {
        let sql = "SELECT count(*) FROM background_jobs WHERE job_type = 'age_priorities' AND status = 'pending'";
        self.read(move |conn| conn.one::<(i64,)>(sql, args![])).await.expect("jobs can be counted").0
    }
}

kit::both_databases! {
    async fn what_is_done_from_here_leaves_what_the_platforms_own_list_would(desk: Desk) {
        let texts = ["What a lovely video, thank you so much", "This is broken, terrible, I want my money back", "ok"];
        for (n, text) in texts.into_iter().enumerate() {
            for before in STATES {
                for after in STATES {
                    let said = |way: &str| {
                        let id = format!("{way}-{n}-{before}-{after}");
                        ObservedInteraction { provider_state: before, ..comment(&id, &id, text) }
                    };
                    let (here, there) = (said("here"), said("there"));
                    desk.read_early(&[here.clone(), there.clone()]).await;
                    desk.done_here(&here.external_id, after).await;
                    let there = ObservedInteraction { provider_state: after, ..there };
                    desk.ingest(MORNING + HOUR, std::slice::from_ref(&there)).await;
                    let (here, there) = (here.external_id, there.external_id);
                    assert_eq!(desk.derived_of(&here).await, desk.derived_of(&there).await, "{here}");
                }
            }
        }
        assert_eq!(desk.drift().await, Drift::default());
    }

    async fn what_was_spam_at_the_platform_and_is_gone_is_no_spam_any_more(desk: Desk) {
        let spam = |id: &str| ObservedInteraction { provider_state: ProviderState::Spam, ..comment(id, id, "How much is it?") };
        desk.ingest(MORNING, &[spam("silent"), spam("told")]).await;
        let told = ObservedInteraction { provider_state: ProviderState::Removed, can_reply: false, ..spam("told") };
        desk.ingest(MORNING + HOUR, &[told]).await;
        for hours in [1, 2] {
            desk.unit(MORNING + HOUR * hours, |tx, context| ingest::pass_completed(tx, context, context.now)).await;
        }
        assert_eq!(desk.derived_of("silent").await, desk.derived_of("told").await);
        assert_eq!((desk.state_of("silent").await, desk.drift().await), (TriageState::NoReplyNeeded, Drift::default()));
    }

    async fn whoever_comes_to_wait_by_a_word_from_here_is_more_urgent_by_the_hour(desk: Desk) {
        let held = ObservedInteraction { provider_state: ProviderState::Held, ..comment("c1", "ann", "Where is it sold?") };
        desk.ingest(MORNING, &[held, comment("c2", "bob", "I watched it on the train")]).await;
        assert_eq!(desk.ageing_jobs().await, 0, "nobody waits");
        desk.done_here("c1", ProviderState::Published).await;
        assert_eq!((desk.state_of("c1").await, desk.ageing_jobs().await), (TriageState::NeedsReply, 1));

        desk.write(|tx| tx.exec("DELETE FROM background_jobs", args![]).map(drop)).await.expect("nothing runs");
        let (workspace, id) = (desk.workspace, desk.one_of::<InteractionId>("id", "c2").await);
        let (now, random, secrets, who) =
            (MORNING + HOUR, desk.random.clone(), Vault::with_key([7; 32]), Who::user(desk.user, ""));
        let tools = Tools { now, random, secrets, who };
        let unhappy = Correction::Sentiment(Sentiment::Negative);
        desk.write(move |tx| correct(&mut tools.work(tx), workspace, id, unhappy)).await.expect("it is there");
        assert_eq!((desk.state_of("c2").await, desk.ageing_jobs().await), (TriageState::NeedsReply, 1));
    }
}
