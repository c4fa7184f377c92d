//! SQL of what was written through the API, and of the quota ledger.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::channel::{Overlay, Status, Written};
use super::quota::{Account, Bucket, Entry};
use crate::profiles::ProfileId;

pub fn overlay(conn: &mut Conn, profile: ProfileId) -> Result<Overlay> {
    type Row = (String, String, Option<String>, String, Timestamp, Timestamp);
    let written = conn.all::<Row>(
        "SELECT id, video_id, parent_id, text, published_at, updated_at FROM written_comments WHERE profile_id = $1 ORDER BY published_at, id",
        args![profile],
    )?;
    let written = written.into_iter().map(|(id, video_id, parent_id, text, published_at, updated_at)| Written {
        id,
        video_id,
        parent_id,
        text,
        published_at,
        updated_at,
    });
    Ok(Overlay {
        written: written.collect(),
        moderated: conn
            .all("SELECT id, status FROM moderated_comments WHERE profile_id = $1 ORDER BY id", args![profile])?,
        banned: conn.all(
            "SELECT channel_id, banned_at FROM banned_authors WHERE profile_id = $1 ORDER BY channel_id",
            args![profile],
        )?,
    })
}

pub fn count_written(conn: &mut Conn, profile: ProfileId) -> Result<i64> {
    conn.one("SELECT count(*) FROM written_comments WHERE profile_id = $1", args![profile])
}

pub fn write(tx: &mut Tx, profile: ProfileId, written: &Written) -> Result<()> {
    tx.exec(
        "INSERT INTO written_comments (profile_id, id, video_id, parent_id, text, published_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (profile_id, id) DO UPDATE SET text = excluded.text, updated_at = excluded.updated_at",
        args![
            profile,
            written.id.as_str(),
            written.video_id.as_str(),
            &written.parent_id,
            written.text.as_str(),
            written.published_at,
            written.updated_at
        ],
    )?;
    Ok(())
}

pub fn moderate(tx: &mut Tx, profile: ProfileId, id: &str, status: Status) -> Result<()> {
    tx.exec(
        "INSERT INTO moderated_comments (profile_id, id, status) VALUES ($1, $2, $3)
         ON CONFLICT (profile_id, id) DO UPDATE SET status = excluded.status",
        args![profile, id, status],
    )?;
    Ok(())
}

pub fn ban(tx: &mut Tx, profile: ProfileId, author: &str, now: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO banned_authors (profile_id, channel_id, banned_at) VALUES ($1, $2, $3) ON CONFLICT (profile_id, channel_id) DO NOTHING",
        args![profile, author, now],
    )?;
    Ok(())
}

pub fn ledger(conn: &mut Conn) -> Result<Vec<(Account, Entry)>> {
    let rows = conn.all::<(String, Bucket, String, i64)>(
        "SELECT client_id, bucket, day, used FROM quota_units ORDER BY client_id, bucket",
        args![],
    )?;
    Ok(rows
        .into_iter()
        .map(|(client_id, bucket, day, used)| (Account { client_id, bucket }, Entry { day, used }))
        .collect())
}

/// Units only grow within a day, so that of two savings under way at once the older one changes nothing.
pub fn save_ledger(tx: &mut Tx, entries: &[(Account, Entry)]) -> Result<()> {
    for (account, entry) in entries {
        tx.exec(
            "INSERT INTO quota_units (client_id, bucket, day, used) VALUES ($1, $2, $3, $4)
             ON CONFLICT (client_id, bucket) DO UPDATE SET day = excluded.day, used = excluded.used
             WHERE excluded.day > quota_units.day OR (excluded.day = quota_units.day AND excluded.used > quota_units.used)",
            args![account.client_id.as_str(), account.bucket, entry.day.as_str(), entry.used],
        )?;
    }
    Ok(())
}
