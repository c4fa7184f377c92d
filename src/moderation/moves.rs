//! How an act moves on: what it is afterwards, as plain values, and the one write that makes it so.

use std::collections::{BTreeMap, HashSet};

use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use super::refused::Skipped;
use super::store::{self, Act};
use super::{ActId, OrderId, State};
use crate::events::{self, Event};
use crate::replies::{Trouble, is_refusal};

/// Comments of one order: it is taken over in one transaction, and whoever writes meanwhile waits for it.
pub const MOST: usize = 2_000;

/// How often the platform is asked before a person has to ask for more.
pub const MOST_ATTEMPTS: i64 = 5;

impl Act {
    /// Why nothing was asked.
    pub fn skipped(&self) -> Option<Skipped> {
        let code = self.error_code.as_deref().filter(|_| self.state == State::Skipped)?;
        code.parse().ok()
    }

    /// What may be done already cannot be called back any more.
    pub fn can_be_cancelled(&self) -> bool {
        self.state == State::Queued && !self.may_be_done
    }

    /// What came after it on the same comment is not undone by trying it again.
    pub fn can_be_retried(&self) -> bool {
        self.state == State::Failed && self.is_last
    }

    /// Whether the platform has refused it: asking again would be refused again.
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
        assert!(self.state.may_become(to), "an act that is {} never becomes {to}", self.state);
        Self { state: to, moves: self.moves + 1, updated_at: now, ..self.clone() }
    }

    pub fn with(self, trouble: Trouble) -> Self {
        Self { error_code: Some(trouble.code.to_owned()), error_message: Some(trouble.message), ..self }
    }

    /// The platform is about to be asked, for so many comments at once.
    pub fn asking(&self, now: Timestamp, company: usize) -> Self {
        let company = i64::try_from(company).unwrap_or(i64::MAX);
        Self { attempts: self.attempts + 1, company, ..self.moved(State::Asking, now) }
    }

    /// Somebody else did something with its comment since it was asked for.
    fn passed_over(&self, now: Timestamp) -> Self {
        let error_code = Some(Skipped::Changed.to_string());
        Self { error_code, error_message: None, ..self.moved(State::Skipped, now) }
    }

    /// Nothing was done, or it does no harm to ask for it once more. What waits for a time that is known has not been tried; anything else counts as an attempt.
    pub fn postponed(&self, now: Timestamp, due_at: Timestamp, is_wait: bool) -> Self {
        let was_asked = self.state == State::Asking;
        let attempts = self.attempts + i64::from(!was_asked && !is_wait) - i64::from(was_asked && is_wait);
        Self { due_at, attempts, ..self.moved(State::Queued, now) }
    }

    /// It may be done: the platform is looked at.
    pub fn looked_for(&self, now: Timestamp, at: Timestamp) -> Self {
        Self { due_at: at, may_be_done: true, ..self.moved(State::Unknown, now) }
    }

    /// Of several that were refused together most are not at fault, and to be told to wait is no fault: that was none of its
    /// attempts.
    pub fn asked_anew(&self, now: Timestamp) -> Self {
        Self { attempts: self.attempts - 1, ..self.asked_again(now, now) }
    }

    /// It was looked for, and was not seen.
    pub fn asked_again(&self, now: Timestamp, at: Timestamp) -> Self {
        Self { due_at: at, ..self.moved(State::Queued, now) }
    }

    /// It was looked for, and is not done.
    pub fn seen_undone(&self) -> Self {
        Self { may_be_done: false, ..self.clone() }
    }

    pub fn done(&self, now: Timestamp) -> Self {
        Self { error_code: None, error_message: None, ..self.moved(State::Done, now) }
    }

    pub fn failed(&self, now: Timestamp) -> Self {
        self.moved(State::Failed, now)
    }

    pub fn cancelled(&self, now: Timestamp) -> Self {
        self.moved(State::Cancelled, now)
    }

    /// Into the queue for as many attempts as at first. Whoever asks for that means the comment as it is now.
    pub fn queued_anew(&self, now: Timestamp) -> Self {
        let seen_at = self.seen_at.map(|_| now);
        Self {
            attempts: 0,
            due_at: now,
            seen_at,
            error_code: None,
            error_message: None,
            ..self.moved(State::Queued, now)
        }
    }
}

/// Makes moves of one account's acts, each unless somebody else has moved its act; which were made. That something happened
/// is written by whoever calls, last.
pub fn advance(tx: &mut Tx, moves: &[(Act, Act)]) -> Result<Vec<Act>> {
    let mut made = Vec::with_capacity(moves.len());
    for (before, after) in moves {
        if store::put(tx, after, before.moves)? {
            made.push(after.clone());
        }
    }
    Ok(made)
}

/// The platform is about to be asked for acts of one account, but for those on comments with which somebody else did something
/// since they were asked for: these are passed over. The acts that were moved, with what they are now.
pub fn begin(tx: &mut Tx, now: Timestamp, acts: &[Act]) -> Result<Vec<Act>> {
    let changed = changed(tx, acts)?;
    let company = acts.len() - changed.len();
    let after = |act: &Act| match changed.contains(&act.id) {
        true => act.passed_over(now),
        false => act.asking(now, company),
    };
    let moves = acts.iter().map(|act| (act.clone(), after(act))).collect::<Vec<_>>();
    let made = advance(tx, &moves)?;
    tell(tx, now, &made)?;
    Ok(made)
}

/// What may be done already is not among them: that must be known.
fn changed(tx: &mut Tx, acts: &[Act]) -> Result<HashSet<ActId>> {
    let mut of_instants = BTreeMap::<_, Vec<&Act>>::new();
    for act in acts.iter().filter(|act| !act.may_be_done) {
        if let Some(seen_at) = act.seen_at {
            of_instants.entry((act.workspace_id, act.ordered_by, seen_at)).or_default().push(act);
        }
    }
    let mut changed = HashSet::new();
    for ((workspace, by, seen_at), acts) in of_instants {
        let ids = acts.iter().map(|act| act.interaction_id).collect::<Vec<_>>();
        let found = store::changed_since(tx, (workspace, by), seen_at, &ids)?.into_iter().collect::<HashSet<_>>();
        changed.extend(acts.iter().filter(|act| found.contains(&act.interaction_id)).map(|act| act.id));
    }
    Ok(changed)
}

/// The job has given up, in the commit that says so.
pub fn gave_up(tx: &mut Tx, now: Timestamp, order: OrderId, trouble: &Trouble) -> Result<()> {
    let live = store::live(tx, order)?;
    let failed = |act: &Act| match act.error_code {
        Some(_) => act.failed(now),
        None => act.failed(now).with(trouble.clone()),
    };
    let moves = live.iter().map(|act| (act.clone(), failed(act))).collect::<Vec<_>>();
    let made = advance(tx, &moves)?;
    tell(tx, now, &made)
}

/// Pages of the accounts' workspace are told.
pub fn tell(tx: &mut Tx, now: Timestamp, acts: &[Act]) -> Result<()> {
    let mut told = Vec::new();
    for act in acts {
        if !told.contains(&act.connection_id) {
            events::record(tx, now, act.workspace_id, Event::InboxChanged(act.connection_id))?;
            told.push(act.connection_id);
        }
    }
    Ok(())
}
