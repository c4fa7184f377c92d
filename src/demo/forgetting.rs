//! Making sure that no profile is left anywhere.

use std::time::Duration;

use kit::jobs::{Done, Failure, Job, JobId, Policy, Run};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{UserId, service};
use crate::app::App;

/// After a set-up that failed: its profile goes as soon as the demo service can be reached, however late that is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForgetDemoProfile {
    pub user_id: UserId,
    /// Only what this operation made; a newer one's profile stays.
    pub operation: JobId,
}

impl Job for ForgetDemoProfile {
    const TYPE: &'static str = "forget_demo_profile";
    type Context = App;

    fn policy(&self) -> Policy {
        Policy {
            max_attempts: 200,
            deadline: Duration::from_secs(7 * 86_400),
            backoff_cap: Duration::from_secs(3_600),
            // Nobody sees it fail, and then the profile would stay.
            max_deaths: 200,
            ..Policy::default()
        }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        service::remove(&app, self.user_id, Some(self.operation)).await?;
        run.finish(json!({}), |_| Ok(())).await
    }
}
