//! One private PostgreSQL cluster per test process, gone when the process is.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use postgres::{Client, NoTls};

use super::free_port;

/// Runs beside the tests and outlives them by a moment: its standard input is a pipe that only the test process holds,
/// so that it closes on a return, a panic and a SIGKILL alike.
const WATCHDOG: &str = r#"
trap '' HUP INT TERM
bin=$1 dir=$2 primary=$3
shift 3
start() {
    "$bin/postgres" -D "$dir/data" -F -k "$dir" -c listen_addresses= -c max_connections=300 -c full_page_writes=off -c autovacuum=off \
        -c timezone=UTC "$@" </dev/null >>"$dir/log" 2>&1 &
    server=$!
}
if [ -n "$primary" ]; then
    "$bin/pg_basebackup" --pgdata="$dir/data" --host="$primary" --username=postgres --checkpoint=fast --write-recovery-conf --no-sync
else
    "$bin/initdb" --pgdata="$dir/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync
fi </dev/null >"$dir/log" 2>&1 || exit 1
start "$@"
while read -r order; do
    case $order in
        crash) kill -QUIT $server; wait $server; server= ;;
        start) start "$@" ;;
    esac
done
[ -z "$server" ] || kill -QUIT $server
wait
rm -rf "$dir"
"#;

/// A private PostgreSQL server. Tests that do not harm it share one: [`Database::fresh`](super::Database::fresh).
#[derive(Debug)]
pub struct Cluster {
    directory: PathBuf,
    port: u16,
    /// Holds the pipe whose end stops the cluster.
    watchdog: Mutex<Child>,
}

