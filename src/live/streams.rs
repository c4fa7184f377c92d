//! Everybody who listens in this process. One task hears the database's signals and tells those whom they concern; what a
//! stream has yet to say is a set of hints, so it cannot grow however slowly it is read.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use kit::db::{Db, Signal};
use kit::random::Random;
use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::{Heard, Hint, hear};
use crate::accounts::sessions::SessionId;
use crate::web::errors::{Error, Result};
use crate::workspaces::{UserId, WorkspaceId};

/// Of one process.
const IN_ALL: usize = 2_000;
/// More windows side by side than a person looks at.
const OF_A_SESSION: usize = 4;

/// However many browsers and programs: some people must not take everybody's places.
const OF_A_PERSON: usize = 40;
/// Whoever has too many comes back when some have ended by themselves.
const LATER: Duration = Duration::from_secs(60);

/// Bits beside those of the hints.
const ENDED: u8 = 1 << 6;
const CROWDED_OUT: u8 = 1 << 7;

/// The open streams. Cheap to clone.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    listeners: HashMap<UserId, Vec<Arc<Listener>>>,
    /// The same, by where they are.
    in_workspaces: HashMap<WorkspaceId, Vec<Arc<Listener>>>,
    count: usize,
    is_hearing: bool,
    /// Told apart from other processes: each hears in an order of its own.
    process: u64,
    /// How many changes this process has heard of.
    heard: u64,
    /// Which of them was the last of each user, and of each workspace; they share places, which costs them a look now and then.
    changed: Vec<u64>,
}

struct Listener {
    session: SessionId,
    pending: AtomicU8,
    wake: Notify,
}

/// Users and workspaces share so many places.
const PLACES: usize = 256;

fn place(id: &[u8; 16]) -> usize {
    usize::from(id[15])
}

/// One open stream; it gives its place back when it is dropped.
pub struct Stream {
    streams: Streams,
    user: UserId,
    workspace: WorkspaceId,
    listener: Arc<Listener>,
    /// What is said at its start: up to where this process has heard, and when the user's pages changed last.
    pub start: Start,
}

/// A page that was drawn by the same process, and not before `changed`, needs no look.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Start {
    pub process: String,
    pub now: u64,
    pub changed: u64,
}

/// What a stream says next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    Hints(Vec<Hint>),
    /// The last word: this session has newer streams, so do not come back.
    Crowded,
}

impl Streams {
    /// Up to where this process has heard. Taken before a page reads its rows: what changes afterwards has a greater one.
    pub fn version(&self, db: &Db) -> String {
        let mut open = self.lock();
        open.hear(db, Arc::downgrade(&self.0));
        format!("{:x}.{}", open.process, open.heard)
    }

