//! The work behind demo mode: setting it up, taking it down, and making sure that no profile is left anywhere.

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::jobs::{Done, Enqueue, Failure, Job, JobId, JobRow, Policy, Run};
use kit::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::forgetting::ForgetDemoProfile;
use super::samples;
use super::service::{self, Webhook};
use super::{Choice, DemoStatus, Fault, Next, Operation, Profile, Refused, UserId, WorkspaceId, operation, store};
use crate::app::App;
use crate::connections::simulated;
use crate::connections::sync::{self, Depth};
use crate::connections::{ConnectionId, account::SyncError};
use crate::live::{Hint, hint};
use crate::platforms::SignIn;
use crate::webhooks::incoming as webhooks;
use crate::work::{Who, Work};
use crate::workspaces::{self, Kind};

/// Makes a profile, connects its channel, reads all of it, and says so when everything promised is here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EnableDemo {
    #[serde(deserialize_with = "Choice::kept")]
    pub choice: Choice,
    /// After a failure: something of an earlier operation may still be there.
    pub clear_first: bool,
    /// One of very many, for whom nobody sits and waits: it may take days, and whoever presses a button goes first.
    #[serde(default)]
    pub patient: bool,
}

/// What finished steps leave for the next attempt.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Steps {
    is_clear: bool,
    made: Option<Made>,
    #[serde(default)]
    connections: Vec<ConnectionId>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Made {
    profile: Profile,
    workspace: WorkspaceId,
}

impl Job for EnableDemo {
    const TYPE: &'static str = "enable_demo";
    type Context = App;

    fn policy(&self) -> Policy {
        if self.patient { PATIENT } else { OPERATION }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        let user = user_of(&run)?;
        let mut steps = run.restore::<Steps>().unwrap_or_default();
        if self.clear_first && !steps.is_clear {
            run.progress(0, 0, "Cleaning up");
            service::remove(&app, user, None).await?;
            steps.is_clear = true;
            run.step(&steps, move |tx| Ok(store::clear(tx, user)?)).await?;
        }
        let made = self.make(&app, &run, user, &mut steps).await?;
        let connections = connect(&app, &run, user, &made, &mut steps).await?;
        let total = usize::try_from(made.profile.platforms.promised().total()).unwrap_or(0);
        let mut before = 0;
        for connection in &connections {
            let progress = |pass: sync::Progress| run.progress((before + pass.done).min(total), total, pass.step);
            let read = sync::everything(&app, &run, *connection, Depth::Whole, progress).await.map_err(failure)?;
            before += read.content + read.interactions;
        }
        confirm(&app, run, user, &made, connections).await
    }

    fn on_failed(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        failure: &Failure,
        now: Timestamp,
        random: &Random,
    ) -> db::Result<()> {
        let Some(user) = job.user_id.map(UserId::from) else { return Ok(()) };
        let fault = fault(Operation::Enable, failure);
        let (from, to) = (DemoStatus::Enabling, DemoStatus::Failed);
        if !store::end(tx, now, user, job.id, from, to, Some(&fault))? {
            // It failed while it was being called back.
            return self.on_cancelled(tx, job, now, random);
        }
        store::clear(tx, user)?;
        kit::mutant!("demo: a failed set-up keeps its profile" => { return Ok(()) });
        let forget = ForgetDemoProfile { user_id: user, operation: job.id };
        kit::jobs::enqueue(tx, now, random, &forget, Enqueue::default())?;
        hint(tx, user, Hint::Demo);
        Ok(())
    }

