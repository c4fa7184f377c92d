//! The calls that read.

use kit::clock::Timestamp;
use serde_json::{Value, json};

use super::error::ApiError;
use super::feed::{Feed, Item};
use super::{Call, views};
use crate::paging::Cursor;
use crate::params::Params;
use crate::world::bluesky::{POST, uri};

/// Posts in one call of `getPosts`.
const MOST_URIS: usize = 25;
const MOST_REASONS: usize = 20;

pub fn profile(call: &Call<'_>) -> Result<Value, ApiError> {
    let feed = call.read();
    let actor = required(call.params, "actor")?;
    if is_owner(&feed, actor) {
        return Ok(views::profile(&feed, call.now));
    }
    let known =
        feed.newest(None, call.now).find(|item| item.post.author.did == actor || item.post.author.handle == actor);
    let author = known.map(|item| item.post.author.clone()).ok_or_else(|| ApiError::invalid("Profile not found"))?;
    let posts = feed.newest(None, call.now).filter(|item| item.post.author.did == author.did).count();
    let mut profile = views::author(&author);
    profile["postsCount"] = posts.into();
    Ok(profile)
}

pub fn describe_repo(call: &Call<'_>) -> Result<Value, ApiError> {
    let feed = call.read();
    let repo = required(call.params, "repo")?;
    if !is_owner(&feed, repo) {
        return Err(ApiError::named("RepoNotFound", format!("Could not find user: {repo}")));
    }
    let owner = feed.owner();
    Ok(json!({
        "did": owner.did, "handle": owner.handle, "handleIsCorrect": true,
        "didDoc": super::directory::document(owner, &call.server), "collections": feed.collections(),
    }))
}

pub fn record(call: &Call<'_>) -> Result<Value, ApiError> {
    let feed = call.read();
    let (repo, collection, key) =
        (required(call.params, "repo")?, required(call.params, "collection")?, required(call.params, "rkey")?);
    let did = if is_owner(&feed, repo) { feed.owner().did.as_str() } else { repo };
    let address = format!("at://{did}/{collection}/{key}");
    let found = match collection {
        POST => feed.item(&uri(did, key), call.now).map(|item| (&item.cid, &item.record)),
        _ if did == feed.owner().did => feed.kept(collection, key).map(|kept| (&kept.cid, &kept.record)),
        _ => None,
    };
    let (cid, record) = found.ok_or_else(|| ApiError::no_record(&address))?;
    Ok(json!({ "uri": address, "cid": cid, "value": record }))
}

pub fn records(call: &Call<'_>) -> Result<Value, ApiError> {
    let feed = call.read();
    let (repo, collection) = (required(call.params, "repo")?, required(call.params, "collection")?);
    if !is_owner(&feed, repo) {
        return Err(ApiError::named("RepoNotFound", format!("Could not find repo: {repo}")));
    }
    let limit = limit(call.params, 50, 100)?;
    if collection != POST {
        let records = feed.kept_of(collection).take(limit).map(|(key, kept)| {
            let address = format!("at://{}/{collection}/{key}", feed.owner().did);
            json!({ "uri": address, "cid": kept.cid, "value": kept.record })
        });
        return Ok(json!({ "records": records.collect::<Value>() }));
    }
    let own = |item: &&Item| item.post.by_owner;
    let (page, cursor) = page(&feed, call, "records", limit, own)?;
    let records = page.iter().map(|item| json!({ "uri": item.post.uri(), "cid": item.cid, "value": item.record }));
    Ok(with_cursor(json!({ "records": records.collect::<Value>() }), cursor))
}

pub fn author_feed(call: &Call<'_>) -> Result<Value, ApiError> {
    let feed = call.read();
    let actor = required(call.params, "actor")?;
    let filter = call.params.get("filter").unwrap_or("posts_with_replies");
    let without_replies = match filter {
        "posts_no_replies" | "posts_and_author_threads" => true,
        "posts_with_replies" => false,
        "posts_with_media" | "posts_with_video" => return Ok(json!({ "feed": [] })),
        other => return Err(ApiError::invalid(format!("Error: filter must be one of the known values, not {other}"))),
    };
    let of = |item: &&Item| {
        (item.post.author.did == actor || item.post.author.handle == actor)
            && !(without_replies && item.post.reply.is_some())
    };
    let (page, cursor) = page(&feed, call, &format!("feed of {actor} {filter}"), limit(call.params, 50, 100)?, of)?;
    let views = page.iter().map(|item| {
        let mut view = json!({ "post": views::post(&feed, item, call.now) });
        if let Some(reply) = reply_context(&feed, item, call.now) {
            view["reply"] = reply;
        }
        view
    });
    Ok(with_cursor(json!({ "feed": views.collect::<Value>() }), cursor))
}

