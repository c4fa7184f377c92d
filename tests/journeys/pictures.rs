//! Pictures of the pages, for the README and for eyes: `cargo test --test main pictures -- --ignored`.

use std::fs;

use kit::testing::Engine;

use super::person::Person;
use crate::support::Server;

const PAGES: [(&str, &str); 6] = [
    ("dashboard", "/dashboard"),
    ("inbox", "/inbox"),
    ("connections", "/connections"),
    ("activity", "/activity"),
    ("demo", "/settings/demo"),
    ("sessions", "/settings/sessions"),
];

#[test]
#[ignore = "makes pictures instead of judging"]
fn of_every_page() {
    kit::testing::run(async {
        let server = Server::start_with(Engine::Sqlite, &[("REPRUV_SIMULATOR_DELAY_MS", "60")]).await;
        let person = Person::new(&server).await;
        take(&person, "login", "/login").await;
        take(&person, "setup", &server.setup_link).await;
        person.sign_up(&server).await;
        take(&person, "empty", "/dashboard").await;
        person.press("enable-demo").await;
        person.sees("demo-enabling").await;
        take(&person, "enabling", "/dashboard").await;
        person.sees("demo-enabled").await;
        for (name, page) in PAGES {
            take(&person, name, page).await;
        }
        fs::copy("target/pictures/dashboard-1280-light.png", "docs/screenshot-dashboard.png")
            .expect("docs is a folder");
    });
}

async fn take(person: &Person, name: &str, page: &str) {
    fs::create_dir_all("target/pictures").expect("target is writable");
    for scheme in ["light", "dark"] {
        person.browser.prefer_colour_scheme(scheme).await;
        for (width, height) in [(1280, 1000), (390, 844)] {
            person.open(page).await;
            let picture = person.browser.screenshot(width, height).await;
            fs::write(format!("target/pictures/{name}-{width}-{scheme}.png"), picture).expect("target is writable");
        }
    }
}
