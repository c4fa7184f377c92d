//! The hourly round.

use std::collections::HashSet;
use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::jobs::{self, Done, Failure, Job, Policy, Recurring, Retention, Run};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::store;
use crate::accounts::{self, sessions};
use crate::app::App;
use crate::connections::consent;
use crate::events;
use crate::idempotency;
use crate::inbox::{decisions, marks};
use crate::moderation;
use crate::webhooks::incoming as webhooks;

type Purge = fn(&mut Tx, Timestamp, i64) -> db::Result<u64>;

const PURGES: [Purge; 9] = [
    sessions::purge,
    accounts::purge,
    consent::purge,
    idempotency::purge,
    webhooks::purge,
    events::purge,
    marks::purge,
    decisions::purge,
    moderation::purge,
];
/// Rows of a kind that one transaction removes at most.
const BATCH: i64 = 1_000;

/// Removes finished jobs, and of each feature what is past its time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PurgeExpired {}

impl Recurring for PurgeExpired {
    const EVERY: Duration = Duration::from_secs(3_600);
}

impl Job for PurgeExpired {
    const TYPE: &'static str = "tidy";
    const CONCURRENCY: usize = 1;
    type Context = App;

    fn policy(&self) -> Policy {
        Policy { priority: 900, deadline: Duration::from_secs(6 * 3_600), ..Policy::default() }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        let jobs = prune_jobs(&app, &run).await?;
        let mut rows = 0;
        for purge in PURGES {
            let now = app.now();
            loop {
                let removed = run.write(move |tx: &mut Tx| Ok(purge(tx, now, BATCH)?)).await?;
                rows += removed;
                if removed < BATCH as u64 {
                    break;
                }
            }
        }
        run.done(json!({ "jobs": jobs, "rows": rows })).await
    }
}

async fn prune_jobs(app: &App, run: &Run) -> Result<usize, Failure> {
    let (now, retention) = (app.now(), Retention::default());
    let (mut removed, mut next) = (0, Some(0));
    while let Some(after) = next {
        let batch = run.write(move |tx: &mut Tx| {
            let named: HashSet<_> = store::named_jobs(tx)?.into_iter().collect();
            Ok(jobs::prune(tx, now, &retention, &named, after)?)
        });
        let batch = batch.await?;
        (removed, next) = (removed + batch.removed, batch.next);
    }
    Ok(removed)
}
