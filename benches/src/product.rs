//! The product as a child process, and one signed-in user of it.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use repruv::workspaces::UserId;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::requests::now;

const PASSWORD: &str = "seven kettles on a green hill";
/// Between two looks at a state that is being measured.
const POLL: Duration = Duration::from_millis(1);

pub struct Product {
    binary: PathBuf,
    command: &'static str,
    directory: TempDir,
    port: u16,
    setup_link: String,
    cookie: String,
    http: Client,
    environment: Vec<(String, String)>,
    child: Child,
}

pub struct DemoRound {
    pub accepted_after: Duration,
    pub enabled_after: Duration,
}

impl Product {
    pub async fn on_sqlite(binary: &Path) -> Self {
        Self::first_start(binary, "serve", Vec::new()).await
    }

    /// On a database of its own in the cluster at `url`.
    pub async fn on_postgres(binary: &Path, url: &str) -> Self {
        let database = postgres_database(url.to_owned()).await;
        Self::first_start(binary, "serve", vec![("DATABASE_URL".to_owned(), database)]).await
    }

    /// Pages alone; the simulator is at `demo_service`, and workers come beside.
    pub async fn pages_on_postgres(binary: &Path, url: &str, demo_service: &str, secret: &str) -> Self {
        let settings = [
            ("DATABASE_URL", postgres_database(url.to_owned()).await),
            ("DEMO_SERVICE_URL", demo_service.to_owned()),
            ("DEMO_SERVICE_SECRET", secret.to_owned()),
        ];
        Self::first_start(binary, "web", settings.map(|(name, value)| (name.to_owned(), value)).to_vec()).await
    }

    /// It makes the database and prints the link for the first account.
    async fn first_start(binary: &Path, command: &'static str, environment: Vec<(String, String)>) -> Self {
        let http = Client::builder().build().expect("a client needs nothing");
        let directory = data_directory();
        let port = free_port();
        let mut child = spawn(binary, command, directory.path(), port, &environment);
        let stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        let setup_link = stdout
            .lines()
            .map_while(Result::ok)
            .flat_map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
            .find(|word| word.contains("/setup?token="))
            .expect("a fresh database makes it print a set-up link");
        let (binary, cookie) = (binary.to_owned(), String::new());
        let product = Self { binary, command, directory, port, setup_link, cookie, http, environment, child };
        product.until_ready().await;
        product
    }

    /// Another process on the same database, with the same key, and its port.
    pub async fn beside(&self, command: &'static str) -> (Beside, u16) {
        let port = free_port();
        // All are one installation, so all answer to its one address.
        let mut environment = self.environment.clone();
        environment.push(("REPRUV_PUBLIC_URL".to_owned(), self.url("")));
        let child = Beside(spawn(&self.binary, command, self.directory.path(), port, &environment));
        if command == "web" {
            self.until_answers(&format!("http://localhost:{port}/readyz")).await;
        }
        (child, port)
    }

