//! What a team puts on comments: stars, tags, notes and who sees to it, by keyboard and without scripts.

use super::inbox::with_demo;
use super::person::Person;

#[test]
fn a_comment_is_starred_tagged_assigned_and_noted_by_keyboard() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        person.opens_the_first().await;
        person.browser.key("s").await;
        told(&person, "Starred.").await;
        person.is("the button says so", "document.querySelector('.reading .star').ariaPressed === 'true'").await;
        person.is("so does the row", "document.querySelector('.row[aria-current] .starred') !== null").await;

        person.browser.key("#").await;
        person.is("the field for a tag has the focus", "document.activeElement.id === 'new-tag'").await;
        person.browser.fill("#new-tag", "Shipping").await;
        person.browser.key("Enter").await;
        told(&person, "Tagged “Shipping”.").await;
        person
            .is("the row bears it", "document.querySelector('.row[aria-current] .label')?.textContent === 'Shipping'")
            .await;

        person.browser.key("a").await;
        person.is("its members are offered", "document.activeElement.textContent.trim() === 'Me'").await;
        person.browser.key("Enter").await;
        told(&person, "Assigned to you.").await;
        person.is("the row shows whose it is", "document.querySelector('.row[aria-current] .assignee') !== null").await;
        person.browser.key("z").await;
        person.is("it is nobody's again", "document.querySelector('.row[aria-current] .assignee') === null && document.querySelector('.reading [data-key=a]').textContent.trim() === 'Assign'").await;

        person.browser.press(".note-card summary").await;
        person.browser.fill("#note", "Ask the warehouse first.").await;
        person.browser.press("#noting button").await;
        person
            .is(
                "the note stands under the thread",
                "document.querySelector('.team-notes')?.textContent.includes('Ask the warehouse first.') ?? false",
            )
            .await;
        assert_eq!(person.browser.accessibility_faults().await, Vec::<String>::new());
        person.leaves_no_trace().await;
    });
}

#[test]
fn what_is_no_tag_is_told_beside_its_field() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        person.opens_the_first().await;
        person.browser.key("#").await;
        person.is("the field has the focus", "document.activeElement.id === 'new-tag'").await;
        person.browser.fill("#new-tag", "a".repeat(41).as_str()).await;
        person.browser.key("Enter").await;
        person.is("what is wrong stands beside it", "document.getElementById('new-tag-error')?.checkVisibility() === true && document.activeElement.id === 'new-tag' && document.activeElement.value.length === 41").await;
        // The console tells of the 422; nothing else is asked of this page.
        person.browser.close().await;
    });
}

#[test]
fn many_are_tagged_at_once_and_filtered_by_it() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        for key in ["j", "x", "j", "j", "X", "#"] {
            person.browser.key(key).await;
        }
        person.is("the field for a tag has the focus", "document.activeElement.id === 'ticked-tag'").await;
        person.browser.fill("#ticked-tag", "Later").await;
        person.browser.key("Enter").await;
        person
            .is(
                "a line says so",
                "document.querySelector('.rows-pane .receipt')?.textContent.includes('Tagged 3 “Later”.') ?? false",
            )
            .await;
        person.open("/inbox?tag=later").await;
        person.is("they are found by it", "document.querySelectorAll('.row').length >= 3 && [...document.querySelectorAll('.row')].every(row => row.querySelector('.label')?.textContent === 'Later')").await;
        assert_eq!(person.browser.accessibility_faults().await, Vec::<String>::new());
        person.leaves_no_trace().await;
    });
}

#[test]
fn a_saved_reply_is_seen_inserted_at_the_cursor_and_sent() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.browser.size(1280, 900).await;
        person.open("/settings/replies").await;
        person.browser.fill("#name-new", "Where").await;
        person.browser.fill("#text-new", "{first_name}, it is “{content_title}”.").await;
        person.browser.press("form[action^='/settings/replies?'] button").await;
        person.is("it is saved", "document.body.textContent.includes('Reply saved.')").await;
        person.open("/inbox").await;
        person.sees("interaction").await;
        person.opens_the_first().await;
        let id = person.browser.evaluate("document.getElementById('reading').dataset.id").await;
        let id = id.as_ref().and_then(|id| id.as_str()).expect("an id").to_owned();
        person.browser.key("r").await;
        person.browser.fill("#text", "Good morning. See you!").await;
        person.browser.evaluate("document.getElementById('text').setSelectionRange(14, 14)").await;
        person.browser.evaluate("(() => { const saved = document.getElementById('saved'); saved.value = [...saved.options].find(one => one.text === 'Where').value; saved.dispatchEvent(new Event('change', {bubbles: true})); })()").await;
        person
            .is(
                "it is shown as it would be sent",
                "document.querySelector('.preview').textContent.startsWith('It is “')",
            )
            .await;
        person.browser.press("[data-insert]").await;
        person.is("it is where the cursor was", "document.getElementById('text').value.startsWith('Good morning. It is “') && document.getElementById('text').value.endsWith('”.See you!')").await;
        person.is("the cursor is in the box", "document.activeElement.id === 'text'").await;
        person.is("it is kept", "document.getElementById('text-left').textContent === 'Draft saved.'").await;
        person.browser.press("#composer button.primary").await;
        person.is("the next one opens", &format!("document.getElementById('reading').dataset.id !== '{id}'")).await;
        person.open(&format!("/inbox/{id}")).await;
        person.is("it is published, in the thread", "[...document.querySelectorAll('.thread li')].some(one => one.textContent.includes('Good morning. It is “'))").await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn a_team_needs_no_javascript() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.browser.disable_javascript().await;
        person.open("/inbox").await;
        person.browser.press(".row:not(:has(.assignee, .starred)) .row-link").await;
        person.browser.see("#reading-title").await;
        person.browser.press(".reading .star").await;
        told(&person, "Starred.").await;
        person.browser.press(".reading [popovertarget=tagging]").await;
        person.browser.fill("#new-tag", "Shipping").await;
        person.browser.press("#tagging button").await;
        told(&person, "Tagged “Shipping”.").await;
        person.browser.press(".reading [popovertarget=assigning]").await;
        person.browser.press("#assigning button").await;
        told(&person, "Assigned to you.").await;
        person.browser.press(".receipt button").await;
        person
            .is(
                "it is nobody's again",
                "document.querySelector('.reading [data-key=a]').textContent.trim() === 'Assign'",
            )
            .await;
        person.browser.press(".note-card summary").await;
        person.browser.fill("#note", "Ask the warehouse first.").await;
        person.browser.press("#noting button").await;
        person
            .is(
                "the note is there",
                "document.querySelector('.team-notes')?.textContent.includes('Ask the warehouse first.') ?? false",
            )
            .await;
        person.browser.press(".team-notes button").await;
        person.is("the note is gone", "document.querySelector('.team-notes') === null").await;
        person.browser.fill("#text", "Good morning.").await;
        person.browser.evaluate("document.getElementById('saved').selectedIndex = 1").await;
        person.browser.press("[data-insert]").await;
        person.is("the saved reply is in the draft", "document.getElementById('text').value.startsWith('Good morning.\\n\\n') && document.getElementById('text').value.length > 20").await;
        person.leaves_no_trace().await;
    });
}

async fn told(person: &Person, words: &str) {
    let said = format!("document.querySelector('.reading .receipt')?.textContent.includes('{words}') ?? false");
    person.is(words, &said).await;
}
