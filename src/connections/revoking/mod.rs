//! Giving an authorisation back, once nobody lives by it any more.

mod store;

use std::time::Duration;

use kit::jobs::{Done, Failure, Job, Policy, Run};
use kit::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::account;
use super::jobs::{Bytes, judge};
use super::store::Connection;
use super::{ConnectionId, GrantId};
use crate::app::App;
use crate::model::Platform;
use crate::secrets::{Place, Secret, Vault};
use crate::workspaces::WorkspaceId;

/// Ends a token at its provider, after we have forgotten it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RevokeToken {
    connection_id: ConnectionId,
    workspace_id: WorkspaceId,
    platform: Platform,
    /// Whose it is; `None` where nobody knows.
    external_id: Option<String>,
    /// `None` from a release that knew of none.
    #[serde(default)]
    grant_id: Option<GrantId>,
    demo: bool,
    token: Bytes,
}

impl RevokeToken {
    pub fn new(vault: &Vault, random: &Random, connection: &Connection, demo: bool, token: &Secret) -> Self {
        let job = Self {
            connection_id: connection.id,
            workspace_id: connection.workspace_id,
            platform: connection.platform,
            external_id: connection.external_id.clone(),
            grant_id: connection.grant_id,
            demo,
            token: Vec::new().into(),
        };
        let sealed = job.place(|place| vault.seal(place, token.expose().as_bytes(), random));
        Self { token: sealed.into(), ..job }
    }

    fn place<T>(&self, with: impl FnOnce(Place<'_>) -> T) -> T {
        let (row, owner) = (self.connection_id.uuid(), self.workspace_id.uuid());
        with(Place { table: "background_jobs", column: "token", row: row.as_bytes(), owner: owner.as_bytes() })
    }
}

impl Job for RevokeToken {
    const TYPE: &'static str = "revoke_token";
    type Context = App;

    fn policy(&self) -> Policy {
        Policy {
            max_attempts: 12,
            deadline: Duration::from_secs(24 * 3_600),
            backoff_cap: Duration::from_secs(3_600),
            // Nobody sees it fail, and then the token would live on.
            max_deaths: 200,
            ..Policy::default()
        }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        if self.would_end_another(&app).await? {
            return run.finish(json!({ "in_use": true }), |_| Ok(())).await;
        }
        let sealed = self.token.to_vec();
        let token = self.place(|place| app.vault.open_sealed(place, &sealed)).map_err(|broken| {
            Failure::fail("secret_unreadable", "The saved token can't be decrypted any more.").because(broken)
        })?;
        let revoked = async {
            let workspace = (!self.demo).then_some(self.workspace_id);
            let provider = account::revoker_in(&app, self.platform, workspace).await?;
            provider.revoke(&token).await
        };
        match revoked.await {
            Ok(()) => run.finish(json!({}), |_| Ok(())).await,
            Err(error) => Err(judge(&error, self.platform).0),
        }
    }
}

impl RevokeToken {
    /// At some providers the end of one authorisation is the end of all that a person ever gave us: also of the one that
    /// took its place, of that of another workspace, and of those for what else they have there. Whose an authorisation is,
    /// nobody tells: what else a workspace holds of the same provider counts as the same person's.
    async fn would_end_another(&self, app: &App) -> Result<bool, Failure> {
        let grant = self.grant_id;
        if app.db.read(move |conn| grant.map_or(Ok(false), |grant| store::is_held(conn, grant))).await? {
            return Ok(true);
        }
        let Some(info) = app.platforms.info(self.platform).filter(|info| info.ends_all_at_once) else {
            return Ok(false);
        };
        let is_theirs = |platform: &Platform| app.platforms.info(*platform).is_some_and(|other| other.key == info.key);
        let theirs = app.platforms.offered().filter(is_theirs).collect::<Vec<_>>();
        let (platform, workspace, demo, account) =
            (self.platform, self.workspace_id, self.demo, self.external_id.clone());
        let read = app.db.read(move |conn| {
            let is_in_use = match &account {
                Some(account) => store::is_in_use(conn, platform, account, demo)?,
                None => false,
            };
            Ok::<_, kit::db::Error>(is_in_use || store::has_others(conn, workspace, &theirs)?)
        });
        Ok(read.await?)
    }
}
