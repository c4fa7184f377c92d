//! Live pages: one stream of hints per tab, which says what to fetch again. A hint carries no data, so none can be lost.

pub mod api;
mod streams;
#[cfg(test)]
mod tests;

use kit::db::{Signal, Tx};

use crate::accounts::sessions::{self, SessionId};
use crate::events::{self, EventKind};
use crate::workspaces::{UserId, WorkspaceId};

pub use streams::Streams;

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

/// Tells the open pages of `user`, once the transaction is durable: of what concerns a person. What happens in a workspace
/// is an event, and heard of there.
pub fn hint(tx: &mut Tx, user: UserId, hint: Hint) {
    tx.signal(TOPIC, format!("{user}:{hint}"));
}

/// What a signal means to those who listen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Heard {
    Nothing,
    Changed(UserId, Hint),
    /// A job of this person, seen by all who are in its workspace.
    Job(UserId, Option<WorkspaceId>),
    /// Signals may have been lost: everything may have changed.
    Gap,
    /// The session is over.
    Ended(SessionId),
}

fn hear(signal: &Signal) -> Heard {
    let changed = |user: &str, hint: Option<Hint>| match (user.parse(), hint) {
        (Ok(user), Some(hint)) => Heard::Changed(user, hint),
        _ => Heard::Nothing,
    };
    match signal.topic.as_str() {
        Signal::RESYNC => Heard::Gap,
        kit::jobs::JOB_TOPIC => {
            let (user, workspace) = signal.key.split_once(':').unwrap_or((&signal.key, ""));
            user.parse().map_or(Heard::Nothing, |user| Heard::Job(user, workspace.parse().ok()))
        }
        sessions::ENDED => signal.key.parse().map_or(Heard::Nothing, Heard::Ended),
        events::TOPIC => match events::heard(&signal.key) {
            Some((member, EventKind::InboxChanged)) => Heard::Changed(member, Hint::Inbox),
            Some((member, EventKind::ConnectionChanged)) => Heard::Changed(member, Hint::Connection),
            None => Heard::Nothing,
        },
        TOPIC => match signal.key.split_once(':') {
            Some((user, hint)) => changed(user, hint.parse().ok()),
            None => Heard::Nothing,
        },
        _ => Heard::Nothing,
    }
}
