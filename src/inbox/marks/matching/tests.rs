//! A mark on all that matches, through pages, API and the jobs behind them.

use std::time::Duration;

use axum::body::Body;
use kit::args;
use serde_json::{Value, json};

use crate::inbox::seed;
use crate::inbox::testing::{colleague, more, three_questions};
use crate::testing::{Answer, TestApp};

/// More than one portion of them, and more than are taken back at once.
const MANY: usize = 1_600;

kit::both_databases! {
    async fn all_that_match_are_tagged_and_the_tag_is_taken_back(app: TestApp) {
        let app = with_many(app).await;
        let one = app.db.read(|conn| conn.one::<crate::model::InteractionId>("SELECT id FROM interactions WHERE external_id = 'c0'", args![]));
        app.post(&format!("/inbox/{}/mark", one.await.unwrap()), &[("mark", "tag"), ("tag", "plans")]).await;
        let threads = threads_of_what_is_listed(&app).await;
        assert!(threads > 1_000, "{threads} are no job to take back");
        let answer = mark_all(&app, "state=all", "mark=tag&tag=Plans").await;
        assert!(app.get(answer.location()).await.text.contains("Marking all that match: 0 so far…"));
        app.run_jobs().await;
        let page = app.get(answer.location()).await.text;
        assert!(page.contains(&format!("Tagged {} “plans”.", grouped(threads - 1))), "{}", receipt(&page));
        assert_eq!(tagged(&app).await, threads);

        let undone = app.post("/inbox/marks/undo", &[("act", act(&page))]).await;
        assert!(app.get(undone.location()).await.text.contains("Taking it back: 0 so far…"));
        app.run_jobs().await;
        assert_eq!(tagged(&app).await, 1, "what had it before has it still");
        let told = app.get(undone.location()).await.text;
        assert!(told.contains(&format!("Taken back: {} threads.", grouped(threads - 1))), "{}", receipt(&told));
        let elsewhere = app.get(&format!("{}&panel=receipt", answer.location())).await.text;
        assert!(elsewhere.contains("panel-receipt") && !elsewhere.contains("Tagged"), "{elsewhere}");
        assert_eq!(app.post("/inbox/marks/undo", &[("act", act(&page))]).await.location().split("remark=").nth(1), Some("nothing_to_undo"));
    }

    async fn what_is_called_off_takes_back_what_it_had_marked(app: TestApp) {
        let app = with_many(app).await;
        let answer = mark_all(&app, "", "mark=star").await;
        let page = app.get(answer.location()).await.text;
        let undone = app.post("/inbox/marks/undo", &[("act", act(&page))]).await;
        assert_eq!(undone.status, 303, "{}", undone.text);
        app.run_jobs().await;
        assert_eq!(app.db.read(|conn| conn.one::<i64>("SELECT count(*) FROM thread_stars", args![])).await.unwrap(), 0);
        let page = app.get(undone.location()).await.text;
        assert!(page.contains("Stopped. Everything is as it was."), "{}", receipt(&page));
        let jobs = app.get("/api/jobs?job_type=mark_matching").await.json();
        let job = &jobs["items"][0];
        assert_eq!((&job["status"], &job["can_retry"]), (&json!("cancelled"), &json!(false)), "there is nothing to go on with: {job}");
        let again = app.json("POST", &format!("/api/jobs/{}/retry", job["id"].as_str().unwrap()), Value::Null).await;
        assert_eq!(again.status, 409, "{}", again.text);
    }

    async fn whoever_left_is_assigned_nothing(app: TestApp) {
        let app = with_many(app).await;
        colleague(&app).await;
        let ben = app.user("ben@example.com").await;
        let answer = mark_all(&app, "", &format!("assignee={ben}")).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        app.db.write(move |tx| tx.exec("DELETE FROM memberships WHERE user_id = $1", args![ben])).await.unwrap();
        app.run_jobs().await;
        assert_eq!(app.db.read(|conn| conn.one::<i64>("SELECT count(*) FROM thread_assignments", args![])).await.unwrap(), 0);
        let page = app.get(answer.location()).await.text;
        assert!(page.contains("Nothing changed"), "{}", receipt(&page));
    }

    async fn what_came_after_it_was_asked_for_is_not_marked(app: TestApp) {
        let app = with_many(app).await;
        let meant = threads_of_what_is_listed(&app).await;
        mark_all(&app, "state=all", "mark=tag&tag=plans").await;
        app.hand.advance(Duration::from_secs(1));
        more(&app, |tx, context| seed(tx, context, MANY..MANY + 40)).await;
        app.run_jobs().await;
        assert_eq!(tagged(&app).await, meant);
    }

    async fn a_tag_that_nothing_gets_is_not_kept(app: TestApp) {
        let app = with_many(app).await;
        mark_all(&app, "state=snoozed", "mark=tag&tag=plans").await;
        app.run_jobs().await;
        assert_eq!(app.db.read(|conn| conn.one::<i64>("SELECT count(*) FROM tags", args![])).await.unwrap(), 0);
    }

    async fn what_cannot_be_marked_is_told_before_anything_is_ordered(app: TestApp) {
        let app = with_many(app).await;
        for wrong in ["mark=tag&tag=", "mark=sparkle", "assignee=nobody-we-know"] {
            assert!(mark_all(&app, "", wrong).await.status.is_client_error(), "{wrong}");
        }
        assert_eq!(mark_all(&app, "state=nowhere", "mark=star").await.status, 400, "a filter that nobody can follow matches nothing");
        app.run_jobs().await;
        assert_eq!(app.db.read(|conn| conn.one::<i64>("SELECT count(*) FROM mark_acts", args![])).await.unwrap(), 0);
    }

    async fn a_program_marks_all_that_match_and_back(app: TestApp) {
        let app = with_many(app).await;
        let asked = json!({ "filter": {}, "mark": "tag", "tag": "plans" });
        let answer = app.json("POST", "/api/marks/matching", asked).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        app.run_jobs().await;
        assert_eq!(tagged(&app).await, threads_of_what_is_listed(&app).await);
        let act = answer.json()["act"].as_str().expect("an act").to_owned();
        let path = format!("/api/jobs/{}", answer.json()["job_id"].as_str().expect("a job"));
        let job = app.get(&format!("{path}/status")).await.json();
        assert_eq!(job["result"], json!({ "act": act, "changed": tagged(&app).await }), "{job}");
        let undone = app.json("POST", &format!("/api/marks/{act}/undo"), Value::Null).await;
        assert_eq!(undone.status, 202, "{}", undone.text);
        app.run_jobs().await;
        assert_eq!(tagged(&app).await, 0);
        for wrong in [
            json!({ "filter": { "state": "nowhere" }, "mark": "star" }),
            json!({ "filter": {}, "mark": "tag" }),
            json!({ "filter": {}, "mark": "star", "tag": "plans" }),
            json!({ "filter": {}, "mark": "tag", "tag": "plans", "assignee": "01890a5d-ac96-774b-bcce-b302099a8057" }),
            json!({ "filter": {}, "mark": "assign" }),
            json!({ "filter": {}, "mark": "assign", "assignee": "01890a5d-ac96-774b-bcce-b302099a8057" }),
        ] {
            assert_eq!(app.json("POST", "/api/marks/matching", wrong.clone()).await.status, 422, "{wrong}");
        }
    }
}

