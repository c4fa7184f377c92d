//! A process's wire to a platform that no crash of it reaches: what it carries arrives late, or never, and what is answered
//! may be wrong, whether it was done or not.

use std::fmt::Debug;
use std::future::pending;
use std::time::Duration;

use kit::testing::simulation::{Database, Place, Shared};
use tokio::time::sleep;

use crate::outbound::TransportError;
use crate::platforms::Error;

/// Whoever waits for an answer gives up after this time.
const DEADLINE: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub struct Wire {
    pub place: Place,
    pub database: Database,
}

/// What may happen to a request, each in its turn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fault {
    Nothing,
    Unreachable,
    DiesBefore,
    Lost,
    Limited,
    /// Nothing is done, and it says so.
    Refused,
    BrokenBefore,
    // From here on it is done.
    AnswerLost,
    Cut,
    DiesAfter,
    RefusedAfter,
    BrokenAfter,
    LimitedAfter,
    Unreadable,
    GoneAfter,
}

impl Fault {
    /// Those that any request may meet.
    pub const OF_ANY: [Self; 13] = [
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
        Fault::LimitedAfter,
        Fault::Unreadable,
    ];
}

impl Wire {
    pub fn shared(&self) -> &Shared {
        &self.place.link.shared
    }

    /// Asks for something that `does` it there, and answers what came of that.
    pub async fn asked<T>(&self, what: &str, faults: &[Fault], does: impl FnOnce() -> T + Send) -> Result<T, Error>
    where
        T: Send,
    {
        let dice = &self.shared().dice;
        let fault = if dice.chance(self.shared().faults().outside) { dice.pick(faults) } else { Fault::Nothing };
        self.sets_out(what, fault).await;
        match fault {
            Fault::Unreachable => return Err(Error::Transport(TransportError::Unreachable)),
            Fault::DiesBefore => self.place.link.die_now("dead before a request"),
            Fault::Lost => return self.no_answer().await,
            Fault::Limited => return Err(self.limited()),
            Fault::Refused => return Err(refused()),
            Fault::BrokenBefore => return Err(Error::Unavailable { status: 500 }),
            _ => {}
        }
        self.place.until_alive().await;
        let made = does();
        self.shared().note(|| format!("the platform has done it: {what}"));
        self.travel().await;
        match fault {
            Fault::AnswerLost => self.no_answer().await,
            Fault::Cut => Err(Error::Transport(TransportError::Cut)),
            Fault::DiesAfter => {
                self.place.link.die_now("dead after a request");
                pending().await
            }
            Fault::RefusedAfter => Err(refused()),
            Fault::GoneAfter => Err(Error::NotFound { reason: "commentNotFound".into() }),
            Fault::BrokenAfter => Err(Error::Unavailable { status: 500 }),
            Fault::LimitedAfter => Err(self.limited()),
            Fault::Unreadable => Err(unreadable()),
            _ => Ok(made),
        }
    }

    /// Looks at what is there: what is seen is what was there when it was asked, or nothing, for one of these reasons.
    pub async fn looked<T: Send>(
        &self,
        what: &str,
        reasons: &[Unseen],
        look: impl FnOnce() -> T + Send,
    ) -> Result<T, Error> {
        self.sets_out(what, "a look").await;
        let seen = look();
        self.travel().await;
        let dice = &self.shared().dice;
        if !dice.chance(self.shared().faults().outside / 4) {
            return Ok(seen);
        }
        match dice.pick(reasons) {
            Unseen::Lost => self.no_answer().await,
            Unseen::Unreachable => Err(Error::Transport(TransportError::Unreachable)),
            Unseen::Broken => Err(Error::Unavailable { status: 503 }),
            Unseen::Limited => Err(self.limited()),
            Unseen::Refused => Err(refused()),
            Unseen::Forbidden => Err(Error::Permission { reason: "forbidden".into() }),
            Unseen::Gone => Err(Error::NotFound { reason: "commentThreadNotFound".into() }),
            Unseen::Unreadable => Err(unreadable()),
        }
    }

    /// On its way there, with what will become of it.
    pub async fn sets_out(&self, what: &str, fate: impl Debug) {
        if self.database.is_at_work() {
            self.shared().wrong(format!("inside of a transaction the platform is asked: {what}"));
        }
        self.shared().note(|| format!("process {} asks: {what}: {fate:?}", self.place.link.number));
        self.travel().await;
    }

    pub async fn no_answer<T>(&self) -> Result<T, Error> {
        sleep(DEADLINE).await;
        Err(Error::Transport(TransportError::Timeout))
    }

    /// There, or back.
    async fn travel(&self) {
        let shared = self.shared();
        let most = if shared.faults().outside > 0 && shared.dice.chance(30) { 6_000 } else { 40 };
        sleep(shared.dice.millis(0..most)).await;
        self.place.until_alive().await;
    }

    fn limited(&self) -> Error {
        Error::RateLimited { until: self.place.clock.now() + Duration::from_secs(5) }
    }
}

/// Why nothing is seen of what is there.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Unseen {
    Lost,
    Unreachable,
    Broken,
    Limited,
    Refused,
    Forbidden,
    Gone,
    Unreadable,
}

fn refused() -> Error {
    Error::Rejected { reason: "operationNotSupported".into(), message: "Not this one.".into() }
}

fn unreadable() -> Error {
    Error::protocol("half of an answer", b"{")
}
