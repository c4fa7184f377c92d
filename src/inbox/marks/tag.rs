//! A tag: a few letters that a team agrees on, one however it is written.

use std::fmt;
use std::str::FromStr;

use kit::db::{Cell, Column, Mismatch};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::visible::{self, BadName};
use crate::web::errors::{Error, FieldErrors};

/// Letters.
const LONGEST: usize = 40;

/// As it was typed, trimmed and with its spaces put in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 1, max_length = 40)]
pub struct TagName(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTag {
    #[error("Write a tag first.")]
    Empty,
    #[error("A tag has up to {LONGEST} letters.")]
    Long,
    #[error("A tag can't contain invisible characters.")]
    Hidden,
    /// Programs take such a step out of an address, and could not name it.
    #[error("A tag needs more than dots.")]
    Dots,
}

impl BadTag {
    pub const fn code(self) -> &'static str {
        match self {
            BadTag::Empty => "required",
            BadTag::Long => "too_long",
            BadTag::Hidden => "bad_characters",
            BadTag::Dots => "bad_value",
        }
    }
}

impl From<BadTag> for Error {
    fn from(bad: BadTag) -> Self {
        Error::Invalid(FieldErrors::one("tag", bad.code(), bad.to_string()))
    }
}

impl TagName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same for all ways to write it.
    pub fn key(&self) -> String {
        visible::caseless(&self.0)
    }
}

impl FromStr for TagName {
    type Err = BadTag;

    fn from_str(text: &str) -> Result<Self, BadTag> {
        let name = visible::name(text, LONGEST).map_err(|bad| match bad {
            BadName::Empty => BadTag::Empty,
            BadName::Hidden => BadTag::Hidden,
            BadName::Long => BadTag::Long,
        });
        match name? {
            dots if matches!(dots.as_str(), "." | "..") => Err(BadTag::Dots),
            name => Ok(Self(name)),
        }
    }
}

impl fmt::Display for TagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is kept was read once.
impl Column for TagName {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        String::read(cell).map(Self)
    }
}

impl<'de> Deserialize<'de> for TagName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_one_however_it_is_written() {
        let key = |text: &str| text.parse::<TagName>().unwrap().key();
        assert_eq!(key("  Price   list "), key("price LIST"));
        assert_eq!(key("Café"), key("CAFE\u{301}"));
        assert_ne!(key("price"), key("prices"));
        assert_eq!("Straße".parse::<TagName>().unwrap().as_str(), "Straße");
        assert_eq!("👩\u{200d}🍳 recipes".parse::<TagName>().unwrap().as_str(), "👩\u{200d}🍳 recipes");
    }

    #[test]
    fn what_is_no_tag_is_told_in_a_word() {
        let refused = |text: &str| text.parse::<TagName>().unwrap_err();
        assert_eq!(refused(" \t "), BadTag::Empty);
        for dots in [".", " .. "] {
            assert_eq!(refused(dots), BadTag::Dots);
        }
        assert_eq!(refused(&"é".repeat(41)), BadTag::Long);
        assert_eq!("é".repeat(40).parse::<TagName>().unwrap().as_str().chars().count(), 40);
        for hidden in ["a\nb", "a\u{202e}b", "a\u{200b}", "\u{7}", "a\tb"] {
            assert_eq!(refused(hidden), BadTag::Hidden, "{hidden:?}");
        }
    }
}
