//! Whether what DATABASE_URL leads to can be worked with, found out before anything is set there.

use super::super::{Error, Result};
use super::address::Address;
use super::line::Line;

/// Others may use the pooler in between two questions; not each time.
const ROUNDS: usize = 3;

/// Refuses a pooler that gives each transaction another session, and a database that cannot hold every text.
///
/// In such a session nothing may be set up: what is would be gone in the next transaction, and reach the pooler's other
/// clients.
pub(super) fn check(address: &Address, any_encoding: bool) -> Result<()> {
    let ours = Line::connect(address)?;
    let encoding = ours.ask("SHOW server_encoding")?;
    if encoding != "UTF8" && !any_encoding {
        return Err(Error::Unavailable(format!(
            "the database is encoded in {encoding}, which cannot hold every text: make one with ENCODING 'UTF8' TEMPLATE template0"
        )));
    }
    // A server that has no place for a second connection is no pooler.
    let Ok(other) = Line::connect(address) else { return Ok(()) };
    for _ in 0..ROUNDS {
        let [first, second] = [ours.ask(SESSION)?, ours.ask(SESSION)?];
        if first != second || first == other.ask(SESSION)? {
            return Err(Error::Unavailable(
                "DATABASE_URL leads to a pooler that gives each transaction another session (pgbouncer's pool_mode = transaction): \
                 name PostgreSQL itself, or a pool with pool_mode = session"
                    .into(),
            ));
        }
    }
    Ok(())
}

const SESSION: &str = "SELECT pg_backend_pid()";
