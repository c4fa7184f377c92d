//! The hourly round.

use std::collections::HashSet;
use std::time::Duration;

use kit::db::Tx;
use kit::jobs::{self, Done, Failure, Job, Policy, Recurring, Retention, Run};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::store;
use crate::app::App;

/// Removes finished jobs, expired sessions, links and consents of long ago, webhooks that nobody will send again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tidy {}

impl Recurring for Tidy {
    const EVERY: Duration = Duration::from_secs(3_600);
}

impl Job for Tidy {
    const TYPE: &'static str = "tidy";
    const CONCURRENCY: usize = 1;
    type Context = App;

    fn policy(&self) -> Policy {
        Policy { priority: 900, deadline: Duration::from_secs(6 * 3_600), ..Policy::default() }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        let jobs = prune_jobs(&app, &run).await?;
        let mut rows = 0;
        for purge in store::PURGES {
            let now = app.now();
            loop {
                let removed = run.write(move |tx: &mut Tx| Ok(purge(tx, now, store::BATCH)?)).await?;
                rows += removed;
                if removed < store::BATCH as u64 {
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
