//! The JSON of the YouTube Data API: 64-bit counters as strings, times with `Z`, only the parts that were asked for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::clock::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::channel::{Channel, Item, Status};
use super::parts;
use super::request::{Parts, TextFormat};
use crate::world::youtube::Video;

/// Replies that a thread carries with it; the rest is paged by `comments?parentId=`.
const REPLIES_SHOWN: usize = 5;

/// What all items of one answer share.
pub struct Shape<'a> {
    pub channel: &'a Channel,
    pub now: Timestamp,
    pub parts: &'a Parts,
    pub text: TextFormat,
    /// The status is only told to an owner who did not ask by id.
    pub tells_status: bool,
}

/// RFC 3339, whole seconds, as the provider writes it.
pub fn time(at: Timestamp) -> String {
    Timestamp::from_second(at.micros().div_euclid(1_000_000)).to_string()
}

fn etag(seed: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in seed {
        hash.update(part);
        hash.update([0]);
    }
    URL_SAFE_NO_PAD.encode(&hash.finalize()[..20])
}

fn resource(kind: &str, id: &str, parts: Vec<(&'static str, Value)>) -> Value {
    let content: Vec<String> = parts.iter().map(|(_, value)| value.to_string()).collect();
    let seed: Vec<&str> = [kind, id].into_iter().chain(content.iter().map(String::as_str)).collect();
    let mut object = Map::new();
    object.insert("kind".into(), kind.into());
    object.insert("etag".into(), etag(&seed).into());
    object.insert("id".into(), id.into());
    object.extend(parts.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Value::Object(object)
}

#[derive(Default)]
pub struct Page {
    pub items: Vec<Value>,
    pub total: usize,
    pub per_page: usize,
    pub next: Option<String>,
    pub previous: Option<String>,
}

impl Page {
    pub fn into_value(self, kind: &str) -> Value {
        let mut object = Map::new();
        object.insert("kind".into(), kind.into());
        object.insert("etag".into(), list_etag(kind, &self.items).into());
        if let Some(next) = self.next {
            object.insert("nextPageToken".into(), next.into());
        }
        if let Some(previous) = self.previous {
            object.insert("prevPageToken".into(), previous.into());
        }
        object.insert("pageInfo".into(), json!({ "totalResults": self.total, "resultsPerPage": self.per_page }));
        object.insert("items".into(), self.items.into());
        Value::Object(object)
    }
}

/// `videos:batchGetStats` answers without paging.
pub fn unpaged(kind: &str, items: Vec<Value>) -> Value {
    json!({ "kind": kind, "etag": list_etag(kind, &items), "items": items })
}

fn list_etag(kind: &str, items: &[Value]) -> String {
    let mut seed: Vec<&str> = items.iter().filter_map(|item| item["etag"].as_str()).collect();
    seed.push(kind);
    etag(&seed)
}

impl Shape<'_> {
    pub fn channel(&self) -> Value {
        let channel = &self.channel.youtube().channel;
        let mut parts = Vec::new();
        if self.parts.has("snippet") {
            let mut snippet = json!({
                "title": channel.title, "description": channel.description, "customUrl": channel.handle,
                "publishedAt": time(channel.published_at), "thumbnails": avatars(&channel.avatar_url),
                "defaultLanguage": channel.language.as_str(), "country": channel.country,
            });
            snippet["localized"] = json!({ "title": channel.title, "description": channel.description });
            parts.push(("snippet", snippet));
        }
        if self.parts.has("contentDetails") {
            let lists = json!({ "likes": "", "uploads": channel.uploads_playlist_id });
            parts.push(("contentDetails", json!({ "relatedPlaylists": lists })));
        }
        if self.parts.has("statistics") {
            let stats = self.channel.youtube().channel_stats(self.now);
            parts.push((
                "statistics",
                json!({
                    "viewCount": stats.views.to_string(), "subscriberCount": stats.subscribers.to_string(),
                    "hiddenSubscriberCount": false, "videoCount": stats.videos.to_string(),
                }),
            ));
        }
        if self.parts.has("status") {
            let status = json!({ "privacyStatus": "public", "isLinked": true, "longUploadsStatus": "longUploadsUnspecified", "madeForKids": false });
            parts.push(("status", status));
        }
        parts.extend(parts::of_channel(self));
        resource("youtube#channel", &channel.id, parts)
    }

    pub fn upload(&self, video: &Video, position: usize) -> Value {
        let channel = &self.channel.youtube().channel;
        let id = self.upload_id(video);
        let mut parts = Vec::new();
        if self.parts.has("snippet") {
            parts.push((
                "snippet",
                json!({
                    "publishedAt": time(video.published_at), "channelId": channel.id, "title": video.title,
                    "description": video.description, "thumbnails": thumbnails(&video.id), "channelTitle": channel.title,
                    "playlistId": channel.uploads_playlist_id, "position": position,
                    "resourceId": { "kind": "youtube#video", "videoId": video.id },
                    "videoOwnerChannelTitle": channel.title, "videoOwnerChannelId": channel.id,
                }),
            ));
        }
        if self.parts.has("contentDetails") {
            let details = json!({ "videoId": video.id, "videoPublishedAt": time(video.published_at) });
            parts.push(("contentDetails", details));
        }
        if self.parts.has("status") {
            parts.push(("status", json!({ "privacyStatus": video.privacy.as_str() })));
        }
        resource("youtube#playlistItem", &id, parts)
    }

    pub fn upload_id(&self, video: &Video) -> String {
        let list = &self.channel.youtube().channel.uploads_playlist_id;
        URL_SAFE_NO_PAD.encode(format!("{list}.{}", video.id))
    }

    pub fn video(&self, video: &Video) -> Value {
        let channel = &self.channel.youtube().channel;
        let mut parts = Vec::new();
        if self.parts.has("snippet") {
            let language = video.language.as_str();
            parts.push((
                "snippet",
                json!({
                    "publishedAt": time(video.published_at), "channelId": channel.id, "title": video.title,
                    "description": video.description, "thumbnails": thumbnails(&video.id), "channelTitle": channel.title,
                    "tags": video.tags, "categoryId": video.category_id, "liveBroadcastContent": "none",
                    "defaultLanguage": language, "defaultAudioLanguage": language,
                    "localized": { "title": video.title, "description": video.description },
                }),
            ));
        }
        if self.parts.has("contentDetails") {
            parts.push((
                "contentDetails",
                json!({
                    "duration": iso_duration(video.duration_seconds), "dimension": "2d", "definition": "hd", "caption": "false",
                    "licensedContent": true, "contentRating": {}, "projection": "rectangular",
                }),
            ));
        }
        if self.parts.has("status") {
            parts.push((
                "status",
                json!({
                    "uploadStatus": "processed", "privacyStatus": video.privacy.as_str(), "license": "youtube", "embeddable": true,
                    "publicStatsViewable": true, "madeForKids": false,
                }),
            ));
        }
        if self.parts.has("statistics") {
            let mut statistics = self.counters(video);
            statistics["favoriteCount"] = "0".into();
            parts.push(("statistics", statistics));
        }
        parts.extend(parts::of_video(self, video));
        resource("youtube#video", &video.id, parts)
    }

    pub fn video_stats(&self, video: &Video) -> Value {
        let mut parts = Vec::new();
        if self.parts.has("snippet") {
            parts.push(("snippet", json!({ "publishTime": time(video.published_at) })));
        }
        if self.parts.has("contentDetails") {
            parts.push(("contentDetails", json!({ "duration": format!("{}s", video.duration_seconds) })));
        }
        if self.parts.has("statistics") {
            parts.push(("statistics", self.counters(video)));
        }
        resource("youtube#videoStats", &video.id, parts)
    }

    /// The comment counter is absent where comments are off.
    fn counters(&self, video: &Video) -> Value {
        let stats = self.channel.youtube().video_stats(video, self.now);
        let mut counters = json!({ "viewCount": stats.views.to_string(), "likeCount": stats.likes.to_string() });
        if video.comments_enabled {
            counters["commentCount"] = self.channel.count_under(&video.id).to_string().into();
        }
        counters
    }

    pub fn thread(&self, top: &Item, status: Status) -> Value {
        let mut parts = Vec::new();
        let replies = self.channel.count_replies(&top.id);
        if self.parts.has("snippet") {
            parts.push((
                "snippet",
                json!({
                    "channelId": self.channel.owner().channel_id, "videoId": top.video_id, "topLevelComment": self.comment(top),
                    "canReply": top.can_reply && top.status == Status::Published, "totalReplyCount": replies,
                    "isPublic": top.status == Status::Published,
                }),
            ));
        }
        if self.parts.has("replies") {
            let shown: Vec<Value> = self
                .channel
                .replies(&top.id, status, None)
                .take(REPLIES_SHOWN)
                .map(|reply| self.comment(reply))
                .collect();
            if !shown.is_empty() {
                parts.push(("replies", json!({ "comments": shown })));
            }
        }
        resource("youtube#commentThread", &top.id, parts)
    }

    pub fn comment(&self, item: &Item) -> Value {
        let mut parts = Vec::new();
        if self.parts.has("snippet") {
            parts.push(("snippet", self.comment_snippet(item)));
        }
        resource("youtube#comment", &item.id, parts)
    }

    fn comment_snippet(&self, item: &Item) -> Value {
        let author = &item.author;
        let mut snippet = json!({
            "channelId": self.channel.owner().channel_id, "videoId": item.video_id,
            "textDisplay": self.text.show(&item.text),
            "authorDisplayName": author.handle, "authorProfileImageUrl": author.avatar_url,
            "authorChannelUrl": format!("http://www.youtube.com/{}", author.handle), "authorChannelId": { "value": author.channel_id },
            "canRate": true, "viewerRating": "none", "likeCount": item.likes(self.now),
            "publishedAt": time(item.published_at), "updatedAt": time(item.updated_at.clamp(item.published_at, self.now.max(item.published_at))),
        });
        // The original is its author's alone.
        if item.by_owner || self.text == TextFormat::PlainText {
            snippet["textOriginal"] = item.text.clone().into();
        }
        if let Some(parent) = &item.parent_id {
            snippet["parentId"] = parent.clone().into();
        }
        if self.tells_status {
            snippet["moderationStatus"] = item.status.as_str().into();
        }
        snippet
    }
}

fn avatars(url: &str) -> Value {
    let sized =
        |size: u32| json!({ "url": url.replace("=s240-", &format!("=s{size}-")), "width": size, "height": size });
    json!({ "default": sized(88), "medium": sized(240), "high": sized(800) })
}

fn thumbnails(video: &str) -> Value {
    let sized = |name: &str, width: u32, height: u32| json!({ "url": format!("https://i.ytimg.com/vi/{video}/{name}.jpg"), "width": width, "height": height });
    json!({
        "default": sized("default", 120, 90), "medium": sized("mqdefault", 320, 180), "high": sized("hqdefault", 480, 360),
        "standard": sized("sddefault", 640, 480),
    })
}

fn iso_duration(seconds: u32) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let part = |count: u32, unit: &str| if count > 0 { format!("{count}{unit}") } else { String::new() };
    match seconds {
        0 => "PT0S".into(),
        _ => format!("PT{}{}{}", part(hours, "H"), part(minutes, "M"), part(rest, "S")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_times_are_written_as_the_provider_does() {
        assert_eq!(iso_duration(253), "PT4M13S");
        assert_eq!(iso_duration(3600), "PT1H");
        assert_eq!(iso_duration(0), "PT0S");
        assert_eq!(time(Timestamp::from_micros(1_700_000_000_999_999)), "2023-11-14T22:13:20Z");
    }
}
