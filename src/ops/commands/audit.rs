//! `repruv audit verify` and `repruv audit list`.

use std::time::Duration;

use crate::audit;
use crate::config::Settings;
use crate::secrets::Vault;
use clap::Subcommand;
use kit::clock::Clock;
use kit::db::{Db, Options};
use kit::random::Random;

use super::Failed;

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Check that the log is intact; fails if not
    Verify,
    /// Show the newest rows
    List {
        #[arg(long, default_value_t = 50)]
        limit: u16,
    },
}

/// Reads beside a running server.
pub async fn audit(settings: &Settings, command: AuditCommand) -> Result<(), Failed> {
    let key_file = settings.key_file();
    if !key_file.exists() {
        return Err(format!("{} is missing: the log is sealed with it", key_file.display()).into());
    }
    let vault = Vault::open(&key_file, &Random::system())?;
    let mut options = Options::new(settings.database_url(), Clock::system());
    options.connections = 1;
    let db = tokio::task::spawn_blocking(|| Db::open(options)).await??;
    let shown = match command {
        AuditCommand::Verify => verify(&db, vault).await,
        AuditCommand::List { limit } => list(&db, limit).await,
    };
    tokio::task::spawn_blocking(move || db.close()).await?;
    shown
}

async fn verify(db: &Db, vault: Vault) -> Result<(), Failed> {
    let verified = db.read_within(Duration::MAX, move |conn| audit::verify(conn, &vault)).await?;
    let verified = verified.map_err(|broken| format!("the audit log has been tampered with: {broken}"))?;
    println!("All {} rows are intact", verified.rows);
    println!("Save this elsewhere to prove later that nothing was removed: {} {}", verified.rows, verified.code);
    Ok(())
}

async fn list(db: &Db, limit: u16) -> Result<(), Failed> {
    for row in db.read(move |conn| audit::list(conn, None, limit.into())).await? {
        let audit::Row { seq, at, event, outcome, actor, object, address, .. } = row;
        println!("{seq}  {at}  {event}  {outcome}  actor={actor:?} object={object:?} address={address:?}");
    }
    Ok(())
}
