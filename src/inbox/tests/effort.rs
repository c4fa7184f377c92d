//! What is done with some comments costs what they cost, however many others lie beside them. SQLite tells its steps.

use axum::body::Body;
use kit::testing::Engine;
use serde_json::json;

use crate::inbox::ingest;
use crate::inbox::listing::Filter;
use crate::inbox::search;
use crate::inbox::seed;
use crate::inbox::testing::{comment, more, three_questions};
use crate::model::InteractionId;
use crate::testing::TestApp;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

/// The steps for a list's fifty rows: where few are, there may be none.
const A_PAGE: u64 = 4_000;

#[test]
fn what_is_done_with_some_comments_costs_the_same_among_many() {
    kit::testing::run(async {
        let (few, many) = (efforts(1_000).await, efforts(6_000).await);
        let dearer = few.iter().zip(&many).filter(|((_, few), (_, many))| *many > few * 3 / 2 + A_PAGE);
        let told = dearer.map(|((what, few), (_, many))| format!("{what}: {few} steps among few, {many} among many"));
        assert_eq!(told.collect::<Vec<_>>(), Vec::<String>::new());
    });
}

#[test]
fn a_part_that_shows_no_list_reads_none() {
    kit::testing::run(async {
        let app = TestApp::fresh(Engine::Sqlite).await.with_ann().await;
        three_questions(&app).await;
        let steps = async |path: &str| {
            let before = app.db.effort();
            let answer = app.get(path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            app.db.effort() - before
        };
        let page = steps("/inbox").await;
        for part in ["/inbox?panel=views", "/inbox?panel=receipt&matching=01890a5d-ac96-774b-bcce-b302099a8057"] {
            let part_alone = steps(part).await;
            assert!(part_alone * 2 < page, "{part}: {part_alone} steps of {page}");
        }
    });
}

/// The steps of each act, in a workspace with so many comments.
async fn efforts(comments: usize) -> Vec<(String, u64)> {
    let app = TestApp::fresh(Engine::Sqlite).await.with_ann().await;
    let (now, random) = (app.app.now(), app.app.random.clone());
    app.db.write(move |tx| search::jobs::keep_current(tx, now, &random)).await.expect("an empty index is current");
    let ids = three_questions(&app).await;
    fill(&app, comments).await;
    let (me, one, ticked) = (app.who().await.user.id, ids[0], ticked(&ids));
    let page = |path: &str, body: &str| ("POST", path.to_owned(), FORM, body.to_owned());
    let call = |method, path: &str, body: serde_json::Value| (method, path.to_owned(), JSON, body.to_string());
    let look = |path: &str| ("GET", path.to_owned(), FORM, String::new());
    let acts = [
        look("/inbox?state=all"),
        look("/inbox"),
        look(&format!("/inbox/{one}?state=all")),
        look("/api/interactions"),
        look(&format!("/api/interactions/{one}")),
        look("/inbox/approvals"),
        page(&format!("/inbox/{one}/draft"), "text=At+ni"),
        page(&format!("/inbox/{one}/reply"), "key=k&text=At+nine."),
        call("GET", &format!("/api/inbox/{one}/replies"), json!({})),
        page("/moderation", &format!("id={one}&verb=hide")),
        page("/moderation", &format!("{ticked}verb=hide")),
        page("/moderation", &format!("{ticked}verb=hide&confirmed=3")),
        look("/activity"),
        look("/api/jobs?limit=100"),
        page(&format!("/inbox/{one}/move"), "to=done"),
        page("/inbox/moves", &format!("{ticked}to=tomorrow")),
        page(&format!("/inbox/{one}/mark"), "mark=star"),
        page("/inbox/marks", &format!("{ticked}mark=tag&tag=price")),
        page("/inbox/marks", &format!("{ticked}untag=price")),
        page("/inbox/marks", &format!("{ticked}assignee=me")),
        page(&format!("/inbox/{one}/notes"), "note=Call+them."),
        page(&format!("/inbox/{one}/corrections"), "fact=sentiment&value=negative"),
        look("/settings/corrections"),
        call("POST", "/api/moves", json!({ "ids": ids, "state": "done" })),
        call("POST", "/api/marks", json!({ "ids": ids, "mark": "assign", "assignee": me })),
        look("/inbox?state=all&q=ship"),
        look("/inbox?starred=yes&state=all"),
        look("/inbox?assignee=me&state=all"),
        page("/moderation?assignee=me&state=all", "all=yes&verb=hide"),
        look("/inbox?days=last_7_days&kind=comment&tag=price"),
        look("/inbox?panel=filters&state=all&kind=comment"),
        page("/inbox/views", "name=Mine&filter=assignee%3Dme"),
        page("/inbox/views", "name=All&filter=state%3Dall&shared=true"),
        look("/inbox?panel=views"),
        look("/inbox/views"),
        look("/inbox/views?panel=side"),
        look("/palette?panel=commands&from=/inbox"),
    ];
    let mut efforts = Vec::new();
    for (method, path, content, body) in acts.into_iter().chain(filters().iter().map(|filter| look(filter))) {
        let before = app.db.effort();
        let answer = app.send(method, &path, &[content], Body::from(body.clone())).await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{path}: {}", answer.text);
        let told = format!("{method} {} {}", path.replace(&one.to_string(), "…"), words(&body, &ids));
        efforts.push((told, app.db.effort() - before));
    }
    efforts.push(("one that arrives".to_owned(), arrive(&app).await));
    efforts
}

/// The list under each choice of each of its filters, whether any comment is so or none.
pub fn filters() -> Vec<String> {
    let mut filters = Vec::new();
    for name in ["state", "kind", "platform", "sentiment", "priority", "intent", "language", "visibility"] {
        let wanted = Filter::parse([(name, "no such value")]).expect_err("it is none").message;
        let choices = wanted.trim_start_matches("This must be one of ").trim_end_matches('.');
        // Without a state, or with some, everything.
        let all = if name == "state" { "" } else { "state=all&" };
        filters.extend(choices.split(", ").map(|choice| format!("/inbox?{all}{name}={choice}")));
    }
    filters.extend(
        ["/inbox?state=no_reply_needed&language=th", "/inbox?state=needs_reply&order=priority&intent=safety"]
            .map(str::to_owned),
    );
    filters
}

fn ticked(ids: &[InteractionId]) -> String {
    ids.iter().map(|id| format!("id={id}&")).collect()
}

fn words(body: &str, ids: &[InteractionId]) -> String {
    ids.iter().fold(body.to_owned(), |body, id| body.replace(&id.to_string(), "…"))
}

async fn arrive(app: &TestApp) -> u64 {
    let before = app.db.effort();
    more(app, |tx, context| ingest::interactions(tx, context, &[comment("c9", "a9", "Is it open on Sundays?")])).await;
    app.db.effort() - before
}

async fn fill(app: &TestApp, comments: usize) {
    more(app, move |tx, context| seed(tx, context, 0..comments)).await;
}
