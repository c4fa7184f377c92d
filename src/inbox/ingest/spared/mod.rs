//! What a pass could not read is no deletion.

mod store;

use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::IngestContext;
use crate::model::{ConnectionId, UnreadKind};

/// What could not be read is not taken for gone: a thing by its id, with its thread; a thread's replies; or all of a list.
pub fn spare(tx: &mut Tx, context: &IngestContext<'_>, unread: &[(UnreadKind, String)]) -> Result<()> {
    for (kind, external_id) in unread {
        match kind {
            UnreadKind::Interaction | UnreadKind::Replies => store::spare_thread(tx, context, external_id)?,
            UnreadKind::InteractionList => store::spare_state(tx, context, external_id)?,
            UnreadKind::Content | UnreadKind::ContentList => {}
        }
    }
    Ok(())
}

/// What was not seen since then, so many at most.
pub fn unseen(conn: &mut Conn, connection: ConnectionId, since: Timestamp, most: usize) -> Result<Vec<String>> {
    store::unseen(conn, connection, since, most)
}

/// Where lists leave out what is there all the same: only what the platform was asked for and does not have stays unseen.
pub fn spare_all_but(tx: &mut Tx, context: &IngestContext<'_>, since: Timestamp, gone: &[String]) -> Result<()> {
    store::spare_all(tx, context, since)?;
    gone.iter().try_for_each(|external_id| store::unspare(tx, context, since, external_id))
}
