//! Every setting, once: flag, environment variable, default, meaning.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kit::web::{BadNetwork, Networks, Proxies};
use url::Url;

use crate::platforms::{bluesky, google};
use crate::secrets::Secret;

/// What the program was started with.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Database to use: sqlite:PATH or postgres://USER@HOST/NAME [default: DATA_DIR/repruv.db]
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,

    /// Where data is kept: the built-in database, the key file, the simulator's state
    #[arg(long, env = "REPRUV_DATA_DIR", global = true, default_value = "./data")]
    pub data_dir: PathBuf,

    /// Address to listen on for pages and API
    #[arg(long, env = "REPRUV_LISTEN", global = true, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Address people open in their browser; requests for other hosts are refused [default: http://localhost:PORT]
    #[arg(long, env = "REPRUV_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,

    /// Address to serve /metrics on, for Prometheus; keep it private [default: none]
    #[arg(long, env = "REPRUV_METRICS_LISTEN", global = true)]
    pub metrics_listen: Option<SocketAddr>,

    /// Proxies whose X-Forwarded-For is trusted: addresses or networks [default: none]
    #[arg(long, env = "REPRUV_TRUSTED_PROXIES", global = true)]
    pub trusted_proxies: Option<String>,

    /// Seconds to keep serving after a stop signal, while /readyz already says no
    #[arg(long, env = "REPRUV_STOP_NOTICE_SECONDS", global = true, default_value_t = 0,
          value_parser = clap::value_parser!(u16).range(0..=60))]
    pub stop_notice_seconds: u16,

    /// Who can create an account
    #[arg(long, env = "REPRUV_SIGNUP", global = true, default_value = "invite")]
    pub signup: Signup,

    /// Key file that encrypts secrets in the database; created at the first start [default: DATA_DIR/secret.key]
    #[arg(long, env = "REPRUV_SECRET_KEY_FILE", global = true)]
    pub secret_key_file: Option<PathBuf>,

    /// A sorted file of SHA-1 hashes of stolen passwords, which nobody may choose [default: none]
    #[arg(long, env = "REPRUV_STOLEN_PASSWORDS_FILE", global = true)]
    pub stolen_passwords_file: Option<PathBuf>,

    /// How many jobs a worker runs at once
    #[arg(long, env = "REPRUV_WORKER_CONCURRENCY", global = true, default_value_t = 8,
          value_parser = clap::value_parser!(u16).range(1..=256))]
    pub worker_concurrency: u16,

    /// Seconds before an unresponsive worker's jobs go to another one
    #[arg(long, env = "REPRUV_WORKER_LEASE_SECONDS", global = true, default_value_t = 15,
          value_parser = clap::value_parser!(u16).range(1..=600))]
    pub worker_lease_seconds: u16,

    /// Log level: error, warn, info, debug, or a filter like info,repruv=debug
    #[arg(long, env = "REPRUV_LOG", global = true, default_value = "info")]
    pub log: String,

    /// Log format [default: text on a terminal, otherwise json]
    #[arg(long, env = "REPRUV_LOG_FORMAT", global = true)]
    pub log_format: Option<LogFormat>,

    /// Demo service to use [default: the built-in simulator]
    #[arg(long, env = "DEMO_SERVICE_URL", global = true)]
    pub demo_service_url: Option<Url>,

    /// Bearer secret of the demo service; the built-in simulator creates its own
    #[arg(long, env = "DEMO_SERVICE_SECRET", global = true, hide_env_values = true)]
    pub demo_service_secret: Option<String>,

    /// Names by which the address for monitoring, or the simulator, is reached, beside localhost and addresses in numbers
    #[arg(long, env = "REPRUV_INTERNAL_HOSTS", global = true, value_delimiter = ',')]
    pub internal_hosts: Vec<String>,

    /// Delays every simulator response by this many milliseconds, for tests and demonstrations
    #[arg(long, env = "REPRUV_SIMULATOR_DELAY_MS", global = true, default_value_t = 0)]
    pub simulator_delay_ms: u64,

    /// Your Google OAuth client, for connecting real YouTube channels
    #[arg(long, env = "REPRUV_GOOGLE_CLIENT_ID", global = true)]
    pub google_client_id: Option<String>,

    /// Secret of your Google OAuth client
    #[arg(long, env = "REPRUV_GOOGLE_CLIENT_SECRET", global = true, hide_env_values = true)]
    pub google_client_secret: Option<String>,

    /// Bluesky server asked for handles that neither DNS nor their own site resolve
    #[arg(long, env = "REPRUV_ATPROTO_SERVICE", global = true, default_value = "https://bsky.social")]
    pub atproto_service: Url,

    /// Directory of the AT Protocol's accounts (PLC)
    #[arg(long, env = "REPRUV_ATPROTO_PLC_URL", global = true, default_value = "https://plc.directory")]
    pub atproto_plc_url: Url,

    /// Private networks that connections may reach, like a Bluesky server at home: addresses or networks [default: none]
    #[arg(long, env = "REPRUV_OUTBOUND_ALLOW", global = true)]
    pub outbound_allow: Option<String>,
}

