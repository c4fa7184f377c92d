//! A name is a name, whatever it is given to.

use serde_json::json;

use crate::testing::{Answer, PASSWORD, TestApp};

/// What nobody can be called, and what is said of it.
fn bad() -> [(String, &'static str, &'static str); 7] {
    let hidden = ("bad_characters", "A name can't contain invisible characters.");
    let empty = ("required", "Enter a name.");
    [
        (String::new(), empty.0, empty.1),
        (" \u{a0} ".to_owned(), empty.0, empty.1),
        ("a\u{202e}b".to_owned(), hidden.0, hidden.1),
        ("a\u{200b}b".to_owned(), hidden.0, hidden.1),
        ("a\tb".to_owned(), hidden.0, hidden.1),
        ("a\nb".to_owned(), hidden.0, hidden.1),
        ("ä".repeat(81), "too_long", "A name has up to "),
    ]
}

/// In two signs what is one letter.
const TAKEN_APART: &str = "Cafe\u{301}";
const COMPOSED: &str = "Café";

kit::both_databases! {
    async fn what_is_no_name_is_refused_wherever_one_is_given(app: TestApp) {
        let app = app.with_ann().await;
        let invitation = app.invitation().await;
        for (name, code, words) in bad() {
            let browser = app.browser();
            let new = [("name", name.as_str()), ("email", "ben@example.com"), ("password", PASSWORD)];
            let refused = [
                browser.post(&invitation, &new).await,
                app.post("/settings/account", &[("name", &name), ("time_zone", "UTC")]).await,
                app.post("/settings/workspace", &[("name", &name)]).await,
                app.post("/settings/api-keys", &[("name", &name), ("read", "true"), ("life", "month")]).await,
                app.post("/inbox/views", &[("name", &name), ("filter", "kind=review")]).await,
                app.post("/settings/replies", &[("name", &name), ("text", "At nine.")]).await,
            ];
            for (place, answer) in refused.iter().enumerate() {
                assert_eq!(answer.status, 422, "{name:?} at {place}: {}", answer.text);
                assert!(answer.text.contains(words), "{name:?} at {place}: {}", answer.text);
            }
            let token = invitation.split_once("token=").map(|(_, token)| token);
            let new = json!({ "name": name, "email": "ben@example.com", "password": PASSWORD, "setup_token": token });
            let refused = [
                browser.json("POST", "/api/auth/signup", new).await,
                app.json("POST", "/api/views", json!({ "name": name, "filter": "kind=review" })).await,
                app.json("POST", "/api/saved-replies", json!({ "name": name, "text": "At nine." })).await,
            ];
            for (place, answer) in refused.iter().enumerate() {
                assert_eq!((answer.status.as_u16(), code_of(answer)), (422, code.to_owned()), "{name:?} at {place}: {}", answer.text);
            }
        }
    }

    async fn a_name_is_kept_composed_wherever_one_is_given(app: TestApp) {
        let app = app.with_ann().await;
        for (path, form, page) in [
            ("/settings/account", [("name", TAKEN_APART), ("time_zone", "UTC")], "/settings/account"),
            ("/settings/workspace", [("name", TAKEN_APART), ("", "")], "/settings/members"),
            ("/inbox/views", [("name", TAKEN_APART), ("filter", "kind=review")], "/inbox/views"),
            ("/settings/replies", [("name", TAKEN_APART), ("text", "At nine.")], "/settings/replies"),
        ] {
            let answer = app.post(path, &form).await;
            assert!(answer.status.as_u16() < 400, "{path}: {}", answer.text);
            let shown = app.get(page).await.text;
            assert!(shown.contains(COMPOSED) && !shown.contains(TAKEN_APART), "{path}: {shown}");
        }
        let made = app.post("/settings/api-keys", &[("name", TAKEN_APART), ("read", "true"), ("life", "month")]).await;
        assert!(made.text.contains(COMPOSED) || app.get("/settings/api-keys").await.text.contains(COMPOSED), "{}", made.text);
    }
}

fn code_of(answer: &Answer) -> String {
    let errors = answer.json()["errors"].clone();
    let of_name = errors.as_array().and_then(|all| all.iter().find(|one| one["field"] == "name")).cloned();
    of_name.and_then(|one| one["code"].as_str().map(str::to_owned)).unwrap_or_default()
}
