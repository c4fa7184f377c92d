//! Own replies, under what they answer.

mod store;

use kit::db::{Conn, Result};

use super::Interaction;
use crate::workspaces::WorkspaceId;

pub use store::Reply;

/// Own replies that follow each of the items in its thread, in the items' order.
pub fn replies(conn: &mut Conn, workspace: WorkspaceId, items: &[Interaction]) -> Result<Vec<Vec<Reply>>> {
    let found = store::to(conn, workspace, items)?;
    let of = |item: &Interaction| {
        let answers = |reply: &&Reply| {
            reply.thread_external_id == item.thread_external_id
                && reply.connection_id == item.connection_id
                && reply.created_at > item.created_at
        };
        if item.is_own { Vec::new() } else { found.iter().filter(answers).cloned().collect() }
    };
    Ok(items.iter().map(of).collect())
}
