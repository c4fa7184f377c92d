//! Videos and posts, with their counters as they stood when the former system read them last.

use jiff::{Span, SpanRelativeTo, Unit};
use kit::db::Tx;

use super::arrivals::{Home, Homes};
use super::record::{InstagramMedia, YoutubeVideo, boolean, count, identifier, instant, link, name, text};
use super::{Batch, Error};
use crate::inbox::{content, imported};
use crate::model::{ContentKind, ObservedContent};

pub fn write_videos(tx: &mut Tx, videos: &[YoutubeVideo], batch: &mut Batch<'_>) -> Result<(), Error> {
    let mut homes = Homes::default();
    for video in videos {
        let home = homes.of(tx, batch.source, "youtube_connections", &video.channel_id)?;
        write_one(tx, batch, home, (&video.id, &video.last_fetched_at), observe_video(video))?;
    }
    Ok(())
}

pub fn write_media(tx: &mut Tx, media: &[InstagramMedia], batch: &mut Batch<'_>) -> Result<(), Error> {
    let mut homes = Homes::default();
    for item in media {
        let home = homes.of(tx, batch.source, "instagram_connections", &item.connection_id)?;
        write_one(tx, batch, home, (&item.id, &item.last_fetched_at), observe_media(item))?;
    }
    Ok(())
}

fn write_one(
    tx: &mut Tx,
    batch: &mut Batch<'_>,
    home: Option<Home>,
    (id, fetched_at): (&Option<String>, &Option<String>),
    observed: Result<ObservedContent, &'static str>,
) -> Result<(), Error> {
    let id = text(id).unwrap_or_default();
    let Some(home) = home else {
        batch.tally.skip("its connection was not brought over", id);
        return Ok(());
    };
    let observed = match observed {
        Ok(observed) => observed,
        Err(reason) => {
            batch.tally.skip(reason, id);
            return Ok(());
        }
    };
    if !imported::known_content(tx, home.account.id, &[&observed.external_id])?.is_empty() {
        batch.tally.already += 1;
        return Ok(());
    }
    // Its counters are a reading of that day, not of today.
    let read_at = instant(fetched_at).filter(|at| *at <= batch.now).unwrap_or(batch.now);
    content::ingest(tx, &home.source(read_at, batch.random), &[observed])?;
    batch.tally.written += 1;
    batch.made.content += 1;
    Ok(())
}

fn observe_video(video: &YoutubeVideo) -> Result<ObservedContent, &'static str> {
    let external_id = identifier(&video.video_id)?.ok_or("without an id of the platform's")?;
    Ok(ObservedContent {
        kind: ContentKind::Video,
        title: name(&video.title),
        permalink: watch_page(&external_id),
        thumbnail_url: link(&video.thumbnail_url),
        published_at: instant(&video.published_at),
        duration_seconds: text(&video.duration).and_then(seconds),
        comments_enabled: true,
        views: count(&video.view_count),
        likes: count(&video.like_count),
        comments: count(&video.comment_count),
        external_id,
    })
}

fn observe_media(media: &InstagramMedia) -> Result<ObservedContent, &'static str> {
    let is_story = boolean(&media.is_story) == Some(true);
    Ok(ObservedContent {
        kind: match text(&media.media_type).map(str::to_ascii_uppercase).as_deref() {
            _ if is_story => ContentKind::Story,
            Some("STORY") => ContentKind::Story,
            Some("IMAGE") => ContentKind::Photo,
            Some("CAROUSEL_ALBUM") => ContentKind::Carousel,
            Some("REELS" | "REEL") => ContentKind::Reel,
            Some("VIDEO") => ContentKind::Video,
            _ => ContentKind::Post,
        },
        external_id: identifier(&media.media_id)?.ok_or("without an id of the platform's")?,
        title: name(&media.caption),
        permalink: link(&media.permalink),
        thumbnail_url: link(&media.thumbnail_url),
        published_at: instant(&media.timestamp),
        duration_seconds: None,
        comments_enabled: true,
        views: count(&media.play_count),
        likes: count(&media.like_count),
        comments: count(&media.comment_count),
    })
}

/// Of an id that is one: anything else would lead elsewhere.
pub fn watch_page(video: &str) -> Option<String> {
    let is_plain = video.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_plain.then(|| format!("https://www.youtube.com/watch?v={video}"))
}

/// ISO 8601, `PT4M13S`.
fn seconds(duration: &str) -> Option<i64> {
    let span: Span = duration.parse().ok()?;
    span.total((Unit::Second, SpanRelativeTo::days_are_24_hours())).ok().map(|seconds| seconds as i64)
}
