//! Pages in states that they are in for a moment, or only after somebody did something: nothing for axe-core to complain about.

use kit::testing::wait_until;

use super::inbox::with_demo;
use super::person::Person;

#[test]
fn a_word_on_all_that_match_is_accessible_from_the_question_to_the_undo() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        person.browser.key("j").await;
        person.browser.key("x").await;
        person.browser.see(".all-matching").await;
        person.browser.press(".all-matching input").await;
        let rows = "[...document.querySelectorAll('.row')].map(row => row.id)";
        let meant = person.browser.evaluate(rows).await.expect("the list has rows");
        sound(&person, "all that match are meant").await;
        person.browser.press(".ticked [value=done]").await;
        person
            .is("a line says so", "/Marked .* done/.test(document.querySelector('.receipt')?.textContent ?? '')")
            .await;
        sound(&person, "all that match are done").await;
        person.browser.reload().await;
        let are_gone = format!("{meant}.every(id => document.getElementById(id) === null)");
        person.is("none of them is left", &are_gone).await;
        person.is("nor any of the other pages", "document.querySelectorAll('.row').length < 12").await;
        // Fans write on: whoever came meanwhile was not meant.
        let newcomers = "fetch('/inbox/moves?state=needs_reply', { method: 'POST', body: new URLSearchParams({ all: 'yes', to: 'done' }) })";
        wait_until("nothing is left to do", || async {
            let rows = person.browser.evaluate("document.querySelectorAll('.row').length").await;
            if rows.and_then(|count| count.as_i64()) == Some(0) {
                return true;
            }
            person.browser.evaluate(newcomers).await;
            person.browser.reload().await;
            false
        })
        .await;
        sound(&person, "nothing is left").await;
        person.browser.press(".receipt button").await;
        person.is("they are back", "document.querySelectorAll('.row').length > 12").await;
        sound(&person, "all that match are back").await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn what_was_set_right_is_accessible_on_the_comment_and_in_the_list_of_it_all() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        person.opens_the_first().await;
        person.browser.press(".correct summary").await;
        sound(&person, "the right one is asked for").await;
        // No rule says so of any text.
        let other = "(() => { const choice = [...document.querySelectorAll('.correct select')]\
             .find(one => one.querySelector('[value=other]')); choice.value = 'other'; choice.form.requestSubmit(); })()";
        person.browser.evaluate(other).await;
        person.browser.see(".corrected").await;
        sound(&person, "it is set right").await;
        person.open("/settings/corrections").await;
        person.sees("correction").await;
        sound(&person, "all that was set right").await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn views_that_were_saved_are_accessible_beside_the_list_and_where_they_are_put_in_order() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.browser.size(1280, 800).await;
        for (name, filter) in [("Questions", "kind=comment&intent=question"), ("Sad ones", "sentiment=negative")] {
            person.open(&format!("/inbox?{filter}")).await;
            person.browser.fill("#view-name", name).await;
            person.browser.press("#save-view [action^='/inbox/views?'] [type=submit]").await;
            let is_open = format!(
                "document.querySelector('.side-views [aria-current]')?.textContent.includes('{name}') ?? false"
            );
            person.is("it is open", &is_open).await;
            sound(&person, name).await;
        }
        person.open("/inbox/views").await;
        person.is("both are there", "document.querySelectorAll('[data-test=view]').length === 2").await;
        sound(&person, "views in order").await;
        person.leaves_no_trace().await;
    });
}

/// Wide and narrow.
async fn sound(person: &Person, state: &str) {
    for width in [1280, 390] {
        person.browser.size(width, 800).await;
        person.is_sound(&format!("{state}, {width} px wide")).await;
    }
    person.browser.size(1280, 800).await;
}
