//! SQL of backups.

use std::fmt;

use kit::args;
use kit::db::{Conn, Result, Tx};

/// What a database holds, for people who must know what they replace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Holds {
    pub accounts: i64,
    pub interactions: i64,
    pub jobs: i64,
}

impl Holds {
    /// Jobs of nobody are Repruv's own upkeep, which a first start enqueues.
    pub fn is_anything(self) -> bool {
        self.accounts + self.interactions > 0
    }
}

impl fmt::Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} accounts, {} comments and reviews, and {} jobs", self.accounts, self.interactions, self.jobs)
    }
}

pub fn holds(conn: &mut Conn) -> Result<Holds> {
    let mut count = |sql| conn.one::<i64>(sql, args![]);
    Ok(Holds {
        accounts: count("SELECT count(*) FROM users")?,
        interactions: count("SELECT count(*) FROM interactions")?,
        jobs: count("SELECT count(*) FROM background_jobs")?,
    })
}

pub fn is_migrated(conn: &mut Conn, migrations: usize) -> Result<bool> {
    let applied = conn.one::<i64>("SELECT count(*) FROM schema_migrations", args![])?;
    Ok(usize::try_from(applied).is_ok_and(|applied| applied == migrations))
}

/// What was signed in, half granted or handed out when the backup was made is not so any more.
pub fn end_sessions(tx: &mut Tx) -> Result<()> {
    for table in ["oauth_flows", "user_sessions", "one_time_links", "known_devices"] {
        tx.exec(&format!("DELETE FROM {table}"), args![])?;
    }
    Ok(())
}

/// Of Repruv processes, beyond the two that this one has: it would go on with what it remembers.
pub fn other_connections(conn: &mut Conn) -> Result<i64> {
    let all = conn.one::<i64>(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'repruv%'",
        args![],
    )?;
    Ok((all - 2).max(0))
}
