//! SQL of the replies to reviews.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::replies::Written;
use crate::profiles::ProfileId;

/// In the order of their writing.
pub fn replies(conn: &mut Conn, profile: ProfileId) -> Result<Vec<Written>> {
    type Row = (String, String, Timestamp, Option<String>);
    let rows = conn.all::<Row>(
        "SELECT location, review, put_at, text FROM review_replies WHERE profile_id = $1 ORDER BY put_at, location, review",
        args![profile],
    )?;
    let written = |(location, review, put_at, text): Row| {
        Some(Written { location: location.parse().ok()?, review, put_at, text })
    };
    Ok(rows.into_iter().filter_map(written).collect())
}

pub fn count_replies(conn: &mut Conn, profile: ProfileId) -> Result<i64> {
    conn.one("SELECT count(*) FROM review_replies WHERE profile_id = $1", args![profile])
}

/// Whatever was written for this instant or a later one gives way: a clock may be set back.
pub fn write_reply(tx: &mut Tx, profile: ProfileId, written: &Written) -> Result<()> {
    let location = written.location.to_string();
    tx.exec(
        "DELETE FROM review_replies WHERE profile_id = $1 AND location = $2 AND review = $3 AND put_at >= $4",
        args![profile, location.as_str(), written.review.as_str(), written.put_at],
    )?;
    tx.exec(
        "INSERT INTO review_replies (profile_id, location, review, put_at, text) VALUES ($1, $2, $3, $4, $5)",
        args![profile, location.as_str(), written.review.as_str(), written.put_at, &written.text],
    )?;
    Ok(())
}
