//! The inbox, worked by keyboard, read while new comments come in, on a phone and without scripts.

use kit::testing::Engine;
use serde_json::json;

use super::person::Person;
use crate::support::{EMAIL, PASSWORD, Server};

const FOCUSED: &str = "document.activeElement.closest('.row')?.id ?? null";
const OPENED: &str = "document.getElementById('reading')?.dataset.id ?? null";

#[test]
fn the_inbox_is_worked_by_keyboard() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        person.is("the rows of one screen", "[...document.querySelectorAll('.row')].filter(row => row.getBoundingClientRect().bottom <= innerHeight).length >= 12").await;

        person.browser.key("j").await;
        person.browser.key("j").await;
        let second = format!("document.querySelectorAll('.row')[1].id === ({FOCUSED})");
        person.is("j moves to the second row", &second).await;
        person.browser.key("Enter").await;
        person.is("Enter opens it beside the list", &format!("'i-' + ({OPENED}) === ({FOCUSED})")).await;
        person.is("the list stays where it is", "document.querySelectorAll('.row').length > 12").await;
        person.browser.key("j").await;
        person.is("j opens the next", &format!("'i-' + ({OPENED}) === document.querySelectorAll('.row')[2].id")).await;
        person.browser.key("u").await;
        person.is("u goes back to the row", &format!("({OPENED}) === null && ({FOCUSED}) === document.querySelectorAll('.row')[2].id && location.pathname === '/inbox'")).await;
        person.browser.back().await;
        person.is("so does the browser", &format!("({OPENED}) !== null")).await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn a_list_that_is_read_stays_as_it_is_and_says_what_is_new() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.open("/inbox").await;
        person.sees("interaction").await;
        person.browser.key("j").await;
        person.browser.key("j").await;
        let before = person.browser.evaluate(FOCUSED).await;
        // What a hint brings: the same list with one row more, above all others.
        let arrive = "(() => { const part = document.getElementById('panel-inbox'); const fresh = part.cloneNode(true); \
             const row = fresh.querySelector('.row').cloneNode(true); row.id = 'i-new'; \
             row.querySelector('a').setAttribute('href', '/inbox/new'); fresh.querySelector('.rows').prepend(row); \
             part.dispatchEvent(new CustomEvent('freshen', {bubbles: true, cancelable: true, \
                 detail: {fresh, replace: () => part.replaceWith(fresh)}})); })()";
        person.browser.evaluate(arrive).await;
        person.is("the new one waits behind a button", "document.getElementById('new-comments').textContent === '1 new comment' && !document.getElementById('new-comments').hidden").await;
        assert_eq!(person.browser.evaluate(FOCUSED).await, before, "the focus stays on its comment");
        assert_eq!(person.browser.count("#i-new").await, 0, "nothing was inserted");
        person.browser.press("#new-comments").await;
        person.browser.see("#i-new").await;
        person.is("the button is done", "document.getElementById('new-comments').hidden").await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn a_narrow_inbox_shows_one_pane_and_comes_back_to_its_row() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.browser.size(390, 800).await;
        person.open("/inbox?state=all&order=oldest").await;
        let id = "document.querySelectorAll('.row')[30].id";
        let id = person.browser.evaluate(id).await.and_then(|id| id.as_str().map(str::to_owned)).expect("a row");
        person.browser.evaluate(&format!("document.querySelector('#{id} a').click()")).await;
        person.browser.see("#reading-title").await;
        person.is("the list makes room", "document.querySelector('.rows-pane').checkVisibility() === false").await;
        person.browser.key("u").await;
        person
            .is(
                "back at the same row of the same list",
                &format!(
                    "location.search === '?state=all&order=oldest' && ({FOCUSED}) === {} && scrollY > 0",
                    json!(id)
                ),
            )
            .await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn the_inbox_needs_no_javascript() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.browser.disable_javascript().await;
        person.open("/inbox").await;
        person.browser.press(".row:nth-child(3) .row-link").await;
        person.browser.see("#reading-title").await;
        person.browser.press(".way a[rel=next]").await;
        person.is("the next one", &format!("({OPENED}) === document.querySelectorAll('.row')[3].id.slice(2)")).await;
        person.browser.press("[data-back]").await;
        person.is("the list", "location.pathname === '/inbox' && location.hash !== ''").await;
        person.open("/inbox?since=2026-11-22&until=2026-11-01&kind=comment").await;
        person.is("what is wrong stands beside its field, and all stays typed", "document.querySelector('#until-error').checkVisibility() && document.querySelector('#until').value === '2026-11-01' && document.querySelector('#kind').value === 'comment'").await;
        // The console tells of the 422; nothing else is asked of this page.
        person.browser.close().await;
    });
}

