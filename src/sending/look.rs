//! Looking for a reply at the platform: an own comment of its thread, newer than the first attempt, that says the same.

use std::time::Duration;

use super::{Comment, Hand, words};
use crate::app::App;
use crate::connections::account::{OpenAccount, SyncError};
use crate::model::{ObservedInteraction, is_same_text};
use crate::platforms::{Batch, Error};
use crate::replies::{self, Reply, Trouble};

/// Platforms' clocks and ours differ by less. An own comment with the same words that is a little older than the attempt
/// says what was to be said.
const SLACK: Duration = Duration::from_secs(600);

/// What a look showed.
pub(super) enum Sight {
    There(Box<Comment>),
    NotThere,
    /// The thread was not shown, or not all of it.
    Unclear,
    /// Nobody can look but a person.
    Barred(Trouble),
}

pub(super) async fn look(app: &App, hand: &Hand) -> Result<Sight, SyncError> {
    let (reply, item) = (&hand.reply, &hand.item);
    let rules = replies::rules_of(&app.platforms, item.platform);
    if !rules.is_some_and(|rules| rules.are_read_back) {
        return Ok(Sight::Barred(words::is_not_read_back(item.platform)));
    }
    let Some(account) = OpenAccount::for_people(app, reply.connection_id).await? else {
        return Ok(Sight::Barred(words::cannot_look_without_account()));
    };
    let thread = &item.thread_external_id;
    let batch = match account.adapter.fetch(&account.key(), thread, Some(item.provider_state)).await {
        Ok(batch) => batch,
        Err(error @ Error::Permission { .. }) => return Ok(Sight::Barred(words::trouble(&error, item.platform))),
        Err(error) if error.only_a_person_can_mend() => {
            return Ok(Sight::Barred(words::trouble(&error, item.platform)));
        }
        Err(error) if error.is_about_the_thing() => return Ok(Sight::Unclear),
        Err(error) => return Err(error.into()),
    };
    for observed in candidates(reply, &batch) {
        let (asked, external_id) = (reply.clone(), observed.external_id.clone());
        let is_anothers = app.db.read(move |conn| replies::is_anothers(conn, &asked, &external_id)).await?;
        // Where there is room for one answer, it was another's until this one took its place.
        if !is_anothers || rules.is_some_and(|rules| rules.are_replaced) {
            let comment = Comment { reply: reply.clone(), observed: observed.clone(), target: account.target };
            return Ok(Sight::There(Box::new(comment)));
        }
    }
    let is_whole = batch.set_aside.is_empty()
        && batch.partial.is_empty()
        && batch.interactions.iter().any(|observed| observed.external_id == *thread);
    Ok(if is_whole { Sight::NotThere } else { Sight::Unclear })
}

/// The oldest first: of two with the same words the other is another's.
fn candidates<'a>(reply: &Reply, batch: &'a Batch) -> Vec<&'a ObservedInteraction> {
    let since = reply.doubtful_since.unwrap_or(reply.created_at) - SLACK;
    let is_it = |observed: &&ObservedInteraction| {
        observed.author.is_self
            && observed.created_at >= since
            && observed.text.as_deref().is_some_and(|said| is_same_text(said, &reply.text))
    };
    let mut found: Vec<_> = batch.interactions.iter().filter(is_it).collect();
    found.sort_by(|a, b| (a.created_at, &a.external_id).cmp(&(b.created_at, &b.external_id)));
    found
}
