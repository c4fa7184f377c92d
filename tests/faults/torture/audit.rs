//! What must hold in the database at any moment, whatever was killed: the invariants I1–I12 of the design.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use kit::args;
use kit::clock::{Clock, Timestamp};
use kit::db::{Conn, Db, Json, Options};
use kit::jobs::{JobId, JobStatus};
use repruv::inbox::counts::{self, Drift};
use repruv::workspaces::{DemoStatus, UserId, WorkspaceId};

use super::ledger::{Account, Book, Ledger};

kit::row! {
    struct User {
        id: UserId,
        name: String,
        demo_mode_status: DemoStatus,
        demo_job_id: Option<JobId>,
        demo_workspace_id: Option<WorkspaceId>,
        demo_profile: Option<Json>,
    }
}

kit::row! {
    struct Job {
        id: JobId,
        job_type: String,
        user_id: Option<UserId>,
        payload: Json,
        operation_key: Option<String>,
        status: JobStatus,
        attempt: i64,
        max_attempts: i64,
        lease_token: i64,
        repeats_job_id: Option<JobId>,
        completed_at: Option<Timestamp>,
    }
}

/// One look at all of it, in one snapshot.
struct Picture {
    users: Vec<User>,
    jobs: Vec<Job>,
    /// Webhook deliveries and the workspaces in which they are.
    deliveries: HashMap<String, String>,
    /// Rows that contradict each other.
    drift: Vec<String>,
}

/// Looks again and again, and remembers what must not change.
#[derive(Default)]
pub struct Auditor {
    ends: HashMap<JobId, (JobStatus, Timestamp)>,
    tokens: HashMap<JobId, i64>,
}

impl Auditor {
    /// Everything that must hold at any moment. What is wrong, in words.
    pub async fn check(&mut self, url: &str, ledger: &Ledger) -> Vec<String> {
        let before = ledger.copy();
        let picture = with_database(url, picture).await;
        let after = ledger.copy();
        let mut wrong = after.broken.clone();
        for user in &picture.users {
            wrong.extend(operation_of(user, &picture.jobs).err());
            let id = user.id.to_string();
            if let (Some(before), Some(after)) = (before.accounts.get(&id), after.accounts.get(&id)) {
                wrong.extend(nothing_lost(user, before, after, &picture));
                wrong.extend(nothing_doubled(user, after, &picture.jobs));
            }
        }
        wrong.extend(self.history_stands(&picture.jobs));
        wrong.extend(picture.drift);
        wrong
    }

    /// I4, I5: tokens only grow, ends stay.
    fn history_stands(&mut self, jobs: &[Job]) -> Vec<String> {
        let mut wrong = Vec::new();
        for job in jobs {
            let token = self.tokens.entry(job.id).or_insert(job.lease_token);
            if job.lease_token < *token {
                wrong.push(format!("I4: the token of {} went back", job.id));
            }
            *token = job.lease_token;
            if job.attempt > job.max_attempts {
                wrong.push(format!("I9: {} is at attempt {} of {}", job.id, job.attempt, job.max_attempts));
            }
            let end = job.completed_at.map(|at| (job.status, at));
            let known = self.ends.get(&job.id).copied();
            if known.is_some() && known != end {
                wrong.push(format!("I5: {} ended as {known:?} and is now {end:?}", job.id));
            }
            if let Some(end) = end {
                self.ends.insert(job.id, end);
            }
        }
        wrong
    }
}

/// I2, I6: a state that moves has exactly one live job that moves it; `enabled` has a set-up that completed.
fn operation_of(user: &User, jobs: &[Job]) -> Result<(), String> {
    let key = format!("demo:{}", user.id);
    let live: Vec<_> =
        jobs.iter().filter(|job| job.operation_key.as_deref() == Some(&key) && job.status.is_live()).collect();
    let moving = matches!(user.demo_mode_status, DemoStatus::Enabling | DemoStatus::Disabling);
    let told = format!("{} of {} with job {:?}", user.demo_mode_status, user.id, user.demo_job_id);
    if live.len() != usize::from(moving) {
        return Err(format!("I2: {told} has {} live operations", live.len()));
    }
    if live.first().is_some_and(|job| user.demo_job_id != Some(job.id)) {
        return Err(format!("I2: {told} has another live operation"));
    }
    if user.demo_mode_status == DemoStatus::Enabled {
        let by = jobs.iter().find(|job| Some(job.id) == user.demo_job_id);
        let confirmed = by.is_some_and(|job| job.status == JobStatus::Completed && job.job_type == "enable_demo");
        if !confirmed || user.demo_workspace_id.is_none() || user.demo_profile.is_none() {
            return Err(format!("I6: {told} is not confirmed"));
        }
    }
    if user.demo_mode_status == DemoStatus::Disabled && user.demo_workspace_id.is_some() {
        return Err(format!("I3: {told} still has a workspace"));
    }
    Ok(())
}

