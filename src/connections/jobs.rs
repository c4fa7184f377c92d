//! Work of connections that talks to the platform: reading, one interaction; and what becomes of a failure.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::jobs::{Done, Enqueue, Enqueued, Failure, Job, JobRow, Policy, Run};
use kit::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::account::{IngestTarget, OpenAccount, SyncError};
use super::store::{self, Connection};
use super::sync::{self, Depth, PERIOD};
use super::tokens::SECRET_UNREADABLE;
use super::{Cause, ConnectionId, Status, changed, unread};
use crate::app::App;
use crate::inbox::ingest;
use crate::model::{Platform, ProviderState};
use crate::platforms::{Batch, Error, OF_ANOTHER_CLIENT, SignInProblem};
use crate::replies;
use crate::workspaces::{UserId, WorkspaceId};

/// Bytes in a payload, as base64url.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bytes(String);

impl<T: AsRef<[u8]>> From<T> for Bytes {
    fn from(bytes: T) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl Bytes {
    pub fn to_vec(&self) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(&self.0).unwrap_or_default()
    }

    pub fn to_hash(&self) -> [u8; 32] {
        self.to_vec().try_into().unwrap_or_default()
    }
}

/// Reads an account: all of it, or what is new.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SyncConnection {
    pub connection_id: ConnectionId,
}

fn sync_key(connection: ConnectionId) -> String {
    format!("sync:{connection}")
}

/// Holds back the readings of accounts that are known beside this one, before anything of their workspace is locked: they
/// take both in this order.
pub fn hold_syncs<'a>(tx: &mut Tx, beside: &Connection, accounts: impl Iterator<Item = &'a str>) -> db::Result<()> {
    for account in accounts {
        if let Some(known) = store::by_account(tx, beside.workspace_id, beside.platform, account)? {
            kit::jobs::hold(tx, &sync_key(known))?;
        }
    }
    Ok(())
}

/// At most one reading of a connection is live. Asking again brings one that waits forward. One that comes by itself is
/// nobody's: people see what they asked for.
pub fn enqueue_sync(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    user: Option<UserId>,
    connection_id: ConnectionId,
    run_at: Timestamp,
) -> db::Result<Enqueued> {
    let scope = store::by_id(tx, connection_id)?.map(|connection| connection.workspace_id.uuid());
    let enqueue = Enqueue {
        user_id: user.map(UserId::uuid),
        workspace_id: scope,
        operation_key: Some(sync_key(connection_id)),
        run_at: Some(run_at),
        ..Enqueue::default()
    };
    let enqueued = kit::jobs::enqueue(tx, now, random, &SyncConnection { connection_id }, enqueue)?;
    if enqueued.already_live {
        kit::jobs::run_sooner(tx, now, enqueued.id, run_at, user.map(UserId::uuid))?;
    }
    Ok(enqueued)
}

impl Job for SyncConnection {
    const TYPE: &'static str = "sync_connection";
    type Context = App;

    /// A machine that slept for a night reads when it wakes; a quota is waited for until its day ends.
    fn policy(&self) -> Policy {
        Policy { deadline: Duration::from_secs(26 * 3_600), ..Policy::default() }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        let id = self.connection_id;
        let Some(connection) = connected(&app, id).await? else {
            return run.finish(json!({ "skipped": true }), |_| Ok(())).await;
        };
        let read = sync::everything(&app, &run, id, Depth::New, |progress| {
            run.progress(progress.done, progress.total, progress.step);
        });
        match read.await {
            Ok(report) => {
                let (random, now) = (app.random.clone(), app.now());
                run.finish(json!(report), move |tx| {
                    enqueue_sync(tx, now, &random, None, id, now + Duration::from_secs(report.next_in))?;
                    Ok(())
                })
                .await
            }
            Err(error) => stopped(&app, run, &connection, error).await,
        }
    }

    fn on_failed(&self, tx: &mut Tx, _: &JobRow, failure: &Failure, now: Timestamp, random: &Random) -> db::Result<()> {
        let Some(connection) = store::by_id(tx, self.connection_id)? else { return Ok(()) };
        if connection.connection_status != Status::Connected {
            return Ok(());
        }
        let cause = failure.code.parse().unwrap_or(Cause::Internal);
        store::set_status(tx, now, connection.id, Status::Connected, Some(cause))?;
        changed(tx, now, connection.workspace_id, connection.id)?;
        // Nobody was there to do it; or a turn that finds its day's budget used up waits without asking anybody.
        let next = if failure.code == "deadline" { now } else { now + PERIOD };
        enqueue_sync(tx, now, random, None, connection.id, next)?;
        Ok(())
    }

