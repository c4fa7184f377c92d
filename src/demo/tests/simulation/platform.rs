//! The platform of the far side: Google's consent and tokens, YouTube's lists, each list in pages of two.

use kit::clock::Timestamp;
use kit::testing::simulation::Dice;
use serde_json::{Value, json};
use url::Url;

use super::fake_service::{Item, Profile, State};
use super::faulty_transport::{Asked, Reply};
use crate::platforms::google::YOUTUBE_SCOPE;

const PAGE: usize = 2;

pub(super) fn answer(state: &mut State, asked: &Asked, now: Timestamp, dice: &Dice) -> Reply {
    match (asked.port, asked.method.as_str(), asked.path.as_str()) {
        (11, "GET", "/o/oauth2/v2/auth") => consent(state, asked),
        (12, "POST", "/token") => token(state, asked, dice),
        (12, "POST", "/revoke") => {
            state.tokens.remove(asked.of("token"));
            Reply::json(200, json!({}))
        }
        (14, "GET", path) => match asked.bearer.as_ref().and_then(|token| state.tokens.get(token)) {
            Some(profile) => list(&state.profiles[*profile], path.trim_start_matches("/youtube/v3/"), asked, now),
            None => Reply::json(401, json!({ "error": { "message": "", "errors": [{ "reason": "authError" }] } })),
        },
        _ => Reply::problem(404, "not_found"),
    }
}

fn consent(state: &mut State, asked: &Asked) -> Reply {
    let Some(profile) = state.active_of(asked.of("simulator_profile")) else {
        return Reply::problem(400, "invalid_request");
    };
    let code = format!("code{}", state.next());
    state.codes.insert(code.clone(), profile);
    let mut back = Url::parse(asked.of("redirect_uri")).expect("the product names its own address");
    back.query_pairs_mut().append_pair("code", &code).append_pair("state", asked.of("state"));
    Reply { location: Some(back.into()), ..Reply::json(303, Value::Null) }
}

/// A code counts once; a token lives as long as its profile, unless it is a short one.
fn token(state: &mut State, asked: &Asked, dice: &Dice) -> Reply {
    let profile = match asked.of("grant_type") {
        "authorization_code" => state.codes.remove(asked.of("code")),
        _ => state.tokens.get(asked.of("refresh_token")).copied(),
    };
    let Some(profile) = profile else {
        return Reply::json(400, json!({ "error": "invalid_grant", "error_description": "" }));
    };
    let (access, refresh) = (format!("access{}", state.next()), format!("refresh{profile}"));
    state.tokens.insert(access.clone(), profile);
    state.tokens.insert(refresh.clone(), profile);
    let expires_in = dice.pick(&[3_600, 3_600, 61]);
    let body = json!({
        "access_token": access, "expires_in": expires_in, "refresh_token": refresh, "scope": YOUTUBE_SCOPE,
        "token_type": "Bearer",
    });
    Reply::json(200, body)
}

fn list(profile: &Profile, path: &str, asked: &Asked, now: Timestamp) -> Reply {
    let items: Vec<Value> = match path {
        "channels" => vec![channel(profile)],
        "playlistItems" => {
            profile.videos.iter().map(|video| json!({ "contentDetails": { "videoId": video.id } })).collect()
        }
        "videos" => {
            let wanted = asked.of("id").split(',').collect::<Vec<_>>();
            profile.videos.iter().filter(|video| wanted.contains(&video.id.as_str())).map(video).collect()
        }
        "commentThreads" => {
            let is_wanted = |item: &&Item| match asked.of("id") {
                "" => item.moderation == asked.of("moderationStatus"),
                id => item.id == id,
            };
            let mut threads: Vec<&Item> =
                profile.comments.iter().filter(|item| item.parent.is_none() && item.at <= now).collect();
            threads.sort_by_key(|thread| std::cmp::Reverse(thread.at));
            threads.into_iter().filter(is_wanted).map(|item| thread(profile, item)).collect()
        }
        "comments" => replies(profile, asked.of("parentId")).map(|reply| comment(profile, reply)).collect(),
        _ => return Reply::problem(404, "notFound"),
    };
    // What is asked for by its id comes in one answer.
    let (start, size) = match asked.of("id") {
        "" => (asked.of("pageToken").parse().unwrap_or(0), PAGE),
        _ => (0, items.len()),
    };
    let page: Vec<&Value> = items.iter().skip(start).take(size).collect();
    let mut body = json!({ "items": page });
    if start + size < items.len() {
        body["nextPageToken"] = (start + size).to_string().into();
    }
    Reply::json(200, body)
}

fn channel(profile: &Profile) -> Value {
    json!({
        "id": format!("{}channel", profile.id), "snippet": { "title": format!("Channel {}", profile.id) },
        "statistics": { "viewCount": "10", "subscriberCount": "5", "videoCount": profile.videos.len().to_string() },
        "contentDetails": { "relatedPlaylists": { "uploads": format!("{}uploads", profile.id) } },
    })
}

fn video(video: &Item) -> Value {
    json!({
        "id": video.id, "snippet": { "title": video.text, "publishedAt": video.at },
        "statistics": { "viewCount": "3", "likeCount": "1", "commentCount": "1" }, "contentDetails": { "duration": "PT1M" },
    })
}

/// A listing shows one reply of each thread; whoever wants the others asks for them.
fn thread(profile: &Profile, item: &Item) -> Value {
    let shown: Vec<Value> = replies(profile, &item.id).take(1).map(|reply| comment(profile, reply)).collect();
    json!({
        "id": item.id,
        "snippet": {
            "videoId": profile.videos.first().map(|video| &video.id), "canReply": true,
            "totalReplyCount": replies(profile, &item.id).count(), "topLevelComment": comment(profile, item),
        },
        "replies": { "comments": shown },
    })
}

fn comment(profile: &Profile, item: &Item) -> Value {
    json!({
        "id": item.id,
        "snippet": {
            "authorDisplayName": format!("@{}", item.text.len()),
            "authorChannelId": { "value": format!("{}a{}", profile.id, item.text.len()) },
            "textDisplay": item.text, "likeCount": 0, "publishedAt": item.at, "updatedAt": item.at,
            "moderationStatus": item.moderation,
        },
    })
}

fn replies<'a>(profile: &'a Profile, thread: &'a str) -> impl Iterator<Item = &'a Item> {
    profile.comments.iter().filter(move |item| item.parent.as_deref() == Some(thread))
}
