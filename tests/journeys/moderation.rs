//! What is done with comments at the platform: hidden at once, rejected after one question, and told comment by comment.

use super::inbox::with_demo;

#[test]
fn a_comment_is_hidden_and_several_are_rejected_after_one_question() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.at_youtube().await;
        person.opens_the_first().await;
        person.browser.press(".reading .at-platform [value=hide]").await;
        person.browser.see(".reading [data-test=act][data-state=done]").await;
        person.browser.see(".reading .at-platform [value=publish]").await;
        // What has just arrived in the list is still fading in.
        person.browser.reload().await;
        person.browser.see(".reading .at-platform [value=publish]").await;
        person.is_sound("hidden").await;

        person.at_youtube().await;
        person.browser.press(".row:nth-child(1) .tick").await;
        person.browser.press(".row:nth-child(2) .tick").await;
        person.browser.press("[popovertarget=at-platform]").await;
        person.is_sound("ticked").await;
        person.browser.press("#at-platform [value=reject]").await;
        person.browser.read("h1", "Reject 2 comments on YouTube?").await;
        person.is_sound("question").await;
        person.browser.press("[data-test=moderation] [value=reject]").await;
        person.browser.read("[data-test=moderation-receipt]", "2 rejected").await;
        person.is_sound("receipt").await;
        // Nothing is sent again on the way back and forth, and nothing is asked twice.
        person.browser.reload().await;
        person.browser.read("[data-test=moderation-receipt]", "2 rejected").await;
        person.browser.back().await;
        person.browser.see(".row, [data-test=moderation-receipt]").await;

        person.at_youtube().await;
        person.browser.press(".row:nth-child(1) .tick").await;
        person.browser.press(".all-matching input").await;
        person.browser.press("[popovertarget=at-platform]").await;
        person.is_sound("all that match").await;
        person.browser.press("#at-platform [value=hide]").await;
        person.browser.read("h1", "comments for review on YouTube?").await;
        person.browser.reload().await;
        person.browser.read("h1", "comments for review on YouTube?").await;
        person.is_sound("question about all").await;
        person.leaves_no_trace().await;
    });
}

#[test]
fn an_answer_is_edited_and_deleted_without_scripts() {
    kit::testing::run(async {
        let (_server, person) = with_demo().await;
        person.browser.disable_javascript().await;
        let comment = person.first_link("/inbox?platform=youtube&state=all", ".row .row-link").await;
        person.open(&comment).await;
        person.browser.fill("#text", "At nine.").await;
        person.browser.press("#composer .primary").await;
        person.open(&comment).await;
        person.browser.see_by_reloading(".thread .at-platform [value=edit]").await;
        person.browser.press(".thread .at-platform [value=edit]").await;
        person.browser.fill("#text", "At ten.").await;
        person.browser.press("[data-test=moderation] .primary").await;
        person.browser.see_by_reloading(".thread [data-test=act][data-state=done]").await;
        person.browser.press(".thread .at-platform [value=delete]").await;
        person.browser.read("h1", "Delete your comment on YouTube?").await;
        person.browser.press("[data-test=moderation] [value=delete]").await;
        person.browser.see_by_reloading(".thread [data-test=act][data-state=done]").await;
        person.browser.miss(".thread .at-platform [value=delete]").await;
    });
}
