//! The list of jobs, and one job with its history.

use kit::jobs::{Filter, JobEvent, JobPage, JobStatus, JobView};
use maud::{Markup, html};

use super::installation::Emails;
use super::{JobScope, path, sentence, shown, title};
use crate::web::ui::numbers::duration;
use crate::web::ui::{
    Button, Icon, Live, Local, NOTHING, Select, Tone, card, empty, head, key_values, link_button, live, notice, older,
    progress, tag,
};

/// What the list shows, as the address says it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub scope: JobScope,
    pub status: Option<JobStatus>,
    pub job_type: Option<String>,
    pub cursor: Option<i64>,
}

const PER_PAGE: u32 = 25;

impl Asked {
    pub fn filter(&self) -> Filter {
        let (status, job_type) = (self.status, self.job_type.clone());
        Filter { scope: self.scope, status, job_type, cursor: self.cursor, limit: PER_PAGE }
    }

    /// The list's address, at another place of the same list.
    fn address(&self, panel: Option<&str>, cursor: Option<i64>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let pairs = [
            ("panel", panel.map(str::to_owned)),
            ("status", self.status.map(|status| status.to_string())),
            ("job_type", self.job_type.clone()),
            ("cursor", cursor.map(|cursor| cursor.to_string())),
        ];
        for (name, value) in pairs {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        match query.finish() {
            empty if empty.is_empty() => path(self.scope).to_owned(),
            query => format!("{}?{query}", path(self.scope)),
        }
    }
}

/// A page of the list, and what it can be filtered by.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    pub asked: &'a Asked,
    pub types: &'a [String],
    pub jobs: &'a JobPage,
    /// Whose each job is, where the list is not one person's own.
    pub emails: &'a Emails,
}

pub fn list(list: &List<'_>, is_owner: bool, local: &Local) -> Markup {
    html! {
        (head("Activity", html! { "Everything Repruv does for you in the background." }, NOTHING))
        @if is_owner { (scopes(list.asked.scope)) }
        (filters(list))
        (list_panel(list, local))
    }
}

/// Whoever keeps the installation sees all of it too.
pub fn scopes(scope: JobScope) -> Markup {
    let is_installation = scope == JobScope::All;
    html! {
        nav.tabs aria-label="Whose jobs" {
            a href="/activity" aria-current=[(!is_installation).then_some("page")] { "Yours" }
            a href=(path(JobScope::All)) aria-current=[is_installation.then_some("page")] { "Everyone's" }
        }
    }
}

pub fn filters(list: &List<'_>) -> Markup {
    let List { asked, types, .. } = list;
    let mut status = Select::new("status", "Status", asked.status.map_or("", JobStatus::as_str)).option("", "all");
    for one in JobStatus::ALL {
        status = status.option(one.as_str(), shown(*one).1);
    }
    let titles: Vec<_> = types.iter().map(|one| title(one)).collect();
    let mut kind = Select::new("job_type", "What", asked.job_type.as_deref().unwrap_or("")).option("", "everything");
    for (one, title) in types.iter().zip(&titles) {
        kind = kind.option(one, title);
    }
    html! { form.filters method="get" action=(path(asked.scope)) { (status) (kind) (Button::new("Show")) } }
}

pub fn list_panel(list: &List<'_>, local: &Local) -> Markup {
    let List { asked, jobs, .. } = list;
    let filtered = asked.status.is_some() || asked.job_type.is_some();
    let body = match (jobs.items.is_empty(), filtered) {
        (false, _) => html! {
            div.card {
                ul.list { @for job in &jobs.items { (item(job, list, local)) } }
                (older(jobs.next_cursor.map(|cursor| asked.address(None, Some(cursor))).as_deref(), "Older"))
            }
        },
        (true, true) => html! {
            div.card { (empty(Icon::Activity, "No matches", "No jobs match these filters.", link_button(path(asked.scope), "Clear all filters"))) }
        },
        (true, false) => html! {
            div.card { (empty(Icon::Activity, "Nothing here yet", "When Repruv syncs an account or sets up demo mode, you can follow it here.", NOTHING)) }
        },
    };
    let source = asked.address(Some("jobs"), asked.cursor);
    live(Live { name: "jobs", hints: "job demo", source: &source }, body)
}

