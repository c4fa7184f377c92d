//! A reader thread: one snapshot for each unit, and no more time than it has.

use std::time::Duration;

use super::super::unit::{self, Next, Units};
use super::super::watchdog::ReadDeadline;
use super::super::{Error, Tx, stats};

pub(super) fn serve(mut tx: Tx, units: &Units, until: &ReadDeadline, deadline: Duration) {
    while let Next::Unit(mut unit) = units.wait() {
        tx.conn.late = false;
        // A deferred transaction: all its statements see one snapshot.
        let mut read = tx.exec("BEGIN", &[]);
        if read.is_ok() {
            until.arm(unit.deadline().unwrap_or(deadline));
            unit::run(unit.as_mut(), &mut tx, &units.meter);
            until.disarm();
            // Nothing was written: ending a read cannot fail in a way that matters to its answer.
            let _ = tx.exec("COMMIT", &[]);
        }
        if tx.conn.late {
            stats::count(&units.meter.interrupted);
            read = Err(Error::Deadline);
        }
        unit.answer(read.map(|_| ()));
    }
}
