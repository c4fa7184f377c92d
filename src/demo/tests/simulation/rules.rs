//! What must hold after each commit, and when everything has come to rest: the invariants of the design, by their numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kit::args;
use kit::clock::Timestamp;
use kit::db::{self, Json, Tx};
use kit::jobs::JobId;
use kit::testing::simulation::{Database, Shared};

use super::fake_service::{FakeService, PAST_DAYS, State};
use super::people::{People, Wish};
use super::simulated_app::{rows, seconds};
use crate::workspaces::{DemoStatus, UserId, WorkspaceId};

kit::row! {
    #[derive(Clone)]
    struct User {
        id: UserId,
        demo_mode_status: DemoStatus,
        demo_job_id: Option<JobId>,
        demo_workspace_id: Option<WorkspaceId>,
        demo_profile: Option<Json>,
        demo_mode_error: Option<Json>,
    }
}

kit::row! {
    struct Live {
        id: JobId,
        job_type: String,
        user_id: Option<UserId>,
        payload: Json,
    }
}

/// What the commits so far have shown.
#[derive(Default)]
struct Seen {
    statuses: BTreeMap<UserId, DemoStatus>,
    /// Looks at what webhooks told of, by connection and interaction.
    looks: BTreeMap<(String, String), BTreeSet<JobId>>,
    newest_job: i64,
}

pub(super) struct Rules {
    far: FakeService,
    /// What is nobody's demo.
    rows: Vec<String>,
}

impl Rules {
    pub(super) fn begin(shared: &Arc<Shared>, database: &Database, far: &FakeService) -> Self {
        let (mut seen, watched, wrongs) = (Seen::default(), far.clone(), shared.clone());
        database.watch(move |tx| {
            let found = at_a_commit(tx, &watched.state(), &mut seen, &wrongs).expect("the tables can be read");
            found.into_iter().for_each(|wrong| wrongs.wrong(wrong));
        });
        Self { far: far.clone(), rows: rows(database) }
    }

    /// When nothing moves any more. What was begun after `healed` has met no fault.
    pub(super) fn at_rest(&self, shared: &Shared, database: &Database, people: &People, healed: Timestamp) {
        let looked = database.look(|tx| {
            let mut wrongs = Vec::new();
            for user in users(tx)? {
                let person = people.all.iter().find(|person| person.user == user.id).expect("nobody moves in later");
                let begun = "SELECT created_at FROM background_jobs WHERE id = $1";
                let begun: Option<Timestamp> = tx.opt(begun, args![user.demo_job_id])?;
                let may_have_failed = begun.is_some_and(|begun| begun <= healed);
                wrongs.extend(granted(&user, person.wish(), may_have_failed));
                if user.demo_mode_status == DemoStatus::Enabled {
                    wrongs.extend(is_told_everything(tx, &user, &self.far.state())?);
                }
            }
            for (what, sql) in DRIFTS {
                let found: i64 = tx.one(sql, &[])?;
                wrongs.extend((found != 0).then(|| format!("{what}: {found}")));
            }
            Ok(wrongs)
        });
        looked.expect("the tables can be read").into_iter().for_each(|wrong| shared.wrong(wrong));
        for profile in self.far.state().profiles.iter().filter(|profile| profile.is_active) {
            shared.note(|| format!("profile {} of {} stands at the end", profile.id, profile.user));
        }
    }

    /// I11, I3: when everybody has left, every row is as it was before, and the demo service has nothing.
    pub(super) fn when_all_have_left(&self, shared: &Shared, database: &Database) {
        let after = rows(database);
        let (before, after): (BTreeSet<_>, BTreeSet<_>) = (self.rows.iter().collect(), after.iter().collect());
        for row in before.difference(&after) {
            shared.wrong(format!("I11: gone after demo mode: {row:.150}"));
        }
        for row in after.difference(&before) {
            shared.wrong(format!("I11: left behind by demo mode: {row:.150}"));
        }
        let scoped = "SELECT job_type FROM background_jobs WHERE workspace_id IN \
                      (SELECT id FROM workspaces WHERE kind = 'demo') OR (user_id IS NOT NULL \
                      AND job_type NOT IN ('enable_demo', 'disable_demo'))";
        let looked = database.look(|tx| Ok((users(tx)?, tx.all::<String>(scoped, &[])?)));
        let (users, jobs) = looked.expect("the tables can be read");
        for job in jobs {
            shared.wrong(format!("a job is left behind by demo mode: {job}"));
        }
        for user in users {
            if user.demo_mode_status != DemoStatus::Disabled || user.demo_profile.is_some() {
                shared.wrong(format!("{} of {} although it was left", user.demo_mode_status, user.id));
            }
        }
        for profile in self.far.state().profiles.iter().filter(|profile| profile.is_active) {
            shared.wrong(format!("I3: profile {} of {} outlives its demo", profile.id, profile.user));
        }
    }
}

