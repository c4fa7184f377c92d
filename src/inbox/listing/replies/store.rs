//! The statement about own replies.

use kit::args;
use kit::clock::Timestamp;
use kit::db::lists::all_in;
use kit::db::{Conn, Result};

use super::super::Interaction;
use crate::model::{ConnectionId, InteractionId, ProviderState};
use crate::workspaces::WorkspaceId;

kit::row! {
    /// An own reply, as a list shows it under what it answers.
    #[derive(Clone, Debug)]
    pub struct Reply {
        pub id: InteractionId,
        pub connection_id: ConnectionId,
        pub thread_external_id: String,
        pub text: Option<String>,
        pub created_at: Timestamp,
        pub provider_state: ProviderState,
    }
}

pub fn to(conn: &mut Conn, workspace: WorkspaceId, items: &[Interaction]) -> Result<Vec<Reply>> {
    let mut connections = items.iter().map(|item| item.connection_id).collect::<Vec<_>>();
    connections.sort_unstable();
    connections.dedup();
    let sql = format!(
        "SELECT {} FROM interactions
         WHERE workspace_id = $1 AND connection_id = $2 AND is_own AND thread_external_id IN ",
        Reply::COLUMNS
    );
    let mut replies: Vec<Reply> = Vec::new();
    for connection in connections {
        let threads = items.iter().filter(|item| item.connection_id == connection && !item.is_own);
        let mut threads = threads.map(|item| item.thread_external_id.as_str()).collect::<Vec<_>>();
        threads.sort_unstable();
        threads.dedup();
        replies.extend(all_in::<Reply, _>(conn, &sql, "", args![workspace, connection], &threads)?);
    }
    replies.sort_by_key(|reply| (reply.created_at, reply.id));
    Ok(replies)
}
