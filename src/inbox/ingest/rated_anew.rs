//! Whether the stars of a review were changed after we had answered it.

use kit::clock::Timestamp;

use super::store::Stored;
use crate::model::ObservedInteraction;

impl Stored {
    /// The stars that it had when it was answered; once they were changed after that, that stays known.
    pub fn rating_at_reply(
        &self,
        observed: &ObservedInteraction,
        edited_at: Option<Timestamp>,
        answered_at: Option<Timestamp>,
    ) -> Option<i64> {
        let is_changed = self.rating.is_some() && observed.rating.is_some() && self.rating != observed.rating;
        let is_after = answered_at.zip(edited_at).is_some_and(|(answered, edited)| answered < edited);
        self.rating_at_reply.or_else(|| self.rating.filter(|_| is_changed && is_after))
    }
}
