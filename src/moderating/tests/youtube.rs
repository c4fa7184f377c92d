//! Each verb over the real adapter, against the simulator's YouTube.

use std::time::Duration;

use kit::both_databases;
use serde_json::{Value, json};

use crate::testing::{Beside, TestApp};

pub async fn with_demo(app: TestApp) -> (TestApp, Beside) {
    let (app, beside) = app.with_simulator().await;
    let app = app.with_ann().await;
    app.json("POST", "/api/demo/enable", json!({ "size": "small", "seed": 7 })).await;
    app.run_jobs().await;
    (app, beside)
}

pub async fn ordered(app: &TestApp, verb: &str, ids: &[&str]) -> Value {
    let answer = app.json("POST", "/api/moderation", json!({ "ids": ids, "verb": verb })).await;
    assert_eq!(answer.status, 202, "{verb}: {}", answer.text);
    app.run_jobs().await;
    app.get(&format!("/api/moderation/{}", answer.json()["id"].as_str().expect("an id"))).await.json()
}

pub async fn stands(app: &TestApp, id: &str) -> String {
    let shown = app.get(&format!("/api/interactions/{id}")).await.json();
    shown["provider_state"].as_str().unwrap_or_else(|| panic!("{shown}")).to_owned()
}

/// A whole pass, after which the inbox has what the platform shows.
async fn read_again(app: &TestApp) {
    // Its lists may lag behind what was done from here, and are not believed at once.
    app.hand.advance(Duration::from_secs(61));
    let listed = app.get("/api/connections").await.json();
    let connection = listed["items"][0]["id"].as_str().expect("a connection").to_owned();
    app.json("POST", &format!("/api/connections/{connection}/sync"), json!({})).await;
    app.run_jobs().await;
}

both_databases! {
    async fn what_is_held_for_review_is_called_so_wherever_it_is_met_and_found_by_that_word(app: TestApp) {
        let (app, _beside) = with_demo(app).await;
        let waiting = app.get("/api/interactions?state=needs_reply&platform=youtube&kind=comment&limit=2").await.json();
        let ids = [0, 1].map(|n| waiting["items"][n]["id"].as_str().expect("some wait").to_owned());
        let item = format!("/inbox/{}?state=all", ids[0]);
        let page = app.get(&item).await.text;
        assert!(page.contains("Hold for review on YouTube") && !page.contains("Hide on YouTube"), "{page}");
        let receipt = ordered(&app, "hide", &[&ids[0], &ids[1]]).await;
        let receipt = app.get(&format!("/moderation/{}", receipt["id"].as_str().expect("an id"))).await.text;
        assert!(receipt.contains("Hold for review on YouTube: 2 comments") && receipt.contains("2 held for review"), "{receipt}");
        let filter = app.get("/inbox?state=all").await.text;
        let chosen = filter.split("<option value=\"").find(|option| option.contains(">held for review")).expect("a choice");
        let chosen = chosen.split('"').next().expect("its value");
        let list = app.get(&format!("/inbox?state=all&visibility={chosen}")).await.text;
        for id in &ids {
            let row = list.split("data-test=\"interaction\"").find(|row| row.contains(&format!("/inbox/{id}"))).expect("it is found");
            assert!(row.contains(">held for review<"), "{row}");
        }
        let page = app.get(&item).await.text;
        let reading = page.split_once("id=\"reading\"").map_or("", |(_, reading)| reading);
        assert!(reading.matches("held for review").count() >= 2 && !reading.contains(">hidden<"), "{reading}");
    }

    async fn comments_are_hidden_published_rejected_and_their_authors_banned_at_youtube(app: TestApp) {
        let (app, _beside) = with_demo(app).await;
        let waiting = app.get("/api/interactions?state=needs_reply&platform=youtube&kind=comment&limit=4").await.json();
        let ids = (0..4).map(|n| waiting["items"][n]["id"].as_str().expect("some wait").to_owned()).collect::<Vec<_>>();
        let [one, two, three, four] = [0, 1, 2, 3].map(|n| ids[n].as_str());

        let receipt = ordered(&app, "hide", &[one, two]).await;
        assert_eq!(receipt["changed"], 2, "{receipt}");
        read_again(&app).await;
        assert_eq!((stands(&app, one).await, stands(&app, two).await), ("held".to_owned(), "held".to_owned()));
        assert_eq!(app.get(&format!("/api/interactions/{one}")).await.json()["state"], "no_reply_needed");
        assert_eq!(ordered(&app, "publish", &[one]).await["changed"], 1);
        assert_eq!(ordered(&app, "reject", &[three]).await["changed"], 1);
        assert_eq!(ordered(&app, "ban", &[four]).await["changed"], 1);
        for _ in 0..3 {
            read_again(&app).await;
        }
        for (id, state) in [(one, "published"), (two, "held"), (three, "rejected"), (four, "rejected")] {
            assert_eq!(stands(&app, id).await, state);
        }
        let answer = app.json("POST", "/api/moderation", json!({ "ids": [one], "verb": "report_spam" })).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (409, &json!("not_offered")), "YouTube has no such call");
    }

    async fn a_reply_is_changed_and_deleted_at_youtube(app: TestApp) {
        let (app, _beside) = with_demo(app).await;
        let waiting = app.get("/api/interactions?state=needs_reply&platform=youtube&limit=1").await.json();
        let item = waiting["items"][0]["id"].as_str().expect("somebody waits").to_owned();
        let sent = app.json("POST", &format!("/api/inbox/{item}/replies"), json!({ "text": "At nine." })).await.json();
        app.run_jobs().await;
        let reply = format!("/api/replies/{}", sent["id"].as_str().expect("an id"));
        assert_eq!(app.json("PATCH", &reply, json!({ "text": "At ten." })).await.status, 202);
        app.run_jobs().await;
        read_again(&app).await;
        let replies = app.get(&format!("/api/interactions/{item}")).await.json()["replies"].clone();
        let ours = replies.as_array().into_iter().flatten().filter(|reply| reply["text"] == "At ten.").count();
        assert_eq!(ours, 1, "{replies}");
        assert_eq!(app.json("DELETE", &reply, json!({})).await.status, 202);
        app.run_jobs().await;
        assert_eq!(app.get(&reply).await.json()["state"], "deleted");
        assert_eq!(app.get(&format!("/api/interactions/{item}")).await.json()["state"], "needs_reply");
    }
}
