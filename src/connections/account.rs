//! A connected account, ready to be asked: its adapter, what it may cost, and where what it answers belongs.

use std::sync::Arc;

use kit::clock::Timestamp;
use kit::jobs::Failure;
use kit::random::Random;

use super::budget::{Purse, Share};
use super::store::{self, Connection};
use super::tokens::TokenSource;
use super::{ConnectionId, Status, clients};
use crate::app::App;
use crate::inbox::derive::Language;
use crate::inbox::ingest::IngestContext;
use crate::model::Platform;
use crate::platforms::{AccountKey, Adapter, Error, PlatformModule, Provider, World};
use crate::workspaces::WorkspaceId;

/// Why work with an account ended early: the platform, or the job that does the work.
#[derive(Debug)]
pub enum SyncError {
    Platform(Error),
    Job(Failure),
}

impl From<Error> for SyncError {
    fn from(error: Error) -> Self {
        Self::Platform(error)
    }
}

impl From<Failure> for SyncError {
    fn from(failure: Failure) -> Self {
        Self::Job(failure)
    }
}

impl From<kit::db::Error> for SyncError {
    fn from(error: kit::db::Error) -> Self {
        Self::Job(error.into())
    }
}

pub struct OpenAccount {
    pub app: App,
    pub connection: Connection,
    pub adapter: Box<dyn Adapter>,
    pub purse: Arc<Purse>,
    pub target: IngestTarget,
}

impl OpenAccount {
    pub async fn open(app: &App, connection: Connection) -> Result<Self, SyncError> {
        Self::open_with(app, connection, Share::Readings).await
    }

    /// For what a person waits for: with what is kept of the budget for people. `None` where nothing is authorised.
    pub async fn for_people(app: &App, id: ConnectionId) -> Result<Option<Self>, SyncError> {
        let found = app.db.read(move |conn| store::by_id(conn, id)).await?;
        match found.filter(|connection| connection.connection_status == Status::Connected) {
            Some(connection) => Self::open_with(app, connection, Share::People).await.map(Some),
            None => Ok(None),
        }
    }

    async fn open_with(app: &App, connection: Connection, share: Share) -> Result<Self, SyncError> {
        // Whoever has to wait books nothing, and commits to nothing.
        if let Some(until) = connection.silent_until.filter(|until| *until > app.now()) {
            return Err(Error::Silenced { until }.into());
        }
        let workspace = connection.workspace_id;
        let demo = app.db.read(move |conn| store::is_demo(conn, workspace)).await?;
        let world = clients::world(app, (!demo).then_some(workspace)).await?;
        let module = module(app, connection.platform)?;
        let tokens = TokenSource::new(app.clone(), module.provider(&world)?, connection.id);
        let purse = Arc::new(Purse::new(app, connection.platform, &world, share).of(connection.id));
        let adapter = module.adapter(&world, Arc::new(tokens), purse.clone());
        let target = IngestTarget {
            connection: connection.clone(),
            language: connection.language.as_deref().and_then(Language::of_tag),
            random: app.random.clone(),
        };
        Ok(Self { app: app.clone(), connection, adapter, purse, target })
    }

    /// The account as it was known when it was opened.
    pub fn key(&self) -> AccountKey {
        AccountKey {
            external_id: self.connection.external_id.clone().unwrap_or_default(),
            state: self.connection.adapter_state.clone().unwrap_or_default(),
        }
    }
}

/// Where what an account shows is kept.
#[derive(Clone)]
pub struct IngestTarget {
    connection: Connection,
    pub language: Option<Language>,
    random: Random,
}

impl IngestTarget {
    pub fn at(&self, now: Timestamp) -> IngestContext<'_> {
        IngestContext {
            workspace: self.connection.workspace_id,
            connection: self.connection.id,
            platform: self.connection.platform,
            language: self.language,
            now,
            random: &self.random,
        }
    }
}

pub(super) fn module(app: &App, platform: Platform) -> Result<&dyn PlatformModule, Error> {
    app.platforms.get(platform).ok_or_else(|| Error::Rejected {
        reason: "not_offered".into(),
        message: "this version does not speak to the platform".into(),
    })
}

/// The platform as a workspace meets it: the simulator's for a demo, the real one for any other.
pub async fn provider(app: &App, connection: &Connection) -> Result<(World, Box<dyn Provider>), SyncError> {
    let workspace = connection.workspace_id;
    let demo = app.db.read(move |conn| store::is_demo(conn, workspace)).await?;
    Ok(provider_in(app, connection.platform, (!demo).then_some(workspace)).await?)
}

/// `None` is a demo.
pub async fn provider_in(
    app: &App,
    platform: Platform,
    workspace: Option<WorkspaceId>,
) -> Result<(World, Box<dyn Provider>), Error> {
    let world = clients::world(app, workspace).await?;
    let provider = module(app, platform)?.provider(&world)?;
    Ok((world, provider))
}

/// Whoever takes an authorisation back; `None` is a demo.
pub async fn revoker_in(
    app: &App,
    platform: Platform,
    workspace: Option<WorkspaceId>,
) -> Result<Box<dyn Provider>, Error> {
    let world = clients::world(app, workspace).await?;
    module(app, platform)?.revoker(&world)
}

/// Asks with a token that was granted a moment ago, while its person waits.
pub fn adapter_with(
    app: &App,
    platform: Platform,
    world: &World,
    token: &crate::secrets::Secret,
) -> Result<Box<dyn Adapter>, Error> {
    let purse = Purse::new(app, platform, world, Share::People);
    Ok(module(app, platform)?.adapter(world, Arc::new(token.clone()), Arc::new(purse)))
}