    /// Cancelling one reading does not end the reading.
    fn on_cancelled(&self, tx: &mut Tx, _: &JobRow, now: Timestamp, random: &Random) -> db::Result<()> {
        if store::by_id(tx, self.connection_id)?.is_some_and(|found| found.connection_status == Status::Connected) {
            enqueue_sync(tx, now, random, None, self.connection_id, now + PERIOD)?;
        }
        Ok(())
    }
}

/// Fetches the thread of an interaction that a webhook hinted at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FetchInteraction {
    pub connection_id: ConnectionId,
    pub external_id: String,
    /// How often it was looked what the platform's moderation says of an own reply in its thread.
    #[serde(default)]
    pub looks: u32,
}

/// Until the next look at a reply that waits for the platform's moderation. After the last, passes over the account find it.
const MODERATED_WITHIN: [Duration; 8] = [
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(3 * 3_600),
    Duration::from_secs(12 * 3_600),
    Duration::from_secs(24 * 3_600),
    Duration::from_secs(48 * 3_600),
];

impl FetchInteraction {
    pub fn new(connection_id: ConnectionId, external_id: String) -> Self {
        Self { connection_id, external_id, looks: 0 }
    }

    /// Several hints at one interaction are one fetch; each later look is a job of its own.
    pub fn operation_key(&self) -> String {
        match self.looks {
            0 => format!("fetch:{}:{}", self.connection_id, self.external_id),
            looks => format!("moderation:{}:{}:{looks}", self.connection_id, self.external_id),
        }
    }

    /// Looks later what became of an own reply in the thread, if it has to wait.
    pub fn follow(&self, tx: &mut Tx, now: Timestamp, random: &Random, workspace: WorkspaceId) -> db::Result<()> {
        let pause = usize::try_from(self.looks).ok().and_then(|looks| MODERATED_WITHIN.get(looks));
        let Some(pause) = pause else { return Ok(()) };
        let next = Self { looks: self.looks + 1, ..self.clone() };
        let (key, workspace_id) = (next.operation_key(), Some(workspace.uuid()));
        let how = Enqueue { operation_key: Some(key), run_at: Some(now + *pause), workspace_id, ..Enqueue::default() };
        kit::jobs::enqueue(tx, now, random, &next, how).map(drop)
    }
}

impl Job for FetchInteraction {
    const TYPE: &'static str = "fetch_interaction";
    type Context = App;

    fn policy(&self) -> Policy {
        Policy { priority: 50, ..Policy::default() }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        let Some(connection) = connected(&app, self.connection_id).await? else {
            // The next pass over the account reads it; what the platform decides of an answer, only the next look.
            let (now, random) = (app.now(), app.random.clone());
            return run.finish(json!({ "skipped": true }), move |tx| Ok(self.look_on(tx, now, &random)?)).await;
        };
        let asked_at = app.now();
        let (target, batch) = match self.fetch(&app, connection.clone()).await {
            Ok(fetched) => fetched,
            Err(error) => return stopped(&app, run, &connection, error).await,
        };
        let (now, random) = (app.now(), app.random.clone());
        run.finish(json!({ "interactions": batch.interactions.len() }), move |tx| {
            ingest::fetched(tx, &target.at(now), &batch.interactions, asked_at)?;
            let is_held =
                batch.interactions.iter().any(|one| one.author.is_self && one.provider_state == ProviderState::Held);
            if self.looks > 0 && (is_held || replies::waits_for_moderation(tx, connection.id, &self.external_id)?) {
                self.follow(tx, now, &random, connection.workspace_id)?;
            }
            Ok(unread::keep(tx, now, (connection.workspace_id, connection.id), &batch.set_aside)?)
        })
        .await
    }

    fn on_failed(&self, tx: &mut Tx, _: &JobRow, _: &Failure, now: Timestamp, random: &Random) -> db::Result<()> {
        self.look_on(tx, now, random)
    }
}

impl FetchInteraction {
    /// A look at moderation that saw nothing is followed by the next.
    fn look_on(&self, tx: &mut Tx, now: Timestamp, random: &Random) -> db::Result<()> {
        match store::by_id(tx, self.connection_id)?.filter(|_| self.looks > 0) {
            Some(connection) => self.follow(tx, now, random, connection.workspace_id),
            None => Ok(()),
        }
    }