pub(super) async fn with_demo() -> (Server, Person) {
    Person::with_demo_on(Engine::Sqlite).await
}

#[test]
fn comments_are_moved_by_keyboard_and_moved_back() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        person.opens_the_first().await;
        let first = person.browser.evaluate(OPENED).await;
        let first = first.as_ref().and_then(|id| id.as_str()).expect("an id").to_owned();
        person.browser.key("e").await;
        person.is("the next one opens", &format!("({OPENED}) !== '{first}' && ({OPENED}) !== null")).await;
        person.is("what is done left the list", &format!("document.getElementById('i-{first}') === null")).await;
        person
            .is("a line says so", "document.querySelector('.reading .receipt').textContent.includes('Marked done')")
            .await;
        person.browser.key("z").await;
        person.is("it is open again", &format!("({OPENED}) === '{first}'")).await;
        person.is("in its place in the list", &format!("document.getElementById('i-{first}') !== null")).await;
        person.is("and needs a reply again", "document.querySelector('.moves [data-key=h]') !== null").await;

        person.browser.key("h").await;
        person.is("the snoozes are offered", "document.activeElement.closest('#snoozes') !== null").await;
        person.browser.key("Enter").await;
        person
            .is(
                "it sleeps",
                "document.querySelector('.reading .receipt')?.textContent.includes('Snoozed until') ?? false",
            )
            .await;
        person.open(&format!("/inbox/{first}")).await;
        person
            .is("its page says who put it there", "document.querySelector('.said-by').textContent.includes('by you')")
            .await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn a_comment_is_answered_by_keyboard_and_the_answer_appears_in_its_thread() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        person.opens_the_first().await;
        let first = person.browser.evaluate(OPENED).await;
        let first = first.as_ref().and_then(|id| id.as_str()).expect("an id").to_owned();
        person.browser.key("r").await;
        person.is("the box has the focus", "document.activeElement.id === 'text'").await;
        person.browser.fill("#text", "Thank you for asking: two minutes, not three.").await;
        person.is("what is typed is kept", "document.getElementById('text-left').textContent === 'Draft saved.'").await;
        person.browser.reload().await;
        person.is("also over a reload", "document.getElementById('text').value.startsWith('Thank you')").await;
        let send = "document.getElementById('text').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true}))";
        person.browser.evaluate(send).await;
        person.is("the next one opens", &format!("({OPENED}) !== '{first}' && ({OPENED}) !== null")).await;
        person
            .is(
                "a line says so",
                "document.querySelector('.reading .receipt').textContent.includes('Sending your reply')",
            )
            .await;
        person
            .is(
                "and that it is published, when it is",
                "(line => line.includes('is published') && !line.includes('Undo'))(document.querySelector('.reading .receipt').textContent)",
            )
            .await;
        person.open(&format!("/inbox/{first}")).await;
        person.is("it is published, in the thread", "[...document.querySelectorAll('.thread li')].some(one => one.textContent.includes('two minutes, not three'))").await;
        person.is("and not on its way any more", "document.querySelector('[data-test=reply]') === null").await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn what_is_typed_outlives_whatever_is_done_meanwhile() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        let typed = |id: &str, text: &str| format!("document.getElementById('{id}').value === '{text}'");
        person.at_the_inbox().await;
        person.opens_the_first().await;
        person.browser.press(".note-card summary").await;
        person.browser.fill("#note", "Ask Ben first.").await;
        person.browser.press(".reading .star").await;
        person.is("a star is given", "document.querySelector('.reading .star[aria-pressed=true]') !== null").await;
        person.is("the note is typed still", &typed("note", "Ask Ben first.")).await;
        person.browser.fill("#text", "Half an answer").await;
        person.browser.press("#noting [type=submit]").await;
        let is_listed = "document.querySelector('.team-notes')?.textContent.includes('Ask Ben first.') ?? false";
        person.is("the note is kept", is_listed).await;
        person.is("the answer is typed still", &typed("text", "Half an answer")).await;
        person.is("the note's box is done", &typed("note", "")).await;

        person.browser.press(".note-card summary").await;
        person.browser.fill("#note", "And then Eve").await;
        let first = person.browser.evaluate(OPENED).await.expect("an id");
        person.browser.press(".way a[rel=next]").await;
        person.is("another one is open", &format!("({OPENED}) !== {first}")).await;
        person.is("with a box of its own", &typed("note", "")).await;
        person.browser.press(".way a[rel=prev]").await;
        person.is("the first one again", &format!("({OPENED}) === {first}")).await;
        person.is("with what was typed", &typed("note", "And then Eve")).await;

        person.browser.size(390, 844).await;
        person.browser.fill("#note", "And then Eva").await;
        person.browser.press(".reading .star").await;
        person
            .is("on a page of its own", "document.querySelector('.reading .star[aria-pressed=false]') !== null")
            .await;
        person.is("too", &typed("note", "And then Eva")).await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn whoever_was_signed_out_meanwhile_signs_in_beside_what_they_wrote() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        person.opens_the_first().await;
        person.browser.fill("#text", "Half an answer").await;
        person.is("it is kept", "document.getElementById('text-left').textContent === 'Draft saved.'").await;
        let send =
            "fetch('/logout', { method: 'POST' }).then(() => document.getElementById('composer').requestSubmit())";
        person.browser.evaluate(send).await;
        person
            .is("a way to sign in", "document.querySelector('#refused a[target=_blank]')?.pathname === '/login'")
            .await;
        person.is("the words stay", "document.getElementById('text').value === 'Half an answer'").await;
        let in_vain = "performance.getEntriesByType('resource').some(one => one.name.includes('panel=inbox') && one.responseStatus === 401)";
        person.is("the list is asked for in vain", in_vain).await;
        let id = person.browser.evaluate(OPENED).await;
        let id = id.as_ref().and_then(|id| id.as_str()).expect("an id").to_owned();
        let sign_in = format!(
            "fetch('/login', {{ method: 'POST', body: new URLSearchParams({{ email: '{EMAIL}', password: '{PASSWORD}' }}) }})"
        );
        let send = format!("{sign_in}.then(() => document.getElementById('composer').requestSubmit())");
        person.browser.evaluate(&send).await;
        person.is("it is sent, and the next one opens", &format!("({OPENED}) !== '{id}' && ({OPENED}) !== null")).await;
        let row = format!("document.getElementById('i-{id}')");
        let is_told = format!("{row} === null || {row}.matches('.left, :has([data-test=reply-stands])')");
        person.is("the list lives on", &is_told).await;
        // The console tells of the 401.
        person.browser.close().await;
    });
}

