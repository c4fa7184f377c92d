//! Bugs put in on purpose: what a simulation must find, or it proves nothing.

use std::borrow::Cow;
use std::cell::Cell;

thread_local! {
    static ON: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Whether the present thread's simulation wants this bug.
pub fn is_on(bug: &str) -> bool {
    ON.get() == Some(bug)
}

/// Runs `work` on this thread with one bug in the code.
pub fn with<T>(bug: &'static str, work: impl FnOnce() -> T) -> T {
    ON.set(Some(bug));
    let result = work();
    ON.set(None);
    result
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
