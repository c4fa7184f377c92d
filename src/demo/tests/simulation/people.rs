//! One to three people at their buttons: they enable, leave, call back, repeat, reload, and try what is not theirs.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kit::db;
use kit::jobs::{self, JobId, JobView, Repeat};
use kit::testing::simulation::{Dice, Place, World};

use super::simulated_app::SimulatedApps;
use crate::accounts::sessions;
use crate::app::App;
use crate::connections;
use crate::demo::{self, Choice, DemoStatus, Refused, Size};
use crate::work::Who;
use crate::workspaces::{self, Kind, UserId};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wish {
    Demo,
    NoDemo,
}

/// A person, and what the product owes them.
#[derive(Clone)]
pub(super) struct Person {
    pub user: UserId,
    standing: Arc<Mutex<Standing>>,
}

#[derive(Default)]
struct Standing {
    /// Presses that have had no answer.
    open: u32,
    presses: u32,
    /// The last press, where its answer came before anything else was pressed.
    wish: Option<Wish>,
    /// A press was never answered: it may count at any time, or never.
    has_lost_one: bool,
    jobs: Vec<JobId>,
}

/// What a press came to, as far as the person was told.
enum Told {
    Accepted(JobId),
    Refused,
    /// Nobody can tell.
    Nothing,
}

pub(super) struct People {
    pub all: Vec<Person>,
    /// How many in a thousand turns bring a press.
    zeal: u32,
}

impl People {
    pub(super) fn new(users: Vec<UserId>, dice: &Dice) -> Self {
        let all = users.into_iter().map(|user| Person { user, standing: Arc::default() }).collect();
        Self { all, zeal: dice.pick(&[30, 100, 250]) }
    }

    pub(super) fn are_waiting(&self) -> bool {
        self.all.iter().any(|person| person.standing().open > 0)
    }

    pub(super) fn act(&self, world: &World<App>, house: &SimulatedApps) {
        let dice = &world.shared.dice;
        if !dice.chance(self.zeal) {
            return;
        }
        let Some(place) = world.somebody() else { return };
        let (app, person) = (house.app_of(place), &self.all[dice.below(self.all.len())]);
        match dice.below(12) {
            0..4 => person.press(place, app, Wish::Demo),
            4..7 => person.press(place, app, Wish::NoDemo),
            7 => person.cancel(place, app, dice),
            8 => person.repeat(place, app, dice),
            9 => person.meddle(place, app, &self.all[dice.below(self.all.len())], dice),
            10 => person.read_again(place, app),
            _ => person.reload(place, app),
        }
    }
}

impl Person {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wish(&self) -> Option<Wish> {
        let standing = self.standing();
        standing.wish.filter(|_| !standing.has_lost_one)
    }

    /// Nothing is on its way any more: what is pressed from here on counts after all that was pressed before.
    pub(super) fn begin_anew(&self) {
        let mut standing = self.standing();
        if std::mem::take(&mut standing.has_lost_one) {
            standing.wish = None;
        }
    }

    /// The button that enables, or the one that leaves and calls back.
    pub(super) fn press(&self, place: &Place, app: App, wish: Wish) {
        let user = self.user;
        self.ask(place, &format!("{wish:?}"), Some(wish), async move {
            let choice = Choice { size: Size::Small, seed: Some(1), ..Choice::default() };
            let taken = app.write(Who::user(user, ""), move |work| match wish {
                Wish::Demo => demo::enable(work, user, &choice),
                Wish::NoDemo => demo::disable(work, user),
            });
            match taken.await {
                Ok(accepted) => Told::Accepted(accepted.job_id),
                Err(Refused::Db(db::Error::OutcomeUnknown | db::Error::Closed)) => Told::Nothing,
                Err(_) => Told::Refused,
            }
        });
    }

    fn cancel(&self, place: &Place, app: App, dice: &Dice) {
        let Some(id) = self.some_job(dice) else { return };
        let user = self.user;
        self.ask(place, "cancel", None, async move {
            match cancel(&app, id, user).await {
                Ok(Some(job)) => Told::Accepted(job.id),
                Ok(None) => Told::Refused,
                Err(_) => Told::Nothing,
            }
        });
    }

    fn repeat(&self, place: &Place, app: App, dice: &Dice) {
        let Some(id) = self.some_job(dice) else { return };
        let user = self.user;
        self.ask(place, "repeat", None, async move {
            match retry(&app, id, user).await {
                Ok(Repeat::Enqueued(enqueued)) => Told::Accepted(enqueued.id),
                Ok(Repeat::Refused | Repeat::NotFound) => Told::Refused,
                Err(_) => Told::Nothing,
            }
        });
    }

    /// Somebody else's job is not found (I12).
    fn meddle(&self, place: &Place, app: App, other: &Person, dice: &Dice) {
        let Some(id) = other.some_job(dice).filter(|_| other.user != self.user) else { return };
        let (user, shared) = (self.user, place.link.shared.clone());
        place.spawn(async move {
            if let Ok(Some(_)) = cancel(&app, id, user).await {
                shared.wrong(format!("I12: {id} was cancelled by somebody else"));
            }
            if let Ok(Repeat::Enqueued(_) | Repeat::Refused) = retry(&app, id, user).await {
                shared.wrong(format!("I12: {id} was found by somebody else"));
            }
        });
    }

