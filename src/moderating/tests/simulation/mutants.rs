//! Bugs put into the ledger of acts and its job on purpose, each of which its histories must find.

use kit::finds;

use super::history;

/// Histories in which a bug must show itself.
const HISTORIES: u64 = 2_000;

finds! {
    HISTORIES, history;
    a_platform_that_is_asked_before_anybody_knows: "moderation: asking is not committed first", "done after that";
    a_lost_answer_that_is_taken_for_a_yes: "moderation: a lost answer is a yes", "never did it";
    a_comment_that_is_passed_over_for_nothing: "moderation: anything counts as under way", "was passed over for no reason";
    a_limit_that_is_taken_for_nothing: "moderation: a limit is taken for nothing", "called back, and done before that";
    a_stopped_job_that_leaves_what_is_not_known: "moderation: a stopped job leaves the rest", "although nothing moves";
}
