//! SQL of what others did on a press, and of what a press ends.

use kit::args;
use kit::db::{Conn, Result, Tx};

use super::{Change, Reads};
use crate::profiles::ProfileId;
use crate::world::Platform;

fn name(platform: Platform) -> &'static str {
    match platform {
        Platform::Google => "google_business",
        Platform::YouTube => "youtube",
        Platform::Bluesky => "bluesky",
    }
}

/// In their order.
pub fn changes(conn: &mut Conn, profile: ProfileId) -> Result<Vec<Change>> {
    type Row = (String, String, kit::clock::Timestamp, Option<String>, Option<i64>);
    let rows = conn.all::<Row>(
        "SELECT platform, external_id, changed_at, text, stars FROM world_changes WHERE profile_id = $1 ORDER BY id",
        args![profile],
    )?;
    let change = |(platform, id, at, text, stars): Row| {
        let platform = Platform::ALL.into_iter().find(|known| name(*known) == platform)?;
        let stars = stars.and_then(|stars| u8::try_from(stars).ok());
        Some(Change { platform, id, at, now_reads: text.map(|text| Reads { text, stars }) })
    };
    Ok(rows.into_iter().filter_map(change).collect())
}

pub fn insert(tx: &mut Tx, profile: ProfileId, change: &Change) -> Result<()> {
    let reads = change.now_reads.as_ref();
    tx.exec(
        "INSERT INTO world_changes (profile_id, platform, external_id, changed_at, text, stars) VALUES ($1, $2, $3, $4, $5, $6)",
        args![
            profile,
            name(change.platform),
            change.id.as_str(),
            change.at,
            reads.map(|reads| reads.text.as_str()),
            reads.and_then(|reads| reads.stars).map(i64::from)
        ],
    )?;
    Ok(())
}

/// Whatever opens an account of the profile's ends.
pub fn end_authorisations(tx: &mut Tx, profile: ProfileId) -> Result<()> {
    for sql in [
        "DELETE FROM oauth_codes WHERE profile_id = $1",
        "DELETE FROM oauth_grants WHERE profile_id = $1",
        "DELETE FROM network_sessions WHERE profile_id = $1",
        "DELETE FROM app_passwords WHERE profile_id = $1",
    ] {
        tx.exec(sql, args![profile])?;
    }
    Ok(())
}

/// The next webhook is delivered once more.
pub fn repeat_next(tx: &mut Tx, profile: ProfileId) -> Result<()> {
    tx.exec("UPDATE profiles SET repeats_next = TRUE WHERE id = $1", args![profile])?;
    Ok(())
}
