//! The statements about corrections.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx, Val};

use super::{Correctable, Cursor};
use crate::model::InteractionId;
use crate::workspaces::{UserId, WorkspaceId};
use kit::db::lists::all_in;

kit::row! {
    /// What somebody said of a fact, and what the rules alone make of it.
    #[derive(Clone, Debug)]
    pub struct Corrected {
        pub fact: Correctable,
        pub value: String,
        pub derived: String,
        pub corrected_by: UserId,
        /// None of somebody who has no account any more.
        pub corrector: Option<String>,
        pub corrected_at: Timestamp,
    }
}

kit::row! {
    /// The same with its item, as a list shows it.
    #[derive(Clone, Debug)]
    pub struct Listed {
        pub id: InteractionId,
        pub author: String,
        pub text: Option<String>,
        pub fact: Correctable,
        pub value: String,
        pub derived: String,
        pub corrected_by: UserId,
        pub corrector: Option<String>,
        pub corrected_at: Timestamp,
    }
}

const CORRECTION: &str = "c.fact, c.value, c.derived, c.corrected_by, (SELECT name FROM users WHERE users.id = c.corrected_by), c.corrected_at";

pub fn of_item(conn: &mut Conn, workspace: WorkspaceId, id: InteractionId) -> Result<Vec<Corrected>> {
    let sql = format!(
        "SELECT {CORRECTION} FROM interaction_corrections c
         WHERE (c.workspace_id = $1) IS TRUE AND c.interaction_id = $2 ORDER BY c.fact"
    );
    conn.all(&sql, args![workspace, id])
}

pub fn of_items(tx: &mut Tx, items: &[InteractionId]) -> Result<Vec<(InteractionId, Correctable, String)>> {
    let sql = "SELECT interaction_id, fact, value FROM interaction_corrections WHERE interaction_id IN ";
    all_in(tx, sql, "", args![], items)
}

/// The last word counts.
pub fn put(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: InteractionId,
    (fact, value, derived): (Correctable, &str, &str),
    (by, now): (UserId, Timestamp),
) -> Result<()> {
    tx.exec(
        "INSERT INTO interaction_corrections
            (interaction_id, workspace_id, fact, value, derived, corrected_by, corrected_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (interaction_id, fact) DO UPDATE SET value = excluded.value, derived = excluded.derived,
            corrected_by = excluded.corrected_by, corrected_at = excluded.corrected_at",
        args![id, workspace, fact, value, derived, by, now],
    )?;
    Ok(())
}

pub fn put_derived(tx: &mut Tx, id: InteractionId, fact: Correctable, derived: &str) -> Result<()> {
    tx.exec(
        "UPDATE interaction_corrections SET derived = $3 WHERE interaction_id = $1 AND fact = $2",
        args![id, fact, derived],
    )?;
    Ok(())
}

pub fn remove(tx: &mut Tx, workspace: WorkspaceId, id: InteractionId, fact: Correctable) -> Result<()> {
    let sql = "DELETE FROM interaction_corrections
               WHERE (workspace_id = $1) IS TRUE AND interaction_id = $2 AND fact = $3";
    tx.exec(sql, args![workspace, id, fact])?;
    Ok(())
}

/// Items, however much of each was corrected.
pub fn count(conn: &mut Conn, workspace: WorkspaceId) -> Result<i64> {
    let sql = "SELECT count(DISTINCT interaction_id) FROM interaction_corrections WHERE workspace_id = $1";
    conn.one(sql, args![workspace])
}

/// All that other people wrote, from the rollups.
pub fn count_items(conn: &mut Conn, workspace: WorkspaceId) -> Result<i64> {
    let sql = "SELECT CAST(COALESCE(sum(total), 0) AS BIGINT) FROM interaction_totals
               WHERE workspace_id = $1 AND state <> 'own'";
    conn.one(sql, args![workspace])
}

pub fn list(conn: &mut Conn, workspace: WorkspaceId, after: Option<Cursor>, limit: usize) -> Result<Vec<Listed>> {
    let mut args = vec![Val::from(&workspace), Val::Int(i64::try_from(limit).unwrap_or(i64::MAX))];
    let mut beyond = "";
    if let Some((at, id, fact)) = &after {
        args.extend([Val::from(at), Val::from(id), Val::from(fact)]);
        beyond = " AND (c.corrected_at, c.interaction_id, c.fact) < ($3, $4, $5)";
    }
    let sql = format!(
        "SELECT i.id, a.display_name, i.text, {CORRECTION}
         FROM interaction_corrections c JOIN interactions i ON i.id = c.interaction_id
         JOIN authors a ON a.id = i.author_id
         WHERE c.workspace_id = $1{beyond}
         ORDER BY c.corrected_at DESC, c.interaction_id DESC, c.fact DESC LIMIT $2"
    );
    conn.all(&sql, &args)
}
