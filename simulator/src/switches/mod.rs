//! The switchboard: what goes wrong, or goes on, on a press. Each switch is what happens to real accounts.

pub mod api;
pub mod store;
#[cfg(test)]
mod tests;

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use serde_json::json;

use crate::arrivals::{self, Event};
use crate::faults::{self, FaultKind, Parameters};
use crate::hosts::Host;
use crate::profiles::{ProfileId, ProfileRow};
use crate::state::{Simulated, Slot};
use crate::world::business::{Version, reaction};
use crate::world::{Language, Platform};
use crate::youtube::channel::Status;
use crate::youtube::quota;

kit::text_enum! {
    pub enum Switch {
        /// Every authorisation of the profile ends, as if its person had taken it back at the provider.
        RevokeToken = "revoke_token",
        /// No unit is left until midnight Pacific.
        SpendQuota = "spend_quota",
        /// The next call that writes is done, and its answer gets lost.
        LoseAnswer = "lose_answer",
        /// Every call fails for a minute.
        ServerErrors = "server_errors",
        /// Somebody changes what they wrote.
        Edit = "edit",
        /// Somebody takes back what they wrote.
        Delete = "delete",
        /// What is told next is told twice.
        RepeatWebhook = "repeat_webhook",
        /// All faults that were ordered are over.
        AllWell = "all_well",
    }
}

const A_MINUTE: Duration = Duration::from_secs(60);

/// What somebody else did to what they wrote: it reads otherwise, or is gone.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub platform: Platform,
    pub id: String,
    pub at: Timestamp,
    pub now_reads: Option<Reads>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Reads {
    pub text: String,
    pub stars: Option<u8>,
}

/// What a press did.
pub struct Pressed {
    /// What it concerned, where that is one thing.
    pub concerns: Option<Change>,
}

/// `None` where nothing is there that it could be done to.
pub async fn press(state: &Simulated, profile: &ProfileRow, switch: Switch) -> db::Result<Option<Pressed>> {
    let (id, now) = (profile.id, state.clock.now());
    if let Switch::Edit | Switch::Delete = switch {
        return change(state, profile, switch == Switch::Edit, now).await;
    }
    let pressed = state.db.write(move |tx| {
        match switch {
            Switch::RevokeToken => store::end_authorisations(tx, id)?,
            Switch::SpendQuota => {
                order(tx, id, FaultKind::Quota, Some(Host::Youtube), None, Some(quota::next_day(now)), now)?
            }
            Switch::LoseAnswer => order(tx, id, FaultKind::LostAnswer, None, Some(1), None, now)?,
            Switch::ServerErrors => order(tx, id, FaultKind::ServerError, None, None, Some(now + A_MINUTE), now)?,
            Switch::RepeatWebhook => store::repeat_next(tx, id)?,
            Switch::AllWell => faults::store::remove(tx, id, None).map(drop)?,
            Switch::Edit | Switch::Delete => {}
        }
        Ok::<_, db::Error>(())
    });
    pressed.await?;
    Ok(Some(Pressed { concerns: None }))
}

fn order(
    tx: &mut Tx,
    profile: ProfileId,
    kind: FaultKind,
    host: Option<Host>,
    calls: Option<i64>,
    until: Option<Timestamp>,
    now: Timestamp,
) -> db::Result<()> {
    let parameters = Parameters::default();
    let fault = faults::api::Fault { kind, host, method: None, path: None, parameters, calls, until };
    faults::store::add(tx, profile, &fault, now).map(drop)
}

async fn change(state: &Simulated, profile: &ProfileRow, edits: bool, now: Timestamp) -> db::Result<Option<Pressed>> {
    let Some(slot) = state.slot(profile.id, now).await? else { return Ok(None) };
    let _turn = slot.turn.lock().await;
    let Some(change) = newest(&slot, edits, now) else { return Ok(None) };
    let (id, row, told) = (profile.id, change.clone(), hint(state, profile, &change));
    let stored = state.db.write(move |tx| {
        store::insert(tx, id, &row)?;
        told.iter().try_for_each(|event| arrivals::store::insert(tx, id, event, now))
    });
    stored.await?;
    slot.apply(&change);
    state.news.notify_one();
    Ok(Some(Pressed { concerns: Some(change) }))
}

