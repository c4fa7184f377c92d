//! Comments, replies, reviews and mentions: through the same ingest as everything that arrives, so that what is derived from
//! them and counted holds. What the former system thought of them is kept beside them.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use kit::clock::Timestamp;
use kit::db::{self, Tx};
use serde_json::json;

use super::record::{Interaction, LONGEST_TEXT, boolean, instant, link, name, number, text};
use super::store::Known;
use super::{Desk, Error, Tally, connections, store};
use crate::connections::imported;
use crate::inbox::ingest::{self, IngestContext};
use crate::model::{Kind, ObservedAuthor, ObservedInteraction, ProviderState};
use crate::platforms::Platform;

/// Clocks differ; a day does not.
const FUTURE: std::time::Duration = std::time::Duration::from_secs(86_400);

/// A row, and what it says was seen on the platform.
struct Seen<'a> {
    id: &'a str,
    observed: ObservedInteraction,
}

pub fn write(tx: &mut Tx, desk: &Desk<'_>, interactions: &[Interaction], tally: &mut Tally) -> Result<(), Error> {
    let mut accounts = BTreeMap::<(&str, Platform), Vec<Seen<'_>>>::new();
    for interaction in interactions {
        tally.read += 1;
        let id = text(&interaction.id).unwrap_or_default();
        match observe(interaction, id, desk.now) {
            Ok((user, platform, observed)) => {
                accounts.entry((user, platform)).or_default().push(Seen { id, observed });
            }
            Err(reason) => tally.skip(reason, id),
        }
    }
    for ((user, platform), seen) in accounts {
        match store::known_user(tx, desk.source, user)? {
            Some(owner) => write_account(tx, desk, &owner, platform, seen, tally)?,
            None => seen.iter().for_each(|seen| tally.skip("its user was not brought over", seen.id)),
        }
    }
    Ok(())
}

fn write_account(
    tx: &mut Tx,
    desk: &Desk<'_>,
    owner: &Known,
    platform: Platform,
    seen: Vec<Seen<'_>>,
    tally: &mut Tally,
) -> db::Result<()> {
    let connection = imported::of_platform(tx, desk.now, desk.random, owner.workspace_id, platform)?;
    let time_zone = TimeZone::get(&owner.time_zone).unwrap_or(TimeZone::UTC);
    let source = IngestContext {
        workspace: owner.workspace_id,
        connection: connection.id,
        platform,
        time_zone: &time_zone,
        language: None,
        now: desk.now,
        random: desk.random,
    };
    let rows = seen.iter().map(|seen| &seen.observed);
    // What is here already may be newer than what was there.
    let mut known = ingest::known(tx, &source, &rows.collect::<Vec<_>>())?;
    let mut new = Vec::with_capacity(seen.len());
    for Seen { mut observed, .. } in seen {
        if known.insert((observed.kind.family(), observed.external_id.clone())) {
            let author = &mut observed.author;
            author.is_self = author.external_id.is_some() && author.external_id == connection.external_id;
            new.push(observed);
        } else {
            tally.already += 1;
        }
    }
    let written = ingest::interactions(tx, &source, &new)?.new;
    tally.written += i64::try_from(written).unwrap_or(i64::MAX);
    Ok(())
}

/// Whose it is, on which platform, and what was seen there; or why it is not brought over.
fn observe<'a>(
    row: &'a Interaction,
    id: &str,
    now: Timestamp,
) -> Result<(&'a str, Platform, ObservedInteraction), &'static str> {
    if boolean(&row.is_demo) == Some(true) {
        return Err("demo data stays behind");
    }
    let user = text(&row.user_id).ok_or("of no user")?;
    let platform = connections::platform(&row.platform).ok_or("of a platform that Repruv does not know")?;
    let kind = kind(&row.r#type).ok_or("neither comment, reply, review nor mention")?;
    let created_at = instant(&row.platform_created_at).or_else(|| instant(&row.created_at)).ok_or("without a date")?;
    if created_at > now + FUTURE {
        return Err("from the future");
    }
    let content = row.content.as_deref().filter(|content| !content.trim().is_empty());
    if content.is_some_and(|content| content.chars().nth(LONGEST_TEXT).is_some()) {
        return Err("longer than 100,000 characters");
    }
    let external_id = name(&row.platform_id).unwrap_or_else(|| format!("imported:{id}"));
    let parent = name(&row.parent_platform_id).filter(|parent| *parent != external_id);
    let (provider_state, can_reply) = state(&row.status);
    let observed = ObservedInteraction {
        kind,
        thread_external_id: parent.clone().unwrap_or_else(|| external_id.clone()),
        parent_external_id: parent,
        content_external_id: None,
        author: author(row, id),
        text: content.map(str::to_owned),
        rating: number(&row.rating).filter(|rating| (1..=5).contains(rating)),
        likes: number(&row.like_count).filter(|likes| *likes >= 0),
        reply_count: number(&row.reply_count).filter(|replies| *replies >= 0),
        created_at,
        edited_at: None,
        provider_state,
        can_reply,
        permalink: link(&row.permalink),
        raw: json!({ "former": { "id": id, "sentiment": &row.sentiment, "status": &row.status } }),
        external_id,
    };
    Ok((user, platform, observed))
}

fn author(row: &Interaction, id: &str) -> ObservedAuthor {
    let shown = name(&row.author_name).or_else(|| name(&row.author_username));
    ObservedAuthor {
        // Two people without a name are not one.
        external_id: name(&row.author_platform_id).or_else(|| shown.is_none().then(|| format!("imported:{id}"))),
        display_name: shown.unwrap_or_else(|| "Somebody".to_owned()),
        avatar_url: link(&row.author_avatar_url),
        profile_url: link(&row.author_profile_url),
        is_self: false,
    }
}

fn kind(kind: &Option<String>) -> Option<Kind> {
    Some(match text(kind).map(str::to_ascii_lowercase).as_deref() {
        None | Some("comment") => Kind::Comment,
        Some("reply" | "comment_reply") => Kind::Reply,
        Some("review" | "rating") => Kind::Review,
        Some("mention" | "tag") => Kind::Mention,
        Some(_) => return None,
    })
}

/// What the platform showed, and whether anybody still waits: what was settled there is not brought up again, until the
/// account is connected and the platform itself says how its threads stand.
fn state(status: &Option<String>) -> (ProviderState, bool) {
    match text(status).map(str::to_ascii_lowercase).as_deref() {
        Some("hidden") => (ProviderState::Hidden, false),
        Some("spam") => (ProviderState::Spam, false),
        Some("held" | "held_for_review") => (ProviderState::Held, false),
        Some("rejected") => (ProviderState::Rejected, false),
        Some("deleted" | "removed") => (ProviderState::Removed, false),
        Some(
            "answered" | "replied" | "responded" | "sent" | "resolved" | "closed" | "done" | "archived" | "ignored"
            | "dismissed",
        ) => (ProviderState::Published, false),
        _ => (ProviderState::Published, true),
    }
}
