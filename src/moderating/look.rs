//! Looking at the platform for what may be done there already.

use super::{Answered, Group};
use crate::app::App;
use crate::connections::account::{IngestTarget, OpenAccount, SyncError};
use crate::model::is_same_text;
use crate::moderation::{Act, Item};
use crate::platforms::{Batch, Error, Verb};

/// What a look at one comment showed.
pub(super) enum Sight {
    Done(Answered),
    /// The platform does not have the comment any more.
    Gone,
    /// It is asked for again, as with whatever is unclear.
    NotDone,
    /// Nobody can tell.
    Unclear,
}

pub(super) enum Seen {
    /// For each act of the group.
    Sights(Vec<Sight>, Box<IngestTarget>),
    NotConnected,
}

pub(super) async fn look(app: &App, group: &Group) -> Result<Seen, SyncError> {
    let (act, item) = group.first();
    let Some(account) = OpenAccount::for_people(app, act.connection_id).await? else { return Ok(Seen::NotConnected) };
    let sights = match group.rules.are_read_back {
        true if act.verb.is_about_own() => vec![own(&account, act, item).await?],
        true => others(&account, group).await?,
        false => group.acts.iter().map(|_| Sight::Unclear).collect(),
    };
    Ok(Seen::Sights(sights, Box::new(account.target)))
}

async fn own(account: &OpenAccount, act: &Act, item: &Item) -> Result<Sight, SyncError> {
    let thread = &item.thread_external_id;
    let batch = match account.adapter.fetch(&account.key(), thread, Some(item.provider_state)).await {
        Ok(batch) => batch,
        Err(error) if tells_nothing(&error) => return Ok(Sight::Unclear),
        Err(error) => return Err(error.into()),
    };
    let found = batch.interactions.iter().find(|observed| observed.external_id == item.external_id);
    Ok(match (act.verb, found) {
        (Verb::Edit, Some(observed)) => {
            let (says, wanted) = (observed.text.as_deref().unwrap_or_default(), act.text.as_deref());
            match is_same_text(says, wanted.unwrap_or_default()) {
                true => Sight::Done(Answered::Edited(Box::new(observed.clone()))),
                false => Sight::NotDone,
            }
        }
        (Verb::Delete, None) if is_whole(&batch, thread) => Sight::Done(Answered::Done),
        (Verb::Delete, Some(_)) => Sight::NotDone,
        (Verb::Edit, None) if is_whole(&batch, thread) => Sight::Gone,
        _ => Sight::Unclear,
    })
}

fn is_whole(batch: &Batch, thread: &str) -> bool {
    batch.set_aside.is_empty()
        && batch.partial.is_empty()
        && batch.interactions.iter().any(|observed| observed.external_id == thread)
}

async fn others(account: &OpenAccount, group: &Group) -> Result<Vec<Sight>, SyncError> {
    let stands = match account.adapter.standing(&account.key(), &group.external_ids()).await {
        Ok(stands) => stands,
        Err(error) if tells_nothing(&error) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    // Nothing shows whether an author is banned.
    let wanted = group.rules.becomes(group.verb()).filter(|_| group.verb() != Verb::Ban);
    let sight = |item: &Item| {
        let state = stands.iter().find(|(id, _)| *id == item.external_id).map(|(_, state)| *state);
        match (state, wanted) {
            (Some(state), Some(wanted)) if state == wanted => Sight::Done(Answered::Done),
            (Some(_), Some(_)) => Sight::NotDone,
            _ => Sight::Unclear,
        }
    };
    Ok(group.acts.iter().map(|(_, item)| sight(item)).collect())
}

/// Whoever is refused a look asks again for the act itself, whose refusal is then told.
fn tells_nothing(error: &Error) -> bool {
    error.is_about_the_thing() || error.only_a_person_can_mend()
}
