//! A unit of work: what a rule has in its hands while a transaction is open.

use std::sync::Arc;

use kit::clock::Timestamp;
use kit::db::{Conn, Tx};
use kit::random::Random;

use crate::model::UserId;
use crate::secrets::Vault;

/// One transaction, its instant, and in whose name it is. Rules take one and plain values: they know no request, no runtime,
/// no other clock and no other dice.
pub struct Work<'a> {
    pub tx: &'a mut Tx,
    pub now: Timestamp,
    pub random: &'a Random,
    pub secrets: &'a Vault,
    pub who: &'a Who,
}

/// The same for what only looks.
pub struct Look<'a> {
    pub conn: &'a mut Conn,
    pub now: Timestamp,
}

/// In whose name something is done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Who {
    pub actor: Actor,
    /// Where the request came from; empty from the terminal and from jobs.
    pub address: Arc<str>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Actor {
    User(UserId),
    Terminal,
    /// Whoever has not said who they are, and what the product does by itself.
    Nobody,
}

impl Who {
    pub fn user(user: UserId, address: &str) -> Self {
        Self { actor: Actor::User(user), address: address.into() }
    }

    /// Somebody who is not signed in, or not yet.
    pub fn stranger(address: &str) -> Self {
        Self { actor: Actor::Nobody, address: address.into() }
    }

    pub fn terminal() -> Self {
        Self { actor: Actor::Terminal, address: "".into() }
    }

    /// Whoever it is by name.
    pub fn person(&self) -> Option<UserId> {
        match self.actor {
            Actor::User(user) => Some(user),
            Actor::Terminal | Actor::Nobody => None,
        }
    }

    /// A job that nobody in particular has ordered.
    pub fn system() -> Self {
        Self { actor: Actor::Nobody, address: "".into() }
    }
}

/// What a unit of work is made of, but for its transaction.
#[derive(Clone)]
pub struct Tools {
    pub now: Timestamp,
    pub random: Random,
    pub secrets: Vault,
    pub who: Who,
}

impl Tools {
    pub fn work<'a>(&'a self, tx: &'a mut Tx) -> Work<'a> {
        Work { tx, now: self.now, random: &self.random, secrets: &self.secrets, who: &self.who }
    }
}
