//! Choosing: an authorisation that opens several accounts waits until its person has said which of them are meant.
//!
//! What is known here already gets the new authorisation at once, so that one sign-in mends all that hung on the old one. Each
//! chosen account is a connection of its own, with a copy of the authorisation.

pub mod pages;
mod store;
mod views;

use kit::clock::Timestamp;
use kit::db::Tx;
use kit::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::connect::give;
use super::store::{self as connections, Connection};
use super::{Cause, ConnectionId, GrantId, Refused, Status, changed, flows, jobs, tokens};
use crate::audit::{self, Event};
use crate::model::ObservedAccount;
use crate::platforms::{Account, Grant};
use crate::secrets::Vault;
use crate::work::Work;
use crate::workspaces::{self, UserId, WorkspaceId};

/// An account that may be chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    pub external_id: String,
    pub display_name: String,
    /// What tells it from another of the same name.
    pub handle: Option<String>,
    language: Option<String>,
    /// The adapter's own.
    state: Value,
}

impl Choice {
    fn of(account: &Account) -> Self {
        let observed = account.observed.clone();
        Self {
            external_id: observed.external_id,
            display_name: observed.display_name,
            handle: observed.handle,
            language: observed.language,
            state: account.state.clone(),
        }
    }

    fn account(&self) -> Account {
        Account {
            observed: ObservedAccount {
                external_id: self.external_id.clone(),
                display_name: self.display_name.clone(),
                handle: self.handle.clone(),
                avatar_url: None,
                followers: None,
                views: None,
                content_total: None,
                language: self.language.clone(),
            },
            has_counters: false,
            state: self.state.clone(),
        }
    }
}

/// What a connection offers to choose from.
pub fn choices(connection: &Connection) -> Vec<Choice> {
    let kept = connection.choices.clone().filter(|_| connection.connection_status == Status::Choosing);
    kept.and_then(|kept| serde_json::from_value(kept).ok()).unwrap_or_default()
}

/// Puts a grant where its accounts are known, and offers the others; which connections have it now.
pub fn offer(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    vault: &Vault,
    asked: &Connection,
    accounts: &[Account],
    grant: &Grant,
) -> kit::db::Result<Vec<ConnectionId>> {
    workspaces::lock(tx, asked.workspace_id)?;
    flows::delete_flows(tx, asked.id)?;
    let (mut renewed, mut others, grant_id) = (Vec::new(), Vec::new(), GrantId::new(now, random));
    for account in accounts {
        match known(tx, asked, account)? {
            Some(id) => {
                give(tx, now, random, vault, (id, asked.workspace_id), account, (grant_id, grant))?;
                renewed.push(id);
            }
            None => others.push(Choice::of(account)),
        }
    }
    if renewed.contains(&asked.id) {
        return Ok(renewed);
    }
    let place = match asked.external_id {
        None => asked.id,
        Some(_) => {
            let cause = Some(Cause::OtherAccount);
            connections::move_status(tx, now, asked.id, Status::Connecting, Status::NeedsReauth, cause)?;
            changed(tx, now, asked.workspace_id, asked.id)?;
            let id = ConnectionId::new(now, random);
            connections::insert(tx, now, id, asked.workspace_id, asked.platform)?;
            id
        }
    };
    if others.is_empty() {
        connections::delete(tx, asked.workspace_id, place)?;
    } else {
        let sealed = tokens::seal(vault, random, place, asked.workspace_id, grant);
        connections::put_grant(tx, now, place, grant_id, &sealed)?;
        store::put_choices(tx, now, place, &others)?;
    }
    changed(tx, now, asked.workspace_id, place)?;
    Ok(renewed)
}

/// The connection that is this account's here, unless somebody has ended it.
fn known(tx: &mut Tx, asked: &Connection, account: &Account) -> kit::db::Result<Option<ConnectionId>> {
    let id = connections::by_account(tx, asked.workspace_id, asked.platform, &account.observed.external_id)?;
    let Some(id) = id else { return Ok(None) };
    let found = connections::by_id(tx, id)?;
    let is_wanted = |found: &Connection| id == asked.id || found.connection_status != Status::Disconnected;
    Ok(found.filter(is_wanted).map(|found| found.id))
}

/// Connects the accounts that were chosen; at least one of those that are offered.
pub fn choose(
    work: &mut Work<'_>,
    user: UserId,
    workspace: WorkspaceId,
    id: ConnectionId,
    chosen: &[String],
) -> Result<Vec<ConnectionId>, Refused> {
    let connection = connections::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)?;
    jobs::hold_syncs(work.tx, &connection, chosen.iter().map(String::as_str))?;
    workspaces::lock(work.tx, workspace)?;
    // Somebody else may have chosen until the lock was ours.
    let connection = connections::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)?;
    let offered = choices(&connection);
    if offered.is_empty() {
        return Err(Refused::NothingToChoose);
    }
    let wanted: Vec<_> = offered.iter().filter(|choice| chosen.contains(&choice.external_id)).collect();
    if wanted.is_empty() {
        return Err(Refused::NothingChosen);
    }
    let grant = store::grant(work.tx, work.secrets, id)?.zip(connection.grant_id);
    let (grant, grant_id) = grant.ok_or(Refused::NothingToChoose)?;
    let (now, random, vault) = (work.now, work.random, work.secrets);
    store::end(work.tx, now, id)?;
    let (mut connected, mut is_used) = (Vec::new(), false);
    for choice in wanted {
        let account = choice.account();
        let known = connections::by_account(work.tx, workspace, connection.platform, &choice.external_id)?;
        let target = match known {
            Some(known) => known,
            None if !is_used => id,
            None => {
                let new = ConnectionId::new(now, random);
                connections::insert(work.tx, now, new, workspace, connection.platform)?;
                new
            }
        };
        is_used |= target == id;
        give(work.tx, now, random, vault, (target, workspace), &account, (grant_id, &grant))?;
        jobs::enqueue_sync(work.tx, now, random, Some(user), target, now)?;
        let event = if known.is_some() { Event::AccountReconnected } else { Event::AccountConnected };
        audit::record(work, event, target)?;
        connected.push(target);
    }
    if !is_used {
        connections::delete(work.tx, workspace, id)?;
        changed(work.tx, now, workspace, id)?;
    }
    Ok(connected)
}
