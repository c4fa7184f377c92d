//! Connecting a demo profile's channel without a person: the same OAuth flow as by hand, its consent page answered by the simulator.

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::random::Random;

use super::account;
use super::connect::{self, channel_behind};
use super::store;
use super::{ConnectionId, pages};
use crate::app::App;
use crate::model::Platform;
use crate::platforms::Error;
use crate::platforms::google::{Consent, Google, Grant};
use crate::platforms::youtube::Channel;
use crate::secrets::{Secret, Vault};
use crate::workspaces::{UserId, WorkspaceId};

/// A channel and what opens it.
pub struct Connected {
    pub grant: Grant,
    pub channel: Channel,
}

/// Authorises this installation for the channel of the user's demo profile, and reads which channel that is.
pub async fn consent(app: &App, user: UserId) -> Result<Connected, Error> {
    let (hosts, client) = account::google(app, true).await?;
    let google = Google { http: &app.outbound.providers, hosts: &hosts, client: &client };
    let (state, verifier) = (app.random.token(), Secret::new(app.random.token()));
    let back = pages::redirect_uri(app);
    let asked = google.authorize_url(&back, &state, &verifier);
    let code = match google.consent_of_simulator(asked, &user.to_string()).await? {
        Consent::Given { code } => code,
        Consent::Refused { reason } => return Err(Error::Permission { reason }),
    };
    let grant = google.exchange(&code, &verifier, &back, app.now()).await?;
    let channel = channel_behind(app, &hosts, &grant).await?;
    Ok(Connected { grant, channel })
}

/// The connection of a demo workspace, connected.
pub fn insert(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    vault: &Vault,
    id: ConnectionId,
    workspace: WorkspaceId,
    connected: &Connected,
) -> db::Result<()> {
    store::insert(tx, now, id, workspace, Platform::YouTube)?;
    let asked = store::by_id(tx, id)?.ok_or(db::Error::NotFound)?;
    connect::settle(tx, now, random, vault, &asked, &connected.channel, &connected.grant)?;
    Ok(())
}
