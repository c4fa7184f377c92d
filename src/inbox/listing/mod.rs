//! The inbox as a list: the URL is the filter, pages go by cursor, a row knows all that is shown of it.

mod choices;
mod filter;
mod found;
mod marked;
mod matching;
mod opened;
mod replies;
mod store;
#[cfg(test)]
pub(super) mod tests;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::clock::Timestamp;
use kit::db::{Conn, Result};

use super::search;
use super::triage::TriageState;
use crate::model::{AuthorId, InteractionId};
use crate::workspaces::{UserId, WorkspaceId};

pub use choices::{ChoiceCounts, Counted, count, counts as choice_counts};
pub use filter::{BadFilter, Days, Filter, Order, RatedAnew, ReplyStands, Starred, Stars, Visibility, escaped};
#[cfg(test)]
pub use found::plans;
pub use matching::{Matching, PORTION, Reached, WITHIN, policy};
pub use opened::{ContentItem, Opened, Version, content_title, has_content, open};
pub use replies::{Reply, replies};
pub use store::{Connection, Interaction};

pub const DEFAULT_LIMIT: usize = 50;
pub const MAX_LIMIT: usize = 100;

/// Some interactions, and where the rest begins.
#[derive(Clone, Debug)]
pub struct Listed {
    pub items: Vec<Interaction>,
    pub next: Option<Cursor>,
}

/// Who looks, and when: whose rows, whose stars and whose days a filter means.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub zone: &'a TimeZone,
    pub now: Timestamp,
}

impl Reader<'_> {
    pub fn today(&self) -> Date {
        self.zone.to_datetime(self.now.to_jiff()).date()
    }
}

pub fn list(
    conn: &mut Conn,
    reader: Reader<'_>,
    filter: &Filter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Listed> {
    let limit = limit.clamp(1, MAX_LIMIT);
    let mut items = store::list::<Interaction>(conn, reader, filter, after, limit + 1)?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(Cursor::after);
    Ok(Listed { items, next })
}

/// The places of what matches, newest first, for whoever goes through all of it.
pub fn walk(
    conn: &mut Conn,
    reader: Reader<'_>,
    filter: &Filter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Cursor>> {
    store::list(conn, reader, filter, after, limit)
}

/// How many comments a filter lists, all of them counted: a job has the time that a page has not.
pub fn count_all(conn: &mut Conn, reader: Reader<'_>, filter: &Filter) -> Result<usize> {
    store::count_all(conn, reader, filter)
}

/// Of how many comments the newest reply did not get there; as many as are put in order are told apart.
pub fn to_check(conn: &mut Conn, workspace: WorkspaceId) -> Result<i64> {
    marked::up_to(conn, workspace, &marked::Marked::Reply(ReplyStands::ToCheck), marked::FEW)
}

/// How much a search has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matches {
    /// One more than are told, where there are more.
    pub count: usize,
    /// Everything can be found; else the index is being made.
    pub is_complete: bool,
}

impl Matches {
    /// Each hit is looked at, on every first page: more would cost more than they tell.
    pub const TOLD: usize = 100;
}

/// None where nothing is searched for. Counted where the first page is listed.
pub fn matches(
    conn: &mut Conn,
    reader: Reader<'_>,
    filter: &Filter,
    listed: &Listed,
    after: Option<Cursor>,
) -> Result<Option<Matches>> {
    if filter.q.is_none() {
        return Ok(None);
    }
    let listed_here = listed.items.len();
    let count = match listed.next {
        Some(next) if after.is_none() => {
            let rest = (Matches::TOLD + 1).saturating_sub(listed_here);
            listed_here + found::count(conn, reader, filter, Some(next), rest)?
        }
        _ => listed_here,
    };
    Ok(Some(Matches { count, is_complete: search::jobs::is_complete(conn)? }))
}

/// How many interactions are in each state, from the rollups.
pub fn counts(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<(TriageState, i64)>> {
    store::counts(conn, workspace)
}

/// The workspace's connections, by name: what a filter can choose from.
pub fn connections(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Connection>> {
    store::connections(conn, workspace)
}

/// The author's name, for a filter that shows one person.
pub fn author_name(conn: &mut Conn, workspace: WorkspaceId, author: AuthorId) -> Result<Option<String>> {
    store::author_name(conn, workspace, author)
}

/// After which row a page begins: its place in the order, and its id. Text in URLs, opaque to whoever holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub score: i64,
    pub created_at: Timestamp,
    pub id: InteractionId,
}

impl Cursor {
    pub fn after(item: &Interaction) -> Self {
        Self { score: item.priority_score, created_at: item.created_at, id: item.id }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.score, self.created_at.micros(), self.id.uuid().simple())
    }
}

impl std::str::FromStr for Cursor {
    type Err = BadFilter;

    fn from_str(text: &str) -> std::result::Result<Self, BadFilter> {
        let read = || {
            let mut parts = text.split('.');
            let score = parts.next()?.parse().ok()?;
            // Years that no database holds are nobody's page.
            let micros = parts.next()?.parse().ok().filter(|micros| (0..10_000_000_000_000_000).contains(micros))?;
            let created_at = Timestamp::from_micros(micros);
            let id = parts.next()?.parse().ok()?;
            parts.next().is_none().then_some(Cursor { score, created_at, id })
        };
        read().ok_or_else(|| BadFilter::value("cursor", "a cursor from an earlier page"))
    }
}
