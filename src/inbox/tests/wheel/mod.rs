//! Triage under the wheel: whatever people, the platform and time do to an inbox in whatever order, its counts are a recount,
//! its lists are what looking through all rows finds, and each state is what its facts and words say.
//!
//! `REPRUV_SEEDS` says how many histories, `REPRUV_SEED` tells one line by line.

mod history;
mod people;
mod platform;
mod rules;
mod there_and_back;

use kit::testing::simulation::{Outcome, every_seed};
use kit::testing::{Engine, run};

use self::history::History;

/// As many as a change must pass.
const HISTORIES: u64 = 8;

#[test]
fn whatever_happens_to_an_inbox_in_whatever_order_it_stays_true_on_sqlite() {
    every_seed("the inbox on SQLite", HISTORIES, |seed, traced| history(Engine::Sqlite, seed, traced));
}

#[test]
fn whatever_happens_to_an_inbox_in_whatever_order_it_stays_true_on_postgres() {
    every_seed("the inbox on PostgreSQL", HISTORIES, |seed, traced| history(Engine::Postgres, seed, traced));
}

fn history(engine: Engine, seed: u64, traced: bool) -> Outcome {
    let mut outcome = Outcome::default();
    run(async {
        let mut history = History::begin(engine, seed, traced).await;
        history.go_on().await;
        history.end().await;
        outcome = history.outcome;
    });
    if !outcome.wrongs.is_empty() && !traced {
        // A seed repeats its history.
        let told = history(engine, seed, true);
        return Outcome { wrongs: [told.trace, told.wrongs].concat(), ..outcome };
    }
    outcome
}
