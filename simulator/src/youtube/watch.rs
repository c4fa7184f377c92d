//! `/watch`: a video with its comments, as the platform would show them to anybody. Plain HTML that works relayed under any
//! path, without scripts.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use super::channel::{Channel, Item, Status};
use crate::pages::{self, day, gone};
use crate::state::Shared;
use crate::world::youtube::Video;

/// Threads on one page, beside the one that the address names.
const THREADS: usize = 20;
const REPLIES: usize = 50;

#[derive(Debug, Deserialize)]
pub struct Asked {
    /// The video's id.
    v: String,
    /// The comment that is looked for.
    lc: Option<String>,
    /// Whose channel: ids of videos are a profile's own.
    simulator_profile: String,
}

pub async fn show(State(state): State<Shared>, Query(asked): Query<Asked>) -> Response {
    let now = state.clock.now();
    let slot = match pages::slot_of(&state, asked.simulator_profile, now).await {
        Ok(slot) => slot,
        Err(error) => {
            tracing::error!(%error, "the watch page cannot be shown");
            return page(StatusCode::SERVICE_UNAVAILABLE, "Try again", &gone("Something went wrong. Try again."));
        }
    };
    let Some(channel) = slot.as_ref().and_then(|slot| slot.channel.as_ref()) else {
        return page(StatusCode::NOT_FOUND, "Not there", &gone("This channel is gone."));
    };
    let channel = channel.read();
    let Some(video) = channel.youtube().video(&asked.v, now) else {
        return page(StatusCode::NOT_FOUND, "Not there", &gone("This video isn't available any more."));
    };
    page(StatusCode::OK, &video.title, &watch(&channel, video, asked.lc.as_deref(), now))
}

pub async fn style() -> Response {
    pages::style(include_str!("watch.css"))
}

fn watch(channel: &Channel, video: &Video, comment: Option<&str>, now: Timestamp) -> Markup {
    let stats = channel.youtube().video_stats(video, now);
    let named = comment.and_then(|id| channel.item(id));
    let thread = named.and_then(|item| channel.thread_of(item)).filter(|thread| thread.status == Status::Published);
    let others = channel.threads(Some(&video.id), Status::Published, None);
    let others = others.filter(|other| thread.is_none_or(|thread| thread.id != other.id)).take(THREADS);
    html! {
        div.player aria-hidden="true" { span { (clock(video.duration_seconds)) } }
        h1 { (video.title) }
        p.note { b { (channel.owner().display_name) } " · " (stats.views) " views · " (stats.likes) " likes · " (day(video.published_at)) }
        h2 { (channel.count_under(&video.id)) " comments" }
        @if comment.is_some() && thread.is_none() { p.note { "The comment you're looking for isn't shown to viewers." } }
        @if let Some(thread) = thread { (thread_of(channel, thread, named)) }
        @for thread in others { (thread_of(channel, thread, None)) }
    }
}

/// Replies stand in the order of their coming.
fn thread_of(channel: &Channel, thread: &Item, named: Option<&Item>) -> Markup {
    let mut replies = channel.replies(&thread.id, Status::Published, None).take(REPLIES).collect::<Vec<_>>();
    replies.reverse();
    let is_named = |item: &Item| named.is_some_and(|named| named.id == item.id);
    html! {
        article {
            (comment(thread, is_named(thread)))
            @if !replies.is_empty() { div.replies { @for reply in replies { (comment(reply, is_named(reply))) } } }
        }
    }
}

fn comment(item: &Item, is_named: bool) -> Markup {
    html! {
        div.comment.named[is_named] {
            p.note {
                @if is_named { b.mark { "Highlighted" } }
                b.owner[item.by_owner] dir="auto" { (item.author.display_name) }
                span { (day(item.published_at)) }
                @if item.updated_at != item.published_at { span { "edited" } }
            }
            p.text dir="auto" { (item.text) }
        }
    }
}

fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn page(status: StatusCode, title: &str, body: &Markup) -> Response {
    let banner =
        "The built-in platform simulator: this is what viewers of the demo channel see. Nothing here is on YouTube.";
    pages::page(status, title, "watch.css", banner, body)
}
