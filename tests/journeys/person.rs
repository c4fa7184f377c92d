//! A person at a browser of their own.

use kit::testing::Engine;
use url::Url;

use crate::support::{Browser, EMAIL, PASSWORD, Server};

pub struct Person {
    pub browser: Browser,
    server: Url,
}

impl Person {
    pub async fn new(server: &Server) -> Self {
        Self {
            browser: Browser::open().await,
            server: Url::parse(&server.url("/")).expect("the server has an address"),
        }
    }

    /// Ann with a server of her own and a demo that is set up.
    pub async fn with_demo_on(engine: Engine) -> (Server, Self) {
        let server = Server::start(engine).await;
        let person = Self::new(&server).await;
        person.sign_up(&server).await;
        person.press("enable-demo").await;
        person.sees("demo-enabled").await;
        (server, person)
    }

    /// Opens the link that the first start printed and makes the first account.
    pub async fn sign_up(&self, server: &Server) {
        self.browser.goto(&server.setup_link).await;
        self.browser.fill("[name=name]", "Ann").await;
        self.browser.fill("[name=email]", EMAIL).await;
        self.browser.fill("[name=password]", PASSWORD).await;
        self.browser.press("main form [type=submit]").await;
        self.browser.see("[data-test=enable-demo]").await;
    }

    pub async fn sign_in(&self) {
        self.open("/login").await;
        self.browser.fill("[name=email]", EMAIL).await;
        self.browser.fill("[name=password]", PASSWORD).await;
        self.browser.press("main form [type=submit]").await;
        self.browser.see("[data-test^=metric-]").await;
    }

    pub async fn open(&self, path: &str) {
        self.browser.goto(self.server.join(path).expect("a path").as_str()).await;
    }

    pub async fn press(&self, hook: &str) {
        self.browser.press(&hooked(hook)).await;
    }

    pub async fn sees(&self, hook: &str) {
        self.browser.see(&hooked(hook)).await;
    }

    pub async fn sees_by_reloading(&self, hook: &str) {
        self.browser.see_by_reloading(&hooked(hook)).await;
    }

    pub async fn reads(&self, hook: &str, part: &str) {
        self.browser.read(&hooked(hook), part).await;
    }

    /// Waits until an expression is true of the page.
    pub async fn is(&self, what: &str, expression: &str) {
        self.browser.holds(what, expression).await;
    }

    /// In two panes.
    pub async fn at_the_inbox(&self) {
        self.at("/inbox").await;
    }

    /// What waits on YouTube, where comments can be rejected and answers edited: other platforms know neither.
    pub async fn at_youtube(&self) {
        self.at("/inbox?platform=youtube").await;
    }

    async fn at(&self, list: &str) {
        self.browser.size(1280, 800).await;
        self.open(list).await;
        self.sees("interaction").await;
    }

    /// By keyboard.
    pub async fn opens_the_first(&self) {
        self.browser.key("j").await;
        self.browser.key("Enter").await;
        self.is("it is open", "document.getElementById('reading')?.dataset.id !== undefined").await;
    }

    /// The address of some comment of the inbox.
    pub async fn a_comment(&self) -> String {
        self.first_link("/inbox?state=all", ".row .row-link").await
    }

    pub async fn first_link(&self, page: &str, selector: &str) -> String {
        self.open(page).await;
        self.browser.see(selector).await;
        let address = format!("document.querySelector('{selector}').getAttribute('href')");
        let address = self.browser.evaluate(&address).await;
        address.and_then(|address| address.as_str().map(str::to_owned)).expect("a link leads somewhere")
    }

    /// The page as it is now, in both colour schemes: nothing for axe-core to complain about.
    pub async fn is_sound(&self, state: &str) {
        for scheme in ["light", "dark"] {
            self.browser.prefer_colour_scheme(scheme).await;
            assert_eq!(self.browser.accessibility_faults().await, Vec::<String>::new(), "{state}, {scheme}");
        }
    }

    pub async fn no_longer_sees(&self, hook: &str) {
        self.browser.miss(&hooked(hook)).await;
    }

    /// Nothing is kept in the browser, nothing was refused by the page's own policy, nobody else was asked for anything.
    pub async fn leaves_no_trace(self) {
        assert_eq!(self.browser.stored_keys().await, 0, "browser storage is empty");
        let refused: Vec<_> =
            self.browser.console().await.into_iter().filter(|line| !is_connection_trouble(line)).collect();
        assert!(refused.is_empty(), "the browser's console says {refused:#?}");
        // The browser's own pages have addresses of their own kinds.
        let own =
            |url: &Url| matches!(url.scheme(), "about" | "chrome" | "data") || url.origin() == self.server.origin();
        let elsewhere: Vec<_> = self.browser.requested().await.into_iter().filter(|url| !own(url)).collect();
        assert!(elsewhere.is_empty(), "the pages asked other hosts: {elsewhere:#?}");
        self.browser.close().await;
    }
}

/// A killed server cannot answer; every journey that kills one sees that in the console.
fn is_connection_trouble(line: &str) -> bool {
    line.contains("net::ERR_")
}

fn hooked(hook: &str) -> String {
    format!("[data-test=\"{hook}\"]")
}
