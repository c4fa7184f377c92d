//! What a platform takes for an answer.

use unicode_segmentation::UnicodeSegmentation as _;

/// What a platform takes for an answer, and whether it shows what it has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerRules {
    pub longest: usize,
    pub unit: TextUnit,
    /// What it may be at most besides, in bytes.
    pub longest_in_bytes: Option<usize>,
    /// Whether [`Adapter::fetch`] shows our own answers, so that one of which we do not know is looked for.
    pub are_read_back: bool,
    /// Whether there is room for one: another takes its place.
    pub are_replaced: bool,
}

/// What a platform counts a text in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextUnit {
    Characters,
    Bytes,
    /// What a reader takes for one character, of however many it is made.
    Graphemes,
}

impl TextUnit {
    pub fn length_of(self, text: &str) -> usize {
        match self {
            Self::Characters => text.chars().count(),
            Self::Bytes => text.len(),
            Self::Graphemes => text.graphemes(true).count(),
        }
    }

    /// What the page's script counts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Bytes => "bytes",
            Self::Graphemes => "graphemes",
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            Self::Characters | Self::Graphemes => "characters",
            Self::Bytes => "bytes",
        }
    }
}
