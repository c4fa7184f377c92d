//! Work of connections that talks to the platform: exchange, reading, one interaction, revocation; and what becomes of a failure.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::jobs::{Done, Enqueue, Enqueued, Failure, Job, JobRow, Policy, Run};
use kit::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::account::{self, Account, Destination, Stop};
use super::store::{self, Connection};
use super::sync::{self, Depth};
use super::tokens::SECRET_UNREADABLE;
use super::{Cause, ConnectionId, Status, signal};
use crate::app::App;
use crate::inbox::ingest;
use crate::model::ObservedInteraction;
use crate::platforms::google::Google;
use crate::platforms::youtube::{Moderation, Thread};
use crate::platforms::{Error, next_midnight_pacific};
use crate::secrets::{Place, Secret, Vault};
use crate::workspaces::{UserId, WorkspaceId};

/// How long after a pass the next one comes by itself.
pub const PERIOD: Duration = Duration::from_secs(600);
/// How old the last whole pass may be before a pass is a whole one again: what was deleted is seen by no other.
const WHOLE_PERIOD: Duration = Duration::from_secs(24 * 3_600);

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
        scope_id: scope,
        operation_key: Some(format!("sync:{connection_id}")),
        run_at: Some(run_at),
        ..Enqueue::default()
    };
    let enqueued = kit::jobs::enqueue(tx, now, random, &SyncConnection { connection_id }, enqueue)?;
    if enqueued.already_live {
        kit::jobs::hasten(tx, now, enqueued.id, run_at, user.map(UserId::uuid))?;
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
        let now = app.now();
        let recent = connection.whole_pass_at.is_some_and(|at| now.since(at) < WHOLE_PERIOD);
        let depth = if recent { Depth::New } else { Depth::Whole };
        let read = sync::everything(&app, &run, id, depth, |progress| {
            run.progress(progress.done, progress.total, progress.step);
        });
        match read.await {
            Ok(report) => {
                let (random, now) = (app.random.clone(), app.now());
                run.finish(json!(report), move |tx| {
                    enqueue_sync(tx, now, &random, None, id, now + PERIOD)?;
                    Ok(())
                })
                .await
            }
            Err(stop) => stopped(&app, run, &connection, stop).await,
        }
    }

    fn gave_up(&self, tx: &mut Tx, _: &JobRow, failure: &Failure, now: Timestamp, random: &Random) -> db::Result<()> {
        let Some(connection) = store::by_id(tx, self.connection_id)? else { return Ok(()) };
        if connection.connection_status != Status::Connected {
            return Ok(());
        }
        let cause = failure.code.parse().unwrap_or(Cause::Internal);
        store::set_status(tx, now, connection.id, Status::Connected, Some(cause))?;
        signal(tx, connection.workspace_id)?;
        let next = match (cause, failure.code) {
            (Cause::QuotaExhausted, _) => next_midnight_pacific(now) + PERIOD.mul_f64(random.unit()),
            // Nobody was there to do it.
            (_, "deadline") => now,
            _ => now + PERIOD,
        };
        enqueue_sync(tx, now, random, None, connection.id, next)?;
        Ok(())
    }

    /// Cancelling one reading does not end the reading.
    fn cancelled(&self, tx: &mut Tx, _: &JobRow, now: Timestamp, random: &Random) -> db::Result<()> {
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
}

impl FetchInteraction {
    /// Several hints at one interaction are one fetch.
    pub fn operation_key(&self) -> String {
        format!("fetch:{}:{}", self.connection_id, self.external_id)
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
            // The next pass over the account reads it.
            return run.finish(json!({ "skipped": true }), |_| Ok(())).await;
        };
        let (destination, interactions) = match self.fetch(&app, connection.clone()).await {
            Ok(fetched) => fetched,
            Err(stop) => return stopped(&app, run, &connection, stop).await,
        };
        let now = app.now();
        run.finish(json!({ "interactions": interactions.len() }), move |tx| {
            ingest::interactions(tx, &destination.at(now), &interactions)?;
            Ok(())
        })
        .await
    }
}

impl FetchInteraction {
    async fn fetch(&self, app: &App, connection: Connection) -> Result<(Destination, Vec<ObservedInteraction>), Stop> {
        let account = Account::open(app, connection).await?;
        let channel = account.connection.external_id.as_deref().unwrap_or_default();
        let interactions = match self.thread(&account, channel).await? {
            Some(thread) if thread.is_whole() => std::iter::once(thread.root).chain(thread.replies).collect(),
            Some(thread) => {
                let replies = account.youtube().replies(&thread, channel).await?;
                std::iter::once(thread.root).chain(replies).collect()
            }
            // Gone before we came.
            None => Vec::new(),
        };
        Ok((account.destination, interactions))
    }

