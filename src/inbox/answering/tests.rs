//! Answers, as a person writes and sends them.

mod stands;

use std::time::Duration;

use axum::body::Body;
use kit::args;
use kit::clock::Timestamp;

use crate::inbox::ingest::{self, IngestContext};
use crate::inbox::testing::{add_connection, comment};
use crate::model::{ConnectionId, InteractionId, Platform};
use crate::testing::{Answer, TestApp};

kit::both_databases! {
    async fn an_answer_is_taken_over_once_and_the_next_comment_opens(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let page = app.get(&format!("/inbox/{}", ids[0])).await.text;
        assert!(page.contains("data-composer") && page.contains("Up to 10,000 characters."), "{page}");
        let key = hidden(&page, "key");
        let form = [("key", key.as_str()), ("text", "At the shop on the corner.\r\n")];
        let answer = app.post(&format!("/inbox/{}/reply", ids[0]), &form).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        assert!(answer.location().starts_with(&format!("/inbox/{}?sent=", ids[1])), "{}", answer.location());
        let twice = app.post(&format!("/inbox/{}/reply", ids[0]), &form).await;
        assert_eq!(twice.location(), answer.location(), "a double click sends nothing more");
        assert_eq!(replies(&app).await, [("queued".to_owned(), "At the shop on the corner.".to_owned())]);

        let next = app.get(answer.location()).await.text;
        assert!(next.contains("Sending your reply.") && next.contains("value=\"cancel\""), "{next}");
        let back = app.get(&format!("/inbox/{}", ids[0])).await.text;
        assert!(back.contains("data-test=\"reply\" data-state=\"queued\""), "{back}");
    }

    async fn what_is_called_back_is_a_draft_again(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let sent = send(&app, ids[0], "Wait, no").await;
        let next = app.get(sent.location()).await.text;
        let form = [("reply", hidden(&next, "reply")), ("act", "cancel".to_owned())];
        let form = form.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
        let answer = app.post(&format!("/inbox/{}/reply/act", ids[0]), &form).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, format!("/inbox/{}", ids[0]).as_str()));
        let page = app.get(answer.location()).await.text;
        assert!(page.contains("\nWait, no</textarea>") && !page.contains("data-test=\"reply\""), "{page}");
        assert_eq!(replies(&app).await[0].0, "cancelled");
        let twice = app.post(&format!("/inbox/{}/reply/act", ids[0]), &form).await;
        assert_eq!(twice.status, 303, "a double click calls back what is called back: {}", twice.text);
    }

    async fn a_reply_can_be_called_back_for_as_long_as_its_writer_chose(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        for (id, seconds) in ids.iter().zip(["30", "0"]) {
            let saved = app.post("/settings/account/undo", &[("seconds", seconds)]).await;
            assert_eq!(saved.status, 303, "{}", saved.text);
            let sent = send(&app, *id, "At nine.").await;
            let wait = app.db.read(|conn| conn.one::<(Timestamp, Timestamp)>("SELECT created_at, due_at FROM replies ORDER BY created_at DESC, id DESC LIMIT 1", args![]));
            let (created_at, due_at) = wait.await.unwrap();
            assert_eq!(due_at.since(created_at).as_secs().to_string(), seconds);
            assert_eq!(sent.status, 303, "{}", sent.text);
            app.hand.advance(Duration::from_secs(1));
        }
        let page = app.get("/settings/account").await.text;
        assert!(page.contains("<option value=\"0\" selected>Send at once"), "it says what was chosen");
        assert_eq!(app.post("/settings/account/undo", &[("seconds", "7")]).await.status, 422);
    }

    async fn whoever_calls_back_too_late_is_told_where_they_were(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let sent = send(&app, ids[0], "Wait, no").await;
        app.db.write(|tx| tx.exec("UPDATE replies SET state = 'published'", args![])).await.unwrap();
        let reply = app.db.read(|conn| conn.one::<crate::replies::ReplyId>("SELECT id FROM replies", args![])).await.unwrap();
        let form = [("reply", reply.to_string()), ("act", "cancel".to_owned())];
        let form = form.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
        let late = app.post(&format!("/inbox/{}/reply/act", ids[0]), &form).await;
        assert_eq!((sent.status.as_u16(), late.status.as_u16()), (303, 303));
        assert!(app.get(late.location()).await.text.contains("It's too late for that"), "{}", late.location());
    }

    async fn words_of_another_tab_are_neither_sent_over_nor_lost(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let page = format!("/inbox/{}", ids[0]);
        let (one, two) = (app.get(&page).await.text, app.get(&page).await.text);
        let (draft, reply) = (format!("{page}/draft"), format!("{page}/reply"));
        let form = |tab: &str, text: &'static str| [("key", hidden(tab, "key")), ("was", hidden(tab, "was")), ("text", text.to_owned())];
        let post = async |path: &str, form: [(&'static str, String); 3]| {
            app.post(path, &form.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>()).await
        };
        assert_eq!(post(&draft, form(&one, "At nine.")).await.status, 303);
        let told = post(&draft, form(&two, "At ten.")).await;
        let told = app.get(told.location()).await.text;
        assert!(told.contains("You wrote something else in another tab") && told.contains("\nAt ten.\n\nAt nine.</textarea>"), "{told}");
        let refused = post(&reply, form(&one, "At nine, then.")).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("\nAt nine, then.\n\nAt ten.\n\nAt nine.</textarea>"), "{}", refused.text);
        assert!(replies(&app).await.is_empty(), "nothing was sent");
        assert_eq!(post(&reply, form(&refused.text, "At nine, then.")).await.status, 303, "who has seen both sends what they mean");
        assert!(!app.get(&page).await.text.contains("At ten."));
    }

    async fn calling_back_leaves_what_is_being_written_alone(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let sent = send(&app, ids[0], "Wait, no").await;
        app.post(&format!("/inbox/{}/draft", ids[0]), &[("text", "A second thought")]).await;
        call_back(&app, ids[0], &sent).await;
        let page = app.get(&format!("/inbox/{}", ids[0])).await.text;
        assert!(page.contains("\nA second thought</textarea>"), "{page}");
    }

    async fn an_autosave_that_comes_after_its_reply_makes_no_draft(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let key = hidden(&app.get(&format!("/inbox/{}", ids[0])).await.text, "key");
        app.post(&format!("/inbox/{}/reply", ids[0]), &[("key", &key), ("text", "At nine.")]).await;
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let path = format!("/inbox/{}/draft?panel=draft", ids[0]);
        let late = app.send("POST", &path, &form, Body::from(format!("key={key}&text=At+ni"))).await;
        assert_eq!(late.status, 422, "{}", late.text);
        assert!(!app.get(&format!("/inbox/{}", ids[0])).await.text.contains("\nAt ni</textarea>"));
    }

    async fn what_is_refused_stays_in_the_box_with_the_reason(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let long = "é".repeat(10_001);
        for (text, reason) in [("  \n ", "Write a reply first."), ("\u{200b}\u{202e}", "invisible characters"), (long.as_str(), "1 character too long")] {
            let answer = send(&app, ids[0], text).await;
            assert_eq!(answer.status, 422);
            assert!(answer.text.contains(reason) && answer.text.contains("aria-invalid=\"true\""), "{reason}: {}", answer.text);
            assert!(answer.text.contains(&format!("\n{text}</textarea>")), "what was typed is there");
        }
        assert!(replies(&app).await.is_empty());
        send(&app, ids[0], "One").await;
        let second = send(&app, ids[0], "Two").await;
        assert_eq!(second.status, 422);
        assert!(second.text.contains("Your reply is on its way.") && second.text.contains("\nTwo</textarea>"), "{}", second.text);
        for path in ["/inbox/01890a5d-ac96-774b-bcce-b302099a8057/reply", "/inbox/nonsense/reply"] {
            assert_eq!(app.post(path, &[("text", "Hi"), ("key", "k")]).await.status, 404, "{path}");
        }
    }

    async fn what_the_box_promises_fits_in_every_script(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        for (id, sign) in ids.iter().zip(["咖", "🫘"]) {
            let text = sign.repeat(10_000);
            let draft = app.post(&format!("/inbox/{id}/draft"), &[("text", &text)]).await;
            assert_eq!(draft.status, 303, "{sign}");
            assert_eq!(send(&app, *id, &text).await.status, 303, "{sign}");
            assert!(replies(&app).await.iter().any(|(_, sent)| *sent == text), "{sign}");
            assert_eq!(app.post(&format!("/inbox/{id}/notes"), &[("note", &sign.repeat(2_000))]).await.status, 303, "{sign}");
            let saved = app.post("/settings/replies", &[("name", sign), ("text", &sign.repeat(2_000))]).await;
            assert_eq!(saved.status, 303, "{sign}");
        }
    }

    async fn a_form_that_is_refused_gives_back_what_was_written(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let (id, user) = (ids[0], app.who().await.user.id);
        let pace = app.app.part::<crate::web::pace::Pace>().clone();
        while pace.order(user, app.app.now()).is_ok() {}
        for (path, field) in [
            (format!("/inbox/{id}/reply"), "text"),
            (format!("/inbox/{id}/draft"), "text"),
            (format!("/inbox/{id}/notes"), "note"),
            (format!("/inbox/{id}/reply/review"), "note"),
            ("/settings/replies".to_owned(), "text"),
            ("/moderation".to_owned(), "text"),
        ] {
            let answer = app.post(&path, &[("key", "k<1"), (field, "Half <a> day")]).await;
            assert_eq!(answer.status, 429, "{path}: {}", answer.text);
            assert!(answer.text.contains(&format!("method=\"post\" action=\"{path}\"")), "{path}: {}", answer.text);
            assert!(answer.text.contains("\nHalf &lt;a&gt; day</textarea>") && answer.text.contains("value=\"k&lt;1\""), "{path}");
        }
        app.hand.advance(Duration::from_secs(60));
        let wrong = [("reply", NOBODYS), ("act", "approve"), ("text", "Half a day")];
        let answer = app.post(&format!("/inbox/{id}/reply/review"), &wrong).await;
        assert!(answer.status == 404 && answer.text.contains("\nHalf a day</textarea>"), "{}", answer.text);
    }

    async fn a_page_that_has_sent_another_reply_says_so_in_words_of_people(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let key = hidden(&app.get(&format!("/inbox/{}", ids[0])).await.text, "key");
        let path = format!("/inbox/{}/reply", ids[0]);
        assert_eq!(app.post(&path, &[("key", &key), ("text", "At nine.")]).await.status, 303);
        let again = app.post(&path, &[("key", &key), ("text", "At ten.")]).await;
        assert_eq!(again.status, 422);
        assert!(again.text.contains("already sent another reply from this page"), "{}", again.text);
        assert!(again.text.contains("\nAt ten.</textarea>") && !again.text.contains("Idempotency"), "{}", again.text);
    }

    async fn what_is_typed_is_kept_without_sending_it(app: TestApp) {
        let (app, ids) = two_questions(app).await;
        let path = format!("/inbox/{}/draft", ids[0]);
        let saved = app.post(&path, &[("text", "Half a sen")]).await;
        assert_eq!((saved.status.as_u16(), saved.location()), (303, format!("/inbox/{}?remark=draft_saved", ids[0]).as_str()));
        let page = app.get(saved.location()).await.text;
        assert!(page.contains("\nHalf a sen</textarea>") && page.contains("Draft saved. Only you see it."), "{page}");
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let by_script = app.send("POST", &format!("{path}?panel=draft"), &form, Body::from("text=Half+a+sentence")).await;
        assert_eq!(by_script.status, 204, "{}", by_script.text);
        app.hand.advance(Duration::from_secs(86_400));
        assert!(app.get(saved.location()).await.text.contains("\nHalf a sentence</textarea>"), "a day later too");
        assert!(app.post(&path, &[("text", "")]).await.status.is_redirection());
        assert!(!app.get(saved.location()).await.text.contains("Half a"), "what was deleted is gone");
        assert!(replies(&app).await.is_empty());
    }
}

