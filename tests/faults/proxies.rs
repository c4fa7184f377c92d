//! The real nginx and Caddy in front, with the texts of docs/operations.md.

use std::fs;
use std::path::Path;
use std::process::Command;

use kit::testing::{Engine, wait_until};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{EMAIL, PASSWORD, Process, Server, free_port};

const HOST: &str = "inbox.example.com";
const OTHER: &str = "other.example.com";
/// The largest body that is read.
const LARGEST: usize = 320 * 1024;
/// Wrong passwords that one address may try in an hour.
const FREE_TRIES: usize = 30;

struct Site {
    server: Server,
    port: u16,
    directory: TempDir,
    _proxy: Process,
}

#[test]
fn nginx_as_documented_serves_everything() {
    kit::testing::run(async {
        let site = Site::behind(|port, plain, upstream, folder| {
            let text = block("nginx").replace("listen 443", &format!("listen 127.0.0.1:{port}"));
            let text = text.replace("listen 80", &format!("listen 127.0.0.1:{plain}"));
            let text =
                text.replace("127.0.0.1:8080", upstream).replace("/etc/ssl/inbox.example.com", &at(folder, "site"));
            let other = format!(
                "server {{ listen 127.0.0.1:{port} ssl; server_name {OTHER}; ssl_certificate {site}.pem;
                 ssl_certificate_key {site}.key; return 200 'the other site'; }}",
                site = at(folder, "site"),
            );
            let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
            let places = places.map(|name| format!("{name}_temp_path {};", at(folder, name))).concat();
            let whole = format!(
                "pid {}; error_log stderr; daemon off; events {{}} http {{ access_log off; {places} {text} {other} }}",
                at(folder, "pid"),
            );
            fs::write(folder.join("nginx.conf"), whole).expect("there is room");
            let configuration = at(folder, "nginx.conf");
            Process::start("/usr/sbin/nginx", |command| {
                command.args(["-e", "stderr", "-c", &configuration]);
            })
        })
        .await;
        site.serves_everything().await;
    });
}

#[test]
fn caddy_as_documented_serves_everything() {
    kit::testing::run(async {
        let site = Site::behind(|port, plain, upstream, folder| {
            let certificate = format!("tls {site}.pem {site}.key", site = at(folder, "site"));
            let text = block("caddyfile").replace("127.0.0.1:8080", upstream);
            let text = text.replace(&format!("{HOST} {{"), &format!("{HOST}:{port} {{\n\t{certificate}"));
            let other = format!("{OTHER}:{port} {{\n\t{certificate}\n\trespond \"the other site\"\n}}\n");
            let whole =
                format!("{{\n\tadmin off\n\tauto_https disable_redirects\n\thttp_port {plain}\n}}\n{text}\n{other}");
            fs::write(folder.join("Caddyfile"), whole).expect("there is room");
            let configuration = at(folder, "Caddyfile");
            Process::start("caddy", |command| {
                command.args(["run", "--adapter", "caddyfile", "--config", &configuration]);
                command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
            })
        })
        .await;
        site.serves_everything().await;
    });
}

/// The third is run by nobody here: it says what the two say that are run.
#[test]
fn traefiks_block_agrees_with_those_that_are_run() {
    for language in ["nginx", "caddyfile", "yaml"] {
        let text = block(language);
        for same in [HOST, "127.0.0.1:8080", "8s"] {
            assert!(text.contains(same), "{language}: {same}");
        }
    }
}

impl Site {
    /// `start` is given a port for TLS and one for none, where Repruv is, and a folder with a certificate.
    async fn behind(start: impl FnOnce(u16, u16, &str, &Path) -> Process) -> Self {
        let (port, plain) = (free_port(), free_port());
        let directory = tempfile::Builder::new().prefix("repruv-proxy-").tempdir().expect("a folder");
        let made = rcgen::generate_simple_self_signed([HOST.to_owned(), OTHER.to_owned()]).expect("a certificate");
        fs::write(directory.path().join("site.pem"), made.cert.pem()).expect("there is room");
        fs::write(directory.path().join("site.key"), made.signing_key.serialize_pem()).expect("there is room");
        let settings = block("sh");
        let settings: Vec<_> = settings.lines().filter_map(|line| line.split_once('=')).collect();
        assert_eq!(settings[0], ("REPRUV_PUBLIC_URL", "https://inbox.example.com"));
        let url = format!("https://{HOST}:{port}");
        let server = Server::start_with(Engine::Sqlite, &[("REPRUV_PUBLIC_URL", &url), settings[1]]).await;
        let upstream = server.url("").replace("http://localhost", "127.0.0.1");
        let proxy = start(port, plain, &upstream, directory.path());
        let site = Self { server, port, directory, _proxy: proxy };
        wait_until("the proxy answers", || async { site.ask("/healthz", &[]).0 == 200 }).await;
        site
    }

