//! The restaurant's demo: reviews with stars, an answer that Google moderates, and a sign-in that opens several locations.

use kit::testing::Engine;

use super::person::Person;
use crate::support::Server;

async fn restaurant() -> (Server, Person) {
    let server = Server::start(Engine::Sqlite).await;
    let person = Person::new(&server).await;
    person.sign_up(&server).await;
    person.press("enable-restaurant").await;
    person.sees("demo-enabled").await;
    (server, person)
}

#[test]
fn a_review_is_found_by_its_stars_and_its_answer_waits_for_google() {
    kit::testing::run(async {
        let (_server, person) = restaurant().await;
        person.open("/connections").await;
        person.sees("ratings").await;
        person.is_sound("connections").await;
        person.browser.press("[data-test=ratings] li:last-child .waiting").await;
        person
            .is(
                "the list is that of one star",
                "document.querySelectorAll('.row .stars').length > 0 && \
            [...document.querySelectorAll('.row .stars')].every(stars => stars.textContent.trim() === '★☆☆☆☆')",
            )
            .await;
        person.browser.size(1280, 800).await;
        person.opens_the_first().await;
        person.is_sound("review").await;
        let review = person.browser.evaluate("document.getElementById('reading').dataset.id").await;
        let review = review.and_then(|id| id.as_str().map(str::to_owned)).expect("it is open");
        person.browser.read("#text-left", "Up to about 4,096 characters.").await;
        person.browser.fill("#text", &"é".repeat(1_900)).await;
        person.browser.read("#text-left", "About 148 characters left.").await;
        person.browser.fill("#text", "We are sorry, and have talked it over with the kitchen.").await;
        person.browser.press("#composer .primary").await;
        person.browser.see(".receipt").await;
        person.open(&format!("/inbox/{review}")).await;
        person.reads("reply-standing", "waiting for moderation").await;
        person.is_sound("moderated").await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn of_several_locations_one_is_chosen_again() {
    kit::testing::run(async {
        let (_server, person) = restaurant().await;
        person.open("/connections").await;
        person.press("disconnect-connection").await;
        person.is("one is left", "document.querySelectorAll('[data-status=disconnected]').length === 1").await;
        person.press("connect-google_business").await;
        person.press("continue-to-consent").await;
        person.browser.press("[name=decision][value=allow]").await;
        person.press("choose-accounts").await;
        person.sees("choosing").await;
        person
            .is("the one that is read is not offered", "document.querySelectorAll('[name=account]').length === 1")
            .await;
        person.is_sound("choosing").await;
        person.press("connect-chosen").await;
        person.is("both are connected", "document.querySelectorAll('[data-status=connected]').length === 2").await;
    });
}