/// The newest thing on the first of the profile's platforms that it can be done to.
fn newest(slot: &Slot, edits: bool, now: Timestamp) -> Option<Change> {
    let of = |platform, id: &str, now_reads| Change { platform, id: id.to_owned(), at: now, now_reads };
    if slot.profile.story.has_places() {
        let business = slot.business.read();
        let mut found: Vec<_> = business.places().iter().flat_map(|place| place.shown(now)).collect();
        // Who was answered has a reason to think again.
        found.sort_by_key(|(item, _)| (item.replies().reply(now).is_none(), std::cmp::Reverse(item.review.created_at)));
        let changed = found.into_iter().find_map(|(item, _)| {
            let reads = if edits { Some(reads(&reaction(&slot.profile, &item.review, now)?)) } else { None };
            Some(of(Platform::Google, &item.review.id, reads))
        });
        if changed.is_some() {
            return changed;
        }
    }
    if let Some(channel) = &slot.channel {
        let channel = channel.read();
        let mut threads = channel.threads(None, Status::Published, None);
        let thread = threads.find(|item| !item.by_owner && item.language.is_some())?;
        let added = edits.then(|| {
            let text = format!("{}\n\n{}", thread.text, afterthought(thread.language.unwrap_or(Language::En)));
            Reads { text, stars: None }
        });
        return Some(of(Platform::YouTube, &thread.id, added));
    }
    let feed = slot.feed.as_ref().filter(|_| !edits)?.read();
    let post = feed.newest(None, now).find(|item| !item.post.by_owner)?;
    Some(of(Platform::Bluesky, &post.post.uri(), None))
}

fn reads(version: &Version) -> Reads {
    let text = version.text.as_ref().map(|text| text.original.clone()).unwrap_or_default();
    Reads { text, stars: Some(version.stars) }
}

const fn afterthought(language: Language) -> &'static str {
    match language {
        Language::En => "EDIT: still stuck on this, any idea what I'm missing?",
        Language::De => "EDIT: Ich komme immer noch nicht weiter, hat jemand eine Idee?",
        Language::Es => "EDIT: sigo sin dar con ello, ¿alguna idea?",
        Language::Fr => "EDIT : je bloque toujours, une idée ?",
        Language::Pt => "EDIT: ainda não consegui, alguma ideia?",
        Language::It => "EDIT: sono ancora bloccato, qualche idea?",
    }
}

/// What is told of it. That a review changed, its place tells by itself.
fn hint(state: &Simulated, profile: &ProfileRow, change: &Change) -> Option<Event> {
    let platform = match change.platform {
        Platform::YouTube => "youtube",
        Platform::Bluesky => "bluesky",
        Platform::Google if change.now_reads.is_some() => return None,
        Platform::Google => "google_business",
    };
    let kind = if change.now_reads.is_some() { "interaction.updated" } else { "interaction.deleted" };
    let body = json!({
        "type": kind, "timestamp": change.at.to_string(),
        "data": { "user_id": profile.user_id, "platform": platform, "external_id": change.id },
    });
    Some(Event { id: format!("msg_{}", state.random.token()), body: body.to_string(), at: change.at })
}

impl Slot {
    /// Takes in what somebody else did to what they wrote.
    pub fn apply(&self, change: &Change) {
        match change.platform {
            Platform::YouTube => {
                if let Some(channel) = &self.channel {
                    let text = change.now_reads.as_ref().map(|reads| reads.text.as_str());
                    channel.change().amend(&change.id, text, change.at);
                }
            }
            Platform::Google => self.business.change().amend(&change.id, change.now_reads.as_ref(), change.at),
            Platform::Bluesky => {
                if let Some(feed) = &self.feed {
                    feed.change().take_back(&change.id, change.at);
                }
            }
        }
    }
}
