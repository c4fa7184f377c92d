//! How many steps SQLite's machine takes for the statements of a unit: for tests that want an act to cost the same however
//! much lies beside what it is about. Counted per thread, since a thread runs one unit at a time.

use std::cell::Cell;

use rusqlite::{Statement, StatementStatus};

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// To be called when the statement has run.
pub(super) fn add(statement: &Statement<'_>) {
    let steps = u64::try_from(statement.reset_status(StatementStatus::VmStep)).unwrap_or(0);
    STEPS.set(STEPS.get() + steps);
}

/// Of the unit that has just run on this thread.
pub(super) fn take() -> u64 {
    STEPS.take()
}