const NOBODYS: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn send(app: &TestApp, id: InteractionId, text: &str) -> Answer {
    let page = app.get(&format!("/inbox/{id}")).await.text;
    app.post(&format!("/inbox/{id}/reply"), &[("key", &hidden(&page, "key")), ("text", text)]).await
}

/// By the line over the page that sending opened.
async fn call_back(app: &TestApp, id: InteractionId, sent: &Answer) -> Answer {
    let next = app.get(sent.location()).await.text;
    let reply = hidden(&next, "reply");
    app.post(&format!("/inbox/{id}/reply/act"), &[("reply", &reply), ("act", "cancel")]).await
}

fn hidden(page: &str, name: &str) -> String {
    let (_, rest) =
        page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

async fn replies(app: &TestApp) -> Vec<(String, String)> {
    app.db.read(|conn| conn.all("SELECT state, text FROM replies ORDER BY created_at", args![])).await.expect("replies")
}

/// As the list has them.
async fn two_questions(app: TestApp) -> (TestApp, Vec<InteractionId>) {
    let app = app.with_ann().await;
    let (who, now, random) = (app.who().await, app.app.now(), app.app.random.clone());
    let workspace = who.workspace.id;
    let connection = ConnectionId::new(now, &random);
    let ids = app.db.write(move |tx| {
        add_connection(tx, workspace, connection)?;
        let page = [comment("c1", "ann", "Where can I buy this?"), comment("c2", "bob", "How much is it?")];
        let context =
            IngestContext { workspace, connection, platform: Platform::YouTube, language: None, now, random: &random };
        ingest::interactions(tx, &context, &page)?;
        tx.all("SELECT id FROM interactions ORDER BY priority_score DESC, created_at DESC, id DESC", args![])
    });
    let ids = ids.await.expect("two questions");
    (app, ids)
}
