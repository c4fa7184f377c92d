//! What is written and not sent yet: on a phone whose line is cut, and in two tabs at once.

use super::inbox::with_demo;
use super::person::Person;

const TYPED: &str = "document.getElementById('text')?.value === 'Two minutes, not three.'";
const IS_TOLD: &str = "document.getElementById('refused')?.textContent.includes('still here') ?? false";
const IS_SAVED: &str = "document.getElementById('text-left').textContent === 'Draft saved.'";

#[test]
fn on_a_phone_an_answer_that_cannot_be_sent_stays_and_goes_later() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        let comment = writes_on_a_phone(&person).await;
        person.browser.cut_the_line().await;
        for press in ["#composer [data-save]", ".reading .star", "#composer .primary"] {
            person.browser.press(press).await;
            person.is(&format!("{press} can't go"), IS_TOLD).await;
            person.is("the words stay", TYPED).await;
            person.browser.evaluate("document.getElementById('refused').remove()").await;
        }
        person.browser.mend_the_line().await;
        goes_now(&person, &comment).await;
    });
}

#[test]
fn on_a_phone_words_that_are_saved_stay_in_their_box_too() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        let comment = writes_on_a_phone(&person).await;
        person.is("they are saved", IS_SAVED).await;
        person.browser.cut_the_line().await;
        person.browser.press("#composer .primary").await;
        person.is("they can't go", IS_TOLD).await;
        person.is("and stay", TYPED).await;
        person.browser.mend_the_line().await;
        goes_now(&person, &comment).await;
    });
}

#[test]
fn words_of_two_tabs_are_both_in_the_box_of_the_later() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        let comment = person.a_comment().await;
        person.open(&comment).await;
        person.browser.open_tab().await;
        person.open(&comment).await;
        person.browser.fill("#text", "At nine.").await;
        person.is("it is saved", IS_SAVED).await;
        person.browser.look_at_first_tab().await;
        person.browser.fill("#text", "At ten.").await;
        person.browser.press("#composer .primary").await;
        person.browser.read("#text-left", "Your words from another tab are below.").await;
        let both = "document.getElementById('text').value === 'At ten.\\n\\nAt nine.'";
        person.is("nothing is lost, and nothing sent", both).await;
        person.browser.fill("#text", "At ten, then.").await;
        person.is("who has seen both goes on with what they mean", IS_SAVED).await;
        person.browser.reload().await;
        person.is("and that is kept", "document.getElementById('text').value === 'At ten, then.'").await;
        person.leaves_no_trace().await;
    });
}

/// The address of the comment that is answered.
async fn writes_on_a_phone(person: &Person) -> String {
    person.browser.size(390, 844).await;
    let comment = person.first_link("/inbox", ".row .row-link").await;
    person.open(&comment).await;
    person.browser.fill("#text", "Two minutes, not three.").await;
    comment
}

async fn goes_now(person: &Person, comment: &str) {
    person.browser.press("#composer .primary").await;
    let path = comment.split('?').next().unwrap_or_default();
    person.is("the next one opens", &format!("location.pathname !== '{path}'")).await;
    person.browser.read(".reading .receipt", "Sending your reply").await;
    person.open(comment).await;
    let is_there =
        "[...document.querySelectorAll('.thread li')].some(one => one.textContent.includes('Two minutes, not three.'))";
    person.is("it is published, in the thread", is_there).await;
}
