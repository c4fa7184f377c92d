//! The platform of one history, which no crash of a process reaches, and each process's line to it: what it carries arrives
//! late, or never, and what is answered may be wrong.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kit::testing::simulation::{BEGIN, Database, Dice, Faults, Place, Shared};
use tokio::time::sleep;

use crate::model::{self, ObservedInteraction};
use crate::outbound::TransportError;
use crate::platforms::{
    ActRules, Adapter, Allowance, AnswerRules, Batch, Budget, Error, PlatformModule, Provider, ProviderInfo, Target,
    Tokens, World,
};
use crate::replies::tests::platform::{Far, PLATFORM, Seam, Talks};

/// Whoever waits for an answer gives up after this time.
const DEADLINE: Duration = Duration::from_secs(10);
/// A request is under way for less, and what is created is shown before this.
const LATE: std::ops::Range<u64> = 0..20_000;
const SHOWN: std::ops::Range<u64> = 0..40_000;

#[derive(Clone, Debug)]
pub(super) struct Platform {
    pub far: Far,
    late: Arc<Mutex<Vec<Late>>>,
}

/// A reply that nobody waits for any more, and that arrives all the same.
#[derive(Clone, Debug)]
struct Late {
    due: Duration,
    thread: String,
    text: String,
    shown_after: Duration,
}

#[derive(Clone)]
pub(super) struct Line {
    pub place: Place,
    pub platform: Platform,
    pub database: Database,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Fault {
    Nothing,
    Unreachable,
    DiesBefore,
    Lost,
    Late,
    Limited,
    /// It keeps nothing, and says so.
    Refused,
    BrokenBefore,
    // From here on the comment is kept.
    AnswerLost,
    Cut,
    DiesAfter,
    RefusedAfter,
    GoneAfter,
    BrokenAfter,
    Unreadable,
}

impl Platform {
    pub(super) fn new() -> Self {
        Self { far: Far::new(), late: Arc::default() }
    }

    fn late(&self) -> MutexGuard<'_, Vec<Late>> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_something_on_its_way(&self) -> bool {
        !self.late().is_empty()
    }

    /// Lets arrive what was on its way until now.
    pub(super) fn deliver(&self, shared: &Shared) {
        let now = shared.now();
        let (arrived, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut *self.late()).into_iter().partition(|it| it.due <= now);
        *self.late() = rest;
        for Late { thread, text, shown_after, .. } in arrived {
            let at = BEGIN + now;
            let kept = self.far.script().keep(&thread, &text, at, at + shown_after);
            shared.note(|| format!("late arrives “{text}” as {}", kept.external_id));
        }
    }
}

impl Talks for Line {
    async fn reply(&self, target: &Target, text: &str) -> Result<ObservedInteraction, Error> {
        let (place, shared) = (&self.place, self.place.link.shared.clone());
        if self.database.is_at_work() {
            shared.wrong(format!("“{text}” is sent inside of a transaction"));
        }
        let (dice, faults) = (shared.dice.clone(), shared.faults());
        let fault = Fault::drawn(&dice, &faults);
        shared.note(|| format!("process {} sends “{text}”: {fault:?}", place.link.number));
        let shown_after = if faults.outside > 0 && dice.chance(300) { dice.millis(SHOWN) } else { Duration::ZERO };
        sleep(way(&dice, &faults)).await;
        place.until_alive().await;
        let thread = target.thread_external_id.clone();
        match fault {
            Fault::Unreachable => return Err(Error::Transport(TransportError::Unreachable)),
            Fault::DiesBefore => place.link.die_now("dead before a request"),
            Fault::Lost => return no_answer().await,
            Fault::Late => {
                let late = Late { due: shared.now() + dice.millis(LATE), thread, text: text.to_owned(), shown_after };
                self.platform.late().push(late);
                return no_answer().await;
            }
            Fault::Limited => return Err(Error::RateLimited { until: place.clock.now() + Duration::from_secs(5) }),
            Fault::Refused => return Err(refused()),
            Fault::BrokenBefore => return Err(Error::Unavailable { status: 500 }),
            _ => {}
        }
        place.until_alive().await;
        let now = place.clock.now();
        let kept = self.platform.far.script().keep(&thread, text, now, now + shown_after);
        shared.note(|| format!("the platform keeps “{text}” as {}, shown after {shown_after:?}", kept.external_id));
        sleep(way(&dice, &faults)).await;
        place.until_alive().await;
        match fault {
            Fault::AnswerLost => no_answer().await,
            Fault::Cut => Err(Error::Transport(TransportError::Cut)),
            Fault::DiesAfter => {
                place.link.die_now("dead after a request");
                pending().await
            }
            Fault::RefusedAfter => Err(refused()),
            Fault::GoneAfter => Err(Error::NotFound { reason: "commentNotFound".into() }),
            Fault::BrokenAfter => Err(Error::Unavailable { status: 500 }),
            Fault::Unreadable => Err(Error::protocol("half of an answer", b"{")),
            _ => Ok(kept),
        }
    }

