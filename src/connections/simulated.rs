//! Connecting a demo profile's account without a person: the same flow as by hand, its consent page answered by the simulator.

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::random::Random;

use super::account;
use super::connect::{self, accounts_behind};
use super::store;
use super::{ConnectionId, GrantId, pages};
use crate::app::App;
use crate::model::Platform;
use crate::platforms::{Account, Consent, Credentials, Error, Grant, Question};
use crate::secrets::{Secret, Vault};
use crate::workspaces::{UserId, WorkspaceId};

/// Accounts and what opens them.
pub struct Connected {
    pub grant: Grant,
    pub accounts: Vec<Account>,
}

/// Authorises this installation for the accounts that the user's demo profile has at a platform: on its consent page, or, where
/// it has none, with what its person would type.
pub async fn consent(
    app: &App,
    user: UserId,
    platform: Platform,
    typed: Option<&Credentials>,
) -> Result<Connected, Error> {
    let (world, provider) = account::provider_in(app, platform, None).await?;
    let verifier = typed.map_or_else(|| Secret::new(app.random.token()), Credentials::to_secret);
    let (state, back) = (app.random.token(), pages::redirect_uri(app, platform));
    let question = Question { redirect_uri: &back, state: &state, verifier: &verifier };
    let code = match provider.page() {
        None => Secret::new(""),
        Some(page) => match page.consent_of_simulator(page.authorize_url(&question), &user.to_string()).await? {
            Consent::Given { code } => code,
            Consent::Refused { reason } => return Err(Error::Permission { reason }),
        },
    };
    let grant = provider.exchange(&code, question).await?;
    let accounts = accounts_behind(app, platform, (&world, provider.as_ref()), &grant).await?;
    Ok(Connected { grant, accounts })
}

/// The connections of a demo workspace, one for each account, connected.
pub fn insert(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    vault: &Vault,
    ids: &[ConnectionId],
    (workspace, platform): (WorkspaceId, Platform),
    connected: &Connected,
) -> db::Result<()> {
    let grant_id = GrantId::new(now, random);
    for (id, account) in ids.iter().zip(&connected.accounts) {
        store::insert(tx, now, *id, workspace, platform)?;
        connect::give(tx, now, random, vault, (*id, workspace), account, (grant_id, &connected.grant))?;
    }
    Ok(())
}