    /// What was made is taken back by the operation that follows in the same commit.
    fn on_cancelled(&self, tx: &mut Tx, job: &JobRow, now: Timestamp, random: &Random) -> db::Result<()> {
        let Some(user) = job.user_id.map(UserId::from) else { return Ok(()) };
        let state = store::lock(tx, user)?;
        let is_ours =
            state.job_id == Some(job.id) && matches!(state.status, DemoStatus::Enabling | DemoStatus::Disabling);
        kit::mutant!("demo: called back without taking back" => {
            return store::end(tx, now, user, job.id, state.status, DemoStatus::Disabled, None).map(drop)
        });
        if is_ours {
            let leave = DisableDemo { called_back: Some(job.id) };
            let next = kit::jobs::enqueue(tx, now, random, &leave, operation(user))?.id;
            kit::failpoint!("demo: called back");
            store::move_status(tx, now, user, state.status, DemoStatus::Disabling, next)?;
            hint(tx, user, Hint::Demo);
        }
        Ok(())
    }

    fn on_retry(&self, tx: &mut Tx, job: &JobRow, now: Timestamp, _: &Random) -> db::Result<bool> {
        let Some(user) = job.user_id.map(UserId::from) else { return Ok(false) };
        let state = store::lock(tx, user)?;
        let is_free = matches!(state.status, DemoStatus::Disabled | DemoStatus::Failed);
        if is_free {
            // What a leaving that failed has left: two demos at once would hide it for ever.
            store::clear(tx, user)?;
        }
        let moved = is_free && store::move_status(tx, now, user, state.status, DemoStatus::Enabling, job.id)?;
        hint(tx, user, Hint::Demo);
        Ok(moved)
    }
}

impl EnableDemo {
    async fn make(&self, app: &App, run: &Run, user: UserId, steps: &mut Steps) -> Result<Made, Failure> {
        if let Some(made) = &steps.made {
            return Ok(made.clone());
        }
        run.progress(0, 0, "Creating the demo");
        let webhook = Webhook {
            url: webhooks::demo_url(&app.config.webhook_base, user),
            secret: webhooks::demo_secret(&app.vault, user),
        };
        let profile = match service::create(app, user, run.id(), &self.choice, &webhook).await {
            // One operation at a time: what stands there is left over from another.
            Err(failure) if failure.code == service::PROFILE_EXISTS => {
                service::remove(app, user, None).await?;
                service::create(app, user, run.id(), &self.choice, &webhook).await?
            }
            made => made?,
        };
        let workspace = WorkspaceId::new(app.now(), &app.random);
        let made = Made { profile, workspace };
        steps.made = Some(made.clone());
        let row = made.clone();
        let store = app.unit(Who::user(user, ""), move |work| {
            let name = &row.profile.channel_name;
            workspaces::create_with_id(work.tx, work.now, row.workspace, user, Kind::Demo, name)?;
            store::set_made(work.tx, user, &row.profile, row.workspace)?;
            hint(work.tx, user, Hint::Demo);
            Ok(())
        });
        run.step(&steps, store).await?;
        kit::failpoint!("demo: made");
        Ok(made)
    }
}

async fn connect(
    app: &App,
    run: &Run,
    user: UserId,
    made: &Made,
    steps: &mut Steps,
) -> Result<Vec<ConnectionId>, Failure> {
    if !steps.connections.is_empty() {
        return Ok(steps.connections.clone());
    }
    run.progress(0, 0, "Connecting the accounts");
    let mut connected = Vec::new();
    for platform in made.profile.platforms.present() {
        let typed = match app.platforms.info(platform).map(|info| info.sign_in) {
            Some(SignIn::AppPassword) => Some(service::app_password(app, user).await?),
            _ => None,
        };
        let found = simulated::consent(app, user, platform, typed.as_ref());
        let found = found.await.map_err(|error| service::platform_failure(&error))?;
        let ids = found.accounts.iter().map(|_| ConnectionId::new(app.now(), &app.random)).collect::<Vec<_>>();
        steps.connections.extend(&ids);
        connected.push((platform, ids, found));
    }
    let past = service::past(app, user).await?;
    kit::failpoint!("demo: consented");
    let workspace = made.workspace;
    let insert = app.unit(Who::user(user, ""), move |work| {
        for (platform, ids, found) in &connected {
            let place = (workspace, *platform);
            simulated::insert(work.tx, work.now, work.random, work.secrets, ids, place, found)?;
            past.keep(work, place, ids.iter().zip(&found.accounts))?;
        }
        Ok(())
    });
    run.step(&steps, insert).await?;
    kit::failpoint!("demo: connected");
    Ok(steps.connections.clone())
}

