//! A bad line to PostgreSQL: a proxy that cuts, delays, drips and swallows, as a test tells it to while it runs.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line {
    Good,
    /// Every connection is closed, and so is every new one.
    Cut,
    /// So much later, each piece.
    Late(Duration),
    /// Answers come byte by byte, with so much time between them.
    Drip(Duration),
    /// Connections stand, and nothing passes.
    Dead,
    /// A connection on which `marker` was said is cut at the next COMMIT: the server has done it, and its answer is lost.
    CutAfterCommit {
        marker: &'static str,
    },
    /// The same, where the COMMIT does not arrive.
    CutBeforeCommit {
        marker: &'static str,
    },
}

pub struct Proxy {
    pub port: u16,
    /// Where the server listens.
    socket: Arc<watch::Sender<PathBuf>>,
    line: Arc<watch::Sender<Line>>,
    cuts: Arc<AtomicU64>,
}

impl Proxy {
    /// Before the server that listens on `socket`.
    pub async fn start(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let (line, cuts) = (Arc::new(watch::channel(Line::Good).0), Arc::<AtomicU64>::default());
        let socket = Arc::new(watch::channel(socket).0);
        tokio::spawn({
            let (socket, line, cuts) = (socket.clone(), line.clone(), cuts.clone());
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    let server = socket.borrow().clone();
                    tokio::spawn(join(client, server, line.clone(), cuts.clone()));
                }
            }
        });
        Self { port, socket, line, cuts }
    }

    /// New connections go to another server.
    pub fn leads_to(&self, socket: PathBuf) {
        self.socket.send_replace(socket);
    }

    pub fn is_now(&self, line: Line) {
        self.line.send_replace(line);
    }

    /// How often a COMMIT was cut off.
    pub fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::SeqCst)
    }
}

async fn join(client: TcpStream, socket: PathBuf, line: Arc<watch::Sender<Line>>, cuts: Arc<AtomicU64>) {
    // Small pieces go at once, as they would without a proxy.
    let _ = client.set_nodelay(true);
    if let Ok(server) = UnixStream::connect(socket).await {
        both_ways(client, server, &line, &cuts).await;
    }
}

/// Ends, and with it both connections, as soon as either side or the line does.
async fn both_ways(client: TcpStream, server: UnixStream, line: &watch::Sender<Line>, cuts: &AtomicU64) {
    let (from_client, to_client) = split(client);
    let (from_server, to_server) = split(server);
    let (mut seen, swallow) = (line.subscribe(), AtomicBool::new(false));
    tokio::select! {
        _ = requests(from_client, to_server, line, cuts, &swallow) => {}
        _ = answers(from_server, to_client, line, &swallow) => {}
        _ = seen.wait_for(|line| *line == Line::Cut) => {}
    }
}

async fn requests(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    line: &watch::Sender<Line>,
    cuts: &AtomicU64,
    swallow: &AtomicBool,
) -> io::Result<()> {
    let mut said = Vec::new();
    let mut piece = vec![0; 16 << 10];
    loop {
        let length = from.read(&mut piece).await?;
        if length == 0 {
            return Ok(());
        }
        let piece = &piece[..length];
        pause(line).await;
        said.extend_from_slice(piece);
        let is_commit = contains(piece, "COMMIT");
        let now = line.borrow().clone();
        match now {
            Line::CutAfterCommit { marker } | Line::CutBeforeCommit { marker }
                if is_commit && contains(&said, marker) =>
            {
                // Once: others may say the same.
                line.send_replace(Line::Good);
                cuts.fetch_add(1, Ordering::SeqCst);
                if matches!(now, Line::CutAfterCommit { .. }) {
                    swallow.store(true, Ordering::SeqCst);
                    to.write_all(piece).await?;
                    to.flush().await?;
                    // The server's half stays open for a moment, so that it hears all of it before it hears the end.
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                return Ok(());
            }
            _ => to.write_all(piece).await?,
        }
        if is_commit {
            said.clear();
        }
    }
}

async fn answers(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    line: &watch::Sender<Line>,
    swallow: &AtomicBool,
) -> io::Result<()> {
    let mut piece = vec![0; 16 << 10];
    loop {
        let length = from.read(&mut piece).await?;
        if length == 0 {
            return Ok(());
        }
        pause(line).await;
        let now = line.borrow().clone();
        match now {
            Line::Drip(pause) => {
                for byte in &piece[..length] {
                    to.write_all(&[*byte]).await?;
                    tokio::time::sleep(pause).await;
                }
            }
            _ if swallow.load(Ordering::SeqCst) => {}
            _ => to.write_all(&piece[..length]).await?,
        }
    }
}

async fn pause(line: &watch::Sender<Line>) {
    let now = line.borrow().clone();
    match now {
        Line::Late(by) => tokio::time::sleep(by).await,
        Line::Dead => {
            let mut seen = line.subscribe();
            let _ = seen.wait_for(|line| *line != Line::Dead).await;
        }
        _ => {}
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
