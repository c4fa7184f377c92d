//! The statements about stars, tags and assignments, and about the acts that changed them.

use std::collections::BTreeSet;

use kit::args;
use kit::clock::Timestamp;
use kit::db::lists::{all_in, exec_in};
use kit::db::{Conn, Result, Tx, Val};

use super::{ActId, MarkKind, TagName};
use crate::inbox::listing::{Interaction, Reader};
use crate::inbox::threads::ThreadId;
use crate::model::ConnectionId;
use crate::workspaces::{UserId, WorkspaceId};

kit::row! {
    /// What somebody did with some threads at once.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Act {
        pub id: ActId,
        pub workspace_id: WorkspaceId,
        pub done_by: UserId,
        pub done_at: Timestamp,
        pub mark: MarkKind,
        /// As the workspace writes it.
        pub tag: Option<TagName>,
        pub assignee: Option<UserId>,
        pub matched: i64,
        /// Those of them that were not so already.
        pub changed: i64,
    }
}

pub fn begin(tx: &mut Tx, act: &Act) -> Result<()> {
    tx.exec(
        "INSERT INTO mark_acts (id, workspace_id, done_by, done_at, mark, tag, assignee, matched, changed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            act.id,
            act.workspace_id,
            act.done_by,
            act.done_at,
            act.mark,
            act.tag.as_ref().map(TagName::as_str),
            act.assignee,
            act.matched,
            act.changed
        ],
    )?;
    Ok(())
}

/// So many more threads were meant, and so many of them changed.
pub fn count(tx: &mut Tx, act: ActId, matched: usize, changed: usize) -> Result<()> {
    tx.exec(
        "UPDATE mark_acts SET matched = matched + $2, changed = changed + $3 WHERE id = $1",
        args![act, matched as i64, changed as i64],
    )?;
    Ok(())
}

/// Those of the threads that an act changes, kept with whom they were assigned to.
pub fn note_changes(tx: &mut Tx, act: &Act, threads: &[ThreadId]) -> Result<Vec<ThreadId>> {
    let mut args = vec![Val::from(&act.id), Val::from(&act.workspace_id)];
    let key = key(act);
    match act.mark {
        MarkKind::Star | MarkKind::Unstar => args.push(Val::from(&act.done_by)),
        MarkKind::Tag | MarkKind::Untag => args.push(Val::from(key.as_str())),
        MarkKind::Assign => args.push(Val::from(&act.assignee)),
        MarkKind::Unassign => {}
    }
    let would_change = match act.mark {
        MarkKind::Star => {
            "NOT EXISTS (SELECT 1 FROM thread_stars s WHERE s.workspace_id = $2 AND s.user_id = $3 AND s.thread_id = t.id)"
        }
        MarkKind::Unstar => {
            "EXISTS (SELECT 1 FROM thread_stars s WHERE s.workspace_id = $2 AND s.user_id = $3 AND s.thread_id = t.id)"
        }
        MarkKind::Tag => {
            "NOT EXISTS (SELECT 1 FROM thread_tags g WHERE g.workspace_id = $2 AND g.tag = $3 AND g.thread_id = t.id)"
        }
        MarkKind::Untag => {
            "EXISTS (SELECT 1 FROM thread_tags g WHERE g.workspace_id = $2 AND g.tag = $3 AND g.thread_id = t.id)"
        }
        MarkKind::Assign => {
            "NOT EXISTS (SELECT 1 FROM thread_assignments a WHERE a.thread_id = t.id AND a.assigned_to = $3)"
        }
        MarkKind::Unassign => "EXISTS (SELECT 1 FROM thread_assignments a WHERE a.thread_id = t.id)",
    };
    let sql = format!(
        "INSERT INTO mark_changes (act_id, workspace_id, thread_id, assigned_before)
         SELECT $1, t.workspace_id, t.id, (SELECT b.assigned_to FROM thread_assignments b WHERE b.thread_id = t.id)
         FROM threads t WHERE (t.workspace_id = $2) IS TRUE AND {would_change} AND t.id IN "
    );
    all_in(tx, &sql, " ON CONFLICT (act_id, thread_id) DO NOTHING RETURNING thread_id", &args, threads)
}