/// The variables of our prefix; any other is a mistake that would go unnoticed.
const KNOWN: [&str; 21] = [
    "REPRUV_ATPROTO_SERVICE",
    "REPRUV_ATPROTO_PLC_URL",
    "REPRUV_OUTBOUND_ALLOW",
    "REPRUV_INTERNAL_HOSTS",
    "REPRUV_DATA_DIR",
    "REPRUV_LISTEN",
    "REPRUV_PUBLIC_URL",
    "REPRUV_METRICS_LISTEN",
    "REPRUV_TRUSTED_PROXIES",
    "REPRUV_STOP_NOTICE_SECONDS",
    "REPRUV_SIGNUP",
    "REPRUV_SECRET_KEY_FILE",
    "REPRUV_STOLEN_PASSWORDS_FILE",
    "REPRUV_WORKER_CONCURRENCY",
    "REPRUV_WORKER_LEASE_SECONDS",
    "REPRUV_LOG",
    "REPRUV_LOG_FORMAT",
    "REPRUV_SIMULATOR_DELAY_MS",
    "REPRUV_GOOGLE_CLIENT_ID",
    "REPRUV_GOOGLE_CLIENT_SECRET",
    "REPRUV_SIMULATOR_PORTS_FROM",
];

/// Names the first variable that starts like ours and is none.
pub fn unknown_variable(names: impl IntoIterator<Item = String>) -> Option<String> {
    names.into_iter().find(|name| name.starts_with("REPRUV_") && !KNOWN.contains(&name.as_str()))
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Signup {
    /// Only people with an invitation
    Invite,
    /// Anyone who can open the page
    Open,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

impl Settings {
    pub fn database_url(&self) -> String {
        match &self.database_url {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", self.data_dir.join("repruv.db").display()),
        }
    }

    pub fn key_file(&self) -> PathBuf {
        self.secret_key_file.clone().unwrap_or_else(|| self.data_dir.join("secret.key"))
    }

    fn atproto(&self) -> Result<bluesky::Directory, BadSetting> {
        let origin = |name, url: &Url| {
            crate::platforms::origin_of(url.as_str()).ok_or_else(|| BadSetting::Server(name, url.clone()))
        };
        Ok(bluesky::Directory {
            service: origin("REPRUV_ATPROTO_SERVICE", &self.atproto_service)?,
            plc: origin("REPRUV_ATPROTO_PLC_URL", &self.atproto_plc_url)?,
        })
    }

    fn google(&self) -> Result<Option<google::Client>, BadSetting> {
        match (&self.google_client_id, &self.google_client_secret) {
            (Some(id), Some(secret)) => Ok(Some(google::Client { id: id.clone(), secret: Secret::new(secret) })),
            (None, None) => Ok(None),
            _ => Err(BadSetting::HalfClient),
        }
    }
}

pub const SESSION_COOKIE: &str = "__Host-session_token";
/// Opens nothing: it gives a browser that has signed in before a lane of its own while others guess passwords.
pub const DEVICE_COOKIE: &str = "__Host-known_device";

/// What this installation's cookies are called. Browsers share cookies between the ports of a host: where the port is a
/// particular one, it stands in the name, so that two installations on one host do not sign each other out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CookieNames {
    pub session: String,
    pub device: String,
}

impl CookieNames {
    pub fn at(public_url: &str) -> Self {
        let port = Url::parse(public_url).ok().and_then(|url| url.port()).filter(|port| *port != 8080);
        let suffix = port.map(|port| format!("-{port}")).unwrap_or_default();
        Self { session: format!("{SESSION_COOKIE}{suffix}"), device: format!("{DEVICE_COOKIE}{suffix}") }
    }
}

/// What the application needs to know of its settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Without a slash at its end.
    pub public_url: String,
    pub cookies: CookieNames,
    /// Of hashes, sorted.
    pub stolen_passwords: Option<PathBuf>,
    pub signup: Signup,
    /// `None`: real channels cannot be connected.
    pub google: Option<google::Client>,
    /// `None`: demo mode cannot be enabled.
    pub demo_service: Option<DemoService>,
    /// Where the demo service reaches this process or another of the same installation.
    pub webhook_base: String,
    /// Whose word about a visitor's address is taken.
    pub proxies: Proxies,
    pub atproto: bluesky::Directory,
    /// What a host that somebody typed may lead to, beside public addresses.
    pub outbound_allow: Networks,
}

