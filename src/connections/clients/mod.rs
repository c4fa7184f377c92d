//! As what a workspace is known to a provider: a client that its owner entered, where the installation's settings name none.
//!
//! It is read anew whenever a provider is about to be asked, so that each process uses what was entered last. It is the
//! workspace's own: whoever owns another one of the same installation can neither use nor replace it.

pub mod api;
pub mod jobs;
pub mod pages;
mod store;
mod views;

use kit::clock::Timestamp;
use kit::db::{self, Conn};
use kit::jobs::Enqueue;
use serde::Deserialize;

use self::jobs::CheckClient;
use self::store::Stored;
use super::changed;
use crate::app::App;
use crate::audit::{self, Event};
use crate::model::Platform;
use crate::platforms::{self, Client, PlatformModule, Platforms, Setup, World};
use crate::secrets::{Secret, Vault};
use crate::web::errors::{Error, FieldErrors, Result};
use crate::work::Work;
use crate::workspaces::WorkspaceId;

pub use store::{sealed_secrets, verdicts};

kit::text_enum! {
    /// What the provider says of a client.
    pub enum Verdict {
        Checking = "checking",
        Accepted = "accepted",
        Refused = "refused",
        /// It knows the client, and not the address to which we let it lead back.
        RedirectUnknown = "redirect_unknown",
        /// It could not be asked.
        Unanswered = "unanswered",
    }
}

/// Where the platforms are for a workspace, and as what they know it; `None` is a demo.
pub async fn world(app: &App, workspace: Option<WorkspaceId>) -> std::result::Result<World, platforms::Error> {
    let world = app.world(workspace.is_none()).await?;
    let Some(workspace) = workspace else { return Ok(world) };
    let vault = app.vault.clone();
    let read = app.db.read(move |conn| known(conn, &vault, workspace, world.clone())).await;
    read.map_err(|error: db::Error| {
        tracing::warn!(%error, "a provider's client could not be read");
        platforms::Error::Storage
    })
}

/// The same without asking where a simulator's hosts are, in a read that is under way.
pub fn unplaced_world(conn: &mut Conn, app: &App, workspace: WorkspaceId, is_demo: bool) -> db::Result<World> {
    let world = app.unplaced_world(is_demo);
    if is_demo { Ok(world) } else { known(conn, &app.vault, workspace, world) }
}

fn known(conn: &mut Conn, vault: &Vault, workspace: WorkspaceId, world: World) -> db::Result<World> {
    let clients = store::all(conn, workspace)?;
    Ok(clients.into_iter().fold(world, |world, stored| match open(vault, workspace, &stored) {
        Some(client) => world.known_to(&stored.provider, client),
        None => world,
    }))
}

fn open(vault: &Vault, workspace: WorkspaceId, stored: &Stored) -> Option<Client> {
    let opened = store::place(workspace, &stored.provider, |place| vault.open_sealed(place, &stored.client_secret));
    match opened {
        Ok(secret) => Some(Client { id: stored.client_id.clone(), secret }),
        Err(broken) => {
            tracing::error!(%broken, "a client's secret does not open");
            None
        }
    }
}

/// What an owner enters.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Typed {
    pub client_id: String,
    pub client_secret: Option<Secret>,
}

impl Typed {
    /// Without what was copied along, or what is wrong with each field.
    fn read(&self, setup: &Setup) -> std::result::Result<Client, FieldErrors> {
        let id = self.client_id.trim();
        let secret = self.client_secret.as_ref().map_or("", |secret| secret.expose().trim());
        let mut errors = FieldErrors::default();
        for slip in (setup.examine)(id, secret) {
            errors.add(slip.field, slip.code, slip.text);
        }
        if errors.is_empty() { Ok(Client { id: id.to_owned(), secret: Secret::new(secret) }) } else { Err(errors) }
    }
}

/// A platform as it is set up here.
struct Place<'a> {
    module: &'a dyn PlatformModule,
    setup: Option<&'static Setup>,
    /// Whether the installation's own settings name a client, which then counts alone.
    is_set: bool,
}

