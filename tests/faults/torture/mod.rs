//! Processes killed at random under load: nothing that was acknowledged is lost, and nothing is done twice.

mod audit;
mod ledger;
mod people;

use std::sync::Arc;
use std::time::Duration;

use kit::both_databases;
use kit::random::Random;
use kit::testing::{Database, Engine, wait_until};
use repruv::vault::Vault;
use tokio_util::sync::CancellationToken;

use self::audit::Auditor;
use self::ledger::Ledger;
use self::people::Person;
use crate::support::{Client, Fleet, Role, http};

const PEOPLE: usize = 4;

both_databases! {
    async fn a_process_killed_again_and_again_loses_nothing_and_does_nothing_twice(engine: Engine) {
        torture(engine, &[Role::Serve], kills(1)).await;
    }
}

#[test]
fn web_and_worker_processes_killed_at_random_lose_nothing() {
    use Role::{Simulator, Web, Worker};
    let roles = [Simulator, Web, Web, Web, Worker, Worker, Worker];
    kit::testing::run(async {
        torture(Engine::Postgres, &roles, kills(3)).await;
    });
}

async fn torture(engine: Engine, roles: &[Role], kills: usize) {
    let seed = number("TORTURE_SEED").map_or_else(|| Random::system().u64() >> 16, |seed| seed as u64);
    println!("TORTURE_SEED={seed} repeats these choices");
    let random = Random::seeded(seed);
    let database = Database::fresh(engine).await;
    let settings = [("REPRUV_WORKER_LEASE_SECONDS", "1"), ("REPRUV_SIGNUP", "open"), ("REPRUV_LOG", "warn")];
    let mut fleet = Fleet::start(database.url(), roles, &settings).await;
    let (ledger, enough) = (Arc::new(Ledger::default()), CancellationToken::new());
    let people = move_in(&fleet, &ledger, seed).await;
    let lives: Vec<_> = people.into_iter().map(|person| tokio::spawn(person.live(enough.clone()))).collect();

    let mut auditor = Auditor::default();
    let below = |limit: usize| (random.unit() * limit as f64) as usize;
    for kill in 1..=kills {
        // Mostly in the middle of a start or of a set-up; now and then with time to get something done.
        let uptime = if below(8) == 0 { 1_000 } else { 160 };
        tokio::time::sleep(Duration::from_millis(below(uptime) as u64)).await;
        let index = below(fleet.nodes.len());
        fleet.kill(index);
        fleet.revive(index, &[]);
        if fleet.nodes[index].role.is_web() {
            fleet.wait_until_ready().await;
        }
        if kill % 5 == 0 {
            assert_eq!(auditor.check(database.url(), &ledger).await, [""; 0], "after {kill} kills, seed {seed}");
        }
    }
    enough.cancel();
    let mut people = Vec::new();
    for life in lives {
        people.push(life.await.expect("people do not panic"));
    }
    wait_until("all operations have ended", || async { audit::live_operations(database.url()).await == 0 }).await;
    for person in &people {
        person.check_sessions().await;
    }
    assert_eq!(auditor.check(database.url(), &ledger).await, [""; 0], "at the end, seed {seed}");
    assert_eq!(audit::profiles_match(database.url(), fleet.data_dir()).await, [""; 0], "at the end, seed {seed}");
    println!("{kills} kills: {}", audit::summary(&ledger.copy()));
}

async fn move_in(fleet: &Fleet, ledger: &Arc<Ledger>, seed: u64) -> Vec<Person> {
    let urls: Arc<[String]> = fleet.urls().into();
    let random = Random::seeded(seed);
    let vault = Vault::open(&fleet.data_dir().join("secret.key"), &random).expect("the key file is there");
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let email = format!("person{number}@example.com");
        let link = (number == 0).then_some(fleet.setup_link.as_str());
        let client = Client::sign_up_at(&urls[0], &email, link).await;
        people.push(Person {
            email,
            client,
            urls: urls.clone(),
            ledger: ledger.clone(),
            random: Random::seeded(seed + 1 + number as u64),
            vault: vault.clone(),
            http: http(),
            spare: None,
            ended: Vec::new(),
        });
    }
    people
}

/// bin/test asks for 300, bin/torture for as many as one likes.
fn kills(part: usize) -> usize {
    number("TORTURE_KILLS").unwrap_or(45) / part
}

fn number(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}
