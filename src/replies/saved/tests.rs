//! Saved replies, as a team keeps them on pages and by the API.

use axum::body::Body;
use kit::both_databases;
use serde_json::json;

use crate::testing::TestApp;

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

both_databases! {
    async fn a_reply_is_saved_changed_and_deleted(app: TestApp) {
        let app = app.with_ann().await;
        assert!(app.get("/settings/replies").await.text.contains("No saved replies yet"));
        let made = app.post("/settings/replies", &[("name", " Opening  hours "), ("text", "Hi {first_name}, at nine.\r\n")]).await;
        assert_eq!((made.status.as_u16(), made.location()), (303, "/settings/replies?done=made"), "{}", made.text);
        let page = app.get(made.location()).await.text;
        assert!(page.contains(">Opening hours</b>") && page.contains("Hi {first_name}, at nine."), "{page}");
        let id = page.split("action=\"/settings/replies/").nth(1).and_then(|rest| rest.split('"').next()).expect("an id").to_owned();
        let path = format!("/settings/replies/{id}");
        let ben = app.invited("ben@example.com").await;
        for theirs in [path.clone(), format!("{path}/delete")] {
            assert_eq!(ben.post(&theirs, &[("name", "Mine"), ("text", "Mine")]).await.status, 404);
        }
        let changed = app.post(&path, &[("name", "Opening hours"), ("text", "At ten.")]).await;
        assert_eq!(changed.location(), "/settings/replies?done=changed", "its own name is not taken: {}", changed.text);
        assert!(app.get("/settings/replies").await.text.contains("At ten."));
        assert_eq!(app.post(&format!("{path}/delete"), &[]).await.location(), "/settings/replies?done=deleted");
        assert_eq!(app.post(&format!("{path}/delete"), &[]).await.status, 404);
    }

    async fn what_two_change_at_once_is_told_to_the_later_with_both_words(app: TestApp) {
        let app = app.with_ann().await;
        app.post("/settings/replies", &[("name", "Hours"), ("text", "At nine.")]).await;
        let part = |page: &str, mark: &str| page.split(mark).nth(1).and_then(|rest| rest.split('"').next()).expect("it is there").to_owned();
        let seen = |page: &str| part(page, "name=\"seen\" value=\"");
        let page = app.get("/settings/replies").await.text;
        assert!(page.contains("Delete “Hours” for the whole team?"), "it is asked about first: {page}");
        let path = format!("/settings/replies/{}", part(&page, "action=\"/settings/replies/"));
        app.hand.advance(std::time::Duration::from_secs(1));
        let change = async |text: &str, seen: &str| app.post(&path, &[("name", "Hours"), ("text", text), ("seen", seen)]).await;
        assert_eq!(change("At ten.", &seen(&page)).await.status, 303);
        let told = change("At eleven.", &seen(&page)).await;
        assert_eq!(told.status, 422);
        assert!(told.text.contains("This was changed meanwhile, to: “At ten.”"), "{}", told.text);
        assert!(told.text.contains("\nAt eleven.</textarea>"), "{}", told.text);
        assert_eq!(change("At eleven.", &seen(&told.text)).await.status, 303, "who has seen it replaces it");
    }

    async fn what_is_wrong_is_told_beside_its_field_and_stays_typed(app: TestApp) {
        let app = app.with_ann().await;
        assert_eq!(app.post("/settings/replies", &[("name", "Hours"), ("text", "At nine.")]).await.status, 303);
        let (long_name, long_text) = ("é".repeat(61), "é".repeat(2_001));
        for (name, text, word) in [
            ("", "Hi", "Enter a name."),
            ("  HOURS ", "Hi", "Another saved reply has this name."),
            (long_name.as_str(), "Hi", "A name has up to 60 letters."),
            ("a\u{202e}b", "Hi", "can't contain invisible characters"),
            ("Name", " \n", "Write the reply."),
            ("Name", long_text.as_str(), "this is 1 too long"),
            ("Name", "a\u{202e}b", "can't contain invisible characters"),
            ("Name", "Hi {firstname}!", "There is no {firstname}."),
            ("Name", "Hi {first_name", "one brace on each side"),
            ("Name", "Hi {{first_name}}", "one brace on each side"),
        ] {
            let answer = app.post("/settings/replies", &[("name", name), ("text", text)]).await;
            assert_eq!(answer.status, 422, "{word}");
            assert!(answer.text.contains(word) && answer.text.contains(&format!("\n{text}</textarea>")), "{word}: {}", answer.text);
        }
    }

    async fn programs_keep_them_too(app: TestApp) {
        let app = app.with_ann().await;
        let send = async |method: &str, path: &str, body: serde_json::Value| {
            let answer = app.send(method, path, &JSON, Body::from(body.to_string())).await;
            (answer.status.as_u16(), if answer.text.is_empty() { json!(null) } else { answer.json() })
        };
        let (status, made) = send("POST", "/api/saved-replies", json!({ "name": "Hours", "text": "At nine, {first_name}." })).await;
        assert_eq!((status, &made["name"]), (201, &json!("Hours")), "{made}");
        let path = format!("/api/saved-replies/{}", made["id"].as_str().unwrap());
        let (status, problem) = send("POST", &path, json!({ "name": "Hours", "text": "{nope}" })).await;
        assert_eq!((status, &problem["errors"][0]["code"]), (422, &json!("unknown_variable")), "{problem}");
        let (status, changed) = send("POST", &path, json!({ "name": "Opening", "text": "At ten." })).await;
        assert_eq!((status, &changed["text"]), (200, &json!("At ten.")));
        assert_eq!(app.get("/api/saved-replies").await.json()["items"][0]["name"], "Opening");
        assert_eq!(send("DELETE", &path, json!({})).await.0, 204);
        assert_eq!(send("DELETE", &path, json!({})).await.0, 404);
    }
}
