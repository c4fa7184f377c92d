//! The former system's rows as they are read: every column a text that may be missing, so that no version of its schema
//! and no value in it stops the import.

use kit::clock::Timestamp;
use serde::Deserialize;

/// The names that are read, and the struct that they are read into.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($column:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Default, Debug, Deserialize)]
        #[serde(default)]
        pub struct $name { $(pub $column: Option<String>),+ }

        impl $name {
            pub const FIELDS: &'static [&'static str] = &[$(plain(stringify!($column))),+];
        }
    };
}

/// A column's name, where Rust's spelling has to escape it.
const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

record! { User {
    id, email, full_name, hashed_password, is_active, access_status, approval_status, is_admin, demo_mode, demo_mode_status,
    organization_id, created_at, time_zones,
} }

record! {
    /// `user_id` stands in installations that were changed by hand alone.
    Connection { id, location_id, user_id, platform, account_info, created_at, location_name, people }
}

record! { YoutubeChannel {
    id, user_id, channel_id, channel_name, subscriber_count, total_views, video_count, last_metrics_update, created_at,
} }

record! { InstagramAccount {
    id, user_id, instagram_user_id, username, profile_picture_url, follower_count, media_count, last_synced_at, created_at,
} }

record! { YoutubeVideo {
    id, channel_id, video_id, title, thumbnail_url, published_at, view_count, like_count, comment_count, duration,
    last_fetched_at,
} }

record! { InstagramMedia {
    id, connection_id, media_id, media_type, caption, thumbnail_url, permalink, timestamp, like_count, comment_count,
    play_count, is_story, last_fetched_at,
} }

/// Of YouTube and of Instagram: what both say has one name, else each has its own.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Comment {
    pub id: Option<String>,
    pub comment_id: Option<String>,
    pub connection: Option<String>,
    pub content_id: Option<String>,
    pub parent_comment_id: Option<String>,
    pub status: Option<String>,
    pub tags: Option<String>,
    pub assigned_to_user_id: Option<String>,
    pub internal_notes: Option<String>,
    pub sentiment: Option<String>,
    pub response_text: Option<String>,
    pub replied_at: Option<String>,
    pub updated_at: Option<String>,
    pub created_at: Option<String>,
    pub like_count: Option<String>,
    pub reply_count: Option<String>,
    pub author_name: Option<String>,
    pub author_channel_id: Option<String>,
    pub content: Option<String>,
    pub published_at: Option<String>,
    pub is_channel_owner_comment: Option<String>,
    pub username: Option<String>,
    pub user_id: Option<String>,
    pub text: Option<String>,
    pub timestamp: Option<String>,
    pub is_hidden: Option<String>,
}

record! { Interaction {
    id, user_id, platform, r#type, platform_id, content, author_name, author_username, author_profile_url, author_avatar_url,
    parent_content_id, parent_content_title, parent_content_url, parent_content_thumbnail_url, is_reply, reply_to_id,
    sentiment, status, tags, assigned_to_user_id, internal_notes, archived_at, is_demo, like_count, reply_count,
    platform_created_at, created_at, parent_platform_id,
} }

record! { SentResponse {
    id, interaction_id, response_text, platform_response_id, platform_error, sent_at, is_demo, answered_user,
    answered_platform, answered_id,
} }

impl Comment {
    pub const YOUTUBE: &'static [&'static str] = &[
        "id",
        "video_id",
        "comment_id",
        "connection",
        "content_id",
        "parent_comment_id",
        "status",
        "tags",
        "assigned_to_user_id",
        "internal_notes",
        "sentiment",
        "response_text",
        "replied_at",
        "updated_at",
        "created_at",
        "like_count",
        "reply_count",
        "author_name",
        "author_channel_id",
        "content",
        "published_at",
        "is_channel_owner_comment",
    ];
    pub const INSTAGRAM: &'static [&'static str] = &[
        "id",
        "media_id",
        "comment_id",
        "connection",
        "content_id",
        "parent_comment_id",
        "status",
        "tags",
        "assigned_to_user_id",
        "internal_notes",
        "sentiment",
        "response_text",
        "replied_at",
        "updated_at",
        "created_at",
        "like_count",
        "username",
        "user_id",
        "text",
        "timestamp",
        "is_hidden",
    ];
}

/// Longer than anything that a platform takes; what exceeds it was no comment.
pub const LONGEST_TEXT: usize = 100_000;