fn item(job: &JobView, list: &List<'_>, local: &Local) -> Markup {
    let (tone, _) = shown(job.status);
    html! {
        li {
            span.dot.(tone.class()) {}
            div.grow {
                p { a.row-link href={ (path(list.asked.scope)) "/" (job.id) } { b { (title(&job.job_type)) } } }
                p.meta {
                    @if list.asked.scope == JobScope::All { span { (list.emails.of(job)) } }
                    span { (local.ago(job.created_at)) }
                    @if let Some(took) = took(job) { span { "took " (took) } }
                    @if job.attempt > 1 { span { "attempt " (job.attempt) " of " (job.max_attempts) } }
                    (due(job, local))
                }
                @if job.status == JobStatus::Running { (progress(job.progress.done, job.progress.total, &job.progress.step)) }
                @if let Some(error) = job.error.as_ref().filter(|_| job.status != JobStatus::Completed) { p.said { small { (error.message) } } }
            }
            div.end { (status_tag(job)) }
        }
    }
}

fn status_tag(job: &JobView) -> Markup {
    let (tone, word) = shown(job.status);
    let word = if job.cancel_requested && job.status.is_live() { "cancelling" } else { word };
    html! { span data-test="job-status" data-status=(job.status) { (tag(tone, word)) } }
}

fn took(job: &JobView) -> Option<String> {
    let took = job.completed_at?.since(job.started_at?);
    Some(if took.as_secs() == 0 { format!("{} ms", took.as_millis()) } else { duration(took) })
}

/// When a waiting job goes on, where that is worth saying.
fn due(job: &JobView, local: &Local) -> Markup {
    html! {
        @if job.no_worker_online { span { "no worker is running" } }
        @else if let Some(at) = job.next_run_at.filter(|at| *at > local.now) { span { "due at " (local.clock_with_seconds(at)) } }
    }
}

pub fn job(scope: JobScope, job: &JobView, events: &[JobEvent], local: &Local) -> Markup {
    html! {
        (head(&title(&job.job_type), html! { a href=(path(scope)) { "All activity" } }, NOTHING))
        (job_panel(scope, job, events, local))
    }
}

pub fn job_panel(scope: JobScope, job: &JobView, events: &[JobEvent], local: &Local) -> Markup {
    let body = html! {
        (card("State", status_tag(job), html! { div.stack { (state(job)) (facts(scope, job, local)) (actions(scope, job)) } }))
        (card("History", NOTHING, history(job, events, local)))
    };
    let source = format!("{}/{}?panel=job", path(scope), job.id);
    live(Live { name: "job", hints: "job demo", source: &source }, body)
}

fn state(job: &JobView) -> Markup {
    html! {
        @if job.status.is_live() && (job.progress.total > 0 || job.status == JobStatus::Running) {
            (progress(job.progress.done, job.progress.total, &job.progress.step))
        }
        @if job.no_worker_online {
            (notice(Tone::Warn, html! { p { "No worker is running. This job will start as soon as one does." } }))
        }
        @if let Some(error) = job.error.as_ref().filter(|_| job.status != JobStatus::Completed) {
            (notice(if job.status == JobStatus::Failed { Tone::Bad } else { Tone::Warn }, html! {
                p { (error.message) }
                p { small { "Code: " code { (error.code) } } }
            }))
        }
    }
}

fn facts(scope: JobScope, job: &JobView, local: &Local) -> Markup {
    let mut pairs = vec![
        ("Requested", local.moment(job.created_at)),
        ("Attempts", html! { (job.attempt) " of " (job.max_attempts) }),
    ];
    if let Some(at) = job.next_run_at.filter(|at| *at > local.now) {
        pairs.push(("Next attempt", local.moment(at)));
    }
    if job.interruptions > 0 {
        pairs.push(("Interruptions", html! { (job.interruptions) }));
    }
    if let Some(at) = job.started_at {
        pairs.push(("Started", local.moment(at)));
    }
    if let Some(at) = job.completed_at {
        pairs.push(("Finished", html! { (local.moment(at)) @if let Some(took) = took(job) { ", took " (took) } }));
    }
    if let Some(earlier) = job.repeats_job_id {
        pairs.push(("Repeats", html! { a href={ (path(scope)) "/" (earlier) } { "an earlier job" } }));
    }
    pairs.push(("Job ID", html! { code { (job.id) } }));
    key_values(&pairs)
}

fn actions(scope: JobScope, job: &JobView) -> Markup {
    let at = |verb: &str| format!("{}/{}/{verb}", path(scope), job.id);
    html! {
        @if job.can_cancel || job.can_retry {
            div.actions {
                @if job.can_retry { (Button::primary("Try again").icon(Icon::Retry).test("job-retry").posts(&at("retry"))) }
                @if job.can_cancel { (Button::new("Cancel").test("job-cancel").posts(&at("cancel"))) }
            }
        }
    }
}

fn history(job: &JobView, events: &[JobEvent], local: &Local) -> Markup {
    html! {
        ol.history {
            @for event in events.iter().rev() {
                @let (tone, text) = sentence(event, job.max_attempts, local);
                li.(tone.class()) { p { (text) } small { (local.moment(event.at)) } }
            }
        }
    }
}
