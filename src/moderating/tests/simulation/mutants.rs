//! Bugs put into the ledger of acts and its job on purpose, each of which its histories must find.

use kit::testing::mutants;
use kit::testing::simulation::until_found;

use super::history;

/// Histories in which a bug must show itself.
const HISTORIES: u64 = 2_000;

/// Names a test for each bug, and what a history says that has it.
macro_rules! finds {
    ($($test:ident: $bug:literal, $shows:literal;)+) => {$(
        #[test]
        fn $test() {
            find($bug, $shows);
        }
    )+};
}

finds! {
    a_platform_that_is_asked_before_anybody_knows: "moderation: asking is not committed first", "done after that";
    a_lost_answer_that_is_taken_for_a_yes: "moderation: a lost answer is a yes", "never did it";
    a_stopped_job_that_leaves_what_is_not_known: "moderation: a stopped job leaves the rest", "although nothing moves";
}

/// Looks for a history that goes wrong in the way in which this bug must.
fn find(bug: &'static str, shows: &str) {
    let shown = |seed| history(seed, false).wrongs.into_iter().find(|wrong| wrong.contains(shows));
    let found = mutants::with(bug, || until_found(HISTORIES, shown));
    let (seed, wrong) = found.unwrap_or_else(|| panic!("{HISTORIES} histories did not show the bug: {bug}"));
    println!("{bug}: shown by history {seed}: {wrong}");
}
