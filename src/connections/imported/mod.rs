//! Accounts that came from another system: known, with what was gathered of them, until they are connected again.

mod store;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};
use kit::random::Random;

use super::ConnectionId;
use crate::model::Platform;
use crate::workspaces::WorkspaceId;

/// A connected account as the other system described it.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// The platform's own id of the account.
    pub external_id: Option<String>,
    pub handle: Option<String>,
    pub display_name: Option<String>,
    pub avatar_url: Option<String>,
    pub followers: Option<i64>,
    pub content_total: Option<i64>,
    pub created_at: Option<Timestamp>,
}

/// An account of a workspace, and whether it was made just now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Put {
    pub id: ConnectionId,
    pub is_new: bool,
}

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Account {
        pub id: ConnectionId,
        pub workspace_id: WorkspaceId,
        pub platform: Platform,
        pub external_id: Option<String>,
        pub display_name: Option<String>,
    }
}

/// The workspace's account of that id, made `disconnected` where it is missing. `stand_in` is its id where the platform's
/// is not known: an account without any would be taken for an attempt that nobody finished, and cleared away with its data.
pub fn put(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    workspace: WorkspaceId,
    platform: Platform,
    described: &Described,
    stand_in: &str,
) -> db::Result<Put> {
    let external_id = described.external_id.clone().unwrap_or_else(|| format!("imported:{stand_in}"));
    if let Some(id) = super::store::by_account(tx, workspace, platform, &external_id)? {
        return Ok(Put { id, is_new: false });
    }
    let id = ConnectionId::new(now, random);
    store::insert(tx, now, id, (workspace, platform, &external_id), described)?;
    Ok(Put { id, is_new: true })
}

/// The account that was brought over, where it is still here.
pub fn account(conn: &mut Conn, id: ConnectionId) -> db::Result<Option<Account>> {
    store::account(conn, id)
}

/// The workspace's accounts of a platform: the one that is known best comes first.
pub fn accounts(conn: &mut Conn, workspace: WorkspaceId, platform: Platform) -> db::Result<Vec<Account>> {
    store::accounts(conn, workspace, platform)
}

/// The account of things that name none.
pub fn nameless(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    workspace: WorkspaceId,
    platform: Platform,
) -> db::Result<Put> {
    put(tx, now, random, workspace, platform, &Described::default(), "unknown")
}
