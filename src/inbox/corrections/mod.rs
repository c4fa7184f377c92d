//! What people set right of what rules derived from a text. It holds for the item, whatever is read or derived later; it
//! changes nothing else, and no rule learns from it.

pub mod api;
pub mod pages;
mod store;
#[cfg(test)]
mod tests;
mod views;

use std::collections::HashMap;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};

use super::definitions;
use super::derive::{Facts, Intent, Language, Said, Sentiment};
use super::ingest;
use crate::model::InteractionId;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::work::Work;
use crate::workspaces::{self, WorkspaceId};

pub use store::{Corrected, Listed};

kit::text_enum! {
    pub enum Correctable {
        Sentiment = "sentiment",
        Language = "language",
        Spam = "spam",
        /// Whether it needs one.
        Reply = "reply",
    }
}

/// In place of a code: a language that none of ours is.
const OTHER: &str = "other";

/// What somebody says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    Sentiment(Sentiment),
    /// None: another than those we know.
    Language(Option<Language>),
    Spam(bool),
    Reply(bool),
}

impl Correction {
    pub fn parse(of: Correctable, value: &str) -> Result<Self> {
        let said = match of {
            Correctable::Sentiment => {
                value.parse().ok().filter(|said| *said != Sentiment::Unknown).map(Self::Sentiment)
            }
            Correctable::Language if value == OTHER => Some(Self::Language(None)),
            Correctable::Language => value.parse().ok().map(|said| Self::Language(Some(said))),
            Correctable::Spam => said_of_either(value).map(Self::Spam),
            Correctable::Reply => said_of_either(value).map(Self::Reply),
        };
        said.ok_or_else(|| Error::Invalid(FieldErrors::one("value", "bad_value", "Choose one of the list.")))
    }

    const fn of(self) -> Correctable {
        match self {
            Self::Sentiment(_) => Correctable::Sentiment,
            Self::Language(_) => Correctable::Language,
            Self::Spam(_) => Correctable::Spam,
            Self::Reply(_) => Correctable::Reply,
        }
    }

    const fn value(self) -> &'static str {
        match self {
            Self::Sentiment(said) => said.as_str(),
            Self::Language(Some(said)) => said.as_str(),
            Self::Language(None) => OTHER,
            Self::Spam(is_so) | Self::Reply(is_so) => either(is_so),
        }
    }
}

const fn either(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

fn said_of_either(value: &str) -> Option<bool> {
    [true, false].into_iter().find(|is_so| either(*is_so) == value)
}

/// What can be chosen, by value and word, in the order in which it is offered.
pub fn choices(of: Correctable) -> Vec<(&'static str, &'static str)> {
    match of {
        Correctable::Sentiment => {
            let all = Sentiment::ALL.iter().filter(|one| **one != Sentiment::Unknown);
            all.map(|one| (one.as_str(), definitions::sentiment(*one))).collect()
        }
        Correctable::Language => {
            let all = Language::ALL.iter().map(|one| (one.as_str(), one.name()));
            all.chain([(OTHER, "another language")]).collect()
        }
        Correctable::Spam => vec![("yes", "spam"), ("no", "not spam")],
        Correctable::Reply => vec![("yes", "needs a reply"), ("no", "needs no reply")],
    }
}

/// How a stored value is told.
pub fn word(of: Correctable, value: &str) -> &str {
    choices(of).into_iter().find(|(known, _)| *known == value).map_or(value, |(_, word)| word)
}

/// Keeps what a person says of an item, and derives what follows. Whether it was not so already. Who says what the rules say
/// takes back what was said otherwise.
pub fn correct(work: &mut Work<'_>, workspace: WorkspaceId, id: InteractionId, said: Correction) -> Result<bool> {
    say(work, workspace, id, (said.of(), Some(said)))
}

/// Lets the rules say it again. Whether somebody had said otherwise.
pub fn take_back(work: &mut Work<'_>, workspace: WorkspaceId, id: InteractionId, of: Correctable) -> Result<bool> {
    say(work, workspace, id, (of, None))
}

fn say(
    work: &mut Work<'_>,
    workspace: WorkspaceId,
    id: InteractionId,
    (of, said): (Correctable, Option<Correction>),
) -> Result<bool> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    let zone = workspaces::lock(work.tx, workspace)?;
    let (by_rules, rating) = ingest::by_rules(work.tx, workspace, id)?.ok_or(Error::NotFound)?;
    let derived = derived(of, &by_rules, rating);
    let said = said.map(Correction::value).filter(|said| *said != derived);
    let known = store::of_item(work.tx, workspace, id)?;
    let before = known.iter().find(|known| known.fact == of).map(|known| known.value.as_str());
    if before == said {
        return Ok(false);
    }
    match said {
        Some(said) => store::put(work.tx, workspace, id, (of, said, derived), (by, work.now))?,
        None => store::remove(work.tx, workspace, id, of)?,
    }
    let others = known.iter().filter(|known| known.fact != of).map(|known| (known.fact, known.value.as_str()));
    let together = said_together(others.chain(said.map(|said| (of, said))));
    ingest::corrected(work.tx, (workspace, &zone), (work.now, work.random), id, together)?;
    Ok(true)
}

