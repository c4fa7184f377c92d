//! Seeded histories of the job engine: several workers, faults of every kind, and what must hold after each commit and at
//! the end. The engine is the real one; see [`crate::testing::simulation`] for how it is given its time and its faults.

mod check;
mod mutants;
mod outside;
mod people;
mod work;

use std::cell::OnceCell;
use std::time::Duration;

use self::check::Rules;
use self::outside::Ledger;
use self::people::People;
use self::work::Desk;
use crate::db::Migration;
use crate::testing::simulation::{Database, Dice, Outcome, Plan, World, every_seed, repeats_itself};

const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_domain",
        sql: "CREATE TABLE users (\n    id UUID PRIMARY KEY\n);\n\
              CREATE TABLE workspaces (\n    id UUID PRIMARY KEY\n);\n\
              CREATE TABLE effects (\n    job_id UUID NOT NULL,\n    what TEXT NOT NULL,\n    token BIGINT NOT NULL\n);\n\
              CREATE TABLE operations (\n    key TEXT PRIMARY KEY,\n    state TEXT NOT NULL,\n    job_id UUID NOT NULL\n);\n\
              CREATE TABLE rules (\n    exclusive BIGINT NOT NULL,\n    slack BIGINT NOT NULL\n);\n\
              CREATE TABLE wrongs (\n    what TEXT NOT NULL,\n    job_id UUID NOT NULL,\n    token BIGINT NOT NULL\n);",
    },
    Migration { name: "0002_jobs", sql: include_str!("../../../../migrations/0002_jobs.sql") },
];

/// After the last fault everything has ended within this time (invariant I10).
const PATIENCE: Duration = Duration::from_secs(60);

thread_local! {
    static DATABASE: OnceCell<Database> = const { OnceCell::new() };
}

/// Made once for each thread.
fn kept_database() -> Database {
    DATABASE.with(|kept| kept.get_or_init(check::database).clone())
}

/// The whole history of one seed.
fn history(seed: u64, traced: bool) -> Outcome {
    history_with(seed, traced, |_| {})
}

fn history_with(seed: u64, traced: bool, tune: impl Fn(&mut Plan)) -> Outcome {
    let database = kept_database();
    let dice = Dice::of_seed(seed);
    let mut plan = Plan::drawn(&dice);
    tune(&mut plan);
    let ledger = Ledger::default();
    let mut world = {
        let (ledger, database) = (ledger.clone(), database.clone());
        World::new(dice.clone(), plan, &database.clone(), traced, move |place| Desk {
            place: place.clone(),
            ledger: ledger.clone(),
            database: database.clone(),
        })
    };
    let rules = Rules::begin(&world.shared, &database, &ledger, &plan);
    let mut people = People::new(ledger.clone(), &dice);
    people.arrive(&database);
    world.live(dice.millis(1_000..12_000), |world| people.act(world));
    world.heal();
    let in_time = world.settle(PATIENCE, |world| !people.are_waiting() && check::is_settled(&world.database));
    rules.end(&world.shared, &database, &ledger, in_time);
    let (wrongs, trace) = world.end();
    Outcome { wrongs, trace }
}

#[test]
fn no_history_breaks_an_invariant() {
    every_seed("jobs", 10_000, history);
}

#[test]
fn a_seed_repeats_its_history_to_the_letter() {
    repeats_itself(60, history);
}
