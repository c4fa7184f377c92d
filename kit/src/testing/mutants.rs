//! Bugs put in on purpose: what a simulation must find, or it proves nothing.

use std::borrow::Cow;
use std::cell::Cell;

use super::simulation::{Outcome, until_found};
use crate::db::Tx;

thread_local! {
    static ON: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Whether the present thread's simulation wants this bug.
pub fn is_on(bug: &str) -> bool {
    ON.get() == Some(bug)
}

/// Runs `work` on this thread with one bug in the code.
pub fn with<T>(bug: &'static str, work: impl FnOnce() -> T) -> T {
    having(Some(bug), work)
}

/// A unit of work with the bug that is wanted where it is asked for: a database runs it on a thread of its own.
pub(crate) fn taken_along<T>(
    mut unit: impl FnMut(&mut Tx) -> T + Send + 'static,
) -> impl FnMut(&mut Tx) -> T + Send + 'static {
    let bug = ON.get();
    move |tx| having(bug, || unit(tx))
}

fn having<T>(bug: Option<&'static str>, work: impl FnOnce() -> T) -> T {
    let before = ON.replace(bug);
    let result = work();
    ON.set(before);
    result
}

/// Looks for a history that goes wrong in the way in which this bug must.
///
/// # Panics
/// When none of the first `limit` does.
pub fn must_be_found(bug: &'static str, shows: &str, limit: u64, history: impl Fn(u64, bool) -> Outcome) {
    let shown = |seed| history(seed, false).wrongs.into_iter().find(|wrong| wrong.contains(shows));
    let found = with(bug, || until_found(limit, shown));
    let (seed, wrong) = found.unwrap_or_else(|| panic!("{limit} histories did not show the bug: {bug}"));
    println!("{bug}: shown by history {seed}: {wrong}");
}

/// A statement with a part of it changed, where this bug is wanted.
pub fn rewritten<'a>(bug: &str, sql: &'a str, from: &str, to: &str) -> Cow<'a, str> {
    if !is_on(bug) {
        return Cow::Borrowed(sql);
    }
    assert!(sql.contains(from), "{bug}: there is no {from} in {sql}");
    Cow::Owned(sql.replace(from, to))
}

/// Whether a bug is in the code, by its name; or the bug itself; or a statement that has it. Only ever where a simulation put it: in every product
/// build it is `false`, or nothing.
#[cfg(feature = "testing")]
#[macro_export]
macro_rules! mutant {
    ($bug:literal) => {
        $crate::testing::mutants::is_on($bug)
    };
    ($bug:literal => $code:block) => {
        if $crate::testing::mutants::is_on($bug) $code
    };
    ($bug:literal: $sql:expr, $from:expr => $to:literal) => {
        &*$crate::testing::mutants::rewritten($bug, $sql, $from, $to)
    };
}

/// Names a test for each bug, and what a history says that has it:
///
/// ```ignore
/// finds! {
///     2_000, history;
///     a_write_without_fence: "no fence", "a run wrote that had lost its lease";
/// }
/// ```
#[cfg(feature = "testing")]
#[macro_export]
macro_rules! finds {
    ($limit:expr, $history:expr; $($test:ident: $bug:literal, $shows:literal;)+) => {$(
        #[test]
        fn $test() {
            $crate::testing::mutants::must_be_found($bug, $shows, $limit, $history);
        }
    )+};
}
