//! A word on all that matches, through pages, API and the jobs behind them.

use std::time::Duration;

use axum::body::Body;
use kit::args;
use serde_json::json;

use crate::inbox::decisions::{self, Speaker, Word};
use crate::inbox::ingest;
use crate::inbox::testing::{comment, more, reply, three_questions};
use crate::inbox::threads::ThreadState;
use crate::inbox::{search, seed};
use crate::model::InteractionId;
use crate::testing::{Answer, TestApp};

/// More than one portion of them.
const MANY: usize = 700;

kit::both_databases! {
    async fn all_that_match_are_those_of_the_workspace_that_was_looked_at(app: TestApp) {
        let app = with_many(app).await;
        let waiting = states(&app, "needs_reply").await;
        let mine = format!("name=\"workspace\" value=\"{}\"", app.who().await.workspace.id);
        assert!(app.get("/inbox").await.text.contains(&mine));
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let elsewhere = "01890a5d-ac96-774b-bcce-b302099a8057";
        for (path, what) in [("/inbox/moves", "to=done"), ("/inbox/marks", "mark=star"), ("/moderation", "verb=hide")] {
            let body = format!("all=yes&workspace={elsewhere}&{what}");
            let answer = app.send("POST", path, &form, Body::from(body)).await;
            assert_eq!(answer.status, 409, "{path}: {}", answer.text);
        }
        app.run_jobs().await;
        assert_eq!(states(&app, "needs_reply").await, waiting, "nothing was moved");
    }

    async fn all_that_match_are_moved_and_taken_back_by_whoever_moved_them(app: TestApp) {
        let app = with_many(app).await;
        let (waiting, all) = (states(&app, "needs_reply").await, totals(&app).await);
        let list = app.get("/inbox").await.text;
        assert!(list.contains(&format!("All {waiting} that match")), "the bar says how many are meant");
        let told = told(&app, &move_all(&app, "", "done").await).await;
        assert!(told.contains("threads done."), "{}", receipt(&told));
        assert_eq!(states(&app, "needs_reply").await, 0);
        assert_eq!(totals(&app).await.iter().map(|(_, count)| count).sum::<i64>(), all.iter().map(|(_, count)| count).sum::<i64>());

        let undone = app.post("/inbox/moves/undo", &[("at", instant(&told))]).await;
        app.run_jobs().await;
        let page = app.get(undone.location()).await.text;
        assert!(!page.contains("so far"), "{}", receipt(&page));
        assert_eq!((states(&app, "needs_reply").await, totals(&app).await), (waiting, all), "as if nothing had been");
    }

    async fn how_much_there_is_to_do_is_told_from_the_start(app: TestApp) {
        let app = with_many(app).await;
        let waiting = states(&app, "needs_reply").await;
        move_all(&app, "state=needs_reply", "done").await;
        // Its first portion fails, and so it ends where it began.
        app.db.write(|tx| tx.exec("UPDATE memberships SET role = 'viewer'", args![])).await.unwrap();
        app.run_jobs().await;
        let job = app.get("/api/jobs?job_type=move_matching").await.json()["items"][0].clone();
        assert_eq!((&job["status"], &job["progress"]["done"], &job["progress"]["total"]), (&json!("failed"), &json!(0), &json!(waiting)), "{job}");
    }

    async fn what_happens_after_it_was_asked_is_left_alone(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let answer = move_all(&app, "state=needs_reply", "done").await;
        app.hand.advance(Duration::from_secs(1));
        // Somebody answers in one thread, and says another word of the second, before the job comes to them.
        let first = comment("c0", "a0", "Where can I buy this?");
        more(&app, move |tx, context| {
            ingest::interactions(tx, context, &[reply("r0", "a7", &first, 5), comment("c9", "a9", "Is it open on Sundays?")])
        })
        .await;
        app.post(&format!("/inbox/{}/move", ids[1]), &[("to", "spam")]).await;
        let told = told(&app, &answer).await;
        assert!(told.contains("Marked 1 thread done. 2 were left alone because something changed in them."), "{}", receipt(&told));
        let states = app.db.read(|conn| conn.all::<(String, String)>("SELECT external_id, state FROM threads ORDER BY external_id", args![]));
        let expected = [("c0", "needs_reply"), ("c1", "spam"), ("c2", "done"), ("c9", "needs_reply")];
        assert_eq!(states.await.unwrap(), expected.map(|(id, state)| (id.to_owned(), state.to_owned())));
    }

    async fn a_search_and_a_tag_are_filters_like_any(app: TestApp) {
        let app = app.with_ann().await;
        let (now, random) = (app.app.now(), app.app.random.clone());
        let index = app.db.write(move |tx| search::jobs::keep_current(tx, now, &random));
        index.await.expect("an empty index is current");
        let ids = three_questions(&app).await;
        app.post(&format!("/inbox/{}/mark", ids[0]), &[("mark", "tag"), ("tag", "price")]).await;
        told(&app, &move_all(&app, "state=all&q=ship", "done").await).await;
        assert_eq!(state_of(&app, "c2").await, "done");
        told(&app, &move_all(&app, "state=all&tag=price", "spam").await).await;
        assert_eq!((state_of(&app, "c0").await.as_str(), state_of(&app, "c1").await.as_str()), ("spam", "needs_reply"));
        let nothing = app.get(move_all(&app, "state=all&q=unheard", "spam").await.location()).await.text;
        assert!(nothing.contains("No comments match, so nothing was done."), "{nothing}");
    }

    async fn a_filter_that_cannot_be_followed_moves_nothing(app: TestApp) {
        let app = with_many(app).await;
        let waiting = states(&app, "needs_reply").await;
        for list in ["state=nowhere", "mood=good", "state=needs_reply&since=yesterday"] {
            let answer = move_all(&app, list, "done").await;
            assert_eq!(answer.status, 400, "{list}");
        }
        app.run_jobs().await;
        assert_eq!(states(&app, "needs_reply").await, waiting);
    }

    async fn who_may_not_answer_any_more_moves_nothing(app: TestApp) {
        let app = with_many(app).await;
        move_all(&app, "", "done").await;
        app.db.write(|tx| tx.exec("UPDATE memberships SET role = 'viewer'", args![])).await.unwrap();
        app.run_jobs().await;
        assert_ne!(states(&app, "needs_reply").await, 0);
        assert_eq!(move_all(&app, "", "done").await.status, 403);
    }

    async fn what_is_called_off_moves_back_what_it_had_moved(app: TestApp) {
        let app = with_many(app).await;
        let (waiting, all, ids) = (states(&app, "needs_reply").await, totals(&app).await, three_more(&app).await);
        let answer = move_all(&app, "", "done").await;
        said_of(&app, ids).await;
        let page = app.get(answer.location()).await.text;
        let asked_at = instant(&page).to_owned();
        let undone = app.post("/inbox/moves/undo", &[("at", &asked_at)]).await;
        assert_eq!((undone.status.as_u16(), states(&app, "needs_reply").await), (303, waiting - 3), "{}", undone.text);
        let told = app.get(undone.location()).await.text;
        assert!(told.contains("What was done so far is being taken back."), "before that has begun: {}", receipt(&told));
        app.run_jobs().await;
        let told = app.get(undone.location()).await.text;
        assert!(told.contains("Stopped. Everything is as it was."), "{}", receipt(&told));
        assert_eq!((states(&app, "needs_reply").await, totals(&app).await), (waiting, all));
        assert_eq!(app.post("/inbox/moves/undo", &[("at", &asked_at)]).await.location().split("remark=").nth(1), Some("nothing_to_undo"));
    }

    async fn taking_back_that_is_stopped_is_told_as_that(app: TestApp) {
        let app = with_many(app).await;
        let answer = move_all(&app, "", "done").await;
        let asked_at = instant(&app.get(answer.location()).await.text).to_owned();
        app.post("/inbox/moves/undo", &[("at", &asked_at)]).await;
        // The move is called off by now, so this is the job that takes it back.
        let back = app.post("/inbox/moves/undo", &[("at", &asked_at)]).await;
        let job = back.location().split("matching=").nth(1).expect("a job").to_owned();
        assert!(app.get(back.location()).await.text.contains("Taking it back"));
        assert_eq!(app.post(&format!("/activity/{job}/cancel"), &[]).await.status, 303);
        let told = app.get(back.location()).await.text;
        assert!(told.contains("It ended before everything was taken back."), "{}", receipt(&told));
        assert!(!told.contains("action=\"/inbox/moves/undo"), "there is nothing to send: {}", receipt(&told));
    }

    async fn one_that_failed_on_its_way_says_what_it_moved_and_takes_it_back(app: TestApp) {
        let app = with_many(app).await;
        let (waiting, ids) = (states(&app, "needs_reply").await, three_more(&app).await);
        let answer = move_all(&app, "", "done").await;
        said_of(&app, ids).await;
        app.db.write(|tx| tx.exec("UPDATE memberships SET role = 'viewer'", args![])).await.unwrap();
        app.run_jobs().await;
        app.db.write(|tx| tx.exec("UPDATE memberships SET role = 'owner'", args![])).await.unwrap();
        let told = app.get(answer.location()).await.text;
        assert!(told.contains("Marked 3 threads done."), "{}", receipt(&told));
        let undone = app.post("/inbox/moves/undo", &[("at", instant(&told))]).await;
        assert_eq!((undone.status.as_u16(), states(&app, "needs_reply").await), (303, waiting), "{}", undone.text);
    }

    async fn a_program_moves_all_that_match_and_back(app: TestApp) {
        let app = with_many(app).await;
        let waiting = states(&app, "needs_reply").await;
        let threads = "SELECT count(*) FROM threads WHERE state = 'needs_reply'";
        let threads: i64 = app.db.read(move |conn| conn.one(threads, args![])).await.unwrap();
        let asked = json!({ "filter": { "state": "needs_reply" }, "state": "no_reply_needed" });
        let answer = app.json("POST", "/api/moves/matching", asked).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        app.run_jobs().await;
        let job = app.get(&format!("/api/jobs/{}/status", answer.json()["job_id"].as_str().unwrap())).await.json();
        let result = &job["result"];
        assert_eq!((job["status"].as_str(), result["changed"].as_i64()), (Some("completed"), Some(threads)), "{job}");
        let undone = app.json("POST", "/api/moves/undo", json!({ "at": result["at"] })).await;
        assert!(undone.status.is_success(), "{}", undone.text);
        app.run_jobs().await;
        assert_eq!(states(&app, "needs_reply").await, waiting);
        for wrong in [
            json!({ "filter": { "state": "nowhere" }, "state": "done" }),
            json!({ "filter": { "mood": "good" }, "state": "done" }),
            json!({ "filter": {}, "state": "snoozed" }),
            json!({ "filter": {}, "state": "done", "until": "2031-01-01T00:00:00.000Z" }),
        ] {
            assert_eq!(app.json("POST", "/api/moves/matching", wrong.clone()).await.status, 422, "{wrong}");
        }
    }
}