/// Some of the threads that an act has changed.
pub fn changed(conn: &mut Conn, act: ActId, limit: usize) -> Result<Vec<ThreadId>> {
    let sql = "SELECT thread_id FROM mark_changes WHERE act_id = $1 ORDER BY thread_id LIMIT $2";
    conn.all(sql, args![act, limit as i64])
}

pub fn forget_changes(tx: &mut Tx, act: ActId, threads: &[ThreadId]) -> Result<()> {
    exec_in(tx, "DELETE FROM mark_changes WHERE act_id = $1 AND thread_id IN ", args![act], threads)
}

/// Does to threads that an act changes what `mark` says: the act's own, or its opposite.
pub fn apply(tx: &mut Tx, act: &Act, mark: MarkKind, threads: &[ThreadId]) -> Result<()> {
    let Act { workspace_id, done_by, done_at, assignee, .. } = act;
    let key = key(act);
    if let (MarkKind::Tag, Some(tag)) = (mark, &act.tag) {
        tx.exec(
            "INSERT INTO tags (workspace_id, key, name) VALUES ($1, $2, $3) ON CONFLICT (workspace_id, key) DO NOTHING",
            args![workspace_id, key, tag.as_str()],
        )?;
    }
    let mut put = |sql, tail, args: &[Val<'_>]| all_in::<ThreadId, _>(tx, sql, tail, args, threads).map(drop);
    match mark {
        MarkKind::Star => put(
            "INSERT INTO thread_stars (workspace_id, user_id, thread_id, starred_at)
             SELECT t.workspace_id, $2, t.id, $3 FROM threads t WHERE (t.workspace_id = $1) IS TRUE AND t.id IN ",
            " ON CONFLICT (workspace_id, user_id, thread_id) DO NOTHING RETURNING thread_id",
            args![workspace_id, done_by, done_at],
        ),
        MarkKind::Unstar => exec_in(
            tx,
            "DELETE FROM thread_stars WHERE workspace_id = $1 AND user_id = $2 AND thread_id IN ",
            args![workspace_id, done_by],
            threads,
        ),
        MarkKind::Tag => put(
            "INSERT INTO thread_tags (workspace_id, tag, thread_id, tagged_by, tagged_at)
             SELECT t.workspace_id, $2, t.id, $3, $4 FROM threads t WHERE (t.workspace_id = $1) IS TRUE AND t.id IN ",
            " ON CONFLICT (workspace_id, tag, thread_id) DO NOTHING RETURNING thread_id",
            args![workspace_id, key, done_by, done_at],
        ),
        MarkKind::Untag => {
            let sql = "DELETE FROM thread_tags WHERE workspace_id = $1 AND tag = $2 AND thread_id IN ";
            exec_in(tx, sql, args![workspace_id, key], threads)?;
            drop_unused(tx, *workspace_id, &key).map(drop)
        }
        MarkKind::Assign => put(
            "INSERT INTO thread_assignments (thread_id, workspace_id, assigned_to, assigned_by, assigned_at)
             SELECT t.id, t.workspace_id, $2, $3, $4 FROM threads t WHERE (t.workspace_id = $1) IS TRUE AND t.id IN ",
            " ON CONFLICT (thread_id) DO UPDATE SET assigned_to = excluded.assigned_to,
                assigned_by = excluded.assigned_by, assigned_at = excluded.assigned_at RETURNING thread_id",
            args![workspace_id, assignee, done_by, done_at],
        ),
        MarkKind::Unassign => exec_in(tx, "DELETE FROM thread_assignments WHERE thread_id IN ", &[], threads),
    }
}

/// A tag that nobody uses can be written anew, in other letters.
fn drop_unused(tx: &mut Tx, workspace: WorkspaceId, key: &str) -> Result<u64> {
    tx.exec(
        "DELETE FROM tags WHERE workspace_id = $1 AND key = $2
         AND NOT EXISTS (SELECT 1 FROM thread_tags g WHERE g.workspace_id = $1 AND g.tag = $2)",
        args![workspace, key],
    )
}

/// Whoever they were assigned to before has them again, where nobody assigned otherwise since and they can still answer.
pub fn assign_as_before(tx: &mut Tx, act: &Act, now: Timestamp, threads: &[ThreadId]) -> Result<()> {
    if act.assignee.is_some() {
        let sql = "DELETE FROM thread_assignments WHERE assigned_to = $1 AND thread_id IN ";
        exec_in(tx, sql, args![act.assignee], threads)?;
    }
    let sql = "INSERT INTO thread_assignments (thread_id, workspace_id, assigned_to, assigned_by, assigned_at)
         SELECT c.thread_id, c.workspace_id, c.assigned_before, $2, $3 FROM mark_changes c
         JOIN memberships m ON m.workspace_id = c.workspace_id AND m.user_id = c.assigned_before AND m.role <> 'viewer'
         WHERE c.act_id = $1 AND c.thread_id IN ";
    let tail = " ON CONFLICT (thread_id) DO NOTHING RETURNING thread_id";
    all_in::<ThreadId, _>(tx, sql, tail, args![act.id, act.done_by, now], threads).map(drop)
}

/// A tag as the workspace writes it already; else as it was typed.
pub fn known_tag(conn: &mut Conn, workspace: WorkspaceId, tag: &TagName) -> Result<TagName> {
    let sql = "SELECT name FROM tags WHERE workspace_id = $1 AND key = $2";
    Ok(conn.opt(sql, args![workspace, tag.key()])?.unwrap_or_else(|| tag.clone()))
}

pub fn act(conn: &mut Conn, workspace: WorkspaceId, by: UserId, id: ActId) -> Result<Option<Act>> {
    let sql = format!("SELECT {} FROM mark_acts WHERE id = $1 AND workspace_id = $2 AND done_by = $3", Act::COLUMNS);
    conn.opt(&sql, args![id, workspace, by])
}

pub fn known_acts(conn: &mut Conn, workspace: WorkspaceId, acts: &[ActId]) -> Result<Vec<ActId>> {
    let sql = "SELECT id FROM mark_acts WHERE (workspace_id = $1) IS TRUE AND id IN ";
    all_in(conn, sql, "", args![workspace], acts)
}

/// How many threads an act has changed that are not taken back.
pub fn left(conn: &mut Conn, act: ActId) -> Result<i64> {
    conn.one("SELECT count(*) FROM mark_changes WHERE act_id = $1", args![act])
}

pub fn connections_of(conn: &mut Conn, threads: &[ThreadId]) -> Result<BTreeSet<ConnectionId>> {
    let sql = "SELECT DISTINCT connection_id FROM threads WHERE id IN ";
    Ok(all_in::<ConnectionId, _>(conn, sql, "", &[], threads)?.into_iter().collect())
}

pub fn forget(tx: &mut Tx, act: &Act) -> Result<()> {
    tx.exec("DELETE FROM mark_acts WHERE id = $1", args![act.id])?;
    Ok(())
}

/// What an act changed goes first: it may be much.
pub fn purge(tx: &mut Tx, older_than: Timestamp, batch: i64) -> Result<u64> {
    let changes = tx.exec(
        "DELETE FROM mark_changes WHERE (act_id, thread_id) IN
            (SELECT c.act_id, c.thread_id FROM mark_acts a JOIN mark_changes c ON c.act_id = a.id
             WHERE a.done_at < $1 LIMIT $2)",
        args![older_than, batch],
    )?;
    let acts = tx.exec(
        "DELETE FROM mark_acts WHERE id IN (SELECT id FROM mark_acts a WHERE done_at < $1
            AND NOT EXISTS (SELECT 1 FROM mark_changes c WHERE c.act_id = a.id) ORDER BY done_at LIMIT $2)",
        args![older_than, batch],
    )?;
    Ok(changes.max(acts))
}

