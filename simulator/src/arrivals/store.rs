//! SQL of the outbox.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};

use super::Event;
use crate::profiles::ProfileId;

kit::row! {
    /// A profile whose arrivals somebody wants to hear of.
    pub struct Announced {
        pub id: ProfileId,
        pub user_id: String,
        pub created_at: Timestamp,
        pub announced_to: Timestamp,
    }
}

kit::row! {
    pub struct Due {
        pub id: String,
        pub body: String,
        pub attempts: i64,
        pub created_at: Timestamp,
        pub url: String,
        pub secret: String,
    }
}

pub fn listening(conn: &mut Conn) -> Result<Vec<Announced>> {
    let sql = format!(
        "SELECT {} FROM profiles WHERE deactivated_at IS NULL AND webhook_url IS NOT NULL ORDER BY id",
        Announced::COLUMNS
    );
    conn.all(&sql, args![])
}

/// Nothing happens when the profile is gone meanwhile.
pub fn announce(tx: &mut Tx, profile: ProfileId, news: &[Event], to: Timestamp, now: Timestamp) -> Result<()> {
    let alive = tx.exec(
        "UPDATE profiles SET announced_to = $2, last_activity_at = $3 WHERE id = $1 AND deactivated_at IS NULL",
        args![profile, to, now],
    )?;
    if alive == 0 {
        return Ok(());
    }
    news.iter().try_for_each(|event| insert(tx, profile, event, now))
}

pub fn insert(tx: &mut Tx, profile: ProfileId, event: &Event, now: Timestamp) -> Result<()> {
    tx.exec(
        "INSERT INTO outbox (id, profile_id, body, attempts, next_at, created_at) VALUES ($1, $2, $3, 0, $4, $4)",
        args![event.id.as_str(), profile, event.body.as_str(), now],
    )?;
    Ok(())
}

pub fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Due>> {
    conn.all(
        "SELECT o.id, o.body, o.attempts, o.created_at, p.webhook_url, p.webhook_secret
         FROM outbox o JOIN profiles p ON p.id = o.profile_id
         WHERE o.next_at <= $1 AND p.deactivated_at IS NULL AND p.webhook_url IS NOT NULL
         ORDER BY o.next_at, o.id LIMIT $2",
        args![now, limit],
    )
}

/// It goes, unless it was received and is ordered to come once more than it should.
pub fn settle(tx: &mut Tx, id: &str, received: bool) -> Result<()> {
    let again = "UPDATE profiles SET repeats_next = FALSE
         WHERE repeats_next AND id = (SELECT profile_id FROM outbox WHERE id = $1)";
    if received && tx.exec(again, args![id])? > 0 {
        return Ok(());
    }
    tx.exec("DELETE FROM outbox WHERE id = $1", args![id])?;
    Ok(())
}

pub fn put_off(tx: &mut Tx, id: &str, next_at: Timestamp) -> Result<()> {
    tx.exec("UPDATE outbox SET attempts = attempts + 1, next_at = $2 WHERE id = $1", args![id, next_at])?;
    Ok(())
}

#[cfg(test)]
pub fn attempts(conn: &mut Conn, id: &str) -> Result<Option<i64>> {
    conn.opt("SELECT attempts FROM outbox WHERE id = $1", args![id])
}