#[test]
fn what_changed_nothing_is_told_over_an_empty_list_too() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.browser.size(1280, 800).await;
        let now = "fetch('/inbox').then(() => (location.href = `/inbox?state=snoozed&many=${new Date().toISOString()}&of=1`))";
        person.open("/inbox").await;
        person.browser.evaluate(now).await;
        person
            .is(
                "a line says so",
                "document.querySelector('.rows-pane .receipt')?.textContent.includes('Nothing changed') ?? false",
            )
            .await;
        person.browser.key("?").await;
        person.is("keys work", "document.getElementById('keys').matches(':popover-open')").await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn the_tour_covers_nothing_and_takes_little() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.browser.size(1280, 800).await;
        person.open("/inbox").await;
        person.is("below the commands", "document.querySelector('.side .tour').getBoundingClientRect().top >= document.querySelector('.commands').getBoundingClientRect().bottom").await;
        person.browser.size(390, 844).await;
        person.open("/inbox").await;
        person.is("one line of everything else", "(top => ['.switcher', '.commands', '.account'].every(one => Math.abs(document.querySelector(one).getBoundingClientRect().top - top) < 20))(document.querySelector('.side .brand').getBoundingClientRect().top)").await;
        person.is("and of the tour and the demo", "['.side .panel-tour', 'main > .panel-demo'].reduce((sum, one) => sum + document.querySelector(one).getBoundingClientRect().height, 0) <= 85").await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn all_that_is_offered_for_what_is_ticked_can_be_reached_in_any_width() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        for width in [320, 390, 700, 1000, 1100] {
            person.browser.size(width, 844).await;
            person.open("/inbox").await;
            person.browser.press(".row .tick").await;
            let on_top = "(all => all.length > 3 && all.every(one => { const box = one.getBoundingClientRect(); \
                return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }))\
                ([...document.querySelectorAll('.ticked button, .ticked label')].filter(one => one.checkVisibility()))";
            person.is(&format!("nothing lies over them at {width} px"), on_top).await;
        }
        person.leaves_no_trace().await;
    });
}

