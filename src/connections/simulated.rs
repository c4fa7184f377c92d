//! Connecting a demo profile's account without a person: the same OAuth flow as by hand, its consent page answered by the simulator.

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::random::Random;

use super::account;
use super::connect::{self, account_behind};
use super::store;
use super::{ConnectionId, pages};
use crate::app::App;
use crate::model::Platform;
use crate::platforms::{Account, Consent, Error, Grant, Question};
use crate::secrets::{Secret, Vault};
use crate::workspaces::{UserId, WorkspaceId};

/// An account and what opens it.
pub struct Connected {
    pub grant: Grant,
    pub account: Account,
}

/// Authorises this installation for an account of the user's demo profile, and reads which one that is.
pub async fn consent(app: &App, user: UserId, platform: Platform) -> Result<Connected, Error> {
    let (world, provider) = account::provider_in(app, platform, true).await?;
    let (state, verifier) = (app.random.token(), Secret::new(app.random.token()));
    let back = pages::redirect_uri(app, platform);
    let question = Question { redirect_uri: &back, state: &state, verifier: &verifier };
    let not_simulated = || Error::Rejected { reason: "not_simulated".into(), message: String::new() };
    let page = provider.page().ok_or_else(not_simulated)?;
    let code = match page.consent_of_simulator(page.authorize_url(&question), &user.to_string()).await? {
        Consent::Given { code } => code,
        Consent::Refused { reason } => return Err(Error::Permission { reason }),
    };
    let grant = provider.exchange(&code, question).await?;
    let account = account_behind(app, platform, (&world, provider.as_ref()), &grant).await?;
    Ok(Connected { grant, account })
}

/// The connection of a demo workspace, connected.
pub fn insert(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    vault: &Vault,
    id: ConnectionId,
    (workspace, platform): (WorkspaceId, Platform),
    connected: &Connected,
) -> db::Result<()> {
    store::insert(tx, now, id, workspace, platform)?;
    let asked = store::by_id(tx, id)?.ok_or(db::Error::NotFound)?;
    connect::settle(tx, now, random, vault, &asked, &connected.account, &connected.grant)?;
    Ok(())
}
