//! From Google's words into the common model.

use kit::clock::Timestamp;
use serde::Deserialize as _;
use serde_json::Value;

use super::api::Known;
use super::comment::Comment;
use super::{policy, wire};
use crate::model::{
    ContentKind, Kind, ObservedAccount, ObservedAuthor, ObservedContent, ObservedInteraction, ProviderState, SetAside,
    UnreadKind, web_address,
};
use crate::platforms::adapter::{Account, AccountKey};

/// Why an object of the platform's is none that we know.
type Read<T> = Result<T, String>;

/// The owner's answer has no id of its own: there is one for each review.
const ANSWER: &str = "/reply";

pub fn answer_of(review: &str) -> String {
    format!("{review}{ANSWER}")
}

/// The review that an id is about, be it its own or that of its answer.
pub fn review_of(external_id: &str) -> &str {
    external_id.strip_suffix(ANSWER).unwrap_or(external_id)
}

pub fn location(wire: wire::Location, account: &str) -> Account {
    let address = wire.storefront_address;
    let place = address.address_lines.into_iter().chain(address.locality).filter(|line| !line.trim().is_empty());
    let title = if wire.title.trim().is_empty() { wire.name.clone() } else { wire.title };
    let known = Known {
        account: account.to_owned(),
        title: title.clone(),
        maps_uri: wire.metadata.maps_uri.as_deref().and_then(web_address),
    };
    Account {
        observed: ObservedAccount {
            external_id: wire.name,
            display_name: title,
            // What tells two places of one name apart.
            handle: Some(place.collect::<Vec<_>>().join(", ")).filter(|place| !place.is_empty()),
            avatar_url: None,
            followers: None,
            views: None,
            content_total: None,
            language: wire.language_code,
        },
        has_counters: false,
        state: known.state(),
    }
}

/// The place itself, which its reviews are about.
pub fn place(key: &AccountKey, reviews: Option<i64>) -> ObservedContent {
    let known = Known::of(key);
    ObservedContent {
        kind: ContentKind::Location,
        external_id: key.external_id.clone(),
        title: Some(known.title).filter(|title| !title.is_empty()),
        permalink: known.maps_uri,
        thumbnail_url: None,
        published_at: None,
        duration_seconds: None,
        comments_enabled: true,
        views: None,
        likes: None,
        comments: reviews,
    }
}

/// A review with the owner's answer, if there is one.
pub struct Seen {
    pub review: ObservedInteraction,
    pub answer: Option<ObservedInteraction>,
    pub updated_at: Timestamp,
}

impl Seen {
    pub fn interactions(self) -> impl Iterator<Item = ObservedInteraction> {
        std::iter::once(self.review).chain(self.answer)
    }
}

pub fn review(raw: &Value, key: &AccountKey) -> Read<Seen> {
    let wire = wire::Review::deserialize(raw).map_err(|problem| problem.to_string())?;
    let created_at = Timestamp::parse(&wire.create_time).map_err(|problem| problem.to_string())?;
    let updated_at = wire.update_time.and_then(|at| Timestamp::parse(&at).ok()).unwrap_or(created_at);
    let comment = wire.comment.filter(|comment| !comment.trim().is_empty()).map(|comment| Comment::read(&comment));
    let answer = wire.review_reply.map(|reply| answer(&reply, &wire.review_id, key, updated_at, raw));
    let review = ObservedInteraction {
        kind: Kind::Review,
        external_id: wire.review_id.clone(),
        parent_external_id: None,
        thread_external_id: wire.review_id.clone(),
        content_external_id: Some(key.external_id.clone()),
        author: author(wire.reviewer, &wire.review_id),
        rating: wire.star_rating.as_deref().and_then(stars),
        translation: comment.as_ref().and_then(|comment| comment.translation.clone()),
        text: comment.map(|comment| comment.text),
        likes: None,
        reply_count: Some(i64::from(answer.is_some())),
        created_at,
        // Its time of change moves with an answer, too: only another text or rating is an edit.
        edited_at: None,
        provider_state: ProviderState::Published,
        state_reason: None,
        can_reply: true,
        permalink: wire.review_reply_url.as_deref().and_then(web_address).or_else(|| Known::of(key).maps_uri),
        raw: raw.clone(),
    };
    Ok(Seen { review, answer, updated_at })
}

/// Nobody is told by an id. Everybody has one review of a place, so that is who its writer is: two people of one name are two.
fn author(reviewer: wire::Reviewer, review: &str) -> ObservedAuthor {
    let name = reviewer.display_name.filter(|name| !reviewer.is_anonymous && !name.trim().is_empty());
    ObservedAuthor {
        external_id: Some(format!("review:{review}")),
        display_name: name.unwrap_or_else(|| "A Google user".into()),
        avatar_url: reviewer.profile_photo_url.as_deref().and_then(web_address),
        profile_url: None,
        is_self: false,
    }
}

/// `later_than` is when it was written where Google does not say so.
pub fn answer(
    reply: &wire::Answer,
    review: &str,
    key: &AccountKey,
    later_than: Timestamp,
    raw: &Value,
) -> ObservedInteraction {
    let state = match reply.review_reply_state.as_deref() {
        Some("PENDING") => ProviderState::Held,
        Some("REJECTED") => ProviderState::Rejected,
        _ => ProviderState::Published,
    };
    ObservedInteraction {
        kind: Kind::Reply,
        external_id: answer_of(review),
        parent_external_id: Some(review.to_owned()),
        thread_external_id: review.to_owned(),
        content_external_id: Some(key.external_id.clone()),
        author: ObservedAuthor {
            external_id: Some(key.external_id.clone()),
            display_name: Known::of(key).title,
            avatar_url: None,
            profile_url: None,
            is_self: true,
        },
        // Google translates answers, too.
        text: reply.comment.as_deref().map(|comment| Comment::read(comment).text),
        translation: None,
        rating: None,
        likes: None,
        reply_count: None,
        created_at: reply.update_time.as_deref().and_then(|at| Timestamp::parse(at).ok()).unwrap_or(later_than),
        edited_at: None,
        provider_state: state,
        state_reason: (state == ProviderState::Rejected).then(|| policy::reason(reply.policy_violation.as_deref())),
        can_reply: false,
        permalink: Known::of(key).maps_uri,
        raw: raw["reviewReply"].clone(),
    }
}

fn stars(word: &str) -> Option<i64> {
    ["ONE", "TWO", "THREE", "FOUR", "FIVE"].iter().zip(1..).find(|(name, _)| **name == word).map(|(_, stars)| stars)
}

pub fn unread(raw: &Value, problem: impl std::fmt::Display) -> SetAside {
    let id = raw["reviewId"].as_str().or_else(|| raw["name"].as_str()?.rsplit('/').next()).unwrap_or_default();
    SetAside {
        kind: UnreadKind::Interaction,
        external_id: id.to_owned(),
        reason: problem.to_string(),
        raw: Some(raw.clone()),
    }
}
