//! The writing calls: comments and replies of the owner's, and moderation of others'.

use axum::body::Bytes;
use kit::clock::Timestamp;
use serde_json::Value;

use super::Call;
use super::channel::{Channel, Item, Status, Written};
use super::error::ApiError;
use super::request::{self, Parts, TextFormat, invalid_value};
use super::resource::Shape;
use super::store;
use crate::params::Params;

const LONGEST_TEXT: usize = 10_000;
/// Written comments per profile; the simulator is no place to keep more.
const MOST_WRITTEN: i64 = 5_000;

pub async fn insert_comment(call: &Call<'_>) -> Result<Value, ApiError> {
    let parts = Parts::parse(call.params, &["snippet"])?;
    let body = json(call.body)?;
    let parent_id = body["snippet"]["parentId"].as_str().filter(|id| !id.is_empty()).ok_or_else(|| {
        let message = "The <code><a href=\"/youtube/v3/docs/comments#snippet.parentId\">snippet.parentId</a></code> property is required.";
        ApiError::bad_request("youtube.comment", "parentIdMissing", message).at("body.snippet.parentId")
    })?;
    let text = text_of(&body["snippet"])?;
    let (video_id, parent_id) = {
        let channel = call.read();
        let parent = channel.item(parent_id).ok_or_else(ApiError::parent_not_found)?;
        may_be_answered(&channel, parent)?;
        (parent.video_id.clone(), parent.parent_id.clone().unwrap_or_else(|| parent.id.clone()))
    };
    let id = format!("{parent_id}.{}", new_suffix(call));
    let written = written(call.now, id, video_id, Some(parent_id), text);
    keep(call, written.clone()).await?;
    Ok(shown(call, &parts, &written.id, Kind::Comment))
}

fn may_be_answered(channel: &Channel, parent: &Item) -> Result<(), ApiError> {
    let thread = channel.thread_of(parent).ok_or_else(ApiError::parent_not_found)?;
    if thread.status != Status::Published || parent.status != Status::Published {
        let message = "The specified parent comment is private. The API does not support replies to private comments.";
        return Err(ApiError::bad_request("youtube.comment", "parentCommentIsPrivate", message));
    }
    if !thread.can_reply {
        let message = "The API user is not able to insert a comment in reply to the top-level comment identified by the parentId property.";
        return Err(ApiError::bad_request("youtube.comment", "operationNotSupported", message));
    }
    Ok(())
}

pub async fn insert_thread(call: &Call<'_>) -> Result<Value, ApiError> {
    let parts = Parts::parse(call.params, &["snippet", "replies"])?;
    let body = json(call.body)?;
    let snippet = &body["snippet"];
    let text = text_of(&snippet["topLevelComment"]["snippet"])?;
    let named = |name: &str| snippet[name].as_str().filter(|id| !id.is_empty());
    if named("videoId").or(named("channelId")).is_none() {
        let message = "The resource that is being inserted must specify a value for the <code>snippet.channelId</code> or <code>snippet.videoId</code> property.";
        return Err(
            ApiError::bad_request("youtube.commentThread", "channelOrVideoIdMissing", message).at("body.snippet")
        );
    }
    let video_id = named("videoId").unwrap_or_default().to_owned();
    {
        let channel = call.read();
        if let Some(asked) = named("channelId").filter(|asked| *asked != channel.owner().channel_id) {
            let message = format!("The channel {asked:.60} could not be found.");
            return Err(ApiError::not_found(
                "youtube.commentThread",
                "channelNotFound",
                message,
                "body.snippet.channelId",
            ));
        }
        let at = "body.snippet.videoId";
        if video_id.is_empty() {
            let message = "Comments on channels are disabled.";
            return Err(ApiError::forbidden("youtube.commentThread", "commentsDisabled", message));
        }
        let video = channel.youtube().video(&video_id, call.now).ok_or_else(|| ApiError::video_not_found(at))?;
        if !video.comments_enabled {
            let message = "The video identified by the videoId has disabled comments.";
            return Err(ApiError::forbidden("youtube.commentThread", "commentsDisabled", message));
        }
    }
    let written = written(call.now, format!("Ug{}4AaABAg", new_suffix(call)), video_id, None, text);
    keep(call, written.clone()).await?;
    Ok(shown(call, &parts, &written.id, Kind::Thread))
}

pub async fn update_comment(call: &Call<'_>) -> Result<Value, ApiError> {
    let parts = Parts::parse(call.params, &["snippet"])?;
    let body = json(call.body)?;
    let id = body["id"].as_str().filter(|id| !id.is_empty()).ok_or_else(|| ApiError::missing("id"))?;
    let text = text_of(&body["snippet"])?;
    let written = {
        let channel = call.read();
        let item = own_comment(&channel, id)?;
        Written { text, updated_at: call.now, ..as_written(item) }
    };
    keep(call, written.clone()).await?;
    Ok(shown(call, &parts, &written.id, Kind::Comment))
}

pub async fn delete_comment(call: &Call<'_>) -> Result<(), ApiError> {
    let id = call.params.get("id").ok_or_else(|| ApiError::missing("id"))?.to_owned();
    own_comment(&call.read(), &id)?;
    set_status(call, vec![id], Status::Deleted, Vec::new()).await
}

