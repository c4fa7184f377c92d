//! The comments of `youtube_comments` and `instagram_comments`, which name the connection that they belong to.

use kit::clock::Timestamp;
use kit::db::Tx;
use serde_json::json;

use super::arrivals::{Arrivals, FUTURE, Home, Homes, Sighting, Work, author, state};
use super::record::{Comment, LONGEST_TEXT, boolean, count, identifier, instant, text};
use super::{Batch, Error};
use crate::model::{Kind, ObservedInteraction, Platform, ProviderState};

pub fn write(tx: &mut Tx, comments: &[Comment], batch: &mut Batch<'_>, platform: Platform) -> Result<(), Error> {
    let (mut homes, mut arrivals) = (Homes::default(), Arrivals::default());
    for comment in comments {
        let id = text(&comment.id).unwrap_or_default().to_owned();
        let Some(home) = homes.of(tx, batch.source, connections(platform), &comment.connection)? else {
            batch.tally.skip("its connection was not brought over", &id);
            continue;
        };
        match observe(comment, &id, &home, batch.now) {
            Ok(observed) => {
                let work =
                    Work::of(&comment.status, &comment.assigned_to_user_id, &comment.tags, &comment.internal_notes);
                arrivals.add(&home, Sighting { id, observed, work });
            }
            Err(reason) => batch.tally.skip(reason, &id),
        }
    }
    arrivals.write(tx, batch)?;
    Ok(())
}

/// The table of the platform's own connections.
pub const fn connections(platform: Platform) -> &'static str {
    match platform {
        Platform::Instagram => "instagram_connections",
        _ => "youtube_connections",
    }
}

fn observe(comment: &Comment, id: &str, home: &Home, now: Timestamp) -> Result<ObservedInteraction, &'static str> {
    let external_id = identifier(&comment.comment_id)?.ok_or("without an id of the platform's")?;
    let parent = identifier(&comment.parent_comment_id)?.filter(|parent| *parent != external_id);
    let said = comment.content.as_ref().or(comment.text.as_ref());
    let published_at = instant(&comment.published_at).or_else(|| instant(&comment.timestamp));
    let created_at = published_at.or_else(|| instant(&comment.created_at)).ok_or("without a date")?;
    if created_at > now + FUTURE {
        return Err("from the future");
    }
    let (mut provider_state, mut can_reply) = state(&comment.status);
    if boolean(&comment.is_hidden) == Some(true) {
        (provider_state, can_reply) = (ProviderState::Hidden, false);
    }
    let author_id = identifier(&comment.author_channel_id)?.or(identifier(&comment.user_id)?);
    let is_self = boolean(&comment.is_channel_owner_comment) == Some(true)
        || author_id.is_some() && author_id == home.account.external_id;
    let shown = comment.author_name.as_ref().or(comment.username.as_ref()).cloned();
    let mut author = author(author_id, &shown, id);
    if is_self {
        author = home.author();
    }
    Ok(ObservedInteraction {
        kind: if parent.is_some() { Kind::Reply } else { Kind::Comment },
        thread_external_id: parent.clone().unwrap_or_else(|| external_id.clone()),
        parent_external_id: parent,
        content_external_id: identifier(&comment.content_id)?,
        author,
        text: said_text(said)?,
        rating: None,
        likes: count(&comment.like_count),
        reply_count: count(&comment.reply_count),
        created_at,
        edited_at: None,
        provider_state,
        can_reply,
        permalink: None,
        translation: None,
        state_reason: None,
        raw: json!({ "former": { "id": id, "sentiment": &comment.sentiment, "status": &comment.status } }),
        external_id,
    })
}

/// What somebody wrote; of pictures alone nothing.
pub fn said_text(said: Option<&String>) -> Result<Option<String>, &'static str> {
    let said = said.filter(|said| !said.trim().is_empty());
    if said.is_some_and(|said| said.chars().nth(LONGEST_TEXT).is_some()) {
        return Err("longer than 100,000 characters");
    }
    Ok(said.cloned())
}