impl Cluster {
    /// The cluster of this process, started at the first call.
    pub(super) fn shared() -> &'static Cluster {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(|| Cluster::launch(DEFAULT_PORT, &[], &[]))
    }

    /// A server of one test's own, which that test may crash. It ends with the value.
    pub fn start() -> Cluster {
        Cluster::launch(DEFAULT_PORT, &[], &[])
    }

    /// The same, and what no commit waits for stays out of its log for seconds.
    pub fn with_a_lazy_log() -> Cluster {
        Cluster::launch(DEFAULT_PORT, &["wal_writer_delay=10s"], &[])
    }

    /// A server for one test that speaks TLS on loopback, with this certificate and key in PEM.
    pub fn with_tls(certificate: &str, key: &str) -> Cluster {
        let settings =
            ["listen_addresses=127.0.0.1", "ssl=on", "ssl_cert_file=../server.crt", "ssl_key_file=../server.key"];
        Cluster::launch(free_port(), &settings, &[("server.crt", certificate), ("server.key", key)])
    }

    /// A server that follows this one. From now on this one's commits wait until it has them.
    pub fn replica(&self) -> Cluster {
        let replica = Cluster::follow(Some(&self.directory), DEFAULT_PORT, &[], &[]);
        self.administer("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.administer("SELECT pg_reload_conf()");
        replica
    }

    /// Takes the place of the server that it followed.
    pub fn promote(&self) {
        self.administer("SELECT pg_promote()");
    }

    /// Where a database of this server is.
    pub fn url(&self, database: &str) -> String {
        let host = self.directory.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{host}:{}/{database}", self.port)
    }

    /// The same over TCP, where the server listens to it.
    pub fn tcp_url(&self, host: &str, database: &str) -> String {
        format!("postgres://postgres@{host}:{}/{database}", self.port)
    }

    /// The socket that it listens on.
    pub fn socket(&self) -> PathBuf {
        self.directory.join(format!(".s.PGSQL.{}", self.port))
    }

    /// Ends the server at once, as `pg_ctl stop -m immediate` does, and starts it again.
    pub fn crash(&self) {
        self.go_down();
        self.come_back();
    }

    /// Ends the server at once: what is not in its log is lost.
    pub fn go_down(&self) {
        self.order("crash");
        self.wait_until("stop", false);
    }

    /// Starts a server that went down. It recovers from its log first.
    pub fn come_back(&self) {
        self.order("start");
        self.wait_until("start", true);
    }

    /// Ends one of its processes, as the kernel does for want of memory: the others end too, and it recovers from its log, but
    /// the server's first process lives on.
    pub fn lose_a_process(&self) {
        let url = self.url("postgres");
        let killing = thread::spawn(move || {
            let mut client = Client::connect(&url, NoTls).expect("the private cluster accepts connections");
            let process: i32 = client.query_one("SELECT pg_backend_pid()", &[]).expect("it is there").get(0);
            let killed = Command::new("kill").args(["-s", "KILL", &process.to_string()]).status();
            assert!(killed.expect("kill (procps) is installed").success());
            while client.simple_query("SELECT 1").is_ok() {
                thread::sleep(Duration::from_millis(1));
            }
        });
        killing.join().expect("one of its processes is killed");
        self.wait_until("recover", true);
    }

    fn order(&self, order: &str) {
        let mut watchdog = self.watchdog.lock().expect("no test panics with the watchdog in its hands");
        let stdin = watchdog.stdin.as_mut().expect("stdin is a pipe");
        writeln!(stdin, "{order}").expect("the watchdog listens");
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

    fn launch(port: u16, settings: &[&str], files: &[(&str, &str)]) -> Cluster {
        Self::follow(None, port, settings, files)
    }

    fn follow(primary: Option<&Path>, port: u16, settings: &[&str], files: &[(&str, &str)]) -> Cluster {
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
        let port_setting = format!("port={port}");
        let settings = settings.iter().copied().chain([port_setting.as_str()]);
        let settings: Vec<_> = settings.flat_map(|setting| ["-c".to_owned(), setting.to_owned()]).collect();
        let watchdog = Mutex::new(watch(&binaries, &directory, primary, &settings, files));
        let cluster = Cluster { directory, port, watchdog };
        cluster.wait_until("start", true);
        cluster
    }

    fn wait_until(&self, what: &str, answers: bool) {
        const POLL: Duration = Duration::from_millis(5);
        for _ in 0..Duration::from_secs(60).as_millis() / POLL.as_millis() {
            let url = self.url("postgres");
            if thread::spawn(move || Client::connect(&url, NoTls).is_ok()).join().unwrap_or(false) == answers {
                return;
            }
            if !matches!(self.watchdog.lock().map(|mut watchdog| watchdog.try_wait()), Ok(Ok(None))) {
                break;
            }
            thread::sleep(POLL);
        }
        let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        panic!("the private PostgreSQL cluster in {} did not {what}:\n{log}", self.directory.display());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Ok(watchdog) = self.watchdog.get_mut() {
            drop(watchdog.stdin.take());
            let _ = watchdog.wait();
        }
    }
}

const DEFAULT_PORT: u16 = 5432;

/// The newest installed server's programs.
fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten().filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let bin = entry.path().join("bin");
        bin.join("initdb").exists().then_some((version, bin))
    });
    versions.max().map(|(_, bin)| bin)
}

fn watch(
    binaries: &Path,
    directory: &Path,
    primary: Option<&Path>,
    settings: &[String],
    files: &[(&str, &str)],
) -> Child {
    use std::os::unix::fs::{PermissionsExt as _, chown};
    use std::os::unix::process::CommandExt as _;
    let mut theirs = vec![directory.to_owned()];
    for (name, text) in files {
        let path = directory.join(name);
        fs::write(&path, text).expect("the directory is ours");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("the file is ours");
        theirs.push(path);
    }
    // PostgreSQL refuses to run as root.
    let mut command = if id(&["-u"]) == 0 {
        let (user, group) = (id(&["-u", "postgres"]), id(&["-g", "postgres"]));
        for path in &theirs {
            chown(path, Some(user), Some(group)).expect("root gives files away");
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command
        .args(["-c", WATCHDOG, "watchdog"])
        .args([binaries, directory, primary.unwrap_or(Path::new(""))])
        .args(settings)
        .current_dir(directory)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell starts")
}

fn id(arguments: &[&str]) -> u32 {
    let output = Command::new("id").args(arguments).output().expect("id is part of every Debian");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().unwrap_or_else(|_| panic!("`id {}` says {text:?}", arguments.join(" ")))
}