fn place<'a>(app: &'a App, platform: Platform) -> Result<Place<'a>> {
    let module = app.platforms.get(platform).ok_or(Error::NotFound)?;
    let is_set = app.unplaced_world(false).is_known_to(module.info().key);
    Ok(Place { module, setup: module.setup(), is_set })
}

/// The platforms that share a provider's client.
fn sharing(platforms: &Platforms, provider: &str) -> Vec<Platform> {
    let shares = |platform: &Platform| platforms.info(*platform).is_some_and(|info| info.key == provider);
    platforms.offered().filter(shares).collect()
}

/// What a client is entered or taken away with.
#[derive(Clone)]
struct Change {
    workspace: WorkspaceId,
    platform: Platform,
    provider: &'static str,
    sharing: Vec<Platform>,
}

impl Change {
    fn at(app: &App, workspace: WorkspaceId, platform: Platform) -> Result<(Self, &'static Setup)> {
        let place = place(app, platform)?;
        let none_needed = || {
            let text = format!("{} needs no client: connect it with your own account.", platform.label());
            Error::conflict("no_client_needed", text)
        };
        let setup = place.setup.ok_or_else(none_needed)?;
        if place.is_set {
            return Err(set_elsewhere(platform));
        }
        let provider = place.module.info().key;
        Ok((Self { workspace, platform, provider, sharing: sharing(&app.platforms, provider) }, setup))
    }

    /// Whoever connected with a former client has to do so again; the same client with another secret goes on.
    fn save(&self, work: &mut Work<'_>, client: &Client) -> db::Result<()> {
        let before = store::find(work.tx, self.workspace, self.provider)?;
        let secret = client.secret.expose().as_bytes();
        let sealed = store::place(self.workspace, self.provider, |place| work.secrets.seal(place, secret, work.random));
        let version = store::put(work.tx, work.now, self.workspace, self.provider, (&client.id, &sealed))?;
        if before.is_some_and(|before| before.client_id != client.id) {
            self.orphan(work)?;
        }
        let job = CheckClient {
            workspace_id: self.workspace,
            platform: self.platform,
            provider: self.provider.to_owned(),
            version,
        };
        let how = Enqueue {
            user_id: work.who.person().map(crate::workspaces::UserId::uuid),
            workspace_id: Some(self.workspace.uuid()),
            ..Enqueue::default()
        };
        kit::jobs::enqueue(work.tx, work.now, work.random, &job, how)?;
        audit::record(work, Event::ClientSaved, format_args!("{} {}", self.provider, client.id))
    }

    fn remove(&self, work: &mut Work<'_>) -> Result<()> {
        if !store::delete(work.tx, self.workspace, self.provider)? {
            return Err(Error::NotFound);
        }
        self.orphan(work)?;
        Ok(audit::record(work, Event::ClientRemoved, self.provider)?)
    }

    fn orphan(&self, work: &mut Work<'_>) -> db::Result<()> {
        for id in store::orphan(work.tx, work.now, self.workspace, &self.sharing)? {
            changed(work.tx, work.now, self.workspace, id)?;
        }
        Ok(())
    }
}

fn set_elsewhere(platform: Platform) -> Error {
    let [id, secret] = platform.words().client_settings;
    Error::conflict(
        "client_from_settings",
        format!("This server's settings name the client: change {id} and {secret}."),
    )
}

/// What may be shown of a client that was entered.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The end of the part that tells one client from another.
    pub hint: String,
    pub verdict: Verdict,
    pub saved_at: Timestamp,
}

impl From<Stored> for Kept {
    fn from(stored: Stored) -> Self {
        let name = stored.client_id.split('.').next().unwrap_or_default();
        let skipped = name.chars().count().saturating_sub(4);
        Self { hint: name.chars().skip(skipped).collect(), verdict: stored.verdict, saved_at: stored.saved_at }
    }
}

async fn kept(app: &App, workspace: WorkspaceId, provider: &'static str) -> Result<Option<Kept>> {
    let found = app.db.read(move |conn| store::find(conn, workspace, provider)).await?;
    Ok(found.map(Kept::from))
}
