//! Triage under the wheel: whatever people, the platform and time do to an inbox in whatever order, its counts are a recount,
//! its lists are what looking through all rows finds, and each state is what its facts and words say.
//!
//! `REPRUV_SEEDS` says how many histories, `REPRUV_SEED` tells one line by line.

mod history;
mod mutants;
mod people;
mod platform;
mod rules;
mod there_and_back;

use std::sync::{Mutex, PoisonError};

use kit::testing::simulation::{Outcome, every_seed};
use kit::testing::{Engine, run};

use self::history::History;

/// As many as a change must pass.
const HISTORIES: u64 = 8;

/// What people do in them, each more than once.
const DEALT: [&str; 16] = [
    "done",
    "snoozed",
    "no_reply_needed",
    "needs_reply",
    "spam",
    "undo",
    "answer",
    "corrections/sentiment",
    "corrections/language",
    "corrections/spam",
    "corrections/reply",
    "hide",
    "publish",
    "reject",
    "ban",
    "delete",
];

#[test]
fn whatever_happens_to_an_inbox_in_whatever_order_it_stays_true_on_sqlite() {
    turn(Engine::Sqlite);
}

#[test]
fn whatever_happens_to_an_inbox_in_whatever_order_it_stays_true_on_postgres() {
    turn(Engine::Postgres);
}

fn turn(engine: Engine) {
    let all = Mutex::new((0, Vec::new()));
    every_seed(&format!("the inbox on {engine:?}"), HISTORIES, |seed, traced| {
        let (outcome, done) = history(engine, seed, traced);
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.0 += 1;
        all.1.extend(done);
        outcome
    });
    let (histories, done) = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    // A single one that is looked at again has not all of it.
    let times = |what: &str| done.iter().filter(|done| **done == what).count();
    let rare = DEALT.into_iter().filter(|what| times(what) < 2).collect::<Vec<_>>();
    assert!(histories < HISTORIES || rare.is_empty(), "hardly ever {rare:?}");
}

fn history(engine: Engine, seed: u64, traced: bool) -> (Outcome, Vec<&'static str>) {
    let mut lived = (Outcome::default(), Vec::new());
    run(async {
        let mut history = History::begin(engine, seed, traced).await;
        history.go_on().await;
        history.end().await;
        lived = (history.outcome, history.done);
    });
    let (outcome, done) = lived;
    if !outcome.wrongs.is_empty() && !traced {
        // A seed repeats its history.
        let (told, _) = history(engine, seed, true);
        return (Outcome { wrongs: [told.trace, told.wrongs].concat(), ..outcome }, done);
    }
    (outcome, done)
}
