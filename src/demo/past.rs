//! A demo's past: what its accounts counted on the days before it was set up. No platform tells that, so the demo service does.

use kit::clock::Timestamp;
use kit::db;
use serde::Deserialize;

use super::WorkspaceId;
use crate::connections::ConnectionId;
use crate::inbox::content::{self, AccountCounters};
use crate::inbox::ingest::IngestContext;
use crate::model::Platform;
use crate::platforms::Account;
use crate::work::Work;

/// As many as the world of a demo goes back.
pub const DAYS: usize = 90;

#[derive(Debug, Deserialize)]
pub struct Past {
    accounts: Vec<AccountPast>,
}

#[derive(Debug, Deserialize)]
struct AccountPast {
    /// One that this release does not know is nobody's.
    platform: String,
    external_id: String,
    readings: Vec<Reading>,
}

#[derive(Debug, Deserialize)]
struct Reading {
    at: Timestamp,
    #[serde(default)]
    followers: Option<i64>,
    #[serde(default)]
    views: Option<i64>,
    #[serde(default)]
    content: Option<i64>,
}

impl Past {
    /// Keeps the past of the accounts that are connected now. What is read today comes later, and counts.
    pub fn keep<'a>(
        &self,
        work: &mut Work<'_>,
        (workspace, platform): (WorkspaceId, Platform),
        connected: impl Iterator<Item = (&'a ConnectionId, &'a Account)>,
    ) -> db::Result<()> {
        for (connection, account) in connected {
            let is_it = |past: &&AccountPast| {
                past.platform == platform.as_str() && past.external_id == account.observed.external_id
            };
            let Some(past) = self.accounts.iter().find(is_it) else { continue };
            let (connection, now, random) = (*connection, work.now, work.random);
            let context = IngestContext { workspace, connection, platform, language: None, now, random };
            let readings = past.readings.iter().take(DAYS + 1).map(Reading::counters).collect::<Vec<_>>();
            content::past(work.tx, &context, &readings)?;
        }
        Ok(())
    }
}

impl Reading {
    const fn counters(&self) -> (Timestamp, AccountCounters) {
        (self.at, AccountCounters { followers: self.followers, views: self.views, content: self.content })
    }
}
