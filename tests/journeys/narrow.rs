//! Narrow windows and large text: nothing scrolls sideways or sticks out, however long a name or a word is.

use kit::testing::Engine;
use serde_json::Value;

use super::pages::{SIGNED_IN, WITH_COMMENTS};
use super::person::Person;
use crate::support::Server;

/// Widths in pixels, and sizes of text in percent of the usual one.
const SIZES: [(u32, u32); 5] = [(320, 100), (390, 100), (390, 200), (640, 200), (1280, 200)];

/// Names and texts of sixty letters without a break, as some people write them.
const LENGTHEN: &str = "(() => { const long = 'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch'; \
    document.querySelectorAll('main b:not([data-ticked]), main h2, main .said, main .on, main code, main .row-link, .account b') \
        .forEach(one => { if (one.childElementCount === 0) one.textContent = '@' + long; }); })()";
const STICKING_OUT: &str = include_str!("sticking_out.js");
/// The same of each menu and each definition of a page, one after another.
const OF_WHAT_OPENS: &str = "stickingOut => [...document.querySelectorAll('[popovertarget]:not([popovertargetaction])')].flatMap(button => { \
    const opened = document.getElementById(button.getAttribute('popovertarget')); \
    if (!opened.popover || opened.matches(':popover-open') || getComputedStyle(button).display === 'none') return []; \
    button.click(); \
    const faults = stickingOut().map(fault => `${button.textContent.trim() || opened.id} is open: ${fault}`); \
    opened.hidePopover(); \
    return faults; })";
const OPEN_ALL_DETAILS: &str = "document.querySelectorAll('main details').forEach(one => { one.open = true; })";

#[test]
fn every_page_stays_within_its_window_from_320_pixels_on_and_at_twice_the_text() {
    kit::testing::run(async {
        let server = Server::start(Engine::Sqlite).await;
        let person = Person::new(&server).await;
        let mut narrow = Narrow::of(&person);
        narrow.shows("/login").await;
        narrow.shows(&server.setup_link).await;
        person.sign_up(&server).await;
        for page in SIGNED_IN {
            narrow.shows(page).await;
        }
        person.open("/dashboard").await;
        person.press("enable-demo").await;
        person.sees("demo-enabled").await;
        for page in SIGNED_IN.iter().chain(&WITH_COMMENTS) {
            narrow.shows(page).await;
        }
        narrow.finds_nothing();
    });
}

#[test]
fn what_opens_and_what_is_asked_stays_within_the_window_too() {
    kit::testing::run(async {
        let (_server, person) = Person::with_demo_on(Engine::Sqlite).await;
        let mut narrow = Narrow::of(&person);
        for page in ["/dashboard", "/connections", "/settings/members", "/settings/replies"] {
            person.open(page).await;
            narrow.opens_everything_of(page).await;
        }
        opens_a_comment_with_a_note_and_a_tag(&person).await;
        narrow.opens_everything_of("a comment").await;
        ticks_two(&person).await;
        narrow.opens_everything_of("the inbox with ticks").await;
        for verb in ["reject", "ban", "hide"] {
            ticks_two(&person).await;
            asks_for(&person, verb).await;
            narrow.looks_at(&format!("the question before {verb}")).await;
        }
        person.browser.press("[data-test=moderation] [name=verb]").await;
        person.sees("moderation-receipt").await;
        narrow.looks_at("the receipt").await;
        narrow.finds_nothing();
    });
}

#[test]
fn on_a_phone_what_is_said_of_ticked_comments_leaves_room_for_them() {
    kit::testing::run(async {
        let (_server, person) = Person::with_demo_on(Engine::Sqlite).await;
        ticks_two(&person).await;
        for (percent, most) in [(100, 90), (200, 200)] {
            person.browser.size(390, 844).await;
            person.browser.text_size(percent).await;
            let height = "document.querySelector('.ticked').getBoundingClientRect().height";
            person.is(&format!("{most} px at {percent} %"), &format!("{height} > 0 && {height} <= {most}")).await;
        }
        person.browser.text_size(100).await;
        person.browser.press(".ticked .more").await;
        person
            .is(
                "the rest is behind one more press",
                "document.querySelector('#ticked-more [value=star]').checkVisibility()",
            )
            .await;
        person.browser.key("Escape").await;
        person
            .is("which Escape takes back", "!document.querySelector('#ticked-more [value=star]').checkVisibility()")
            .await;
        person.browser.press(".ticked .more").await;
        person.browser.press("#ticked-more [popovertarget=ticked-tagging]").await;
        person.browser.fill("#ticked-tag", "Later").await;
        person.browser.press("#ticked-tagging .primary").await;
        person
            .is(
                "they are tagged",
                "document.querySelector('.rows-pane .receipt')?.textContent.includes('Tagged 2 “Later”') ?? false",
            )
            .await;
        person.leaves_no_trace().await;
    });
}

/// Somebody's pages in every size, and what was found on them.
struct Narrow<'a> {
    person: &'a Person,
    faults: Vec<String>,
}

impl<'a> Narrow<'a> {
    fn of(person: &'a Person) -> Self {
        Self { person, faults: Vec::new() }
    }

    async fn shows(&mut self, page: &str) {
        self.person.open(page).await;
        self.looks_at(page).await;
    }

    /// At what the browser shows now.
    async fn looks_at(&mut self, what: &str) {
        self.judges(what, &format!("({STICKING_OUT})()")).await;
    }

    /// At what the browser shows now with all that is folded away, and at what its buttons open.
    async fn opens_everything_of(&mut self, what: &str) {
        self.looks_at(what).await;
        self.person.browser.evaluate(OPEN_ALL_DETAILS).await;
        self.looks_at(&format!("{what}, unfolded")).await;
        self.judges(what, &format!("({OF_WHAT_OPENS})({STICKING_OUT})")).await;
    }

    async fn judges(&mut self, what: &str, expression: &str) {
        let browser = &self.person.browser;
        for (width, percent) in SIZES {
            browser.size(width, 800).await;
            browser.text_size(percent).await;
            browser.evaluate(LENGTHEN).await;
            let Some(Value::Array(found)) = browser.evaluate(expression).await else { panic!("{what} was left") };
            let told = found.iter().filter_map(Value::as_str);
            self.faults.extend(told.map(|fault| format!("{what} at {width} px and {percent} %: {fault}")));
        }
        browser.text_size(100).await;
    }

    fn finds_nothing(self) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
    }
}

async fn ticks_two(person: &Person) {
    person.open("/inbox").await;
    person.browser.press(".row:nth-child(1) .tick").await;
    person.browser.press(".row:nth-child(2) .tick").await;
    person.browser.read("[data-ticked]", "2 selected").await;
}

async fn asks_for(person: &Person, verb: &str) {
    person.browser.press(&format!("#at-platform [value={verb}]")).await;
    person.sees("moderation").await;
}

async fn opens_a_comment_with_a_note_and_a_tag(person: &Person) {
    let comment = person.a_comment().await;
    person.open(&comment).await;
    person.browser.fill("#new-tag", "Wholesale and subscriptions").await;
    person.browser.press("#tagging [type=submit]").await;
    person.browser.see(".reading [value='Wholesale and subscriptions']").await;
    person.browser.fill("#note", "Ask the warehouse first.").await;
    person.browser.press("#noting [type=submit]").await;
    person.browser.see(".team-notes").await;
}
