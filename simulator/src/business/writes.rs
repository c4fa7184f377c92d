//! The writing calls: the owner's answers to reviews.

use kit::clock::Timestamp;
use serde_json::{Value, json};

use super::error::ApiError;
use super::limits::Counted;
use super::replies::Written;
use super::{At, Call, request, resource, reviews, store};

const LONGEST_BYTES: usize = 4096;
const EDITS_A_MINUTE: i64 = 10;
/// Acts per profile; the simulator is no place to keep more.
const MOST_WRITTEN: i64 = 5_000;

/// Creates the answer, or replaces it.
pub async fn put_reply(call: &Call<'_>, at: &At, review: &str) -> Result<Value, ApiError> {
    let known = ["comment", "updateTime", "reviewReplyState", "policyViolation"];
    let body = request::body(call.body, &known)?;
    let text = body["comment"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(ApiError::invalid("reply.comment", "The comment must not be empty."));
    }
    if text.len() > LONGEST_BYTES {
        return Err(ApiError::invalid("reply.comment", format!("The comment must be at most {LONGEST_BYTES} bytes.")));
    }
    let put_at = keep(call, at, review, Some(text.to_owned())).await?;
    let listings = call.slot.business.read();
    let (_, item, _) = reviews::find(&listings, at, review, call.now)?;
    Ok(item.replies().reply(put_at).map_or(Value::Null, |reply| resource::reply(&reply)))
}

pub async fn delete_reply(call: &Call<'_>, at: &At, review: &str) -> Result<Value, ApiError> {
    let has_one = {
        let listings = call.slot.business.read();
        let (_, item, _) = reviews::find(&listings, at, review, call.now)?;
        item.replies().reply(call.now).is_some()
    };
    if !has_one {
        return Err(ApiError::not_found());
    }
    keep(call, at, review, None).await?;
    Ok(json!({}))
}

/// Stored first, then shown. Of writers in turn, the later one's instant is the later.
async fn keep(call: &Call<'_>, at: &At, review: &str, text: Option<String>) -> Result<Timestamp, ApiError> {
    reviews::find(&call.slot.business.read(), at, review, call.now)?;
    let (profile, now) = (call.access.profile_id, call.state.clock.now());
    if !call.state.limits.allow(Counted::Edits { profile, location: at.location }, EDITS_A_MINUTE, now) {
        return Err(ApiError::too_many("Edits per minute per Business Profile", EDITS_A_MINUTE));
    }
    let written = Written { location: at.location, review: review.to_owned(), put_at: now, text };
    let row = written.clone();
    let room = call
        .state
        .db
        .write(move |tx| {
            let room = store::count_replies(tx, profile)? < MOST_WRITTEN;
            if room {
                store::write_reply(tx, profile, &row)?;
                crate::profiles::store::touch(tx, profile, now)?;
            }
            Ok::<_, kit::db::Error>(room)
        })
        .await?;
    if !room {
        return Err(ApiError::invalid("reply", "No further answer can be kept."));
    }
    call.slot.business.change().write(written);
    Ok(now)
}
