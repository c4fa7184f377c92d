//! Bugs put into the ledger and its job on purpose, each of which its histories must find.

use kit::finds;

use super::history;

/// Histories in which a bug must show itself.
const HISTORIES: u64 = 2_000;

finds! {
    HISTORIES, history;
    a_platform_that_is_asked_before_anybody_knows: "replies: sending is not committed first", " times in t";
    a_reply_that_is_sent_again_unseen: "replies: nothing is read back", " times in t";
    a_reply_that_is_looked_for_too_early: "replies: it is looked for once", " times in t";
    a_refusal_that_is_believed: "replies: a refusal is taken for nothing", " times in t";
    a_limit_that_is_taken_for_nothing: "replies: a limit is taken for nothing", " times in t";
    a_reply_that_is_called_back_after_it_was_sent: "replies: called back after it was sent", " times in t";
    a_form_that_is_sent_twice: "replies: the key is not in the constraint", "the key k";
}
