//! What a person sees of background jobs: a list, each one's history in sentences, and the ways to stop or repeat it.

pub mod api;
pub mod installation;
pub mod pages;
mod rights;
mod store;
#[cfg(test)]
mod tests;
pub mod views;

use std::borrow::Cow;

use kit::db::Conn;
use kit::jobs::{self, Enqueued, EventKind, JobEvent, JobId, JobScope, JobStatus, JobView, Repeat};

use self::rights::{Rights, Wanted};
use crate::app::App;
use crate::audit::{self, Event};
use crate::web::errors::{Error, Result};
use crate::web::ui::{Local, Tone};
use crate::work::Work;
use crate::workspaces::{UserId, Workspace};

/// Where the list of such jobs stands; each job stands below it.
pub const fn path(scope: JobScope) -> &'static str {
    match scope {
        JobScope::All => "/activity/installation",
        JobScope::User(_) | JobScope::Workspace(_) | JobScope::Member { .. } => "/activity",
    }
}

/// The jobs that somebody sees in a workspace.
pub fn seen(user: UserId, workspace: &Workspace) -> JobScope {
    JobScope::Member { user_id: user.uuid(), workspace_id: workspace.id.uuid() }
}

/// What somebody may not do with a job that they see is not offered to them.
pub fn offered(conn: &mut Conn, by: UserId, jobs: Vec<JobView>) -> Result<Vec<JobView>> {
    let asked = jobs.iter().filter(|job| job.can_cancel || job.can_retry).map(|job| job.id).collect::<Vec<_>>();
    let rights = Rights::read(conn, by, &asked)?;
    let offered = |job: JobView| JobView {
        can_cancel: job.can_cancel && rights.has(job.id, Wanted::Cancel),
        can_retry: job.can_retry && rights.has(job.id, Wanted::Retry),
        ..job
    };
    Ok(jobs.into_iter().map(offered).collect())
}

/// The same of one.
pub fn offered_one(conn: &mut Conn, by: UserId, job: JobView) -> Result<JobView> {
    Ok(offered(conn, by, vec![job])?.remove(0))
}

/// Asks a job to end. One that ended already stays as it is.
pub fn cancel(work: &mut Work<'_>, scope: JobScope, id: JobId) -> Result<JobView> {
    check(work, scope, id, Wanted::Cancel)?;
    let job = jobs::cancel::<App>(work.tx, work.now, work.random, id, scope)?.ok_or(Error::NotFound)?;
    if !matches!(job.status, JobStatus::Completed | JobStatus::Failed) {
        audit::record(work, Event::JobCancelled, id)?;
    }
    Ok(job)
}

/// Asks for the same again, as a new job.
pub fn retry(work: &mut Work<'_>, scope: JobScope, id: JobId) -> Result<Enqueued> {
    check(work, scope, id, Wanted::Retry)?;
    match jobs::retry::<App>(work.tx, work.now, work.random, id, scope)? {
        Repeat::Enqueued(job) => {
            audit::record(work, Event::JobRetried, id)?;
            Ok(job)
        }
        Repeat::Refused => Err(not_repeatable()),
        Repeat::NotFound => Err(Error::NotFound),
    }
}

/// Whoever runs the installation looks after every job.
fn check(work: &mut Work<'_>, scope: JobScope, id: JobId, wanted: Wanted) -> Result<()> {
    let is_members = matches!(scope, JobScope::Member { .. });
    match work.who.person().filter(|_| is_members) {
        Some(by) if jobs::status(work.tx, id, scope, work.now)?.is_some() => rights::check(work.tx, by, id, wanted),
        _ => Ok(()),
    }
}

fn not_repeatable() -> Error {
    Error::conflict(
        "not_repeatable",
        "This job can't be repeated: it's still running, has already succeeded, or was replaced by a newer one.",
    )
}

/// What a job does, in a person's words. A type without words of its own reads as its name.
pub fn title(job_type: &str) -> Cow<'static, str> {
    match job_type {
        "enable_demo" => "Set up demo mode".into(),
        "disable_demo" => "Turn off demo mode".into(),
        "forget_demo_profile" => "Remove the demo".into(),
        "press_switch" => "Press a switch of the demo".into(),
        "connect_account" => "Connect an account".into(),
        "late_consent" => "Wait for the consent page".into(),
        "sync_connection" => "Sync an account".into(),
        "fetch_interaction" => "Fetch a new comment".into(),
        "send_reply" => "Send a reply".into(),
        "carry_out" => "Change comments at their platform".into(),
        "revoke_token" => "Revoke access".into(),
        "check_client" => "Check an OAuth client".into(),
        "age_priorities" => "Update priorities".into(),
        "wake_snoozed" => "Bring back snoozed comments".into(),
        "move_matching" => "Move all that match".into(),
        "take_back_moves" => "Undo a move of many".into(),
        "mark_matching" => "Mark all that match".into(),
        "take_back_marks" => "Undo a mark on many".into(),
        "tidy" => "Clean up".into(),
        other => {
            let words = other.replace('_', " ");
            let mut letters = words.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect()).into()
        }
    }
}

/// A job's status as a word and a tone.
pub const fn shown(status: JobStatus) -> (Tone, &'static str) {
    match status {
        JobStatus::Pending => (Tone::Plain, "waiting"),
        JobStatus::Running => (Tone::Accent, "running"),
        JobStatus::Completed => (Tone::Good, "completed"),
        JobStatus::Failed => (Tone::Bad, "failed"),
        JobStatus::Cancelled => (Tone::Warn, "cancelled"),
    }
}

/// One event of a job's history as a sentence.
pub fn sentence(event: &JobEvent, max_attempts: i64, local: &Local) -> (Tone, String) {
    let text = |key: &str| event.data[key].as_str().unwrap_or_default();
    let attempt = event.attempt;
    match event.kind {
        EventKind::Enqueued if event.data["repeats"].is_string() => (Tone::Plain, "Started again.".to_owned()),
        EventKind::Enqueued => (Tone::Plain, "Queued.".to_owned()),
        EventKind::Started => (Tone::Accent, format!("Attempt {attempt} of {max_attempts} started.")),
        EventKind::RetryScheduled => {
            let next = match text("next_at").parse::<jiff::Timestamp>() {
                Ok(at) => format!(" Next attempt at {}.", local.clock_with_seconds(at.into())),
                Err(_) => String::new(),
            };
            (Tone::Warn, format!("Attempt {attempt} failed: {}{next}", ended(text("message"))))
        }
        EventKind::Interrupted => (
            Tone::Warn,
            "Interrupted because its worker stopped. It will resume on its own; this doesn't count as an attempt."
                .to_owned(),
        ),
        EventKind::CancelRequested => (Tone::Plain, "Cancellation requested.".to_owned()),
        EventKind::Cancelled => (Tone::Warn, "Cancelled. Anything it had done was undone.".to_owned()),
        EventKind::Completed => (Tone::Good, "Completed.".to_owned()),
        EventKind::Failed => (Tone::Bad, format!("Failed: {}", ended(text("message")))),
    }
}

/// A message with a full stop.
fn ended(message: &str) -> String {
    match message.trim_end() {
        "" => "no reason given.".to_owned(),
        message if message.ends_with(['.', '!', '?']) => message.to_owned(),
        message => format!("{message}."),
    }
}