/// Enabled only on counted rows of this very operation, while its profile stands.
async fn confirm(
    app: &App,
    run: Run,
    user: UserId,
    made: &Made,
    connections: Vec<ConnectionId>,
) -> Result<Done, Failure> {
    let (promised, workspace) = (made.profile.platforms.promised(), made.workspace);
    let counted = app.db.read(move |conn| store::counted(conn, workspace, promised.as_of)).await?;
    let is_whole = counted.content >= promised.content && counted.interactions >= promised.interactions;
    if !is_whole && !kit::mutant!("demo: enabled without counting") {
        return Err(Failure::retry("demo_incomplete", "Some of the demo's data is still missing.")
            .because(format!("{counted:?} of {promised:?}")));
    }
    if !service::still_has(app, user, &made.profile).await? {
        return Err(Failure::fail("demo_profile_changed", "The demo was replaced while it was being set up."));
    }
    let story = made.profile.story;
    let result = json!({
        "channel_name": made.profile.channel_name, "seed": made.profile.seed,
        "content": counted.content, "interactions": counted.interactions,
    });
    let job = run.id();
    kit::failpoint!("demo: counted");
    let end = app.unit(Who::user(user, ""), move |work| {
        let (from, to) = (DemoStatus::Enabling, DemoStatus::Enabled);
        if !store::end(work.tx, work.now, user, job, from, to, None)? {
            return Err(Failure::fail("superseded", "A newer request replaced this one."));
        }
        samples::put(work, workspace, user, story).map_err(|error| {
            Failure::retry("demo_samples", "The demo's samples couldn't be stored.").because(error.to_string())
        })?;
        kit::failpoint!("demo: ending");
        let later = work.now + sync::PERIOD;
        for connection in &connections {
            crate::connections::jobs::enqueue_sync(work.tx, work.now, work.random, None, *connection, later)?;
        }
        for hint_of in [Hint::Demo, Hint::Connection, Hint::Inbox] {
            hint(work.tx, user, hint_of);
        }
        Ok(())
    });
    run.finish(result, end).await
}

/// Takes everything of the demo away: the profile at the demo service, then every row.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DisableDemo {
    /// The set-up that was called back: a request of it may still be on its way.
    #[serde(default)]
    pub called_back: Option<JobId>,
}

impl Job for DisableDemo {
    const TYPE: &'static str = "disable_demo";
    type Context = App;

    fn policy(&self) -> Policy {
        OPERATION
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        let user = user_of(&run)?;
        run.progress(0, 2, "Removing the demo");
        if self.called_back.is_some() && !kit::mutant!("demo: a late request makes a profile") {
            service::remove(&app, user, self.called_back).await?;
        }
        service::remove(&app, user, None).await?;
        run.progress(1, 2, "Removing the demo's data");
        let (job, made_by) = (run.id(), app.clone());
        let end = made_by.unit(Who::user(user, ""), move |work| {
            let next = store::lock(work.tx, user)?.next.as_ref().and_then(Next::of).and_then(Next::choice);
            store::clear(work.tx, user)?;
            let ended = store::end(work.tx, work.now, user, job, DemoStatus::Disabling, DemoStatus::Disabled, None)?;
            kit::failpoint!("demo: ending");
            kit::mutant!("demo: asked inside of a transaction" => {
                let _ = futures_util::FutureExt::now_or_never(service::remove(&app, user, None));
            });
            let next = next.filter(|_| !kit::mutant!("demo: the last wish is lost"));
            if let Some(choice) = next.filter(|_| ended) {
                follow(work, user, &choice)?;
            }
            for hint_of in [Hint::Demo, Hint::Connection, Hint::Inbox] {
                hint(work.tx, user, hint_of);
            }
            Ok(())
        });
        run.finish(json!({}), end).await
    }