fn users(tx: &mut Tx) -> db::Result<Vec<User>> {
    tx.all(&format!("SELECT {} FROM users ORDER BY id", User::COLUMNS), &[])
}

/// Whether nothing but what comes back by itself later is still to be done.
pub(super) fn is_settled(database: &Database) -> bool {
    let live = "SELECT EXISTS (SELECT 1 FROM background_jobs WHERE status IN ('pending', 'running') \
                AND (status = 'running' OR job_type NOT IN ('sync_connection', 'age_priorities', 'tidy')))";
    database.look(|tx| tx.one::<i64>(live, &[])).expect("jobs can be read") == 0
}

/// Whether every operation of demo mode is over.
pub(super) fn has_ended(database: &Database) -> bool {
    let moving = "SELECT count(*) FROM users WHERE demo_mode_status IN ('enabling', 'disabling')";
    database.look(|tx| tx.one::<i64>(moving, &[])).expect("users can be read") == 0
}

fn at_a_commit(tx: &mut Tx, far: &State, seen: &mut Seen, shared: &Shared) -> db::Result<Vec<String>> {
    let mut wrongs = Vec::new();
    let live = format!("SELECT {} FROM background_jobs WHERE status IN ('pending', 'running')", Live::COLUMNS);
    let jobs: Vec<Live> = tx.all(&live, &[])?;
    for user in users(tx)? {
        wrongs.extend(one_job_while_it_moves(&user, &jobs));
        wrongs.extend(one_profile_and_none_left_over(&user, &jobs, far));
        if user.demo_profile.as_ref().is_some_and(|profile| profile["user_id"] != user.id.to_string().as_str()) {
            wrongs.push(format!("I12: {} has the profile of another", user.id));
        }
        let before = seen.statuses.insert(user.id, user.demo_mode_status);
        if before == Some(user.demo_mode_status) {
            continue;
        }
        shared.note(|| format!("{} of {}", user.demo_mode_status, user.id));
        if user.demo_mode_status == DemoStatus::Enabled {
            wrongs.extend(is_confirmed(tx, &user, far)?);
        }
    }
    let members = "SELECT count(*) FROM workspaces w WHERE w.kind = 'demo' AND 1 <> (SELECT count(*) FROM memberships m \
                   JOIN users u ON u.id = m.user_id AND u.demo_workspace_id = w.id WHERE m.workspace_id = w.id)";
    if tx.one::<i64>(members, &[])? != 0 {
        wrongs.push("I12: a demo workspace is not its one owner's".into());
    }
    wrongs.extend(one_look_for_each_webhook(tx, seen)?);
    Ok(wrongs)
}

/// I2: what moves has one live job that says so, and nothing else has any.
fn one_job_while_it_moves(user: &User, jobs: &[Live]) -> Option<String> {
    let is_operation = |job: &&Live| matches!(job.job_type.as_str(), "enable_demo" | "disable_demo");
    let live: Vec<_> = jobs.iter().filter(|job| job.user_id == Some(user.id)).filter(is_operation).collect();
    let is_moving = matches!(user.demo_mode_status, DemoStatus::Enabling | DemoStatus::Disabling);
    let agrees = live.len() == usize::from(is_moving) && live.iter().all(|job| user.demo_job_id == Some(job.id));
    (!agrees).then(|| {
        let live: Vec<_> = live.iter().map(|job| format!("{} {}", job.job_type, job.id)).collect();
        format!("I2: {} of {} by {:?} while there live {live:?}", user.demo_mode_status, user.id, user.demo_job_id)
    })
}

