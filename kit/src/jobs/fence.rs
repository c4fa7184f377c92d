//! Whose a job is, asked with its row locked.

use super::JobId;
use super::store::locking;
use crate::args;
use crate::clock::Timestamp;
use crate::db::{Result, Tx};
use crate::mutant;

/// The fence: whether `token` may still write, held true to the end of the transaction.
///
/// It prolongs the lease too: renewals pass over a row that a transaction holds, and a run that writes without a pause
/// would lose its lease while it works. A write that comes late never shortens what was prolonged since. And whoever stores
/// something gets on: the deaths before it are no longer held against the job.
pub(super) fn holds(tx: &mut Tx, seq: i64, token: i64, lease_until: Timestamp) -> Result<bool> {
    let sql = "UPDATE background_jobs SET deaths = 0, suspect_since = NULL, \
               lease_until = CASE WHEN lease_until < $3 THEN $3 ELSE lease_until END \
               WHERE seq = $1 AND lease_token = $2 AND status = 'running' AND cancel_requested_at IS NULL";
    let held = tx.exec(
        mutant!("what was stored does not count": sql, "deaths = 0, suspect_since = NULL, " => ""),
        args![seq, token, lease_until],
    )?;
    Ok(held == 1)
}

/// Whether a lease that had run out has not been prolonged meanwhile. Ask with the row locked.
pub(super) fn is_expired(tx: &mut Tx, seq: i64, now: Timestamp) -> Result<bool> {
    let sql = "SELECT seq FROM background_jobs WHERE seq = $1 AND status = 'running' AND lease_until < $2";
    Ok(tx.opt::<i64>(sql, args![seq, now])?.is_some())
}

/// The live job that holds an operation's key: it does not end before this transaction does. One that was about to has ended.
pub(super) fn live_with_key(tx: &mut Tx, operation_key: &str) -> Result<Option<JobId>> {
    let live = "SELECT id FROM background_jobs WHERE operation_key = $1 AND status IN ('pending', 'running')";
    let sql = [live, locking(tx)].concat();
    tx.opt(&sql, args![operation_key])
}
