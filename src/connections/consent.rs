//! Asking for an authorisation: one flow per attempt, bound to the session that began it, answered once and not for long.

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{Error, Tx};
use kit::jobs::Enqueue;
use kit::random::Random;
use sha2::{Digest, Sha256};

use super::connect::{ConnectAccount, LateConsent};
use super::flows::{self, Flow};
use super::store;
use super::{Cause, ConnectionId, Refused, Status, changed};
use crate::accounts::sessions::SessionId;
use crate::model::Platform;
use crate::platforms::Platforms;
use crate::secrets::{Place, Secret, Vault};
use crate::workspaces::{UserId, WorkspaceId};

pub const LIFETIME: Duration = Duration::from_secs(600);
/// Whoever comes back late learns that it was too late, not that nothing is known.
const KEPT: Duration = Duration::from_secs(7 * 86_400);

/// Who asks, for which workspace, and where the answer shall come.
#[derive(Clone, Debug)]
pub struct Asker {
    pub user: UserId,
    pub session: Option<SessionId>,
    pub workspace: WorkspaceId,
    pub redirect_uri: String,
    /// What they typed, where there is no consent page: kept in the verifier's place until the attempt has ended.
    pub credentials: Option<Secret>,
}

/// What goes into the link to the consent page; only hashes and ciphertexts of it are stored.
#[derive(Debug)]
pub struct Asked {
    pub connection: ConnectionId,
    pub state: Secret,
    pub verifier: Secret,
}

/// Begins an attempt, for a new connection or for one that lost its authorisation.
pub fn ask(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    vault: &Vault,
    asker: &Asker,
    platform: Platform,
    again: Option<ConnectionId>,
) -> Result<Asked, Refused> {
    // An attempt that came to nothing makes room for the next one.
    let again = match again {
        Some(id) => Some(id),
        None => store::unfinished(tx, asker.workspace, platform)?,
    };
    let connection = match again {
        Some(id) => {
            let known = store::find(tx, asker.workspace, id)?.filter(|known| known.platform == platform);
            let known = known.ok_or(Refused::NotFound)?;
            // One that works keeps working until the answer is here.
            if known.connection_status != Status::Connected {
                store::set_status(tx, now, id, Status::Connecting, None)?;
            }
            flows::delete_flows(tx, id)?;
            id
        }
        None => {
            let id = ConnectionId::new(now, random);
            store::insert(tx, now, id, asker.workspace, platform)?;
            id
        }
    };
    let verifier = asker.credentials.clone().unwrap_or_else(|| Secret::new(random.token()));
    let state = Secret::new(random.token());
    let hash = hash(state.expose());
    let flow = Flow {
        session_id: asker.session,
        user_id: asker.user,
        workspace_id: asker.workspace,
        connection_id: connection,
        platform,
        verifier: seal(vault, random, "verifier", &hash, asker.user, &verifier),
        redirect_uri: asker.redirect_uri.clone(),
        expires_at: now + LIFETIME,
        used_at: None,
    };
    flows::insert_flow(tx, now, &hash, &flow)?;
    // Whoever closes the consent page leaves nobody waiting.
    let late =
        Enqueue { run_at: Some(flow.expires_at), workspace_id: Some(asker.workspace.uuid()), ..Enqueue::default() };
    kit::jobs::enqueue(tx, now, random, &LateConsent { connection_id: connection, flow: hash.into() }, late)?;
    changed(tx, now, asker.workspace, connection)?;
    Ok(Asked { connection, state, verifier })
}

/// What came back from a consent page, as it stands in the address.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Whose address it came to.
    pub provider: String,
    pub state: Option<Secret>,
    pub code: Option<Secret>,
    pub error: Option<String>,
    pub issuer: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The code is stored, and a job exchanges it.
    Connecting(ConnectionId),
    /// The person said no, or the provider did.
    Declined(ConnectionId),
}

