//! Whose data a row is: every row of the product belongs to a workspace, and a person sees one workspace at a time.

mod store;

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::random::Random;

pub use crate::model::{UserId, WorkspaceId};

kit::text_enum! {
    pub enum Kind {
        Live = "live",
        /// Exists from a demo's start to its end, and takes everything of it along.
        Demo = "demo",
    }
}

kit::text_enum! {
    /// `users.demo_mode_status`. The current workspace is the demo one exactly while this is `Enabled`.
    pub enum DemoStatus {
        Disabled = "disabled",
        Enabling = "enabling",
        Enabled = "enabled",
        Disabling = "disabling",
        Failed = "failed",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub kind: Kind,
    pub name: String,
}

/// A workspace that `owner` owns.
pub fn create(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    owner: UserId,
    kind: Kind,
    name: &str,
) -> db::Result<WorkspaceId> {
    let id = WorkspaceId::new(now, random);
    create_with_id(tx, now, id, owner, kind, name)?;
    Ok(id)
}

/// The same, where the id is known before the transaction.
pub fn create_with_id(
    tx: &mut Tx,
    now: Timestamp,
    id: WorkspaceId,
    owner: UserId,
    kind: Kind,
    name: &str,
) -> db::Result<()> {
    store::insert(tx, id, kind, name, now)?;
    store::add_owner(tx, id, owner, now)
}
