//! The parts of a list's statement that speak of marks.

use kit::db::{Conn, Result, Val};

use super::{Marked, ReplyStands};
use crate::replies::answers::is_first;
use crate::workspaces::WorkspaceId;

/// So many threads are put in order for each page; more of them are met soon enough in the order that all are in.
pub const FEW: i64 = 2_000;

const ON_ITS_WAY: &str = "m.state IN ('awaiting_approval', 'queued', 'sending', 'unknown', 'pending_moderation')";
/// Unless another was sent since, or somebody has put the comment out of the way.
const TO_CHECK: &str = "m.state IN ('failed', 'rejected', 'sent_back', 'unknown')
    AND (m.state <> 'unknown' OR m.next_look_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM replies later WHERE later.interaction_id = m.interaction_id
        AND later.created_at > m.created_at AND later.state <> 'cancelled')
    AND NOT EXISTS (SELECT 1 FROM interactions aside WHERE aside.id = m.interaction_id
        AND aside.state IN ('done', 'spam', 'removed'))";

impl Marked {
    const fn table(&self) -> &'static str {
        match self {
            Marked::Starred(_) => "thread_stars",
            Marked::Tagged(_) => "thread_tags",
            Marked::Assigned(_) | Marked::Unassigned => "thread_assignments",
            Marked::Answered(..) | Marked::Reply(_) => "replies",
        }
    }

    /// With its last value at `place`; the workspace's is the first.
    fn condition(&self, place: usize) -> String {
        let value = match self {
            Marked::Starred(_) => format!(" AND m.user_id = ${place}"),
            Marked::Tagged(_) => format!(" AND m.tag = ${place}"),
            Marked::Assigned(_) => format!(" AND m.assigned_to = ${place}"),
            Marked::Unassigned => String::new(),
            Marked::Answered(_, None) => format!(" AND m.created_at >= ${place} AND {}", is_first("m")),
            Marked::Answered(_, Some(_)) => {
                format!(" AND m.created_at >= ${} AND m.author_id = ${place} AND {}", place - 1, is_first("m"))
            }
            Marked::Reply(ReplyStands::OnItsWay) => format!(" AND {ON_ITS_WAY}"),
            Marked::Reply(ReplyStands::ToCheck) => format!(" AND {TO_CHECK}"),
        };
        format!("m.workspace_id = $1{value}")
    }

    /// It hangs on the interaction itself.
    const fn is_of_replies(&self) -> bool {
        matches!(self, Marked::Answered(..) | Marked::Reply(_))
    }

    pub fn values(&self) -> Vec<Val<'static>> {
        match self {
            Marked::Starred(user) | Marked::Assigned(user) => vec![Val::Uuid(user.uuid())],
            Marked::Tagged(key) => vec![Val::Text(key.clone().into())],
            Marked::Unassigned | Marked::Reply(_) => Vec::new(),
            Marked::Answered(since, by) => {
                let by = by.map(|user| Val::Uuid(user.uuid()));
                [Some(Val::Time(*since)), by].into_iter().flatten().collect()
            }
        }
    }
}

/// From the marks to the interactions. `CROSS JOIN` keeps that order on SQLite.
pub fn joined(mark: &Marked, rest: &str, place: usize) -> String {
    if mark.is_of_replies() {
        let condition = mark.condition(place);
        return format!(
            "FROM replies m CROSS JOIN interactions i {rest}
             WHERE {condition} AND i.id = m.interaction_id AND (i.workspace_id = $1) IS TRUE"
        );
    }
    format!(
        "FROM {} m CROSS JOIN threads t CROSS JOIN interactions i {rest}
         WHERE {} AND t.id = m.thread_id AND i.connection_id = t.connection_id
            AND i.thread_external_id = t.external_id AND i.workspace_id = $1",
        mark.table(),
        mark.condition(place)
    )
}

/// Of interactions that are found otherwise, those in such a thread.
pub fn narrowed(mark: &Marked, place: usize) -> String {
    if mark.is_of_replies() {
        let condition = mark.condition(place);
        return format!(" AND EXISTS (SELECT 1 FROM replies m WHERE m.interaction_id = i.id AND {condition})");
    }
    let not = if *mark == Marked::Unassigned { "NOT " } else { "" };
    format!(
        " AND {not}EXISTS (SELECT 1 FROM threads t JOIN {} m ON m.thread_id = t.id
            WHERE t.connection_id = i.connection_id AND t.external_id = i.thread_external_id AND {})",
        mark.table(),
        mark.condition(place)
    )
}

/// How many threads bear it, counted up to `limit`.
pub fn up_to(conn: &mut Conn, workspace: WorkspaceId, mark: &Marked, limit: i64) -> Result<i64> {
    let mut args = vec![Val::Uuid(workspace.uuid())];
    args.extend(mark.values());
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM {} m WHERE {} LIMIT {limit}) few",
        mark.table(),
        mark.condition(args.len())
    );
    conn.one(&sql, &args)
}
