//! What a pass could not read is no deletion.

mod store;

use kit::db::{Result, Tx};

use super::IngestContext;
use crate::model::UnreadKind;

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
