//! One interaction, with its thread, its content and its author.

mod store;

use kit::clock::Timestamp;
use kit::db::{Conn, Result};

use super::Interaction;
use crate::model::{ContentId, InteractionId};
use crate::workspaces::WorkspaceId;

pub use store::{ContentItem, Version};

/// One interaction with all that its page shows.
#[derive(Clone, Debug)]
pub struct Opened {
    pub interaction: Interaction,
    pub content: Option<ContentItem>,
    /// Everything said in its thread, oldest first, itself among it.
    pub thread: Vec<Interaction>,
    pub author_since: Option<Timestamp>,
    /// What else its author wrote, newest first.
    pub by_author: Vec<Interaction>,
    /// What its edits replaced, oldest first.
    pub versions: Vec<Version>,
}

pub fn open(conn: &mut Conn, workspace: WorkspaceId, id: InteractionId) -> Result<Option<Opened>> {
    let Some(interaction) = store::interaction(conn, workspace, id)? else { return Ok(None) };
    let content = interaction.content_id.map(|id| store::content(conn, workspace, id)).transpose()?.flatten();
    let thread = store::thread(conn, workspace, &interaction)?;
    let author_since = store::author_since(conn, interaction.author_id)?;
    let by_author = store::by_author(conn, workspace, interaction.author_id, interaction.id)?;
    let versions = if interaction.edited_at.is_some() { store::versions(conn, id)? } else { Vec::new() };
    Ok(Some(Opened { interaction, content, thread, author_since, by_author, versions }))
}

pub fn has_content(conn: &mut Conn, workspace: WorkspaceId, content: ContentId) -> Result<bool> {
    Ok(store::content(conn, workspace, content)?.is_some())
}

/// The title of one content item, for a filter that shows one.
pub fn content_title(conn: &mut Conn, workspace: WorkspaceId, content: ContentId) -> Result<Option<String>> {
    Ok(store::content(conn, workspace, content)?.and_then(|content| content.title))
}
