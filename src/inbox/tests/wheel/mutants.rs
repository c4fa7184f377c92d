//! Bugs put into the inbox on purpose, each of which its histories must find.

use kit::finds;
use kit::testing::Engine;
use kit::testing::simulation::Outcome;

/// Histories in which a bug must show itself.
const HISTORIES: u64 = 30;

fn history(seed: u64, traced: bool) -> Outcome {
    super::history(Engine::Sqlite, seed, traced).0
}

finds! {
    HISTORIES, history;
    a_word_on_spam_that_is_not_counted: "inbox: a word on spam is not counted", "counts are no recount";
    a_word_on_replies_that_is_not_counted: "inbox: a word on replies is not counted", "counts are no recount";
}