fn reply_context(feed: &Feed, item: &Item, now: Timestamp) -> Option<Value> {
    let above = item.post.reply.as_ref()?;
    let shown = |address: &str| match feed.item(address, now) {
        Some(item) => {
            let mut view = views::post(feed, item, now);
            view["$type"] = "app.bsky.feed.defs#postView".into();
            view
        }
        None => json!({ "$type": "app.bsky.feed.defs#notFoundPost", "uri": address, "notFound": true }),
    };
    Some(json!({ "root": shown(&above.root), "parent": shown(&above.parent) }))
}

pub fn posts(call: &Call<'_>) -> Result<Value, ApiError> {
    let feed = call.read();
    let asked: Vec<&str> = call.params.values("uris").filter(|uri| !uri.is_empty()).collect();
    if asked.is_empty() {
        return Err(ApiError::missing("uris"));
    }
    if asked.len() > MOST_URIS {
        return Err(ApiError::invalid("Error: uris must not have more than 25 elements"));
    }
    let found = asked.iter().filter_map(|address| feed.item(address, call.now));
    Ok(json!({ "posts": found.map(|item| views::post(&feed, item, call.now)).collect::<Value>() }))
}

pub fn post_thread(call: &Call<'_>) -> Result<Value, ApiError> {
    let feed = call.read();
    let address = required(call.params, "uri")?;
    let item = feed.item(address, call.now).ok_or_else(|| ApiError::no_post(address))?;
    let (depth, height) = (number(call.params, "depth", 6, 1_000)?, number(call.params, "parentHeight", 80, 1_000)?);
    let mut answer = json!({ "thread": views::thread(&feed, item, depth, height, call.now) });
    if let Some(gate) = views::threadgate(&feed, &item.post.root()) {
        answer["threadgate"] = gate;
    }
    Ok(answer)
}

pub fn notifications(call: &Call<'_>) -> Result<Value, ApiError> {
    let feed = call.read();
    let reasons: Vec<&str> = call.params.values("reasons").take(MOST_REASONS).collect();
    let wanted = |item: &&Item| {
        let reason = feed.reason(&item.post);
        reason.is_some_and(|reason| reasons.is_empty() || reasons.contains(&reason))
    };
    let limit = limit(call.params, 50, 100)?;
    let (page, cursor) = page(&feed, call, &format!("notifications {reasons:?}"), limit, wanted)?;
    let shown = page.iter().filter_map(|item| Some(views::notification(item, feed.reason(&item.post)?)));
    let answer = json!({ "notifications": shown.collect::<Value>(), "priority": false });
    Ok(with_cursor(answer, cursor))
}

/// A page, newest first, and where the next one begins.
fn page<'f>(
    feed: &'f Feed,
    call: &Call<'_>,
    query: &str,
    limit: usize,
    wanted: impl Fn(&&Item) -> bool,
) -> Result<(Vec<&'f Item>, Option<String>), ApiError> {
    let before = match call.params.get("cursor") {
        None => None,
        Some(token) => {
            let cursor = Cursor::parse(token, query).ok_or_else(|| ApiError::invalid("Malformed cursor"))?;
            Some((Timestamp::from_micros(cursor.place), cursor.id))
        }
    };
    let mut items: Vec<&Item> = feed.newest(before, call.now).filter(wanted).take(limit + 1).collect();
    let is_more = items.len() > limit;
    items.truncate(limit);
    let last = items.last().filter(|_| is_more);
    let cursor = last.map(|item| Cursor { place: item.post.at.micros(), id: item.post.uri() }.token(query));
    Ok((items, cursor))
}

fn with_cursor(mut answer: Value, cursor: Option<String>) -> Value {
    if let Some(cursor) = cursor {
        answer["cursor"] = cursor.into();
    }
    answer
}

pub fn required<'p>(params: &'p Params, name: &str) -> Result<&'p str, ApiError> {
    params.get(name).ok_or_else(|| ApiError::missing(name))
}

fn limit(params: &Params, usual: usize, most: usize) -> Result<usize, ApiError> {
    let limit = number(params, "limit", usual, most)?;
    if limit == 0 { Err(ApiError::invalid("Error: limit can not be less than 1")) } else { Ok(limit) }
}

fn number(params: &Params, name: &str, usual: usize, most: usize) -> Result<usize, ApiError> {
    let Some(text) = params.get(name) else { return Ok(usual) };
    match text.parse::<usize>() {
        Ok(number) if number <= most => Ok(number),
        Ok(_) => Err(ApiError::invalid(format!("Error: {name} can not be greater than {most}"))),
        Err(_) => Err(ApiError::invalid(format!("Error: {name} must be an integer"))),
    }
}

pub fn is_owner(feed: &Feed, named: &str) -> bool {
    let owner = feed.owner();
    named == owner.did || named.eq_ignore_ascii_case(&owner.handle)
}