/// I3: who is in demo mode has the profile that was promised; nobody else has one that nobody will take away.
fn one_profile_and_none_left_over(user: &User, jobs: &[Live], far: &State) -> Option<String> {
    let name = user.id.to_string();
    let stands = far.active_of(&name).map(|index| &far.profiles[index]);
    let is_being_forgotten = |key: &str| {
        jobs.iter().any(|job| job.job_type == "forget_demo_profile" && job.payload["operation"].as_str() == Some(key))
    };
    let failed_to_leave = || user.demo_mode_error.as_ref().is_some_and(|fault| fault["operation"] == "disable");
    let wrong = match (user.demo_mode_status, stands) {
        (DemoStatus::Enabled, stands) => {
            let known = user.demo_profile.as_ref().and_then(|profile| profile["id"].as_str());
            (stands.map(|profile| profile.id.as_str()) != known).then_some("another profile than it knows")
        }
        (DemoStatus::Disabled, Some(profile)) if !is_being_forgotten(&profile.key) => Some("a profile left over"),
        (DemoStatus::Failed, Some(profile)) if !failed_to_leave() && !is_being_forgotten(&profile.key) => {
            Some("a profile left over")
        }
        _ => None,
    };
    let has_rows = user.demo_workspace_id.is_some() || user.demo_profile.is_some();
    let wrong = match user.demo_mode_status {
        DemoStatus::Disabled if has_rows => Some("rows left over"),
        DemoStatus::Enabled if user.demo_workspace_id.is_none() => Some("no workspace"),
        _ => wrong,
    };
    wrong.map(|what| format!("I3: {} of {name} with {what}", user.demo_mode_status))
}

/// I6, I12: enabled by this very operation, on everything that its own profile promises.
fn is_confirmed(tx: &mut Tx, user: &User, far: &State) -> db::Result<Option<String>> {
    let told = |what: &str| Ok(Some(format!("I6: {} is enabled {what}", user.id)));
    let completed =
        "SELECT count(*) FROM background_jobs WHERE id = $1 AND status = 'completed' AND job_type = 'enable_demo'";
    if tx.one::<i64>(completed, args![user.demo_job_id])? != 1 {
        return told("and its set-up is not completed");
    }
    let known = user.demo_profile.as_ref().and_then(|profile| profile["id"].as_str()).unwrap_or_default();
    let Some(profile) = far.profiles.iter().find(|profile| profile.id == known) else {
        return told("on a profile that nobody made");
    };
    if Some(&profile.key) != user.demo_job_id.map(|id| id.to_string()).as_ref() {
        return told("on the profile of another operation");
    }
    let days =
        "SELECT count(*) FROM metric_snapshots WHERE workspace_id = $1 AND metric = 'followers' AND taken_at < $2";
    let days: i64 = tx.one(days, args![user.demo_workspace_id, profile.as_of])?;
    if days != PAST_DAYS as i64 {
        return told(&format!("with {days} days of its past"));
    }
    let missing = missing(tx, user, profile.promised().map(|item| item.id.as_str()))?;
    let videos = "SELECT external_id FROM content_items WHERE workspace_id = $1";
    let stored: BTreeSet<String> = tx.all(videos, args![user.demo_workspace_id])?.into_iter().collect();
    let videos = profile.videos.iter().filter(|video| !stored.contains(&video.id)).count();
    if missing.is_empty() && videos == 0 { Ok(None) } else { told(&format!("without {missing:?} and {videos} videos")) }
}

fn missing<'a>(tx: &mut Tx, user: &User, wanted: impl Iterator<Item = &'a str>) -> db::Result<Vec<String>> {
    let stored = "SELECT external_id FROM interactions WHERE workspace_id = $1";
    let stored: BTreeSet<String> = tx.all(stored, args![user.demo_workspace_id])?.into_iter().collect();
    Ok(wanted.filter(|id| !stored.contains(*id)).map(str::to_owned).collect())
}

/// I7: however often a webhook comes, what it tells of is looked at once.
fn one_look_for_each_webhook(tx: &mut Tx, seen: &mut Seen) -> db::Result<Option<String>> {
    let fresh = "SELECT seq, id, payload FROM background_jobs WHERE job_type = 'fetch_interaction' AND seq > $1";
    for (seq, id, payload) in tx.all::<(i64, JobId, Json)>(fresh, args![seen.newest_job])? {
        seen.newest_job = seen.newest_job.max(seq);
        let about = (payload["connection_id"].to_string(), payload["external_id"].to_string());
        let looks = seen.looks.entry(about).or_default();
        looks.insert(id);
        if looks.len() > 1 {
            return Ok(Some(format!("I7: {} is looked at {} times", payload["external_id"], looks.len())));
        }
    }
    Ok(None)
}

