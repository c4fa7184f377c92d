//! Bugs put into demo mode on purpose, each of which its histories must find.

use kit::finds;
use kit::testing::mutants::must_be_found;
use kit::testing::simulation::{Faults, Plan};

use super::{history, history_with};

/// Histories in which a bug must show itself.
const HISTORIES: u64 = 2_000;

finds! {
    HISTORIES, history;
    a_failure_that_forgets_no_profile: "demo: a failed set-up keeps its profile", "I3: ";
    a_leaving_that_keeps_deliveries: "demo: leaving keeps the deliveries", "I11: left behind by demo mode: webhook_deliveries";
    a_call_back_that_takes_nothing_back: "demo: called back without taking back", "I3: ";
    a_last_wish_that_is_lost: "demo: the last wish is lost", "although the last wish was Some(Demo)";
    a_set_up_that_does_not_count: "demo: enabled without counting", "I6: ";
    a_webhook_of_a_left_profile: "webhooks: kept in the live workspace", "I7: deliveries outside of a demo";
    a_webhook_that_counts_twice: "webhooks: a duplicate counts", "I7: ";
    a_call_inside_of_a_transaction: "demo: asked inside of a transaction", "I8: ";
}

/// Needs a transaction that breaks just between the two.
#[test]
fn a_status_and_its_job_in_two_commits() {
    find_with("state and job in two commits", "I2: ", |plan| {
        plan.faults = Faults { broken: 200, ..Faults::NONE };
    });
}

/// Needs a set-up that is called back while the far side has not yet heard what it was asked for.
#[test]
fn a_request_that_arrives_after_the_call_back() {
    find_with("demo: a late request makes a profile", "I3: disabled", |plan| {
        plan.faults = Faults { outside: 1_000, ..Faults::NONE };
    });
}

/// Needs a far side that mixes up its answers.
#[test]
fn a_strangers_profile() {
    find_with("demo: the profile of anybody", "I12: ", |plan| {
        plan.faults = Faults { outside: 1_000, ..Faults::NONE };
    });
}

fn find_with(bug: &'static str, shows: &str, tune: impl Fn(&mut Plan)) {
    must_be_found(bug, shows, HISTORIES, |seed, traced| history_with(seed, traced, &tune));
}
