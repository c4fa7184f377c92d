//! `/inbox/{id}`: what was said, in its thread; what is known of it, and why; who said it, and about what.

use kit::clock::Timestamp;
use maud::{Markup, html};

use super::answering::{changed_by, composer, on_their_way, writing};
use super::corrections::corrected;
use super::edits::edits;
use super::marks::{Choice, marks, marks_to_read};
use super::moments::Video;
use super::moves::{moves, receipt};
use super::notes;
use super::platform::{AtPlatform, at_platform};
use super::{band_tag, said, sentiment_tone, state_tag, tags};
use crate::inbox::answering::Answering;
use crate::inbox::corrections::{Correctable, Corrected};
use crate::inbox::definitions;
use crate::inbox::derive::{Fact, Reason};
use crate::inbox::listing::{ContentItem, Filter, Interaction, Opened};
use crate::inbox::marks::Marks;
use crate::inbox::moves::Receipt;
use crate::inbox::notes::Note;
use crate::inbox::notes::pages::Noting;
use crate::inbox::place::{Place, with};
use crate::inbox::threads::LastWord;
use crate::inbox::triage::TriageState;
use crate::model::{ContentKind, ProviderState};
use crate::web::ui::numbers::{counted, grouped, short};
use crate::web::ui::{
    Icon, Live, Local, Tone, avatar, card, definition, icon, key_values, live, platform_mark, platform_name, tag,
};
use crate::workspaces::UserId;

/// What stands before and after it in its list.
#[derive(Clone, Debug, Default)]
pub struct Neighbours {
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// What is shown with a comment: what stands beside it in its list, what people said of it, what was done a moment ago.
#[derive(Clone, Debug)]
pub struct Beside {
    pub neighbours: Neighbours,
    pub receipt: Option<Receipt>,
    pub word: Option<LastWord>,
    /// Who looks.
    pub by: UserId,
    /// And whether they may do anything.
    pub may_answer: bool,
    /// Or let answers of others go out.
    pub may_approve: bool,
    pub answering: Answering,
    pub out_of_reach: Option<OutOfReach>,
    pub at_platform: AtPlatform,
    pub marks: Marks,
    pub choice: Choice,
    pub notes: Vec<Note>,
    pub noting: Noting,
    pub corrections: Vec<Corrected>,
}

/// The account is not connected, so no reply can be sent; whoever looks may connect it again, or not.
#[derive(Clone, Copy, Debug)]
pub struct OutOfReach {
    pub may_connect: bool,
}

pub fn opened(opened: &Opened, place: &Place, beside: &Beside, local: &Local) -> Markup {
    let item = &opened.interaction;
    let source = place.address(&format!("/inbox/{}", item.id), Some("interaction"));
    let said = html! {
        (way(opened, place, &beside.neighbours))
        h2 #reading-title tabindex="-1" data-announce { (heading(item)) }
        @if !item.is_own {
            @if beside.may_answer { (moves(item, place, beside, local)) (marks(item, place, beside)) }
            @else { (marks_to_read(beside)) }
        }
        (thread(opened, place, beside, local))
        (on_their_way(item.id, &opened.thread, beside, place, local))
        (notes::list(item, &beside.notes, beside.may_answer.then_some(beside.by), place, local))
        (writing(&beside.answering))
    };
    let more = html! {
        div.reading-more {
            @if !item.is_own { (facts(item, place, beside, local)) }
            div.stack {
                (about(item, opened.author_since, local))
                @if let Some(content) = &opened.content { (content_card(content, local)) }
                @if !opened.versions.is_empty() { (edits(item, &opened.versions, local)) }
                @if !opened.by_author.is_empty() { (by_author(opened, place, local)) }
            }
        }
    };
    let part = |name, body| live(Live { name, hints: "inbox demo", source: &source }, body);
    html! {
        section #reading .reading aria-label="Comment" data-id=(item.id) data-title=(heading(item)) {
            @if let Some(done) = &beside.receipt { (done_before(item, done, place, local)) }
            (part("interaction", said))
            @if beside.may_answer {
                @if takes_a_place(opened, beside) {
                    p.muted.help data-test="takes-a-place" { (item.platform.words().provider) " shows one reply per review, so a new one replaces yours." }
                }
                (composer(item, &beside.answering, beside.out_of_reach, place))
                @if !item.is_own { (notes::form(item, &beside.noting, place)) }
            }
            (part("interaction-more", more))
        }
    }
}