/// The last wish wins; what met faults may have failed, and says so.
fn granted(user: &User, wish: Option<Wish>, may_have_failed: bool) -> Option<String> {
    let is_granted = match (wish, user.demo_mode_status) {
        (_, DemoStatus::Enabling | DemoStatus::Disabling) => false,
        (None, _) | (Some(Wish::Demo), DemoStatus::Enabled) | (Some(Wish::NoDemo), DemoStatus::Disabled) => true,
        (Some(_), DemoStatus::Failed) => may_have_failed,
        (Some(_), _) => false,
    };
    let error = || user.demo_mode_error.as_ref().map(Json::to_string).unwrap_or_default();
    (!is_granted)
        .then(|| format!("{} of {} {} although the last wish was {wish:?}", user.demo_mode_status, user.id, error()))
}

/// I1, I7, I12: what was taken of webhooks is there, and nothing that belongs to anybody else.
fn is_told_everything(tx: &mut Tx, user: &User, far: &State) -> db::Result<Vec<String>> {
    let mut wrongs = Vec::new();
    let known = user.demo_profile.as_ref().and_then(|profile| profile["id"].as_str()).unwrap_or_default();
    for table in ["interactions", "content_items", "authors"] {
        let sql = format!("SELECT external_id FROM {table} WHERE workspace_id = $1");
        let foreign: Vec<String> = tx.all(&sql, args![user.demo_workspace_id])?;
        let foreign: Vec<_> = foreign.iter().filter(|id| !id.starts_with(known)).collect();
        if !foreign.is_empty() {
            wrongs.push(format!("I12: {} of {} has {foreign:?} in {table}", known, user.id));
        }
    }
    let failed = "SELECT count(*) FROM background_jobs WHERE job_type = 'fetch_interaction' AND status = 'failed'";
    let some_failed = tx.one::<i64>(failed, &[])? > 0;
    for post in far.stored.iter().filter(|post| far.profiles[post.profile].id == known) {
        let kept = "SELECT count(*) FROM webhook_deliveries WHERE id = $1 AND workspace_id = $2";
        if tx.one::<i64>(kept, args![post.id.as_str(), user.demo_workspace_id])? != 1 {
            wrongs.push(format!("I1: webhook {} was taken and is lost", post.id));
        }
        if !some_failed && !missing(tx, user, std::iter::once(post.external_id.as_str()))?.is_empty() {
            wrongs.push(format!("I7: webhook {} was taken and {} is not here", post.id, post.external_id));
        }
    }
    Ok(wrongs)
}

/// Each counts rows that must not be.
const DRIFTS: [(&str, &str); 3] = [
    (
        "I12: rows of one workspace behind the connection of another",
        "SELECT count(*) FROM interactions i JOIN platform_connections c ON c.id = i.connection_id
         WHERE i.workspace_id <> c.workspace_id",
    ),
    (
        "I7: deliveries outside of a demo",
        "SELECT count(*) FROM webhook_deliveries d WHERE NOT EXISTS
         (SELECT 1 FROM workspaces w WHERE w.id = d.workspace_id AND w.kind = 'demo')",
    ),
    (
        "totals that are not the count of their rows",
        "SELECT count(*) FROM interaction_totals t WHERE t.total <> (SELECT count(*) FROM interactions i
         WHERE i.workspace_id = t.workspace_id AND i.connection_id = t.connection_id AND i.state = t.state
         AND i.priority = t.priority)",
    ),
];

/// The live jobs, where the history is told.
pub(super) fn tell(database: &Database, shared: &Shared) {
    let sql = "SELECT seq, job_type, status, attempt, interruptions, run_at FROM background_jobs \
               WHERE status IN ('pending', 'running') ORDER BY seq";
    let live = database.look(|tx| tx.all::<(i64, String, String, i64, i64, Timestamp)>(sql, &[]));
    for (_, job_type, status, attempt, interruptions, run_at) in live.expect("jobs can be read") {
        shared.note(|| {
            format!("  {job_type}: {status}, attempt {attempt}, {interruptions} interruptions, due {}", seconds(run_at))
        });
    }
}
