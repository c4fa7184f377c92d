//! Whose a running job is, asked with its row locked.

use crate::args;
use crate::clock::Timestamp;
use crate::db::{Result, Tx};

/// The fence: whether `token` may still write, held true to the end of the transaction.
///
/// It prolongs the lease too: renewals pass over a row that a transaction holds, and a run that writes without a pause
/// would lose its lease while it works. A write that comes late never shortens what was prolonged since.
pub(super) fn holds(tx: &mut Tx, seq: i64, token: i64, lease_until: Timestamp) -> Result<bool> {
    let held = tx.exec(
        "UPDATE background_jobs SET lease_until = CASE WHEN lease_until < $3 THEN $3 ELSE lease_until END WHERE seq = $1 AND lease_token = $2 AND status = 'running' \
         AND cancel_requested_at IS NULL",
        args![seq, token, lease_until],
    )?;
    Ok(held == 1)
}

/// Whether a lease that had run out has not been prolonged meanwhile. Ask with the row locked.
pub(super) fn is_expired(tx: &mut Tx, seq: i64, now: Timestamp) -> Result<bool> {
    let sql = "SELECT seq FROM background_jobs WHERE seq = $1 AND status = 'running' AND lease_until < $2";
    Ok(tx.opt::<i64>(sql, args![seq, now])?.is_some())
}
