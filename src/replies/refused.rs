//! Why a reply is not taken over, moved or kept; and what a person is told.

use std::borrow::Cow;

use kit::db;

use super::State;
use crate::idempotency;
use crate::model::UserId;
use crate::platforms::TextUnit;
use crate::web::errors::{Error, FieldErrors};
use crate::web::ui::numbers::counted;

#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such item, or reply")]
    NotFound,
    #[error("the platform takes no answer to this item")]
    NotAnswerable,
    #[error("the account is not connected")]
    NotConnected,
    #[error("an empty text")]
    Empty,
    #[error("a text with what nobody sees")]
    Hidden,
    #[error("no word to whoever wrote it")]
    NoNote,
    #[error("a text with NUL")]
    Nul,
    /// `letters` is what people would count.
    #[error("{length} of {longest} {}", unit.word())]
    TooLong { length: usize, longest: usize, unit: TextUnit, letters: usize },
    #[error("the key belongs to another reply")]
    KeyReused,
    /// Another answer to the item is under way: whose it is.
    #[error("an answer is on its way")]
    OnItsWay { by: UserId, name: Option<String>, is_own: bool, state: State },
    #[error("not allowed: {0}")]
    NotAllowed(&'static str),
    #[error("the owners want to see an editor's words first")]
    NeedsOwner,
    #[error("a reply that is {state} cannot be {wanted}")]
    NotNow { state: State, wanted: &'static str },
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refused {
    /// A code for programs, and what a person is told.
    pub fn told(&self) -> (&'static str, Cow<'static, str>) {
        match self {
            Self::NotFound | Self::Db(_) => ("not_found", "Not found.".into()),
            Self::NotAnswerable => ("not_answerable", "This can't be replied to.".into()),
            Self::NotConnected => ("not_connected", "Reconnect this account to reply.".into()),
            Self::Empty => ("empty", "Write a reply first.".into()),
            Self::Hidden => ("bad_characters", "A reply can't contain invisible characters.".into()),
            Self::NoNote => ("note_missing", "Say in a sentence what should change (2,000 characters at most).".into()),
            Self::Nul => ("bad_character", "The text contains a character that can't be sent (NUL).".into()),
            // Nobody counts bytes.
            Self::TooLong { length, longest, unit: TextUnit::Bytes, letters } => {
                let over = ((length - longest) * letters).div_ceil(*length);
                (
                    "too_long",
                    format!("That's about {} too long.", counted(over as i64, "character", "characters")).into(),
                )
            }
            Self::TooLong { length, longest, unit, .. } => {
                let over = length - longest;
                let word = if over == 1 { unit.word().trim_end_matches('s') } else { unit.word() };
                let text = format!("That's {over} {word} too long: {longest} at most.");
                ("too_long", text.into())
            }
            Self::KeyReused => (
                "idempotency_key_reused",
                "You've already sent another reply from this page. Send this one too if you mean it.".into(),
            ),
            Self::OnItsWay { is_own: true, state, .. } => {
                ("reply_on_its_way", format!("Your reply {}.", state.waits()).into())
            }
            Self::OnItsWay { name, state, .. } => {
                let whose = name.as_ref().map_or_else(|| "Somebody's".to_owned(), |name| format!("{name}'s"));
                ("reply_on_its_way", format!("{whose} reply {}.", state.waits()).into())
            }
            Self::NotAllowed(why) => ("role_missing", (*why).into()),
            Self::NeedsOwner => {
                ("needs_owner", "Replies wait for an owner's approval here, so only owners can send this one.".into())
            }
            Self::NotNow { state, wanted } => {
                let state = state.as_str().replace('_', " ");
                ("not_now", format!("This reply is {state}: it can't be {wanted}.").into())
            }
        }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        let (code, text) = refused.told();
        match refused {
            Refused::NotFound => Self::NotFound,
            Refused::Db(error) => error.into(),
            Refused::Empty | Refused::Nul | Refused::Hidden | Refused::TooLong { .. } => {
                FieldErrors::one("text", code, text.into_owned()).into()
            }
            Refused::NoNote => FieldErrors::one("note", code, text.into_owned()).into(),
            Refused::NotAllowed(why) => Self::forbidden(code, why),
            Refused::KeyReused => idempotency::key_reused(),
            _ => Self::conflict(code, text),
        }
    }
}
