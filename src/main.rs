//! The program: one binary for every part.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use kit::clock::Clock;
use kit::random::Random;
use repruv::accounts;
use repruv::config::{self, Config, Settings};
use repruv::model::visible::spelled_out;
use repruv::ops::{commands, logging};
use repruv::serve::{self, Parts, Running};
use repruv::web::errors::Error;
use repruv::web::openapi;
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A page is made of many short strings: a quarter more pages a second than with the system's allocator (bin/bench).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failed = Box<dyn std::error::Error>;

/// A self-hosted inbox for the comments and reviews of creators and small businesses.
#[derive(Parser)]
#[command(name = "repruv", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything in one process: pages, worker and simulator (default)
    Serve,
    /// Run only pages and API, on PostgreSQL
    Web,
    /// Run only background jobs, on PostgreSQL
    Worker,
    /// Run only the platform simulator and its demo service
    Simulator {
        /// First port of the simulated platforms; the others follow it [default: free ports]
        #[arg(long, env = "REPRUV_SIMULATOR_PORTS_FROM")]
        ports_from: Option<u16>,
    },
    /// Bring the database schema up to date
    Migrate,
    /// Show and verify who did what
    #[command(subcommand)]
    Audit(commands::AuditCommand),
    /// Check this server for problems and say how to fix them; safe while it's running
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Save a consistent backup to a file; safe while it's running
    Backup { file: PathBuf },
    /// Replace the database with a backup; stop Repruv first
    Restore {
        file: PathBuf,
        /// Replace the existing database, and keep a copy of it
        #[arg(long)]
        force: bool,
    },
    /// Import accounts, connections and comments from the previous system
    ImportLegacy {
        /// Its database: postgres://USER@HOST/NAME
        #[arg(hide_env_values = true)]
        url: String,
        /// The e-mail address of who owns this installation, where nobody was an administrator there
        #[arg(long, value_name = "EMAIL")]
        owner: Option<String>,
    },
    /// Rebuild the search index; safe while it's running
    RebuildSearch,
    /// Print the API description (OpenAPI 3.1)
    Openapi,
    /// Manage accounts
    #[command(subcommand)]
    User(UserCommand),
}

#[derive(Subcommand)]
enum UserCommand {
    /// Create an account and print its first passphrase
    Add { email: String, name: String },
    /// List accounts
    List,
    /// Give an account a new passphrase and sign it out everywhere
    ResetPassword { email: String },
    /// Close an account and sign it out everywhere
    Disable { email: String },
    /// Open a closed account again
    Enable { email: String },
}

fn main() -> ExitCode {
    // What is written here is people's: no other user of this machine reads it.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let cli = match parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let ended = run(cli);
    logging::finish();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("repruv: {}", in_one_line(&error.to_string()));
            ExitCode::FAILURE
        }
    }
}

/// Some errors repeat a statement, or a list.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A bad setting ends in one line, as every other mistake does; help and version are printed whole.
fn parse() -> Result<Cli, ExitCode> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    if let Some(name) = config::unknown_variable(names) {
        eprintln!("repruv: unknown setting {name}; run `repruv help` to see all settings");
        return Err(ExitCode::FAILURE);
    }
    Cli::try_parse().map_err(|error| {
        if !error.use_stderr() {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        let text = error.to_string();
        // What is missing stands on lines of its own.
        let said = text.lines().take_while(|line| !line.trim().is_empty()).collect::<Vec<_>>().join(" ");
        let line = in_one_line(said.trim_start_matches("error: "));
        eprintln!("repruv: {line}; run `repruv help` to see all settings");
        ExitCode::FAILURE
    })
}

