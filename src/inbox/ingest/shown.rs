//! Whether an observation says anything that is not known yet.

use std::time::Duration;

use super::page::TextHash;
use super::store::Stored;
use crate::model::{ContentId, ObservedInteraction};

/// A platform's answers and its lists may tell an instant more or less exactly.
const ROUNDED: Duration = Duration::from_secs(2);

impl Stored {
    pub fn shows(&self, observed: &ObservedInteraction, hash: &TextHash, content: Option<ContentId>) -> bool {
        self.missing_since.is_none()
            && self.text_hash == hash
            && self.rating == observed.rating
            && self.likes == observed.likes
            && self.reply_count == observed.reply_count
            && self.provider_state == observed.provider_state
            && self.can_reply == observed.can_reply
            && self.is_own == observed.author.is_self
            && self.content_id == content
            && self.translation == observed.translation
            && self.state_reason == observed.state_reason
            && (!self.is_own || self.created_at >= observed.created_at)
    }

    /// It shows an answer that another has taken the place of since: a reading that is older than what was done from here, or
    /// a platform that lies behind.
    pub fn is_newer_than(&self, observed: &ObservedInteraction) -> bool {
        self.is_own && observed.author.is_self && observed.created_at + ROUNDED < self.created_at
    }
}
