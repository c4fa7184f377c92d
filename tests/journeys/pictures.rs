//! Pictures of the pages, for the README and for eyes: `cargo test --test main pictures -- --ignored`.

use std::fs;

use kit::testing::Engine;

use super::person::Person;
use crate::support::Server;

const PAGES: [(&str, &str); 13] = [
    ("dashboard", "/dashboard"),
    ("inbox", "/inbox"),
    ("connections", "/connections"),
    ("activity", "/activity"),
    ("demo", "/settings/demo"),
    ("sessions", "/settings/sessions"),
    ("members", "/settings/members"),
    ("saved-replies", "/settings/replies"),
    ("approvals", "/inbox/approvals"),
    ("search", "/inbox?state=all&q=thanks"),
    ("filters", "/inbox?kind=comment&intent=question&days=last_30_days#at-kind"),
    ("views", "/inbox/views"),
    ("gone", "/inbox?tag=holiday&connection=01890a5d-ac96-774b-bcce-b302099a8057"),
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
        for (name, filter) in [
            ("Questions", "kind=comment&intent=question"),
            ("Mine", "assignee=me"),
            ("Reviews that wait", "kind=review&state=needs_reply"),
        ] {
            let save = format!(
                "fetch('/inbox/views', {{ method: 'POST', body: new URLSearchParams({{ name: '{name}', filter: '{filter}' }}) }}).then(() => document.title = '{name}')"
            );
            person.browser.evaluate(&save).await;
            person.is("a view is saved", &format!("document.title === '{name}'")).await;
        }
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

/// Moves all that waits out of the way, as the form of the ticked rows does.
const CLEAR: &str = "(async () => { for (let round = 0; round < 40; round++) {
    const page = await (await fetch('/inbox')).text();
    const ids = [...page.matchAll(/name=\"id\" value=\"([^\"]+)\"/g)].map((found) => found[1]);
    if (!ids.length) break;
    const body = new URLSearchParams(ids.map((id) => ['id', id]).concat([['to', 'done']]));
    await fetch('/inbox/moves', { method: 'POST', body });
} document.title = 'cleared'; })()";

#[test]
#[ignore = "makes pictures instead of judging"]
fn of_the_inbox_at_work() {
    kit::testing::run(async {
        let (_server, person) = Person::with_demo_on(Engine::Sqlite).await;
        let first = person.first_link("/inbox", "[data-test=interaction] .row-link").await;
        take(&person, "item", &first).await;
        let watch = person.first_link(&first, "a[href*=simulator]").await;
        take(&person, "watch", &watch).await;
        person.open(&first).await;
        person.browser.fill("#text", "Thank you for asking: two minutes, not three.").await;
        person.browser.press(".composer [type=submit]").await;
        person.open("/inbox").await;
        person.browser.size(1280, 1000).await;
        for key in ["j", "x", "j", "j", "X"] {
            person.browser.key(key).await;
        }
        save("ticked", &person.browser.screenshot(1280, 1000).await);
        for scheme in ["light", "dark"] {
            person.browser.prefer_colour_scheme(scheme).await;
            for (width, height) in [(1280, 1000), (390, 844)] {
                person.browser.size(width, height).await;
                person.open("/inbox").await;
                person.browser.key("j").await;
                person.browser.press("[data-palette]").await;
                person.browser.see("#palette [role=option]").await;
                save(&format!("palette-{width}-{scheme}"), &person.browser.screenshot(width, height).await);
            }
        }
        person.open("/inbox").await;
        person.browser.key("?").await;
        save("keys", &person.browser.screenshot(1280, 1000).await);
        person.browser.evaluate(CLEAR).await;
        person.is("all is done", "document.title === 'cleared'").await;
        take(&person, "zero", "/inbox").await;
        take(&person, "tour-end", "/dashboard").await;
    });
}

fn save(name: &str, picture: &[u8]) {
    fs::write(format!("target/pictures/{name}.png"), picture).expect("target is writable");
}
