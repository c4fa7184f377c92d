//! What is wrong with an installation, and the cure. Reads alone, beside a running server.

mod clients;
mod engine;
mod service;
mod store;
#[cfg(test)]
mod tests;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use kit::clock::{Clock, Timestamp};
use kit::db::{self, Conn, Db, Options};
use serde::Serialize;

use crate::accounts;
use crate::app::MIGRATIONS;
use crate::config::{Config, DemoService, Settings};
use crate::connections;
use crate::inbox::counts::{self, Drift};
use crate::outbound::Outbound;
use crate::platforms::Hosts;
use crate::secrets::Vault;
use crate::workspaces;

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    pub what: &'static str,
    pub level: Level,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cure: Option<&'static str>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Ok,
    Warn,
    Bad,
}

impl Level {
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Bad => "bad",
        }
    }
}

const GIB: u64 = 1 << 30;
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const WEEK: Duration = Duration::from_secs(7 * 86_400);

fn ok(what: &'static str, text: impl Into<String>) -> Finding {
    Finding { what, level: Level::Ok, text: text.into(), cure: None }
}

fn warn(what: &'static str, text: impl Into<String>, cure: &'static str) -> Finding {
    Finding { what, level: Level::Warn, text: text.into(), cure: Some(cure) }
}

fn bad(what: &'static str, text: impl Into<String>, cure: &'static str) -> Finding {
    Finding { what, level: Level::Bad, text: text.into(), cure: Some(cure) }
}

/// Looks at everything that can be looked at; what cannot is a finding too.
pub async fn examine(settings: &Settings, clock: &Clock) -> Vec<Finding> {
    let data_dir = &settings.data_dir;
    let mut findings = vec![check_settings(settings), key_file(&settings.key_file()), files(data_dir), disk(data_dir)];
    let url = settings.database_url();
    if let Some(database) = url.strip_prefix("sqlite:").map(Path::new) {
        if !database.exists() {
            let text = format!("{} doesn't exist", database.display());
            findings.push(bad("database", text, "start Repruv once, or pass the right --data-dir"));
            return findings;
        }
        findings.push(write_ahead_log(database));
    }
    match open(url, clock).await {
        Ok(db) => {
            findings.extend(look_inside(&db, settings, clock).await);
            let _ = tokio::task::spawn_blocking(move || db.close()).await;
        }
        Err(error) => findings.push(bad("database", error.to_string(), "check DATABASE_URL")),
    }
    findings.push(demo_service(settings).await);
    findings.extend(service::proxy(settings).await);
    findings
}

async fn open(url: String, clock: &Clock) -> db::Result<Db> {
    let mut options = Options::new(url, clock.clone());
    options.connections = 1;
    tokio::task::spawn_blocking(move || Db::open(options)).await.unwrap_or(Err(db::Error::Panicked))
}

fn check_settings(settings: &Settings) -> Finding {
    match Config::new(settings, settings.listen, None) {
        Ok(config) => ok("settings", format!("serving at {}", config.public_url)),
        Err(error) => bad("settings", error.to_string(), "run `repruv help` to see what each setting can be"),
    }
}

fn key_file(path: &Path) -> Finding {
    let shown = path.display();
    match std::fs::metadata(path) {
        Err(error) => warn(
            "key file",
            format!("{shown}: {error}"),
            "restore yours if you had one; otherwise the first start creates it",
        ),
        Ok(file) if file.permissions().mode() & 0o077 != 0 => bad(
            "key file",
            format!("other users can read {shown}"),
            "run `chmod 600` on it, and reconnect your accounts if someone may have read it",
        ),
        Ok(_) => ok("key file", format!("only its owner can read {shown}")),
    }
}

/// What people wrote lies in these, and so do the hashes of their passwords.
fn files(folder: &Path) -> Finding {
    let is_loose = |path: &Path| path.metadata().is_ok_and(|file| file.permissions().mode() & 0o077 != 0);
    let names = ["repruv.db", "repruv.db-wal", "repruv.db-shm", "simulator.db", "simulator.db-wal", "simulator.db-shm"];
    let mut loose: Vec<_> = names.iter().map(|name| folder.join(name)).filter(|path| is_loose(path)).collect();
    if is_loose(folder) {
        loose.insert(0, folder.to_owned());
    }
    match loose.first() {
        None => ok("files", format!("{} is its owner's alone", folder.display())),
        Some(first) => warn(
            "files",
            format!("other users of this machine may look into {}{}", first.display(), and_more(loose.len() - 1)),
            "run `chmod -R go=` on the data directory",
        ),
    }
}

fn and_more(more: usize) -> String {
    if more > 0 { format!(" and {more} more") } else { String::new() }
}

fn disk(path: &Path) -> Finding {
    match rustix::fs::statvfs(path) {
        Err(error) => {
            warn("disk", format!("{}: {error}", path.display()), "pass an existing directory with --data-dir")
        }
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let text = format!("{:.1} GiB free at {}", free as f64 / GIB as f64, path.display());
            match free {
                free if free < GIB / 10 => bad("disk", text, "free up space now: writes are about to fail"),
                free if free < GIB => warn("disk", text, "free up space soon"),
                _ => ok("disk", text),
            }
        }
    }
}

