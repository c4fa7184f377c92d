//! Where a platform has room for one answer, another takes its place; and what a machine makes of a text.

use super::HOUR;
use crate::inbox::testing::{Desk, MORNING, comment, own_reply};
use crate::inbox::triage::TriageState;
use crate::model::{Kind, ObservedInteraction, ProviderState};

fn review(stars: i64, text: &str) -> ObservedInteraction {
    ObservedInteraction { kind: Kind::Review, rating: Some(stars), ..comment("r", "bob", text) }
}

/// The one answer, so many minutes after its review.
fn answer(text: &str, minutes: u64) -> ObservedInteraction {
    ObservedInteraction { text: Some(text.into()), ..own_reply("r/reply", &review(1, ""), minutes) }
}

kit::both_databases! {
    async fn the_same_words_answer_a_second_time(desk: Desk) {
        desk.ingest(MORNING, &[review(1, "Cold soup."), answer("We are sorry.", 5)]).await;
        assert_eq!(desk.state_of("r").await, TriageState::Answered);
        desk.ingest(MORNING + HOUR, &[review(1, "Cold soup, and no word since.")]).await;
        assert_eq!(desk.state_of("r").await, TriageState::NeedsReply);
        desk.ingest(MORNING + HOUR * 2, &[answer("We are sorry.", 1_000)]).await;
        assert_eq!(desk.state_of("r").await, TriageState::Answered);
    }

    async fn an_older_reading_says_nothing_of_a_newer_answer(desk: Desk) {
        desk.ingest(MORNING, &[review(1, "Cold soup."), answer("We are sorry.", 5)]).await;
        let newer = ObservedInteraction { provider_state: ProviderState::Held, ..answer("We have talked to the kitchen.", 60) };
        desk.ingest(MORNING + HOUR, &[newer]).await;
        desk.ingest(MORNING + HOUR, &[review(1, "Cold soup."), answer("We are sorry.", 5)]).await;
        assert_eq!(desk.one_of::<String>("text", "r/reply").await, "We have talked to the kitchen.");
        assert_eq!(desk.one_of::<ProviderState>("provider_state", "r/reply").await, ProviderState::Held);
    }

    async fn a_translation_changes_without_an_edit(desk: Desk) {
        let said = |translation: Option<&str>| ObservedInteraction {
            translation: translation.map(str::to_owned),
            ..review(1, "Die Suppe war kalt.")
        };
        desk.ingest(MORNING, &[said(None), answer("Das tut uns leid.", 5)]).await;
        for translation in ["The soup was cold.", "Cold soup."] {
            desk.ingest(MORNING + HOUR, &[said(Some(translation))]).await;
            assert_eq!(desk.one_of::<String>("translation", "r").await, translation);
        }
        assert_eq!(desk.one_of::<Option<String>>("CAST(edited_at AS TEXT)", "r").await, None);
        assert_eq!(desk.state_of("r").await, TriageState::Answered);
    }
}