/// Text with something in it.
pub fn text(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// PostgreSQL's, Python's and other people's ways to say so.
pub fn boolean(value: &Option<String>) -> Option<bool> {
    match text(value)?.to_ascii_lowercase().as_str() {
        "t" | "true" | "1" | "y" | "yes" | "on" => Some(true),
        "f" | "false" | "0" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

pub fn number(value: &Option<String>) -> Option<i64> {
    let text = text(value)?;
    text.parse::<i64>().ok().or_else(|| {
        let number = text.parse::<f64>().ok()?.round();
        // Beyond 2^53 it would not be the number that was meant.
        (number.abs() < 9e15).then_some(number as i64)
    })
}

/// Columns of a time's type arrive as microseconds; texts as whatever was written. Without a zone it is UTC, as there.
pub fn instant(value: &Option<String>) -> Option<Timestamp> {
    let text = text(value)?;
    let at = match text.strip_prefix("us:") {
        Some(micros) => micros.parse().ok().map(Timestamp::from_micros),
        None => Timestamp::parse(text).ok().or_else(|| {
            let civil = text.parse::<jiff::civil::DateTime>().ok()?;
            Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().into())
        }),
    };
    at.filter(|at| (Timestamp::from_second(0)..Timestamp::from_second(253_402_300_800)).contains(at))
}

/// Of a page or a picture on the web; anything else is no link.
pub fn link(value: &Option<String>) -> Option<String> {
    let text = text(value)?;
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    (is_web && text.len() <= 2_000 && !text.contains(char::is_whitespace)).then(|| text.to_owned())
}

/// Of a person or a thing, as pages show it.
pub fn name(value: &Option<String>) -> Option<String> {
    text(value).map(|text| text.chars().filter(|c| !c.is_control()).take(LONGEST_ID).collect())
}

/// As long as ids were there.
const LONGEST_ID: usize = 255;

/// Whole, or not at all: two ids that are cut may be one.
pub fn identifier(value: &Option<String>) -> Result<Option<String>, &'static str> {
    let Some(id) = value.as_deref().filter(|id| !id.trim().is_empty()) else { return Ok(None) };
    if id.chars().nth(LONGEST_ID).is_some() {
        return Err("an id of more than 255 characters");
    }
    if id.contains(char::is_control) {
        return Err("an id with control characters");
    }
    Ok(Some(id.to_owned()))
}

/// A counter; what is below nothing was never counted.
pub fn count(value: &Option<String>) -> Option<i64> {
    number(value).filter(|count| *count >= 0)
}

/// A list, as PostgreSQL's JSON has it.
pub fn list(value: &Option<String>) -> Vec<String> {
    text(value)
        .and_then(|text| serde_json::from_str::<Vec<Option<String>>>(text).ok())
        .unwrap_or_default()
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn instants_of_all_kinds() {
        let noon = Timestamp::parse("2025-03-01T12:00:00Z").unwrap();
        for text in [
            format!("us:{}", noon.micros()),
            "2025-03-01T12:00:00Z".into(),
            "2025-03-01T13:00:00+01:00".into(),
            "2025-03-01 12:00:00".into(),
            "2025-03-01T12:00:00.000".into(),
        ] {
            assert_eq!(instant(&Some(text.clone())), Some(noon), "{text}");
        }
        for text in ["", "infinity", "yesterday", "us:", "us:9223372036854775807", "us:-1", "0001-01-01 00:00:00"] {
            assert_eq!(instant(&some(text)), None, "{text}");
        }
        assert_eq!(instant(&None), None);
    }

    #[test]
    fn booleans_and_numbers_of_all_kinds() {
        for yes in ["true", "t", "1", "TRUE", " yes "] {
            assert_eq!(boolean(&some(yes)), Some(true), "{yes}");
        }
        for no in ["false", "f", "0", "No"] {
            assert_eq!(boolean(&some(no)), Some(false), "{no}");
        }
        assert_eq!([boolean(&some("maybe")), boolean(&some("")), boolean(&None)], [None; 3]);
        assert_eq!(number(&some("12")), Some(12));
        assert_eq!(number(&some("4.0")), Some(4));
        assert_eq!([number(&some("many")), number(&some("1e300")), number(&some("NaN"))], [None; 3]);
    }

    #[test]
    fn only_the_web_is_linked() {
        assert_eq!(link(&some("https://example.com/a")), some("https://example.com/a"));
        for bad in ["javascript:alert(1)", "data:image/png;base64,AAAA", "https://a b", "/relative"] {
            assert_eq!(link(&some(bad)), None, "{bad}");
        }
    }
}
