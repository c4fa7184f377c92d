//! `/maps`: a place with its reviews and the owner's answers, as the platform would show them to anybody.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use super::listings::{Item, Place};
use crate::pages::{self, day, gone};
use crate::state::Shared;
use crate::world::business::Version;

/// Reviews on one page, beside the one that the address names.
const REVIEWS: usize = 20;

#[derive(Debug, Deserialize)]
pub struct Asked {
    /// As in `locations/{number}`.
    location: u64,
    /// The review that is looked for.
    review: Option<String>,
    /// Whose place: numbers are a profile's own.
    simulator_profile: String,
}

pub async fn show(State(state): State<Shared>, Query(asked): Query<Asked>) -> Response {
    let now = state.clock.now();
    let slot = match pages::slot_of(&state, asked.simulator_profile, now).await {
        Ok(slot) => slot,
        Err(error) => {
            tracing::error!(%error, "the page of a place cannot be shown");
            return page(StatusCode::SERVICE_UNAVAILABLE, "Try again", &gone("Something went wrong. Try again."));
        }
    };
    let listings = slot.as_ref().map(|slot| slot.business.read());
    let Some(place) = listings.as_ref().and_then(|listings| listings.place(asked.location)) else {
        return page(StatusCode::NOT_FOUND, "Not there", &gone("This place is gone."));
    };
    page(StatusCode::OK, &place.location.title, &reviews_of(place, asked.review.as_deref(), now))
}

pub async fn style() -> Response {
    pages::style(include_str!("maps.css"))
}

fn reviews_of(place: &Place, named: Option<&str>, now: Timestamp) -> Markup {
    let location = &place.location;
    let (count, average) = place.rating(now);
    let mut shown: Vec<(&Item, &Version)> = place.shown(now).collect();
    shown.sort_by_key(|(_, version)| std::cmp::Reverse(version.at));
    let is_named = |item: &Item| named == Some(item.review.id.as_str());
    let found = shown.iter().find(|(item, _)| is_named(item));
    html! {
        h1 { (location.title) }
        p.note {
            b { (format!("{average:.1}")) }
            (stars(average.round() as u8))
            span { (count) " reviews" }
        }
        p.note { (location.address_line) ", " (location.postal_code) " " (location.locality) " · " (location.phone) }
        h2 { "Reviews" }
        @if named.is_some() && found.is_none() { p.note { "The review you're looking for isn't there any more." } }
        @if let Some((item, version)) = found { (review(place, item, version, true, now)) }
        @for (item, version) in shown.iter().filter(|(item, _)| !is_named(item)).take(REVIEWS) {
            (review(place, item, version, false, now))
        }
    }
}

fn review(place: &Place, item: &Item, version: &Version, is_named: bool, now: Timestamp) -> Markup {
    let reviewer = &item.review.reviewer;
    let name = if reviewer.is_anonymous { "A Google user" } else { &reviewer.name };
    html! {
        article.named[is_named] {
            p.note {
                @if is_named { b.mark { "Highlighted" } }
                b dir="auto" { (name) }
                (stars(version.stars))
                span { (day(version.at)) }
                @if version.at != item.review.created_at { span { "edited" } }
            }
            @if let Some(text) = &version.text {
                @match text.translation.as_ref().filter(|_| text.language != place.location.language) {
                    Some(translation) => {
                        p.text dir="auto" { (translation) }
                        p.text.original dir="auto" lang=(text.language) { (text.original) }
                    }
                    None => p.text dir="auto" { (text.original) },
                }
            }
            @if !item.review.photos.is_empty() {
                ul.photos { @for photo in &item.review.photos { li { (photo.label) } } }
            }
            @if let Some(reply) = item.replies().shown(now) {
                div.reply {
                    p.note { b { "Response from the owner" } span { (day(reply.at)) } }
                    p.text dir="auto" { (reply.text) }
                }
            }
        }
    }
}

fn stars(stars: u8) -> Markup {
    let lit = usize::from(stars.min(5));
    html! {
        span.stars role="img" aria-label=(format!("{lit} of 5 stars")) {
            span aria-hidden="true" { ("★".repeat(lit)) span.unlit { ("★".repeat(5 - lit)) } }
        }
    }
}

fn page(status: StatusCode, title: &str, body: &Markup) -> Response {
    let banner =
        "The built-in platform simulator: this is what guests of the demo business see. Nothing here is on Google.";
    pages::page(status, title, "maps.css", banner, body)
}
