//! An approval as an editor and an owner see it.

use kit::both_databases;

use crate::inbox::ingest::{self, IngestContext};
use crate::inbox::testing::{add_connection, comment};
use crate::model::{ConnectionId, InteractionId, Platform};
use crate::testing::{Browser, TestApp};

/// Ann's workspace asks for approval, Ben edits in it, and there is a question.
async fn a_question(app: TestApp) -> (TestApp, Browser, String) {
    let app = app.with_ann().await;
    let ben = app.member("ben@example.com", "editor").await;
    app.post("/settings/workspace", &[("name", "Ann"), ("approves_replies", "true")]).await;
    let workspace = app.who().await.workspace.id;
    let (now, random) = (app.app.now(), app.app.random.clone());
    let id = app.app.db.write(move |tx| {
        let connection = ConnectionId::new(now, &random);
        add_connection(tx, workspace, connection)?;
        let source =
            IngestContext { workspace, connection, platform: Platform::YouTube, language: None, now, random: &random };
        ingest::interactions(tx, &source, &[comment("c1", "dora", "When do you open?")])?;
        tx.one::<InteractionId>("SELECT id FROM interactions WHERE connection_id = $1", kit::args![connection])
    });
    let item = format!("/inbox/{}", id.await.expect("it is ingested"));
    (app, ben, item)
}

