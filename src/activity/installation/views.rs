//! The installation's work at a glance: five numbers, the queues, the workers; the list of all jobs below.

use kit::clock::Timestamp;
use kit::jobs::{Overview, Queue, WorkerView};
use maud::{Markup, html};

use super::super::views::{List, filters, list_panel, scopes};
use super::super::{JobScope, title};
use crate::web::ui::numbers::{duration, grouped};
use crate::web::ui::{Icon, Live, Local, NOTHING, Tone, card, empty, head, live, notice, tag};

pub fn page(overview: &Overview, list: &List<'_>, local: &Local) -> Markup {
    html! {
        (head("Activity", html! { "Everything running in the background on this server." }, NOTHING))
        (scopes(JobScope::All))
        (overview_panel(overview, local))
        (filters(list))
        (list_panel(list, local))
    }
}

pub fn overview_panel(overview: &Overview, local: &Local) -> Markup {
    let body = html! {
        @if overview.workers_online == 0 {
            (notice(Tone::Warn, html! { p { "No worker is running. Jobs will start as soon as one does: " code { "repruv worker" } "." } }))
        }
        (numbers(overview, local.now))
        div.two {
            (card("Queues", NOTHING, queues(&overview.queues, local.now)))
            (card("Workers", NOTHING, workers(&overview.workers, local)))
        }
    };
    live(Live { name: "overview", hints: "job demo", source: "/activity/installation?panel=overview" }, body)
}

fn numbers(overview: &Overview, now: Timestamp) -> Markup {
    let waited = overview.oldest_ready_age(now);
    html! {
        dl.metrics.five {
            (number("Due now", html! { (grouped(overview.ready())) }, "waiting for a worker"))
            (number("Longest wait", html! { @if overview.ready() == 0 { "–" } @else { (duration(waited)) } }, "for a job that's due"))
            (number("Running", html! { (grouped(overview.running())) }, "right now"))
            (number("Scheduled", html! { (grouped(overview.scheduled())) }, "for later"))
            (number("Failed", html! { (grouped(overview.failed_last_day())) }, "in the last 24 hours"))
        }
    }
}

fn number(name: &str, value: Markup, line: &str) -> Markup {
    html! { div.card.metric { dt { (name) } dd.value { (value) } dd { (line) } } }
}

fn queues(queues: &[Queue], now: Timestamp) -> Markup {
    if queues.is_empty() {
        return empty(
            Icon::Done,
            "All quiet",
            "No jobs are waiting or running, and none failed in the last 24 hours.",
            NOTHING,
        );
    }
    html! {
        div.scroll tabindex="0" role="region" aria-label="Queues" {
            table.facts-table {
                thead { tr { th scope="col" { "What" } th scope="col" { "Due" } th scope="col" { "Oldest" } th scope="col" { "Running" } th scope="col" { "Scheduled" } th scope="col" { "Failed" } } }
                tbody {
                    @for queue in queues {
                        tr {
                            th scope="row" { a href={ "/activity/installation?job_type=" (queue.job_type) } { (title(&queue.job_type)) } }
                            td { (grouped(queue.ready)) }
                            td { @if let Some(at) = queue.oldest_ready_at { (duration(now.since(at))) } @else { "–" } }
                            td { (grouped(queue.running)) }
                            td { (grouped(queue.scheduled)) }
                            td { (grouped(queue.failed_last_day)) }
                        }
                    }
                }
            }
        }
    }
}

fn workers(workers: &[WorkerView], local: &Local) -> Markup {
    if workers.is_empty() {
        return empty(
            Icon::Alert,
            "No worker is running",
            "Start `repruv serve`, or run `repruv worker` next to your web processes.",
            NOTHING,
        );
    }
    html! {
        ul.list {
            @for worker in workers {
                @let online = worker.is_online(local.now);
                li {
                    span.dot.(if online { "good" } else { "bad" }) {}
                    div.grow {
                        p { b { (worker.label) } }
                        p.meta {
                            span { (worker.running) " of " (worker.concurrency) " jobs" }
                            span { "since " (local.moment(worker.started_at)) }
                            @if !online { span { "last seen " (local.ago(worker.seen_at)) } }
                        }
                    }
                    div.end { @if online { (tag(Tone::Good, "online")) } @else { (tag(Tone::Bad, "lost")) } }
                }
            }
        }
    }
}
