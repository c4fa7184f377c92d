//! Own replies: those of `sent_responses`, and those that stand beside a comment.

use kit::clock::Timestamp;
use kit::db::Tx;
use serde_json::json;

use super::arrivals::{Arrivals, FUTURE, Home, Homes, Sighting, Work};
use super::comments::{connections, said_text};
use super::record::{Comment, SentResponse, boolean, identifier, instant, text};
use super::{Batch, Error, connections as accounts, store};
use crate::connections::imported;
use crate::inbox::imported::{self as inbox, Place};
use crate::model::{Kind, ObservedInteraction, Platform, ProviderState};

pub fn write(tx: &mut Tx, comments: &[Comment], batch: &mut Batch<'_>, platform: Platform) -> Result<(), Error> {
    let (mut homes, mut arrivals) = (Homes::default(), Arrivals::default());
    for comment in comments {
        let id = text(&comment.id).unwrap_or_default();
        let answer = match Answer::beside(comment, id, batch.now) {
            Ok(answer) => answer,
            Err(reason) => {
                batch.tally.skip(reason, id);
                continue;
            }
        };
        let home = homes.of(tx, batch.source, connections(platform), &comment.connection)?;
        let place = match &home {
            Some(home) => inbox::place(tx, home.account.id, &answer.to)?,
            None => None,
        };
        let (Some(home), Some(place)) = (home, place) else {
            batch.tally.skip("its comment was not brought over", id);
            continue;
        };
        if instant(&comment.replied_at).is_none() {
            batch.tally.note("without its time: it has that of its comment's last change", id);
        }
        add(tx, batch, &home, place, answer, &mut arrivals)?;
    }
    arrivals.write(tx, batch)?;
    Ok(())
}

pub fn write_sent(tx: &mut Tx, responses: &[SentResponse], batch: &mut Batch<'_>) -> Result<(), Error> {
    let mut arrivals = Arrivals::default();
    for response in responses {
        let id = text(&response.id).unwrap_or_default();
        let answer = match Answer::sent(response, id, batch.now) {
            Ok(answer) => answer,
            Err(reason) => {
                batch.tally.skip(reason, id);
                continue;
            }
        };
        match find(tx, batch, response, &answer.to)? {
            Some((home, place)) => add(tx, batch, &home, place, answer, &mut arrivals)?,
            None => batch.tally.skip("its interaction was not brought over", id),
        }
    }
    arrivals.write(tx, batch)?;
    Ok(())
}

/// The account that has what was answered, and where in it.
fn find(tx: &mut Tx, batch: &Batch<'_>, response: &SentResponse, to: &str) -> Result<Option<(Home, Place)>, Error> {
    let (Some(user), Some(platform)) = (text(&response.answered_user), accounts::platform(&response.answered_platform))
    else {
        return Ok(None);
    };
    let Some(workspace) = store::home_of(tx, batch.source, user)? else { return Ok(None) };
    for account in imported::accounts(tx, workspace, platform)? {
        if let Some(place) = inbox::place(tx, account.id, to)? {
            return Ok(Some((Home::new(account), place)));
        }
    }
    Ok(None)
}

/// The same words in one thread are one answer, unless the platform numbered them twice.
fn add(
    tx: &mut Tx,
    batch: &mut Batch<'_>,
    home: &Home,
    place: Place,
    answer: Answer,
    arrivals: &mut Arrivals,
) -> Result<(), Error> {
    let own = inbox::own_replies(tx, home.account.id, &place.thread_external_id)?;
    let is_here = own.iter().any(|reply| {
        reply.external_id == answer.external_id
            || answer.is_unnumbered
                && !reply.external_id.starts_with(answer.own_kind())
                && reply.text.as_deref().map(str::trim) == answer.text.as_deref().map(str::trim)
    });
    if is_here {
        batch.tally.already += 1;
        return Ok(());
    }
    let observed = ObservedInteraction {
        kind: Kind::Reply,
        external_id: answer.external_id,
        parent_external_id: Some(answer.to),
        thread_external_id: place.thread_external_id,
        content_external_id: place.content_external_id,
        author: home.author(),
        text: answer.text,
        rating: None,
        likes: None,
        reply_count: None,
        created_at: answer.sent_at,
        edited_at: None,
        provider_state: ProviderState::Published,
        can_reply: false,
        permalink: None,
        translation: None,
        state_reason: None,
        raw: json!({ "former": { "id": &answer.row } }),
    };
    arrivals.add(home, Sighting { id: answer.row, observed, work: Work::default() });
    Ok(())
}

struct Answer {
    row: String,
    external_id: String,
    /// The platform's id is not known.
    is_unnumbered: bool,
    is_beside_comment: bool,
    /// The external id of what it answers.
    to: String,
    text: Option<String>,
    sent_at: Timestamp,
}

impl Answer {
    /// What stands in the same place there is another answer, whatever its words.
    const fn own_kind(&self) -> &'static str {
        if self.is_beside_comment { "imported:answer:" } else { "imported:" }
    }

    fn beside(comment: &Comment, id: &str, now: Timestamp) -> Result<Self, &'static str> {
        let sent_at = instant(&comment.replied_at).or_else(|| instant(&comment.updated_at)).ok_or("without a date")?;
        Ok(Self {
            row: id.to_owned(),
            external_id: format!("imported:answer:{id}"),
            is_unnumbered: true,
            is_beside_comment: true,
            to: identifier(&comment.comment_id)?.ok_or("without an id of the platform's")?,
            text: said_text(comment.response_text.as_ref())?,
            sent_at: not_from_the_future(sent_at, now)?,
        })
    }

    fn sent(response: &SentResponse, id: &str, now: Timestamp) -> Result<Self, &'static str> {
        if boolean(&response.is_demo) == Some(true) {
            return Err("demo data stays behind");
        }
        let numbered = identifier(&response.platform_response_id)?;
        if numbered.is_none() && text(&response.platform_error).is_some() {
            return Err("never sent: the platform refused it");
        }
        let asked = text(&response.interaction_id).ok_or("to no interaction")?;
        Ok(Self {
            row: id.to_owned(),
            is_unnumbered: numbered.is_none(),
            is_beside_comment: false,
            external_id: numbered.unwrap_or_else(|| format!("imported:response:{id}")),
            to: identifier(&response.answered_id)?.unwrap_or_else(|| format!("imported:{asked}")),
            text: said_text(response.response_text.as_ref())?.map(Some).ok_or("without a text")?,
            sent_at: not_from_the_future(instant(&response.sent_at).ok_or("without a date")?, now)?,
        })
    }
}

fn not_from_the_future(at: Timestamp, now: Timestamp) -> Result<Timestamp, &'static str> {
    if at > now + FUTURE { Err("from the future") } else { Ok(at) }
}
