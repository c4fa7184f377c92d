//! A real browser, asked one JavaScript expression at a time.
//!
//! Pages replace their own parts while they are looked at, so no element is ever held: each question is asked anew until it
//! has an answer. Questions go over the debugging protocol, which answers with the page's scripts switched off too.

use std::time::Duration;

use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use kit::testing::{PATIENCE, wait_for};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::{ParseError, Url};

use super::process::Process;

const AXE: &str = include_str!("../vendor/axe-core/axe.min.js");

pub struct Browser {
    client: Client,
    _driver: Process,
    _profile: TempDir,
}

impl Browser {
    /// A browser that nobody has used before.
    pub async fn open() -> Self {
        let mut driver = Process::start("chromedriver", |command| {
            command.arg("--port=0");
        });
        let port = driver.line("chromedriver's port", |line| {
            line.strip_prefix("ChromeDriver was started successfully on port ")?.strip_suffix('.')?.parse::<u16>().ok()
        });
        let profile = tempfile::Builder::new().prefix("repruv-browser-").tempdir().expect("a profile directory");
        let capabilities = capabilities(&profile.path().display().to_string());
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts");
        Self { client, _driver: driver, _profile: profile }
    }

    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("goto {url}: {error}"));
    }

    pub async fn back(&self) {
        self.client.back().await.expect("there was a page before");
    }

    /// Presses a key and lets it go.
    pub async fn key(&self, key: &str) {
        // Keys that write nothing are known by their numbers.
        let (down, text, code) = match key {
            "Enter" => ("keyDown", "\r", 13),
            "Tab" => ("rawKeyDown", "", 9),
            "Escape" => ("rawKeyDown", "", 27),
            "ArrowUp" => ("rawKeyDown", "", 38),
            "ArrowDown" => ("rawKeyDown", "", 40),
            letter => ("keyDown", letter, 0),
        };
        for (kind, text) in [(down, text), ("keyUp", "")] {
            let event = json!({"type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code});
            self.protocol("Input.dispatchKeyEvent", event).await.expect("the browser takes keys");
        }
    }

    /// Presses a key with the control key held.
    pub async fn chord(&self, key: &str) {
        let code = if key == "Enter" { Some(13) } else { key.to_uppercase().bytes().next() };
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({"type": kind, "key": key, "modifiers": 2, "windowsVirtualKeyCode": code});
            self.protocol("Input.dispatchKeyEvent", event).await.expect("the browser takes keys");
        }
    }

    /// Types letter by letter into whatever has the focus.
    pub async fn type_in(&self, text: &str) {
        for letter in text.chars() {
            self.key(&letter.to_string()).await;
        }
    }

    pub async fn reload(&self) {
        self.client.refresh().await.expect("the page reloads");
    }

    pub async fn url(&self) -> Url {
        self.client.current_url().await.expect("a page has an address")
    }

    /// Another tab of the same window, which from now on is the one that is looked at.
    pub async fn open_tab(&self) {
        let tab = self.client.new_window(true).await.expect("a tab opens").handle;
        self.client.switch_to_window(tab).await.expect("it is looked at");
    }

    /// Looks at the tab that was opened first.
    pub async fn look_at_first_tab(&self) {
        let tabs = self.client.windows().await.expect("there are tabs");
        self.client.switch_to_window(tabs[0].clone()).await.expect("it is looked at");
    }

    /// From now on no page reaches anybody.
    pub async fn cut_the_line(&self) {
        self.line(true).await;
    }

    pub async fn mend_the_line(&self) {
        self.line(false).await;
    }

    async fn line(&self, is_cut: bool) {
        let line = json!({"offline": is_cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.protocol("Network.emulateNetworkConditions", line).await.expect("the line is cut or mended");
    }

    /// From now on pages run no scripts.
    pub async fn disable_javascript(&self) {
        self.protocol("Emulation.setScriptExecutionDisabled", json!({"value": true}))
            .await
            .expect("scripts are switched off");
    }

    /// `light` or `dark`.
    pub async fn prefer_colour_scheme(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.protocol("Emulation.setEmulatedMedia", features).await.expect("the colour scheme is chosen");
    }

    /// An expression's value; `None` while the page is on its way to another.
    pub async fn evaluate(&self, expression: &str) -> Option<Value> {
        let parameters = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.protocol("Runtime.evaluate", parameters).await?;
        if let Some(exception) = answer.get("exceptionDetails") {
            panic!("{}: {exception}", &expression[..expression.len().min(200)]);
        }
        Some(answer["result"].get("value").cloned().unwrap_or(Value::Null))
    }

    pub async fn count(&self, selector: &str) -> u64 {
        let expression = format!("document.querySelectorAll({}).length", json!(selector));
        wait_for("the page answers", || async { self.evaluate(&expression).await?.as_u64() }).await
    }

    /// The text as a person sees it.
    pub async fn text(&self, selector: &str) -> Option<String> {
        let expression = format!("document.querySelector({})?.innerText ?? null", json!(selector));
        self.evaluate(&expression).await?.as_str().map(str::to_owned)
    }

    /// Waits until something stands on the page.
    pub async fn see(&self, selector: &str) {
        self.wait(selector, || async { self.text(selector).await.is_some() }).await;
    }

    /// Waits until the text of something contains `part`.
    pub async fn read(&self, selector: &str, part: &str) {
        let what = format!("{selector} says {part:?}");
        self.wait(&what, || async { self.text(selector).await.is_some_and(|text| text.contains(part)) }).await;
    }

    /// Waits until an expression is true of the page.
    pub async fn holds(&self, what: &str, expression: &str) {
        self.wait(what, || async { self.evaluate(expression).await.is_some_and(|holds| holds == true) }).await;
    }

    /// Waits until something is no longer on the page.
    pub async fn miss(&self, selector: &str) {
        let what = format!("{selector} goes");
        self.wait(&what, || async { self.count(selector).await == 0 }).await;
    }

    /// The same as [`Browser::see`] for a page that runs no scripts: a person reloads it now and then.
    pub async fn see_by_reloading(&self, selector: &str) {
        self.wait(selector, || async {
            self.reload().await;
            self.text(selector).await.is_some()
        })
        .await;
    }

    /// Waits for a control and presses it once.
    pub async fn press(&self, selector: &str) {
        self.see(selector).await;
        // No answer means that the press led to another page already.
        self.evaluate(&format!("document.querySelector({}).click()", json!(selector))).await;
    }

    pub async fn fill(&self, selector: &str, value: &str) {
        self.see(selector).await;
        let expression = format!(
            "(field => {{ field.focus(); field.value = {}; field.dispatchEvent(new Event('input', {{bubbles: true}})) }})\
             (document.querySelector({}))",
            json!(value),
            json!(selector)
        );
        self.evaluate(&expression).await;
    }

    /// What axe-core has to complain about on this page, a line for each place.
    pub async fn accessibility_faults(&self) -> Vec<String> {
        self.evaluate(&format!("{AXE}; null")).await;
        let expression = "axe.run().then(found => found.violations.flatMap(rule => \
                          rule.nodes.map(node => `${rule.id}: ${rule.help}: ${node.html.slice(0, 200)}: ${node.failureSummary}`)))";
        let faults = self.evaluate(expression).await.expect("axe-core answers");
        faults
            .as_array()
            .expect("axe-core lists what it found")
            .iter()
            .map(|fault| fault.as_str().unwrap_or("?").to_owned())
            .collect()
    }

    /// Keys in localStorage, sessionStorage and IndexedDB together.
    pub async fn stored_keys(&self) -> u64 {
        let expression =
            "indexedDB.databases().then(found => found.length + localStorage.length + sessionStorage.length)";
        self.evaluate(expression).await.and_then(|count| count.as_u64()).expect("the browser counts its storage")
    }

    /// What the browser's console says since the last call: refused content, failed requests, uncaught errors.
    pub async fn console(&self) -> Vec<String> {
        self.log("browser").await.iter().map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Every address that the page asked for since the last call.
    pub async fn requested(&self) -> Vec<Url> {
        let entries = self.log("performance").await;
        let sent = entries.iter().filter_map(|entry| {
            let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            (event["message"]["method"] == "Network.requestWillBeSent")
                .then(|| Url::parse(event["message"]["params"]["request"]["url"].as_str()?).ok())?
        });
        sent.collect()
    }

    pub async fn size(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.protocol("Emulation.setDeviceMetricsOverride", size).await.expect("the window has a size");
    }

    /// The size of text that somebody prefers, in percent of the usual one.
    pub async fn text_size(&self, percent: u32) {
        let sizes = json!({"fontSizes": {"standard": 16 * percent / 100, "fixed": 13 * percent / 100}});
        self.protocol("Page.setFontSizes", sizes).await.expect("the text has a size");
    }

    pub async fn screenshot(&self, width: u32, height: u32) -> Vec<u8> {
        self.size(width, height).await;
        self.client.screenshot().await.expect("the page has a picture")
    }

    pub async fn close(self) {
        self.client.close().await.expect("the browser closes");
    }

    async fn wait<F: Future<Output = bool>>(&self, what: &str, question: impl Fn() -> F) {
        let asking = async {
            while !question().await {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, asking).await.is_err() {
            let page = self.text("body").await.unwrap_or_default();
            let console = self.console().await.join("\n");
            panic!("waited {PATIENCE:?} in vain: {what}\nat {}\n{console}\n{page}", self.url().await);
        }
    }

    async fn log(&self, kind: &'static str) -> Vec<Value> {
        let entries =
            self.client.issue_cmd(Extension("se/log", json!({"type": kind}))).await.expect("the driver keeps logs");
        entries.as_array().cloned().unwrap_or_default()
    }

    async fn protocol(&self, command: &str, parameters: Value) -> Option<Value> {
        let body = json!({"cmd": command, "params": parameters});
        self.client.issue_cmd(Extension("goog/cdp/execute", body)).await.ok()
    }
}

/// A command that chromedriver adds to the standard's.
#[derive(Debug)]
struct Extension(&'static str, Value);

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}

fn capabilities(profile: &str) -> serde_json::Map<String, Value> {
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1280,900",
        // The browser ends with its driver, however that ends.
        "--remote-debugging-pipe",
        &format!("--user-data-dir={profile}"),
    ];
    let capabilities = json!({
        "browserName": "chrome",
        "goog:chromeOptions": {"args": arguments},
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
    });
    capabilities.as_object().expect("it is an object").clone()
}
