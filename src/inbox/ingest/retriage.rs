//! Threads derived anew: from the facts of their interactions and from what people decided, whoever asks for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kit::clock::Timestamp;
use kit::db::{Result, Tx};
use kit::random::Random;

use super::ageing;
use super::rollups::{Counted, Rollups};
use super::store::{self, Stored};
use crate::inbox::derive::Facts;
use crate::inbox::jobs;
use crate::inbox::search;
use crate::inbox::threads::{self, Decided, Decision, Known, Tally, Thread, ThreadId, Touched};
use crate::inbox::triage::{self, TriageState};
use crate::model::{ConnectionId, InteractionId, ProviderState};
use crate::workspaces::WorkspaceId;

/// Where and when.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub workspace: WorkspaceId,
    pub connection: ConnectionId,
    pub now: Timestamp,
    pub random: &'a Random,
}

/// What a batch leaves to be settled.
#[derive(Default)]
pub struct Unsettled {
    pub touched: Touched,
    /// Of the touched ones those whose interactions all have to be looked at again.
    pub again: BTreeSet<String>,
    /// Facts that came out differently since they were stored.
    pub facts: HashMap<InteractionId, Facts>,
}

/// Puts the touched threads where they now stand, and all their interactions where that depends on more than themselves.
pub fn settle(tx: &mut Tx, place: Place<'_>, unsettled: Unsettled, rollups: &mut Rollups) -> Result<()> {
    let Unsettled { touched, mut again, facts } = unsettled;
    let names = touched.keys().map(String::as_str).collect::<Vec<_>>();
    let known = threads::store::known(tx, place.connection, &names)?;
    let decided = threads::decided(&known, &touched, place.now);
    again.extend(decided.keys().cloned());
    let again = again.iter().map(String::as_str).collect::<Vec<_>>();
    let mut rows: BTreeMap<String, Vec<Stored>> = BTreeMap::new();
    for row in store::in_threads(tx, place.connection, &again)? {
        rows.entry(row.thread_external_id.clone()).or_default().push(row);
    }
    let (mut tallies, mut is_waited_for) = (HashMap::with_capacity(touched.len()), false);
    for (name, rows) in &rows {
        let decision = decided.get(name).copied().flatten();
        let triaged = retriage(tx, place.now, rows, decision, &facts, rollups)?;
        is_waited_for |= triaged.is_waited_for;
        tallies.insert(name.clone(), triaged.tally);
    }
    if is_waited_for {
        jobs::keep_ageing(tx, place)?;
    }
    let judged = facts.keys().copied().collect::<Vec<_>>();
    search::judged(tx, place.workspace, &judged)?;
    let unread = names.into_iter().filter(|name| !tallies.contains_key(*name)).collect::<Vec<_>>();
    let of_unread = threads::store::tallies(tx, place.connection, &unread)?;
    tallies.extend(of_unread);
    let stand = stand(place, &touched, &tallies, &known, &decided);
    threads::store::put(tx, place.workspace, place.now, &stand)
}

/// A thread whose interactions were judged anew.
#[derive(Default)]
struct Triaged {
    tally: Tally,
    /// Somebody waits who did not before, and whose hours are still counted.
    is_waited_for: bool,
}

/// Judges all of a thread anew and writes what came out differently.
fn retriage(
    tx: &mut Tx,
    now: Timestamp,
    rows: &[Stored],
    decision: Option<Decision>,
    new_facts: &HashMap<InteractionId, Facts>,
    rollups: &mut Rollups,
) -> Result<Triaged> {
    let mut triaged = Triaged::default();
    for own in rows.iter().filter(|row| row.is_own) {
        *triaged.tally.entry((own.state, own.provider_state)).or_default() += 1;
    }
    let published = || rows.iter().filter(|row| row.provider_state == ProviderState::Published);
    let answered_at = published().filter(|row| row.is_own).map(|row| row.created_at).max();
    let newest = published().filter(|row| !row.is_own).max_by_key(|row| (row.created_at, row.id)).map(|row| row.id);
    for row in rows.iter().filter(|row| !row.is_own) {
        let known = row.facts();
        let facts = new_facts.get(&row.id).unwrap_or(&known);
        let input = row.input(facts);
        let by_rules = triage::state(&input, answered_at);
        let state = decision.map_or(by_rules, |decision| decision.applied_to(by_rules, newest == Some(row.id)));
        let triage = triage::triage_as(&input, state, now);
        let is_same = triage.state == row.state
            && triage.score == row.priority_score
            && facts.intents == known.intents
            && facts.reasons == known.reasons;
        let is_known = (facts.language, facts.sentiment, facts.score) == (known.language, known.sentiment, known.score);
        if !is_known {
            store::put_facts(tx, row.id, facts)?;
        }
        if !is_same {
            store::put_triage(tx, row.id, facts, &triage)?;
        }
        if !is_known || !is_same {
            let after = Counted { sentiment: facts.sentiment, ..Counted::of(row).triaged(&triage) };
            rollups.replace(Counted::of(row), after);
        }
        let waits_anew = triage.state == TriageState::NeedsReply && row.state != TriageState::NeedsReply;
        triaged.is_waited_for |= waits_anew && row.created_at > now - ageing::ageing();
        *triaged.tally.entry((triage.state, row.provider_state)).or_default() += 1;
    }
    Ok(triaged)
}

/// The touched threads that stand elsewhere now, or have news.
fn stand(
    place: Place<'_>,
    touched: &Touched,
    tallies: &HashMap<String, Tally>,
    known: &HashMap<String, Known>,
    decided: &Decided,
) -> Vec<Thread> {
    let mut changed = Vec::new();
    for (name, news) in touched {
        let Some(tally) = tallies.get(name) else { continue };
        let (state, state_by) = threads::standing(tally, decided.get(name).copied().flatten());
        let before = known.get(name).map(|known| &known.thread);
        let after = Thread {
            id: before.map_or_else(|| ThreadId::new(place.now, place.random), |thread| thread.id),
            connection_id: place.connection,
            external_id: name.clone(),
            state,
            state_by,
            news: before.map_or(0, |thread| thread.news) + news,
        };
        if before != Some(&after) {
            changed.push(after);
        }
    }
    changed
}
