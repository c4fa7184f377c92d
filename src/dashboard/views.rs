//! The dashboard's HTML: panels that are drawn inside the page and alone by the same functions.

use maud::{Markup, html};

use super::{Change, Connection, Dashboard, Facts, Item, Metric, Open, Panel, Waiting, metrics};
use crate::connections::{Cause, Status};
use crate::inbox::definitions;
use crate::inbox::derive::{PriorityBand, Sentiment};
use crate::inbox::triage::TriageState;
use crate::model::Platform;
use crate::web::ui::charts::{Chart, Series, share_areas, stacked_bars};
use crate::web::ui::numbers::{counted, grouped, short};
use crate::web::ui::{
    Icon, Live, Local, NOTHING, Tone, avatar, card, definition, empty, inbox_count, link_button, live, platform_mark,
    stars, tag, time,
};

/// The page's content below its first lines and demo mode's own panel.
pub fn below(name: &str, dashboard: &Dashboard, local: &Local) -> Markup {
    let draw = |one| panel(one, name, dashboard, local);
    html! {
        (draw(Panel::Metrics))
        div.two {
            (draw(Panel::First))
            div.stack { (draw(Panel::Connections)) (draw(Panel::Moods)) }
        }
        (draw(Panel::Kinds))
        (draw(Panel::Recent))
    }
}

/// One part of the page, the same inside it and alone. Demo mode draws its own, and all of them are a [`Drawing`](super::drawings::Drawing).
pub fn panel(panel: Panel, name: &str, dashboard: &Dashboard, local: &Local) -> Markup {
    let Dashboard { facts, open, recent, may_connect } = dashboard;
    // The one first step stands in demo mode's panel; of the rest nothing is known.
    let is_empty = facts.connections.is_empty();
    let (hints, body) = match panel {
        Panel::Glance => ("inbox demo connection", glance(name, facts, *may_connect, local)),
        Panel::Metrics => ("inbox demo connection", metrics_list(facts, local)),
        Panel::First => ("inbox demo", first_things(open, facts.waiting.total, local)),
        Panel::Connections => ("connection demo", connections(&facts.connections, local)),
        Panel::Kinds => ("inbox demo", kinds_chart(facts, local)),
        Panel::Moods => ("inbox demo", moods_chart(facts, local)),
        Panel::Recent => ("inbox demo", recent_items(recent, facts, local)),
        Panel::InboxCount => return inbox_count(Some(facts.waiting.total)),
        Panel::All | Panel::Demo | Panel::DemoStrip => return NOTHING,
    };
    let body = if is_empty && panel != Panel::Glance { NOTHING } else { body };
    live(Live { name: panel.as_str(), hints, source: "/dashboard?panel=all" }, body)
}

/// The page's first lines.
fn glance(name: &str, facts: &Facts, may_connect: bool, local: &Local) -> Markup {
    let first_name = name.split_whitespace().next().unwrap_or(name);
    html! {
        header.head {
            div {
                h1 { (greeting(local)) ", " (first_name) }
                p.muted { (summary(facts, may_connect)) }
            }
            p.meta {
                span { (local.zone_name()) }
                @if let Some(at) = facts.read_to() { span { "up to date as of " (local.brief(at)) } }
            }
        }
    }
}

fn greeting(local: &Local) -> &'static str {
    match local.hour() {
        5..12 => "Good morning",
        12..18 => "Good afternoon",
        _ => "Good evening",
    }
}

fn summary(facts: &Facts, may_connect: bool) -> String {
    let Waiting { total, urgent, .. } = facts.waiting;
    let thing = if facts.are_reviews() { "review" } else { "comment" };
    match (total, urgent) {
        _ if facts.connections.is_empty() && may_connect => {
            "Connect an account, or try everything in demo mode first.".to_owned()
        }
        _ if facts.connections.is_empty() => {
            "No account is connected here yet. An owner of this workspace can connect one.".to_owned()
        }
        (0, _) => "You're all caught up.".to_owned(),
        (1, 0) => format!("One {thing} needs a reply."),
        (1, _) => format!("One {thing} needs a reply urgently."),
        (_, 0) => format!("{} {thing}s need a reply.", grouped(total)),
        _ => format!("{} {thing}s need a reply, {} of them urgently.", grouped(total), grouped(urgent)),
    }
}

fn metrics_list(facts: &Facts, local: &Local) -> Markup {
    let known = metrics(facts, local).into_iter().filter_map(|metric| metric.shown().map(|value| (metric, value)));
    html! { dl.metrics { @for (metric, value) in known { (tile(&metric, &value, local)) } } }
}

