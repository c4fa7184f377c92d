//! Saved replies, as they are inserted under a comment.

use crate::inbox::testing::three_questions;
use crate::testing::TestApp;

kit::both_databases! {
    async fn a_saved_reply_goes_into_the_draft_with_what_is_known(app: TestApp) {
        let app = app.with_ann().await;
        let id = three_questions(&app).await[0];
        let page = app.get(&format!("/inbox/{id}")).await.text;
        assert!(!page.contains("Saved replies…"), "nothing to choose from, nothing to see");
        let text = "Hi {first_name}, thank you {author_name}! More: {link}";
        assert_eq!(app.post("/settings/replies", &[("name", "Thanks"), ("text", text)]).await.status, 303);
        let page = app.get(&format!("/inbox/{id}")).await.text;
        let (_, rest) = page.split_once("Saved replies…").expect("the choice");
        let saved = rest.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id").to_owned();

        let expected = "Hi, thank you @a0! More";
        assert_eq!(app.get(&format!("/inbox/{id}/saved-replies/{saved}")).await.text, expected);
        let path = format!("/inbox/{id}/reply/insert");
        let answer = app.post(&path, &[("text", "Good morning.\r\n"), ("saved", &saved), ("key", "k")]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, format!("/inbox/{id}#text").as_str()), "{}", answer.text);
        let page = app.get(&format!("/inbox/{id}")).await.text;
        assert!(page.contains(&format!("\nGood morning.\n\n{expected}</textarea>")), "{page}");
        let answer = app.post(&path, &[("text", "Only this"), ("saved", ""), ("key", "k")]).await;
        assert_eq!(answer.status, 303);
        assert!(app.get(&format!("/inbox/{id}")).await.text.contains("\nOnly this"), "none chosen: nothing is lost");
    }

    async fn strangers_and_nonsense_get_nothing_filled_in(app: TestApp) {
        let app = app.with_ann().await;
        let id = three_questions(&app).await[0];
        assert_eq!(app.post("/settings/replies", &[("name", "Thanks"), ("text", "Thanks!")]).await.status, 303);
        let saved = app.get("/api/saved-replies").await.json()["items"][0]["id"].as_str().expect("an id").to_owned();
        let eve = app.invited("eve@example.com").await;
        assert_eq!(eve.get(&format!("/inbox/{id}/saved-replies/{saved}")).await.status, 404);
        assert_eq!(eve.post(&format!("/inbox/{id}/reply/insert"), &[("text", ""), ("saved", &saved)]).await.status, 404);
        let nobodys = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(app.get(&format!("/inbox/{id}/saved-replies/{nobodys}")).await.status, 404);
        assert_eq!(app.get(&format!("/inbox/{nobodys}/saved-replies/{saved}")).await.status, 404);
        assert_eq!(app.get(&format!("/inbox/{id}/saved-replies/x")).await.status, 404);
    }
}
