//! All comments that match a filter, as somebody asked for them: gone through by a job, portion by portion.

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{Conn, Result};
use kit::jobs::Policy;
use serde::{Deserialize, Serialize};

use super::{Cursor, Filter, Order, Reader};
use crate::inbox::search;
use crate::model::InteractionId;
use crate::web::errors::{Error, Result as Outcome};
use crate::web::ui::Local;
use crate::workspaces::{UserId, WorkspaceId};

/// Comments that one transaction is about: whoever writes meanwhile waits for no more. In tests there are fewer, so that a few
/// hundred are several portions.
pub const PORTION: usize = if cfg!(test) { 256 } else { 512 };

/// How long one of these jobs may take, and each of its reads.
pub const WITHIN: Duration = Duration::from_secs(3_600);

/// Of a job that goes through them, for a person who waits. It only changes rows of ours: whatever ends its worker is something
/// else, and it goes on.
pub fn policy() -> Policy {
    Policy { priority: 50, deadline: WITHIN, max_deaths: 200, ..Policy::default() }
}

/// What a job remembers of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Matching {
    pub workspace: WorkspaceId,
    pub by: UserId,
    /// As an address has it, with its days in this zone.
    filter: Vec<(String, String)>,
    zone: String,
    /// Since when nothing new is meant.
    pub asked_at: Timestamp,
}

/// Up to which comment all is done.
pub type Reached = Option<(Timestamp, InteractionId)>;

impl Matching {
    pub fn new(reader: Reader<'_>, filter: &Filter, asked_at: Timestamp) -> Self {
        let filter = Filter { order: Order::Newest, ..filter.clone() };
        Self {
            workspace: reader.workspace,
            by: reader.user,
            filter: filter.parameters().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            zone: reader.zone.iana_name().unwrap_or("UTC").to_owned(),
            asked_at,
        }
    }

    /// Whoever means all of them does not mean those alone that a search finds by now.
    pub fn check(&self, conn: &mut Conn) -> Outcome<()> {
        let is_search = self.filter.iter().any(|(name, _)| name == "q");
        if !is_search || search::jobs::is_complete(conn)? {
            return Ok(());
        }
        let text = "The search index is being rebuilt, and doesn't find everything yet. Try again in a few minutes.";
        Err(Error::conflict("search_incomplete", text))
    }

    /// How many there are, all of them counted.
    pub fn total(&self, conn: &mut Conn) -> Result<usize> {
        self.read(|reader, filter| super::count_all(conn, reader, filter))
    }

    pub fn is_empty(&self, conn: &mut Conn) -> Result<bool> {
        Ok(self.after(conn, None)?.is_empty())
    }

    /// The next portion, newest first; none when there are no more.
    pub fn after(&self, conn: &mut Conn, reached: Reached) -> Result<Vec<Cursor>> {
        let after = reached.map(|(created_at, id)| Cursor { score: 0, created_at, id });
        self.read(|reader, filter| super::walk(conn, reader, filter, after, PORTION))
    }

    /// All that match now, newest first; none where there are more than so many.
    pub fn at_most(&self, conn: &mut Conn, most: usize) -> Result<Option<Vec<InteractionId>>> {
        let (mut ids, mut reached) = (Vec::new(), None);
        loop {
            let found = self.after(conn, reached)?;
            let Some(last) = found.last() else { return Ok(Some(ids)) };
            reached = Some((last.created_at, last.id));
            ids.extend(found.iter().map(|cursor| cursor.id));
            if ids.len() > most {
                return Ok(None);
            }
            if found.len() < PORTION {
                return Ok(Some(ids));
            }
        }
    }

    /// What a release doesn't know any more matches nothing.
    fn read<T: Default>(&self, read: impl FnOnce(Reader<'_>, &Filter) -> Result<T>) -> Result<T> {
        let filter = self.filter.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let Ok(filter) = Filter::parse(filter) else { return Ok(T::default()) };
        let local = Local::new(self.asked_at, &self.zone);
        read(Reader { workspace: self.workspace, user: self.by, zone: &local.zone, now: local.now }, &filter)
    }
}
