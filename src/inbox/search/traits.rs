//! What an interaction is, as words of the index that nobody can type: a list of what few are is found, and not looked through.

use std::fmt::Display;

use crate::inbox::derive::{Intent, Language, Sentiment};
use crate::model::{ConnectionId, Kind, Platform};

/// None of them changes with the hour, or with what people decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    pub connection: Option<ConnectionId>,
    pub platform: Option<Platform>,
    pub kind: Option<Kind>,
    pub language: Option<Language>,
    pub sentiment: Option<Sentiment>,
    pub intents: Vec<Intent>,
}

impl Traits {
    /// Each of letters and digits alone.
    pub fn words(&self) -> Vec<String> {
        let one = [
            word('c', self.connection.map(|id| id.uuid().simple().to_string())),
            word('p', self.platform),
            word('k', self.kind),
            word('l', self.language),
            word('s', self.sentiment),
        ];
        one.into_iter().flatten().chain(self.intents.iter().filter_map(|intent| word('i', Some(intent)))).collect()
    }

    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

fn word(letter: char, value: Option<impl Display>) -> Option<String> {
    let value = value?.to_string();
    Some(format!("{letter}{}", value.replace(|sign: char| !sign.is_ascii_alphanumeric(), "")))
}
