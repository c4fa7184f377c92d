//! Bugs put into the engine on purpose, each of which the simulation must find.

use std::time::Duration;

use super::{history, history_with, kept_database};
use crate::finds;
use crate::testing::mutants::must_be_found;
use crate::testing::simulation::{Faults, Plan};

/// Histories in which a bug must show itself.
const HISTORIES: u64 = 3_000;

finds! {
    HISTORIES, history;
    a_write_without_fence: "no fence", "a run wrote that had lost its lease";
    a_token_that_does_not_grow: "a token that does not grow", "a token did not grow";
    an_end_in_two_commits: "state and job in two commits", "operations are under way";
    a_failure_in_two_commits: "gave up in a commit of its own", "operations are under way";
    a_checkpoint_in_a_commit_of_its_own: "a checkpoint before its rows", "completed without act";
    an_acknowledgement_before_the_commit: "acknowledged before the commit", "was acknowledged and does not exist";
    leases_that_nobody_renews: "leases are not renewed", "lost its lease";
    abandoned_jobs_that_nobody_takes: "abandoned jobs are left", "not everything has ended";
    deaths_without_bound: "deaths without end", "attempts or deaths are out of bounds";
    attempts_without_bound: "attempts without end", "attempts or deaths are out of bounds";
    steps_that_do_not_count: "what was stored does not count", "although something was stored in between";
    a_suspect_in_company: "a suspect has company", "was blamed for a death in company";
    interruptions_that_cost_attempts: "an interruption costs an attempt", "and yet attempt";
    wake_ups_by_signals_alone: "woken by signals alone", "not everything has ended";
    a_job_that_begins_too_early: "begun before the commit", "a run began whose job is not there";
    a_key_for_each_attempt: "a key for each attempt", "was made more than once";
}

#[test]
fn two_live_jobs_of_one_key() {
    let dropped = kept_database().look(|tx| tx.exec("DROP INDEX background_jobs_one_live", &[]));
    dropped.expect("this thread has a database of its own");
    must_be_found("two live jobs of one key", "two live jobs hold the key", HISTORIES, history);
}

/// Needs a worker that read what to take back, and stood still until somebody else had done it.
#[test]
fn a_job_taken_back_from_its_new_owner() {
    find_with("taken back whosever it is", "a job was taken from a worker whose lease still ran", |plan| {
        several(plan);
        plan.faults = Faults { slow: 600, freeze: 60, killed: 10, ..Faults::NONE };
    });
}

/// Needs a write that comes late, and prolongs the lease just after somebody read that it had run out.
#[test]
fn a_job_taken_back_from_its_owner_that_prolonged_it() {
    find_with("taken back although it was prolonged", "a job was taken from a worker whose lease still ran", |plan| {
        several(plan);
        plan.faults = Faults { slow: 400, freeze: 150, adrift: 200, ..Faults::NONE };
    });
}

/// Needs a call that outlasts the lease while the database is out of reach.
#[test]
fn a_worker_that_goes_on_without_its_lease() {
    find_with("no end without a lease", "a run calls outside that lost its lease", |plan| {
        several(plan);
        plan.faults = Faults { cut_off: 60, ..Faults::NONE };
    });
}

fn several(plan: &mut Plan) {
    plan.processes = 3;
    plan.settings.lease = Duration::from_secs(2);
    plan.settings.exclusive = false;
}

fn find_with(bug: &'static str, shows: &str, tune: impl Fn(&mut Plan)) {
    must_be_found(bug, shows, HISTORIES, |seed, traced| history_with(seed, traced, &tune));
}
