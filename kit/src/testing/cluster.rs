//! One private PostgreSQL cluster per test process, gone when the process is.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use postgres::{Client, NoTls};

/// Runs beside the tests and outlives them by a moment: its standard input is a pipe that only the test process holds,
/// so that it closes on a return, a panic and a SIGKILL alike.
const WATCHDOG: &str = r#"
trap '' HUP INT TERM
bin=$1 dir=$2
serve() {
    "$bin/postgres" -D "$dir/data" -F -k "$dir" -c listen_addresses= -c max_connections=300 -c full_page_writes=off -c autovacuum=off \
        -c timezone=UTC </dev/null >>"$dir/log" 2>&1 &
}
"$bin/initdb" --pgdata="$dir/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync </dev/null >"$dir/log" 2>&1 || exit 1
serve
while read -r order; do
    if [ "$order" = crash ]; then kill -QUIT $!; wait; serve; fi
done
kill -QUIT $!
wait
rm -rf "$dir"
"#;

const POLL: Duration = Duration::from_millis(5);
const POLLS: u64 = super::PATIENCE.as_millis() as u64 / POLL.as_millis() as u64;

/// A private PostgreSQL server. Tests that do not harm it share one: [`Database::fresh`](super::Database::fresh).
#[derive(Debug)]
pub struct Cluster {
    directory: PathBuf,
    /// Holds the pipe whose end stops the cluster.
    watchdog: Child,
}

impl Cluster {
    /// The cluster of this process, started at the first call.
    pub(super) fn shared() -> &'static Cluster {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(Cluster::start)
    }

    /// Where a database of this server is.
    pub fn url(&self, database: &str) -> String {
        let host = self.directory.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{host}/{database}")
    }

    /// The socket that it listens on.
    pub fn socket(&self) -> PathBuf {
        self.directory.join(".s.PGSQL.5432")
    }

    /// Ends the server at once, as `pg_ctl stop -m immediate` does, and starts it again.
    pub fn crash(&mut self) {
        let before = self.started_at();
        self.watchdog.stdin.as_mut().expect("stdin is a pipe").write_all(b"crash\n").expect("the watchdog listens");
        for _ in 0..POLLS {
            let now = self.started_at();
            if now.is_some() && now != before {
                return;
            }
            thread::sleep(POLL);
        }
        panic!("the private PostgreSQL cluster in {} did not come back", self.directory.display());
    }

    fn started_at(&self) -> Option<String> {
        let url = self.url("postgres");
        let asked = thread::spawn(move || {
            let mut client = Client::connect(&url, NoTls).ok()?;
            let row = client.query_one("SELECT pg_postmaster_start_time()::text", &[]).ok()?;
            Some(row.get(0))
        });
        asked.join().ok().flatten()
    }

    /// Runs a statement that names databases or other connections. On a thread of its own: the synchronous client refuses to live inside a runtime.
    pub fn administer(&self, statement: &str) {
        let (url, statement) = (self.url("postgres"), statement.to_owned());
        thread::spawn(move || {
            let mut client = Client::connect(&url, NoTls).expect("the private cluster accepts connections");
            client.batch_execute(&statement).unwrap_or_else(|error| panic!("{statement}: {error:?}"));
        })
        .join()
        .expect("the private cluster does what it is told");
    }

    /// A server of one test's own, which that test may crash.
    pub fn start() -> Cluster {
        let binaries = binaries().unwrap_or_else(|| {
            panic!(
                "these tests need a PostgreSQL server (15 or newer) under /usr/lib/postgresql: \
                 run bin/test, which installs it, or `apt-get install postgresql`"
            )
        });
        let directory = tempfile::Builder::new()
            .prefix("repruv-pg-")
            .tempdir_in("/tmp")
            .expect("a directory can be made in /tmp")
            .keep();
        let watchdog = watch(&binaries, &directory);
        let mut cluster = Cluster { directory, watchdog };
        cluster.wait_until_ready();
        cluster
    }

    fn wait_until_ready(&mut self) {
        for _ in 0..POLLS {
            if self.started_at().is_some() {
                return;
            }
            if !matches!(self.watchdog.try_wait(), Ok(None)) {
                break;
            }
            thread::sleep(POLL);
        }
        let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        panic!("the private PostgreSQL cluster in {} did not start:\n{log}", self.directory.display());
    }
}

/// The newest installed server's programs.
fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten().filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let bin = entry.path().join("bin");
        bin.join("initdb").exists().then_some((version, bin))
    });
    versions.max().map(|(_, bin)| bin)
}

fn watch(binaries: &Path, directory: &Path) -> Child {
    use std::os::unix::process::CommandExt as _;
    // PostgreSQL refuses to run as root.
    let mut command = if id(&["-u"]) == 0 {
        let (user, group) = (id(&["-u", "postgres"]), id(&["-g", "postgres"]));
        std::os::unix::fs::chown(directory, Some(user), Some(group)).expect("root gives directories away");
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    let mut child = command
        .args(["-c", WATCHDOG, "watchdog"])
        .args([binaries, directory])
        .current_dir(directory)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell starts");
    // A line proves that the pipe stands.
    child.stdin.as_mut().expect("stdin is a pipe").write_all(b"\n").expect("the watchdog listens");
    child
}

fn id(arguments: &[&str]) -> u32 {
    let output = Command::new("id").args(arguments).output().expect("id is part of every Debian");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().unwrap_or_else(|_| panic!("`id {}` says {text:?}", arguments.join(" ")))
}
