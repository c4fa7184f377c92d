//! Starting and ending a process: what it needs, in order, and one clear line when something is missing.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use kit::clock::Clock;
use kit::db::{Db, Dialect, Options};
use kit::jobs::{self, Worker, WorkerHandle};
use kit::random::Random;
use kit::web::{Limits, Proxies, Server};
use listenfd::ListenFd;
use simulator::Simulator;
use tokio::net::TcpListener;

use crate::accounts::{self, Passwords};
use crate::app::{App, MIGRATIONS};
use crate::assembly::{Ground, assemble};
use crate::config::{BadSetting, Config, DemoService, Settings};
use crate::inbox::search;
use crate::ops::metrics::Metrics;
use crate::outbound::Outbound;
use crate::routes;
use crate::secrets::{KeyFileError, Secret, Vault};

/// Which parts run in this process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parts {
    pub web: bool,
    pub worker: bool,
}

/// Why a process does not start: each says what is wrong and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("can't use {path} for data: {error}; choose another directory with --data-dir", path = path.display())]
    DataDir { path: std::path::PathBuf, error: std::io::Error },
    #[error("can't listen on {address}: {error}; choose another with {option}")]
    Listen { address: SocketAddr, option: &'static str, error: std::io::Error },
    #[error("can't use the inherited socket (LISTEN_FDS): {0}")]
    Inherited(std::io::Error),
    #[error(transparent)]
    Setting(#[from] BadSetting),
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    #[error(
        "the key file can't decrypt the secrets in this database: restore the right key file, or point REPRUV_SECRET_KEY_FILE to it"
    )]
    OtherKey,
    #[error("can't use the database: {0}")]
    Database(#[from] kit::db::Error),
    #[error("separate web and worker processes need PostgreSQL: set DATABASE_URL, or run `repruv serve`")]
    OneProcessOnly,
    #[error(transparent)]
    Simulator(#[from] simulator::StartError),
    #[error("the disk of {} is full: make room, and start again ({error})", path.display())]
    DiskFull { path: std::path::PathBuf, error: Box<StartError> },
    #[error("can't start the runtime: {0}")]
    Runtime(#[from] std::io::Error),
}

/// Less than SQLite's files need to begin with.
const NO_ROOM: u64 = 256 << 10;

/// A process that runs until [`Running::stop`].
pub struct Running {
    pub app: App,
    pub address: Option<SocketAddr>,
    web: Vec<tokio::task::JoinHandle<std::io::Result<()>>>,
    worker: Option<WorkerHandle>,
    simulator: Option<Simulator>,
}

pub fn make_data_dir(path: &Path) -> Result<(), StartError> {
    std::fs::create_dir_all(path).map_err(|error| StartError::DataDir { path: path.into(), error })
}

/// Opens the database and brings its schema up to date.
pub fn open_database(settings: &Settings, clock: &Clock) -> Result<Db, StartError> {
    let mut options = Options::new(settings.database_url(), clock.clone());
    options.exclusive = true;
    let db = Db::open(options)?;
    db.migrate(MIGRATIONS)?;
    Ok(db)
}

/// The same for commands about accounts, which work beside a server too. Their writes are short, and SQLite lets one process
/// write after the other.
pub fn open_for_accounts(settings: &Settings, clock: &Clock) -> Result<Db, StartError> {
    match open_database(settings, clock) {
        // Somebody serves it, and has brought its schema up to date; a wrong one is refused below.
        Err(StartError::Database(kit::db::Error::Unavailable(_))) => {
            let db = Db::open(Options { connections: 1, ..Options::new(settings.database_url(), clock.clone()) })?;
            db.migrate(MIGRATIONS)?;
            Ok(db)
        }
        opened => opened,
    }
}

/// The application without anything running: for commands.
pub async fn application(settings: &Settings, db: Db, config: Config, clock: Clock) -> Result<App, StartError> {
    let random = Random::system();
    let vault = Vault::open(&settings.key_file(), &random)?;
    let passwords = Passwords::start(random.clone());
    accounts::expect_former_hashes(&db, &passwords).await?;
    let outbound = Outbound::new(config.outbound_allow.clone());
    Ok(assemble(Ground { db, clock, random, config, vault, outbound, passwords }))
}

pub async fn start(settings: &Settings, parts: Parts) -> Result<Running, StartError> {
    start_parts(settings, parts).await.map_err(|error| or_full(settings, error))
}

/// SQLite calls most of what a full disk does an I/O error.
fn or_full(settings: &Settings, error: StartError) -> StartError {
    use StartError::{DataDir, Database, KeyFile, Simulator};
    let has_room =
        |path: &Path| rustix::fs::statvfs(path).map_or(true, |disk| disk.f_bavail * disk.f_frsize >= NO_ROOM);
    let url = settings.database_url();
    let database = url.strip_prefix("sqlite:").and_then(|path| Path::new(path).parent());
    let full = [Some(settings.data_dir.as_path()), database].into_iter().flatten().find(|path| !has_room(path));
    match (full, &error) {
        (Some(path), DataDir { .. } | Database(_) | KeyFile(_) | Simulator(_)) => {
            StartError::DiskFull { path: path.to_owned(), error: Box::new(error) }
        }
        _ => error,
    }
}

async fn start_parts(settings: &Settings, parts: Parts) -> Result<Running, StartError> {
    make_data_dir(&settings.data_dir)?;
    let (clock, random) = (Clock::system(), Random::system());
    // The addresses first: a port in use is the commonest mistake, and nothing is touched yet.
    let listeners = if parts.web { public_listeners(settings).await? } else { Vec::new() };
    let metrics_listener = match settings.metrics_listen {
        Some(address) => Some(listen(address, "--metrics-listen").await?),
        None => None,
    };
    let address = match listeners.first() {
        Some(listener) => listener.local_addr()?,
        None => settings.listen,
    };
    let db = {
        let (settings, clock) = (settings.clone(), clock.clone());
        tokio::task::spawn_blocking(move || open_database(&settings, &clock)).await.map_err(std::io::Error::other)??
    };
    if db.dialect() == Dialect::Sqlite && !(parts.web && parts.worker) {
        return Err(StartError::OneProcessOnly);
    }
    let (simulator, embedded) = embedded_simulator(settings, parts, &clock, &random).await?;
    let config = Config::new(settings, address, embedded)?;
    if config.public_url.starts_with("https://") && settings.trusted_proxies.is_none() {
        tracing::warn!(
            "no proxy is trusted, so all visitors count as one: set REPRUV_TRUSTED_PROXIES to the address of yours"
        );
    }
    let app = application(settings, db, config, clock).await?;
    check_secrets(&app).await?;
    keep_search_current(&app).await?;

    let routes = routes::router(app.clone());
    let serve = |listener| {
        let server = public_server(&app, settings);
        tokio::spawn(server.serve(listener, routes.clone(), app.stopping.clone()))
    };
    let web: Vec<_> = listeners.into_iter().map(serve).collect();
    if let Some(listener) = metrics_listener {
        let server = Server { limits: Limits { connections: 32, ..Limits::default() }, ..Server::default() };
        tokio::spawn(server.serve(
            listener,
            routes::metrics(app.clone(), &settings.internal_hosts),
            app.stopping.clone(),
        ));
    }
    let worker = parts.worker.then(|| start_worker(&app, settings));
    Ok(Running { app, address: parts.web.then_some(address), web, worker, simulator })
}

/// The sockets that the service manager holds for us, whose queues outlive a restart; else one of our own.
async fn public_listeners(settings: &Settings) -> Result<Vec<TcpListener>, StartError> {
    let mut inherited = ListenFd::from_env();
    if inherited.len() == 0 {
        return Ok(vec![listen(settings.listen, "--listen").await?]);
    }
    let mut listeners = Vec::new();
    for index in 0..inherited.len() {
        if let Some(socket) = inherited.take_tcp_listener(index).map_err(StartError::Inherited)? {
            socket.set_nonblocking(true).map_err(StartError::Inherited)?;
            listeners.push(TcpListener::from_std(socket).map_err(StartError::Inherited)?);
        }
    }
    Ok(listeners)
}

async fn listen(address: SocketAddr, option: &'static str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| StartError::Listen { address, option, error })
}

fn public_server(app: &App, settings: &Settings) -> Server {
    Server {
        limits: Limits { notice: Duration::from_secs(settings.stop_notice_seconds.into()), ..Limits::default() },
        https: app.config.public_url.starts_with("https://"),
        // This machine's own proxy or people: they cannot be told apart by address.
        shared: Proxies::local().and(&app.config.proxies),
        meters: app.part::<Metrics>().web.clone(),
    }
}

/// The whole in one process has its simulator with it, unless another one is named.
async fn embedded_simulator(
    settings: &Settings,
    parts: Parts,
    clock: &Clock,
    random: &Random,
) -> Result<(Option<Simulator>, Option<DemoService>), StartError> {
    if settings.demo_service_url.is_some() || !(parts.web && parts.worker) {
        return Ok((None, None));
    }
    let secret = random.token();
    let mut options = simulator::Options::new(&settings.data_dir, secret.clone(), clock.clone(), random.clone());
    options.delay = Duration::from_millis(settings.simulator_delay_ms);
    let simulator = simulator::start(options).await?;
    let service =
        DemoService { url: simulator.api_url().parse().map_err(std::io::Error::other)?, secret: Secret::new(secret) };
    Ok((Some(simulator), Some(service)))
}

/// A release that reads texts in another way makes the index of their words anew, and so does a restored database.
async fn keep_search_current(app: &App) -> Result<(), StartError> {
    let (now, random) = (app.now(), app.random.clone());
    Ok(app.db.write(move |tx| search::jobs::keep_current(tx, now, &random)).await?)
}

async fn check_secrets(app: &App) -> Result<(), StartError> {
    let vault = app.vault.clone();
    // Of however many accounts.
    let opens = app.db.read_within(Duration::MAX, move |conn| crate::connections::check_secrets(conn, &vault)).await?;
    opens.map_err(|_| StartError::OtherKey)
}

fn start_worker(app: &App, settings: &Settings) -> WorkerHandle {
    let worker = jobs::Settings {
        concurrency: settings.worker_concurrency.into(),
        lease: Duration::from_secs(settings.worker_lease_seconds.into()),
        // The lock beside the file proves that no other process is at work.
        exclusive: app.db.dialect() == Dialect::Sqlite,
        ..jobs::Settings::default()
    };
    let worker = Worker::start(app.db.clone(), app.clock.clone(), app.random.clone(), app.clone(), worker);
    app.part::<Metrics>().worker(worker.watch());
    worker
}

impl Running {
    /// The one-time link for the first account, while there is none.
    pub async fn first_run_link(&self) -> kit::db::Result<Option<String>> {
        accounts::first_run_link(&self.app.db, self.app.now(), &self.app.random, &self.app.config.public_url).await
    }

    /// Ends in order: no new work, streams and requests, jobs to their next step, the simulator, the database.
    pub async fn stop(self) {
        self.app.stopping.cancel();
        if let Some(worker) = self.worker {
            worker.stop().await;
        }
        for web in self.web {
            // What it served is answered or cut off; there is nobody left to tell.
            let _ = web.await;
        }
        if let Some(simulator) = self.simulator {
            simulator.stop().await;
        }
        let db = self.app.db.clone();
        let _ = tokio::task::spawn_blocking(move || db.close()).await;
    }
}