#[derive(Clone, Debug)]
pub struct DemoService {
    pub url: Url,
    pub secret: Secret,
}

#[derive(Debug, thiserror::Error)]
pub enum BadSetting {
    #[error("REPRUV_PUBLIC_URL {0}: {1}")]
    PublicUrl(String, kit::web::BadSite),
    #[error(
        "REPRUV_PUBLIC_URL {0} is plain http on an open network, so passwords could be intercepted: put an https proxy in front and use its address"
    )]
    Unencrypted(String),
    #[error("REPRUV_STOLEN_PASSWORDS_FILE {0}: {1}")]
    StolenPasswords(String, std::io::Error),
    #[error("REPRUV_TRUSTED_PROXIES: {0}")]
    Proxies(BadNetwork),
    #[error("REPRUV_OUTBOUND_ALLOW: {0}")]
    OutboundAllow(BadNetwork),
    #[error("{0} {1} is no address of a server, like https://example.com")]
    Server(&'static str, Url),
    #[error("set both REPRUV_GOOGLE_CLIENT_ID and REPRUV_GOOGLE_CLIENT_SECRET, or neither")]
    HalfClient,
    #[error("DEMO_SERVICE_URL needs DEMO_SERVICE_SECRET, the secret the demo service was started with")]
    NoDemoSecret,
}

impl Config {
    /// `listening` is the address really bound, its port included.
    pub fn new(settings: &Settings, listening: SocketAddr, embedded: Option<DemoService>) -> Result<Self, BadSetting> {
        let local = format!("http://localhost:{}", listening.port());
        let public_url = settings.public_url.as_deref().unwrap_or(&local).trim_end_matches('/').to_owned();
        kit::web::Site::new(&public_url).map_err(|error| BadSetting::PublicUrl(public_url.clone(), error))?;
        if public_url.starts_with("http://") && !is_loopback(&public_url) {
            return Err(BadSetting::Unencrypted(public_url));
        }
        let demo_service = match &settings.demo_service_url {
            Some(url) => {
                let secret = settings.demo_service_secret.as_ref().ok_or(BadSetting::NoDemoSecret)?;
                Some(DemoService { url: url.clone(), secret: Secret::new(secret) })
            }
            None => embedded,
        };
        // On the same machine the demo service delivers without the detour over the public address.
        let webhook_base = if is_loopback(&public_url) { local } else { public_url.clone() };
        // None is believed unless it is named: many a proxy passes on what visitors write there themselves.
        let proxies =
            Proxies::parse(settings.trusted_proxies.as_deref().unwrap_or_default()).map_err(BadSetting::Proxies)?;
        let google = settings.google()?;
        let cookies = CookieNames::at(&public_url);
        let stolen_passwords = settings.stolen_passwords_file.clone();
        if let Some(path) = &stolen_passwords {
            std::fs::File::open(path)
                .map_err(|error| BadSetting::StolenPasswords(path.display().to_string(), error))?;
        }
        let outbound_allow = Networks::parse(settings.outbound_allow.as_deref().unwrap_or_default())
            .map_err(BadSetting::OutboundAllow)?;
        Ok(Self {
            public_url,
            cookies,
            stolen_passwords,
            signup: settings.signup,
            google,
            demo_service,
            webhook_base,
            proxies,
            atproto: settings.atproto()?,
            outbound_allow,
        })
    }

