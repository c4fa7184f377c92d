//! Two releases on one database, while the newer one takes the older one's place: F39.

use kit::args;
use kit::clock::Clock;
use kit::db::{self, Db, Migration, Options};
use kit::jobs::{Done, Enqueue, Failure, Job, Run, enqueue, run_due};
use kit::random::Random;
use kit::testing::{Database, Engine, wait_for};
use repruv::app::MIGRATIONS;
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::{Client, EMAIL, Fleet, Role, http};

const WORKER: usize = 2;

/// What a release may add while the one before it runs.
const ADDED: Migration = Migration {
    name: "9000_added",
    sql: "ALTER TABLE users ADD COLUMN mood TEXT;\n\
          ALTER TABLE background_jobs ADD COLUMN mood TEXT NOT NULL DEFAULT 'good';\n\
          CREATE TABLE moods (name TEXT PRIMARY KEY\n);",
};

/// The newer release, and a job that it alone knows.
#[derive(Clone)]
struct NextRelease;

#[derive(Clone, Serialize, Deserialize)]
struct Novelty {}

impl Job for Novelty {
    const TYPE: &'static str = "novelty";
    type Context = NextRelease;

    async fn run(self, _: NextRelease, run: Run) -> Result<Done, Failure> {
        run.finish(json!({}), |tx| Ok(tx.exec("INSERT INTO moods (name) VALUES ('new')", args![]).map(drop)?)).await
    }
}

kit::work! { NextRelease; Novelty }

#[test]
fn a_release_works_on_beside_a_newer_one_and_leaves_it_what_it_does_not_know() {
    kit::testing::run(async {
        let database = Database::fresh(Engine::Postgres).await;
        let fleet = Fleet::start(database.url(), &[Role::Simulator, Role::Web, Role::Worker], &[]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        enabled(&ann).await;

        let newer = newer(database.url()).await;
        let (random, user) = (Random::system(), ann.user_id.parse().expect("an id"));
        let how = Enqueue { user_id: Some(user), ..Enqueue::default() };
        let ordered = newer.write({
            let random = random.clone();
            move |tx| Ok::<_, db::Error>(enqueue(tx, Clock::system().now(), &random, &Novelty {}, how.clone())?.id)
        });
        let novelty = format!("/api/jobs/{}/status", ordered.await.expect("the newer release orders it"));

        // Statements that were prepared before the schema grew are still good, and so are orders with more in them.
        leave(&ann).await;
        fleet.nodes[WORKER].process.signal("STOP");
        ann.post("/api/demo/enable", json!({"size": "small"})).await;
        let more = "UPDATE background_jobs SET payload = jsonb_set(payload, '{choice,mood}', '\"new\"') || '{\"mood\": 1}' \
                    WHERE job_type = 'enable_demo' AND status = 'pending'";
        assert_eq!(newer.write(move |tx| tx.exec(more, args![])).await.expect("a payload is an object"), 1);
        fleet.nodes[WORKER].process.signal("CONT");
        becomes(&ann, "enabled").await;
        let ready = http().get(format!("{}/readyz", fleet.urls()[0])).send().await.expect("it answers");
        assert_eq!(ready.status(), StatusCode::OK, "requests still go to the older release too");

        assert_eq!(ann.get(&novelty).await.1["status"], "pending", "it waits for who knows it");
        run_due(newer.clone(), Clock::system(), random, NextRelease).await.expect("the newer release takes it");
        assert_eq!(ann.get(&novelty).await.1["status"], "completed");
        leave(&ann).await;
        tokio::task::spawn_blocking(move || newer.close()).await.expect("no panic");
    });
}

/// The newer release's own connections, once it has brought the schema up to date.
async fn newer(url: &str) -> Db {
    let options = Options { connections: 2, ..Options::new(url, Clock::system()) };
    let started = tokio::task::spawn_blocking(move || {
        let db = Db::open(options).expect("the database opens");
        let migrations: Vec<_> = MIGRATIONS.iter().copied().chain([ADDED]).collect();
        db.migrate(migrations.leak()).expect("the schema grows under a release that runs");
        db
    });
    started.await.expect("no panic")
}

async fn enabled(ann: &Client) {
    ann.post("/api/demo/enable", json!({"size": "small"})).await;
    becomes(ann, "enabled").await;
}

async fn leave(ann: &Client) {
    ann.post("/api/demo/disable", json!({})).await;
    becomes(ann, "disabled").await;
}

async fn becomes(ann: &Client, status: &str) -> Value {
    wait_for(&format!("demo mode is {status}"), || async {
        let (_, demo) = ann.get("/api/demo/status").await;
        assert_ne!(demo["status"], "failed", "{demo}");
        (demo["status"] == status).then_some(demo)
    })
    .await
}
