//! The tour as people take it.

use axum::body::Body;
use kit::args;

use crate::inbox::ingest;
use crate::inbox::testing::{colleague, comment, more, three_questions};
use crate::testing::{Browser, TestApp};
use crate::workspaces::{self, Role};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

kit::both_databases! {
    async fn each_step_ticks_itself_off_when_it_was_really_done(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let others = (10..20).map(|n| comment(&format!("c{n}"), &format!("a{n}"), "Where can I buy this?")).collect::<Vec<_>>();
        more(&app, move |tx, context| ingest::interactions(tx, context, &others)).await;
        becomes_a_demo(&app).await;
        assert_eq!(told(&app, "/inbox").await, [("Answer one", false, true), ("Clear ten", false, false), ("See your number", false, false)]);
        let sent = app.post(&format!("/inbox/{}/reply", ids[0]), &[("key", "k"), ("text", "At nine.")]).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        assert_eq!(told(&app, "/inbox").await[..2], [("Answer one", true, false), ("Clear ten", false, true)]);
        clear(&app, 4).await;
        assert!(app.get("/inbox?state=all").await.text.contains("4 of 10"));
        clear(&app, 6).await;
        assert_eq!(told(&app, &format!("/inbox/{}", ids[0])).await, [("Answer one", true, false), ("Clear ten", true, false), ("See your number", false, true)]);
        let dashboard = app.get("/dashboard").await.text;
        assert!(dashboard.contains("you answered 1 and cleared 10 threads."), "the number: {dashboard}");
        let seen = app.post("/inbox/tour", &[("has_seen", "true")]).await;
        assert_eq!(seen.location(), "/dashboard?tour=done");
        assert!(app.get(seen.location()).await.text.contains("you answered 1 and cleared 10 threads."));
        for page in ["/inbox", "/dashboard"] {
            assert!(!app.get(page).await.text.contains("aria-label=\"Tour\""), "{page}: it is over");
        }
    }

    async fn it_ends_when_somebody_has_enough_of_it_for_them_alone(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        let ben = colleague(&app).await;
        becomes_a_demo(&app).await;
        let ended = app.post("/inbox/tour", &[("return_to", "/inbox?state=all")]).await;
        assert_eq!(ended.location(), "/inbox?state=all");
        assert_eq!((told(&app, "/inbox").await.len(), told(&ben, "/inbox").await.len()), (0, 3));
        assert!(!app.get("/inbox/tour?here=/inbox").await.text.contains("aria-label=\"Tour\""));
        assert_eq!(app.post("/inbox/tour", &[("return_to", "https://evil.example")]).await.location(), "/dashboard");
    }

    async fn it_is_for_whoever_may_answer_in_a_demo(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        let ben = colleague(&app).await;
        assert!(told(&app, "/inbox").await.is_empty(), "no demo");
        becomes_a_demo(&app).await;
        assert_eq!(told(&ben, "/inbox").await.len(), 3);
        let (workspace, user) = (app.who().await.workspace.id, app.user("ben@example.com").await);
        app.db.write(move |tx| workspaces::set_role(tx, workspace, user, Role::Viewer)).await.unwrap();
        assert!(told(&ben, "/inbox").await.is_empty() && told(&ben, "/dashboard").await.is_empty(), "a viewer answers nobody");
    }
}

/// Everybody's workspace is Ann's, and that is a demo from now on.
async fn becomes_a_demo(app: &TestApp) {
    let workspace = app.who().await.workspace.id;
    app.db
        .write(move |tx| {
            tx.exec("UPDATE workspaces SET kind = 'demo'", &[])?;
            tx.exec("UPDATE user_sessions SET workspace_id = $1", args![workspace])
        })
        .await
        .expect("there is one");
}

/// Marks so many of those that wait done.
async fn clear(app: &TestApp, count: usize) {
    let page = app.get("/inbox").await.text;
    let ids = page.split("name=\"id\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).take(count);
    let body = ids.map(|id| format!("id={id}&")).collect::<String>() + "to=done";
    assert_eq!(body.matches("id=").count(), count, "so many wait");
    assert_eq!(app.send("POST", "/inbox/moves", &FORM, Body::from(body)).await.status, 303);
}

/// The steps: their names, whether they are done, and which is next.
async fn told(browser: &Browser, page: &str) -> Vec<(&'static str, bool, bool)> {
    let page = browser.get(page).await.text;
    let Some(tour) = page.split("aria-label=\"Tour\"").nth(1) else { return Vec::new() };
    let steps = tour.split("<li").skip(1).zip(super::views::STEPS);
    let step = |(html, (_, name)): (&str, (_, &'static str))| {
        assert!(html.contains(name), "{html}");
        (
            name,
            html.starts_with(" class=\"done\""),
            html.split('>').next().is_some_and(|tag| tag.contains("aria-current")),
        )
    };
    steps.map(step).collect()
}
