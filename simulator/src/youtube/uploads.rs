//! The reading call of a channel's uploads, page by page in both directions.

use kit::clock::Timestamp;

use super::channel::Channel;
use super::error::ApiError;
use super::lists::{Answer, shape};
use super::request::{self, Parts};
use super::resource::Page;
use crate::paging::Cursor;
use crate::params::Params;
use crate::world::youtube::Video;

/// With its place in the list, which is the newest's first.
type Upload<'a> = (usize, &'a Video);

pub fn playlist_items(channel: &Channel, params: &Params, now: Timestamp) -> Answer {
    let parts = Parts::parse(params, &["snippet", "contentDetails", "status"])?;
    let most = request::max_results(params, 0, 50, 5)?;
    let shape = shape(channel, now, &parts);
    let filter = request::one_filter(params, &["playlistId", "id"])?;
    let (ids, video) = (request::ids(params, "id")?, params.get("videoId"));
    if filter == "playlistId" && params.get(filter) != Some(channel.youtube().channel.uploads_playlist_id.as_str()) {
        let message = "The playlist identified with the request's <code>playlistId</code> parameter cannot be found.";
        return Err(ApiError::not_found("youtube.playlistItem", "playlistNotFound", message, "playlistId"));
    }
    let is_wanted = |upload: &Upload<'_>| {
        (filter != "id" || ids.contains(&shape.upload_id(upload.1).as_str()))
            && video.is_none_or(|video| upload.1.id == video)
    };
    let uploads: Vec<Upload<'_>> = channel.youtube().videos(now).enumerate().filter(is_wanted).collect();
    let query = format!("uploads {ids:?} {video:?} of {}", channel.owner().channel_id);
    let page = page(&uploads, params, &query, most)?;
    let items = page.uploads.iter().map(|(position, video)| shape.upload(video, *position)).collect();
    let (next, previous) = (page.next, page.previous);
    Ok(Page { items, total: uploads.len(), per_page: most, next, previous }
        .into_value("youtube#playlistItemListResponse"))
}

struct Cut<'a> {
    uploads: &'a [Upload<'a>],
    next: Option<String>,
    previous: Option<String>,
}

/// A token leads to what stands behind an upload, or before one.
fn page<'a>(uploads: &'a [Upload<'a>], params: &Params, query: &str, most: usize) -> Result<Cut<'a>, ApiError> {
    let backwards = format!("{query}, backwards");
    let before = params.get("pageToken").and_then(|token| Cursor::parse(token, &backwards));
    let begin = match before {
        Some(before) => uploads.partition_point(|upload| cursor(upload) > before).saturating_sub(most),
        None => match request::page(params, query)? {
            Some(after) => uploads.partition_point(|upload| cursor(upload) >= after),
            None => 0,
        },
    };
    let end = uploads.len().min(begin + most);
    let page = &uploads[begin..end];
    let next = page.last().filter(|_| end < uploads.len()).map(|last| cursor(last).token(query));
    let previous = page.first().filter(|_| begin > 0).map(|first| cursor(first).token(&backwards));
    Ok(Cut { uploads: page, next, previous })
}

fn cursor((_, video): &Upload<'_>) -> Cursor {
    Cursor { place: video.published_at.micros(), id: video.id.clone() }
}
