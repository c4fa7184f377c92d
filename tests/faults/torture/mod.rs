//! Processes killed at random under load: nothing that was acknowledged is lost, and nothing is done twice.

mod acts;
mod answers;
pub(super) mod audit;
pub(super) mod ledger;
mod moves;
mod people;
mod soak;

use std::sync::Arc;
use std::time::Duration;

use kit::both_databases;
use kit::random::Random;
use kit::testing::{Cluster, Database, Engine, wait_for, wait_until};
use repruv::secrets::Vault;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::audit::Auditor;
use self::ledger::Ledger;
use self::people::Person;
use crate::support::{Client, Fleet, Line, Proxy, Role, http};

const PEOPLE: usize = 4;
/// Seconds in which what the platform was asked for has been done, tried again a few times, or given up.
const PATIENCE_FOR_ACTS: usize = 180;

/// What befalls an installation.
#[derive(Clone, Copy, Debug)]
enum Blow {
    /// kill -9 of any of its processes.
    Kill,
    /// The database server ends at once and comes back.
    DatabaseCrash,
    /// The database ends all connections.
    Disconnect,
    /// The line to the database is cut, delayed or dead for a moment.
    BadLine,
}

both_databases! {
    async fn a_process_killed_again_and_again_loses_nothing_and_does_nothing_twice(engine: Engine) {
        let database = Database::fresh(engine).await;
        let mut torture = Torture::begin(database.url(), database.url(), &[Role::Serve]).await;
        for _ in 0..blows(45) {
            torture.strike(Blow::Kill, None).await;
        }
        torture.end().await;
    }
}

#[test]
fn web_and_worker_processes_killed_at_random_lose_nothing() {
    kit::testing::run(async {
        let database = Database::fresh(Engine::Postgres).await;
        let roles = [Role::Simulator, Role::Web, Role::Web, Role::Web, Role::Worker, Role::Worker, Role::Worker];
        let mut torture = Torture::begin(database.url(), database.url(), &roles).await;
        for _ in 0..blows(45) / 3 {
            torture.strike(Blow::Kill, None).await;
        }
        torture.end().await;
    });
}

#[test]
fn a_database_that_crashes_and_a_line_that_breaks_lose_nothing() {
    kit::testing::run(async {
        let mut cluster = Cluster::start();
        let proxy = Proxy::start(cluster.socket()).await;
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", proxy.port);
        let direct = cluster.url("postgres");
        let mut torture = Torture::begin(&url, &direct, &[Role::Serve]).await;
        for round in 0..blows(45) / 3 {
            let blow = [Blow::Disconnect, Blow::BadLine, Blow::DatabaseCrash][round % 3];
            torture.strike(blow, Some((&mut cluster, &proxy))).await;
        }
        torture.end().await;
    });
}

struct Torture {
    fleet: Fleet,
    /// The database, past whatever is put before it.
    url: String,
    seed: u64,
    random: Random,
    ledger: Arc<Ledger>,
    auditor: Auditor,
    enough: CancellationToken,
    lives: Vec<JoinHandle<Person>>,
    blows: usize,
    /// So many of them were kills, and after so many of those a job lay there that had been begun.
    kills: usize,
    in_the_middle: usize,
}

impl Torture {
    /// An installation that people use without a pause.
    async fn begin(url: &str, direct: &str, roles: &[Role]) -> Self {
        let seed = number("TORTURE_SEED").map_or_else(|| Random::system().u64() >> 16, |seed| seed as u64);
        println!("TORTURE_SEED={seed} repeats these choices");
        let settings = [("REPRUV_WORKER_LEASE_SECONDS", "3"), ("REPRUV_SIGNUP", "open"), ("REPRUV_LOG", "warn")];
        let fleet = Fleet::start(url, roles, &settings).await;
        let (ledger, enough) = (Arc::new(Ledger::default()), CancellationToken::new());
        let people = move_in(&fleet, &ledger, seed).await;
        let lives = people.into_iter().map(|person| tokio::spawn(person.live(enough.clone()))).collect();
        Self {
            fleet,
            url: direct.to_owned(),
            seed,
            random: Random::seeded(seed),
            ledger,
            auditor: Auditor::default(),
            enough,
            lives,
            blows: 0,
            kills: 0,
            in_the_middle: 0,
        }
    }

