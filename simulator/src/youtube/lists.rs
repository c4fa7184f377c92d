//! The reading calls: channels, uploads, videos, comment threads, comments.

use kit::clock::Timestamp;
use serde_json::Value;

use super::channel::{Channel, Item, Status};
use super::error::ApiError;
use super::parts;
use super::request::{self, Parts, TextFormat, invalid_value};
use super::resource::{self, Page, Shape};
use crate::paging::Cursor;
use crate::params::Params;
use crate::world::youtube::Video;

pub type Answer = Result<Value, ApiError>;

/// Below this a `searchTerms` filter scans, as with the provider, whole threads.
const LONGEST_SEARCH: usize = 200;

pub fn shape<'a>(channel: &'a Channel, now: Timestamp, parts: &'a Parts) -> Shape<'a> {
    Shape { channel, now, parts, text: TextFormat::Html, tells_status: false }
}

const CHANNEL_FILTERS: [&str; 7] =
    ["mine", "id", "forHandle", "forUsername", "managedByMe", "mySubscribers", "categoryId"];

pub fn channels(channel: &Channel, params: &Params, now: Timestamp) -> Answer {
    let parts = Parts::parse(params, &parts::OF_CHANNELS)?;
    parts::refuse_audits(&parts)?;
    let most = request::max_results(params, 0, 50, 5)?;
    let filter = request::one_filter(params, &CHANNEL_FILTERS)?;
    request::only_page(params)?;
    let own = &channel.youtube().channel;
    let value = params.get(filter).unwrap_or_default();
    let bare = |handle: &str| handle.trim_start_matches('@').to_lowercase();
    let wanted = match filter {
        "id" => request::ids(params, "id")?.contains(&own.id.as_str()),
        "forHandle" => bare(value) == bare(&own.handle),
        // Names from before 2015, and categories that are gone: no channel of today's has one.
        "forUsername" | "categoryId" => false,
        _ if !params.is_true(filter) => return Err(invalid_value(filter, value, "true")),
        "managedByMe" => {
            let message = "The request is not properly authorized to access the channels of a content owner.";
            return Err(ApiError::forbidden("youtube.channel", "channelForbidden", message).at("managedByMe"));
        }
        filter => filter == "mine",
    };
    let found: Vec<Value> = wanted.then(|| shape(channel, now, &parts).channel()).into_iter().collect();
    let total = found.len();
    let items = found.into_iter().take(most).collect();
    Ok(Page { items, total, per_page: most, ..Page::default() }.into_value("youtube#channelListResponse"))
}

pub fn videos(channel: &Channel, params: &Params, now: Timestamp) -> Answer {
    let parts = Parts::parse(params, &parts::OF_VIDEOS)?;
    let filter = request::one_filter(params, &["id", "chart", "myRating"])?;
    let most = request::max_results(params, 1, 50, request::MOST_IDS)?;
    request::only_page(params)?;
    let value = params.get(filter).unwrap_or_default();
    if filter == "chart" && value != "mostPopular" {
        let message = "The requested video chart is not supported or is not available.";
        return Err(ApiError::bad_request("youtube.video", "videoChartNotFound", message).at("chart"));
    }
    if filter == "myRating" && !["like", "dislike", "none"].contains(&value) {
        return Err(invalid_value("myRating", value, "none, like, dislike"));
    }
    let shape = shape(channel, now, &parts);
    let items: Vec<Value> = named(channel, params, now)?.map(|video| shape.video(video)).collect();
    let total = items.len();
    Ok(Page { items, total, per_page: most.min(total), ..Page::default() }.into_value("youtube#videoListResponse"))
}

pub fn video_stats(channel: &Channel, params: &Params, now: Timestamp) -> Answer {
    let parts = Parts::parse(params, &parts::OF_STATS)?;
    if !params.has("id") {
        return Err(ApiError::missing("id"));
    }
    let shape = shape(channel, now, &parts);
    let items = named(channel, params, now)?.map(|video| shape.video_stats(video)).collect();
    Ok(resource::unpaged("youtube#batchGetStatsResponse", items))
}

/// The videos that `id` names and that exist, each once, in the order of the ids.
fn named<'a>(
    channel: &'a Channel,
    params: &'a Params,
    now: Timestamp,
) -> Result<impl Iterator<Item = &'a Video>, ApiError> {
    let mut ids = request::ids(params, "id")?;
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    Ok(ids.into_iter().filter_map(move |id| channel.youtube().video(id, now)))
}