    /// The host of the public address, without its port.
    pub fn host(&self) -> &str {
        host(&self.public_url)
    }
}

fn host(url: &str) -> &str {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = authority.find(']').map_or_else(|| authority.find(':').unwrap_or(authority.len()), |end| end + 1);
    &authority[..end]
}

fn is_loopback(url: &str) -> bool {
    let host = host(url).trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        settings: Settings,
    }

    fn config(arguments: &[&str]) -> Result<Config, BadSetting> {
        let line = Line::parse_from([&["repruv"], arguments].concat());
        Config::new(&line.settings, "127.0.0.1:8080".parse().unwrap(), None)
    }

    #[test]
    fn the_public_address_is_checked() {
        assert_eq!(config(&[]).unwrap().public_url, "http://localhost:8080");
        assert_eq!(config(&["--public-url", "https://inbox.example.com/"]).unwrap().host(), "inbox.example.com");
        assert!(matches!(config(&["--public-url", "http://inbox.example.com"]), Err(BadSetting::Unencrypted(_))));
        assert!(matches!(config(&["--public-url", "inbox"]), Err(BadSetting::PublicUrl(..))));
        assert_eq!(config(&["--public-url", "http://[::1]:9"]).unwrap().host(), "[::1]");
    }

    #[test]
    fn installations_on_other_ports_of_a_host_have_cookies_of_their_own() {
        let name = |url| CookieNames::at(url).session;
        for usual in
            ["http://localhost:8080", "https://inbox.example.com", "http://localhost", "https://inbox.example.com:443"]
        {
            assert_eq!(name(usual), "__Host-session_token", "{usual}");
        }
        assert_eq!(name("http://localhost:8081"), "__Host-session_token-8081");
        assert_eq!(CookieNames::at("https://inbox.example.com:8443").device, "__Host-known_device-8443");
    }

    #[test]
    fn no_proxy_is_believed_that_nobody_named() {
        let proxies = |arguments: &[&str]| config(arguments).unwrap().proxies;
        let [local, remote] = ["127.0.0.1", "10.1.2.3"].map(|ip| ip.parse().unwrap());
        assert!(!proxies(&[]).contains(local));
        assert!(!proxies(&["--public-url", "https://inbox.example.com"]).contains(local));
        let named = proxies(&["--public-url", "https://inbox.example.com", "--trusted-proxies", "10.0.0.0/8"]);
        assert!(named.contains(remote) && !named.contains(local));
        assert!(matches!(config(&["--trusted-proxies", "proxy"]), Err(BadSetting::Proxies(_))));
    }

    #[test]
    fn halves_are_refused() {
        assert!(matches!(config(&["--google-client-id", "x"]), Err(BadSetting::HalfClient)));
        assert!(matches!(config(&["--stolen-passwords-file", "/nowhere"]), Err(BadSetting::StolenPasswords(..))));
        assert!(matches!(config(&["--demo-service-url", "http://127.0.0.1:9"]), Err(BadSetting::NoDemoSecret)));
    }

    #[test]
    fn a_mistyped_variable_is_named() {
        let names = ["PATH", "REPRUV_LISTEN", "REPRUV_LISTN"].map(String::from);
        assert_eq!(unknown_variable(names).as_deref(), Some("REPRUV_LISTN"));
    }
}
