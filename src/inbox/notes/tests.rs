//! Notes, as a team writes them on pages.

use std::time::Duration;

use kit::args;
use serde_json::json;

use crate::inbox::ingest;
use crate::inbox::testing::{colleague, comment, more, three_questions};
use crate::model::InteractionId;
use crate::testing::TestApp;

kit::both_databases! {
    async fn a_note_is_read_by_the_team_and_deleted_by_its_writer(app: TestApp) {
        let app = app.with_ann().await;
        let id = three_questions(&app).await[0];
        let path = format!("/inbox/{id}/notes");
        let answer = app.post(&path, &[("note", " Call <her> back.\r\n\r\nShe is\ta regular. ")]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, format!("/inbox/{id}").as_str()), "{}", answer.text);
        let ben = colleague(&app).await;
        let page = ben.get(&format!("/inbox/{id}")).await.text;
        assert!(page.contains("<b>Ann</b>") && page.contains("Call &lt;her&gt; back.\n\nShe is\ta regular.</p>"), "{page}");
        let note = app.db.read(|conn| conn.one::<super::NoteId>("SELECT id FROM thread_notes", args![])).await.unwrap().to_string();
        assert!(!page.contains(&note), "Ben is offered no button");
        let delete = format!("{path}/delete");
        assert_eq!(ben.post(&delete, &[("note", &note)]).await.status, 404);
        assert_eq!(app.invited("eve@example.com").await.post(&delete, &[("note", &note)]).await.status, 404);
        assert_eq!(app.post(&delete, &[("note", &note)]).await.status, 303);
        assert_eq!(app.post(&delete, &[("note", &note)]).await.status, 404);
        assert!(!app.get(&format!("/inbox/{id}")).await.text.contains("regular"));
    }

    async fn a_note_on_a_person_is_read_beside_all_that_they_write_and_nowhere_else(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        // The author of the first one asks again, in a thread of its own.
        more(&app, |tx, context| ingest::interactions(tx, context, &[comment("later", "a0", "And how long does it take?")])).await;
        let later = "SELECT id FROM interactions WHERE external_id = 'later'";
        let again = app.db.read(move |conn| conn.one::<InteractionId>(later, args![])).await.unwrap();
        let path = format!("/inbox/{}/notes", ids[0]);
        for form in [&[("note", "A regular."), ("person", "on")][..], &[("note", "Call her.")]] {
            assert_eq!(app.post(&path, form).await.status, 303);
            app.hand.advance(Duration::from_secs(1));
        }
        let told = async |id| {
            let notes = app.get(&format!("/api/interactions/{id}/notes")).await.json()["items"].clone();
            let notes = notes.as_array().expect("a list").iter();
            notes.map(|note| format!("{}: {}", note["about"].as_str().unwrap(), note["text"].as_str().unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(told(ids[0]).await, ["person: A regular.", "thread: Call her."]);
        assert_eq!(told(again).await, ["person: A regular."]);
        assert_eq!(told(ids[1]).await, [""; 0], "somebody else's");
        let page = app.get(&format!("/inbox/{again}")).await.text;
        assert!(page.contains("A regular.</p>") && page.contains("<span dir=\"auto\">on @a0</span>"), "{page}");

        let written = app.json("POST", &format!("/api/interactions/{again}/notes"), json!({ "text": "Likes tea.", "about": "person" })).await;
        assert_eq!((written.status.as_u16(), &written.json()["about"]), (201, &json!("person")));
        assert_eq!(told(ids[0]).await, ["person: A regular.", "thread: Call her.", "person: Likes tea."]);
        let refused = app.json("POST", &format!("/api/interactions/{again}/notes"), json!({ "text": "Hm.", "about": "shop" })).await;
        assert_eq!(refused.status, 422);
        // It is taken back from wherever it is read, and from nowhere else.
        let note = written.json()["id"].as_str().expect("an id").to_owned();
        assert_eq!(app.post(&format!("/inbox/{}/notes/delete", ids[1]), &[("note", &note)]).await.status, 404);
        assert_eq!(app.post(&format!("{path}/delete"), &[("note", &note)]).await.status, 303);
        assert_eq!(told(again).await, ["person: A regular."]);
    }

    async fn notes_on_a_person_are_bounded_over_all_threads(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        more(&app, |tx, context| ingest::interactions(tx, context, &[comment("later", "a0", "And how long does it take?")])).await;
        let later = "SELECT id FROM interactions WHERE external_id = 'later'";
        let again = app.db.read(move |conn| conn.one::<InteractionId>(later, args![])).await.unwrap();
        for number in 0..200 {
            let on = if number % 2 == 0 { ids[0] } else { again };
            let note = json!({ "text": format!("Note {number}."), "about": "person" });
            assert_eq!(app.json("POST", &format!("/api/interactions/{on}/notes"), note).await.status, 201);
        }
        let one_more = json!({ "text": "And another.", "about": "person" });
        for on in [ids[0], again] {
            assert_eq!(app.json("POST", &format!("/api/interactions/{on}/notes"), one_more.clone()).await.status, 422);
        }
        assert_eq!(app.json("POST", &format!("/api/interactions/{}/notes", ids[1]), one_more).await.status, 201);
    }

    async fn a_note_whose_form_is_sent_twice_is_written_once(app: TestApp) {
        let app = app.with_ann().await;
        let id = three_questions(&app).await[0];
        let path = format!("/inbox/{id}/notes");
        let page = app.get(&format!("/inbox/{id}")).await.text;
        let form = page.split("id=\"noting\"").nth(1).expect("the form");
        let key = form.split("name=\"key\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("its key").to_owned();
        let count = async || app.db.read(|conn| conn.one::<i64>("SELECT count(*) FROM thread_notes", args![])).await.unwrap();
        for _ in 0..2 {
            assert_eq!(app.post(&path, &[("note", "Call them."), ("key", &key)]).await.status, 303);
            assert_eq!(count().await, 1);
        }
        assert_eq!(app.post(&path, &[("note", "Or write."), ("key", &key)]).await.status, 303);
        assert_eq!(count().await, 2, "other words are another note");
        let ben = colleague(&app).await;
        assert_eq!(ben.post(&path, &[("note", "Call them."), ("key", &key)]).await.status, 303);
        assert_eq!(count().await, 3, "and so are another's");
    }

    async fn a_note_of_two_tabs_keeps_the_words_of_both(app: TestApp) {
        let app = app.with_ann().await;
        let id = three_questions(&app).await[0];
        let (path, draft) = (format!("/inbox/{id}/notes"), format!("/inbox/{id}/notes/draft"));
        assert_eq!(app.post(&draft, &[("note", "Call them."), ("was", "")]).await.status, 204);
        let told = app.post(&draft, &[("note", "Write to them."), ("was", "")]).await;
        assert_eq!((told.status.as_u16(), told.text.as_str()), (200, "Call them."));
        let refused = app.post(&path, &[("note", "Visit them."), ("was", "Call them.")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("\nVisit them.\n\nWrite to them.\n\nCall them.</textarea>"), "{}", refused.text);
        assert!(refused.text.contains("You wrote something else in another tab"), "{}", refused.text);
    }

    async fn what_is_typed_of_a_note_is_kept_for_who_types_it_until_it_is_written(app: TestApp) {
        let app = app.with_ann().await;
        let id = three_questions(&app).await[0];
        let (page, draft) = (format!("/inbox/{id}"), format!("/inbox/{id}/notes/draft"));
        assert_eq!(app.post(&draft, &[("note", " Half a thou")]).await.status, 204);
        let seen = app.get(&page).await.text;
        assert!(seen.contains("<details class=\"note-card\" open>") && seen.contains("\n Half a thou</textarea>"), "{seen}");
        let ben = colleague(&app).await;
        assert!(!ben.get(&page).await.text.contains("Half a thou"));
        assert_eq!(app.post(&format!("{page}/notes"), &[("note", "Half a thought.")]).await.status, 303);
        assert_eq!(app.post(&draft, &[("note", "Half a thought.")]).await.status, 204, "words that come late");
        assert_eq!(app.get(&page).await.text.matches("Half a thou").count(), 1, "they are the note's");
        assert_eq!(app.post(&draft, &[("note", "Anew")]).await.status, 204);
        assert_eq!(app.post(&draft, &[("note", " ")]).await.status, 204);
        assert!(!app.get(&page).await.text.contains("Anew"));
        assert_eq!(app.post("/inbox/01890a5d-ac96-774b-bcce-b302099a8057/notes/draft", &[("note", "Hi")]).await.status, 404);
    }

    async fn what_is_no_note_is_told_beside_the_field_and_stays_typed(app: TestApp) {
        let app = app.with_ann().await;
        let id = three_questions(&app).await[0];
        let long = "é".repeat(2_001);
        for (text, word) in [
            (" \n ", "Write a note first."),
            (long.as_str(), "this is 1 too long"),
            ("a\u{202e}b", "can't contain invisible characters"),
        ] {
            let answer = app.post(&format!("/inbox/{id}/notes"), &[("note", text)]).await;
            assert_eq!(answer.status, 422);
            assert!(answer.text.contains(word) && answer.text.contains(&format!("\n{text}</textarea>")), "{word}: {}", answer.text);
        }
        let fits = "é".repeat(2_000);
        assert_eq!(app.post(&format!("/inbox/{id}/notes"), &[("note", fits.as_str())]).await.status, 303);
        assert_eq!(app.post("/inbox/01890a5d-ac96-774b-bcce-b302099a8057/notes", &[("note", "Hi")]).await.status, 404);
    }
}
