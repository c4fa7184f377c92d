//! Starting and stopping: the database, one listener per host, the life of the worlds.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
use kit::db::{self, Db, Migration};
use kit::web::{KnownHosts, Limits, Server};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::hosts::{Host, Hosts, base_url};
use crate::state::{Shared, Simulated};
use crate::youtube::quota::Ledger;
use crate::{MOST_BODY_BYTES, Options, arrivals, bluesky, business, google, oauth, profiles, youtube};

const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_simulator", sql: include_str!("schema.sql") },
    Migration { name: "0002_faults_and_tokens", sql: include_str!("faults_and_tokens.sql") },
    Migration { name: "0003_bluesky", sql: include_str!("bluesky.sql") },
    Migration { name: "0004_switches", sql: include_str!("switches.sql") },
];

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the simulator cannot listen on {address}: {error}")]
    Listen { address: SocketAddr, error: std::io::Error },
    #[error("the simulator's database: {0}")]
    Database(#[from] db::Error),
    #[error("the ports from {0} on do not reach for every host")]
    Ports(u16),
    #[error("the simulator's secret is empty")]
    NoSecret,
}

/// A running simulator. Dropping it without [`Simulator::stop`] leaves it running until the runtime ends.
pub struct Simulator {
    address: SocketAddr,
    state: Shared,
    end: CancellationToken,
    tasks: TaskTracker,
}

pub async fn start(options: Options) -> Result<Simulator, StartError> {
    if options.secret.is_empty() {
        return Err(StartError::NoSecret);
    }
    let api = bind(options.listen).await?;
    let address = local_address(&api, options.listen)?;
    let mut listeners = BTreeMap::new();
    for (index, host) in Host::ALL.iter().enumerate() {
        listeners.insert(*host, bind(SocketAddr::new(options.listen.ip(), port(&options, index)?)).await?);
    }
    let addresses = listeners
        .iter()
        .map(|(host, listener)| Ok((*host, local_address(listener, options.listen)?)))
        .collect::<Result<_, StartError>>()?;
    let hosts = Hosts { addresses, public_base: options.public_base.clone() };
    let (db, ledger) = open(&options).await?;
    let state: Shared = Arc::new(Simulated::new(&options, db, hosts, ledger));

    let simulator =
        Simulator { address, state: state.clone(), end: CancellationToken::new(), tasks: TaskTracker::new() };
    let public = options.public_base.as_ref().and_then(|base| base.host_str()).map(str::to_owned);
    let known = KnownHosts::new(options.names.iter().cloned().chain(public));
    simulator.serve(api, known.guard(profiles::api::routes(state.clone())), options.delay);
    for (host, listener) in listeners {
        let routes = match host {
            Host::GoogleAccounts => oauth::google::accounts(state.clone()),
            Host::GoogleOauth => oauth::google::oauth(state.clone()),
            Host::GoogleApis => {
                let routes = oauth::google::apis(state.clone()).merge(youtube::calls(host, state.clone()));
                google::interfaces(routes, &state)
            }
            Host::Youtube => youtube::routes(state.clone()),
            Host::GbpAccounts | Host::GbpInfo | Host::GbpReviews => business::routes(host, state.clone()),
            Host::Bluesky => bluesky::routes(state.clone()),
            Host::Plc => bluesky::plc_routes(state.clone()),
        };
        simulator.serve(listener, known.guard(routes), options.delay);
    }
    simulator.tasks.spawn(arrivals::run(state, simulator.end.clone()));
    Ok(simulator)
}

fn port(options: &Options, index: usize) -> Result<u16, StartError> {
    let Some(first) = options.ports_from else { return Ok(0) };
    u16::try_from(index).ok().and_then(|index| first.checked_add(index)).ok_or(StartError::Ports(first))
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| StartError::Listen { address, error })
}

fn local_address(listener: &TcpListener, address: SocketAddr) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|error| StartError::Listen { address, error })
}

/// Opening blocks, so it happens on a thread that may.
async fn open(options: &Options) -> Result<(Db, Ledger), StartError> {
    let mut db_options = db::Options::new(options.database_url.clone(), options.clock.clone());
    db_options.exclusive = true;
    let now = options.clock.now();
    let opened = tokio::task::spawn_blocking(move || {
        let db = Db::open(db_options)?;
        db.migrate(MIGRATIONS)?;
        db.write_blocking(move |tx| oauth::make_demo_client(tx, now))?;
        let ledger = Ledger::load(db.read_blocking(youtube::store::ledger)?);
        Ok::<_, db::Error>((db, ledger))
    });
    Ok(opened.await.unwrap_or(Err(db::Error::Panicked))?)
}

impl Simulator {
    /// Base URL of the demo service's API.
    pub fn api_url(&self) -> String {
        base_url(self.address, None)
    }

    /// Base URL of each provider host, by its key.
    pub fn hosts(&self) -> BTreeMap<String, String> {
        self.state.hosts.urls(None)
    }

    /// Answers what is under way, saves, and ends.
    pub async fn stop(self) {
        self.end.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        arrivals::save_ledger(&self.state).await;
        let db = self.state.db.clone();
        let _ = tokio::task::spawn_blocking(move || db.close()).await;
    }

    #[cfg(test)]
    pub fn state(&self) -> &Shared {
        &self.state
    }

    fn serve(&self, listener: TcpListener, routes: Router, delay: Duration) {
        let routes = routes.layer(DefaultBodyLimit::max(MOST_BODY_BYTES)).layer(middleware::from_fn(
            move |request: Request, next: Next| async move {
                if !delay.is_zero() {
                    tokio::time::sleep(delay).await;
                }
                next.run(request).await
            },
        ));
        let limits = Limits {
            connections: 1024,
            // One client, Repruv, has many accounts to ask for.
            connections_per_address: 1024,
            drain: Duration::from_secs(3),
            ..Limits::default()
        };
        let (server, end) = (Server { limits, ..Server::default() }, self.end.clone());
        self.tasks.spawn(async move {
            if let Err(error) = server.serve(listener, routes, end).await {
                tracing::error!(%error, "a simulator listener ended");
            }
        });
    }
}