fn hidden(page: &str, name: &str) -> String {
    let (_, rest) =
        page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

async fn answer(browser: &Browser, item: &str, text: &str) {
    let key = hidden(&browser.get(item).await.text, "key");
    let sent = browser.post(&format!("{item}/reply"), &[("key", &key), ("text", text)]).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
}

both_databases! {
    async fn an_answer_is_sent_back_and_the_next_one_approved(app: TestApp) {
        let (app, ben, item) = a_question(app).await;
        answer(&ben, &item, "No.").await;
        let bens = ben.get(&item).await.text;
        assert!(bens.contains("waiting for approval") && !bens.contains("data-test=\"approve\""), "{bens}");
        assert!(ben.get("/inbox/approvals").await.text.contains("No."), "he sees that it waits");

        assert!(app.get("/inbox").await.text.contains("href=\"/inbox/approvals\">For approval"), "and she that it does");
        let anns = app.get(&item).await.text;
        assert!(anns.contains("data-test=\"approve\"") && app.get("/inbox/approvals").await.text.contains("data-test=\"approve\""));
        let reply = hidden(&anns, "reply");
        let review = format!("{item}/reply/review");
        let back = [("reply", reply.as_str()), ("act", "send_back"), ("note", "A little kinder, please.")];
        assert_eq!(ben.post(&review, &back).await.status, 403);
        let sent_back = app.post(&review, &back).await;
        assert!(app.get(sent_back.location()).await.text.contains("Sent back, with your note."), "{}", sent_back.location());

        let bens = ben.get(&item).await.text;
        assert!(bens.contains("Ann: A little kinder, please.") && bens.contains("\nNo.</textarea>"), "{bens}");
        app.hand.advance(std::time::Duration::from_secs(1));
        answer(&ben, &item, "Sorry, not on Sundays.").await;
        let reply = hidden(&app.get("/inbox/approvals").await.text, "reply");
        let approve = [("reply", reply.as_str()), ("act", "approve"), ("text", "Sorry, not on Sundays!")];
        let approved = app.post(&review, &approve).await;
        let told = app.get(approved.location()).await.text;
        assert!(told.contains("Approved. It's on its way."), "{told}");
        let changed = "Ann changed this on approving. Ben wrote: “Sorry, not on Sundays.”";
        for page in [told, ben.get(&item).await.text] {
            assert!(page.contains(changed), "whose words they are: {page}");
        }
        let list = app.get(&format!("/api{item}/replies")).await.json();
        let states = list["items"].as_array().expect("a list").iter().map(|one| one["state"].clone()).collect::<Vec<_>>();
        assert_eq!(states, ["sent_back", "queued"]);
        assert_eq!(list["items"][1]["text"], "Sorry, not on Sundays!");
        assert_eq!(list["items"][1]["submitted_text"], "Sorry, not on Sundays.");
        let publish = "UPDATE replies SET state = 'published', external_id = 'c1' WHERE state = 'queued'";
        app.db.write(move |tx| tx.exec(publish, kit::args![])).await.unwrap();
        assert!(ben.get(&item).await.text.contains(changed), "also once it is in the thread");
        assert!(!app.get("/inbox/approvals").await.text.contains("data-test=\"approve\""));
    }

    async fn what_waits_when_nobody_asks_any_more_is_sent_by_its_writer(app: TestApp) {
        let (app, ben, item) = a_question(app).await;
        answer(&ben, &item, "At nine.").await;
        assert!(!ben.get(&item).await.text.contains("value=\"release\""), "an owner is asked");
        app.post("/settings/workspace", &[("name", "Ann")]).await;
        assert!(app.get("/settings/members").await.text.contains("1 reply</a> from before still waiting"));
        assert!(app.get("/inbox/approvals").await.text.contains("Replies don't need approval any more."));
        let page = ben.get(&item).await.text;
        assert!(page.contains("Ben can send this one") && page.contains("value=\"release\""), "{page}");
        let reply = hidden(&page, "reply");
        let release = [("reply", reply.as_str()), ("act", "release")];
        assert_eq!(app.post(&format!("{item}/reply/act"), &release).await.status, 409, "Ann approves, or not");
        let sent = ben.post(&format!("{item}/reply/act"), &release).await;
        assert!(ben.get(sent.location()).await.text.contains("It's on its way."), "{}", sent.location());
        assert_eq!(ben.get(&format!("/api{item}/replies")).await.json()["items"][0]["state"], "queued");
    }

    async fn what_waits_of_who_cannot_answer_any_more_is_an_owners_to_decide(app: TestApp) {
        let (app, ben, item) = a_question(app).await;
        answer(&ben, &item, "At nine.").await;
        let user = app.user("ben@example.com").await.to_string();
        app.post("/settings/members/role", &[("user", &user), ("role", "viewer")]).await;
        app.post("/settings/workspace", &[("name", "Ann")]).await;
        assert!(!ben.get(&item).await.text.contains("value=\"release\""));
        let page = app.get("/inbox/approvals").await.text;
        assert!(page.contains("Ben can't answer here any more."), "{page}");
        let reply = hidden(&page, "reply");
        let back = [("reply", reply.as_str()), ("act", "send_back"), ("note", "Never mind.")];
        assert_eq!(app.post(&format!("{item}/reply/review"), &back).await.status, 303);
        let drafts = app.db.read(|conn| conn.one::<i64>("SELECT count(*) FROM reply_drafts", kit::args![])).await;
        assert_eq!(drafts.unwrap(), 0, "nobody waits for a draft that nobody goes on with");
        assert_eq!(app.get(&format!("/api{item}/replies")).await.json()["items"][0]["state"], "sent_back");
        answer(&app, &item, "At ten.").await;
    }

    async fn enter_in_the_word_to_its_author_lets_no_answer_go_out(app: TestApp) {
        let (app, ben, item) = a_question(app).await;
        answer(&ben, &item, "No.").await;
        for page in [app.get(&item).await.text, app.get("/inbox/approvals").await.text] {
            let forms = page.split("<form").filter(|form| form.contains("name=\"note\" type=\"text\""));
            let forms = forms.map(|form| form.split("</form>").next().unwrap_or_default()).collect::<Vec<_>>();
            assert!(!forms.is_empty(), "{page}");
            for form in forms {
                assert!(form.contains("value=\"send_back\"") && !form.contains("value=\"approve\""), "{form}");
            }
        }
    }

    async fn a_program_approves_with_an_owners_key_and_with_no_editors(app: TestApp) {
        let (app, ben, item) = a_question(app).await;
        answer(&ben, &item, "At nine.").await;
        let waiting = app.get("/api/approvals").await.json();
        let id = waiting["items"][0]["id"].as_str().expect("an id").to_owned();
        let none = ben.json("POST", &format!("/api/replies/{id}/approve"), serde_json::json!({})).await;
        assert!(none.status == 403 && none.text.contains("Only owners approve replies."), "{}", none.text);
        let empty = app.json("POST", &format!("/api/replies/{id}/send-back"), serde_json::json!({"note": " "})).await;
        assert_eq!(empty.status, 422);
        let done = app.json("POST", &format!("/api/replies/{id}/approve"), serde_json::json!({})).await;
        assert_eq!((done.status.as_u16(), done.json()["state"].as_str()), (202, Some("queued")));
        let again = app.json("POST", &format!("/api/replies/{id}/approve"), serde_json::json!({})).await;
        assert_eq!(again.status, 202, "theirs who was faster counts");
    }
}