fn write_ahead_log(database: &Path) -> Finding {
    let log = format!("{}-wal", database.display());
    let size = std::fs::metadata(&log).map_or(0, |file| file.len());
    let text = format!("{} KiB", size / 1024);
    match size > db::WAL_BOUND {
        true => warn(
            "write-ahead log",
            text,
            "something is holding an old snapshot: stop any stuck backup or database shell",
        ),
        false => ok("write-ahead log", text),
    }
}

async fn look_inside(db: &Db, settings: &Settings, clock: &Clock) -> Vec<Finding> {
    match db.is_migrated(MIGRATIONS).await {
        Ok(true) => {}
        Ok(false) => return vec![bad("schema", "older than this program", "run `repruv migrate`")],
        Err(error) => {
            return vec![bad("schema", error.to_string(), "use the release that matches this database")];
        }
    }
    let (now, asked) = (clock.now(), clock.clone());
    let found = db.read_within(MINUTE, move |conn| look_at_rows(conn, now, &asked)).await;
    let mut findings = vec![ok("schema", format!("all {} migrations applied", MIGRATIONS.len()))];
    findings.extend(
        found.unwrap_or_else(|error: db::Error| vec![bad("database", error.to_string(), "check the database's log")]),
    );
    findings.push(inbox_counts(db).await);
    findings.push(secrets(db, &settings.key_file()).await);
    findings.push(clients::look(db, settings).await);
    findings
}

fn look_at_rows(conn: &mut Conn, now: Timestamp, clock: &Clock) -> db::Result<Vec<Finding>> {
    let failed = store::failed_deliveries(conn, now - WEEK)?;
    let ahead = accounts::limits::from_the_future(conn, now)?;
    let there = store::clock(conn)?;
    let mut findings = engine::look(conn, now)?;
    findings.extend([
        match failed {
            0 => ok("webhooks", "all of this week's deliveries were processed"),
            failed => warn(
                "webhooks",
                format!("{failed} of this week's deliveries failed"),
                "retry them on the activity page, or sync the connections",
            ),
        },
        match ahead {
            0 => ok("sign-in limits", "no counter is ahead of the clock"),
            ahead => warn(
                "sign-in limits",
                format!(
                    "{ahead} counters were written by a clock that stood ahead; what they say of waiting is not believed"
                ),
                "let this machine follow a time server; `repruv user reset-password` clears an account's counters",
            ),
        },
        skew(clock.now(), there),
    ]);
    Ok(findings)
}

fn skew(here: Timestamp, there: Option<Timestamp>) -> Finding {
    let Some(there) = there else { return ok("clock", "the database and Repruv share one") };
    let apart = here.since(there).max(there.since(here));
    let text = format!("{} ms off PostgreSQL's", apart.as_millis());
    match apart {
        apart if apart > Duration::from_secs(10) => bad("clock", text, "sync both machines with a time server"),
        apart if apart > Duration::from_secs(1) => warn("clock", text, "sync both machines with a time server"),
        _ => ok("clock", text),
    }
}

/// Each workspace by itself, so that none of a large installation holds a snapshot for long.
async fn inbox_counts(db: &Db) -> Finding {
    const CURE: &str = "a nightly job mends it; if it comes back, two programs write one database";
    let compare = async {
        let mut found = Drift::default();
        for workspace in db.read_within(MINUTE, workspaces::all).await? {
            found += db.read_within(HOUR, move |conn| counts::drift(conn, workspace)).await?;
        }
        Ok::<_, db::Error>(found)
    };
    match compare.await {
        Ok(found) if found.all() == 0 => ok("counts", "totals, days and authors are those of the rows"),
        Ok(Drift { totals, quarters, days, authors }) => {
            let text = format!(
                "{totals} totals, {quarters} quarters of an hour, {days} days and {authors} authors are not what a recount finds"
            );
            warn("counts", text, CURE)
        }
        Err(error) => bad("counts", error.to_string(), "see the database's own log"),
    }
}

async fn secrets(db: &Db, key_file: &Path) -> Finding {
    let vault = match key_file.exists().then(|| Vault::open(key_file, &kit::random::Random::system())) {
        Some(Ok(vault)) => vault,
        // Told of by the key file's own finding; what is sealed is opened by no such key.
        Some(Err(_)) | None => Vault::with_key([0; 32]),
    };
    match db.read_within(MINUTE, move |conn| connections::check_secrets(conn, &vault)).await {
        Ok(Ok(())) => ok("secrets", "the key file decrypts them"),
        Ok(Err(_)) => bad("secrets", "the key file can't decrypt them", "restore the right key file"),
        Err(error) => bad("secrets", error.to_string(), "check the database's log"),
    }
}

async fn demo_service(settings: &Settings) -> Finding {
    let Some(url) = &settings.demo_service_url else { return ok("demo service", "the built-in simulator") };
    let Ok(Config { demo_service: Some(DemoService { url: service, secret }), .. }) =
        Config::new(settings, settings.listen, None)
    else {
        return bad("demo service", "its secret isn't set", "set DEMO_SERVICE_SECRET");
    };
    match Hosts::of_simulator(&Outbound::default().demo_service, &service, &secret).await {
        Ok(_) => ok("demo service", format!("{url} is responding")),
        Err(error) => warn("demo service", format!("{url}: {error}"), "start it; only demo mode needs it"),
    }
}
