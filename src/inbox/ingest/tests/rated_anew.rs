//! Stars that are changed after an answer.

use super::HOUR;
use crate::inbox::testing::{Desk, MORNING, comment, own_reply};
use crate::model::{Kind, ObservedInteraction, ProviderState};

/// Edited so many hours after the morning; none: never.
fn review(stars: i64, edited: Option<u32>) -> ObservedInteraction {
    let text = format!("{stars} stars, edited {edited:?}.");
    let edited_at = edited.map(|hours| MORNING + HOUR * hours);
    ObservedInteraction { kind: Kind::Review, rating: Some(stars), edited_at, ..comment("r", "bob", &text) }
}

fn answer(hours: u64) -> ObservedInteraction {
    own_reply("r/reply", &review(1, None), hours * 60)
}

async fn at_reply(desk: &Desk) -> Option<i64> {
    desk.one_of("rating_at_reply", "r").await
}

kit::both_databases! {
    async fn the_stars_that_were_answered_stay_known_however_often_they_are_changed(desk: Desk) {
        desk.ingest(MORNING, &[review(2, None), answer(1)]).await;
        assert_eq!(at_reply(&desk).await, None);
        for stars in [4, 5, 2, 1] {
            desk.ingest(MORNING + HOUR * 9, &[review(stars, Some(2))]).await;
            assert_eq!(at_reply(&desk).await, Some(2), "now {stars}");
        }
    }

    async fn stars_that_were_changed_before_the_answer_were_not_changed_for_it(desk: Desk) {
        desk.ingest(MORNING, &[review(2, None)]).await;
        desk.ingest(MORNING + HOUR * 9, &[review(4, Some(2)), answer(3)]).await;
        assert_eq!(at_reply(&desk).await, None);
    }

    async fn an_answer_that_nobody_sees_changes_no_stars(desk: Desk) {
        let held = ObservedInteraction { provider_state: ProviderState::Held, ..answer(1) };
        desk.ingest(MORNING, &[review(2, None), held]).await;
        desk.ingest(MORNING + HOUR * 9, &[review(4, Some(2))]).await;
        assert_eq!(at_reply(&desk).await, None);
    }
}
