//! The index made anew: after a release that reads texts in another way, after a backup of another database, or by hand.

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx};
use kit::jobs::{self, Done, Enqueue, Failure, Job, Policy, Run};
use kit::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{VERSION, store};
use crate::app::App;
use crate::model::InteractionId;
use crate::workspaces::{self, WorkspaceId};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Interactions that one transaction reads anew.
const PORTION: usize = 250;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RebuildSearch {}

/// Up to where all is made anew, newest first in each workspace. A portion that is made twice is the same.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Reached {
    workspace: WorkspaceId,
    before: Option<(Timestamp, InteractionId)>,
    done: usize,
}

impl Reached {
    pub fn start(workspace: WorkspaceId) -> Self {
        Self { workspace, before: None, done: 0 }
    }
}

impl Job for RebuildSearch {
    const TYPE: &'static str = "rebuild_search";
    const CONCURRENCY: usize = 1;
    type Context = App;

    fn policy(&self) -> Policy {
        Policy { priority: 800, deadline: DAY, ..Policy::default() }
    }

    async fn run(self, app: App, run: Run) -> std::result::Result<Done, Failure> {
        let (mut workspaces, total) =
            app.db.read(|conn| Ok::<_, kit::db::Error>((workspaces::all(conn)?, store::count(conn)?))).await?;
        workspaces.sort_unstable();
        let known: Option<Reached> = run.restore();
        let mut done = known.map_or(0, |reached| reached.done);
        for workspace in workspaces {
            let reached = match known {
                Some(reached) if workspace < reached.workspace => continue,
                Some(reached) if workspace == reached.workspace => reached,
                _ => Reached { done, ..Reached::start(workspace) },
            };
            let mut next = Some(reached);
            while let Some(reached) = next {
                done = reached.done;
                run.progress(done, total.max(done), "Reading comments anew");
                next = run.step(&reached, move |tx| Ok(portion(tx, reached, PORTION)?)).await?;
            }
        }
        run.finish(json!({ "read": done }), |tx| Ok(store::set_version(tx, VERSION)?)).await
    }
}

/// Whoever writes in the workspace meanwhile waits for its lock, as this does.
pub(super) fn portion(tx: &mut Tx, reached: Reached, limit: usize) -> Result<Option<Reached>> {
    workspaces::lock(tx, reached.workspace)?;
    let written = store::written_before(tx, reached.workspace, reached.before, limit)?;
    super::index(tx, reached.workspace, &written.iter().map(store::Written::document).collect::<Vec<_>>())?;
    let last = written.last().map(|last| (last.created_at, last.id));
    Ok(last.map(|last| Reached { before: Some(last), done: reached.done + written.len(), ..reached }))
}

/// Whether everything can be found: else a job is about to make the index anew.
pub fn is_complete(conn: &mut Conn) -> Result<bool> {
    Ok(store::version(conn)? == Some(VERSION))
}

/// Sees to it that the index is of this release's tokenizer.
pub fn keep_current(tx: &mut Tx, now: Timestamp, random: &Random) -> Result<()> {
    if is_complete(tx)? {
        return Ok(());
    }
    if store::count(tx)? == 0 {
        return store::set_version(tx, VERSION);
    }
    let how = Enqueue { operation_key: Some(RebuildSearch::TYPE.to_owned()), ..Enqueue::default() };
    jobs::enqueue(tx, now, random, &RebuildSearch {}, how)?;
    Ok(())
}

/// The index is not what it should be, whatever its version says: it is made anew.
pub fn start_anew(tx: &mut Tx, now: Timestamp, random: &Random) -> Result<()> {
    store::forget_version(tx)?;
    keep_current(tx, now, random)
}