/// What is not known is no tile; the API says why.
fn tile(metric: &Metric, value: &str, local: &Local) -> Markup {
    html! {
        div.card.metric data-test={ "metric-" (metric.name) } {
            dt { span { (metric.title) } (definition(metric.title, explanation(metric, local))) }
            dd.value { a href=(metric.href) { (value) @if metric.unit == "%" { small { " %" } } } }
            dd.notes { (notes(metric)) }
        }
    }
}

fn notes(metric: &Metric) -> Markup {
    html! {
        @if let Some(change) = &metric.change {
            span.num.(tone_of(metric, change)) title={ "against " (change.since) } { (change.shown()) }
        }
        @for part in &metric.parts { a href=(part.href) { (part.label) " " span.num { (grouped(part.value)) } } }
        @for note in &metric.notes { span.bad-text[note.ends_with("urgent")] { (note) } }
    }
}

/// More followers is good news; more comments may be either.
fn tone_of(metric: &Metric, change: &Change) -> &'static str {
    match (metric.name, change.value) {
        ("audience", 0.1..) => "up",
        ("audience", ..0.0) => "down",
        _ => "level",
    }
}

fn explanation(metric: &Metric, local: &Local) -> Markup {
    html! {
        p { (metric.definition) }
        p.muted {
            "Period: " (metric.window) "."
            @if let Some(at) = metric.as_of { " As of " (local.exact(at)) "." }
            @if let Some(at) = metric.read_to { " Everything on your accounts up to " (local.exact(at)) " is in it." }
        }
    }
}

fn first_things(open: &[Open], total: i64, local: &Local) -> Markup {
    let all = html! {
        @if total > 0 { a href="/inbox?state=needs_reply&order=priority" { "All " (grouped(total)) } }
    };
    let body = if open.is_empty() {
        empty(
            Icon::Done,
            "You're all caught up",
            "Questions, complaints and reviews that need you show up here.",
            NOTHING,
        )
    } else {
        html! { ul.list { @for one in open { (open_item(one, local)) } } }
    };
    card("Needs your reply", all, body)
}

fn open_item(open: &Open, local: &Local) -> Markup {
    let href = format!("/inbox/{}", open.item.id);
    html! {
        li data-test="interaction" {
            (avatar(&open.item.author))
            div.grow {
                (byline(&open.item, local))
                a.row-link href=(href) { (said(&open.item)) }
                p.meta {
                    @match open.priority {
                        PriorityBand::Urgent => span { (tag(Tone::Bad, "urgent")) },
                        PriorityBand::High => span { (tag(Tone::Warn, "high")) },
                        PriorityBand::Normal | PriorityBand::Low => {}
                    }
                    @for reason in &open.reasons { span { (definitions::reason_after(reason, local.now.since(open.item.created_at))) } }
                }
            }
        }
    }
}

fn byline(item: &Item, local: &Local) -> Markup {
    html! {
        p.meta {
            b { (item.author) }
            span { (local.ago(item.created_at)) }
            @if let Some(title) = &item.content_title { span.on title=(title) { (title) } }
        }
    }
}

fn said(item: &Item) -> Markup {
    html! {
        @if let Some(rating) = item.rating { (stars(rating)) }
        @if let Some(text) = item.text.as_deref().filter(|text| !text.is_empty()) { p.said dir="auto" { (text) } }
        @else { p.muted { "Rating only, no text" } }
    }
}

fn recent_items(recent: &[Item], facts: &Facts, local: &Local) -> Markup {
    let all = html! { @if !recent.is_empty() { a href="/inbox" { "Open the inbox" } } };
    let body = match (recent.is_empty(), facts.connections.is_empty()) {
        (false, _) => html! { ul.list { @for item in recent { (recent_item(item, local)) } } },
        (true, true) => empty(
            Icon::Inbox,
            "Nothing here yet",
            "Comments and reviews from your connected accounts show up here.",
            link_button("/connections", "Connect an account"),
        ),
        (true, false) => {
            empty(Icon::Inbox, "No comments yet", "New comments show up here as soon as they come in.", NOTHING)
        }
    };
    card("Latest comments", all, body)
}

fn recent_item(item: &Item, local: &Local) -> Markup {
    html! {
        li data-test="interaction" {
            (platform_mark(item.platform.as_str()))
            div.grow {
                (byline(item, local))
                a.row-link href={ "/inbox/" (item.id) } { (said(item)) }
            }
            div.end { (state_tag(item)) }
        }
    }
}

fn state_tag(item: &Item) -> Markup {
    match (item.state, item.sentiment) {
        (TriageState::NeedsReply, _) => tag(Tone::Accent, "needs reply"),
        (TriageState::Answered, _) => tag(Tone::Good, "answered"),
        (_, Sentiment::Negative) => tag(Tone::Bad, "negative"),
        _ => NOTHING,
    }
}

