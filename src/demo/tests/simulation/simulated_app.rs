//! The product as each simulated process runs it, and the people who live in its one database.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use kit::args;
use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::random::Random;
use kit::testing::simulation::{BEGIN, Database, Place};
use kit::web::Proxies;

use super::fake_service::{FakeService, SECRET};
use super::faulty_transport::FaultyTransport;
use crate::accounts::Passwords;
use crate::app::{App, MIGRATIONS};
use crate::assembly::{Ground, assemble};
use crate::config::{Config, CookieNames, DemoService, Signup};
use crate::connections::ConnectionId;
use crate::inbox::ingest::IngestContext;
use crate::model::Platform;
use crate::outbound::Outbound;
use crate::secrets::{Secret, Vault};
use crate::testing::PUBLIC_URL;
use crate::webhooks::incoming::{self as webhooks, DEMO_PATH};
use crate::workspaces::{self, Kind, UserId};

/// What is made once for each thread of histories.
#[derive(Clone)]
pub(super) struct Kept {
    pub database: Database,
    passwords: Passwords,
    outbound: Outbound,
    vault: Vault,
}

/// The living processes' applications, by their number.
#[derive(Clone, Default)]
pub(super) struct SimulatedApps(Rc<RefCell<BTreeMap<u64, (App, Router)>>>);

impl Kept {
    pub(super) fn new() -> Self {
        Self {
            database: Database::new(MIGRATIONS),
            passwords: Passwords::start_cheap(Random::seeded(1)),
            outbound: Outbound::default(),
            vault: Vault::with_key([7; 32]),
        }
    }
}

impl SimulatedApps {
    /// Called inside the process's runtime, when it starts.
    pub(super) fn open(&self, place: &Place, kept: &Kept, far: &FakeService) -> App {
        let Place { db, clock, random, .. } = place.clone();
        let line = FaultyTransport { place: place.clone(), far: far.clone(), database: kept.database.clone() };
        let service =
            DemoService { url: "http://far.side:1/".parse().expect("an address"), secret: Secret::new(SECRET) };
        let config = Config {
            public_url: PUBLIC_URL.to_owned(),
            cookies: CookieNames::at(PUBLIC_URL),
            stolen_passwords: None,
            signup: Signup::Invite,
            google: None,
            demo_service: Some(service),
            webhook_base: PUBLIC_URL.to_owned(),
            proxies: Proxies::none(),
            atproto: crate::platforms::bluesky::Directory::default(),
            outbound_allow: kit::web::Networks::default(),
        };
        let outbound = kept.outbound.over(Arc::new(line));
        let (vault, passwords) = (kept.vault.clone(), kept.passwords.clone());
        let app = assemble(Ground { db, clock, random, config, vault, outbound, passwords });
        let door = Router::new().route(DEMO_PATH, post(webhooks::api::demo)).with_state(app.clone());
        self.0.borrow_mut().insert(place.link.number, (app.clone(), door));
        app
    }

    pub(super) fn app_of(&self, place: &Place) -> App {
        self.0.borrow()[&place.link.number].0.clone()
    }

    pub(super) fn door_of(&self, place: &Place) -> Router {
        self.0.borrow()[&place.link.number].1.clone()
    }
}

/// People with a workspace of their own, in which there is something that demo mode must not touch.
pub(super) fn move_in(database: &Database, count: usize) -> Vec<UserId> {
    let random = Random::seeded(7);
    let moved = database.look(|tx| (0..count).map(|number| person(tx, &random, number)).collect::<db::Result<_>>());
    moved.expect("an empty database takes people")
}

fn person(tx: &mut Tx, random: &Random, number: usize) -> db::Result<UserId> {
    let user = UserId::new(BEGIN, random);
    let email = format!("{number}@example.com");
    tx.exec(
        "INSERT INTO users (id, email, email_key, name, password_hash, password_changed_at, time_zone, is_owner,
            created_at, updated_at) VALUES ($1, $2, $2, 'Ann', 'x', $3, 'Europe/Berlin', $4, $3, $3)",
        args![user, email, BEGIN, number == 0],
    )?;
    let workspace = workspaces::create(tx, BEGIN, random, user, Kind::Live, "Work")?;
    let connection = ConnectionId::new(BEGIN, random);
    tx.exec(
        "INSERT INTO platform_connections (id, workspace_id, platform, connection_status, display_name, scopes,
            token_version, created_at, updated_at) VALUES ($1, $2, 'youtube', 'connected', 'Lab', '', 0, $3, $3)",
        args![connection, workspace, BEGIN],
    )?;
    let source =
        IngestContext { workspace, connection, platform: Platform::YouTube, language: None, now: BEGIN, random };
    crate::inbox::seed(tx, &source, 0..2)?;
    Ok(user)
}

/// Every row of every table, but for jobs and how demo mode stands.
pub(super) fn rows(database: &Database) -> Vec<String> {
    let rows = database.look(|tx| {
        let tables = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' \
                      AND name NOT LIKE 'background_%' AND name NOT LIKE 'sqlite_%' ORDER BY 1";
        let mut rows = Vec::new();
        for table in tx.all::<String>(tables, &[])? {
            let columns = format!(
                "SELECT name FROM pragma_table_info('{table}') WHERE '{table}' <> 'users' \
                 OR name NOT LIKE 'demo_%' AND name <> 'updated_at' ORDER BY cid"
            );
            let quoted: Vec<_> =
                tx.all::<String>(&columns, &[])?.iter().map(|column| format!("quote({column})")).collect();
            let every = format!("SELECT {} FROM {table} ORDER BY 1", quoted.join(" || ',' || "));
            rows.extend(tx.all::<String>(&every, &[])?.into_iter().map(|row| format!("{table}: {row}")));
        }
        Ok(rows)
    });
    rows.expect("every table can be read")
}

/// Since the beginning, for people.
pub(super) fn seconds(at: Timestamp) -> f64 {
    at.since(BEGIN).as_secs_f64()
}