/// Whether an answer from here takes the place of one that is there.
fn takes_a_place(opened: &Opened, beside: &Beside) -> bool {
    let is_there = |item: &Interaction| item.is_own && item.provider_state == ProviderState::Published;
    beside.answering.rules.is_some_and(|rules| rules.are_replaced) && opened.thread.iter().any(is_there)
}

/// Of a reply it is told until it is at the platform, so this part follows what becomes of it.
fn done_before(item: &Interaction, done: &Receipt, place: &Place, local: &Local) -> Markup {
    let line = receipt(done, place, local);
    let Receipt::Sent(reply) = done else { return line };
    let here = place.address(&format!("/inbox/{}", item.id), Some("reply-receipt"));
    let source = with(&here, &[("sent", &reply.id.to_string())]);
    live(Live { name: "reply-receipt", hints: "inbox", source: &source }, line)
}

/// Back to the list, and on to what stands beside it there.
fn way(opened: &Opened, place: &Place, neighbours: &Neighbours) -> Markup {
    let item = &opened.interaction;
    let step = |href: &Option<String>, rel: &str, label: &str, sign: Icon, key: &str| {
        html! {
            @match href {
                Some(href) => a.icon-button href=(href) rel=(rel) data-opens data-key=(key) title=(label) aria-label=(label) { (icon(sign)) },
                None => span.icon-button.off aria-hidden="true" { (icon(sign)) },
            }
        }
    };
    html! {
        nav.way aria-label="Comment" {
            a.back href=(place.row(item.id)) data-back { (icon(Icon::Back)) "Inbox" }
            (step(&neighbours.previous, "prev", "Previous comment", Icon::Up, "k"))
            (step(&neighbours.next, "next", "Next comment", Icon::Down, "j"))
            @if let Some(permalink) = &item.permalink {
                a.button.small.external href=(permalink) rel="noreferrer" { "Open on " (platform_name(item.platform.as_str())) (icon(Icon::External)) }
            }
        }
    }
}

/// What it is, and of whom: also the page's title.
pub fn heading(item: &Interaction) -> String {
    let kind = definitions::kind(item.kind);
    let mut kind = kind.to_owned();
    if let Some(first) = kind.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{kind} by {}", item.author_name)
}

fn thread(opened: &Opened, place: &Place, beside: &Beside, local: &Local) -> Markup {
    let others = opened.thread.len().saturating_sub(1);
    let aside = html! { @if others > 0 { (counted(others as i64, "other in this thread", "others in this thread")) } };
    let body = html! {
        ol.list.thread {
            @for item in &opened.thread {
                @let is_this = item.id == opened.interaction.id;
                li.this[is_this] aria-current=[is_this.then_some("true")] {
                    (avatar(&item.author_name))
                    div.grow {
                        p.meta {
                            b { (item.author_name) }
                            span { (local.ago(item.created_at)) }
                            @if let Some(likes) = item.likes.filter(|likes| *likes > 0) { span { (counted(likes, "like", "likes")) } }
                        }
                        @if is_this { div.whole { (said(item, place.filter.q.as_ref(), Video::of(opened.content.as_ref(), item))) } (tags(item)) }
                        @else { a.row-link href=(place.one(item.id)) data-opens { div.whole { (said(item, place.filter.q.as_ref(), None)) } } }
                        @if item.is_own && !is_this { (stands(item)) }
                        @for words in beside.answering.changed.iter().filter(|reply| reply.external_id.as_ref() == Some(&item.external_id)).filter_map(changed_by) {
                            p.muted.help data-test="changed-by" { (words) }
                        }
                        (at_platform(item, &opened.interaction, beside, place, local))
                    }
                    @if !is_this { div.end { (state_tag(item)) } }
                }
            }
        }
    };
    card("Thread", aside, body)
}