/// I1, I7: what was acknowledged is there.
fn nothing_lost(user: &User, before: &Account, after: &Account, picture: &Picture) -> Vec<String> {
    let mut wrong = Vec::new();
    let acknowledged = [&before.enables, &before.disables, &before.retries].into_iter().flat_map(|all| &all.jobs);
    for job in acknowledged {
        if !picture.jobs.iter().any(|row| row.id.to_string() == *job) {
            wrong.push(format!("I1: job {job} was acknowledged and is lost"));
        }
    }
    let number = user.name.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0);
    if number < before.name.0 || number > after.name.1 {
        wrong.push(format!("I1: {} is {}, acknowledged was {}", user.id, user.name, before.name.0));
    }
    let workspace = user.demo_workspace_id.map(|id| id.to_string());
    for (id, place) in &before.deliveries {
        // Deliveries go with the demo that they belong to.
        if workspace.as_ref() == Some(place) && picture.deliveries.get(id) != Some(place) {
            wrong.push(format!("I7: delivery {id} was acknowledged and is lost"));
        }
    }
    wrong
}

/// No request started more than one job.
fn nothing_doubled(user: &User, after: &Account, jobs: &[Job]) -> Vec<String> {
    let theirs = || jobs.iter().filter(|job| job.user_id == Some(user.id));
    let asked = |job_type: &str| {
        let found = theirs().filter(|job| {
            let by_itself = job.payload["called_back"].is_string();
            job.job_type == job_type && job.repeats_job_id.is_none() && !by_itself
        });
        found.count()
    };
    let repeats = theirs().filter(|job| job.repeats_job_id.is_some()).count();
    // Whoever calls a leaving off and asks for it again is answered with the one that ends, and another begins after it.
    let called_off =
        theirs().filter(|job| job.job_type == "disable_demo" && job.status == JobStatus::Cancelled).count();
    let mut wrong = Vec::new();
    for (what, found, most) in [
        ("set-ups", asked("enable_demo"), after.enables.most_jobs()),
        ("leavings", asked("disable_demo"), after.disables.most_jobs() + called_off),
        ("retries", repeats, after.retries.most_jobs()),
    ] {
        if found > most {
            wrong.push(format!("twice: {} has {found} {what}, and asked for {most}", user.id));
        }
    }
    let mut fetches = BTreeMap::<&str, usize>::new();
    for job in jobs.iter().filter(|job| job.job_type == "fetch_interaction") {
        *fetches.entry(job.payload["external_id"].as_str().unwrap_or_default()).or_default() += 1;
    }
    let doubled = fetches.iter().filter(|(what, count)| what.starts_with("evt_") && **count > 1);
    wrong.extend(doubled.map(|(what, count)| format!("I7: delivery {what} had {count} effects")));
    wrong
}

fn picture(conn: &mut Conn) -> kit::db::Result<Picture> {
    let users = conn.all(&format!("SELECT {} FROM users", User::COLUMNS), &[])?;
    let jobs = conn.all(&format!("SELECT {} FROM background_jobs", Job::COLUMNS), &[])?;
    let deliveries: Vec<(String, WorkspaceId)> = conn.all(
        "SELECT id, workspace_id FROM webhook_deliveries WHERE source = 'demo' AND workspace_id IS NOT NULL",
        &[],
    )?;
    let deliveries = deliveries.into_iter().map(|(id, place)| (id, place.to_string())).collect();
    let mut drift = Vec::new();
    for (what, sql) in DRIFTS {
        let found: i64 = conn.one(sql, args![])?;
        if found != 0 {
            drift.push(format!("{what}: {found}"));
        }
    }
    for workspace in repruv::workspaces::all(conn)? {
        let found = counts::drift(conn, workspace)?;
        if found != Drift::default() {
            drift.push(format!("counts of {workspace} that are no recount: {found:?}"));
        }
    }
    Ok(Picture { users, jobs, deliveries, drift })
}

/// Each counts rows that must not be.
const DRIFTS: [(&str, &str); 7] = [
    (
        "I12: rows of one workspace behind the connection of another",
        "SELECT count(*) FROM interactions i JOIN platform_connections c ON c.id = i.connection_id
         WHERE i.workspace_id <> c.workspace_id",
    ),
    (
        "I12: demo workspaces with other members than one",
        "SELECT count(*) FROM workspaces w WHERE w.kind = 'demo'
         AND (SELECT count(*) FROM memberships m WHERE m.workspace_id = w.id) <> 1",
    ),
    (
        "I11: live workspaces with rows that demo mode made",
        "SELECT count(*) FROM workspaces w JOIN interactions i ON i.workspace_id = w.id WHERE w.kind = 'live'",
    ),
    (
        "I3: demo workspaces that nobody is in",
        "SELECT count(*) FROM workspaces w WHERE w.kind = 'demo'
         AND NOT EXISTS (SELECT 1 FROM users u WHERE u.demo_workspace_id = w.id)",
    ),
    (
        "totals that are not the count of their rows",
        "SELECT count(*) FROM interaction_totals t WHERE t.total <> (SELECT count(*) FROM interactions i
         WHERE i.workspace_id = t.workspace_id AND i.connection_id = t.connection_id AND i.state = t.state
         AND i.priority = t.priority)",
    ),
    (
        "quarters of an hour that are not the count of their rows",
        "SELECT count(*) FROM workspaces w WHERE
         (SELECT COALESCE(SUM(c.comments + c.replies + c.reviews + c.mentions), 0) FROM interaction_quarters c
          WHERE c.workspace_id = w.id) <>
         (SELECT count(*) FROM interactions i WHERE i.workspace_id = w.id AND i.is_own = FALSE
          AND i.provider_state = 'published' AND i.state <> 'spam')",
    ),
    (
        "days that are not the count of their rows",
        "SELECT count(*) FROM workspaces w WHERE
         (SELECT COALESCE(SUM(c.comments + c.replies + c.reviews + c.mentions), 0) FROM interaction_days c
          WHERE c.workspace_id = w.id) <>
         (SELECT count(*) FROM interactions i WHERE i.workspace_id = w.id AND i.is_own = FALSE
          AND i.provider_state = 'published' AND i.state <> 'spam')",
    ),
];