async fn with_many(app: TestApp) -> TestApp {
    let app = app.with_ann().await;
    three_questions(&app).await;
    more(&app, |tx, context| seed(tx, context, 0..MANY)).await;
    app
}

async fn mark_all(app: &TestApp, list: &str, what: &str) -> Answer {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    app.hand.advance(Duration::from_secs(1));
    app.send("POST", &format!("/inbox/marks?{list}"), &form, Body::from(format!("all=yes&{what}"))).await
}

async fn tagged(app: &TestApp) -> i64 {
    app.db.read(|conn| conn.one("SELECT count(*) FROM thread_tags WHERE tag = 'plans'", args![])).await.unwrap()
}

/// Of other people's comments that everybody can see.
async fn threads_of_what_is_listed(app: &TestApp) -> i64 {
    let sql = "SELECT count(DISTINCT thread_external_id) FROM interactions
         WHERE is_own = false AND provider_state = 'published' AND state <> 'spam'";
    app.db.read(move |conn| conn.one(sql, args![])).await.unwrap()
}

fn grouped(count: i64) -> String {
    crate::web::ui::numbers::grouped(count)
}

fn act(page: &str) -> &str {
    page.split("name=\"act\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an act to undo")
}

fn receipt(page: &str) -> String {
    page.split("receipt").skip(1).map(|part| part.chars().take(300).collect::<String>()).collect()
}
