//! What somebody is asked before it is done at a platform: kept with the comments that are meant, so that it has an address, and
//! what is done is what they saw. A yes makes it the order of the same id, however often it is said.

mod store;

use std::collections::BTreeMap;
use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};

use super::people::{self, NewOrder, Terms};
use super::refused::{Refused, Skipped};
use super::rights::{self, Asker};
use super::{Item, OrderId};
use crate::model::{InteractionId, Platform};
use crate::platforms::{Platforms, Verb};
use crate::work::Work;
use crate::workspaces::{self, UserId, WorkspaceId};

/// Nobody remembers for longer what they were about to do.
const EXPIRES: Duration = Duration::from_secs(86_400);

/// What somebody has chosen, and has to be asked about.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    pub interactions: &'a [InteractionId],
    pub verb: Verb,
    /// The comment that is open.
    pub open: Option<InteractionId>,
}

#[derive(Clone, Debug)]
pub struct Question {
    /// The order's, once it is one.
    pub id: OrderId,
    pub verb: Verb,
    pub platform: Platform,
    /// Those that the platform would be asked for.
    pub comments: Vec<InteractionId>,
    /// How many others were chosen, by why they are left out.
    pub left_out: Vec<(Skipped, usize)>,
    pub open: Option<InteractionId>,
    pub asked_at: Timestamp,
}

/// Keeps what is to be asked, unless it would be refused whatever the answer.
pub fn ask(
    work: &mut Work<'_>,
    platforms: &Platforms,
    workspace: WorkspaceId,
    asking: &Asking<'_>,
) -> Result<OrderId, Refused> {
    let by = work.who.person().ok_or(Refused::NotFound)?;
    let items = super::items(work.tx, workspace, asking.interactions)?;
    let first = items.first().ok_or(Refused::NotFound)?;
    Asker::read(work.tx, workspace, by)?.may_ask(asking.verb, items.len())?;
    let (meant, left_out) = match &items[..] {
        [one] => match rights::in_the_way(super::rules_of(platforms, one), one.subject(), asking.verb) {
            Some(why) => return Err(Refused::Skipped(why, asking.verb, super::words_for(platforms, one))),
            None => (vec![one.id], BTreeMap::new()),
        },
        several => meant(work.tx, platforms, workspace, several, asking.verb)?,
    };
    let row = store::Row {
        id: OrderId::new(work.now, work.random),
        verb: asking.verb,
        platform: first.platform,
        comments: serde_json::json!(meant).to_string(),
        left_out: serde_json::json!(left_out).to_string(),
        open_id: asking.open,
        asked_at: work.now,
    };
    store::insert(work.tx, workspace, by, &row)?;
    Ok(row.id)
}

/// Of several comments those that the platform would be asked for, and how many of the others are left out for which reason.
fn meant(
    conn: &mut Conn,
    platforms: &Platforms,
    workspace: WorkspaceId,
    items: &[Item],
    verb: Verb,
) -> db::Result<(Vec<InteractionId>, BTreeMap<&'static str, usize>)> {
    let ids = items.iter().map(|item| item.id).collect::<Vec<_>>();
    let busy = super::busy(conn, workspace, &ids)?;
    let (mut meant, mut left_out) = (Vec::new(), BTreeMap::new());
    for item in items {
        match people::why_not(platforms, item, busy.contains(&item.id), verb, None) {
            None => meant.push(item.id),
            Some(why) => *left_out.entry(why.as_str()).or_default() += 1,
        }
    }
    Ok((meant, left_out))
}

/// What somebody was asked less than a day ago.
pub fn question(
    conn: &mut Conn,
    (workspace, asked_of): (WorkspaceId, UserId),
    id: OrderId,
    now: Timestamp,
) -> db::Result<Option<Question>> {
    let row = store::find(conn, (workspace, asked_of), id, now - EXPIRES)?;
    Ok(row.map(|row| {
        let left_out: BTreeMap<String, usize> = serde_json::from_str(&row.left_out).unwrap_or_default();
        let count = |why: Skipped| left_out.get(why.as_str()).map(|count| (why, *count));
        Question {
            id: row.id,
            verb: row.verb,
            platform: row.platform,
            comments: serde_json::from_str(&row.comments).unwrap_or_default(),
            left_out: Skipped::ALL.iter().filter_map(|why| count(*why)).collect(),
            open: row.open_id,
            asked_at: row.asked_at,
        }
    }))
}

/// Yes: it is an order from here on. To say so again changes nothing.
pub fn answer(
    work: &mut Work<'_>,
    platforms: &Platforms,
    workspace: WorkspaceId,
    id: OrderId,
    (text, replaces): (Option<&str>, Option<&str>),
) -> Result<(), Refused> {
    let by = work.who.person().ok_or(Refused::NotFound)?;
    // Two who say so at once come one after the other.
    workspaces::lock(work.tx, workspace)?;
    if super::store::workspace_of(work.tx, id)? == Some(workspace) {
        let said = super::store::text_of(work.tx, id)?;
        let is_same = text.is_none_or(|text| said.as_deref().is_none_or(|said| said.trim() == text.trim()));
        return if is_same { Ok(()) } else { Err(Refused::SavedAlready) };
    }
    let question = question(work.tx, (workspace, by), id, work.now)?.ok_or(Refused::NotFound)?;
    let new = NewOrder { interactions: &question.comments, verb: question.verb, text, replaces };
    // What somebody typed is shown to them again; what is passed over has a receipt.
    let terms = Terms { id, seen_at: Some(question.asked_at), is_refused: question.verb == Verb::Edit };
    people::take_over(work, platforms, workspace, &new, terms)
}

/// Forgets what nobody can answer any more; at most `batch`, how many.
pub fn purge(tx: &mut Tx, now: Timestamp, batch: i64) -> db::Result<u64> {
    store::purge(tx, now - EXPIRES, batch)
}
