//! What became of a commit whose answer was lost: asked by the transaction's own number.

use std::time::Duration;

use super::super::access::Access;
use super::super::backoff::Backoff;
use super::super::stats;
use super::super::{Error, Result, Val};
use super::address::Address;
use super::session::{InDoubt, Session};

/// As long as a server may take to come back. A caller who waits longer is told that it is not known.
const PATIENCE: Duration = Duration::from_secs(5);
const DEADLINE: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    Committed,
    Aborted,
    Unknown,
}

/// The outcome, and the session that told it.
pub(super) fn ask(address: &Address, commit: &InDoubt) -> (Outcome, Option<Session>) {
    let until = stats::now() + PATIENCE;
    let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_millis(500));
    let mut session = None;
    loop {
        match ask_once(address, &mut session, commit) {
            Ok(Some(outcome)) => return (outcome, session),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "the outcome of a commit could not be asked for yet");
                session = None;
            }
        }
        let pause = backoff.pause();
        if stats::now() + pause >= until {
            return (Outcome::Unknown, session);
        }
        std::thread::sleep(pause);
    }
}

/// `None` while the server still works on it.
fn ask_once(address: &Address, session: &mut Option<Session>, commit: &InDoubt) -> Result<Option<Outcome>> {
    let session = match session {
        Some(session) => session,
        None => session.insert(Session::connect(address)?),
    };
    session.begin(Access::Read, DEADLINE);
    let number = commit.id.as_str();
    let id = crate::args![number];
    let status = session.query("SELECT pg_xact_status($1::text::xid8)", id)?;
    let status = status.first().and_then(|row| row.try_get::<_, Option<String>>(0).ok().flatten());
    let outcome = match status.as_deref() {
        Some("committed") if is_given_anew(session, id, commit.since.elapsed())? => Some(Outcome::Aborted),
        Some("committed") => Some(Outcome::Committed),
        Some("aborted") => Some(Outcome::Aborted),
        Some("in progress") => {
            // Its session waits for a client that is gone; a commit that has begun is not stopped by this.
            let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_xid = $1::text::xid8::xid";
            session.query(end, id)?;
            None
        }
        // The server remembers its transactions for longer than anybody waits here: this one was another server's.
        _ => Some(Outcome::Unknown),
    };
    session.end_read();
    session.finish_read();
    if session.is_lost() { Err(Error::Unavailable("the connection broke again".into())) } else { Ok(outcome) }
}

/// A server that crashed gives those numbers anew of which nothing had come to its disk: what committed under one may be
/// somebody else's. It has crashed under the commit where its statistics, which only a recovery empties, are younger than that
/// (`pgstat_reset_after_failure`); the checkpoint with which the recovery ended names the first number that it gave since.
fn is_given_anew(session: &mut Session, id: &[Val<'_>], age: Duration) -> Result<bool> {
    let sql = format!(
        "SELECT clock_timestamp() - stats_reset < interval '{} microseconds' AND $1::text::numeric >=
            split_part(next_xid, ':', 1)::numeric * 4294967296 + split_part(next_xid, ':', 2)::numeric
         FROM pg_stat_bgwriter, pg_control_checkpoint()",
        age.as_micros()
    );
    let found = session.query(&sql, id)?;
    Ok(found.first().and_then(|row| row.try_get::<_, Option<bool>>(0).ok().flatten()).unwrap_or(false))
}
