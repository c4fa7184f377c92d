//! Bugs put into the ledger and its job on purpose, each of which its histories must find.

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
    a_platform_that_is_asked_before_anybody_knows: "replies: sending is not committed first", " times in t";
    a_reply_that_is_sent_again_unseen: "replies: nothing is read back", " times in t";
    a_reply_that_is_looked_for_too_early: "replies: it is looked for once", " times in t";
    a_refusal_that_is_believed: "replies: a refusal is taken for nothing", " times in t";
    a_form_that_is_sent_twice: "replies: the key is not in the constraint", "the key k";
}

/// Looks for a history that goes wrong in the way in which this bug must.
fn find(bug: &'static str, shows: &str) {
    let shown = |seed| history(seed, false).wrongs.into_iter().find(|wrong| wrong.contains(shows));
    let found = mutants::with(bug, || until_found(HISTORIES, shown));
    let (seed, wrong) = found.unwrap_or_else(|| panic!("{HISTORIES} histories did not show the bug: {bug}"));
    println!("{bug}: shown by history {seed}: {wrong}");
}
