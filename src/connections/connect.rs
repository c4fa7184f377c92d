//! From a consent's answer to a connected account; the same steps for a person's consent and for the demo profile's.

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::jobs::{Done, Enqueue, Failure, Job, JobRow, Policy, Run};
use kit::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::account::{self, SyncError};
use super::flows::{self, Flow};
use super::jobs::{Bytes, enqueue_sync, hold_syncs, judge};
use super::revoking::RevokeToken;
use super::store::{self, Connection};
use super::{Cause, ConnectionId, GrantId, Status, changed, choosing, consent, tokens};
use crate::app::App;
use crate::audit::{self, Event};
use crate::model::Platform;
use crate::platforms::{Account, Error, Grant, Provider, Question, World};
use crate::secrets::Vault;
use crate::work::Who;
use crate::workspaces::{self, UserId, WorkspaceId};

/// Exchanges a code and connects the account behind it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConnectAccount {
    pub connection_id: ConnectionId,
    pub flow: Bytes,
    pub code: Bytes,
}

/// A grant between two attempts of the job: a code is exchanged once, so its fruit outlives the process.
#[derive(Clone, Serialize, Deserialize)]
struct Held {
    access_token: Bytes,
    access_expires_at: Timestamp,
    refresh_token: Option<Bytes>,
    refresh_expires_at: Option<Timestamp>,
    scopes: Vec<String>,
}

impl Job for ConnectAccount {
    const TYPE: &'static str = "connect_account";
    type Context = App;

    fn policy(&self) -> Policy {
        Policy { priority: 20, ..Policy::default() }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        let (id, hash) = (self.connection_id, self.flow.to_hash());
        let found = app.db.read(move |conn| Ok::<_, db::Error>((store::by_id(conn, id)?, flows::flow(conn, &hash)?)));
        let (Some(connection), Some(flow)) = found.await? else {
            // The attempt was cancelled, or begun anew.
            return run.finish(json!({ "superseded": true }), |_| Ok(())).await;
        };
        run.progress(0, 2, "Signing in to the platform");
        let grant = self.grant(&app, &run, &connection, &flow).await?;
        run.progress(1, 2, "Reading the account");
        let accounts = match accounts_of(&app, &connection, &grant).await {
            Ok(accounts) => accounts,
            Err(error) => return Err(self.refused(&app, &run, connection, &grant, &error).await),
        };
        run.progress(2, 2, "Connected");
        let tools = app.tools(Who::user(flow.user_id, ""));
        let (vault, random, now) = (app.vault.clone(), app.random.clone(), app.now());
        let user = run.user_id().map(UserId::from);
        let first = accounts.first().map(|account| account.observed.clone()).ok_or_else(no_account)?;
        let result = json!({ "account": first.display_name, "accounts": accounts.len() });
        run.finish(result, move |tx| {
            let ids = accounts.iter().map(|account| account.observed.external_id.as_str());
            hold_syncs(tx, &connection, ids)?;
            if flows::flow(tx, &hash)?.is_none() {
                let of_account = Connection { external_id: Some(first.external_id.clone()), ..connection.clone() };
                return Ok(revoke(tx, now, &random, &vault, &of_account, &grant)?);
            }
            let connected = match accounts.as_slice() {
                [account] => vec![settle_one(tx, now, &random, &vault, &connection, account, &grant)?],
                several => {
                    let again = choosing::offer(tx, now, &random, &vault, &connection, several, &grant)?;
                    again.into_iter().map(|id| (id, Event::AccountReconnected)).collect()
                }
            };
            for (target, event) in connected {
                enqueue_sync(tx, now, &random, user, target, now)?;
                // The consent was its person's, whenever the job comes to it.
                audit::record(&mut tools.work(tx), event, target)?;
            }
            Ok(())
        })
        .await
    }

    fn on_failed(&self, tx: &mut Tx, _: &JobRow, failure: &Failure, now: Timestamp, _: &Random) -> db::Result<()> {
        self.end(tx, now, failure.code.parse().unwrap_or(Cause::Internal))
    }

    fn on_cancelled(&self, tx: &mut Tx, _: &JobRow, now: Timestamp, _: &Random) -> db::Result<()> {
        self.end(tx, now, Cause::Cancelled)
    }

    /// A code counts once: connecting again begins at the consent page.
    fn on_retry(&self, _: &mut Tx, _: &JobRow, _: Timestamp, _: &Random) -> db::Result<bool> {
        Ok(false)
    }
}

