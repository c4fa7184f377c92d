//! One installation as several processes: pages, workers and the simulator apart, on one database; or all of it in one.

use std::path::Path;

use kit::testing::wait_until;
use tempfile::TempDir;

use super::client::{A_QUESTION, http};
use super::process::Process;
use kit::testing::free_port;

/// Of the demo service, where there is one.
pub const SECRET: &str = "a secret that both sides know";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Serve,
    Web,
    Worker,
    Simulator,
}

pub struct Fleet {
    pub setup_link: String,
    pub nodes: Vec<Node>,
    directory: TempDir,
    settings: Vec<(String, String)>,
    http: reqwest::Client,
}

pub struct Node {
    pub role: Role,
    pub process: Process,
    port: u16,
}

impl Fleet {
    /// Settings are environment variables. A simulator, where there is one, comes first.
    pub async fn start(url: &str, roles: &[Role], settings: &[(&str, &str)]) -> Self {
        let directory = tempfile::Builder::new().prefix("repruv-fleet-").tempdir().expect("a data directory");
        let mut settings: Vec<_> = settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        settings.push(("DATABASE_URL".into(), url.into()));
        settings.push(("REPRUV_DATA_DIR".into(), directory.path().display().to_string()));
        let mut setup_link = None;
        let mut nodes = Vec::new();
        for &role in roles {
            let port = free_port();
            if role == Role::Simulator {
                settings.push(("DEMO_SERVICE_URL".into(), format!("http://127.0.0.1:{port}")));
                settings.push(("DEMO_SERVICE_SECRET".into(), SECRET.into()));
            }
            let mut process = spawn(role, port, &settings);
            // Each start prints a link of its own; the last one holds.
            if role.is_web() {
                setup_link = Some(process.line("where to make the first account", |line| {
                    line.split_whitespace().find(|word| word.contains("/setup?token=")).map(str::to_owned)
                }));
            }
            nodes.push(Node { role, process, port });
        }
        let setup_link = setup_link.expect("an installation has pages");
        let fleet = Self { setup_link, nodes, directory, settings, http: http() };
        fleet.wait_until_ready().await;
        fleet
    }

    /// Where its pages are, one address for each process that has them.
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().filter(|node| node.role.is_web()).map(Node::url).collect()
    }

    /// Of every process of it.
    pub fn settings(&self) -> Vec<(String, String)> {
        self.settings.clone()
    }

    /// What a command of the same installation says, and whether it went well.
    pub fn told(&self, arguments: &[&str]) -> (bool, String) {
        Process::repruv(arguments, &self.settings).told()
    }

    pub fn data_dir(&self) -> &Path {
        self.directory.path()
    }

    /// Takes the power away from one process: kill -9.
    pub fn kill(&mut self, index: usize) {
        self.nodes[index].process.kill();
    }

    /// Starts a killed process again, with `more` settings this once.
    pub fn revive(&mut self, index: usize, more: &[(&str, &str)]) {
        let node = &mut self.nodes[index];
        node.process.kill();
        let more = more.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let settings: Vec<_> = self.settings.iter().cloned().chain(more).collect();
        node.process = spawn(node.role, node.port, &settings);
    }

    pub async fn wait_until_ready(&self) {
        for url in self.urls() {
            wait_until("the pages are ready", || async {
                let answer = self.http.get(format!("{url}/readyz")).timeout(A_QUESTION).send().await;
                answer.is_ok_and(|answer| answer.status().is_success())
            })
            .await;
        }
    }
}

impl Node {
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

impl Role {
    pub fn is_web(self) -> bool {
        matches!(self, Role::Serve | Role::Web)
    }

    fn command(self) -> &'static str {
        match self {
            Role::Serve => "serve",
            Role::Web => "web",
            Role::Worker => "worker",
            Role::Simulator => "simulator",
        }
    }
}

fn spawn(role: Role, port: u16, settings: &[(String, String)]) -> Process {
    Process::repruv(&[role.command(), "--listen", &format!("127.0.0.1:{port}")], settings)
}
