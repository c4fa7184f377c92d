//! The real pgbouncer between Repruv and PostgreSQL.

use std::fs;
use std::process::Command;

use kit::testing::{Cluster, wait_until};
use reqwest::StatusCode;
use tempfile::TempDir;

use super::signals::{ends, gets_on, set_up};
use crate::support::{Client, EMAIL, Fleet, Process, Role, free_port};

struct Pooler {
    port: u16,
    _process: Process,
    _cluster: Cluster,
    directory: TempDir,
}

#[test]
fn a_pool_that_shares_sessions_is_refused_in_one_line_and_nothing_is_left_in_them() {
    kit::testing::run(async {
        for mode in ["transaction", "statement"] {
            let pooler = Pooler::start(mode).await;
            for command in ["serve", "migrate", "doctor"] {
                let (is_good, told) = Process::repruv(&[command], &pooler.settings()).told();
                assert!(!is_good && told.contains("a pool with pool_mode = session"), "{mode}, {command}: {told}");
                assert!(command == "doctor" || told.lines().count() == 1, "{mode}, {command}: {told}");
            }
            for name in ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"] {
                assert_eq!(pooler.ask(&format!("SHOW {name}")), "0", "others inherit nothing");
            }
        }
    });
}

#[test]
fn demo_dashboard_and_kills_pass_behind_a_pool_of_whole_sessions() {
    kit::testing::run(async {
        let pooler = Pooler::start("session").await;
        let mut fleet = Fleet::start(&pooler.url(), &[Role::Serve], &[("REPRUV_WORKER_LEASE_SECONDS", "5")]).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        let job = set_up(&ann).await;
        for _ in 0..3 {
            gets_on(&ann, &job).await;
            fleet.kill(0);
            fleet.revive(0, &[]);
            fleet.wait_until_ready().await;
        }
        let done = ends(&ann, &job).await;
        assert_eq!(done["status"], "completed", "{done}");
        for _ in 0..60 {
            assert_eq!(ann.get("/dashboard").await.0, StatusCode::OK);
        }
        fleet.nodes[0].process.signal("TERM");
        assert!(fleet.nodes[0].process.end().await.success());
        for name in ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"] {
            assert_eq!(pooler.ask(&format!("SHOW {name}")), "0", "the next client inherits nothing");
        }
    });
}

impl Pooler {
    async fn start(mode: &str) -> Self {
        let cluster = tokio::task::spawn_blocking(Cluster::start).await.expect("no panic");
        cluster.administer("CREATE DATABASE repruv");
        let directory = tempfile::Builder::new().prefix("repruv-pooler-").tempdir().expect("a directory");
        let (socket, port) = (cluster.socket(), free_port());
        let server = socket.extension().expect("its name ends with its port").to_string_lossy().into_owned();
        let folder = socket.parent().expect("it is in a folder").display().to_string();
        let file = directory.path().join("pgbouncer.ini");
        let configuration = format!(
            "[databases]\nrepruv = host={folder} port={server} user=postgres dbname=repruv\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n\
             default_pool_size = 40\n"
        );
        fs::write(&file, configuration).expect("there is room");
        let is_root = rustix::process::geteuid().is_root();
        if is_root {
            let given = Command::new("chown").args(["-R", "postgres:"]).arg(directory.path()).status();
            assert!(given.expect("chown is part of every Debian").success());
        }
        let process = Process::start("/usr/sbin/pgbouncer", |command| {
            // It refuses to run as root.
            command.args(if is_root { &["-u", "postgres"][..] } else { &[] }).arg(&file);
        });
        let pooler = Self { port, _process: process, _cluster: cluster, directory };
        wait_until("the pooler answers", || async { pooler.try_to_ask("SELECT 1").is_some() }).await;
        pooler
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/repruv?sslmode=disable", self.port)
    }

    fn settings(&self) -> Vec<(String, String)> {
        let data = self.directory.path().join("data").display().to_string();
        let listen = format!("127.0.0.1:{}", free_port());
        let settings = [("DATABASE_URL", self.url()), ("REPRUV_DATA_DIR", data), ("REPRUV_LISTEN", listen)];
        settings.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// As another client of the pooler.
    fn ask(&self, sql: &str) -> String {
        self.try_to_ask(sql).expect("the pooler answers")
    }

    fn try_to_ask(&self, sql: &str) -> Option<String> {
        let output =
            Command::new("psql").args(["-AtXc", sql, &self.url()]).output().expect("psql comes with PostgreSQL");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}
