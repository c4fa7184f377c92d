//! What an import asks of the inbox: what of an account is here already.

mod store;

use std::collections::HashSet;

use kit::db::{self, Conn};

use crate::model::ConnectionId;

kit::row! {
    /// Where an interaction stands.
    #[derive(Clone, Debug)]
    pub struct Place {
        pub thread_external_id: String,
        pub content_external_id: Option<String>,
    }
}

kit::row! {
    #[derive(Clone, Debug)]
    pub struct OwnReply {
        pub external_id: String,
        pub text: Option<String>,
    }
}

/// Those of the ids that are content of the account.
pub fn known_content(conn: &mut Conn, account: ConnectionId, ids: &[&str]) -> db::Result<HashSet<String>> {
    Ok(store::known_content(conn, account, ids)?.into_iter().collect())
}

/// Where a comment of the account stands.
pub fn place(conn: &mut Conn, account: ConnectionId, external_id: &str) -> db::Result<Option<Place>> {
    store::place(conn, account, external_id)
}

pub fn own_replies(conn: &mut Conn, account: ConnectionId, thread: &str) -> db::Result<Vec<OwnReply>> {
    store::own_replies(conn, account, thread)
}
