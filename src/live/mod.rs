//! Live pages: one stream of hints per tab, which says what to fetch again. A hint carries no data, so none can be lost.

pub mod api;
#[cfg(test)]
mod tests;

use kit::db::{Signal, Tx};

use crate::sessions::{self, SessionId};
use crate::workspaces::UserId;

kit::text_enum! {
    /// What changed.
    pub enum Hint {
        Demo = "demo",
        Job = "job",
        Connection = "connection",
        Inbox = "inbox",
    }
}

/// Signal topic of hints; the key is `USER:HINT`.
const TOPIC: &str = "hint";

/// Tells the open pages of `user`, once the transaction is durable.
pub fn hint(tx: &mut Tx, user: UserId, hint: Hint) {
    tx.signal(TOPIC, format!("{user}:{hint}"));
}

/// What a signal means to one stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Heard {
    Nothing,
    Changed(Hint),
    /// Signals may have been lost: everything may have changed.
    Gap,
    /// The session is over.
    Ended,
}

fn hear(signal: &Signal, user: UserId, session: SessionId) -> Heard {
    let own = |id: &str| id.parse() == Ok(user);
    match signal.topic.as_str() {
        Signal::RESYNC => Heard::Gap,
        kit::jobs::JOB_TOPIC if own(&signal.key) => Heard::Changed(Hint::Job),
        sessions::ENDED if signal.key.parse() == Ok(session) => Heard::Ended,
        TOPIC => match signal.key.split_once(':') {
            Some((id, hint)) if own(id) => hint.parse().map_or(Heard::Nothing, Heard::Changed),
            _ => Heard::Nothing,
        },
        _ => Heard::Nothing,
    }
}
