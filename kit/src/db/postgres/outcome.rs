//! What became of a commit whose answer was lost: asked by the transaction's own number.

use std::time::Duration;

use super::super::access::Access;
use super::super::backoff::Backoff;
use super::super::stats;
use super::super::{Error, Result};
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
    let until = stats::now() + PATIENCE;
    let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_millis(500));
    let mut session = None;
    loop {
        match ask_once(address, &mut session, id) {
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
fn ask_once(address: &Address, session: &mut Option<Session>, id: &str) -> Result<Option<Outcome>> {
    let session = match session {
        Some(session) => session,
        None => session.insert(Session::connect(address)?),
    };
    session.begin(Access::Read, DEADLINE);
    let id = crate::args![id];
    let status = session.query("SELECT pg_xact_status($1::text::xid8)", id)?;
    let status = status.first().and_then(|row| row.try_get::<_, Option<String>>(0).ok().flatten());
    let outcome = match status.as_deref() {
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