    async fn fetch(&self, app: &App, connection: Connection) -> Result<(IngestTarget, Batch), SyncError> {
        let account = OpenAccount::open(app, connection).await?;
        let (id, external_id) = (account.connection.id, self.external_id.clone());
        let known = app.db.read(move |conn| store::thread_state(conn, id, &external_id)).await?;
        let fetched = account.adapter.fetch(&account.key(), &self.external_id, known).await?;
        Ok((account.target, fetched))
    }
}

async fn connected(app: &App, id: ConnectionId) -> Result<Option<Connection>, Failure> {
    let found = app.db.read(move |conn| store::by_id(conn, id)).await?;
    Ok(found.filter(|connection| connection.connection_status == Status::Connected))
}

/// Notes on the connection what stopped its job, and says what the job shall do. A connection that was ended meanwhile
/// has nothing left to fail at.
async fn stopped(app: &App, run: Run, connection: &Connection, error: SyncError) -> Result<Done, Failure> {
    let error = match error {
        SyncError::Job(failure) => return Err(failure),
        SyncError::Platform(error) => error,
    };
    tracing::warn!(connection = %connection.id, %error, "a platform call failed");
    let (failure, cause, status) = judge(&error, connection.platform);
    let (id, workspace, now) = (connection.id, connection.workspace_id, app.now());
    let is_there = run
        .write(move |tx| {
            let is_there = store::move_status(tx, now, id, Status::Connected, status, Some(cause))?
                || store::by_id(tx, id)?.is_some_and(|found| found.connection_status == status);
            changed(tx, now, workspace, id)?;
            Ok(is_there)
        })
        .await?;
    if is_there { Err(failure) } else { run.finish(json!({ "skipped": true }), |_| Ok(())).await }
}

const fn sign_in(problem: SignInProblem) -> Cause {
    match problem {
        SignInProblem::HandleUnknown => Cause::HandleUnknown,
        SignInProblem::NoServer => Cause::ServerUnknown,
        SignInProblem::HandleContradicted => Cause::HandleContradicted,
        SignInProblem::HostNotAllowed => Cause::HostNotAllowed,
        SignInProblem::PasswordRefused => Cause::PasswordRefused,
        SignInProblem::SecondFactor => Cause::SecondFactor,
        SignInProblem::AccountInactive => Cause::AccountInactive,
    }
}

/// The shared error classes, as the job's verdict, the connection's cause and its next state.
pub(super) fn judge(error: &Error, platform: Platform) -> (Failure, Cause, Status) {
    let (cause, status) = match error {
        Error::Reauth { reason } if reason == SECRET_UNREADABLE => (Cause::SecretUnreadable, Status::NeedsReauth),
        Error::Reauth { reason } if reason == OF_ANOTHER_CLIENT => (Cause::ClientChanged, Status::NeedsReauth),
        Error::Reauth { .. } => (Cause::AuthorisationLost, Status::NeedsReauth),
        Error::NoAccount => (Cause::NoAccount, Status::NeedsReauth),
        Error::Permission { .. } => (Cause::PermissionLost, Status::NeedsReauth),
        Error::NotEnabled { .. } => (Cause::NotEnabled, Status::Connected),
        Error::RateLimited { .. } | Error::Silenced { .. } => (Cause::RateLimited, Status::Connected),
        Error::QuotaExhausted { .. } | Error::BudgetSpent { .. } => (Cause::QuotaExhausted, Status::Connected),
        Error::Rejected { reason, .. } if matches!(reason.as_str(), "invalid_client" | "unauthorized_client") => {
            (Cause::ClientRefused, Status::Connected)
        }
        Error::Transport(_) | Error::Unavailable { .. } | Error::Storage => (Cause::Unreachable, Status::Connected),
        Error::NotFound { .. } | Error::Rejected { .. } | Error::Protocol { .. } => {
            (Cause::AnswerUnreadable, Status::Connected)
        }
        Error::SignIn(problem) => (sign_in(*problem), Status::NeedsReauth),
    };
    let (code, message) = (cause.as_str(), cause.text(platform).0);
    let failure = match error {
        Error::Reauth { .. }
        | Error::Permission { .. }
        | Error::NoAccount
        | Error::NotEnabled { .. }
        | Error::SignIn(_) => Failure::fail(code, message),
        Error::RateLimited { until }
        | Error::Silenced { until }
        | Error::QuotaExhausted { until }
        | Error::BudgetSpent { until } => Failure::retry_at(code, message, *until),
        _ if cause == Cause::ClientRefused => Failure::fail(code, message),
        _ => Failure::retry(code, message),
    };
    (failure.because(error), cause, status)
}
