//! Whether the process lives, and whether it can work: for whoever starts it anew or sends requests its way.

pub mod pages;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use crate::app::{App, MIGRATIONS};

/// A database that is slower than this is as good as gone.
const PATIENCE: Duration = Duration::from_secs(2);

kit::text_enum! {
    /// Why no request should come here at present.
    pub enum NotReady {
        Stopping = "stopping",
        Database = "database_unreachable",
        Schema = "not_migrated",
        ReadOnly = "database_takes_no_writes",
    }
}

/// Nobody's address (RFC 5737): who sends it in `X-Forwarded-For` and is taken for it would be taken for anybody.
pub const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

pub async fn ready(app: &App) -> Result<(), NotReady> {
    if app.stopping.is_cancelled() {
        return Err(NotReady::Stopping);
    }
    match tokio::time::timeout(PATIENCE, app.db.has_migrations(MIGRATIONS)).await {
        Ok(Ok(true)) => {}
        Ok(Ok(false)) => return Err(NotReady::Schema),
        Ok(Err(_)) | Err(_) => return Err(NotReady::Database),
    }
    match tokio::time::timeout(PATIENCE, app.db.takes_writes()).await {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(NotReady::ReadOnly),
    }
}
