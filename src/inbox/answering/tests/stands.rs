//! How it stands with replies, wherever one looks, and that nothing is lost of what was written.

use std::time::Duration;

use kit::args;

use super::{call_back, hidden, send, two_questions};
use crate::inbox::ingest;
use crate::inbox::testing::{colleague, comment, more, own_reply};
use crate::model::InteractionId;
use crate::testing::TestApp;

/// As the job leaves it.
async fn stands(app: &TestApp, id: InteractionId, set: &'static str) {
    let sql = format!("UPDATE replies SET {set} WHERE interaction_id = $1");
    app.db.write(move |tx| tx.exec(&sql, args![id])).await.expect("a reply");
}

async fn listed(app: &TestApp, query: &str) -> Vec<String> {
    let page = app.get(&format!("/inbox?{query}")).await.text;
    let rows = page.split("<li class=\"row ").skip(1);
    rows.map(|row| row.split(" id=\"i-").nth(1).and_then(|id| id.split('"').next()).unwrap_or_default().to_owned())
        .collect()
}

kit::both_databases! {
    async fn the_list_says_how_it_stands_with_a_reply(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        assert_eq!(send(&app, ids[0], "At the shop.").await.status, 303);
        let list = app.get("/inbox?state=all").await.text;
        assert_eq!(list.matches("data-test=\"reply-stands\"").count(), 1, "{list}");
        assert!(list.contains("sending") && !list.contains("data-test=\"to-check\""), "{list}");
        assert_eq!(listed(&app, "state=all&reply=on_its_way").await, [ids[0].to_string()]);
        stands(&app, ids[0], "state = 'failed', error_message = 'Comments are off.'").await;
        let list = app.get("/inbox?state=all").await.text;
        assert!(list.contains("not sent") && list.contains("Replies to check <span class=\"num\">1"), "{list}");
        assert_eq!(listed(&app, "state=all&reply=to_check").await, [ids[0].to_string()]);
        assert_eq!(listed(&app, "state=all&reply=on_its_way").await, [""; 0]);
        app.post(&format!("/inbox/{}/move", ids[0]), &[("to", "done")]).await;
        let list = app.get("/inbox?state=all").await.text;
        assert!(!list.contains("data-test=\"to-check\""), "who puts it out of the way has looked: {list}");
    }

    async fn whoever_goes_on_passes_over_what_has_its_answer_on_its_way(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let on_to = async |from: InteractionId| {
            let answer = app.post(&format!("/inbox/{from}/move"), &[("to", "done")]).await;
            app.post(&format!("/inbox/{from}/move"), &[("to", "needs_reply")]).await;
            answer.location().split('?').next().unwrap_or_default().to_owned()
        };
        let (first, second) = (format!("/inbox/{}", ids[0]), format!("/inbox/{}", ids[1]));
        assert_eq!((on_to(ids[0]).await, on_to(ids[1]).await), (second.clone(), first));
        send(&app, ids[0], "At the shop.").await;
        assert_eq!(on_to(ids[1]).await, "/inbox", "nobody else waits");
        stands(&app, ids[0], "state = 'failed', error_message = 'Comments are off.'").await;
        assert_eq!(on_to(ids[1]).await, format!("/inbox/{}", ids[0]), "it waits for a person again");
        stands(&app, ids[0], "state = 'queued'").await;
        assert_eq!(send(&app, ids[1], "At nine.").await.location().split('?').next(), Some("/inbox"));
    }

    async fn what_nobody_can_find_out_is_for_a_person_to_check(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        send(&app, ids[0], "At the shop.").await;
        stands(&app, ids[0], "state = 'unknown', next_look_at = due_at").await;
        assert_eq!(listed(&app, "state=all&reply=to_check").await, [""; 0], "it is looked for");
        stands(&app, ids[0], "next_look_at = NULL").await;
        assert_eq!(listed(&app, "state=all&reply=to_check").await, [ids[0].to_string()]);
    }

    async fn a_reply_that_waits_for_its_next_try_says_how_often_and_when(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        send(&app, ids[0], "At the shop.").await;
        stands(&app, ids[0], "attempts = 2, error_code = 'unreachable', error_message = 'YouTube did not answer.'").await;
        let page = app.get(&format!("/inbox/{}", ids[0])).await.text;
        assert!(page.contains("YouTube did not answer. Tried 2 times, next at "), "{page}");
    }

    async fn words_to_a_comment_that_takes_none_any_more_are_given_back(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let (id, shut) = (ids[0], ids[1]);
        app.post(&format!("/inbox/{shut}/draft"), &[("text", "A draft of before")]).await;
        let key = hidden(&app.get(&format!("/inbox/{id}")).await.text, "key");
        app.db.write(|tx| tx.exec("UPDATE interactions SET can_reply = FALSE", &[])).await.unwrap();
        let answer = app.post(&format!("/inbox/{id}/reply"), &[("key", &key), ("text", "At the shop <3")]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text.contains("\nAt the shop &lt;3</textarea>"), "{}", answer.text);
        assert!(answer.text.contains("role=\"alert\""), "and it says why: {}", answer.text);
        let page = app.get(&format!("/inbox/{shut}")).await.text;
        assert!(page.contains("\nA draft of before</textarea>") && page.contains("Your draft is still here."), "{page}");
    }

    async fn a_character_that_no_text_may_hold_costs_nothing_of_the_rest(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        for (path, field) in [("reply", "text"), ("draft", "text"), ("notes", "note")] {
            let path = format!("/inbox/{}/{path}", ids[0]);
            let answer = app.post(&path, &[("key", "k"), (field, "Half\0 a day")]).await;
            assert_eq!(answer.status, 400, "{path}: {}", answer.text);
            assert!(answer.text.contains("\nHalf a day</textarea>"), "{path}: {}", answer.text);
        }
    }

    async fn who_else_answers_is_told_to_whoever_looks_already(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let ben = colleague(&app).await;
        let part = format!("/inbox/{}?panel=interaction", ids[0]);
        assert!(!app.get(&part).await.text.contains("is answering this"));
        ben.post(&format!("/inbox/{}/draft", ids[0]), &[("text", "I know thi")]).await;
        let told = app.get(&part).await.text;
        assert!(told.contains("is answering this.") && told.contains("data-passes"), "{told}");
        app.hand.advance(Duration::from_secs(61));
        assert!(!app.get(&part).await.text.contains("is answering this"), "a minute of silence ends it");
    }

    async fn whoever_answers_what_was_answered_meanwhile_is_asked_first(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let path = format!("/inbox/{}/reply", ids[0]);
        let page = app.get(&format!("/inbox/{}", ids[0])).await.text;
        let (key, seen) = (hidden(&page, "key"), hidden(&page, "seen"));
        assert_eq!(seen, "", "nobody has answered");
        more(&app, |tx, context| {
            let answers = ["c1", "c2"].map(|id| own_reply(&format!("{id}/own"), &comment(id, id, ""), 5));
            ingest::interactions(tx, context, &answers)
        })
        .await;
        let form = [("key", key.as_str()), ("seen", ""), ("text", "At the shop.")];
        let told = app.post(&path, &form).await;
        assert_eq!(told.status, 422, "{}", told.text);
        assert!(told.text.contains("a new reply in this thread"), "{}", told.text);
        assert!(told.text.contains("\nAt the shop.</textarea>"), "{}", told.text);
        let (key, seen) = (hidden(&told.text, "key"), hidden(&told.text, "seen"));
        let form = [("key", key.as_str()), ("seen", seen.as_str()), ("text", "At the shop.")];
        assert_eq!(app.post(&path, &form).await.status, 303, "who has seen it may go on");
    }

    async fn whoever_writes_while_another_reply_is_on_its_way_is_told_that_first(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let page = app.get(&format!("/inbox/{}", ids[0])).await.text;
        let key = hidden(&page, "key");
        send(&app, ids[0], "At the shop.").await;
        stands(&app, ids[0], "state = 'pending_moderation'").await;
        more(&app, |tx, context| {
            let answers = ["c1", "c2"].map(|id| own_reply(&format!("{id}/own"), &comment(id, id, ""), 5));
            ingest::interactions(tx, context, &answers)
        })
        .await;
        let form = [("key", key.as_str()), ("seen", ""), ("text", "At the market.")];
        let told = app.post(&format!("/inbox/{}/reply", ids[0]), &form).await;
        assert_eq!(told.status, 422);
        assert!(told.text.contains("waiting for moderation: edit it instead"), "{}", told.text);
    }

    async fn the_filters_form_keeps_what_it_does_not_ask_for(app: TestApp) {
        let (app, _) = two_questions(app).await;
        let page = app.get("/inbox?state=all&reply=to_check&answered=today").await.text;
        let form = page.split("id=\"filter-form\"").nth(1).and_then(|form| form.split("</form>").next()).expect("a form");
        for kept in ["name=\"reply\" value=\"to_check\"", "name=\"answered\" value=\"today\"", "name=\"state\" value=\"all\""] {
            assert!(form.contains(kept), "{kept}: {form}");
        }
    }

    async fn what_is_called_back_while_something_else_is_written_stays_to_be_read(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let sent = send(&app, ids[0], "The first words").await;
        app.post(&format!("/inbox/{}/draft", ids[0]), &[("text", "Other words")]).await;
        call_back(&app, ids[0], &sent).await;
        let page = app.get(&format!("/inbox/{}", ids[0])).await.text;
        assert!(page.contains("\nOther words</textarea>"), "{page}");
        assert!(page.contains("called back") && page.contains("The first words"), "{page}");
    }

    async fn whoever_was_signed_out_while_they_wrote_keeps_their_words(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let stranger = app.browser();
        let answer = stranger.post(&format!("/inbox/{}/reply", ids[0]), &[("key", "k"), ("text", "Half a day")]).await;
        assert_eq!(answer.status, 401, "{}", answer.text);
        assert!(answer.text.contains("\nHalf a day</textarea>") && answer.text.contains("href=\"/login\""), "{}", answer.text);
        let answer = stranger.post(&format!("/inbox/{}/move", ids[0]), &[("to", "done")]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/login"), "where nothing was written");
    }
}
