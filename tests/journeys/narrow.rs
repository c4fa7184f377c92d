//! Narrow windows and large text: nothing scrolls sideways, however long a name or a word is.

use kit::testing::Engine;

use super::pages::{SIGNED_IN, WITH_COMMENTS};
use super::person::Person;
use crate::support::Server;

/// Names and texts of sixty letters without a break, as some people write them.
const LENGTHEN: &str = "(() => { const long = 'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch'; \
    document.querySelectorAll('main b, main h2, main .said, main .on, main code, main .row-link, .account b').forEach(one => { \
        if (one.childElementCount === 0) one.textContent = '@' + long; }); })()";
const WIDER: &str = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

#[test]
fn nothing_scrolls_sideways_from_320_pixels_on_nor_at_twice_the_text() {
    kit::testing::run(async {
        let server = Server::start(Engine::Sqlite).await;
        let person = Person::new(&server).await;
        let mut faults = Vec::new();
        look(&person, "/login", &mut faults).await;
        look(&person, &server.setup_link, &mut faults).await;
        person.browser.text_size(100).await;
        person.sign_up(&server).await;
        for page in SIGNED_IN {
            look(&person, page, &mut faults).await;
        }
        person.browser.text_size(100).await;
        person.open("/dashboard").await;
        person.press("enable-demo").await;
        person.sees("demo-enabled").await;
        for page in SIGNED_IN.iter().chain(&WITH_COMMENTS) {
            look(&person, page, &mut faults).await;
        }
        let comment = person.a_comment().await;
        look(&person, &comment, &mut faults).await;
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

async fn look(person: &Person, page: &str, faults: &mut Vec<String>) {
    for (width, percent) in [(320, 100), (390, 100), (640, 200), (1280, 200)] {
        person.browser.size(width, 800).await;
        person.browser.text_size(percent).await;
        person.open(page).await;
        person.browser.evaluate(LENGTHEN).await;
        let wider = person.browser.evaluate(WIDER).await.and_then(|wider| wider.as_i64()).unwrap_or_default();
        if wider > 0 {
            faults.push(format!("{page} at {width} px and {percent} % is {wider} px too wide"));
        }
    }
}
