//! A person set right what rules derived of a text, or took that back.

use jiff::tz::TimeZone;
use kit::clock::Timestamp;
use kit::db::{Result, Tx};
use kit::mutant;
use kit::random::Random;

use super::retriage::{self, Place, Unsettled};
use super::rollups::Rollups;
use super::store;
use crate::events::{self, Event};
use crate::inbox::derive::{self, Facts, Said};
use crate::model::InteractionId;
use crate::workspaces::WorkspaceId;

/// What the rules alone make of an interaction, and its rating; none of what is not there, or was not written by somebody
/// else.
pub(in crate::inbox) fn by_rules(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: InteractionId,
) -> Result<Option<(Facts, Option<i64>)>> {
    let found = store::of_others(tx, workspace, id)?;
    Ok(found.map(|(row, language)| (derive::facts(row.given(language, Said::default())), row.rating)))
}

/// Derives an interaction's facts anew, with what people say of it now, and what follows from them. Under the workspace's lock.
pub(in crate::inbox) fn corrected(
    tx: &mut Tx,
    (workspace, zone): (WorkspaceId, &TimeZone),
    (now, random): (Timestamp, &Random),
    id: InteractionId,
    said: Said,
) -> Result<()> {
    let Some((row, account_language)) = store::of_others(tx, workspace, id)? else { return Ok(()) };
    let facts = derive::facts(row.given(account_language, said));
    let mut rollups = Rollups::default();
    let thread = row.thread_external_id.clone();
    let mut unsettled = Unsettled::default();
    unsettled.touched.insert(thread.clone(), 0);
    unsettled.again.insert(thread);
    unsettled.facts.insert(id, facts);
    let place = Place { workspace, connection: row.connection_id, now, random };
    retriage::settle(tx, place, unsettled, &mut rollups)?;
    let is_forgotten = said.spam.is_some() && mutant!("inbox: a word on spam is not counted")
        || said.reply.is_some() && mutant!("inbox: a word on replies is not counted");
    if !is_forgotten {
        rollups.apply(tx, workspace, row.connection_id, zone)?;
    }
    events::record(tx, now, workspace, Event::InboxChanged(row.connection_id))
}
