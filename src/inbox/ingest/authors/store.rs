//! SQL of authors.

use std::collections::HashMap;

use kit::args;
use kit::db::{Result, Tx};

use super::super::Source;
use super::super::lists::all_in;
use crate::inbox::model::{AuthorId, ObservedAuthor};

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Author {
        pub id: AuthorId,
        pub external_id: String,
        pub display_name: String,
        pub avatar_url: Option<String>,
        pub profile_url: Option<String>,
        pub is_self: bool,
        pub interactions: i64,
    }
}

impl Author {
    pub fn new(id: AuthorId, key: &str, observed: &ObservedAuthor, interactions: i64) -> Self {
        Self {
            id,
            external_id: key.to_owned(),
            display_name: observed.display_name.clone(),
            avatar_url: observed.avatar_url.clone(),
            profile_url: observed.profile_url.clone(),
            is_self: observed.is_self,
            interactions,
        }
    }

    pub fn seen_as(self, observed: &ObservedAuthor, new: i64) -> Self {
        Self::new(self.id, &self.external_id, observed, self.interactions + new)
    }
}

pub fn authors(tx: &mut Tx, source: &Source<'_>, keys: &[&str]) -> Result<HashMap<String, Author>> {
    let sql = format!("SELECT {} FROM authors WHERE connection_id = $1 AND external_id IN ", Author::COLUMNS);
    let rows = all_in::<Author, _>(tx, &sql, "", args![source.connection], keys)?;
    Ok(rows.into_iter().map(|row| (row.external_id.clone(), row)).collect())
}

pub fn put_author(tx: &mut Tx, source: &Source<'_>, author: &Author) -> Result<()> {
    tx.exec(
        "INSERT INTO authors (id, workspace_id, connection_id, external_id, display_name, avatar_url, profile_url,
            is_self, interactions, first_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (connection_id, external_id) DO UPDATE SET display_name = excluded.display_name,
            avatar_url = excluded.avatar_url, profile_url = excluded.profile_url, is_self = excluded.is_self,
            interactions = excluded.interactions",
        args![
            author.id,
            source.workspace,
            source.connection,
            author.external_id.as_str(),
            author.display_name.as_str(),
            &author.avatar_url,
            &author.profile_url,
            author.is_self,
            author.interactions,
            source.now
        ],
    )?;
    Ok(())
}