fn run(Cli { command, settings }: Cli) -> Result<(), Failed> {
    logging::start(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match command.unwrap_or(Command::Serve) {
        Command::Serve => runtime.block_on(serve(&settings, Parts { web: true, worker: true })),
        Command::Web => runtime.block_on(serve(&settings, Parts { web: true, worker: false })),
        Command::Worker => runtime.block_on(serve(&settings, Parts { web: false, worker: true })),
        Command::Simulator { ports_from } => runtime.block_on(simulate(&settings, ports_from)),
        Command::Migrate => migrate(&settings),
        Command::Audit(command) => runtime.block_on(commands::audit(&settings, command)),
        Command::Doctor { json } => runtime.block_on(commands::doctor(&settings, json)),
        Command::Backup { file } => commands::backup(&settings, &file),
        Command::Restore { file, force } => commands::restore(&settings, &file, force),
        Command::ImportLegacy { url, owner } => runtime.block_on(commands::import_legacy(&settings, &url, owner)),
        Command::RebuildSearch => commands::rebuild_search(&settings),
        Command::Openapi => {
            // Whoever closed the pipe has read enough.
            let _ = writeln!(std::io::stdout(), "{}", openapi::text());
            Ok(())
        }
        Command::User(command) => manage(&runtime, &settings, command),
    }
}

async fn serve(settings: &Settings, parts: Parts) -> Result<(), Failed> {
    let mut stop = StopSignals::new()?;
    let running = serve::start(settings, parts).await?;
    greet(&running).await?;
    tell_service_manager(NotifyState::Ready);
    stop.next().await;
    tracing::info!("stopping");
    tell_service_manager(NotifyState::Stopping);
    tokio::select! {
        () = running.stop() => Ok(()),
        // Whoever asks twice does not want to wait. The database is as safe as after a loss of power.
        () = stop.next() => {
            tracing::warn!("stopped at once, with work under way");
            logging::finish();
            std::process::exit(1);
        }
    }
}

/// Without a service manager there is nobody to tell.
fn tell_service_manager(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::debug!(%error, "the service manager cannot be told");
    }
}

/// One line that says where to go.
async fn greet(running: &Running) -> Result<(), Failed> {
    let address = &running.app.config.public_url;
    let line = match running.address {
        // A worker shows nobody a link, and must not put one in the place of a link that somebody was shown.
        None => "The worker is running".to_owned(),
        Some(_) => match running.first_run_link().await? {
            Some(link) => format!("Repruv is running at {address} – create the first account within an hour: {link}"),
            None => format!("Repruv is running at {address}"),
        },
    };
    // Whoever started it and closed the pipe does not want to know.
    let _ = writeln!(std::io::stdout(), "{line}");
    Ok(())
}

async fn simulate(settings: &Settings, ports_from: Option<u16>) -> Result<(), Failed> {
    serve::make_data_dir(&settings.data_dir)?;
    let secret = settings.demo_service_secret.clone().ok_or("set DEMO_SERVICE_SECRET to the same value as Repruv's")?;
    let (clock, random) = (Clock::system(), Random::system());
    let mut options = simulator::Options::new(&settings.data_dir, secret, clock, random);
    options.listen = settings.listen;
    options.ports_from = ports_from;
    options.names = settings.internal_hosts.clone();
    options.delay = Duration::from_millis(settings.simulator_delay_ms);
    let simulator = simulator::start(options).await?;
    let mut stop = StopSignals::new()?;
    println!("The platform simulator is running at {}", simulator.api_url());
    stop.next().await;
    simulator.stop().await;
    Ok(())
}

struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
    /// The terminal that it was started from is closed.
    hangup: Signal,
}

impl StopSignals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}

fn migrate(settings: &Settings) -> Result<(), Failed> {
    serve::make_data_dir(&settings.data_dir)?;
    serve::open_database(settings, &Clock::system())?.close();
    println!("The database schema is up to date");
    Ok(())
}

fn manage(runtime: &tokio::runtime::Runtime, settings: &Settings, command: UserCommand) -> Result<(), Failed> {
    serve::make_data_dir(&settings.data_dir)?;
    let clock = Clock::system();
    let db = serve::open_for_accounts(settings, &clock)?;
    let config = Config::new(settings, SocketAddr::from(([127, 0, 0, 1], settings.listen.port())), None)?;
    runtime.block_on(async {
        let app = serve::application(settings, db, config, clock).await?;
        let told = |error: Error| match error.fields() {
            fields if fields.is_empty() => error.text().into_owned(),
            fields => fields.messages().join(" "),
        };
        match command {
            UserCommand::Add { email, name } => {
                let passphrase = accounts::admin::add_user(&app, &email, &name).await.map_err(told)?;
                println!("{email} can sign in with: {passphrase}");
            }
            UserCommand::List => {
                for user in accounts::admin::list_users(&app).await.map_err(told)? {
                    let state = if user.disabled_at.is_some() { "closed" } else { "open" };
                    println!("{}  {}  {state}", spelled_out(&user.email), spelled_out(&user.name));
                }
            }
            UserCommand::ResetPassword { email } => {
                let passphrase = accounts::admin::reset_password(&app, &email).await.map_err(told)?;
                println!("{email} can sign in with: {passphrase}");
            }
            UserCommand::Disable { email } => {
                accounts::admin::disable_user(&app, &email).await.map_err(told)?;
                println!("{email} is closed and signed out everywhere");
            }
            UserCommand::Enable { email } => {
                accounts::admin::enable_user(&app, &email).await.map_err(told)?;
                println!("{email} can sign in again");
            }
        }
        Ok(())
    })
}