/// Why an answer is not taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    #[error("This link doesn't belong to a connection you started here.")]
    Unknown,
    #[error("This link has already been used.")]
    Replayed,
    #[error("This took longer than ten minutes, so the request expired.")]
    Late,
    #[error("This connection was started in another browser or by someone else. Please start again here.")]
    Foreign,
    #[error("This response came from a different provider than expected.")]
    OtherIssuer,
    #[error(transparent)]
    Db(#[from] Error),
}

impl NotTaken {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "state_unknown",
            Self::Replayed => "state_used",
            Self::Late => "state_late",
            Self::Foreign => "state_foreign",
            Self::OtherIssuer => "issuer_mismatch",
            Self::Db(_) => "database",
        }
    }
}

/// Takes the answer, once: the flow is marked used in the transaction that stores the code with its job.
pub fn take(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    vault: &Vault,
    platforms: &Platforms,
    (user, session): (UserId, SessionId),
    answer: &Answer,
) -> Result<Taken, NotTaken> {
    let hash = hash(answer.state.as_ref().ok_or(NotTaken::Unknown)?.expose());
    let flow = flows::flow(tx, &hash)?.ok_or(NotTaken::Unknown)?;
    if flow.user_id != user || flow.session_id != Some(session) {
        return Err(NotTaken::Foreign);
    }
    let asked = platforms.info(flow.platform);
    let is_another = |issuer: &str| asked.and_then(|info| info.issuer).is_some_and(|known| known != issuer);
    if asked.is_none_or(|info| info.key != answer.provider) || answer.issuer.as_deref().is_some_and(is_another) {
        return Err(NotTaken::OtherIssuer);
    }
    if !flows::use_flow(tx, now, &hash)? {
        return Err(if flow.used_at.is_some() { NotTaken::Replayed } else { NotTaken::Late });
    }
    let id = flow.connection_id;
    let taken = match (&answer.code, &answer.error) {
        (Some(code), None) => {
            let code = seal(vault, random, "code", &hash, user, code);
            let job = ConnectAccount { connection_id: id, flow: hash.into(), code: code.into() };
            let enqueue = Enqueue {
                user_id: Some(user.uuid()),
                workspace_id: Some(flow.workspace_id.uuid()),
                ..Enqueue::default()
            };
            kit::jobs::enqueue(tx, now, random, &job, enqueue)?;
            Taken::Connecting(id)
        }
        (_, error) => {
            let denied = error.as_deref() == Some("access_denied");
            let cause = if denied { Cause::Denied } else { Cause::ConsentUnusable };
            store::move_status(tx, now, id, Status::Connecting, Status::Failed, Some(cause))?;
            Taken::Declined(id)
        }
    };
    changed(tx, now, flow.workspace_id, id)?;
    Ok(taken)
}

/// What the exchange needs of a flow.
pub fn open_verifier(vault: &Vault, hash: &[u8; 32], flow: &Flow) -> Option<Secret> {
    open(vault, "verifier", hash, flow.user_id, &flow.verifier)
}

pub fn open_code(vault: &Vault, hash: &[u8; 32], flow: &Flow, sealed: &[u8]) -> Option<Secret> {
    open(vault, "code", hash, flow.user_id, sealed)
}

fn hash(state: &str) -> [u8; 32] {
    Sha256::digest(state).into()
}

fn seal(vault: &Vault, random: &Random, column: &str, row: &[u8; 32], owner: UserId, secret: &Secret) -> Vec<u8> {
    let owner = owner.uuid();
    vault.seal(Place { table: "oauth_flows", column, row, owner: owner.as_bytes() }, secret.expose().as_bytes(), random)
}

fn open(vault: &Vault, column: &str, row: &[u8; 32], owner: UserId, sealed: &[u8]) -> Option<Secret> {
    let owner = owner.uuid();
    vault.open_sealed(Place { table: "oauth_flows", column, row, owner: owner.as_bytes() }, sealed).ok()
}

/// Removes attempts of long ago, at most `batch`; how many it were.
pub fn purge(tx: &mut Tx, now: Timestamp, batch: i64) -> Result<u64, Error> {
    flows::purge_flows(tx, now - KEPT, batch)
}
