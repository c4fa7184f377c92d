//! The parts that few ask for: what a channel and a video are, beside what they say and how they do.

use serde_json::{Value, json};

use super::error::ApiError;
use super::request::Parts;
use super::resource::Shape;
use crate::world::Niche;
use crate::world::youtube::Video;

pub const OF_CHANNELS: [&str; 9] = [
    "auditDetails",
    "brandingSettings",
    "contentDetails",
    "contentOwnerDetails",
    "localizations",
    "snippet",
    "statistics",
    "status",
    "topicDetails",
];

pub const OF_VIDEOS: [&str; 13] = [
    "contentDetails",
    "fileDetails",
    "liveStreamingDetails",
    "localizations",
    "paidProductPlacementDetails",
    "player",
    "processingDetails",
    "recordingDetails",
    "snippet",
    "statistics",
    "status",
    "suggestions",
    "topicDetails",
];

pub const OF_STATS: [&str; 3] = ["snippet", "contentDetails", "statistics"];

type Told = Vec<(&'static str, Value)>;

/// What is shown to networks that audit a channel, by a scope that nobody can be asked for here.
pub fn refuse_audits(parts: &Parts) -> Result<(), ApiError> {
    if parts.has("auditDetails") { Err(ApiError::scopes()) } else { Ok(()) }
}

/// A channel that no content owner manages, and that speaks one language, has little to tell in two of them.
pub fn of_channel(shape: &Shape<'_>) -> Told {
    let channel = &shape.channel.youtube().channel;
    let mut told = Vec::new();
    if shape.parts.has("brandingSettings") {
        let banner = channel.avatar_url.split("=s").next().unwrap_or_default();
        let about = json!({
            "title": channel.title, "description": channel.description, "defaultLanguage": channel.language.as_str(),
            "country": channel.country,
        });
        told.push(("brandingSettings", json!({ "channel": about, "image": { "bannerExternalUrl": banner } })));
    }
    if shape.parts.has("topicDetails") {
        told.push(("topicDetails", json!({ "topicCategories": [topic(shape.channel.niche())] })));
    }
    if shape.parts.has("contentOwnerDetails") {
        told.push(("contentOwnerDetails", json!({})));
    }
    told
}

/// Absent: what was never live (`liveStreamingDetails`), and never translated (`localizations`).
pub fn of_video(shape: &Shape<'_>, video: &Video) -> Told {
    let mut told = Vec::new();
    let mut tell = |name: &'static str, value: fn(&Video) -> Value| {
        if shape.parts.has(name) {
            told.push((name, value(video)));
        }
    };
    tell("player", |video| json!({ "embedHtml": embedded(&video.id) }));
    tell("recordingDetails", |_| json!({}));
    tell("fileDetails", file);
    tell("processingDetails", |_| {
        json!({
            "processingStatus": "succeeded", "fileDetailsAvailability": "available", "processingIssuesAvailability": "available",
            "tagSuggestionsAvailability": "available", "editorSuggestionsAvailability": "available",
            "thumbnailsAvailability": "available",
        })
    });
    tell("suggestions", |_| json!({}));
    tell("paidProductPlacementDetails", |_| json!({ "hasPaidProductPlacement": false }));
    if shape.parts.has("topicDetails") {
        told.push(("topicDetails", json!({ "topicCategories": [topic(shape.channel.niche())] })));
    }
    told
}

fn embedded(id: &str) -> String {
    format!(
        "<iframe width=\"480\" height=\"270\" src=\"//www.youtube.com/embed/{id}\" frameborder=\"0\" allow=\"accelerometer; autoplay; clipboard-write; encrypted-media; gyroscope; picture-in-picture; web-share\" referrerpolicy=\"strict-origin-when-cross-origin\" allowfullscreen></iframe>"
    )
}

/// Full HD at 8 Mbit a second.
fn file(video: &Video) -> Value {
    let bits: u64 = 8_000_000;
    let seconds = u64::from(video.duration_seconds);
    json!({
        "fileName": format!("{}.mp4", video.id), "fileType": "video", "container": "mov",
        "fileSize": (seconds * bits / 8).to_string(), "durationMs": (seconds * 1000).to_string(), "bitrateBps": bits.to_string(),
        "videoStreams": [{ "widthPixels": 1920, "heightPixels": 1080, "frameRateFps": 25.0, "aspectRatio": 1.78, "codec": "h264" }],
        "audioStreams": [{ "channelCount": 2, "codec": "aac" }],
    })
}

/// As YouTube names topics: by a page of an encyclopedia.
fn topic(niche: Niche) -> String {
    let page = match niche {
        Niche::TechReviews => "Technology",
        Niche::Gaming => "Video_game_culture",
        Niche::Beauty => "Fashion",
        Niche::Fitness => "Physical_fitness",
        Niche::Cooking => "Food",
        Niche::Travel => "Tourism",
        Niche::Education => "Knowledge",
        Niche::Comedy => "Humour",
        Niche::Music => "Music",
        Niche::Lifestyle => "Lifestyle_(sociology)",
    };
    format!("https://en.wikipedia.org/wiki/{page}")
}
