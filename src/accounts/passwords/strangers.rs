//! Room for strangers who want a hash: some of the queue's places, and one hash at a time for each address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::web::errors::{Error, Result};

/// A household or an office may sign in at the same moment: so many wait for so long until it is their address's turn.
pub const WAITING_AT_AN_ADDRESS: usize = 4;
const TURN: Duration = Duration::from_secs(2);

/// Who wants a hash to be computed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asker {
    /// Somebody signed in, a browser that signed in before, or the terminal.
    Known,
    /// Anybody, from this address: one hash at a time is under way for it.
    Stranger(String),
}

/// Strangers' places in the queue, and whose turn it is at each address.
#[derive(Clone, Debug)]
pub struct Strangers {
    places: Arc<Semaphore>,
    turns: Arc<Mutex<HashMap<String, Turns>>>,
}

/// Of one address.
#[derive(Debug)]
struct Turns {
    turn: Arc<Semaphore>,
    asking: usize,
}

/// A stranger's place in the queue, or on the way to one.
#[derive(Debug)]
pub struct Place {
    strangers: Strangers,
    address: String,
    held: Vec<OwnedSemaphorePermit>,
}

impl Strangers {
    pub fn new(places: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), turns: Arc::default() }
    }

    /// Waits a moment for the address's turn; [`Error::Busy`] when it does not come, or all places are taken.
    pub async fn take(&self, address: &str) -> Result<Place> {
        let (mut place, turn) = self.ask(address)?;
        let turn = tokio::time::timeout(TURN, turn.acquire_owned()).await;
        place.held.push(turn.map_err(|_| Error::Busy)?.map_err(Error::internal)?);
        place.held.push(self.places.clone().try_acquire_owned().map_err(|_| Error::Busy)?);
        Ok(place)
    }

    fn ask(&self, address: &str) -> Result<(Place, Arc<Semaphore>)> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let own =
            turns.entry(address.to_owned()).or_insert_with(|| Turns { turn: Arc::new(Semaphore::new(1)), asking: 0 });
        if own.asking > WAITING_AT_AN_ADDRESS {
            return Err(Error::Busy);
        }
        own.asking += 1;
        let place = Place { strangers: self.clone(), address: address.to_owned(), held: Vec::new() };
        Ok((place, own.turn.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut turns = self.strangers.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = turns.get_mut(&self.address) {
            own.asking -= 1;
            if own.asking == 0 {
                turns.remove(&self.address);
            }
        }
    }
}