/// As after some portions of a job that was asked for just now: what stands under its instant is what it said.
async fn said_of(app: &TestApp, ids: Vec<InteractionId>) {
    let (who, at, random) = (app.who().await, app.app.now(), app.app.random.clone());
    let (by, workspace) = (who.user.id, who.workspace.id);
    let said = app.db.write(move |tx| {
        let speaker = Speaker { by, workspace, now: at, random: &random };
        decisions::decide(tx, speaker, &ids, Word { state: ThreadState::Done, until: None })
            .map_err(|_| kit::db::Error::NotFound)
    });
    said.await.expect("it is said");
}

/// Three of those that wait.
async fn three_more(app: &TestApp) -> Vec<InteractionId> {
    let ids =
        app.db.read(|conn| conn.all("SELECT id FROM interactions WHERE external_id IN ('c0', 'c1', 'c2')", args![]));
    ids.await.expect("three")
}

async fn with_many(app: TestApp) -> TestApp {
    let app = app.with_ann().await;
    three_questions(&app).await;
    more(&app, |tx, context| seed(tx, context, 0..MANY)).await;
    app
}

async fn move_all(app: &TestApp, list: &str, to: &str) -> Answer {
    app.hand.advance(Duration::from_secs(1));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    app.send("POST", &format!("/inbox/moves?{list}"), &form, Body::from(format!("all=yes&to={to}"))).await
}

