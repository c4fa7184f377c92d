//! The list is narrowed by a choice, in one step, and widened again by what says so.

use super::inbox::with_demo;

/// What choosing does: the value, and that it was changed.
fn choose(field: &str, value: &str) -> String {
    format!(
        "(() => {{ const field = document.getElementById('{field}'); field.focus(); field.value = '{value}'; \
         field.dispatchEvent(new Event('change', {{bubbles: true}})); }})()"
    )
}

#[test]
fn a_filter_is_applied_as_it_is_chosen_and_taken_off_by_its_chip() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_the_inbox().await;
        person.browser.press("#filters summary").await;
        person
            .is(
                "choices say how many they would list",
                "/\\(\\d+\\+?\\)/.test(document.querySelector('#intent [value=question]').textContent)",
            )
            .await;
        person.browser.evaluate(&choose("intent", "question")).await;
        person
            .is("the address is the filter", "location.search === '?state=needs_reply&order=priority&intent=question'")
            .await;
        person
            .is(
                "the field has the focus again",
                "document.activeElement.id === 'intent' && document.getElementById('filters').open",
            )
            .await;
        person.browser.evaluate(&choose("days", "last_7_days")).await;
        person.is("two are on", "document.querySelectorAll('.chip:not(.all)').length === 2").await;
        person.browser.evaluate(&choose("since", "2026-11-01")).await;
        person.browser.evaluate("document.activeElement.blur()").await;
        person
            .is(
                "own days take the place of days by name",
                "location.search.includes('since=2026-11-01') && !location.search.includes('days=')",
            )
            .await;
        person.browser.press(".chip").await;
        person
            .is(
                "the chip takes its filter off",
                "!location.search.includes('intent') && document.querySelectorAll('.chip:not(.all)').length === 1",
            )
            .await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn filters_need_no_javascript() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.browser.disable_javascript().await;
        person.open("/inbox?state=all").await;
        person.browser.press("#filters summary").await;
        person.browser.fill("#days", "last_30_days").await;
        person.browser.press("#filter-form [type=submit]").await;
        person
            .is(
                "it is on",
                "location.search.includes('days=last_30_days') && document.querySelectorAll('.chip').length === 1",
            )
            .await;
        person.browser.press(".chip").await;
        person.is("it is off", "location.search === '?state=all' && document.querySelector('.chip') === null").await;
        person.browser.close().await;
    });
}

#[test]
fn a_view_is_saved_and_opens_the_inbox_without_javascript() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.browser.disable_javascript().await;
        person.open("/inbox?kind=comment&intent=question").await;
        person.browser.fill("#view-name", "Questions").await;
        person.browser.press("#save-view [action^='/inbox/views?'] [type=submit]").await;
        person
            .is(
                "it is open",
                "document.querySelector('.side-views [aria-current]')?.textContent.includes('Questions') ?? false",
            )
            .await;
        person.browser.press(".side-views .edit").await;
        person.is("it says how many", "/\\d/.test(document.querySelector('[data-test=view] .num').textContent)").await;
        person.browser.press("[data-test=view] [name=view]").await;
        person.is("it is kept", "document.querySelector('.notice').textContent.includes('opens with this view')").await;
        person.open("/inbox").await;
        person.is("the inbox opens with it", "document.querySelectorAll('.chip:not(.all)').length === 2").await;
        person.browser.close().await;
    });
}
