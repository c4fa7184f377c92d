//! What goes wrong with real accounts, on a press: the demo service does it, and whoever pressed meets what they would meet then.

use kit::db;
use kit::jobs::{Done, Enqueue, Failure, Job, JobId, Policy, Run};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{DemoStatus, UserId, WorkspaceId, service, store};
use crate::app::App;
use crate::connections::jobs::enqueue_sync;
use crate::connections::{Status, store as connections};
use crate::work::{Who, Work};

kit::text_enum! {
    /// Something that happens to real accounts.
    pub enum Switch {
        RevokeToken = "revoke_token",
        SpendQuota = "spend_quota",
        LoseAnswer = "lose_answer",
        ServerErrors = "server_errors",
        Edit = "edit",
        Delete = "delete",
        RepeatWebhook = "repeat_webhook",
        AllWell = "all_well",
    }
}

impl Switch {
    /// Whether the accounts are read at once, so that it is met.
    const fn shows_at_once(self) -> bool {
        matches!(self, Switch::RevokeToken | Switch::SpendQuota | Switch::ServerErrors | Switch::AllWell)
    }
}

/// Why a switch is not pressed.
#[derive(Debug, thiserror::Error)]
pub enum NotPressed {
    #[error("there is no demo")]
    NoDemo,
    #[error(transparent)]
    Db(#[from] db::Error),
}

pub fn press(work: &mut Work<'_>, user: UserId, switch: Switch) -> Result<JobId, NotPressed> {
    let state = store::lock(work.tx, user)?;
    let Some(workspace_id) = state.workspace_id.filter(|_| state.status == DemoStatus::Enabled) else {
        return Err(NotPressed::NoDemo);
    };
    let enqueue = Enqueue { user_id: Some(user.uuid()), workspace_id: Some(workspace_id.uuid()), ..Enqueue::default() };
    Ok(kit::jobs::enqueue(work.tx, work.now, work.random, &PressSwitch { switch, workspace_id }, enqueue)?.id)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PressSwitch {
    pub switch: Switch,
    pub workspace_id: WorkspaceId,
}

impl Job for PressSwitch {
    const TYPE: &'static str = "press_switch";
    type Context = App;

    /// Somebody sits and waits for it.
    fn policy(&self) -> Policy {
        Policy { max_attempts: 3, priority: 20, ..Policy::default() }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        let user = run.user_id().map(UserId::from).ok_or_else(|| Failure::fail("no_user", "This job has no owner."))?;
        service::press(&app, user, self.switch).await?;
        let (made_by, workspace, switch) = (app.clone(), self.workspace_id, self.switch);
        let end = made_by.unit(Who::user(user, ""), move |work| {
            let accounts = connections::list(work.tx, workspace)?;
            let read = accounts.iter().filter(|account| account.connection_status == Status::Connected);
            for account in read.filter(|_| switch.shows_at_once()) {
                enqueue_sync(work.tx, work.now, work.random, Some(user), account.id, work.now)?;
            }
            Ok(())
        });
        run.finish(json!({ "switch": self.switch }), end).await
    }
}