    async fn fetch(&self, thread: &str) -> Result<Batch, Error> {
        let (place, shared) = (&self.place, self.place.link.shared.clone());
        if self.database.is_at_work() {
            shared.wrong(format!("{thread} is looked at inside of a transaction"));
        }
        let (dice, faults) = (shared.dice.clone(), shared.faults());
        sleep(way(&dice, &faults)).await;
        place.until_alive().await;
        let shown = self.platform.far.script().shown(thread, place.clock.now());
        shared.note(|| format!("process {} looks at {thread}: {} there", place.link.number, shown.len()));
        sleep(way(&dice, &faults)).await;
        place.until_alive().await;
        match dice.below(8) {
            _ if !dice.chance(faults.outside / 4) => Ok(Batch { interactions: shown, ..Batch::default() }),
            0 => no_answer().await,
            1 => Err(Error::Unavailable { status: 503 }),
            2 => Err(Error::Transport(TransportError::Unreachable)),
            3 => Err(Error::RateLimited { until: place.clock.now() + Duration::from_secs(5) }),
            4 => Err(Error::NotFound { reason: "commentThreadNotFound".into() }),
            5 => Ok(Batch::default()),
            6 => Err(Error::Permission { reason: "forbidden".into() }),
            _ => Err(Error::protocol("half of an answer", b"{")),
        }
    }
}

impl Fault {
    fn drawn(dice: &Dice, faults: &Faults) -> Self {
        if !dice.chance(faults.outside) {
            return Fault::Nothing;
        }
        dice.pick(&[
            Fault::Unreachable,
            Fault::DiesBefore,
            Fault::Lost,
            Fault::Late,
            Fault::Limited,
            Fault::Refused,
            Fault::BrokenBefore,
            Fault::AnswerLost,
            Fault::Cut,
            Fault::DiesAfter,
            Fault::RefusedAfter,
            Fault::GoneAfter,
            Fault::BrokenAfter,
            Fault::Unreadable,
        ])
    }
}

async fn no_answer<T>() -> Result<T, Error> {
    sleep(DEADLINE).await;
    Err(Error::Transport(TransportError::Timeout))
}

fn refused() -> Error {
    Error::Rejected { reason: "invalidCommentMetadata".into(), message: "The comment could not be created.".into() }
}

/// How long a request or an answer is under way.
fn way(dice: &Dice, faults: &Faults) -> Duration {
    let most = if faults.outside > 0 && dice.chance(30) { 6_000 } else { 40 };
    dice.millis(0..most)
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Line").field(&self.place.link.number).finish()
    }
}

impl PlatformModule for Line {
    fn platform(&self) -> model::Platform {
        PLATFORM
    }

    fn info(&self) -> &'static ProviderInfo {
        self.platform.far.info()
    }

    fn provider(&self, world: &World) -> Result<Box<dyn Provider>, Error> {
        self.platform.far.provider(world)
    }

    fn adapter(&self, _: &World, _: Arc<dyn Tokens>, _: Arc<dyn Allowance>) -> Box<dyn Adapter> {
        Box::new(Seam(self.clone()))
    }

    fn answers(&self) -> AnswerRules {
        self.platform.far.answers()
    }

    fn acts(&self) -> ActRules {
        self.platform.far.acts()
    }

    fn budget(&self, _: &World) -> Option<Budget> {
        None
    }
}