/// Of each button with a key and a title: whether it names that key to whoever points at it.
const NAMES: &str = "[...document.querySelectorAll('[data-key][title]')].map(one => { \
    one.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })); return one.title.endsWith(`(${one.dataset.key})`); })";

#[test]
fn keys_tell_what_they_do_and_can_be_switched_off() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        person
            .is("each button that has one names it", &format!("{NAMES}.length > 5 && {NAMES}.every(names => names)"))
            .await;
        let is_open = "document.getElementById('keys').matches(':popover-open')";
        person.browser.key("?").await;
        person.is("they are told", is_open).await;
        person.browser.key("j").await;
        person.is("and do nothing meanwhile", "document.activeElement.closest('.row') === null").await;
        person.browser.key("?").await;
        person.is("once more closes it", &format!("!{is_open}")).await;
        person.browser.press(".keys-button").await;
        person.browser.press("#keys [type=submit]").await;
        person.is("it is kept", "location.pathname === '/settings/account'").await;
        person.open("/inbox").await;
        person.sees("interaction").await;
        person.browser.key("j").await;
        person.is("nothing moves", "document.activeElement.closest('.row') === null").await;
        person.is("and no button names one", &format!("{NAMES}.length > 5 && !{NAMES}.some(names => names)")).await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn many_are_ticked_and_moved_by_keyboard() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        for key in ["j", "x", "j", "j", "X"] {
            person.browser.key(key).await;
        }
        person.is("the range is ticked", "document.querySelectorAll('.tick:checked').length === 3").await;
        person
            .is("their number stands below", "document.querySelector('[data-ticked]').textContent === '3 selected'")
            .await;
        let before = person.browser.evaluate("document.querySelector('.row').id").await;
        person.browser.key("e").await;
        person
            .is(
                "a line says so",
                "document.querySelector('.rows-pane .receipt')?.textContent.includes('Marked 3 threads done') ?? false",
            )
            .await;
        person.is("the focus is in the list", "document.activeElement.closest('.row') !== null").await;
        assert_ne!(person.browser.evaluate("document.querySelector('.row').id").await, before, "they left the list");
        person.browser.key("z").await;
        person.is("they are back", &format!("document.querySelector('.row').id === {}", before.expect("a row"))).await;
        person.leaves_no_trace().await;
    });
}