    async fn serves_everything(&self) {
        let token = self.server.setup_link.split("token=").nth(1).expect("the link holds a token");
        let account = json!({"email": EMAIL, "password": PASSWORD, "name": "Ann", "setup_token": token});
        let jar = at(self.directory.path(), "cookies");
        let (status, answer) = self.post("/api/auth/signup", &account.to_string(), &["-c", &jar]);
        assert_eq!(status, 201, "{answer}");
        self.post("/api/demo/enable", "{}", &["-b", &jar]);
        let (status, page) = self.ask("/dashboard", &["-b", &jar]);
        assert!(status == 200 && page.contains("<main"), "{page}");

        let (_, stream) = self.ask("/api/events", &["-b", &jar, "-N", "--max-time", "3"]);
        assert!(
            stream.contains("retry") && stream.contains("event: "),
            "it arrives while the stream is open: {stream:?}"
        );

        let body = json!({"email": EMAIL, "password": PASSWORD}).to_string();
        let largest = format!("{body}{}", " ".repeat(LARGEST - body.len()));
        assert_eq!(self.post("/api/auth/login", &largest, &[]).0, 200, "the largest body is taken");
        assert_eq!(self.post("/api/auth/login", &format!("{largest} "), &[]).0, 413, "a larger one is not");

        self.limits_count_visitors();
        let elsewhere = self.curl(OTHER, "/", &[]);
        assert_eq!(elsewhere.1, "the other site");
    }

    /// The proxy sees them come from 127.0.0.2 and 127.0.0.3; the one of them says that it is somebody else each time.
    fn limits_count_visitors(&self) {
        let wrong = |number: usize, from: &str| {
            let body =
                json!({"email": format!("nobody{number}@example.com"), "password": "wrong kettles on a green hill"});
            let forged = format!("X-Forwarded-For: 203.0.113.{number}");
            self.post("/api/auth/login", &body.to_string(), &["--interface", from, "-H", &forged]).0
        };
        for number in 0..FREE_TRIES {
            assert_eq!(wrong(number, "127.0.0.2"), 401);
        }
        assert_eq!(wrong(FREE_TRIES, "127.0.0.2"), 429, "what it says of itself is not believed");
        assert_eq!(wrong(FREE_TRIES + 1, "127.0.0.3"), 401, "a neighbour is another visitor");
    }

    fn post(&self, path: &str, body: &str, more: &[&str]) -> (u16, String) {
        let file = self.directory.path().join("body");
        fs::write(&file, body).expect("there is room");
        let (origin, data) = (format!("Origin: https://{HOST}:{}", self.port), format!("@{}", file.display()));
        let json = ["-H", "Content-Type: application/json", "-H", &origin, "--data-binary", &data];
        self.ask(path, &[&json[..], more].concat())
    }

    fn ask(&self, path: &str, more: &[&str]) -> (u16, String) {
        self.curl(HOST, path, more)
    }

    /// Status and body, over HTTP/2.
    fn curl(&self, host: &str, path: &str, more: &[&str]) -> (u16, String) {
        let port = self.port;
        let mut command = Command::new("curl");
        command.args(["-s", "--http2", "--cacert", &at(self.directory.path(), "site.pem")]);
        command.args(["--resolve", &format!("{host}:{port}:127.0.0.1"), "-w", "\n%{json}"]).args(more);
        let output = command.arg(format!("https://{host}:{port}{path}")).output().expect("curl is installed");
        let text = String::from_utf8_lossy(&output.stdout);
        let (body, told) = text.rsplit_once('\n').unwrap_or_default();
        let told: Value = serde_json::from_str(told).expect("curl tells how it went");
        let status = told["http_code"].as_u64().unwrap_or_default();
        assert!(status == 0 || told["http_version"] == "2", "{told}");
        (status as u16, body.to_owned())
    }
}

fn at(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

/// The first block of that language behind the heading "Behind a proxy".
fn block(language: &str) -> String {
    let docs = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md")).expect("it is there");
    let (_, section) = docs.split_once("## Behind a proxy").expect("the heading is there");
    let (_, rest) = section.split_once(&format!("```{language}\n")).expect("the block is there");
    rest.split_once("\n```").expect("it ends").0.to_owned()
}
