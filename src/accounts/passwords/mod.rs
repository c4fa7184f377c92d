//! Hashing of passwords: argon2id on a few threads of its own with a short queue, so that a flood of sign-ins costs
//! neither the memory nor the other pages.

mod strangers;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use kit::random::Random;
use serde::Deserialize;
use subtle::ConstantTimeEq as _;
use tokio::sync::oneshot;

use self::strangers::{Place, Strangers};
use super::bcrypt_hash;
use crate::web::errors::{Error, Result};
pub use strangers::Asker;

const LANES: u32 = 1;
const OUTPUT: usize = 32;

const QUEUE: usize = 16;
/// Of the queue's places, those that strangers may take: whoever has signed in from a browser before finds room beside them.
const FOR_STRANGERS: usize = 10;
const MOST_THREADS: usize = 4;
/// A thread's 19 MiB go back to the system when nobody has signed in for this long.
const KEEP_MEMORY: Duration = Duration::from_secs(10);

/// What a person typed as a password: never shown, never logged.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the rules and the hash.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    /// `outdated`: made with smaller parameters than today's, to be replaced.
    Right {
        outdated: bool,
    },
}

/// What a hash costs whoever computes it.
#[derive(Clone, Copy, Debug)]
struct Cost {
    memory_kib: u32,
    passes: u32,
}

impl Cost {
    /// OWASP's first choice for argon2id; raising it upgrades each hash at its owner's next sign-in.
    const STANDARD: Cost = Cost { memory_kib: 19_456, passes: 2 };
    /// The least that argon2 allows, for tests of what surrounds the hash.
    #[cfg(test)]
    const LEAST: Cost = Cost { memory_kib: 8, passes: 1 };

    fn params(self) -> Params {
        Params::new(self.memory_kib, self.passes, LANES, Some(OUTPUT)).expect("constants in range")
    }
}

/// The hashing threads. Cheap to clone; the last clone to go ends them.
#[derive(Clone, Debug)]
pub struct Passwords {
    queue: flume::Sender<Order>,
    random: Random,
    costliest: Costliest,
    strangers: Strangers,
}

/// The cost of the costliest bcrypt hash that is about, 0 while there is none: a sign-in that fails does that much work
/// too, so that its time does not tell whose account came from the former system.
type Costliest = Arc<AtomicU32>;

/// Its place is free again when it is done, or dropped.
#[derive(Debug)]
struct Order {
    task: Task,
    #[expect(dead_code, reason = "held for as long as the order is under way")]
    place: Option<Place>,
}

#[derive(Debug)]
enum Task {
    Hash { password: Password, salt: [u8; 16], answer: oneshot::Sender<String> },
    Verify { password: Password, hash: Option<String>, answer: oneshot::Sender<Verdict> },
}

impl Passwords {
    /// # Panics
    /// When the system gives no thread at start.
    pub fn start(random: Random) -> Self {
        Self::start_at(Cost::STANDARD, random)
    }

    /// Without the cost that hides every other one.
    #[cfg(test)]
    pub fn start_cheap(random: Random) -> Self {
        Self::start_at(Cost::LEAST, random)
    }

    fn start_at(cost: Cost, random: Random) -> Self {
        let (queue, orders) = flume::bounded(QUEUE);
        let costliest = Costliest::default();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
        for number in 0..threads {
            let (orders, costliest) = (orders.clone(), costliest.clone());
            std::thread::Builder::new()
                .name(format!("passwords-{number}"))
                .spawn(move || work(cost, costliest, &orders))
                .expect("the system has threads at start");
        }
        Self { queue, random, costliest, strangers: Strangers::new(FOR_STRANGERS) }
    }

    /// Tells of a hash in the database; of bcrypt hashes the costliest matters.
    pub fn expect_hash(&self, hash: &str) {
        self.costliest.fetch_max(bcrypt_hash::cost(hash).unwrap_or(0), Ordering::Relaxed);
    }

    /// The password as a PHC string; [`Error::Busy`] when there is no room for whoever asks.
    pub async fn hash(&self, asker: &Asker, password: &Password) -> Result<String> {
        let (answer, hash) = oneshot::channel();
        self.order(asker, Task::Hash { password: password.clone(), salt: self.random.bytes(), answer }).await?;
        hash.await.map_err(Error::internal)
    }

    /// Without a hash the work is the same and the verdict is [`Verdict::Wrong`].
    pub async fn verify(&self, asker: &Asker, password: &Password, hash: Option<&str>) -> Result<Verdict> {
        let (answer, verdict) = oneshot::channel();
        self.order(asker, Task::Verify { password: password.clone(), hash: hash.map(str::to_owned), answer }).await?;
        verdict.await.map_err(Error::internal)
    }