    /// Opens a stream of somebody in a workspace, before what it is about is read: then nothing is missed. The oldest of a
    /// session makes room.
    pub fn open(&self, db: &Db, (user, workspace): (UserId, WorkspaceId), session: SessionId) -> Result<Stream> {
        let mut open = self.lock();
        open.hear(db, Arc::downgrade(&self.0));
        if open.count >= IN_ALL {
            return Err(Error::Busy);
        }
        let of_a_person = open.listeners.get(&user).map_or(0, Vec::len);
        let of_session = |known: &&Arc<Listener>| known.session == session;
        let takes_its_own =
            open.listeners.get(&user).is_some_and(|all| all.iter().filter(of_session).count() >= OF_A_SESSION);
        if of_a_person >= OF_A_PERSON && !takes_its_own {
            return Err(Error::TooMany { retry_after: LATER });
        }
        open.count += 1;
        let listener = Arc::new(Listener { session, pending: AtomicU8::new(0), wake: Notify::new() });
        let listeners = open.listeners.entry(user).or_default();
        listeners.push(listener.clone());
        let mut of_session = listeners.iter().filter(|known| known.session == session);
        if let Some(oldest) = of_session.next().filter(|_| of_session.count() >= OF_A_SESSION).cloned() {
            listeners.retain(|known| !Arc::ptr_eq(known, &oldest));
            oldest.tell(CROWDED_OUT);
        }
        open.in_workspaces.entry(workspace).or_default().push(listener.clone());
        let changed = open.changed[place(user.uuid().as_bytes())].max(open.changed[place(workspace.uuid().as_bytes())]);
        let start = Start { process: format!("{:x}", open.process), now: open.heard, changed };
        Ok(Stream { streams: self.clone(), user, workspace, listener, start })
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.lock().count
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Open {
    fn hear(&mut self, db: &Db, streams: Weak<Mutex<Open>>) {
        if !self.is_hearing {
            self.is_hearing = true;
            // No history depends on it: it only tells processes apart.
            self.process = Random::system().u64();
            self.changed = vec![0; PLACES];
            tokio::spawn(hear_all(db.subscribe(), streams));
        }
    }

    fn note(&mut self, places: impl IntoIterator<Item = usize>) {
        self.heard += 1;
        for place in places {
            self.changed[place] = self.heard;
        }
    }
}

impl Stream {
    /// Waits for something to say; `None` when the session is over.
    pub async fn next(&self) -> Option<Said> {
        loop {
            let pending = self.listener.pending.swap(0, Ordering::AcqRel);
            if pending & ENDED != 0 {
                return None;
            }
            if pending & CROWDED_OUT != 0 {
                return Some(Said::Crowded);
            }
            if pending != 0 {
                return Some(Said::Hints(Hint::ALL.iter().copied().filter(|hint| pending & bit(*hint) != 0).collect()));
            }
            self.listener.wake.notified().await;
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        open.count -= 1;
        forget(&mut open.listeners, &self.user, &self.listener);
        forget(&mut open.in_workspaces, &self.workspace, &self.listener);
    }
}

fn forget<K: Eq + Hash>(all: &mut HashMap<K, Vec<Arc<Listener>>>, of: &K, listener: &Arc<Listener>) {
    if let Some(listeners) = all.get_mut(of) {
        listeners.retain(|known| !Arc::ptr_eq(known, listener));
        if listeners.is_empty() {
            all.remove(of);
        }
    }
}

impl Listener {
    fn tell(&self, bits: u8) {
        self.pending.fetch_or(bits, Ordering::AcqRel);
        self.wake.notify_one();
    }
}

fn bit(hint: Hint) -> u8 {
    1 << (hint as u8)
}

/// Ends with the database, or with the last holder of the streams.
async fn hear_all(mut signals: Receiver<Signal>, streams: Weak<Mutex<Open>>) {
    loop {
        let heard = match signals.recv().await {
            Ok(signal) => hear(&signal),
            Err(RecvError::Lagged(_)) => Heard::Gap,
            Err(RecvError::Closed) => return,
        };
        let Some(streams) = streams.upgrade().map(Streams) else { return };
        let mut open = streams.lock();
        match heard {
            Heard::Changed(user, _) => open.note([place(user.uuid().as_bytes())]),
            Heard::Job(user, workspace) => {
                open.note(
                    [place(user.uuid().as_bytes())]
                        .into_iter()
                        .chain(workspace.map(|workspace| place(workspace.uuid().as_bytes()))),
                );
            }
            Heard::Gap => open.note(0..PLACES),
            Heard::Nothing | Heard::Ended(_) => {}
        }
        let all = || open.listeners.values().flatten();
        match heard {
            Heard::Nothing => {}
            Heard::Changed(user, hint) => {
                open.listeners.get(&user).into_iter().flatten().for_each(|listener| listener.tell(bit(hint)));
            }
            Heard::Job(user, workspace) => {
                let members = workspace.and_then(|workspace| open.in_workspaces.get(&workspace));
                let told = open.listeners.get(&user).into_iter().chain(members).flatten();
                told.for_each(|listener| listener.tell(bit(Hint::Job)));
            }
            Heard::Gap => all().for_each(|listener| listener.tell(Hint::ALL.iter().copied().map(bit).sum())),
            Heard::Ended(session) => {
                all().filter(|listener| listener.session == session).for_each(|listener| listener.tell(ENDED));
            }
        }
    }
}
