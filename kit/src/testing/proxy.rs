//! A proxy in front of a PostgreSQL server: counts what passes, cuts it, holds it back.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::cluster::Cluster;

/// Where a connection is cut when its client commits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cut {
    /// The server never hears of the commit.
    BeforeTheServer,
    /// The server has answered; the client never hears of it.
    AfterTheServer,
}

/// Listens on loopback for as long as it lives.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    server: PathBuf,
    now: Mutex<Now>,
    changed: Condvar,
    flights: AtomicU64,
}

#[derive(Debug)]
struct Now {
    mode: Mode,
    at_commit: Option<Cut>,
    /// Both ends of every connection that was opened.
    ends: Vec<(TcpStream, UnixStream)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    Pass,
    Hold,
    Refuse,
    Ended,
}

impl Proxy {
    pub fn before(cluster: &Cluster) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let now = Now { mode: Mode::Pass, at_commit: None, ends: Vec::new() };
        let state = Arc::new(State {
            server: cluster.socket(),
            now: Mutex::new(now),
            changed: Condvar::new(),
            flights: AtomicU64::new(0),
        });
        thread::spawn({
            let state = state.clone();
            move || state.accept(&listener)
        });
        Self { port, state }
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Times that clients sent something and then waited: round trips, while one client speaks.
    pub fn flights(&self) -> u64 {
        self.state.flights.load(Ordering::SeqCst)
    }

    /// Keeps the connections that there are, and cuts new ones.
    pub fn refuse_new(&self) {
        self.state.turn(Mode::Refuse);
    }

    /// Cuts every connection; new ones pass.
    pub fn cut(&self) {
        for (client, server) in std::mem::take(&mut self.state.now().ends) {
            let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
        }
    }

    /// Connections stay, nothing passes: as if the server or the network were frozen.
    pub fn hold(&self) {
        self.state.turn(Mode::Hold);
    }

    /// Everything passes again.
    pub fn heal(&self) {
        self.state.turn(Mode::Pass);
    }

    /// The next connection that commits a write is cut.
    pub fn cut_at_next_commit(&self, cut: Cut) {
        self.state.now().at_commit = Some(cut);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.turn(Mode::Ended);
        self.cut();
        // Wakes the listener, which sees that it is over.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl State {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, mode: Mode) {
        self.now().mode = mode;
        self.changed.notify_all();
    }

    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming().flatten() {
            match self.now().mode {
                Mode::Ended => return,
                Mode::Refuse => continue,
                Mode::Pass | Mode::Hold => {}
            }
            // A server that is down refuses, and so does its proxy.
            let _ = self.join(client, &self.server);
        }
    }

    fn join(self: &Arc<Self>, client: TcpStream, server: &Path) -> io::Result<()> {
        client.set_nodelay(true)?;
        let server = UnixStream::connect(server)?;
        self.now().ends.push((client.try_clone()?, server.try_clone()?));
        let is_mute = Arc::new(AtomicBool::new(false));
        let (up, down, mute) = (self.clone(), self.clone(), is_mute.clone());
        let (from, to) = (client.try_clone()?, server.try_clone()?);
        thread::spawn(move || up.carry_up(from, to, &mute));
        thread::spawn(move || down.carry_down(server, client, &is_mute));
        Ok(())
    }

    fn carry_up(&self, mut client: TcpStream, mut server: UnixStream, is_mute: &AtomicBool) {
        let mut buffer = [0; 65_536];
        // Reads end with a COMMIT too, which nobody waits for.
        let mut is_write = false;
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            self.flights.fetch_add(1, Ordering::SeqCst);
            self.wait_while_held();
            is_write |= contains(&buffer[..length], b"BEGIN; ");
            let commits = is_write && contains(&buffer[..length], b"COMMIT\0");
            is_write &= !commits;
            match if commits { self.now().at_commit.take() } else { None } {
                Some(Cut::BeforeTheServer) => break,
                Some(Cut::AfterTheServer) => is_mute.store(true, Ordering::SeqCst),
                None => {}
            }
            if server.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
    }

    fn carry_down(&self, mut server: UnixStream, mut client: TcpStream, is_mute: &AtomicBool) {
        let mut buffer = [0; 65_536];
        while let Ok(length @ 1..) = server.read(&mut buffer) {
            self.wait_while_held();
            if is_mute.load(Ordering::SeqCst) || client.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
    }

    fn wait_while_held(&self) {
        let mut now = self.now();
        while now.mode == Mode::Hold {
            now = self.changed.wait(now).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