fn connections(connections: &[Connection], local: &Local) -> Markup {
    let body = if connections.is_empty() {
        empty(
            Icon::Connections,
            "No accounts connected",
            "Connect an account to see its comments and reviews here.",
            link_button("/connections", "Connect an account"),
        )
    } else {
        html! { ul.list { @for connection in connections { (connection_item(connection, local)) } } }
    };
    let all = html! { @if !connections.is_empty() { a href="/connections" { "Manage" } } };
    card("Connections", all, body)
}

fn connection_item(connection: &Connection, local: &Local) -> Markup {
    let Connection { platform, display_name, connection_error: cause, .. } = connection;
    let (tone, state) = match connection.connection_status {
        Status::Connected if cause.is_some() => (Tone::Warn, "connected"),
        Status::Connected => (Tone::Good, "connected"),
        Status::Connecting => (Tone::Accent, "connecting"),
        Status::Choosing => (Tone::Accent, "waiting for your choice"),
        Status::NeedsReauth => (Tone::Warn, "needs reconnecting"),
        Status::Failed => (Tone::Bad, "not connected"),
        Status::Disconnected => (Tone::Plain, "disconnected"),
    };
    html! {
        li data-test={ "connection-" (platform) } data-status=(connection.connection_status) {
            span.dot.(tone.class()) {}
            div.grow {
                p { b { (display_name.as_deref().unwrap_or(platform.label())) } }
                p.meta {
                    span { (platform.label()) }
                    span { (state) }
                    @if let Some(followers) = connection.followers { span title=(grouped(followers)) { (short(followers)) @if followers == 1 { " follower" } @else { " followers" } } }
                    @if let Some(at) = connection.complete_to.or(connection.synced_at) { span { "up to date as of " (local.brief(at)) } }
                }
                @if let Some(cause) = cause { (cure(*cause, *platform)) }
            }
        }
    }
}

fn cure(cause: Cause, platform: Platform) -> Markup {
    let (what, cure) = cause.text(platform);
    html! { p data-cause=(cause) { small { (what) " " a href="/connections" { (cure) } } } }
}

fn labels(facts: &Facts, local: &Local) -> Vec<String> {
    (0..facts.shown_days().len()).rev().map(|back| time::day(local.day_back(back))).collect()
}

fn kinds_chart(facts: &Facts, local: &Local) -> Markup {
    let (days, shown) = (labels(facts, local), facts.shown_days());
    let all = [
        Series { name: "comments", class: "c1", values: shown.iter().map(|day| day.comments).collect() },
        Series { name: "replies", class: "c4", values: shown.iter().map(|day| day.replies).collect() },
        Series { name: "reviews", class: "c2", values: shown.iter().map(|day| day.reviews).collect() },
        Series { name: "mentions", class: "c3", values: shown.iter().map(|day| day.mentions).collect::<Vec<_>>() },
    ];
    // What a workspace never gets needs no colour.
    let series: Vec<_> = all.into_iter().filter(|one| one.values.iter().any(|n| *n > 0)).collect();
    let total: i64 = shown.iter().map(|day| day.total()).sum();
    let says = format!("Comments per day by kind over 30 days, {} in total", grouped(total));
    let explain = definition(
        "Comments per day",
        "Comments, replies, reviews and mentions from other people, by the day they were written in your time zone.",
    );
    let body = if series.is_empty() {
        empty(Icon::Message, "Nothing in the last 30 days", "Comments and reviews per day show up here.", NOTHING)
    } else {
        stacked_bars(Chart { id: "kinds", says: &says, days: &days }, &series)
    };
    let aside = html! { span { (counted(total, "in 30 days", "in 30 days")) } (explain) };
    card("Comments per day", aside, body)
}

fn moods_chart(facts: &Facts, local: &Local) -> Markup {
    let days = labels(facts, local);
    let share = |part: fn(&super::Day) -> i64| {
        facts
            .smoothed_days()
            .map(|day| (day.moods() > 0).then(|| part(&day) as f64 / day.moods() as f64))
            .collect::<Vec<_>>()
    };
    let series = [
        Series { name: "positive", class: "positive", values: share(|day| day.positive) },
        Series { name: "neutral or mixed", class: "middling", values: share(|day| day.neutral + day.mixed) },
        Series { name: "negative", class: "negative", values: share(|day| day.negative) },
    ];
    let body = if series[0].values.iter().all(Option::is_none) {
        empty(Icon::Smile, "No sentiment yet", "How people feel about your work shows up here, day by day.", NOTHING)
    } else {
        let says = "Sentiment over 30 days, as shares of the comments whose sentiment is known";
        share_areas(Chart { id: "moods", says, days: &days }, &series)
    };
    let explain = definition(
        "Sentiment over time",
        "Shares of the comments whose sentiment is known, over the seven days up to each day. Unknown ones are left out.",
    );
    card("Sentiment over time", html! { span { "7-day average" } (explain) }, body)
}