    async fn order(&self, asker: &Asker, task: Task) -> Result<()> {
        let place = match asker {
            Asker::Known => None,
            Asker::Stranger(address) => Some(self.strangers.take(address).await?),
        };
        self.queue.try_send(Order { task, place }).map_err(|_| Error::Busy)
    }
}

fn work(cost: Cost, costliest: Costliest, orders: &flume::Receiver<Order>) {
    let nobodys = phc(cost, &[0; 16], &[0; OUTPUT]);
    let mut hasher = Hasher { cost, nobodys, costliest, memory: Vec::new() };
    loop {
        match orders.recv_timeout(KEEP_MEMORY) {
            Ok(order) => hasher.fulfil(order),
            Err(flume::RecvTimeoutError::Timeout) => {
                hasher.memory = Vec::new();
                // Nothing is held now: wait for as long as it takes.
                let Ok(order) = orders.recv() else { return };
                hasher.fulfil(order);
            }
            Err(flume::RecvTimeoutError::Disconnected) => return,
        }
    }
}

struct Hasher {
    cost: Cost,
    /// Verified where there is no hash, so that the way there and back is the same.
    nobodys: String,
    costliest: Costliest,
    memory: Vec<Block>,
}

impl Hasher {
    /// Nothing is computed for a caller that has gone away.
    fn fulfil(&mut self, order: Order) {
        match order.task {
            Task::Hash { password, salt, answer } if !answer.is_closed() => {
                let output = derive(&self.cost.params(), &password, &salt, &mut self.memory);
                let _ = answer.send(phc(self.cost, &salt, &output));
            }
            Task::Verify { password, hash, answer } if !answer.is_closed() => {
                let _ = answer.send(self.judge(&password, hash.as_deref()));
            }
            Task::Hash { .. } | Task::Verify { .. } => {}
        }
    }

    /// Whether the password opens the hash; where not, after the same work for every kind of hash.
    fn judge(&mut self, password: &Password, hash: Option<&str>) -> Verdict {
        let bcrypt_cost = hash.and_then(bcrypt_hash::cost);
        let costliest = self.costliest.fetch_max(bcrypt_cost.unwrap_or(0), Ordering::Relaxed);
        let costliest = costliest.max(bcrypt_cost.unwrap_or(0));
        if hash.is_some_and(|hash| bcrypt_hash::verify(password, hash)) {
            return Verdict::Right { outdated: true };
        }
        let verdict = self.verdict(password, hash);
        if verdict == Verdict::Wrong && costliest > 0 {
            bcrypt_hash::make_up(password, bcrypt_cost, costliest);
        }
        verdict
    }

    fn verdict(&mut self, password: &Password, hash: Option<&str>) -> Verdict {
        let Self { cost, nobodys, memory, .. } = self;
        let verdict = compare(*cost, password, hash.unwrap_or(nobodys), memory);
        match (hash, verdict) {
            (Some(_), Some(verdict)) => verdict,
            (None, _) => Verdict::Wrong,
            // What is stored is no hash: it opens for nobody, and takes as long as one.
            (Some(_), None) => {
                compare(*cost, password, nobodys, memory);
                Verdict::Wrong
            }
        }
    }
}

/// `None` when the text is no argon2id hash.
fn compare(cost: Cost, password: &Password, hash: &str, memory: &mut Vec<Block>) -> Option<Verdict> {
    let stored = PasswordHash::new(hash).ok()?;
    let (params, salt, expected) = (Params::try_from(&stored).ok()?, stored.salt?, stored.hash?);
    if stored.algorithm != Algorithm::Argon2id.into() || expected.len() != OUTPUT {
        return None;
    }
    let output = derive(&params, password, &salt, memory);
    if !bool::from(output.ct_eq(expected.as_bytes())) {
        return Some(Verdict::Wrong);
    }
    let outdated = params.m_cost() < cost.memory_kib || params.t_cost() < cost.passes;
    Some(Verdict::Right { outdated })
}

/// A hash in PHC form.
fn phc(cost: Cost, salt: &[u8; 16], output: &[u8; OUTPUT]) -> String {
    PasswordHash {
        algorithm: Algorithm::Argon2id.into(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(&cost.params()).expect("parameters have a text"),
        salt: Some(Salt::new(salt).expect("16 bytes are a salt")),
        hash: Some(Output::new(output).expect("32 bytes are an output")),
    }
    .to_string()
}

fn derive(params: &Params, password: &Password, salt: &[u8], memory: &mut Vec<Block>) -> [u8; OUTPUT] {
    let mut output = [0; OUTPUT];
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::default());
    }
    Argon2::new(Algorithm::Argon2id, Version::default(), params.clone())
        .hash_password_into_with_memory(password.reveal().as_bytes(), salt, &mut output, memory.as_mut_slice())
        .expect("the memory fits the parameters, and passwords are shorter than 4 GiB");
    output
}