/// An own reply that is not published, with the platform's reason.
fn stands(item: &Interaction) -> Markup {
    let Some((word, meaning)) = definitions::standing(item.provider_state, true) else { return html! {} };
    let tone = if item.provider_state == ProviderState::Held { Tone::Warn } else { Tone::Bad };
    html! { p.standing data-test="reply-standing" { (tag(tone, word)) " " (item.state_reason.as_deref().unwrap_or(meaning)) } }
}

/// Each derived fact with its reasons, and its rule behind the question mark.
fn facts(item: &Interaction, place: &Place, beside: &Beside, local: &Local) -> Markup {
    let reasons = item.reasons();
    let score = item.sentiment_score.map(|score| format!("{score:+.2}").replace('-', "−"));
    let intents = item.intents();
    let body = html! {
        dl.facts.derived {
            (fact("State", definitions::STATE, html! { (state_tag(item))
                @if item.state == TriageState::NoReplyNeeded { span { (definitions::state(item.state)) } }
                (corrected(Correctable::Spam, item, place, beside))
                (corrected(Correctable::Reply, item, place, beside))
            }, &[]))
            (fact("Priority", definitions::PRIORITY, html! {
                @let mark = band_tag(item.priority);
                @if mark.0.is_empty() { (definitions::band(item.priority)) } @else { (mark) }
                ", " span.num { (item.priority_score) } " points"
            }, &of(&reasons, Fact::Priority, item, local.now)))
            (fact("Sentiment", definitions::SENTIMENT, html! {
                (tag(sentiment_tone(item.sentiment), definitions::sentiment(item.sentiment)))
                @if let Some(score) = score { " " span.num.muted { (score) } }
                (corrected(Correctable::Sentiment, item, place, beside))
            }, &of(&reasons, Fact::Sentiment, item, local.now)))
            (fact("Intents", definitions::INTENTS, html! {
                @if intents.is_empty() { "none" }
                div.tags { @for intent in intents { (tag(Tone::Plain, definitions::intent(intent))) } }
            }, &of(&reasons, Fact::Intent, item, local.now)))
            (fact("Language", definitions::LANGUAGE, html! {
                (definitions::language(item.language))
                (corrected(Correctable::Language, item, place, beside))
            }, &of(&reasons, Fact::Language, item, local.now)))
        }
        p.muted.help { "Rule set " (item.ruleset) ", computed on this server. The same text always gives the same result. " a href="/settings/corrections" { "What people corrected" } }
    };
    card("Why it's here", html! {}, body)
}

fn of(reasons: &[Reason], fact: Fact, item: &Interaction, now: Timestamp) -> Vec<Markup> {
    reasons.iter().filter(|one| one.fact == fact).map(|one| reason(one, item, now)).collect()
}

fn fact(name: &str, meaning: &str, value: Markup, reasons: &[Markup]) -> Markup {
    html! {
        div {
            dt { (name) (definition(name, meaning)) }
            dd {
                div { (value) }
                @if !reasons.is_empty() {
                    details {
                        summary.muted { (counted(reasons.len() as i64, "reason", "reasons")) }
                        ul.reasons { @for one in reasons { li { (one) } } }
                    }
                }
            }
        }
    }
}

