//! For tests: the whole application in this process, on a database of its own, with browsers that keep cookies.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Mutex;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use kit::args;
use kit::clock::{Clock, Hand, Timestamp};
use kit::db::{Db, Dialect};
use kit::random::Random;
use kit::testing::{Engine, TestDb};
use kit::web::Proxies;
use tower::ServiceExt as _;
use url::Url;

use crate::accounts::sessions::{self, COOKIE as COOKIE_NAME, TokenHash};
use crate::accounts::{Passwords, first_run_link};
use crate::app::{App, Inner, MIGRATIONS};
use crate::assembly::{Ground, assemble};
use crate::config::{Config, CookieNames, DemoService, Signup};
use crate::outbound::Outbound;
use crate::secrets::{Secret, Vault};
use crate::workspaces::UserId;

pub const PUBLIC_URL: &str = "http://localhost:8080";
pub const EMAIL: &str = "ann@example.com";
pub const PASSWORD: &str = "maple river lantern quiet";

pub struct TestApp {
    pub app: App,
    pub hand: Hand,
    pub db: TestDb,
    router: Router,
    browser: Browser,
}

/// A simulator, and where it keeps what it has.
pub struct Beside {
    _simulator: simulator::Simulator,
    _directory: tempfile::TempDir,
}

/// Keeps cookies, and sends what a browser sends with its own site's requests.
pub struct Browser {
    router: Router,
    cookies: Mutex<BTreeMap<String, String>>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl TestApp {
    pub async fn fresh(engine: Engine) -> Self {
        Self::with(engine, Signup::Invite).await
    }

    pub async fn with(engine: Engine, signup: Signup) -> Self {
        let db = TestDb::with_schema(engine, MIGRATIONS);
        let (clock, hand) = Clock::manual(Timestamp::parse("2026-11-22T10:00:00Z").expect("an instant"));
        let config = Config {
            public_url: PUBLIC_URL.to_owned(),
            cookies: CookieNames::at(PUBLIC_URL),
            stolen_passwords: None,
            signup,
            google: None,
            demo_service: None,
            webhook_base: PUBLIC_URL.to_owned(),
            proxies: Proxies::none(),
            atproto: crate::platforms::bluesky::Directory::default(),
            outbound_allow: kit::web::Networks::default(),
        };
        let app = started(db.clone(), clock, Random::seeded(1), config);
        let router = crate::routes::router(app.clone());
        Self { browser: Browser::new(&router), router, app, hand, db }
    }

    /// The same application, with a demo service.
    pub fn with_demo_service(self, url: &Url) -> Self {
        self.with_parts(|parts| {
            parts.config.demo_service = Some(DemoService { url: url.clone(), secret: Secret::new("secret") });
        })
    }

    /// The same application, with a simulator of its own, which lives as long as what is given with it.
    pub async fn with_simulator(self) -> (Self, Beside) {
        self.with_simulator_at(Clock::system()).await
    }

    /// The same, with a clock for the simulator.
    pub async fn with_simulator_at(self, clock: Clock) -> (Self, Beside) {
        let directory = tempfile::tempdir().expect("a directory");
        let options = simulator::Options::new(directory.path(), "secret", clock, Random::seeded(7));
        let simulator = simulator::start(options).await.expect("the simulator starts");
        let app = self.with_demo_service(&simulator.api_url().parse().expect("an address"));
        (app, Beside { _simulator: simulator, _directory: directory })
    }

    /// The same application, with other parts.
    pub fn with_parts(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut parts = Inner::clone(&self.app);
        change(&mut parts);
        let app = App::new(parts);
        let router = crate::routes::router(app.clone());
        Self { browser: Browser::new(&router), router, app, ..self }
    }

    /// Runs every job that is due, and those that they enqueue; how many runs that took.
    pub async fn run_jobs(&self) -> usize {
        let app = self.app.clone();
        kit::jobs::run_due(app.db.clone(), app.clock.clone(), app.random.clone(), app)
            .await
            .expect("the database answers")
    }

    /// Who this app's own browser is signed in as.
    pub async fn who(&self) -> sessions::SignedIn {
        let token = TokenHash::of(&self.cookie(COOKIE_NAME).expect("somebody is signed in"));
        let now = self.app.now();
        let found = self.app.db.read(move |conn| sessions::authenticate(conn, &token, now)).await;
        found.expect("the database answers").expect("the session lives")
    }

    /// Whoever has that address.
    pub async fn user(&self, email: &'static str) -> UserId {
        let find = "SELECT id FROM users WHERE email_key = $1";
        self.app.db.read(move |conn| conn.one(find, args![email])).await.expect("they have an account")
    }

    /// Another person's browser.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.router)
    }

