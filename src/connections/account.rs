//! A connected account, ready to be asked: where its platform is, who we are there, and where what it answers belongs.

use jiff::tz::TimeZone;
use kit::clock::Timestamp;
use kit::jobs::Failure;
use kit::random::Random;

use super::store::{self, Connection};
use super::tokens::Keeper;
use crate::app::App;
use crate::inbox::derive::Language;
use crate::inbox::ingest;
use crate::platforms::youtube::YouTube;
use crate::platforms::{Error, Hosts, google};

/// Why work with an account ended early: the platform, or the job that does the work.
#[derive(Debug)]
pub enum Stop {
    Platform(Error),
    Job(Failure),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Platform(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Job(failure)
    }
}

impl From<kit::db::Error> for Stop {
    fn from(error: kit::db::Error) -> Self {
        Self::Job(error.into())
    }
}

pub struct Account {
    pub app: App,
    pub connection: Connection,
    pub destination: Destination,
    hosts: Hosts,
    keeper: Keeper,
}

impl Account {
    pub async fn open(app: &App, connection: Connection) -> Result<Self, Stop> {
        let workspace = connection.workspace_id;
        let (demo, zone) = app
            .db
            .read(move |conn| {
                Ok::<_, kit::db::Error>((store::is_demo(conn, workspace)?, store::time_zone(conn, workspace)?))
            })
            .await?;
        let (hosts, client) = google(app, demo).await?;
        let keeper = Keeper::new(app.clone(), hosts.clone(), client, connection.id);
        let destination = Destination {
            connection: connection.clone(),
            time_zone: zone.and_then(|zone| TimeZone::get(&zone).ok()).unwrap_or(TimeZone::UTC),
            language: connection.language.as_deref().and_then(Language::of_tag),
            random: app.random.clone(),
        };
        Ok(Self { app: app.clone(), connection, destination, hosts, keeper })
    }

    pub fn youtube(&self) -> YouTube<'_, Keeper> {
        YouTube { http: &self.app.outbound.providers, hosts: &self.hosts, clock: &self.app.clock, tokens: &self.keeper }
    }
}

/// Where what an account shows is kept.
#[derive(Clone)]
pub struct Destination {
    connection: Connection,
    time_zone: TimeZone,
    pub language: Option<Language>,
    random: Random,
}

impl Destination {
    pub fn at(&self, now: Timestamp) -> ingest::IngestContext<'_> {
        ingest::IngestContext {
            workspace: self.connection.workspace_id,
            connection: self.connection.id,
            platform: self.connection.platform,
            time_zone: &self.time_zone,
            language: self.language,
            now,
            random: &self.random,
        }
    }
}

/// Google and our name there: the simulator's for a connection of a demo workspace, the real one's for any other.
pub async fn provider(app: &App, connection: &Connection) -> Result<(Hosts, google::Client), Stop> {
    let workspace = connection.workspace_id;
    let demo = app.db.read(move |conn| store::is_demo(conn, workspace)).await?;
    Ok(google(app, demo).await?)
}

pub async fn google(app: &App, demo: bool) -> Result<(Hosts, google::Client), Error> {
    if demo {
        return Ok((app.simulator_hosts().await?, google::Client::of_simulator()));
    }
    let unconfigured =
        || Error::Rejected { reason: "invalid_client".into(), message: "no client is configured".into() };
    Ok((Hosts::providers(), app.config.google.clone().ok_or_else(unconfigured)?))
}