    /// One blow after a random while, and everything up again.
    async fn strike(&mut self, blow: Blow, database: Option<(&mut Cluster, &Proxy)>) {
        // Mostly in the middle of a start or of a set-up; now and then with time to get something done.
        let uptime = if self.below(8) == 0 { 1_000 } else { 160 };
        tokio::time::sleep(Duration::from_millis(self.below(uptime) as u64)).await;
        match (blow, database) {
            (Blow::Kill, _) => {
                let index = self.below(self.fleet.nodes.len());
                self.fleet.kill(index);
                self.kills += 1;
                self.in_the_middle += usize::from(audit::runs_something(&self.url).await);
                self.fleet.revive(index, &[]);
                if self.fleet.nodes[index].role.is_web() {
                    self.fleet.wait_until_ready().await;
                }
            }
            (Blow::Disconnect, Some((cluster, _))) => cluster.administer(END_CONNECTIONS),
            (Blow::DatabaseCrash, Some((cluster, _))) => cluster.crash(),
            (Blow::BadLine, Some((_, proxy))) => {
                let late = Line::Late(Duration::from_millis(30));
                proxy.is_now([Line::Cut, Line::Dead, late][self.below(3)].clone());
                tokio::time::sleep(Duration::from_millis(self.below(900) as u64)).await;
                proxy.is_now(Line::Good);
            }
            (blow, None) => panic!("{blow:?} needs a database of the test's own"),
        }
        self.blows += 1;
        if self.blows.is_multiple_of(5) {
            self.fleet.wait_until_ready().await;
            self.audit().await;
        }
    }

    /// Lets everybody finish, and looks at all of it.
    async fn end(mut self) {
        self.fleet.wait_until_ready().await;
        self.enough.cancel();
        let url = self.url.clone();
        let mut people = Vec::new();
        for life in self.lives.drain(..) {
            people.push(life.await.expect("people do not panic"));
        }
        wait_until("all operations have ended", || async { audit::live_operations(&url).await == 0 }).await;
        for person in &people {
            person.check_sessions().await;
        }
        for _ in 0..PATIENCE_FOR_ACTS {
            if acts::under_way(&url).await == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        self.audit().await;
        let mut wrong = acts::check_ends(&url, self.fleet.data_dir()).await;
        wrong.extend(moves::check_ends(&url).await);
        assert_eq!(wrong, [""; 0], "at the end, seed {}", self.seed);
        assert_eq!(audit::profiles_match(&url, self.fleet.data_dir()).await, [""; 0], "at the end, seed {}", self.seed);
        let told = audit::summary(&self.ledger.copy());
        println!("{} blows, {} of {} kills in the middle of a job: {told}", self.blows, self.in_the_middle, self.kills);
        assert!(self.in_the_middle * 4 >= self.kills, "most kills, seed {}, met nothing under way", self.seed);
        println!("{}; {}; {}", moves::told(&url).await, audit::ends(&url).await, acts::told(&url).await);
    }

    async fn audit(&mut self) {
        let mut wrong = self.auditor.check(&self.url, &self.ledger).await;
        wrong.extend(acts::check(&self.url, &self.ledger).await);
        wrong.extend(moves::check(&self.url, &self.ledger).await);
        wrong.extend(answers::check(&self.url, self.fleet.data_dir(), &self.ledger).await);
        assert_eq!(wrong, [""; 0], "after {} blows, seed {}", self.blows, self.seed);
    }

    fn below(&self, limit: usize) -> usize {
        (self.random.unit() * limit as f64) as usize
    }
}

const END_CONNECTIONS: &str =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'repruv'";

async fn move_in(fleet: &Fleet, ledger: &Arc<Ledger>, seed: u64) -> Vec<Person> {
    let urls: Arc<[String]> = fleet.urls().into();
    let random = Random::seeded(seed);
    let vault = Vault::open(&fleet.data_dir().join("secret.key"), &random).expect("the key file is there");
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        // Half of them change their minds all the time, the others stay in demo mode for a while.
        let restless = number % 2 == 0;
        let email = format!("person{number}@example.com");
        let link = (number == 0).then_some(fleet.setup_link.as_str());
        let client = Client::sign_up_at(&urls[0], &email, link).await;
        if !restless {
            let (_, accepted) = client.post("/api/demo/enable", json!({"size": "small"})).await;
            ledger.account(&client.user_id, |account| {
                account.enables.sent += 1;
                account.enables.acknowledge(accepted["job_id"].as_str().expect("a job id"), "enabling");
            });
            wait_until("a set-up ends", || async { client.get("/api/demo/status").await.1["status"] == "enabled" })
                .await;
        }
        let person = |client: Client, sees_to_comments: bool, seed: u64| Person {
            email: email.clone(),
            client,
            restless,
            sees_to_comments,
            urls: urls.clone(),
            ledger: ledger.clone(),
            random: Random::seeded(seed),
            vault: vault.clone(),
            http: http(),
            spare: None,
            ended: Vec::new(),
        };
        if !restless {
            // Two at once see to one inbox.
            let other = wait_for("somebody is let in", || Client::sign_in_at(&urls[0], &email)).await;
            people.push(person(other, true, seed + 101 + number as u64));
        }
        people.push(person(client, false, seed + 1 + number as u64));
    }
    people
}

/// bin/test asks for 300, bin/torture for as many as one likes.
fn blows(usually: usize) -> usize {
    number("TORTURE_KILLS").unwrap_or(usually)
}

fn number(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}
