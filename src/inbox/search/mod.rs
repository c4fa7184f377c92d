//! Search: an index of words beside the interactions, the same on both databases, kept in the transaction that changes them.
//!
//! What goes away with an interaction goes by the database's own references, so that nothing is found that is not there.

pub mod jobs;
mod query;
pub mod store;
#[cfg(test)]
mod tests;
mod tokens;
mod traits;
mod words;

use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use crate::model::{AuthorId, InteractionId};
use crate::workspaces::WorkspaceId;

pub use query::{LONGEST, MOST, Query};
pub use tokens::VERSION;
pub(super) use tokens::is_unspaced;
pub use traits::Traits;
pub use words::{Sign, query_for_postgres, query_for_sqlite};

use store::Entry;
use words::Words;

/// What is found by its words.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    pub id: InteractionId,
    pub created_at: Timestamp,
    pub text: Option<&'a str>,
    pub author: &'a str,
    pub traits: Traits,
    /// It may be known by other words.
    pub is_known: bool,
}

/// From now on they are found by these words, and by no others.
pub fn index(tx: &mut Tx, workspace: WorkspaceId, documents: &[Document<'_>]) -> Result<()> {
    let known = documents.iter().filter(|document| document.is_known).map(|document| document.id).collect::<Vec<_>>();
    store::forget(tx, &known)?;
    let entry = |document: &Document<'_>| Entry {
        interaction: document.id,
        created_at: document.created_at,
        words: Words::new(document.text, document.author, &document.traits),
    };
    let entries = documents.iter().map(entry).collect::<Vec<_>>();
    store::put(tx, workspace, &entries)
}

/// They are said to be something else now.
pub fn judged(tx: &mut Tx, workspace: WorkspaceId, ids: &[InteractionId]) -> Result<()> {
    let written = store::written(tx, workspace, ids)?;
    index(tx, workspace, &written.iter().map(store::Written::document).collect::<Vec<_>>())
}

/// These people go by another name now: so does all that they wrote.
pub fn renamed(tx: &mut Tx, workspace: WorkspaceId, authors: &[AuthorId]) -> Result<()> {
    for author in authors {
        let written = store::written_by(tx, workspace, *author)?;
        index(tx, workspace, &written.iter().map(store::Written::document).collect::<Vec<_>>())?;
    }
    Ok(())
}
