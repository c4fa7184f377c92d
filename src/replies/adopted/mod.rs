//! Answers that stand at the platforms already, taken for sent from here: the past that a demo comes with.

mod store;

use std::time::Duration;

use kit::db;

use super::ReplyId;
use crate::work::Work;
use crate::workspaces::{UserId, WorkspaceId};

/// As far back as a demo's other figures go.
const PAST: Duration = Duration::from_secs(90 * 86_400);

/// As if `author` had sent from here what the workspace's accounts answered lately. Once more changes nothing.
pub fn adopt(work: &mut Work<'_>, workspace: WorkspaceId, author: UserId) -> db::Result<()> {
    for answer in store::own_answers(work.tx, workspace, work.now - PAST)? {
        let id = ReplyId::new(answer.answered_at, work.random);
        store::insert(work.tx, id, workspace, author, &answer)?;
    }
    Ok(())
}