/// Held, published or rejected by the channel's owner; a ban also rejects what the author writes from now on.
pub async fn set_moderation_status(call: &Call<'_>) -> Result<(), ApiError> {
    let params: &Params = call.params;
    if !params.has("id") {
        return Err(ApiError::missing("id"));
    }
    let ids = request::ids(params, "id")?;
    let asked = params.get("moderationStatus").ok_or_else(|| ApiError::missing("moderationStatus"))?;
    let status = match asked {
        "heldForReview" => Status::Held,
        "published" => Status::Published,
        "rejected" => Status::Rejected,
        other => return Err(invalid_value("moderationStatus", other, "heldForReview, published, rejected")),
    };
    let ban = params.is_true("banAuthor");
    if ban && status != Status::Rejected {
        let message = "The <code>banAuthor</code> parameter can only be used if the <code>moderationStatus</code> parameter value is <code>rejected</code>.";
        return Err(ApiError::bad_request("youtube.comment", "banWithoutReject", message));
    }
    let mut banned = Vec::new();
    {
        let channel = call.read();
        for id in &ids {
            let item = channel.item(id).ok_or_else(|| ApiError::comment_not_found("id"))?;
            if item.by_owner || item.status == Status::Rejected && status != Status::Rejected {
                let message =
                    "The moderation status of a comment of one's own, or of one that was rejected, cannot be changed.";
                return Err(ApiError::bad_request("youtube.comment", "operationNotSupported", message));
            }
            if ban {
                banned.push(item.author.channel_id.clone());
            }
        }
    }
    set_status(call, ids.into_iter().map(str::to_owned).collect(), status, banned).await
}

async fn set_status(call: &Call<'_>, ids: Vec<String>, status: Status, banned: Vec<String>) -> Result<(), ApiError> {
    let (profile, now) = (call.access.profile_id, call.now);
    let (kept_ids, kept_banned) = (ids.clone(), banned.clone());
    call.state
        .db
        .write(move |tx| {
            for id in &kept_ids {
                store::moderate(tx, profile, id, status)?;
            }
            for author in &kept_banned {
                store::ban(tx, profile, author, now)?;
            }
            Ok::<_, kit::db::Error>(())
        })
        .await?;
    let mut channel = call.change();
    for id in &ids {
        channel.moderate(id, status);
    }
    for author in &banned {
        channel.ban(author, now);
    }
    Ok(())
}

/// Stored first, then shown.
async fn keep(call: &Call<'_>, written: Written) -> Result<(), ApiError> {
    let (profile, now, row) = (call.access.profile_id, call.now, written.clone());
    let room = call
        .state
        .db
        .write(move |tx| {
            let room = store::count_written(tx, profile)? < MOST_WRITTEN;
            if room {
                store::write(tx, profile, &row)?;
                crate::profiles::store::touch(tx, profile, now)?;
            }
            Ok::<_, kit::db::Error>(room)
        })
        .await?;
    if !room {
        let message = "The API server failed to successfully process the request.";
        return Err(ApiError::bad_request("youtube.comment", "processingFailure", message));
    }
    call.change().write(written);
    Ok(())
}

fn own_comment<'a>(channel: &'a Channel, id: &str) -> Result<&'a Item, ApiError> {
    let item = channel.item(id).ok_or_else(|| ApiError::comment_not_found("id"))?;
    if !item.by_owner {
        let message = "The comment cannot be changed or deleted: only its author may.";
        return Err(ApiError::forbidden("youtube.comment", "forbidden", message));
    }
    Ok(item)
}

fn as_written(item: &Item) -> Written {
    Written {
        id: item.id.clone(),
        video_id: item.video_id.clone(),
        parent_id: item.parent_id.clone(),
        text: item.text.clone(),
        published_at: item.published_at,
        updated_at: item.updated_at,
    }
}

fn written(now: Timestamp, id: String, video_id: String, parent_id: Option<String>, text: String) -> Written {
    Written { id, video_id, parent_id, text, published_at: now, updated_at: now }
}

fn new_suffix(call: &Call<'_>) -> String {
    call.state.random.token().chars().filter(char::is_ascii_alphanumeric).take(18).collect()
}

fn json(body: &Bytes) -> Result<Value, ApiError> {
    serde_json::from_slice::<Value>(body)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| ApiError::bad_request("global", "parseError", "Parse Error"))
}

fn text_of(snippet: &Value) -> Result<String, ApiError> {
    let text = snippet["textOriginal"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        let message = "The comment resource that is being inserted must specify a value for the <code>snippet.textOriginal</code> property. Comments cannot be empty.";
        return Err(
            ApiError::bad_request("youtube.comment", "commentTextRequired", message).at("body.snippet.textOriginal")
        );
    }
    if text.chars().count() > LONGEST_TEXT {
        let message = "The comment resource that is being inserted contains too many characters in the <code>snippet.textOriginal</code> property.";
        return Err(
            ApiError::bad_request("youtube.comment", "commentTextTooLong", message).at("body.snippet.textOriginal")
        );
    }
    Ok(text.to_owned())
}

enum Kind {
    Comment,
    Thread,
}

fn shown(call: &Call<'_>, parts: &Parts, id: &str, kind: Kind) -> Value {
    let channel = call.read();
    let shape = Shape { channel: &channel, now: call.now, parts, text: TextFormat::PlainText, tells_status: false };
    channel.item(id).map_or(Value::Null, |item| match kind {
        Kind::Comment => shape.comment(item),
        Kind::Thread => shape.thread(item, Status::Published),
    })
}
