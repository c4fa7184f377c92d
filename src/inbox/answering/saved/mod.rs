//! Saved replies under a comment: filled in with what is known of it.

pub mod pages;
#[cfg(test)]
mod tests;

use kit::db::{self, Conn};

use crate::inbox::listing;
use crate::model::InteractionId;
use crate::replies::saved::{self, Facts, SavedReplyId};
use crate::workspaces::WorkspaceId;

/// A saved reply as it would be sent to whoever wrote a comment; none where one of the two is not there.
pub fn filled(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: InteractionId,
    saved: SavedReplyId,
) -> db::Result<Option<String>> {
    let Some(opened) = listing::open(conn, workspace, id)? else { return Ok(None) };
    let Some(reply) = saved::find(conn, workspace, saved)? else { return Ok(None) };
    let content = opened.content.as_ref();
    let link = content.and_then(|content| content.permalink.as_deref()).or(opened.interaction.permalink.as_deref());
    let facts = Facts {
        author_name: Some(&opened.interaction.author_name),
        content_title: content.and_then(|content| content.title.as_deref()),
        link,
    };
    Ok(Some(saved::filled(&reply.text, &facts)))
}

/// What can be chosen, by name.
pub fn choice(conn: &mut Conn, workspace: WorkspaceId) -> db::Result<Vec<(SavedReplyId, String)>> {
    Ok(saved::list(conn, workspace)?.into_iter().map(|reply| (reply.id, reply.name)).collect())
}

/// Behind what is written already.
fn appended(draft: &str, words: &str) -> String {
    let draft = draft.trim_end();
    if draft.is_empty() { words.to_owned() } else { format!("{draft}\n\n{words}") }
}
