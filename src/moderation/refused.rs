//! Why the platform is not asked for something, and why somebody may not ask.

use kit::db;

use super::Words;
use super::moves::MOST;
use crate::platforms::Verb;
use crate::replies;
use crate::web::errors::Error;
use crate::web::ui::numbers::grouped;

kit::text_enum! {
    /// Why the platform is not asked for a comment.
    pub enum Skipped {
        /// It is so there.
        Already = "already",
        /// The platform itself keeps it from viewers.
        Held = "held",
        /// Something else is under way for it.
        UnderWay = "under_way",
        /// The platform does not have it any more.
        Gone = "gone",
        /// What was rejected there stays rejected.
        Rejected = "rejected",
        /// The platform, or its adapter, cannot do this.
        NotOffered = "not_offered",
        /// An own comment, with which this is not done.
        Own = "own",
        /// Somebody else's, with which this is not done.
        NotOwn = "not_own",
        NotConnected = "not_connected",
        /// Somebody else did something with it since it was asked for.
        Changed = "changed",
    }
}

kit::text_enum! {
    /// Why something comes too late, or too early.
    pub enum NotNow {
        TooLate = "too_late",
        NothingFailed = "nothing_failed",
        BeingCancelled = "being_cancelled",
    }
}

impl NotNow {
    pub const fn says(self) -> &'static str {
        match self {
            NotNow::TooLate => "It was too late to cancel: nothing here is still waiting to be done.",
            NotNow::NothingFailed => "There's nothing to try again here any more. This is how it stands now.",
            NotNow::BeingCancelled => "This is just being cancelled. Try again in a moment.",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such comment, or order")]
    NotFound,
    #[error("nothing is asked of the platform: {0}")]
    Skipped(Skipped, Verb, Words),
    #[error(transparent)]
    Text(#[from] replies::Refused),
    /// Somebody has changed it meanwhile: what it says now.
    #[error("it says something else by now")]
    Changed(String),
    #[error("it was ordered already, with other words")]
    SavedAlready,
    #[error("more than an order takes")]
    TooMany,
    #[error("not allowed: {0}")]
    NotAllowed(&'static str),
    #[error("the owners want to see an editor's words first")]
    NeedsOwner,
    #[error("not now: {0}")]
    NotNow(NotNow),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refused {
    /// A code for programs, and what a person is told.
    pub fn told(&self) -> (&'static str, String) {
        match self {
            Self::NotFound | Self::Db(_) => ("not_found", "Not found.".to_owned()),
            Self::Skipped(why, verb, words) => (why.as_str(), words.skipped_one(*why, *verb)),
            Self::Text(refused) => {
                let (code, text) = refused.told();
                (code, text.into_owned())
            }
            Self::Changed(says) => {
                ("changed", format!("Somebody changed this reply while you were writing. It now says: “{says}”"))
            }
            Self::SavedAlready => (
                "saved_already",
                "This was already saved with other words. Open the comment again to change it once more.".to_owned(),
            ),
            Self::TooMany => (
                "too_many",
                format!("More than {} comments match. Narrow the filter and try again.", grouped(MOST as i64)),
            ),
            Self::NotAllowed(why) => ("role_missing", (*why).to_owned()),
            Self::NeedsOwner => {
                ("needs_owner", "Replies wait for an owner's approval here, so only owners can edit them.".to_owned())
            }
            Self::NotNow(why) => ("not_now", why.says().to_owned()),
        }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        let (code, text) = refused.told();
        match refused {
            Refused::NotFound => Self::NotFound,
            Refused::Db(error) => error.into(),
            Refused::Text(refused) => refused.into(),
            Refused::TooMany => Self::bad_request(code, text),
            Refused::NotAllowed(why) => Self::forbidden(code, why),
            Refused::Skipped(..)
            | Refused::Changed(_)
            | Refused::SavedAlready
            | Refused::NeedsOwner
            | Refused::NotNow(_) => Self::conflict(code, text),
        }
    }
}
