//! The job engine: who works, what waits, and what stands still and why.

use kit::clock::Timestamp;
use kit::db::{self, Conn};
use kit::jobs::Overview;

use super::{Finding, HOUR, MINUTE, bad, ok, store, warn};

pub(super) fn look(conn: &mut Conn, now: Timestamp) -> db::Result<Vec<Finding>> {
    let jobs = kit::jobs::overview(conn, now)?;
    let blocking = store::blocking_keys(conn, now - MINUTE)?;
    Ok(vec![
        workers(&jobs),
        queue(&jobs, now),
        leases(conn, now)?,
        match store::running_for_nobody(conn, now - MINUTE)? {
            0 => ok("running jobs", "each has a worker that shows itself"),
            lost => warn(
                "running jobs",
                format!("{lost} belong to workers that are gone"),
                "start a worker to pick them up",
            ),
        },
        match blocking.first() {
            None => ok("operations", "none blocked"),
            Some(_) => bad(
                "operations",
                format!("overdue jobs are blocking {}", blocking.join(", ")),
                "start a worker to clear them, or cancel them on the activity page",
            ),
        },
        match store::engine_rows_of_the_future(conn, now + MINUTE)? {
            0 => ok("job times", "none is ahead of the clock"),
            ahead => warn(
                "job times",
                format!("{ahead} rows were written by a clock that stood ahead"),
                "let this machine follow a time server; a worker that starts now brings them back",
            ),
        },
    ])
}

fn workers(jobs: &Overview) -> Finding {
    match jobs.workers_online {
        0 => bad("workers", "none online: nothing will get done", "run `repruv serve` or `repruv worker`"),
        online => ok("workers", format!("{online} online")),
    }
}

fn queue(jobs: &Overview, now: Timestamp) -> Finding {
    let (ready, oldest) = (jobs.ready(), jobs.oldest_ready_age(now));
    let text = format!("{ready} jobs due, the oldest for {} s", oldest.as_secs());
    match oldest > MINUTE {
        true => warn("queue", text, "start more workers, or raise REPRUV_WORKER_CONCURRENCY"),
        false => ok("queue", text),
    }
}

/// A lease is a matter of seconds: one that ends an hour from now was written by a clock that stood ahead.
fn leases(conn: &mut Conn, now: Timestamp) -> db::Result<Finding> {
    let (over, ahead) = (store::leases_over(conn, now - MINUTE)?, store::leases_ahead(conn, now + HOUR)?);
    Ok(match (over, ahead) {
        (0, 0) => ok("leases", "all are being renewed"),
        (over, 0) => warn("leases", format!("{over} ran out, and nobody took the jobs up"), "start a worker"),
        (_, ahead) => warn(
            "leases",
            format!("{ahead} end more than an hour from now, and {over} ran out"),
            "let this machine follow a time server; a worker that starts now brings them back",
        ),
    })
}
