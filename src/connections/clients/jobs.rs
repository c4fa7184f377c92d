//! Asking a provider whether it knows a client, without a person: a code that nobody gave is refused by whoever knows it.

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::jobs::{Done, Failure, Job, JobRow, Policy, Run};
use kit::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Verdict, store};
use crate::app::App;
use crate::connections::jobs::judge;
use crate::connections::{account, pages};
use crate::model::Platform;
use crate::platforms::{Error, Question};
use crate::secrets::Secret;
use crate::workspaces::WorkspaceId;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckClient {
    pub workspace_id: WorkspaceId,
    /// Any of those that share the client.
    pub platform: Platform,
    pub provider: String,
    pub version: i64,
}

impl Job for CheckClient {
    const TYPE: &'static str = "check_client";
    type Context = App;

    /// Somebody looks at the page meanwhile.
    fn policy(&self) -> Policy {
        Policy { priority: 20, max_attempts: 5, deadline: Duration::from_secs(600), ..Policy::default() }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        let verdict = self.ask(&app).await.map_err(|error| judge(&error, self.platform).0)?;
        run.finish(json!({ "verdict": verdict.as_str() }), move |tx| Ok(self.note(tx, verdict)?)).await
    }

    fn on_failed(&self, tx: &mut Tx, _: &JobRow, _: &Failure, _: Timestamp, _: &Random) -> db::Result<()> {
        self.note(tx, Verdict::Unanswered)
    }

    fn on_cancelled(&self, tx: &mut Tx, _: &JobRow, _: Timestamp, _: &Random) -> db::Result<()> {
        self.note(tx, Verdict::Unanswered)
    }
}

impl CheckClient {
    fn note(&self, tx: &mut Tx, verdict: Verdict) -> db::Result<()> {
        store::judge(tx, self.workspace_id, &self.provider, self.version, verdict)
    }

    /// An error where the provider said nothing of the client.
    async fn ask(&self, app: &App) -> Result<Verdict, Error> {
        let world = super::world(app, Some(self.workspace_id)).await?;
        let provider = account::module(app, self.platform)?.provider(&world)?;
        let (back, verifier) = (pages::redirect_uri(app, self.platform), Secret::new(app.random.token()));
        let question = Question { redirect_uri: &back, state: "", verifier: &verifier };
        match provider.exchange(&Secret::new("repruv-asks-whether-this-client-is-known"), question).await {
            // Codes are looked at after clients.
            Ok(_) | Err(Error::Reauth { .. }) => Ok(Verdict::Accepted),
            Err(Error::Rejected { reason, .. }) => Ok(match reason.as_str() {
                "redirect_uri_mismatch" => Verdict::RedirectUnknown,
                "invalid_client" | "unauthorized_client" | "deleted_client" | "disabled_client" => Verdict::Refused,
                _ => Verdict::Unanswered,
            }),
            Err(error) => Err(error),
        }
    }
}