pub fn has_tag(conn: &mut Conn, workspace: WorkspaceId, key: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM thread_tags WHERE workspace_id = $1 AND tag = $2 LIMIT 1";
    Ok(conn.opt::<i64>(sql, args![workspace, key])?.is_some())
}

pub fn tags(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<TagName>> {
    conn.all(
        "SELECT name FROM tags WHERE workspace_id = $1
            AND EXISTS (SELECT 1 FROM thread_tags g WHERE g.workspace_id = $1 AND g.tag = tags.key)
         ORDER BY key LIMIT 500",
        args![workspace],
    )
}

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Marked {
        pub id: ThreadId,
        pub connection_id: ConnectionId,
        pub external_id: String,
        pub is_starred: bool,
        pub assigned_to: Option<UserId>,
    }
}

#[derive(Debug, Default)]
pub struct OfThreads {
    pub threads: Vec<Marked>,
    pub tags: Vec<(ThreadId, TagName)>,
}

/// Of the threads of some items, those that anything hangs on.
pub fn of_threads(conn: &mut Conn, reader: Reader<'_>, items: &[Interaction]) -> Result<OfThreads> {
    let mut connections = items.iter().map(|item| item.connection_id).collect::<Vec<_>>();
    connections.sort_unstable();
    connections.dedup();
    let mut threads: Vec<Marked> = Vec::new();
    for connection in connections {
        let of_it = items.iter().filter(|item| item.connection_id == connection);
        let mut names = of_it.map(|item| item.thread_external_id.as_str()).collect::<Vec<_>>();
        names.sort_unstable();
        names.dedup();
        // Not by the workspace too, whose all its connections are: SQLite would read every thread of it.
        threads.extend(all_in::<Marked, _>(
            conn,
            "SELECT t.id, t.connection_id, t.external_id, s.thread_id IS NOT NULL, a.assigned_to
             FROM threads t
             LEFT JOIN thread_stars s ON s.workspace_id = t.workspace_id AND s.user_id = $1 AND s.thread_id = t.id
             LEFT JOIN thread_assignments a ON a.thread_id = t.id
             WHERE t.connection_id = $2 AND t.external_id IN ",
            "",
            args![reader.user, connection],
            &names,
        )?);
    }
    let ids = threads.iter().map(|thread| thread.id).collect::<Vec<_>>();
    let mut tags: Vec<(ThreadId, TagName)> = all_in(
        conn,
        "SELECT g.thread_id, k.name FROM thread_tags g
         JOIN tags k ON k.workspace_id = g.workspace_id AND k.key = g.tag
         WHERE (g.workspace_id = $1) IS TRUE AND g.thread_id IN ",
        "",
        args![reader.workspace],
        &ids,
    )?;
    tags.sort_by_cached_key(|(thread, tag)| (*thread, tag.key()));
    Ok(OfThreads { threads, tags })
}

