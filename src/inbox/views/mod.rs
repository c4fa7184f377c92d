//! The inbox's HTML.

mod answering;
mod chips;
mod corrections;
mod edits;
mod filters;
mod keys;
mod list;
mod marks;
mod moments;
mod moves;
mod notes;
mod one;
mod platform;
mod search;

use maud::{Markup, html};

use self::moments::Video;
use super::definitions;
use super::derive::{Intent, PriorityBand, Sentiment};
use super::listing::{Interaction, RatedAnew};
use super::search::Query;
use super::triage::TriageState;
use crate::web::ui::{NOTHING, Tone, asset, stars, tag};
use crate::workspaces::Role;

pub(in crate::inbox) use answering::review;
pub use filters::counted as filters;
pub use list::{Inbox, inbox, nothing_open, panel, receipt_part};
pub use marks::Choice;
pub use one::{Beside, Neighbours, OutOfReach, heading, opened};
pub use platform::{AtPlatform, Offered, verbs};

/// Letters; no window is wide enough for more.
const EXCERPT: usize = 280;

/// Triage by keyboard, on the list and on one interaction.
pub fn with_keys(nonce: &str, are_on: bool, role: Role, body: Markup) -> Markup {
    html! {
        (body)
        (keys::keys(are_on, role))
        script type="module" nonce=(nonce) src=(asset!("inbox.js")) {}
    }
}

/// The text with its stars, or what stands for it; what was searched for is marked, and times of its video are links.
fn said(item: &Interaction, query: Option<&Query>, video: Option<Video<'_>>) -> Markup {
    html! {
        @if let Some(rating) = item.rating { (stars(rating)) }
        @match text(item) {
            Some(text) => p.said dir="auto" lang=[item.language.map(|language| language.as_str())] { (search::marked(text, query, |plain| moments::linked(plain, video))) },
            None => p.muted { (no_text(item)) },
        }
        @if let Some(translation) = &item.translation {
            p.translation { span.muted { "Translated by " (item.platform.words().provider) ": " } span dir="auto" { (translation) } }
        }
    }
}

/// A line of the text: more of it is seen nowhere in a list.
fn excerpt(item: &Interaction, query: Option<&Query>) -> Markup {
    let Some(text) = text(item) else { return html! { (no_text(item)) } };
    let (lead, line) = search::line(text, query);
    let line = line.char_indices().nth(EXCERPT).map_or(line, |(end, _)| &line[..end]);
    html! { (lead) (search::marked(line, query, |plain| html! { (plain) })) }
}

fn text(item: &Interaction) -> Option<&str> {
    item.text.as_deref().filter(|text| !text.trim().is_empty())
}

fn no_text(item: &Interaction) -> &'static str {
    if item.rating.is_some() { "Rating only, no text" } else { "No text" }
}

fn state_tag(item: &Interaction) -> Markup {
    let tone = match item.state {
        TriageState::NeedsReply => Tone::Accent,
        TriageState::Answered => Tone::Good,
        TriageState::NoReplyNeeded => return NOTHING,
        TriageState::Done => Tone::Good,
        TriageState::Own | TriageState::Spam | TriageState::Waiting | TriageState::Snoozed | TriageState::Removed => {
            Tone::Plain
        }
    };
    // Whoever wrote it wrote no spam: somebody said so of the thread.
    let is_anothers = item.state == TriageState::Spam && !item.intents().contains(&Intent::Spam);
    tag(tone, if is_anothers { "in a spam thread" } else { definitions::state(item.state) })
}

fn band_tag(band: PriorityBand) -> Markup {
    match band {
        PriorityBand::Urgent => tag(Tone::Bad, "urgent"),
        PriorityBand::High => tag(Tone::Warn, "high"),
        PriorityBand::Normal | PriorityBand::Low => NOTHING,
    }
}

fn sentiment_tone(sentiment: Sentiment) -> Tone {
    match sentiment {
        Sentiment::Positive => Tone::Good,
        Sentiment::Negative => Tone::Bad,
        Sentiment::Mixed => Tone::Warn,
        Sentiment::Neutral | Sentiment::Unknown => Tone::Plain,
    }
}

/// "2 ★ → 4 ★ after your reply"; a row has room for the stars, and says the rest to whoever asks.
fn rated_anew(item: &Interaction, is_row: bool) -> Markup {
    let (Some(now), Some(before)) = (item.rating, item.rating_at_reply) else { return NOTHING };
    let tone = match RatedAnew::of(item.rating, item.rating_at_reply) {
        Some(RatedAnew::Raised) => Tone::Good,
        Some(RatedAnew::Lowered) => Tone::Bad,
        None => return NOTHING,
    };
    let (stars, when) = (format!("{before} ★ → {now} ★"), "after your reply");
    match is_row {
        true => html! { span title=(when) { (tag(tone, &stars)) span.visually-hidden { " " (when) } } },
        false => tag(tone, &format!("{stars} {when}")),
    }
}

/// All that is derived, in a line of words.
fn tags(item: &Interaction) -> Markup {
    html! {
        div.tags {
            @if !item.is_own {
                @if item.state == TriageState::NeedsReply { (band_tag(item.priority)) }
                @if item.is_answered_again { (tag(Tone::Accent, "answered again")) }
                (rated_anew(item, false))
                @for intent in item.intents() { (tag(Tone::Plain, definitions::intent(intent))) }
                @if item.sentiment != Sentiment::Unknown {
                    (tag(sentiment_tone(item.sentiment), definitions::sentiment(item.sentiment)))
                }
            }
            @if let Some((word, _)) = definitions::standing(item.provider_state, item.is_own) { (tag(Tone::Warn, word)) }
            @if item.edited_at.is_some() { (tag(Tone::Plain, "edited")) }
        }
    }
}