    /// Asked for by its id, a thread does not say whether it is held back. A new one is looked for in the newest page of
    /// each list, which does; one that we know keeps the state in which we know it.
    async fn thread(&self, account: &Account, channel: &str) -> Result<Option<Thread>, Stop> {
        // A reply's id begins with its thread's.
        let id = self.external_id.split('.').next().unwrap_or_default();
        let youtube = account.youtube();
        let (connection, thread) = (account.connection.id, id.to_owned());
        let known = account.app.db.read(move |conn| store::provider_state(conn, connection, &thread)).await?;
        if known.is_none() {
            for moderation in Moderation::ALL {
                let newest = youtube.threads(channel, moderation, None).await?;
                if let Some(thread) = newest.items.into_iter().find(|thread| thread.root.external_id == id) {
                    return Ok(Some(thread));
                }
            }
        }
        let mut found = youtube.thread(id, channel).await?;
        if let (Some(thread), Some(state)) = (&mut found, known) {
            thread.root.provider_state = state;
        }
        Ok(found)
    }
}

/// Ends a token at its provider, after we have forgotten it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RevokeToken {
    connection_id: ConnectionId,
    workspace_id: WorkspaceId,
    demo: bool,
    token: Bytes,
}

impl RevokeToken {
    pub fn new(vault: &Vault, random: &Random, connection: &Connection, demo: bool, token: &Secret) -> Self {
        let job = Self {
            connection_id: connection.id,
            workspace_id: connection.workspace_id,
            demo,
            token: Bytes(String::new()),
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
            max_interruptions: 200,
            ..Policy::default()
        }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        let sealed = self.token.to_vec();
        let token = self.place(|place| app.vault.open_sealed(place, &sealed)).map_err(|broken| {
            Failure::fail("secret_unreadable", "The saved token can't be decrypted any more.").because(broken)
        })?;
        let revoked = async {
            let (hosts, client) = account::google(&app, self.demo).await?;
            Google { http: &app.outbound.providers, hosts: &hosts, client: &client }.revoke(&token, app.now()).await
        };
        match revoked.await {
            Ok(()) => run.finish(json!({}), |_| Ok(())).await,
            Err(error) => Err(judge(&error).0),
        }
    }
}

async fn connected(app: &App, id: ConnectionId) -> Result<Option<Connection>, Failure> {
    let found = app.db.read(move |conn| store::by_id(conn, id)).await?;
    Ok(found.filter(|connection| connection.connection_status == Status::Connected))
}

/// Notes on the connection what stopped its job, and says what the job shall do. A connection that was ended meanwhile
/// has nothing left to fail at.
async fn stopped(app: &App, run: Run, connection: &Connection, stop: Stop) -> Result<Done, Failure> {
    let error = match stop {
        Stop::Job(failure) => return Err(failure),
        Stop::Platform(error) => error,
    };
    tracing::warn!(connection = %connection.id, %error, "a platform call failed");
    let (failure, cause, status) = judge(&error);
    let (id, workspace, now) = (connection.id, connection.workspace_id, app.now());
    let is_there = run
        .write(move |tx| {
            let is_there = store::move_status(tx, now, id, Status::Connected, status, Some(cause))?
                || store::by_id(tx, id)?.is_some_and(|found| found.connection_status == status);
            signal(tx, workspace)?;
            Ok(is_there)
        })
        .await?;
    if is_there { Err(failure) } else { run.finish(json!({ "skipped": true }), |_| Ok(())).await }
}

/// The shared error classes, as the job's verdict, the connection's cause and its next state.
pub(super) fn judge(error: &Error) -> (Failure, Cause, Status) {
    let (cause, status) = match error {
        Error::Reauth { reason } if reason == SECRET_UNREADABLE => (Cause::SecretUnreadable, Status::NeedsReauth),
        Error::Reauth { .. } => (Cause::AuthorisationLost, Status::NeedsReauth),
        Error::Permission { reason } if reason == "no_channel" => (Cause::NoChannel, Status::NeedsReauth),
        Error::Permission { .. } => (Cause::PermissionLost, Status::NeedsReauth),
        Error::RateLimited { .. } => (Cause::RateLimited, Status::Connected),
        Error::QuotaExhausted { .. } => (Cause::QuotaExhausted, Status::Connected),
        Error::Rejected { reason, .. } if matches!(reason.as_str(), "invalid_client" | "unauthorized_client") => {
            (Cause::ClientRefused, Status::Connected)
        }
        Error::Transport(_) | Error::Unavailable { .. } | Error::Storage => (Cause::Unreachable, Status::Connected),
        Error::NotFound { .. } | Error::Rejected { .. } | Error::Protocol { .. } => {
            (Cause::AnswerUnreadable, Status::Connected)
        }
    };
    let (code, message) = (cause.as_str(), cause.text().0);
    let failure = match error {
        Error::Reauth { .. } | Error::Permission { .. } => Failure::fail(code, message),
        Error::RateLimited { until } | Error::QuotaExhausted { until } => Failure::retry_at(code, message, *until),
        _ if cause == Cause::ClientRefused => Failure::fail(code, message),
        _ => Failure::retry(code, message),
    };
    (failure.because(error), cause, status)
}