/// What the page says of it once the job has ended.
async fn told(app: &TestApp, answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text);
    let page = app.get(answer.location()).await.text;
    assert!(page.contains("Moving all that match"), "it says that it is at it");
    app.run_jobs().await;
    app.get(answer.location()).await.text
}

fn receipt(page: &str) -> &str {
    page.split("class=\"receipt\"")
        .nth(1)
        .map_or("nothing is told", |told| told.split("</span>").next().unwrap_or(told))
}

fn instant(page: &str) -> &str {
    let at = page.split("name=\"at\" value=\"").nth(1).expect("an undo");
    at.split('"').next().expect("a value")
}

async fn states(app: &TestApp, state: &'static str) -> i64 {
    let count = app.db.read(move |conn| {
        conn.one("SELECT count(*) FROM interactions WHERE state = $1 AND provider_state = 'published'", args![state])
    });
    count.await.unwrap()
}

async fn state_of(app: &TestApp, thread: &'static str) -> String {
    let state = app.db.read(move |conn| conn.one("SELECT state FROM threads WHERE external_id = $1", args![thread]));
    state.await.unwrap()
}

/// As the rollups have them.
async fn totals(app: &TestApp) -> Vec<(String, i64)> {
    let totals = app.db.read(|conn| {
        conn.all(
            "SELECT state, CAST(SUM(total) AS BIGINT) FROM interaction_totals GROUP BY state HAVING SUM(total) > 0 ORDER BY state",
            args![],
        )
    });
    totals.await.unwrap()
}