impl ConnectAccount {
    async fn grant(&self, app: &App, run: &Run, connection: &Connection, flow: &Flow) -> Result<Grant, Failure> {
        if let Some(held) = run.restore::<Held>() {
            return held
                .open(&app.vault, connection)
                .ok_or_else(|| give_up(Cause::SecretUnreadable, connection.platform));
        }
        let hash = self.flow.to_hash();
        let verifier = consent::open_verifier(&app.vault, &hash, flow);
        let code = consent::open_code(&app.vault, &hash, flow, &self.code.to_vec());
        let (verifier, code) =
            verifier.zip(code).ok_or_else(|| give_up(Cause::SecretUnreadable, connection.platform))?;
        let exchanged = async {
            let (_, provider) = account::provider(app, connection).await?;
            // The state was compared when the answer was taken.
            let question = Question { redirect_uri: &flow.redirect_uri, state: "", verifier: &verifier };
            Ok(provider.exchange(&code, question).await?)
        };
        let grant = exchanged.await.map_err(|error| match error {
            SyncError::Job(failure) => failure,
            SyncError::Platform(Error::Reauth { .. }) => give_up(Cause::ConsentUnusable, connection.platform),
            SyncError::Platform(error) => judge(&error, connection.platform).0,
        })?;
        run.checkpoint(&Held::of(&app.vault, &app.random, connection, &grant)).await?;
        Ok(grant)
    }

    /// A grant that is of no use is given back.
    async fn refused(&self, app: &App, run: &Run, connection: Connection, grant: &Grant, error: &Error) -> Failure {
        let failure = match error {
            Error::Permission { reason } if reason == SCOPES_MISSING => {
                give_up(Cause::ScopesMissing, connection.platform)
            }
            error => judge(error, connection.platform).0,
        };
        if failure.is_retryable() {
            return failure;
        }
        let (vault, random, now, grant) = (app.vault.clone(), app.random.clone(), app.now(), grant.clone());
        match run.write(move |tx| Ok(revoke(tx, now, &random, &vault, &connection, &grant)?)).await {
            Ok(()) => failure,
            Err(lost) => lost,
        }
    }

    fn end(&self, tx: &mut Tx, now: Timestamp, cause: Cause) -> db::Result<()> {
        if flows::flow(tx, &self.flow.to_hash())?.is_none() {
            return Ok(());
        }
        flows::delete_flows(tx, self.connection_id)?;
        fail(tx, now, self.connection_id, cause)
    }
}

/// Ends an attempt whose consent page nobody answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LateConsent {
    pub connection_id: ConnectionId,
    pub flow: Bytes,
}

impl Job for LateConsent {
    const TYPE: &'static str = "late_consent";
    type Context = App;

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        let now = app.now();
        run.finish(json!({}), move |tx| Ok(self.end(tx, now)?)).await
    }

    /// Also when nobody was there to do it in time.
    fn on_failed(&self, tx: &mut Tx, _: &JobRow, _: &Failure, now: Timestamp, _: &Random) -> db::Result<()> {
        self.end(tx, now)
    }
}

impl LateConsent {
    fn end(&self, tx: &mut Tx, now: Timestamp) -> db::Result<()> {
        match flows::flow(tx, &self.flow.to_hash())? {
            Some(flow) if flow.used_at.is_none() => {
                flows::delete_flows(tx, self.connection_id)?;
                fail(tx, now, self.connection_id, Cause::ConsentLate)
            }
            // Answered: a job uses it still, or nobody does.
            Some(_)
                if store::by_id(tx, self.connection_id)?.is_some_and(|c| c.connection_status != Status::Connecting) =>
            {
                flows::delete_flows(tx, self.connection_id)
            }
            _ => Ok(()),
        }
    }
}

fn fail(tx: &mut Tx, now: Timestamp, id: ConnectionId, cause: Cause) -> db::Result<()> {
    store::move_status(tx, now, id, Status::Connecting, Status::Failed, Some(cause))?;
    match store::by_id(tx, id)? {
        Some(connection) => changed(tx, now, connection.workspace_id, id),
        None => Ok(()),
    }
}

fn give_up(cause: Cause, platform: Platform) -> Failure {
    Failure::fail(cause.as_str(), cause.text(platform).0)
}

const SCOPES_MISSING: &str = "scopes_missing";

fn no_account() -> Failure {
    Failure::fail(Cause::NoAccount.as_str(), "The platform named no account.")
}

/// The accounts behind a grant, if the grant is enough.
async fn accounts_of(app: &App, connection: &Connection, grant: &Grant) -> Result<Vec<Account>, Error> {
    let (world, provider) = match account::provider(app, connection).await {
        Ok(provider) => provider,
        Err(SyncError::Platform(error)) => return Err(error),
        Err(SyncError::Job(_)) => return Err(Error::Storage),
    };
    accounts_behind(app, connection.platform, (&world, provider.as_ref()), grant).await
}

pub async fn accounts_behind(
    app: &App,
    platform: Platform,
    (world, provider): (&World, &dyn Provider),
    grant: &Grant,
) -> Result<Vec<Account>, Error> {
    if !provider.suffices(&grant.scopes) {
        return Err(Error::Permission { reason: SCOPES_MISSING.into() });
    }
    account::adapter_with(app, platform, world, &grant.access_token)?.accounts().await
}

