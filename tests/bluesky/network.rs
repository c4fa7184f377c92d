//! Bluesky's own software on loopback: its directory and its server, and where asked for what stands behind them.

use std::cell::RefCell;
use std::io::Write as _;
use std::path::PathBuf;

use kit::testing::{Database, Engine};
use serde_json::{Value, json};

use crate::support::{Process, free_port};

pub struct Network {
    process: RefCell<Process>,
    input: RefCell<std::process::ChildStdin>,
    /// With its addresses and accounts.
    pub described: Value,
    _behind: Option<Behind>,
}

/// What an AppView needs.
struct Behind {
    _database: Database,
    _redis: Process,
}

impl Network {
    /// # Panics
    /// Where the packages are not there: bin/conformance installs them.
    pub fn start(is_whole: bool) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let mut settings: Vec<(String, String)> = Vec::new();
        let behind = is_whole.then(|| {
            let database = Database::fresh_blocking(Engine::Postgres);
            let port = free_port().to_string();
            settings.push(("DB_POSTGRES_URL".into(), database.url().into()));
            settings.push(("REDIS_HOST".into(), format!("127.0.0.1:{port}")));
            let redis = Process::start("redis-server", |command| {
                command.args(["--port", &port, "--bind", "127.0.0.1", "--save", ""]);
            });
            Behind { _database: database, _redis: redis }
        });
        let mut input = None;
        let mut process = Process::taking_input(folder.join("conformance/bluesky/start"), &mut input, |command| {
            command.arg(folder.join("target/bluesky")).envs(settings);
        });
        let described = process.line("where the network is", |line| serde_json::from_str::<Value>(line).ok());
        let input = RefCell::new(input.expect("it takes commands"));
        Self { process: RefCell::new(process), input, described, _behind: behind }
    }

    /// What an installation needs to know of it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let address = |name: &str| self.described[name].as_str().expect("an address").to_owned();
        vec![
            ("REPRUV_ATPROTO_PLC_URL", address("plc")),
            ("REPRUV_ATPROTO_SERVICE", address("pds")),
            ("REPRUV_OUTBOUND_ALLOW", "127.0.0.0/8, ::1".to_owned()),
        ]
    }

    pub fn account(&self, name: &str) -> &Value {
        let accounts = self.described["accounts"].as_array().expect("it has accounts");
        accounts.iter().find(|account| account["name"] == name).expect("an account")
    }

    /// A command of network.mjs, done.
    pub fn does(&self, what: &str, mut with: Value) -> Value {
        with["do"] = json!(what);
        writeln!(self.input.borrow_mut(), "{with}").expect("it listens");
        let answer = self.process.borrow_mut().line("what came of it", |line| serde_json::from_str::<Value>(line).ok());
        assert!(answer["error"].is_null(), "{what}: {answer}");
        answer["ok"].clone()
    }
}