    /// The first account, made by the set-up link in this app's own browser.
    pub async fn with_ann(self) -> Self {
        let link = self.set_up_link().await;
        let answer = self.post(&link, &[("name", "Ann"), ("email", EMAIL), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        self
    }

    /// Another person with an account of their own, invited by Ann, in their own browser.
    pub async fn invited(&self, email: &str) -> Browser {
        let (link, browser) = (self.invitation().await, self.browser());
        let form = [("name", "Ben"), ("email", email), ("password", "copper window seven tides")];
        let answer = browser.post(&link, &form).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        browser
    }

    /// The path of a link into Ann's workspace.
    pub async fn member_link(&self, role: &str) -> String {
        let made = self.post("/settings/members/invite", &[("role", role)]).await;
        assert_eq!(made.status, 303, "{}", made.text);
        let page = self.get("/settings/members").await.text;
        let start = page.find("/join?token=").unwrap_or_else(|| panic!("a link: {page}"));
        page[start..].split(['"', '<', ' ']).next().expect("its end").to_owned()
    }

    /// Somebody new in Ann's workspace, in their own browser.
    pub async fn member(&self, email: &str, role: &str) -> Browser {
        let (link, browser) = (self.member_link(role).await, self.browser());
        let form = [("name", "Ben"), ("email", email), ("password", "copper window seven tides")];
        let answer = browser.post(&link.replace("/join", "/signup"), &form).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        browser
    }

    /// Makes a key in the app's own browser: `("read", "true")`, `("follows_demo", "true")`.
    pub async fn key(&self, ticked: &[(&str, &str)]) -> String {
        let made = self.post("/settings/api-keys", &[&[("name", "A program")], ticked].concat()).await;
        assert_eq!(made.status, 303, "{}", made.text);
        let page = self.get("/settings/api-keys").await.text;
        let start = page.find("<code>repruv_").unwrap_or_else(|| panic!("a key: {page}")) + "<code>".len();
        page[start..].split('<').next().expect("its end").to_owned()
    }

    /// The path of a link that Ann gives away.
    pub async fn invitation(&self) -> String {
        assert_eq!(self.post("/settings/invitations", &[]).await.status, 303);
        let page = self.get("/settings/account").await.text;
        let start = page.find("/signup?token=").expect("a link");
        page[start..].split(['"', '<', ' ']).next().expect("its end").to_owned()
    }

    /// The same database under a program that has just started; browsers keep their cookies.
    pub async fn restarted(self) -> Self {
        let options = kit::db::Options::new(self.db.url(), self.app.clock.clone());
        let db = tokio::task::spawn_blocking(|| kit::db::Db::open(options)).await.expect("no panic").expect("it opens");
        let app = started(db, self.app.clock.clone(), self.app.random.clone(), self.app.config.clone());
        let router = crate::routes::router(app.clone());
        let browser = Browser { router: router.clone(), cookies: self.browser.cookies };
        Self { browser, router, app, ..self }
    }

    /// Waits until this browser's last request is noted, which happens after its answer.
    pub async fn until_seen(&self) {
        let token = TokenHash::of(&self.cookie(COOKIE_NAME).expect("somebody is signed in"));
        let now = self.app.now();
        kit::testing::wait_until("the session is noted as seen", || {
            let db = self.app.db.clone();
            async move {
                let who =
                    db.read(move |conn| sessions::authenticate(conn, &token, now)).await.expect("the database answers");
                who.is_some_and(|who| who.session.last_seen_at == now)
            }
        })
        .await;
    }

    /// Everything that the database keeps, as bytes.
    pub async fn dump(&self) -> Vec<u8> {
        match self.db.url().strip_prefix("sqlite:") {
            Some(path) => {
                let parts = [path.to_owned(), format!("{path}-wal")];
                parts.iter().flat_map(|part| std::fs::read(part).unwrap_or_default()).collect()
            }
            None => self.rows().await.concat().into_bytes(),
        }
    }

    /// Every row of every table, as text.
    pub async fn rows(&self) -> Vec<String> {
        let rows = self.app.db.read(|conn| {
            let tables = match conn.dialect() {
                Dialect::Sqlite => {
                    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name <> 'sqlite_schema' ORDER BY 1"
                }
                Dialect::Postgres => {
                    "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
                }
            };
            let mut rows = Vec::new();
            for table in conn.all::<String>(tables, args![])? {
                let every = match conn.dialect() {
                    Dialect::Postgres => format!("SELECT CAST(t AS TEXT) FROM {table} t ORDER BY 1"),
                    Dialect::Sqlite => {
                        let columns = format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid");
                        let columns = conn.all::<String>(&columns, args![])?;
                        let quoted: Vec<_> = columns.iter().map(|column| format!("quote({column})")).collect();
                        format!("SELECT {} FROM {table} ORDER BY 1", quoted.join(" || ',' || "))
                    }
                };
                rows.extend(conn.all::<String>(&every, args![])?.into_iter().map(|row| format!("{table}: {row}")));
            }
            Ok::<_, kit::db::Error>(rows)
        });
        rows.await.expect("the tables can be read")
    }

    /// The path of a fresh set-up link.
    pub async fn set_up_link(&self) -> String {
        let link = first_run_link(&self.app.db, self.app.now(), &self.app.random, PUBLIC_URL).await;
        let link = link.expect("the database answers").expect("there is no account yet");
        link.strip_prefix(PUBLIC_URL).expect("the link leads here").to_owned()
    }
}

fn started(db: Db, clock: Clock, random: Random, config: Config) -> App {
    let passwords = Passwords::start_cheap(random.clone());
    let (vault, outbound) = (Vault::with_key([7; 32]), Outbound::default());
    assemble(Ground { db, clock, random, config, vault, outbound, passwords })
}

impl Deref for TestApp {
    type Target = Browser;
    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl Browser {
    fn new(router: &Router) -> Self {
        Self { router: router.clone(), cookies: Mutex::default() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }

    /// Posts a form; what the path's query says goes along as hidden fields, as in the page's form.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let fields = serde_urlencoded::to_string(form).expect("a form is encodable");
        let body = [query, &fields].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
        self.send("POST", path, &[(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")], Body::from(body)).await
    }

    pub async fn json(&self, method: &str, path: &str, body: serde_json::Value) -> Answer {
        let (headers, body) = match body {
            serde_json::Value::Null => (&[][..], Body::empty()),
            body => (&[(CONTENT_TYPE.as_str(), "application/json")][..], Body::from(body.to_string())),
        };
        self.send(method, path, headers, body).await
    }

    /// As a program does: with a key, and with nothing that a browser would send.
    pub async fn with_key(&self, key: &str, method: &str, path: &str) -> Answer {
        self.send_bare(method, path, &[("authorization", &format!("Bearer {key}"))], Body::empty()).await
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.post("/login", &[("email", email), ("password", password)]).await
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let own = [(ORIGIN.as_str(), PUBLIC_URL), ("sec-fetch-site", "same-origin")];
        self.send_bare(method, path, &[&own, headers].concat(), body).await
    }

    /// With these headers, the host and the cookies alone.
    pub async fn send_bare(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        self.send_to(PUBLIC_URL.trim_start_matches("http://"), method, path, headers, body).await
    }

    /// The same to another host's name.
    pub async fn send_to(&self, host: &str, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(HOST, host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookies) = self.cookie_header() {
            request = request.header(COOKIE, cookies);
        }
        self.answer(request.body(body).expect("a request")).await
    }

    /// An answer that has no end to wait for.
    pub async fn stream(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let request = Request::get(path).header(HOST, PUBLIC_URL.trim_start_matches("http://"));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.header(COOKIE, self.cookie_header().unwrap_or_default());
        let request = request.body(Body::empty()).expect("a request");
        self.router.clone().oneshot(request).await.expect("the router does not fail")
    }

    async fn answer(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.expect("the router does not fail");
        let (head, body) = answer.into_parts();
        self.keep(&head.headers);
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body that ends");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: head.status, headers: head.headers, text }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("no panic while locked").get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().expect("no panic while locked").insert(name.to_owned(), value.to_owned());
    }

    pub fn forget_cookie(&self, name: &str) {
        self.cookies.lock().expect("no panic while locked").remove(name);
    }

    fn cookie_header(&self) -> Option<String> {
        let cookies = self.cookies.lock().expect("no panic while locked");
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn keep(&self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().expect("cookies are ASCII");
            let (name, rest) = line.split_once('=').expect("a cookie has a name");
            let value = rest.split(';').next().unwrap_or_default();
            if line.contains("Max-Age=0;") {
                self.forget_cookie(name);
            } else {
                self.set_cookie(name, value);
            }
        }
    }
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(LOCATION).map_or("", |location| location.to_str().expect("a location is ASCII"))
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers are ASCII"))
    }
}
