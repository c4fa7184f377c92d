//! How a reply moves on: what it is afterwards, as plain values, and the one write that makes it so.

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use super::store::{self, Reply};
use super::trouble::{Trouble, is_refusal};
use super::{ReplyId, State};
use crate::events::{self, Event};
use crate::model::UserId;
use crate::platforms::Error;

/// Between looks for a reply that may be at the platform.
pub const PAUSES: [Duration; 3] = [Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(120)];
/// With so many looks behind it, a reply is looked for once more.
pub const LAST_LOOK: i64 = PAUSES.len() as i64;

/// The job's last word on a reply that was looked for and is not there.
pub const NOT_SENT: &str = "not_sent";

impl Reply {
    /// Whether it can still be called back.
    pub fn can_be_cancelled(&self) -> bool {
        match self.state {
            State::AwaitingApproval | State::Queued => true,
            State::Sending => kit::mutant!("replies: called back after it was sent"),
            _ => false,
        }
    }

    /// Whether it may be tried again, or looked for again.
    pub fn can_be_retried(&self) -> bool {
        self.state == State::Failed || self.asks_a_person()
    }

    /// Nobody but a person, who looks at the platform, can tell whether it is there.
    pub fn asks_a_person(&self) -> bool {
        self.state == State::Unknown && self.next_look_at.is_none()
    }

    /// Whether the platform has refused it: sending it again would be refused again.
    pub fn was_refused(&self) -> bool {
        self.error_code.as_deref().is_some_and(is_refusal)
    }

    /// Whether the platform has asked for a pause in place of an answer.
    pub fn was_told_to_wait(&self) -> bool {
        self.error_code.as_deref() == Some("rate_limited")
    }

    /// # Panics
    /// When the state has no such move: whoever asks for one has not looked.
    fn moved(&self, to: State, now: Timestamp) -> Self {
        let may = self.state.may_become(to) || kit::mutant!("replies: called back after it was sent");
        assert!(may, "a reply that is {} never becomes {to}", self.state);
        Self { state: to, moves: self.moves + 1, updated_at: now, next_look_at: None, ..self.clone() }
    }

    pub fn with(self, trouble: Trouble) -> Self {
        Self { error_code: Some(trouble.code.to_owned()), error_message: Some(trouble.message), ..self }
    }

    pub fn untroubled(self) -> Self {
        Self { error_code: None, error_message: None, ..self }
    }

    pub fn cancelled(&self, now: Timestamp) -> Self {
        self.moved(State::Cancelled, now)
    }

    /// An owner lets it go out, with these words.
    pub fn approved(&self, now: Timestamp, due_at: Timestamp, by: UserId, text: String) -> Self {
        let submitted_text = (text != self.text).then(|| self.text.clone());
        Self { due_at, text, reviewed_by: Some(by), submitted_text, ..self.moved(State::Queued, now) }
    }

    /// Nobody has to look at it any more.
    pub fn released(&self, now: Timestamp) -> Self {
        self.moved(State::Queued, now)
    }

    pub fn sent_back(&self, now: Timestamp, by: UserId, note: String) -> Self {
        Self { reviewed_by: Some(by), review_note: Some(note), ..self.moved(State::SentBack, now) }
    }

    pub fn failed(&self, now: Timestamp) -> Self {
        self.moved(State::Failed, now)
    }

    /// The platform is about to be asked.
    pub fn sending(&self, now: Timestamp) -> Self {
        Self {
            attempts: self.attempts + 1,
            sending_at: Some(now),
            doubtful_since: self.doubtful_since.or(Some(now)),
            looks: 0,
            ..self.moved(State::Sending, now)
        }
    }

    /// Nothing was sent. What waits for a time that is known has not been tried; anything else counts as an attempt.
    pub fn postponed(&self, now: Timestamp, due_at: Timestamp, is_wait: bool) -> Self {
        let was_asked = self.state == State::Sending;
        let is_first_doubt = was_asked && self.doubtful_since == self.sending_at;
        let doubtful_since = if is_first_doubt { None } else { self.doubtful_since };
        let attempts = self.attempts + i64::from(!was_asked && !is_wait) - i64::from(was_asked && is_wait);
        Self { due_at, attempts, doubtful_since, ..self.moved(State::Queued, now) }
    }

    /// Into the queue for as many attempts as at first.
    pub fn queued_anew(&self, now: Timestamp) -> Self {
        Self { due_at: now, attempts: 0, looks: 0, ..self.moved(State::Queued, now) }.untroubled()
    }

    /// It was looked for and is not there.
    pub fn sent_again(&self, now: Timestamp) -> Self {
        Self { due_at: now, looks: 0, ..self.moved(State::Queued, now) }
    }

    /// It may be at the platform, and is looked for there.
    pub fn looked_for(&self, now: Timestamp, at: Timestamp) -> Self {
        Self { next_look_at: Some(at), ..self.moved(State::Unknown, now) }
    }

    pub fn asking_a_person(&self, now: Timestamp) -> Self {
        self.moved(State::Unknown, now)
    }

    /// The platform has it.
    pub fn arrived(&self, now: Timestamp, state: State, external_id: Option<&str>) -> Self {
        let external_id = external_id.map(str::to_owned);
        Self { external_id, doubtful_since: None, ..self.moved(state, now) }.untroubled()
    }
}

/// Makes a move, unless somebody else has made one; whether it was made.
pub fn advance(tx: &mut Tx, before: &Reply, after: &Reply) -> Result<bool> {
    advance_with(tx, before, after, |_| Ok(()))
}

/// The same with what belongs to it in the same commit. That something happened is written last, as everywhere.
pub fn advance_with(
    tx: &mut Tx,
    before: &Reply,
    after: &Reply,
    and: impl FnOnce(&mut Tx) -> Result<()>,
) -> Result<bool> {
    let is_moved = store::put(tx, after, before.moves)?;
    if is_moved {
        and(tx)?;
        events::record(tx, after.updated_at, after.workspace_id, Event::InboxChanged(after.connection_id))?;
    }
    Ok(is_moved)
}

/// The job has given up, in the commit that says so. What may be at the platform is a person's to decide.
pub fn gave_up(tx: &mut Tx, now: Timestamp, id: ReplyId, trouble: Trouble) -> Result<()> {
    let Some(reply) = store::by_id(tx, id)? else { return Ok(()) };
    let is_known = reply.error_code.is_some();
    let after = match reply.state {
        State::Queued if trouble.code == NOT_SENT && is_known => reply.failed(now),
        State::Queued => reply.failed(now).with(trouble),
        State::Unknown if trouble.code == NOT_SENT => reply.failed(now),
        State::Sending | State::Unknown if is_known => reply.asking_a_person(now),
        State::Sending | State::Unknown => reply.asking_a_person(now).with(trouble),
        _ => return Ok(()),
    };
    advance(tx, &reply, &after).map(drop)
}

/// Whether a call that ended so has certainly created nothing: it was never sent, or nobody was let in with it. Whatever
/// else comes back, a refusal too, may come after the comment was created.
pub fn has_made_nothing(error: &Error) -> bool {
    use crate::outbound::TransportError::{NotAllowed, Unreachable, Unsendable};
    matches!(
        error,
        Error::Transport(Unreachable | NotAllowed | Unsendable)
            | Error::BudgetSpent { .. }
            | Error::Silenced { .. }
            | Error::Storage
            | Error::QuotaExhausted { .. }
            | Error::Reauth { .. }
            | Error::NoAccount
            | Error::NotEnabled { .. }
    )
}
