//! What became of a commit whose answer was lost: asked by the transaction's own number.

use std::time::{Duration, Instant};

use super::super::access::Access;
use super::super::backoff::Backoff;
use super::super::stats;
use super::super::{Error, Result, Val};
use super::address::Address;
use super::session::Session;

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
pub(super) fn ask(address: &Address, id: &str) -> (Outcome, Option<Session>) {
    let since = stats::now();
    let until = since + PATIENCE;
    let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_millis(500));
    let mut session = None;
    loop {
        match ask_once(address, &mut session, id, since) {
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
fn ask_once(address: &Address, session: &mut Option<Session>, id: &str, since: Instant) -> Result<Option<Outcome>> {
    let session = match session {
        Some(session) => session,
        None => session.insert(Session::connect(address)?),
    };
    session.begin(Access::Read, DEADLINE);
    let id = crate::args![id];
    let status = session.query("SELECT pg_xact_status($1::text::xid8)", id)?;
    let status = status.first().and_then(|row| row.try_get::<_, Option<String>>(0).ok().flatten());
    let outcome = match status.as_deref() {
        Some("committed") if is_given_anew(session, id, since)? => Some(Outcome::Aborted),
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

/// A server that crashed gives the numbers anew of which nothing had come to its disk: what committed under one may be
/// somebody else's. Those are the ones from the checkpoint on with which its recovery ended. One that has been up for longer
/// than the commit is asked for has not crashed under it.
fn is_given_anew(session: &mut Session, id: &[Val<'_>], since: Instant) -> Result<bool> {
    let sql = format!(
        "SELECT clock_timestamp() - pg_postmaster_start_time() < interval '{} milliseconds' AND $1::text::numeric >=
            split_part(next_xid, ':', 1)::numeric * 4294967296 + split_part(next_xid, ':', 2)::numeric
         FROM pg_control_checkpoint()",
        since.elapsed().as_millis()
    );
    let found = session.query(&sql, id)?;
    Ok(found.first().and_then(|row| row.try_get::<_, Option<bool>>(0).ok().flatten()).unwrap_or(false))
}
