//! `/profile/{did}/post/{key}`: a conversation, as readers would see it.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use super::feed::{Feed, Item};
use super::views;
use crate::pages::{self, day, gone};
use crate::state::Shared;
use crate::world::bluesky::uri;

/// Levels below one another, and posts in each.
const DEPTH: usize = 6;
const REPLIES: usize = 40;

#[derive(Debug, Deserialize)]
pub struct Asked {
    simulator_profile: String,
}

pub async fn show(
    State(state): State<Shared>,
    Path((did, key)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let now = state.clock.now();
    let slot = match pages::slot_of(&state, asked.simulator_profile, now).await {
        Ok(slot) => slot,
        Err(error) => {
            tracing::error!(%error, "the page of a post cannot be shown");
            return page(StatusCode::SERVICE_UNAVAILABLE, "Try again", &gone("Something went wrong. Try again."));
        }
    };
    let feed = slot.as_ref().and_then(|slot| slot.feed.as_ref()).map(|feed| feed.read());
    let named = uri(&did, &key);
    let Some((feed, item)) = feed.as_ref().and_then(|feed| Some((feed, feed.item(&named, now)?))) else {
        return page(StatusCode::NOT_FOUND, "Not there", &gone("This post is gone."));
    };
    let root = feed.item(&item.post.root(), now).unwrap_or(item);
    let title = format!("{} on Bluesky", root.post.author.display_name);
    page(StatusCode::OK, &title, &conversation(feed, root, &named, 0, now))
}

pub async fn style() -> Response {
    pages::style(include_str!("post.css"))
}

fn conversation(feed: &Feed, item: &Item, named: &str, level: usize, now: Timestamp) -> Markup {
    let address = item.post.uri();
    let hidden = views::threadgate(feed, &item.post.root()).is_some_and(|gate| {
        let hidden = gate["record"]["hiddenReplies"].as_array();
        hidden.is_some_and(|hidden| hidden.iter().any(|reply| reply == address.as_str()))
    });
    html! {
        article.post.named[address == named] {
            p.note {
                @if address == named { b.mark { "Highlighted" } }
                b.owner[item.post.by_owner] dir="auto" { (item.post.author.display_name) }
                span { "@" (item.post.author.handle) }
                span { (day(item.post.at)) }
                @if hidden { span.mark { "Hidden by the author" } }
            }
            p.text dir="auto" { (item.post.text) }
            p.note { (item.post.likes(now)) " likes" }
            @if level < DEPTH {
                @let replies: Vec<&Item> = feed.replies_to(&address, now).take(REPLIES).collect();
                @if !replies.is_empty() {
                    div.replies { @for reply in replies { (conversation(feed, reply, named, level + 1, now)) } }
                }
            }
        }
    }
}

fn page(status: StatusCode, title: &str, body: &Markup) -> Response {
    let banner =
        "The built-in platform simulator: this is what readers of the demo account see. Nothing here is on Bluesky.";
    // As seen from the address of a post.
    pages::page(status, title, "../../../post.css", banner, body)
}
