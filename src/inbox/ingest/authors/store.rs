//! The statements about authors.

use std::collections::HashMap;

use kit::args;
use kit::db::{Result, Tx};

use super::Author;
use crate::inbox::ingest::IngestContext;
use crate::model::AuthorId;
use kit::db::lists::all_in;

pub fn by_key(tx: &mut Tx, context: &IngestContext<'_>, keys: &[&str]) -> Result<HashMap<String, Author>> {
    let sql = format!("SELECT {} FROM authors WHERE connection_id = $1 AND external_id IN ", Author::COLUMNS);
    let rows = all_in::<Author, _>(tx, &sql, "", args![context.connection], keys)?;
    Ok(rows.into_iter().map(|row| (row.external_id.clone(), row)).collect())
}

/// What the account is called where it wrote itself.
pub fn own_names(tx: &mut Tx, context: &IngestContext<'_>) -> Result<Vec<String>> {
    tx.all("SELECT display_name FROM authors WHERE connection_id = $1 AND is_self", args![context.connection])
}

/// As the author was seen now, with so many more interactions.
pub fn put(tx: &mut Tx, context: &IngestContext<'_>, author: &Author, more: i64) -> Result<()> {
    tx.exec_later(
        "INSERT INTO authors (id, workspace_id, connection_id, external_id, display_name, avatar_url, profile_url,
            is_self, interactions, first_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (connection_id, external_id) DO UPDATE SET display_name = excluded.display_name,
            avatar_url = excluded.avatar_url, profile_url = excluded.profile_url, is_self = excluded.is_self,
            interactions = authors.interactions + excluded.interactions",
        args![
            author.id,
            context.workspace,
            context.connection,
            author.external_id.as_str(),
            author.display_name.as_str(),
            &author.avatar_url,
            &author.profile_url,
            author.is_self,
            more,
            context.now
        ],
    )
}

pub fn count_more(tx: &mut Tx, author: AuthorId, more: i64) -> Result<()> {
    tx.exec("UPDATE authors SET interactions = interactions + $2 WHERE id = $1", args![author, more])?;
    Ok(())
}