fn reason(reason: &Reason, item: &Interaction, now: Timestamp) -> Markup {
    html! {
        @match reason.points {
            Some(points) => {
                (definitions::reason_after(reason, now.since(item.edited_at.unwrap_or(item.created_at))))
                " " span.num { "(" (format!("{points:+}").replace('-', "−")) ")" }
            }
            None => {
                (definitions::reason(reason))
                @if !reason.because.is_empty() && reason.reason != "rating" && reason.reason != "question_mark" {
                    " “" (reason.because.join("”, “")) "”"
                }
            }
        }
    }
}

fn about(item: &Interaction, since: Option<Timestamp>, local: &Local) -> Markup {
    let all = Filter { author: Some(item.author_id), ..Filter::default() };
    let mut pairs = vec![
        ("Platform", html! { (platform_mark(item.platform.as_str())) " " (platform_name(item.platform.as_str())) }),
        ("Written", local.moment(item.created_at)),
    ];
    if let Some(at) = item.edited_at {
        pairs.push(("Edited", local.moment(at)));
    }
    if let Some((word, meaning)) = definitions::standing(item.provider_state, item.is_own) {
        pairs.push(("On the platform", html! { (word) ". " span.muted { (meaning) } }));
    }
    if !item.is_own {
        pairs.push((
            "Can reply",
            html! { @if item.can_reply { "yes" } @else { "no, the platform doesn't allow replies here" } },
        ));
        pairs.push((
            "Author",
            html! {
                (item.author_name) ", "
                a href=(all.address("/inbox")) { (counted(item.author_interactions, "comment", "comments")) }
                @if let Some(since) = since.filter(|_| item.author_interactions > 1) { " since " (local.date(since)) }
                @if let Some(profile) = &item.author_profile_url { br; a href=(profile) rel="noreferrer" { "Profile" (icon(Icon::External)) } }
            },
        ));
    }
    html! { div.slim { (card("Details", html! {}, key_values(&pairs))) } }
}

fn content_card(content: &ContentItem, local: &Local) -> Markup {
    let all = Filter { content: Some(content.id), ..Filter::default() };
    let counter = |value: Option<i64>| match value {
        Some(value) => html! { span.num title=(grouped(value)) { (short(value)) } },
        None => html! { span.muted { "hidden by the platform" } },
    };
    let is_place = content.kind == ContentKind::Location;
    let mut pairs = Vec::new();
    if let Some(at) = content.published_at {
        pairs.push(("Published", local.moment(at)));
    }
    if is_place {
        pairs.push(("Reviews", counter(content.comments)));
    } else {
        pairs.push(("Views", counter(content.views)));
        pairs.push(("Likes", counter(content.likes)));
        pairs.push(("Comments", counter(content.comments)));
    }
    pairs.push(("Last synced", local.ago(content.last_seen_at)));
    let body = html! {
        p { b { (content.title.as_deref().unwrap_or("Untitled")) } }
        (key_values(&pairs))
        div.actions {
            a.button.small href=(all.address("/inbox")) { @if is_place { "All its reviews" } @else { "All its comments" } }
            @if let Some(permalink) = &content.permalink { a.button.small.quiet href=(permalink) rel="noreferrer" { @if is_place { "See on Maps" } @else { "Watch" } (icon(Icon::External)) } }
        }
    };
    let name = content.kind.as_str();
    html! { div.slim { (card(&format!("The {name}"), html! {}, body)) } }
}

fn by_author(opened: &Opened, place: &Place, local: &Local) -> Markup {
    let body = html! {
        ul.list {
            @for item in &opened.by_author {
                li {
                    div.grow {
                        p.meta {
                            span { (local.ago(item.created_at)) }
                            @if let Some(title) = &item.content_title { span.on title=(title) { (title) } }
                        }
                        a.row-link href=(place.one(item.id)) data-opens { (said(item, None, None)) }
                        div.tags { (state_tag(item)) }
                    }
                }
            }
        }
    };
    let all = Filter { author: Some(opened.interaction.author_id), ..Filter::default() };
    card("More from this person", html! { a href=(all.address("/inbox")) { "All" } }, body)
}