    /// For the starts after this.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    pub fn key_file(&self) -> PathBuf {
        self.directory.path().join("secret.key")
    }

    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// What a command of the same installation takes.
    pub fn command(&self, arguments: &[&str]) -> Duration {
        let mut command = Command::new(&self.binary);
        command.args(arguments).env("REPRUV_DATA_DIR", self.directory.path()).env("REPRUV_LOG", "warn");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let start = now();
        let output = command.output().expect("the binary runs");
        let taken = start.elapsed();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        taken
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    pub fn database_url(&self) -> String {
        let set = self.environment.iter().find(|(name, _)| name == "DATABASE_URL");
        set.map_or_else(
            || format!("sqlite:{}", self.directory.path().join("repruv.db").display()),
            |(_, url)| url.clone(),
        )
    }

    pub fn cookie_header(&self) -> String {
        format!("cookie: {}", self.cookie)
    }

    /// Ends the process as a supervisor does, and waits for it.
    pub fn stop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }

    /// Stops it, and answers how long it took from the start of the process to the first page.
    pub async fn restart(&mut self) -> Duration {
        self.stop();
        let start = now();
        self.start().await;
        start.elapsed()
    }

    pub async fn start(&mut self) {
        self.child = spawn(&self.binary, self.command, self.directory.path(), self.port, &self.environment);
        self.until_ready().await;
    }

    /// As a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().expect("the process runs");
        let _ = self.child.wait();
    }

    pub async fn sign_up(&mut self) {
        let token = self.setup_link.split("token=").nth(1).unwrap_or_default().to_owned();
        let account = json!({"email": "ann@example.com", "password": PASSWORD, "name": "Ann", "setup_token": token});
        let answer = self.send(self.http.post(self.url("/api/auth/signup")).json(&account)).await;
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let mut cookies = cookies.filter_map(|cookie| cookie.split(';').next());
        let session = cookies.find(|cookie| cookie.starts_with("__Host-session_token"));
        self.cookie = session.expect("sign-up opens a session").to_owned();
    }

    pub async fn user_id(&self) -> UserId {
        let answer = self.send(self.http.get(self.url("/api/auth/session"))).await;
        let session: Value = answer.json().await.expect("the API speaks JSON");
        session["user"]["id"].as_str().and_then(|id| id.parse().ok()).expect("a session has a user")
    }

    /// The stream of hints that an open page listens to.
    pub async fn hints(&self) -> Response {
        let mut stream = self.send(self.http.get(self.url("/api/events"))).await;
        stream.chunk().await.expect("the stream begins with something");
        stream
    }

    /// The job that sets demo mode up.
    pub async fn click_enable(&self) -> String {
        let answer = self.send(self.http.post(self.url("/api/demo/enable")).json(&json!({"size": "medium"}))).await;
        let accepted: Value = answer.json().await.expect("the API speaks JSON");
        accepted["job_id"].as_str().expect("an operation has a job").to_owned()
    }

    /// Waits until `job` is at work, after so many interruptions; it may be done already.
    pub async fn until_job_runs(&self, job: &str, interruptions: i64) {
        loop {
            let answer = self.send(self.http.get(self.url(&format!("/api/jobs/{job}/status")))).await;
            let view: Value = answer.json().await.expect("the API speaks JSON");
            let is_past = view["interruptions"].as_i64().is_some_and(|counted| counted >= interruptions);
            if is_past && view["status"] != "pending" {
                return;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    pub async fn page(&self, path: &str) -> String {
        let answer = self.send(self.http.get(self.url(path)).header("accept-encoding", "identity")).await;
        answer.text().await.expect("a page is text")
    }

    pub async fn enable(&self, size: &str) {
        self.post("/api/demo/enable", json!({"size": size})).await;
        self.until_demo_is("enabled").await;
    }

    /// Times of clicks on what is being set up already, then on what is set up.
    pub async fn click_again_and_again(&self, times: usize) -> Vec<Duration> {
        self.post("/api/demo/enable", json!({"size": "large"})).await;
        let mut taken = Vec::new();
        for _ in 0..times {
            let start = now();
            // Once it is set up the answer is a conflict, and costs the same.
            self.answer(self.http.post(self.url("/api/demo/enable")).json(&json!({}))).await;
            taken.push(start.elapsed());
        }
        self.until_demo_is("enabled").await;
        self.disable().await;
        taken
    }

    pub async fn disable(&self) {
        self.post("/api/demo/disable", json!({})).await;
        self.until_demo_is("disabled").await;
    }

    pub fn resident_mebibytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
    }

    pub async fn until_demo_is(&self, wanted: &str) {
        loop {
            let answer = self.send(self.http.get(self.url("/api/demo/status"))).await;
            let status: Value = answer.json().await.expect("the API speaks JSON");
            if status["status"] == wanted {
                return;
            }
            assert_ne!(status["status"], "failed", "{status}");
            tokio::time::sleep(POLL).await;
        }
    }

    async fn post(&self, path: &str, body: Value) {
        self.send(self.http.post(self.url(path)).json(&body)).await;
    }

    pub async fn call(&self, path: &str, body: Value) -> Value {
        let answer = self.send(self.http.post(self.url(path)).json(&body)).await;
        answer.json().await.expect("the API speaks JSON")
    }

    /// How the job has ended.
    pub async fn until_job_ends(&self, job: &str) -> Value {
        loop {
            let answer = self.send(self.http.get(self.url(&format!("/api/jobs/{job}/status")))).await;
            let view: Value = answer.json().await.expect("the API speaks JSON");
            if !matches!(view["status"].as_str(), Some("pending" | "running")) {
                return view;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn answer(&self, request: RequestBuilder) -> Response {
        let request = request.header("cookie", &self.cookie).header("origin", self.url(""));
        request.send().await.expect("the product answers")
    }

    async fn send(&self, request: RequestBuilder) -> Response {
        let answer = self.answer(request).await;
        let (status, url) = (answer.status(), answer.url().clone());
        if !status.is_success() {
            panic!("{url}: {status}: {}", answer.text().await.unwrap_or_default());
        }
        answer
    }

    async fn until_ready(&self) {
        self.until_answers(&self.url("/readyz")).await;
    }

    async fn until_answers(&self, url: &str) {
        while !self.http.get(url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            tokio::time::sleep(POLL).await;
        }
    }
}

/// Switches demo mode on and off again.
pub async fn demo_round(product: &Product, size: &str) -> DemoRound {
    let start = now();
    product.post("/api/demo/enable", json!({"size": size})).await;
    let accepted_after = start.elapsed();
    product.until_demo_is("enabled").await;
    let enabled_after = start.elapsed();
    product.disable().await;
    DemoRound { accepted_after, enabled_after }
}

impl Drop for Product {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process that ends with its handle.
pub struct Beside(Child);

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The simulator alone, keeping its state in `directory`, and its address.
pub fn simulator(binary: &Path, directory: &Path, secret: &str) -> (Beside, String) {
    let port = free_port();
    let environment = [("DEMO_SERVICE_SECRET".to_owned(), secret.to_owned())];
    (Beside(spawn(binary, "simulator", directory, port, &environment)), format!("http://127.0.0.1:{port}"))
}

/// Not in /tmp, which may be in memory.
fn data_directory() -> TempDir {
    tempfile::Builder::new().prefix("repruv-bench-").tempdir_in("/var/tmp").expect("a data directory")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

fn spawn(binary: &Path, command: &str, directory: &Path, port: u16, environment: &[(String, String)]) -> Child {
    Command::new(binary)
        .args([command, "--listen", &format!("127.0.0.1:{port}"), "--data-dir"])
        .arg(directory)
        .env("REPRUV_LOG", "warn")
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the binary runs")
}

/// Makes an empty database beside the one at `url` and answers its address.
pub async fn postgres_database(url: String) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("bench_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let (base, _) = url.rsplit_once('/').expect("an address ends in a database's name");
    let database = format!("{base}/{name}");
    let make = move || {
        let mut client = postgres::Client::connect(&url, postgres::NoTls).expect("the cluster accepts connections");
        client.batch_execute(&format!("CREATE DATABASE {name}")).expect("a database can be made");
    };
    tokio::task::spawn_blocking(make).await.expect("it does not panic");
    database
}