    fn on_failed(&self, tx: &mut Tx, job: &JobRow, failure: &Failure, now: Timestamp, _: &Random) -> db::Result<()> {
        end_leaving(tx, job, &fault(Operation::Disable, failure), now)
    }

    fn on_cancelled(&self, tx: &mut Tx, job: &JobRow, now: Timestamp, random: &Random) -> db::Result<()> {
        if self.begins_anew(tx, job, now, random)? {
            return Ok(());
        }
        let fault = Fault {
            operation: Operation::Disable,
            code: "cancelled".into(),
            message: "Turning demo mode off was cancelled before it finished.".into(),
        };
        end_leaving(tx, job, &fault, now)
    }

    fn on_retry(&self, tx: &mut Tx, job: &JobRow, now: Timestamp, _: &Random) -> db::Result<bool> {
        let Some(user) = job.user_id.map(UserId::from) else { return Ok(false) };
        let moved = store::move_status(tx, now, user, DemoStatus::Failed, DemoStatus::Disabling, job.id)?;
        hint(tx, user, Hint::Demo);
        Ok(moved)
    }
}

impl DisableDemo {
    /// Whether somebody wished to leave after all, when this leaving had been cancelled and not let go yet.
    fn begins_anew(&self, tx: &mut Tx, job: &JobRow, now: Timestamp, random: &Random) -> db::Result<bool> {
        let Some(user) = job.user_id.map(UserId::from) else { return Ok(false) };
        let state = store::lock(tx, user)?;
        let is_ours = state.job_id == Some(job.id) && state.status == DemoStatus::Disabling;
        let Some(Next::Anew { anew }) = state.next.as_ref().filter(|_| is_ours).and_then(Next::of) else {
            return Ok(false);
        };
        let next = kit::jobs::enqueue(tx, now, random, self, operation(user))?.id;
        store::move_status(tx, now, user, state.status, DemoStatus::Disabling, next)?;
        store::set_next(tx, now, user, anew.map(Next::SetUp).as_ref())?;
        hint(tx, user, Hint::Demo);
        Ok(true)
    }
}

/// The last wish was to have demo mode: its set-up takes the operation over in the commit that ends the leaving.
fn follow(work: &mut Work<'_>, user: UserId, choice: &Choice) -> db::Result<()> {
    match super::enable(work, user, choice) {
        Ok(_) | Err(Refused::Already(_)) => Ok(()),
        Err(Refused::Db(error)) => Err(error),
    }
}

fn end_leaving(tx: &mut Tx, job: &JobRow, fault: &Fault, now: Timestamp) -> db::Result<()> {
    let Some(user) = job.user_id.map(UserId::from) else { return Ok(()) };
    store::end(tx, now, user, job.id, DemoStatus::Disabling, DemoStatus::Failed, Some(fault))?;
    hint(tx, user, Hint::Demo);
    Ok(())
}

/// A person waits for it: six attempts within about half a minute.
const OPERATION: Policy = Policy {
    max_attempts: 6,
    deadline: Duration::from_secs(15 * 60),
    backoff: Duration::from_secs(1),
    backoff_cap: Duration::from_secs(16),
    max_deaths: 3,
    priority: 10,
};

const PATIENT: Policy = Policy {
    max_attempts: 200,
    deadline: Duration::from_secs(30 * 86_400),
    backoff: Duration::from_secs(5),
    backoff_cap: Duration::from_secs(3_600),
    max_deaths: 3,
    priority: 200,
};

fn user_of(run: &Run) -> Result<UserId, Failure> {
    run.user_id().map(UserId::from).ok_or_else(|| Failure::fail("no_user", "This job has no owner."))
}

fn failure(error: SyncError) -> Failure {
    match error {
        SyncError::Job(failure) => failure,
        SyncError::Platform(error) => service::platform_failure(&error),
    }
}

fn fault(operation: Operation, failure: &Failure) -> Fault {
    Fault { operation, code: failure.code.to_owned(), message: failure.message.clone() }
}
