//! What a connection's card tells of its account.

use kit::jobs::JobStatus;
use maud::{Markup, html};

use super::Shown;
use crate::connections::Status;
use crate::web::ui::numbers::grouped;
use crate::web::ui::{Local, key_values};

pub fn facts(shown: &Shown, local: &Local) -> Markup {
    let (connection, reading, used) = (&shown.connection, shown.reading.as_ref(), shown.used);
    let unknown = |why: &str| html! { span.muted { (why) } };
    let mut facts = counters(shown);
    facts.push(("Last synced", connection.synced_at.map_or_else(|| unknown("Not yet"), |at| local.ago(at))));
    let complete = match connection.complete_to {
        Some(at) => local.moment(at),
        None if connection.synced_at.is_some() => unknown("Not everything could be read"),
        None => unknown("First sync in progress"),
    };
    facts.push(("Up to date as of", complete));
    let syncs = connection.connection_status == Status::Connected;
    if let Some(reading) = reading.filter(|reading| syncs && reading.status == JobStatus::Pending) {
        facts.push(("Next sync", local.ago(reading.run_at)));
    }
    if let Some(used) = used {
        facts.push((
            "API quota today",
            html! {
                span.num { (grouped(used.used.min(used.units))) " of " (grouped(used.units)) } " units used, full again "
                (local.moment(used.ends_at))
            },
        ));
    }
    key_values(&facts)
}

/// A place that is rated has neither followers nor posts.
fn counters(shown: &Shown) -> Vec<(&'static str, Markup)> {
    let (connection, words) = (&shown.connection, shown.connection.platform.words());
    if connection.platform.capabilities().has_ratings {
        return Vec::new();
    }
    let unknown = |why: &str| html! { span.muted { (why) } };
    let hidden = if shown.by_app_password { "Not available" } else { "Hidden by the account" };
    let followers = connection.followers.map(|count| some(count, words.audience));
    let content = connection.content_total.map(|count| some(count, words.content));
    vec![
        ("Audience", followers.unwrap_or_else(|| unknown(hidden))),
        ("Content", content.unwrap_or_else(|| unknown("Not available"))),
    ]
}

/// So many of something that has a plural in "s".
fn some(count: i64, many: &str) -> Markup {
    let word = if count == 1 { many.trim_end_matches('s') } else { many };
    html! { span.num { (grouped(count)) } " " (word) }
}
