//! The platform of one history, and each process's line to it: what it is asked for is done or not, and what is answered may
//! be wrong either way.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kit::testing::simulation::{BEGIN, Database, Place};
use tokio::time::sleep;

use crate::model::{self, ObservedInteraction, ProviderState};
use crate::outbound::TransportError;
use crate::platforms::{
    ActRules, Adapter, Allowance, AnswerRules, Batch, Budget, Error, PlatformModule, Provider, ProviderInfo, Target,
    Tokens, Verb, World,
};
use crate::replies::tests::platform::{Far, PLATFORM, Seam, Talks};

const DEADLINE: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub(super) struct Platform {
    pub far: Far,
    effects: Arc<Mutex<Vec<Effect>>>,
}

/// Something that was done with a comment.
#[derive(Clone, Debug)]
pub(super) struct Effect {
    pub at: Duration,
    pub comment: String,
    /// "hide", "edit At ten."
    pub what: String,
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
    Limited,
    Refused,
    BrokenBefore,
    // From here on it is done.
    AnswerLost,
    Cut,
    DiesAfter,
    RefusedAfter,
    BrokenAfter,
    Unreadable,
}

impl Platform {
    pub(super) fn new(own: &ObservedInteraction) -> Self {
        let far = Far::new();
        let thread = own.thread_external_id.clone();
        far.script().keep(&thread, own.text.as_deref().unwrap_or_default(), BEGIN, BEGIN);
        Self { far, effects: Arc::default() }
    }

    pub(super) fn effects(&self) -> MutexGuard<'_, Vec<Effect>> {
        self.effects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stands(&self, comment: &str) -> ProviderState {
        self.far.script().standing.get(comment).copied().unwrap_or(ProviderState::Published)
    }
}

impl Line {
    /// Asks for something, and answers what came of that.
    async fn asked(&self, what: &str, ids: &[String], does: impl FnOnce() + Send) -> Result<(), Error> {
        let (place, shared) = (&self.place, self.place.link.shared.clone());
        if self.database.is_at_work() {
            shared.wrong(format!("{what} is asked for inside of a transaction"));
        }
        let fault = self.fault();
        shared.note(|| format!("process {} asks to {what} {}: {fault:?}", place.link.number, ids.join(",")));
        self.travel().await;
        match fault {
            Fault::Unreachable => return Err(Error::Transport(TransportError::Unreachable)),
            Fault::DiesBefore => place.link.die_now("dead before a request"),
            Fault::Lost => return no_answer().await,
            Fault::Limited => return Err(Error::RateLimited { until: place.clock.now() + Duration::from_secs(5) }),
            Fault::Refused => return Err(refused()),
            Fault::BrokenBefore => return Err(Error::Unavailable { status: 500 }),
            _ => {}
        }
        place.until_alive().await;
        does();
        let effect = |id: &String| Effect { at: shared.now(), comment: id.clone(), what: what.to_owned() };
        self.platform.effects().extend(ids.iter().map(effect));
        shared.note(|| format!("the platform has done it: {what} {}", ids.join(",")));
        self.travel().await;
        match fault {
            Fault::AnswerLost => no_answer().await,
            Fault::Cut => Err(Error::Transport(TransportError::Cut)),
            Fault::DiesAfter => {
                place.link.die_now("dead after a request");
                pending().await
            }
            Fault::RefusedAfter => Err(refused()),
            Fault::BrokenAfter => Err(Error::Unavailable { status: 500 }),
            Fault::Unreadable => Err(Error::protocol("half of an answer", b"{")),
            _ => Ok(()),
        }
    }

    fn fault(&self) -> Fault {
        let shared = &self.place.link.shared;
        if !shared.dice.chance(shared.faults().outside) {
            return Fault::Nothing;
        }
        shared.dice.pick(&[
            Fault::Unreachable,
            Fault::DiesBefore,
            Fault::Lost,
            Fault::Limited,
            Fault::Refused,
            Fault::BrokenBefore,
            Fault::AnswerLost,
            Fault::Cut,
            Fault::DiesAfter,
            Fault::RefusedAfter,
            Fault::BrokenAfter,
            Fault::Unreadable,
        ])
    }

    /// There, or back.
    async fn travel(&self) {
        let shared = &self.place.link.shared;
        let most = if shared.faults().outside > 0 && shared.dice.chance(30) { 6_000 } else { 40 };
        sleep(shared.dice.millis(0..most)).await;
        self.place.until_alive().await;
    }

    async fn looked<T>(&self, whole: T) -> Result<T, Error> {
        let shared = self.place.link.shared.clone();
        if self.database.is_at_work() {
            shared.wrong("the platform is looked at inside of a transaction");
        }
        self.travel().await;
        match shared.dice.below(5) {
            _ if !shared.dice.chance(shared.faults().outside / 4) => Ok(whole),
            0 => no_answer().await,
            1 => Err(Error::Unavailable { status: 503 }),
            2 => Err(Error::RateLimited { until: self.place.clock.now() + Duration::from_secs(5) }),
            3 => Err(refused()),
            _ => Err(Error::protocol("half of an answer", b"{")),
        }
    }
}

impl Talks for Line {
    async fn edit(&self, target: &Target, text: &str) -> Result<ObservedInteraction, Error> {
        let change = || {
            let mut script = self.platform.far.script();
            let own = script.comments.first_mut().expect("there is one");
            own.observed.text = Some(text.to_owned());
        };
        self.asked(&format!("edit {text}"), std::slice::from_ref(&target.external_id), change).await?;
        let own = self.platform.far.script().comments[0].observed.clone();
        Ok(ObservedInteraction { text: Some(text.to_owned()), ..own })
    }

    async fn moderate(&self, ids: &[String], verb: Verb) -> Result<(), Error> {
        let put = || {
            let mut script = self.platform.far.script();
            let state = script.acts.becomes(verb).expect("it changes how they stand");
            script.standing.extend(ids.iter().map(|id| (id.clone(), state)));
        };
        self.asked(verb.as_str(), ids, put).await
    }

    async fn standing(&self, ids: &[String]) -> Result<Vec<(String, ProviderState)>, Error> {
        self.travel().await;
        self.looked(ids.iter().map(|id| (id.clone(), self.platform.stands(id))).collect()).await
    }

    async fn fetch(&self, thread: &str) -> Result<Batch, Error> {
        self.travel().await;
        let interactions = self.platform.far.script().shown(thread, self.place.clock.now());
        self.looked(Batch { interactions, ..Batch::default() }).await
    }

    async fn reply(&self, _: &Target, _: &str) -> Result<ObservedInteraction, Error> {
        unreachable!("nobody answers")
    }
}

async fn no_answer<T>() -> Result<T, Error> {
    sleep(DEADLINE).await;
    Err(Error::Transport(TransportError::Timeout))
}

fn refused() -> Error {
    Error::Rejected { reason: "operationNotSupported".into(), message: "Not this one.".into() }
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
