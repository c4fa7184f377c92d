//! The product as each simulated process runs it, and the workspace in its one database.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use kit::args;
use kit::db::{self, Tx};
use kit::jobs::{self, JobId};
use kit::random::Random;
use kit::testing::simulation::{BEGIN, Database, Place};
use kit::web::Proxies;

use crate::accounts::Passwords;
use crate::app::{App, Inner, MIGRATIONS};
use crate::assembly::{Ground, assemble};
use crate::config::{Config, CookieNames, Signup};
use crate::inbox::ingest::{self, IngestContext};
use crate::inbox::testing::{add_connection, comment, reply};
use crate::model::{ConnectionId, InteractionId, ObservedInteraction, UserId, WorkspaceId};
use crate::outbound::Outbound;
use crate::platforms::{PlatformModule, Platforms};
use crate::replies::tests::platform::PLATFORM;
use crate::secrets::Vault;
use crate::testing::PUBLIC_URL;
use crate::workspaces::{self, Kind};

/// What is made once for each thread of histories.
#[derive(Clone)]
pub struct Kept {
    pub database: Database,
    passwords: Passwords,
    outbound: Outbound,
    vault: Vault,
}

/// The living processes' applications, by their number.
#[derive(Clone, Default)]
pub struct House(Rc<RefCell<BTreeMap<u64, App>>>);

/// Two members, and what there is to answer.
pub struct Moved {
    pub workspace: WorkspaceId,
    pub members: [UserId; 2],
    pub items: Vec<InteractionId>,
}

thread_local! {
    static KEPT: OnceCell<Kept> = const { OnceCell::new() };
}

/// Made once for each thread.
pub fn kept() -> Kept {
    KEPT.with(|kept| kept.get_or_init(Kept::new).clone())
}

/// Somebody stops one on the page of jobs, whatever it is doing.
pub async fn stop_a_job(app: App, job_type: &'static str) -> db::Result<()> {
    let (now, random) = (app.now(), app.random.clone());
    let stopped = app.db.write(move |tx| {
        let live = "SELECT id FROM background_jobs WHERE job_type = $1 AND status IN ('pending', 'running')
                    ORDER BY seq LIMIT 1";
        if let Some(job) = tx.opt::<JobId>(live, args![job_type])? {
            jobs::cancel::<App>(tx, now, &random, job, jobs::JobScope::All)?;
        }
        Ok(())
    });
    stopped.await
}

impl Kept {
    fn new() -> Self {
        let database = Database::new(MIGRATIONS);
        // Between two histories all is forgotten, what nobody may take out of the log among it.
        database.look(|tx| tx.exec("DROP TRIGGER audit_events_stay", &[])).expect("there is such a trigger");
        Self {
            database,
            passwords: Passwords::start_cheap(Random::seeded(1)),
            outbound: Outbound::default(),
            vault: Vault::with_key([7; 32]),
        }
    }
}

impl House {
    /// Called inside the process's runtime, when it starts.
    pub fn open(&self, place: &Place, kept: &Kept, platform: Arc<dyn PlatformModule>) -> App {
        let Place { db, clock, random, .. } = place.clone();
        let config = Config {
            public_url: PUBLIC_URL.to_owned(),
            cookies: CookieNames::at(PUBLIC_URL),
            stolen_passwords: None,
            signup: Signup::Invite,
            google: None,
            demo_service: None,
            webhook_base: PUBLIC_URL.to_owned(),
            proxies: Proxies::none(),
            atproto: crate::platforms::bluesky::Directory::default(),
            outbound_allow: kit::web::Networks::default(),
        };
        let (vault, passwords, outbound) = (kept.vault.clone(), kept.passwords.clone(), kept.outbound.clone());
        let app = assemble(Ground { db, clock, random, config, vault, outbound, passwords });
        let platforms = Platforms::of(vec![platform]);
        let app = App::new(Inner { platforms, ..Inner::clone(&app) });
        self.0.borrow_mut().insert(place.link.number, app.clone());
        app
    }

    pub fn app_of(&self, place: &Place) -> App {
        self.0.borrow()[&place.link.number].clone()
    }
}

/// With what the platform shows of itself.
pub fn move_in(database: &Database, shown: &[ObservedInteraction]) -> Moved {
    let random = Random::seeded(7);
    database.look(|tx| workspace(tx, &random, shown)).expect("an empty database takes people")
}

/// Two of the same thread, whose answers stand beside each other at the platform, and one of another.
pub fn asked() -> [ObservedInteraction; 3] {
    let (first, other) = (comment("t0", "dora", "When do you open?"), comment("t1", "emil", "Is it open today?"));
    let beside = reply("t0.x", "fay", &first, 0);
    [first, beside, other]
}

fn workspace(tx: &mut Tx, random: &Random, shown: &[ObservedInteraction]) -> db::Result<Moved> {
    let members = [UserId::new(BEGIN, random), UserId::new(BEGIN, random)];
    for (user, name) in members.into_iter().zip(["Ann", "Ben"]) {
        tx.exec(
            "INSERT INTO users (id, email, email_key, name, password_hash, password_changed_at, time_zone, is_owner,
                created_at, updated_at) VALUES ($1, $2, $2, $2, 'x', $3, 'Europe/Berlin', $4, $3, $3)",
            args![user, name, BEGIN, name == "Ann"],
        )?;
    }
    let workspace = workspaces::create(tx, BEGIN, random, members[0], Kind::Live, "Work")?;
    tx.exec(
        "INSERT INTO memberships (workspace_id, user_id, role, created_at, chosen_at) VALUES ($1, $2, 'editor', $3, $3)",
        args![workspace, members[1], BEGIN],
    )?;
    let connection = ConnectionId::new(BEGIN, random);
    add_connection(tx, workspace, connection)?;
    let source = IngestContext { workspace, connection, platform: PLATFORM, language: None, now: BEGIN, random };
    let of_an_hour_ago = |item: &ObservedInteraction| ObservedInteraction {
        created_at: BEGIN - std::time::Duration::from_secs(3_600),
        ..item.clone()
    };
    ingest::interactions(tx, &source, &shown.iter().map(of_an_hour_ago).collect::<Vec<_>>())?;
    let items = tx.all("SELECT id FROM interactions ORDER BY external_id", &[])?;
    Ok(Moved { workspace, members, items })
}
