//! Every page, in both colour schemes, before and after demo mode: nothing for axe-core to complain about.

use kit::testing::Engine;

use super::person::Person;
use crate::support::Server;

const SIGNED_OUT: [&str; 1] = ["/login"];
pub const SIGNED_IN: [&str; 17] = [
    "/dashboard",
    "/inbox",
    "/connections",
    "/activity",
    "/activity/installation",
    "/settings/demo",
    "/settings/account",
    "/settings/sessions",
    "/settings/api-keys",
    "/settings/people",
    "/settings/members",
    "/settings/replies",
    "/settings/corrections",
    "/inbox/approvals",
    "/inbox/views",
    "/palette?from=/inbox",
    "/no-such-page",
];

/// Where there are comments to show.
pub const WITH_COMMENTS: [&str; 9] = [
    "/inbox?state=all",
    "/inbox?state=answered&language=fr&since=2030-01-01",
    "/inbox?since=2026-11-22&until=2026-11-01",
    "/activity?status=completed",
    "/inbox?state=all&q=thanks",
    "/inbox?state=all&q=nobodysaysthis",
    "/inbox?state=all&assignee=me",
    "/inbox?kind=comment&intent=question&days=last_30_days#at-kind",
    "/inbox?tag=holiday&connection=01890a5d-ac96-774b-bcce-b302099a8057",
];

#[test]
fn every_page_is_accessible() {
    kit::testing::run(async {
        let server = Server::start(Engine::Sqlite).await;
        let person = Person::new(&server).await;
        let mut faults = Vec::new();
        for page in SIGNED_OUT {
            faults.extend(faults_of(&person, page).await);
        }
        faults.extend(faults_of(&person, &server.setup_link).await);
        person.sign_up(&server).await;
        for page in SIGNED_IN {
            faults.extend(faults_of(&person, page).await);
        }
        person.open("/dashboard").await;
        person.press("enable-demo").await;
        person.sees("demo-enabled").await;
        for page in SIGNED_IN.iter().chain(&WITH_COMMENTS) {
            faults.extend(faults_of(&person, page).await);
        }
        let (comment, job) = (person.a_comment().await, person.first_link("/activity", ".row-link").await);
        for page in [comment, job] {
            faults.extend(faults_of(&person, &page).await);
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

async fn faults_of(person: &Person, page: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for scheme in ["light", "dark"] {
        person.browser.prefer_colour_scheme(scheme).await;
        person.open(page).await;
        let found = person.browser.accessibility_faults().await;
        faults.extend(found.into_iter().map(|fault| format!("{page}, {scheme}: {fault}")));
    }
    faults
}

/// The other journeys rest on these: each would be blind if it did not see what is done here on purpose.
#[test]
fn what_journeys_watch_for_is_seen() {
    kit::testing::run(async {
        let server = Server::start(Engine::Sqlite).await;
        let person = Person::new(&server).await;
        person.open("/login").await;
        let mischief = "localStorage.setItem('a', '1'); \
                        document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/elsewhere.png'})); \
                        document.querySelector('h1').insertAdjacentHTML('afterend', '<i style=\"color: red\">') || null";
        let script = format!("(() => {{ try {{ {mischief} }} catch (error) {{ return error.name }} }})()");
        let refusal = person.browser.evaluate(&script).await;
        assert_eq!(refusal, Some("TypeError".into()), "text does not become markup");
        assert_eq!(person.browser.stored_keys().await, 1);
        let console = person.browser.console().await.join("\n");
        assert!(console.contains("elsewhere.png") && console.contains("Content Security Policy"), "{console}");
    });
}