/// How many operations are still under way.
pub async fn live_operations(url: &str) -> i64 {
    let count = |conn: &mut Conn| {
        conn.one(
            "SELECT count(*) FROM background_jobs WHERE status IN ('pending', 'running')
             AND job_type IN ('enable_demo', 'disable_demo', 'forget_demo_profile', 'fetch_interaction')",
            args![],
        )
    };
    with_database(url, count).await
}

/// Whether a job is in a worker's hands, or was when that one died.
pub async fn runs_something(url: &str) -> bool {
    let count =
        |conn: &mut Conn| conn.one::<i64>("SELECT count(*) FROM background_jobs WHERE status = 'running'", args![]);
    with_database(url, count).await > 0
}

/// Whether the set-up runs, and has stored something since its worker died last; or is done.
pub async fn has_stored_something(url: &str) -> bool {
    let count = |conn: &mut Conn| {
        conn.one::<i64>(
            "SELECT count(*) FROM background_jobs WHERE job_type = 'enable_demo'
             AND (status = 'completed' OR status = 'running' AND deaths = 0)",
            args![],
        )
    };
    with_database(url, count).await > 0
}

/// I3, when nothing is under way: who is in demo mode has one profile at the demo service, nobody else has any.
pub async fn profiles_match(url: &str, data_dir: &Path) -> Vec<String> {
    let simulator = format!("sqlite:{}", data_dir.join("simulator.db").display());
    let profiles: Vec<String> = with_database(&simulator, |conn: &mut Conn| {
        conn.all("SELECT user_id FROM profiles WHERE deactivated_at IS NULL", args![])
    })
    .await;
    let users: Vec<User> =
        with_database(url, |conn: &mut Conn| conn.all(&format!("SELECT {} FROM users", User::COLUMNS), &[])).await;
    let wrong = users.iter().filter_map(|user| {
        let there = profiles.contains(&user.id.to_string());
        let wanted = user.demo_mode_status == DemoStatus::Enabled;
        (there != wanted).then(|| format!("I3: {} of {}: profile there: {there}", user.demo_mode_status, user.id))
    });
    wrong.collect()
}

/// A connection beside those of the processes that are tried.
pub async fn with_database<T: Send + 'static>(
    url: &str,
    read: impl FnMut(&mut Conn) -> kit::db::Result<T> + Send + 'static,
) -> T {
    let mut options = Options::new(url, Clock::system());
    options.connections = 1;
    let reading = tokio::task::spawn_blocking(move || {
        let db = Db::open(options).expect("the database opens beside the process");
        let found = db.read_blocking(read).expect("the database can be read");
        db.close();
        found
    });
    reading.await.expect("reading does not panic")
}

/// How operations ended, in a line.
pub async fn ends(url: &str) -> String {
    let count = |conn: &mut Conn| {
        conn.all::<(String, String, i64)>(
            "SELECT job_type, status, count(*) FROM background_jobs GROUP BY job_type, status ORDER BY job_type, status",
            args![],
        )
    };
    let counts = with_database(url, count).await;
    counts.iter().map(|(job_type, status, count)| format!("{count} {job_type} {status}")).collect::<Vec<_>>().join(", ")
}

/// The whole of a ledger in a line.
pub fn summary(book: &Book) -> String {
    let accounts = book.accounts.values();
    let orders: usize = accounts.clone().map(|a| a.enables.jobs.len() + a.disables.jobs.len()).sum();
    let deliveries: usize = accounts.clone().map(|account| account.deliveries.len()).sum();
    let answers = accounts.flat_map(|account| account.answers.values()).filter(|answer| answer.id.is_some()).count();
    let moderated: usize = book.accounts.values().map(|account| account.orders.len()).sum();
    let moved: usize = book.accounts.values().map(|account| account.moves.len()).sum();
    let called_back = book.accounts.values().flat_map(|account| account.answers.values());
    let called_back = called_back.filter(|answer| answer.is_called_back).count();
    format!(
        "{} requests answered, {} cut off; {orders} operations, {deliveries} webhooks, {answers} answers, {called_back} calls back, \
         {moderated} orders of moderation and {moved} moves of all that match acknowledged",
        book.answered, book.unanswered
    )
}