    /// The page after a reload: what moves has a live job that is shown, and it is one's own demo, or the live rows.
    fn reload(&self, place: &Place, app: App) {
        let (user, shared) = (self.user, place.link.shared.clone());
        place.spawn(async move {
            let now = app.now();
            let read = app.db.read(move |conn| {
                let live = workspaces::of_person(conn, user)?.into_iter().next().ok_or(db::Error::NotFound)?;
                let (row, workspace, _) = sessions::person(conn, user, live.id, true)?.ok_or(db::Error::NotFound)?;
                Ok::<_, db::Error>((demo::view(conn, &row, now)?, workspace))
            });
            let Ok((demo, workspace)) = read.await else { return };
            let is_demo = demo.status == DemoStatus::Enabled;
            if (workspace.kind == Kind::Demo) != is_demo || is_demo && demo.workspace_id != Some(workspace.id) {
                shared.wrong(format!("I12: a page says {} over the {} workspace", demo.status, workspace.kind));
            }
            let is_moving = matches!(demo.status, DemoStatus::Enabling | DemoStatus::Disabling);
            let has_live_job = demo.job.as_ref().is_some_and(|job| !job.status.is_terminal());
            if is_moving != has_live_job {
                shared.wrong(format!("I2: a page says {} with the job {:?}", demo.status, demo.job));
            }
        });
    }

    /// The button that reads a connection now.
    fn read_again(&self, place: &Place, app: App) {
        let user = self.user;
        place.spawn(async move {
            let (now, random) = (app.now(), app.random.clone());
            let asked = app.db.write(move |tx| {
                let sql = "SELECT c.workspace_id, c.id FROM platform_connections c \
                           JOIN users u ON u.demo_workspace_id = c.workspace_id WHERE u.id = $1";
                let Some((workspace, id)) = tx.opt(sql, kit::args![user])? else { return Ok(()) };
                connections::sync_now(tx, now, &random, user, workspace, id).map(drop)
            });
            // Refused or not reached: the page says so, and nothing is owed.
            let _: Result<(), connections::Refused> = asked.await;
        });
    }

    fn some_job(&self, dice: &Dice) -> Option<JobId> {
        let standing = self.standing();
        // The newest is what a person sees.
        let newest = standing.jobs.len().checked_sub(1)?;
        let chosen = if dice.chance(700) { newest } else { dice.below(newest + 1) };
        standing.jobs.get(chosen).copied()
    }

    fn ask(&self, place: &Place, what: &str, wish: Option<Wish>, request: impl Future<Output = Told> + Send + 'static) {
        let (shared, user, what) = (place.link.shared.clone(), self.user, what.to_owned());
        let open = Open::new(self, wish);
        shared.note(|| format!("{user} asks process {}: {what}", place.link.number));
        place.spawn(async move {
            let told = request.await;
            shared.note(|| format!("{user} is told about {what}: {told}"));
            open.answered(told);
        });
    }
}

async fn cancel(app: &App, id: JobId, user: UserId) -> db::Result<Option<JobView>> {
    let (now, random) = (app.now(), app.random.clone());
    app.db.write(move |tx| jobs::cancel::<App>(tx, now, &random, id, user.uuid())).await
}

async fn retry(app: &App, id: JobId, user: UserId) -> db::Result<Repeat> {
    let (now, random) = (app.now(), app.random.clone());
    app.db.write(move |tx| jobs::retry::<App>(tx, now, &random, id, user.uuid())).await
}

/// A press under way; gone with its answer, or with the process that would have given it.
struct Open {
    person: Person,
    press: u32,
    wish: Option<Wish>,
    was_answered: bool,
}

impl Open {
    fn new(person: &Person, wish: Option<Wish>) -> Self {
        let mut standing = person.standing();
        // What is pressed beside another press may come before or after it.
        let wish = wish.filter(|_| standing.open == 0);
        standing.open += 1;
        standing.presses += 1;
        standing.wish = None;
        Self { person: person.clone(), press: standing.presses, wish, was_answered: false }
    }

    fn answered(mut self, told: Told) {
        self.was_answered = !matches!(told, Told::Nothing);
        let mut standing = self.person.standing();
        if let Told::Accepted(id) = told {
            if standing.presses == self.press {
                standing.wish = self.wish;
            }
            if !standing.jobs.contains(&id) {
                standing.jobs.push(id);
            }
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut standing = self.person.standing();
        standing.open -= 1;
        standing.has_lost_one |= !self.was_answered;
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Told::Accepted(id) => write!(f, "accepted, {id}"),
            Told::Refused => f.write_str("refused"),
            Told::Nothing => f.write_str("nothing"),
        }
    }
}