/// Connects the one account that a grant opens; whether it was known tells what happened.
fn settle_one(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    vault: &Vault,
    asked: &Connection,
    account: &Account,
    grant: &Grant,
) -> db::Result<(ConnectionId, Event)> {
    let known = store::by_account(tx, asked.workspace_id, asked.platform, &account.observed.external_id)?;
    if let Some(replaced) = known {
        revoke_replaced(tx, now, random, vault, replaced)?;
    }
    let event = if known.is_some() { Event::AccountReconnected } else { Event::AccountConnected };
    Ok((settle(tx, now, random, vault, asked, account, grant)?, event))
}

/// The grant that a new one takes the place of is of no use to anybody.
fn revoke_replaced(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    vault: &Vault,
    replaced: ConnectionId,
) -> db::Result<()> {
    match store::by_id(tx, replaced)? {
        Some(connection) => super::revoke_later(tx, now, random, vault, None, &connection),
        None => Ok(()),
    }
}

/// Puts a grant where its account belongs: to the connection that knows the account, so that history stays with it,
/// else to the one that asked, else (it holds another account) to a new one.
pub fn settle(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    vault: &Vault,
    asked: &Connection,
    account: &Account,
    grant: &Grant,
) -> db::Result<ConnectionId> {
    // Of two who connect the same account at once, the second finds the first's.
    workspaces::lock(tx, asked.workspace_id)?;
    let known = store::by_account(tx, asked.workspace_id, asked.platform, &account.observed.external_id)?;
    let target = match known {
        Some(id) => id,
        None if asked.external_id.is_none() => asked.id,
        None => {
            let id = ConnectionId::new(now, random);
            store::insert(tx, now, id, asked.workspace_id, asked.platform)?;
            id
        }
    };
    flows::delete_flows(tx, asked.id)?;
    if target != asked.id {
        if asked.external_id.is_none() {
            store::delete(tx, asked.workspace_id, asked.id)?;
        } else {
            let cause = Some(Cause::OtherAccount);
            store::move_status(tx, now, asked.id, Status::Connecting, Status::NeedsReauth, cause)?;
        }
    }
    let id = GrantId::new(now, random);
    give(tx, now, random, vault, (target, asked.workspace_id), account, (id, grant))?;
    Ok(target)
}

/// The grant, and what it opens, are this connection's from now on.
pub fn give(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    vault: &Vault,
    (target, workspace): (ConnectionId, WorkspaceId),
    account: &Account,
    (grant_id, grant): (GrantId, &Grant),
) -> db::Result<()> {
    let sealed = tokens::seal(vault, random, target, workspace, grant);
    store::put_grant(tx, now, target, grant_id, &sealed)?;
    store::set_account(tx, now, target, account)?;
    store::set_status(tx, now, target, Status::Connected, None)?;
    changed(tx, now, workspace, target)
}

fn revoke(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    vault: &Vault,
    connection: &Connection,
    grant: &Grant,
) -> db::Result<()> {
    let token = grant.refresh_token.as_ref().unwrap_or(&grant.access_token);
    let demo = store::is_demo(tx, connection.workspace_id)?;
    // No connection ever held it.
    let of_nobody = Connection { grant_id: None, ..connection.clone() };
    let job = RevokeToken::new(vault, random, &of_nobody, demo, token);
    let workspace_id = Some(connection.workspace_id.uuid());
    kit::jobs::enqueue(tx, now, random, &job, Enqueue { workspace_id, ..Enqueue::default() })?;
    Ok(())
}

impl Held {
    fn of(vault: &Vault, random: &Random, connection: &Connection, grant: &Grant) -> Self {
        let sealed = tokens::seal(vault, random, connection.id, connection.workspace_id, grant);
        Self {
            access_token: sealed.access_token.into(),
            access_expires_at: sealed.access_expires_at,
            refresh_token: sealed.refresh_token.map(Bytes::from),
            refresh_expires_at: sealed.refresh_expires_at,
            scopes: grant.scopes.clone(),
        }
    }

    fn open(self, vault: &Vault, connection: &Connection) -> Option<Grant> {
        let open = |column, sealed: &Bytes| {
            let sealed = sealed.to_vec();
            let (id, workspace) = (connection.id, connection.workspace_id);
            store::token_place(column, id, workspace, |place| vault.open_sealed(place, &sealed)).ok()
        };
        let refresh_token = match &self.refresh_token {
            Some(sealed) => Some(open("refresh_token", sealed)?),
            None => None,
        };
        Some(Grant {
            access_token: open("access_token", &self.access_token)?,
            access_expires_at: self.access_expires_at,
            refresh_token,
            refresh_expires_at: self.refresh_expires_at,
            scopes: self.scopes,
        })
    }
}
