//! Every command by its name, by keyboard alone.

use kit::testing::Engine;

use super::inbox::with_demo;
use super::person::Person;
use crate::support::Server;

const ACTIVE: &str = "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))";
const IS_OPEN: &str = "document.getElementById('palette').open";

#[test]
fn any_command_is_found_by_its_name_and_the_focus_comes_back() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        person.browser.key("j").await;
        let row = "document.activeElement.closest('.row')?.id";
        let first = person.browser.evaluate(row).await.and_then(|id| id.as_str().map(str::to_owned)).expect("a row");

        person.browser.chord("k").await;
        person
            .is(
                "it opens with its list",
                &format!("{IS_OPEN} && document.querySelectorAll('#palette [role=option]').length > 20"),
            )
            .await;
        person.is("the first is chosen", &format!("{ACTIVE}?.ariaSelected === 'true'")).await;
        let faults = person.browser.accessibility_faults().await;
        assert!(faults.is_empty(), "{faults:#?}");
        person.is("nothing is offered that would do nothing", "document.querySelector('#palette [data-press=u]').hidden && !document.querySelector('#palette [data-press=x]').hidden").await;
        person.browser.key("Escape").await;
        person.is("Escape leads back to the row", &format!("!{IS_OPEN} && {row} === '{first}'")).await;

        person.browser.chord("k").await;
        person.browser.type_in("comm op").await;
        person
            .is(
                "words in any order, by their beginnings",
                &format!("{ACTIVE}?.textContent.startsWith('Open the comment') ?? false"),
            )
            .await;
        person.browser.key("Enter").await;
        person
            .is(
                "its command is done",
                &format!("!{IS_OPEN} && 'i-' + document.getElementById('reading')?.dataset.id === '{first}'"),
            )
            .await;

        person.browser.chord("k").await;
        person.browser.type_in("done").await;
        person.is("its key stands beside it", &format!("{ACTIVE}?.querySelector('kbd')?.textContent === 'e'")).await;
        person.browser.key("Enter").await;
        person.is("it is done", &format!("document.getElementById('{first}') === null && document.querySelector('.receipt')?.textContent.includes('Marked done')")).await;

        person.leaves_no_trace().await;
    });
}

#[test]
fn places_are_found_by_their_names_and_nothing_is_made_up() {
    kit::testing::run(async {
        let server = Server::start(Engine::Sqlite).await;
        let person = Person::new(&server).await;
        person.sign_up(&server).await;
        person.browser.chord("k").await;
        person.browser.type_in("xyzzy").await;
        person
            .is(
                "it says what it does not know",
                "document.querySelector('#palette [role=status]').textContent === 'No command has that name.'",
            )
            .await;
        person.browser.chord("k").await;
        person.is("its key closes it too", &format!("!{IS_OPEN}")).await;
        person.browser.chord("k").await;
        person.browser.type_in("sett mem").await;
        person.browser.key("Enter").await;
        person.is("places are commands", "location.pathname === '/settings/members'").await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn it_works_in_the_dark_on_a_phone_and_without_keys() {
    kit::testing::run(async {
        let server = Server::start(Engine::Sqlite).await;
        let person = Person::new(&server).await;
        person.sign_up(&server).await;
        person.browser.prefer_colour_scheme("dark").await;
        person.browser.size(390, 800).await;
        person.browser.press("[data-palette]").await;
        person.is("arrows go round", &format!("{ACTIVE}?.textContent === 'Dashboard'")).await;
        person.browser.key("ArrowUp").await;
        person.is("to the last", &format!("{ACTIVE}?.textContent === 'Sign out'")).await;
        let faults = person.browser.accessibility_faults().await;
        assert!(faults.is_empty(), "{faults:#?}");
        person.browser.key("ArrowDown").await;
        person.browser.key("ArrowDown").await;
        person.browser.key("Enter").await;
        person.is("the second", "location.pathname === '/inbox'").await;

        person.open("/settings/account").await;
        person.browser.press("form[action='/settings/account/shortcuts'] button").await;
        person.is("the keys are off", "'off' in document.getElementById('palette').dataset").await;
        person.browser.chord("k").await;
        person.is("so is this one", &format!("!{IS_OPEN}")).await;
        person.browser.press("[data-palette]").await;
        person.is("the button is there", IS_OPEN).await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn without_javascript_it_is_a_page() {
    kit::testing::run(async {
        let server = Server::start(Engine::Sqlite).await;
        let person = Person::new(&server).await;
        person.sign_up(&server).await;
        person.browser.disable_javascript().await;
        person.open("/connections").await;
        person.browser.press("[data-palette]").await;
        person.is("all places", "location.pathname === '/palette'").await;
        person.browser.press("main a[href='/settings/members']").await;
        person.is("one of them", "location.pathname === '/settings/members'").await;
        person.leaves_no_trace().await;
    });
}
