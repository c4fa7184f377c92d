//! A creator's morning: fifty comments, seen to by keyboard alone, until nobody waits any more.

use serde_json::Value;

use super::inbox::with_demo;
use super::person::Person;

const OPENED: &str = "document.getElementById('reading')?.dataset.id ?? null";
const CAUGHT_UP: &str = "document.querySelector('main').innerText.includes(\"You're all caught up\")";
const NEWS: &str = "document.getElementById('new-comments')?.hidden === false";
/// All but the newest sixty are done: some of them stand in one thread, and go together.
const LEAVE_SIXTY: &str = "(async () => {
    for (let more = true; more;) {
        const list = await (await fetch('/api/interactions?state=needs_reply&limit=100')).json();
        const ids = list.items.slice(60).map(one => one.id);
        more = ids.length > 0;
        if (more) await fetch('/api/moves', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ids, state: 'done' }) });
    }
    return true;
})()";

#[test]
fn fifty_comments_are_seen_to_by_keyboard_alone_until_nobody_waits() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.is("sixty are left", LEAVE_SIXTY).await;
        person.at_the_inbox().await;
        person.opens_the_first().await;
        let mut seen_to = 0;
        while let Some(id) = opened(&person).await {
            see_to(&person, seen_to).await;
            seen_to += 1;
            person.is("the next one opens, or none is left", &format!("({OPENED}) !== '{id}' || {CAUGHT_UP}")).await;
            assert!(seen_to < 150, "nobody writes that much meanwhile");
        }
        person.is("nobody waits", CAUGHT_UP).await;
        person
            .is(
                "it says what was done",
                "/\\d+ answered, \\d+ cleared/.test(document.querySelector('.today').innerText)",
            )
            .await;
        person.is_sound("all caught up").await;
        assert!(seen_to >= 50, "{seen_to} only");
        // Each answer goes out, and none twice.
        let sent = "(async () => (await (await fetch('/api/interactions?state=own&limit=100')).json()).items.map(one => one.text).filter(text => text.startsWith('Thank you, number')))()";
        let expected = (0..seen_to).filter(|number| number % 3 == 0).count();
        person
            .is(
                "all are at the platform",
                &format!("{sent}.then(texts => texts.length === {expected} && new Set(texts).size === {expected})"),
            )
            .await;
        person.leaves_no_trace().await;
    });
}

/// What is open; at the list's end, what came meanwhile is asked for first.
async fn opened(person: &Person) -> Option<String> {
    let settled = format!("({OPENED}) !== null || {CAUGHT_UP} || {NEWS}");
    person.is("something is open, or has come, or nobody waits", &settled).await;
    if person.browser.evaluate(&format!("({OPENED}) === null && {NEWS}")).await == Some(true.into()) {
        person.is("what was sent has arrived", "document.querySelector('.row:not(.left) .stands') === null").await;
        person.browser.evaluate("document.getElementById('new-comments').focus()").await;
        person.browser.key("Enter").await;
        person.is("the first has the focus", "document.activeElement.closest('.row') !== null").await;
        person.browser.key("Enter").await;
        person.is("it is open", &format!("({OPENED}) !== null")).await;
    }
    person.browser.evaluate(OPENED).await.as_ref().and_then(Value::as_str).map(str::to_owned)
}

/// As one does in the morning: every third one is answered, the others are put away in turn.
async fn see_to(person: &Person, number: usize) {
    let browser = &person.browser;
    match number % 9 {
        0 | 3 | 6 => {
            browser.key("r").await;
            person.is("the box has the focus", "document.activeElement.id === 'text'").await;
            browser.type_in(&format!("Thank you, number {number}!")).await;
            browser.chord("Enter").await;
        }
        1 => {
            browser.key("h").await;
            person.is("the first time has the focus", "document.activeElement.closest('#snoozes') !== null").await;
            browser.key("Enter").await;
        }
        4 => browser.key("!").await,
        7 => browser.key("n").await,
        2 => {
            browser.key("s").await;
            person.is("it bears a star", "document.querySelector('.reading .star').ariaPressed === 'true'").await;
            browser.key("e").await;
        }
        _ => browser.key("e").await,
    }
}
