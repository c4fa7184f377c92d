//! Where a pass over a channel is.

use serde::{Deserialize, Serialize};

use crate::model::{ProviderState, SetAside, UnreadKind};
use crate::platforms::pages::Pages;

/// What a pass reads, in this order: comments name the videos that they are about.
pub const LISTS: [List; 4] = [
    List::Uploads,
    List::Threads(Moderation::Published),
    List::Threads(Moderation::Held),
    List::Threads(Moderation::Spam),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Uploads,
    Threads(Moderation),
}

/// Which threads a listing shows: the platform never mixes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moderation {
    Published,
    Held,
    Spam,
}

impl Moderation {
    pub const ALL: [Moderation; 3] = [Moderation::Published, Moderation::Held, Moderation::Spam];

    pub const fn parameter(self) -> &'static str {
        match self {
            Moderation::Published => "published",
            Moderation::Held => "heldForReview",
            Moderation::Spam => "likelySpam",
        }
    }

    pub const fn state(self) -> ProviderState {
        match self {
            Moderation::Published => ProviderState::Published,
            Moderation::Held => ProviderState::Held,
            Moderation::Spam => ProviderState::Spam,
        }
    }
}

impl List {
    /// The list as a whole, set aside.
    pub fn set_aside(self, reason: impl std::fmt::Display) -> SetAside {
        let (kind, external_id) = match self {
            List::Uploads => (UnreadKind::ContentList, "uploads"),
            List::Threads(moderation) => (UnreadKind::InteractionList, moderation.state().as_str()),
        };
        SetAside { kind, external_id: external_id.to_owned(), reason: reason.to_string(), raw: None }
    }
}

/// The next page of a pass.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Place {
    pub list: usize,
    pub page: Pages,
}