pub fn assigned_connections(conn: &mut Conn, workspace: WorkspaceId, user: UserId) -> Result<Vec<ConnectionId>> {
    conn.all(
        "SELECT DISTINCT t.connection_id FROM thread_assignments a JOIN threads t ON t.id = a.thread_id
         WHERE a.workspace_id = $1 AND a.assigned_to = $2 ORDER BY t.connection_id",
        args![workspace, user],
    )
}

pub fn end_assignments_of(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> Result<()> {
    tx.exec("DELETE FROM thread_assignments WHERE workspace_id = $1 AND assigned_to = $2", args![workspace, user])?;
    Ok(())
}

pub fn end_stars_of(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> Result<()> {
    tx.exec("DELETE FROM thread_stars WHERE workspace_id = $1 AND user_id = $2", args![workspace, user])?;
    Ok(())
}

/// What is assigned to nobody who could see to it.
pub fn end_abandoned(tx: &mut Tx, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM thread_assignments WHERE thread_id IN (SELECT a.thread_id FROM thread_assignments a
            WHERE NOT EXISTS (SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
                WHERE m.workspace_id = a.workspace_id AND m.user_id = a.assigned_to AND m.role <> 'viewer' AND u.disabled_at IS NULL)
            LIMIT $1)",
        args![batch],
    )
}

fn key(act: &Act) -> String {
    act.tag.as_ref().map(TagName::key).unwrap_or_default()
}
