//! What a person sees of background jobs: a list, each one's history in sentences, and the ways to stop or repeat it.

pub mod views;

use std::borrow::Cow;

use kit::jobs::{EventKind, JobEvent, JobStatus};

use crate::ui::{Local, Tone};

/// What a job does, in a person's words. A type without words of its own reads as its name.
pub fn title(job_type: &str) -> Cow<'static, str> {
    match job_type {
        "enable_demo" => "Set up demo mode".into(),
        "disable_demo" => "Leave demo mode".into(),
        "sync_connection" => "Read a connected account".into(),
        "revoke_token" => "Give an authorisation back".into(),
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
        EventKind::Enqueued if event.data["repeats"].is_string() => (Tone::Plain, "Asked for again.".to_owned()),
        EventKind::Enqueued => (Tone::Plain, "Asked for.".to_owned()),
        EventKind::Started => (Tone::Accent, format!("Attempt {attempt} of {max_attempts} began.")),
        EventKind::RetryScheduled => {
            let next = match text("next_at").parse::<jiff::Timestamp>() {
                Ok(at) => format!(" The next one is due at {}.", local.clock_with_seconds(at.into())),
                Err(_) => String::new(),
            };
            (Tone::Warn, format!("Attempt {attempt} did not succeed: {}{next}", ended(text("message"))))
        }
        EventKind::Interrupted => (
            Tone::Warn,
            "Interrupted, because its worker stopped. It goes on by itself; this does not count as an attempt."
                .to_owned(),
        ),
        EventKind::CancelRequested => (Tone::Plain, "Somebody asked to cancel it.".to_owned()),
        EventKind::Cancelled => (Tone::Warn, "Cancelled. What it had done so far is taken back.".to_owned()),
        EventKind::Completed => (Tone::Good, "Completed.".to_owned()),
        EventKind::Failed => (Tone::Bad, format!("Failed: {}", ended(text("message")))),
    }
}

/// A message with a full stop.
fn ended(message: &str) -> String {
    match message.trim_end() {
        "" => "no reason was given.".to_owned(),
        message if message.ends_with(['.', '!', '?']) => message.to_owned(),
        message => format!("{message}."),
    }
}

#[cfg(test)]
mod tests {
    use kit::clock::Timestamp;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_job_has_a_title_even_when_nobody_wrote_one() {
        assert_eq!(title("enable_demo"), "Set up demo mode");
        assert_eq!(title("purge_old_rows"), "Purge old rows");
        assert_eq!(title(""), "");
    }

    #[test]
    fn a_retry_says_what_happened_and_when_it_goes_on() {
        let local = Local::new(Timestamp::parse("2026-11-22T08:41:00Z").expect("an instant"), "Europe/Berlin");
        let event = JobEvent {
            seq: 1,
            at: local.now,
            kind: EventKind::RetryScheduled,
            attempt: 2,
            data: json!({"code": "demo_service", "message": "The demo service does not answer", "next_at": "2026-11-22T08:41:04.5Z"}),
        };
        assert_eq!(
            sentence(&event, 5, &local).1,
            "Attempt 2 did not succeed: The demo service does not answer. The next one is due at 09:41:04."
        );
    }
}