fn said_together<'a>(corrections: impl Iterator<Item = (Correctable, &'a str)>) -> Said {
    let mut said = Said::default();
    for (of, value) in corrections {
        match Correction::parse(of, value) {
            Ok(Correction::Sentiment(sentiment)) => said.sentiment = Some(sentiment),
            Ok(Correction::Language(language)) => said.language = Some(language),
            Ok(Correction::Spam(is_so)) => said.spam = Some(is_so),
            Ok(Correction::Reply(is_so)) => said.reply = Some(is_so),
            Err(_) => {}
        }
    }
    said
}

fn derived(of: Correctable, facts: &Facts, rating: Option<i64>) -> &'static str {
    match of {
        Correctable::Sentiment => facts.sentiment.as_str(),
        Correctable::Language => facts.language.map_or("unknown", Language::as_str),
        Correctable::Spam => either(facts.intents.contains(&Intent::Spam)),
        Correctable::Reply => either(facts.want_reply(rating)),
    }
}

/// What people said of each of the items of which they said something.
pub(super) fn said_of(tx: &mut Tx, items: &[InteractionId]) -> db::Result<HashMap<InteractionId, Said>> {
    let mut all: HashMap<InteractionId, Vec<(Correctable, String)>> = HashMap::new();
    for (id, fact, value) in store::of_items(tx, items)? {
        all.entry(id).or_default().push((fact, value));
    }
    let together =
        |said: Vec<(Correctable, String)>| said_together(said.iter().map(|(of, value)| (*of, value.as_str())));
    Ok(all.into_iter().map(|(id, said)| (id, together(said))).collect())
}

/// A corrected item's text is another now, and the rules alone say this of it.
pub(super) fn derived_anew(tx: &mut Tx, id: InteractionId, by_rules: &Facts, rating: Option<i64>) -> db::Result<()> {
    for of in Correctable::ALL {
        store::put_derived(tx, id, *of, derived(*of, by_rules, rating))?;
    }
    Ok(())
}

pub fn of_item(conn: &mut Conn, workspace: WorkspaceId, id: InteractionId) -> db::Result<Vec<Corrected>> {
    store::of_item(conn, workspace, id)
}

/// How many items were corrected, and of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub corrected: i64,
    pub of: i64,
}

pub fn count(conn: &mut Conn, workspace: WorkspaceId) -> db::Result<Counted> {
    Ok(Counted { corrected: store::count(conn, workspace)?, of: store::count_items(conn, workspace)? })
}

/// After which correction a page begins.
pub type Cursor = (Timestamp, InteractionId, Correctable);

/// The newest first, and where the rest begins.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: Option<Cursor>,
    limit: usize,
) -> db::Result<(Vec<Listed>, Option<Cursor>)> {
    let mut rows = store::list(conn, workspace, after, limit + 1)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| (last.corrected_at, last.id, last.fact));
    Ok((rows, next))
}

/// Text in addresses, opaque to whoever holds it.
fn cursor_text((at, id, of): Cursor) -> String {
    format!("{}.{}.{of}", at.micros(), id.uuid().simple())
}

fn read_cursor(text: &str) -> Result<Cursor> {
    let read = || {
        let mut parts = text.split('.');
        let micros = parts.next()?.parse().ok().filter(|micros| (0..10_000_000_000_000_000).contains(micros))?;
        let cursor = (Timestamp::from_micros(micros), parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        parts.next().is_none().then_some(cursor)
    };
    read().ok_or_else(|| Error::bad_request("bad_cursor", "That is no cursor from an earlier page."))
}
