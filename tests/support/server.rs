//! The built binary, run as a person runs it: alone on a free port, with a directory of its own.

use std::path::Path;

use kit::testing::{Database, Engine, free_port, wait_until};
use tempfile::TempDir;

use super::process::Process;

pub struct Server {
    process: Process,
    port: u16,
    settings: Vec<(String, String)>,
    /// The link for the first account, as the first start printed it.
    pub setup_link: String,
    database: Database,
    directory: TempDir,
}

impl Server {
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(engine, &[]).await
    }

    /// Settings are environment variables: `("REPRUV_SIMULATOR_DELAY_MS", "200")`.
    pub async fn start_with(engine: Engine, settings: &[(&str, &str)]) -> Self {
        let database = Database::fresh(engine).await;
        let directory = tempfile::Builder::new().prefix("repruv-data-").tempdir().expect("a data directory");
        let mut settings: Vec<_> = settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        if engine == Engine::Postgres {
            settings.push(("DATABASE_URL".into(), database.url().into()));
        }
        let port = free_port();
        let mut process = spawn(port, &directory, &settings);
        let setup_link = process.line("where to make the first account", |line| {
            line.split_whitespace().find(|word| word.contains("/setup?token=")).map(str::to_owned)
        });
        let server = Self { process, port, settings, setup_link, database, directory };
        server.wait_until_ready().await;
        server
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// Of PostgreSQL.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    pub fn data_dir(&self) -> &Path {
        self.directory.path()
    }

    /// Takes the power away: kill -9.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts again on what is there.
    pub async fn restart(&mut self) {
        self.restart_with(&[]).await;
    }

    /// Starts again with other settings than before.
    pub async fn restart_with(&mut self, settings: &[(&str, &str)]) {
        self.process.kill();
        for (name, value) in settings {
            self.settings.retain(|(known, _)| known != name);
            self.settings.push((name.to_string(), value.to_string()));
        }
        self.process = spawn(self.port, &self.directory, &self.settings);
        self.wait_until_ready().await;
    }

    async fn wait_until_ready(&self) {
        let client = super::client::http();
        let url = self.url("/readyz");
        wait_until("the server is ready", || async {
            client
                .get(&url)
                .timeout(super::client::A_QUESTION)
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success())
        })
        .await;
    }
}

fn spawn(port: u16, directory: &TempDir, settings: &[(String, String)]) -> Process {
    let (address, data) = (format!("127.0.0.1:{port}"), directory.path().display().to_string());
    Process::repruv(&["serve", "--listen", &address, "--data-dir", &data], settings)
}
