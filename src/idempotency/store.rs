//! SQL of calls that were made with a key.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Result, Tx};

use crate::workspaces::UserId;

kit::row! {
    pub struct Kept {
        pub body_hash: Vec<u8>,
        pub status: i64,
        pub answer: Vec<u8>,
    }
}

/// Whether the call is the first: a second one at the same time waits here for the first one's end.
pub fn claim(
    tx: &mut Tx,
    id: &[u8],
    user: UserId,
    body_hash: &[u8],
    now: Timestamp,
    forgotten: Timestamp,
) -> Result<bool> {
    let claimed = tx.exec(
        "INSERT INTO idempotency_keys (id, user_id, body_hash, status, answer, created_at)
         VALUES ($1, $2, $3, 0, $4, $5)
         ON CONFLICT (id) DO UPDATE SET body_hash = excluded.body_hash, created_at = excluded.created_at
             WHERE idempotency_keys.created_at <= $6",
        args![id, user, body_hash, &[][..], now, forgotten],
    )?;
    Ok(claimed > 0)
}

pub fn keep(tx: &mut Tx, id: &[u8], status: u16, answer: &[u8]) -> Result<()> {
    tx.exec(
        "UPDATE idempotency_keys SET status = $2, answer = $3 WHERE id = $1",
        args![id, i64::from(status), answer],
    )?;
    Ok(())
}

pub fn kept(tx: &mut Tx, id: &[u8]) -> Result<Kept> {
    tx.one(&format!("SELECT {} FROM idempotency_keys WHERE id = $1", Kept::COLUMNS), args![id])
}

pub fn purge(tx: &mut Tx, until: Timestamp, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM idempotency_keys WHERE id IN
             (SELECT id FROM idempotency_keys WHERE created_at <= $1 ORDER BY created_at LIMIT $2)",
        args![until, batch],
    )
}