pub fn comment_threads(channel: &Channel, params: &Params, now: Timestamp) -> Answer {
    let parts = Parts::parse(params, &["snippet", "replies"])?;
    let most = request::max_results(params, 1, 100, 20)?;
    let text = TextFormat::parse(params)?;
    let filter = request::one_filter(params, &["allThreadsRelatedToChannelId", "videoId", "id", "channelId"])?;
    if filter == "id" {
        request::without(params, "id", &["moderationStatus", "order", "pageToken", "searchTerms"])?;
    }
    let status = wanted_status(params)?;
    let shape = Shape { channel, now, parts: &parts, text, tells_status: filter != "id" };
    if filter == "id" {
        let found = request::ids(params, "id")?.into_iter().filter_map(|id| channel.item(id));
        let items: Vec<Value> =
            found.filter(|item| item.parent_id.is_none()).map(|top| shape.thread(top, status)).collect();
        let total = items.len();
        return Ok(
            Page { items, total, per_page: most, ..Page::default() }.into_value("youtube#commentThreadListResponse")
        );
    }
    let video = threads_of(channel, params, filter, now)?;
    let search =
        params.get("searchTerms").map(|terms| terms.chars().take(LONGEST_SEARCH).collect::<String>().to_lowercase());
    let order = params.get("order").filter(|order| *order != "orderUnspecified").unwrap_or("time");
    if !matches!(order, "time" | "relevance") {
        return Err(invalid_value("order", order, "time, relevance"));
    }
    let query = format!("threads {filter} {video:?} {status} {search:?} {order}");
    let after = request::page(params, &query)?;
    let says = |item: &Item| search.as_ref().is_none_or(|terms| item.text.to_lowercase().contains(terms.as_str()));
    let related = filter != "channelId";
    let (page, next) = if order == "time" {
        cut(channel.threads(video, status, after.as_ref()).filter(|item| related && says(item)), most, &query)
    } else {
        let all = channel.threads(video, status, None).filter(|item| related && says(item)).collect();
        cut_by_relevance(channel, all, after.as_ref(), most, &query)
    };
    let items: Vec<Value> = page.into_iter().map(|top| shape.thread(top, status)).collect();
    let total = items.len();
    Ok(Page { items, total, per_page: most, next, previous: None }.into_value("youtube#commentThreadListResponse"))
}

fn wanted_status(params: &Params) -> Result<Status, ApiError> {
    let Some(asked) = params.get("moderationStatus") else { return Ok(Status::Published) };
    match asked.parse() {
        Ok(Status::Deleted) | Err(_) => {
            Err(invalid_value("moderationStatus", asked, "published, heldForReview, likelySpam, rejected"))
        }
        Ok(status) => Ok(status),
    }
}

/// The video that the threads are of, or none for the whole channel.
fn threads_of<'a>(
    channel: &Channel,
    params: &'a Params,
    filter: &str,
    now: Timestamp,
) -> Result<Option<&'a str>, ApiError> {
    let value = params.get(filter).unwrap_or_default();
    if filter == "videoId" {
        let video = channel.youtube().video(value, now).ok_or_else(|| ApiError::video_not_found("videoId"))?;
        if !video.comments_enabled {
            let message = "The video identified by the <code><a href=\"/youtube/v3/docs/commentThreads/list#videoId\">videoId</a></code> parameter has disabled comments.";
            return Err(ApiError::forbidden("youtube.commentThread", "commentsDisabled", message));
        }
        return Ok(Some(value));
    }
    if value != channel.owner().channel_id {
        let message = "The channel identified by the request could not be found.";
        return Err(ApiError::not_found("youtube.commentThread", "channelNotFound", message, filter));
    }
    Ok(None)
}

pub fn comments(channel: &Channel, params: &Params, now: Timestamp) -> Answer {
    let parts = Parts::parse(params, &["snippet"])?;
    let most = request::max_results(params, 1, 100, 20)?;
    let text = TextFormat::parse(params)?;
    let filter = request::one_filter(params, &["parentId", "id"])?;
    let shape = Shape { channel, now, parts: &parts, text, tells_status: filter != "id" };
    let kind = "youtube#commentListResponse";
    if filter == "id" {
        request::without(params, "id", &["pageToken"])?;
        let found = request::ids(params, "id")?.into_iter().filter_map(|id| channel.item(id));
        let items: Vec<Value> =
            found.filter(|item| channel.thread_of(item).is_some()).map(|item| shape.comment(item)).collect();
        let total = items.len();
        return Ok(Page { items, total, per_page: most, ..Page::default() }.into_value(kind));
    }
    let parent = params.get("parentId").unwrap_or_default();
    channel.item(parent).ok_or_else(|| ApiError::comment_not_found("parentId"))?;
    let query = format!("replies to {parent}");
    let after = request::page(params, &query)?;
    let (page, next) = cut(channel.replies(parent, Status::Published, after.as_ref()), most, &query);
    let items: Vec<Value> = page.into_iter().map(|item| shape.comment(item)).collect();
    let total = items.len();
    Ok(Page { items, total, per_page: most, next, previous: None }.into_value(kind))
}

/// The first `most` items, and the token of the next page when there are more.
fn cut<'a>(mut items: impl Iterator<Item = &'a Item>, most: usize, query: &str) -> (Vec<&'a Item>, Option<String>) {
    let page: Vec<&Item> = items.by_ref().take(most).collect();
    let next = page.last().filter(|_| items.next().is_some());
    let next = next.map(|last| Cursor { place: last.published_at.micros(), id: last.id.clone() }.token(query));
    (page, next)
}

/// Most answered first; the cursor names the last thread, and the order of the rest is by what does not move: answers, then time.
fn cut_by_relevance<'a>(
    channel: &Channel,
    mut items: Vec<&'a Item>,
    after: Option<&Cursor>,
    most: usize,
    query: &str,
) -> (Vec<&'a Item>, Option<String>) {
    items.sort_by_cached_key(|item| {
        (std::cmp::Reverse(channel.count_replies(&item.id)), std::cmp::Reverse((item.published_at, item.id.clone())))
    });
    let begin = after.and_then(|after| items.iter().position(|item| item.id == after.id)).map_or(0, |last| last + 1);
    cut(items.into_iter().skip(begin), most, query)
}
