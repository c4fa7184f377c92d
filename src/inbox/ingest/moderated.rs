//! What was done at the platform from here: interactions stand there now as it was asked.

use kit::db::{Result, Tx};

use super::IngestContext;
use super::retriage::{self, Unsettled};
use super::rollups::{Counted, Rollups};
use super::store::{self, Stored};
use crate::events::{self, Event};
use crate::inbox::corrections;
use crate::inbox::derive::{self, Said};
use crate::model::{InteractionId, ProviderState};
use crate::replies;
use crate::workspaces;

/// Puts interactions where the platform has put them, and their threads where that leaves them.
pub fn moderated(tx: &mut Tx, context: &IngestContext<'_>, ids: &[InteractionId], state: ProviderState) -> Result<()> {
    let zone = workspaces::lock(tx, context.workspace)?;
    let (mut rollups, mut unsettled) = (Rollups::default(), Unsettled::default());
    let said = corrections::said_of(tx, ids)?;
    for row in store::by_ids(tx, context, ids)? {
        let said = said.get(&row.id).copied().unwrap_or_default();
        put(tx, context, (row, said), state, (&mut rollups, &mut unsettled))?;
    }
    retriage::settle(tx, context.place(), unsettled, &mut rollups)?;
    rollups.apply(tx, context.workspace, context.connection, &zone)?;
    replies::moderated(tx, context.now, context.connection)?;
    events::record(tx, context.now, context.workspace, Event::InboxChanged(context.connection))
}

/// Puts an interaction where the platform has it now. That it is spam there is something that the rules go by.
pub(super) fn put(
    tx: &mut Tx,
    context: &IngestContext<'_>,
    (mut row, said): (Stored, Said),
    state: ProviderState,
    (rollups, unsettled): (&mut Rollups, &mut Unsettled),
) -> Result<()> {
    let (before, was_spam) = (Counted::of(&row), row.provider_state == ProviderState::Spam);
    row.provider_state = state;
    row.can_reply &= state != ProviderState::Removed;
    store::put_provider_state(tx, &row)?;
    rollups.replace(before, Counted::of(&row));
    if !row.is_own && was_spam != (state == ProviderState::Spam) {
        let by_rules = derive::facts(row.given(context.language, Said::default()));
        corrections::derived_anew(tx, row.id, &by_rules, row.rating)?;
        unsettled.facts.insert(row.id, derive::facts(row.given(context.language, said)));
    }
    unsettled.touched.entry(row.thread_external_id.clone()).or_default();
    unsettled.again.insert(row.thread_external_id);
    Ok(())
}
