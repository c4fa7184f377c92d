//! Views as people keep them on pages, and programs by the API.

use axum::body::Body;
use kit::args;
use kit::both_databases;
use serde_json::json;

use crate::inbox::saved_views;
use crate::inbox::testing::{colleague, three_questions};
use crate::testing::{Browser, TestApp};
use crate::workspaces::{self, Role};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
const NOBODYS: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

both_databases! {
    async fn a_filter_gets_a_name_and_opens_by_it(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        let list = app.get("/inbox?kind=comment&days=today").await.text;
        assert!(list.contains("Save as a view") && list.contains("name=\"filter\" value=\"kind=comment&amp;days=today\""), "{list}");
        let made = save(&app, " Today's  comments ", "kind=comment&days=today", false).await;
        let opened = app.get(&made).await;
        assert_eq!((opened.status.as_u16(), opened.text.matches("data-test=\"interaction\"").count()), (200, 3));
        for part in ["Kind: comment", "aria-current=\"page\"><span dir=\"auto\">Today's comments</span>", "/inbox/moves?kind=comment&amp;days=today"] {
            assert!(opened.text.contains(part), "{part}: {}", opened.text);
        }
        assert!(!opened.text.contains("Save as a view"), "it has a name");
        let beside = app.get(&format!("/inbox/{}?kind=comment", listed(&app).await)).await.text;
        assert!(beside.contains("For everybody in this workspace"), "also beside a comment: {beside}");
        assert!(app.get("/inbox?panel=views").await.text.contains("<span class=\"count\">3</span>"), "counted where it is asked for");
        assert_eq!(app.get("/inbox/views").await.text.matches("data-test=\"view\"").count(), 1);
    }

    async fn what_is_wrong_is_told_and_stays_typed(app: TestApp) {
        let app = app.with_ann().await;
        save(&app, "Reviews", "kind=review", false).await;
        let long = "é".repeat(61);
        for (name, filter, word) in [
            ("", "kind=review", "Enter a name."),
            (" REVIEWS", "kind=comment", "Another view has this name."),
            (long.as_str(), "kind=review", "A name has up to 60 letters."),
            ("a\u{202e}b", "kind=review", "can't contain invisible characters"),
            ("Poems", "kind=poem", "This isn't an inbox filter."),
            ("Tab", "tab=all", "This isn't an inbox filter."),
        ] {
            let answer = app.post("/inbox/views", &[("name", name), ("filter", filter)]).await;
            assert_eq!(answer.status, 422, "{word}");
            assert!(answer.text.contains(word) && answer.text.contains(&format!("name=\"filter\" value=\"{filter}\"")), "{word}: {}", answer.text);
        }
        save(&app, "reviews", "kind=review", true).await;
        for n in 1..30 {
            save(&app, &format!("View {n}"), "kind=review", false).await;
        }
        let answer = app.post("/inbox/views", &[("name", "One more"), ("filter", "kind=review")]).await;
        assert!(answer.status == 422 && answer.text.contains("There is room for 30 views"), "{}", answer.text);
    }

    async fn views_are_put_in_order_renamed_and_deleted(app: TestApp) {
        let app = app.with_ann().await;
        for name in ["One", "Two", "Three"] {
            save(&app, name, "kind=review", false).await;
        }
        let ids = ids(&app).await;
        assert_eq!(names(&app).await, "One Two Three");
        for (id, direction, expected) in [(2, "up", "One Three Two"), (0, "up", "One Three Two"), (0, "down", "Three One Two"), (1, "down", "Three One Two")] {
            let moved = app.post(&format!("/inbox/views/{}/move", ids[id]), &[("direction", direction)]).await;
            assert_eq!(moved.location(), "/inbox/views", "{}", moved.text);
            assert_eq!(names(&app).await, expected, "{id} {direction}");
        }
        let one = format!("/inbox/views/{}", ids[0]);
        assert!(app.post(&one, &[("name", "TWO")]).await.text.contains("Another view has this name."));
        assert_eq!(app.post(&one, &[("name", "one")]).await.location(), "/inbox/views?done=renamed");
        assert_eq!(app.post(&format!("{one}/delete"), &[]).await.location(), "/inbox/views?done=deleted");
        assert_eq!((names(&app).await.as_str(), app.post(&format!("{one}/delete"), &[]).await.status.as_u16()), ("Three Two", 404));
        let gone = app.get(&format!("/inbox?view={}", ids[0])).await;
        assert!(gone.status == 200 && gone.text.contains("This view isn't there any more"), "{}", gone.text);
    }

    async fn the_inbox_opens_with_what_a_member_chose(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        save(&app, "Reviews", "kind=review", true).await;
        let id = ids(&app).await.remove(0);
        let ben = colleague(&app).await;
        assert_eq!(app.post("/inbox/views/default", &[("view", &id)]).await.location(), "/inbox/views?done=default");
        assert!(app.get("/inbox").await.text.contains("Kind: review"), "her own choice");
        assert!(!ben.get("/inbox").await.text.contains("Kind: review"), "nobody else's");
        let first = app.get("/inbox?state=needs_reply&order=priority").await.text;
        assert!(first.matches("data-test=\"interaction\"").count() == 3 && first.contains("href=\"/inbox?state=needs_reply&amp;order=priority\""), "{first}");
        app.post("/inbox/views/default", &[]).await;
        assert!(!app.get("/inbox").await.text.contains("Kind: review"));
        assert_eq!(app.post("/inbox/views/default", &[("view", NOBODYS)]).await.status, 404);
        app.post("/inbox/views/default", &[("view", &id)]).await;
        app.post(&format!("/inbox/views/{id}/delete"), &[]).await;
        assert_eq!(app.get("/inbox").await.text.matches("data-test=\"interaction\"").count(), 3, "it goes with its view");
    }

    async fn the_workspaces_views_are_for_all_and_kept_by_those_who_answer(app: TestApp) {
        let app = app.with_ann().await;
        save(&app, "Hers", "kind=review", false).await;
        let ben = colleague(&app).await;
        save(&ben, "Ours", "kind=comment", true).await;
        assert_eq!((names(&app).await.as_str(), names(&ben).await.as_str()), ("Hers Ours", "Ours"));
        let ours = ids(&ben).await.remove(0);
        become_viewer(&app).await;
        assert_eq!(ben.post("/inbox/views", &[("name", "More"), ("filter", "kind=reply"), ("shared", "true")]).await.status, 403);
        for path in ["delete", "move"] {
            assert_eq!(ben.post(&format!("/inbox/views/{ours}/{path}"), &[("direction", "up")]).await.status, 403);
        }
        save(&ben, "Mine", "kind=reply", false).await;
        let change = [("view", ours.as_str()), ("filter", "kind=review")];
        assert!(ben.post("/inbox/views/filter", &change).await.text.contains("Only owners and editors can change shared views."));
        assert_eq!(names(&ben).await, "Mine Ours");
        let page = ben.get("/inbox/views").await.text;
        assert_eq!(page.matches("Rename or delete").count(), 1, "only what is his: {page}");
        let (workspace, user) = (app.who().await.workspace.id, app.user("ben@example.com").await);
        app.db.write(move |tx| saved_views::member_left(tx, workspace, user)).await.unwrap();
        assert_eq!((names(&ben).await.as_str(), names(&app).await.as_str()), ("Ours", "Hers Ours"), "what he made for all stays");
    }

    async fn a_view_that_asks_for_what_nobody_knows_opens_with_a_word(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        save(&app, "Old", "kind=review", false).await;
        app.db.write(|tx| tx.exec("UPDATE saved_views SET filter = 'kind=comment&mood=blue&state=open'", &[])).await.unwrap();
        let opened = app.get(&format!("/inbox?view={}", ids(&app).await[0])).await;
        assert_eq!((opened.status.as_u16(), opened.text.matches("data-test=\"interaction\"").count()), (200, 3), "{}", opened.text);
        assert!(opened.text.contains("“Old” uses filters this version doesn") && opened.text.contains("a state that Repruv doesn"), "{}", opened.text);
        assert_eq!(app.post(&format!("/inbox/views/{}", ids(&app).await[0]), &[("name", "New")]).await.status, 303, "what is known of it is kept");
    }

    async fn what_is_listed_takes_the_place_of_a_views_filter(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        save(&app, "Reviews", "kind=review", false).await;
        let id = ids(&app).await.remove(0);
        let list = app.get("/inbox?kind=comment&days=today").await.text;
        assert!(list.contains("action=\"/inbox/views/filter\"") && list.contains(&format!("<option value=\"{id}\">Reviews")), "{list}");
        let changed = app.post("/inbox/views/filter", &[("view", &id), ("filter", "kind=comment&days=today")]).await;
        assert_eq!(changed.location(), format!("/inbox?view={id}"), "{}", changed.text);
        assert_eq!((names(&app).await.as_str(), all(&app, "filter").await.join(" ").as_str()), ("Reviews", "kind=comment&days=today"));
        assert_eq!(app.post("/inbox/views/filter", &[("view", &id), ("filter", "kind=poem")]).await.status, 422);
        assert_eq!(app.post("/inbox/views/filter", &[("view", NOBODYS), ("filter", "kind=review")]).await.status, 404);
    }

    async fn each_page_has_the_views_beside_its_places(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        save(&app, "Waiting", "state=needs_reply&order=newest", false).await;
        save(&app, "Today's", "kind=comment&days=today", false).await;
        for path in ["/dashboard", "/settings/account", "/inbox"] {
            let page = app.get(path).await.text;
            let source = if path == "/inbox" { "/inbox?panel=views" } else { "/inbox/views?panel=side" };
            assert!(page.contains(&format!("id=\"panel-inbox-views\" data-live=\"inbox demo\" data-src=\"{source}\" data-stale")), "{path}: {page}");
        }
        let side = app.get("/inbox/views?panel=side").await.text;
        let shown = ["Waiting</span><span class=\"count\">3<", "Today's</span><span class=\"count\">3<"].map(|part| side.find(part).expect(part));
        assert!(shown[0] < shown[1] && !side.contains("aria-current"), "{side}");
        let here = app.get("/inbox?kind=comment&days=today").await.text;
        assert!(here.contains("aria-current=\"page\"><span dir=\"auto\">Today's"), "{here}");
    }

    async fn two_who_choose_what_opens_first_at_once_both_may(app: TestApp) {
        let app = app.with_ann().await;
        for name in ["One", "Two"] {
            save(&app, name, "kind=review", false).await;
        }
        let ids = ids(&app).await;
        let choose = async |id: &String| app.post("/inbox/views/default", &[("view", id)]).await;
        for _ in 0..10 {
            assert_eq!(app.post("/inbox/views/default", &[]).await.status, 303);
            let (one, two) = futures_util::join!(choose(&ids[0]), choose(&ids[1]));
            assert_eq!((one.status.as_u16(), two.status.as_u16()), (303, 303), "{}{}", one.text, two.text);
        }
    }

    async fn programs_list_by_a_view(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        save(&app, "Comments", "kind=comment&days=today", false).await;
        save(&app, "Everything", "state=all", false).await;
        save(&app, "First", "state=needs_reply&order=priority", false).await;
        for (id, filter) in ids(&app).await.iter().zip(all(&app, "filter").await) {
            let (by_view, by_filter) = (app.get(&format!("/api/interactions?view={id}&limit=2")).await, app.get(&format!("/api/interactions?{filter}")).await);
            assert_eq!((by_view.status.as_u16(), by_filter.status.as_u16()), (200, 200), "{filter}: {}{}", by_view.text, by_filter.text);
            let (by_view, by_filter) = (by_view.json(), by_filter.json());
            assert_eq!((by_view["items"].as_array().map(Vec::len), by_filter["items"].as_array().map(Vec::len)), (Some(2), Some(3)), "{filter}");
            let rest = app.get(&format!("/api/interactions?view={id}&cursor={}", by_view["next_cursor"].as_str().unwrap())).await.json();
            assert_eq!(rest["items"][0]["id"], by_filter["items"][2]["id"], "{filter}");
        }
        let id = ids(&app).await.remove(0);
        for (query, status, code) in [(&*format!("view={NOBODYS}"), 404, "view_gone"), ("view=x", 404, "view_gone"), (&format!("view={id}&kind=review"), 400, "bad_filter")] {
            let answer = app.get(&format!("/api/interactions?{query}")).await;
            assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{query}: {}", answer.text);
        }
        app.db.write(|tx| tx.exec("UPDATE saved_views SET filter = 'kind=comment&mood=blue'", &[])).await.unwrap();
        let answer = app.get(&format!("/api/interactions?view={id}")).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (400, Some("view_outdated")), "{}", answer.text);
    }

    async fn programs_keep_views_too(app: TestApp) {
        let app = app.with_ann().await;
        let send = async |method: &str, path: &str, body: serde_json::Value| {
            let answer = app.send(method, path, &JSON, Body::from(body.to_string())).await;
            (answer.status.as_u16(), if answer.text.is_empty() { json!(null) } else { answer.json() })
        };
        let (status, made) = send("POST", "/api/views", json!({ "name": "Reviews", "filter": "kind=review", "is_shared": true })).await;
        assert_eq!((status, &made["filter"], &made["is_shared"]), (201, &json!("kind=review"), &json!(true)), "{made}");
        let path = format!("/api/views/{}", made["id"].as_str().unwrap());
        assert_eq!(send("POST", &path, json!({ "name": "All", "filter": "nothing=1" })).await.1["errors"][0]["field"], "filter");
        for everything in ["state=all", ""] {
            assert_eq!(send("POST", &path, json!({ "name": "All", "filter": everything })).await.1["filter"], "", "{everything:?}");
        }
        assert_eq!(app.get("/api/views").await.json()["items"][0]["name"], "All");
        assert_eq!(send("DELETE", &path, json!({})).await.0, 204);
        assert_eq!(send("DELETE", &path, json!({})).await.0, 404);
    }
}

/// Some comment.
async fn listed(browser: &Browser) -> String {
    browser.get("/api/interactions").await.json()["items"][0]["id"].as_str().expect("an id").to_owned()
}

/// Where it opens.
async fn save(browser: &Browser, name: &str, filter: &str, is_shared: bool) -> String {
    let shared = is_shared.to_string();
    let made = browser.post("/inbox/views", &[("name", name), ("filter", filter), ("shared", &shared)]).await;
    assert_eq!(made.status, 303, "{name}: {}", made.text);
    made.location().to_owned()
}

async fn all(browser: &Browser, field: &str) -> Vec<String> {
    let views = browser.get("/api/views").await.json();
    let items = views["items"].as_array().expect("a list").iter();
    items.map(|view| view[field].as_str().expect("a text").to_owned()).collect()
}

async fn ids(browser: &Browser) -> Vec<String> {
    all(browser, "id").await
}

async fn names(browser: &Browser) -> String {
    all(browser, "name").await.join(" ")
}

/// Ben may only look from now on.
async fn become_viewer(app: &TestApp) {
    let (workspace, user) = (app.who().await.workspace.id, app.user("ben@example.com").await);
    app.db
        .write(move |tx| {
            workspaces::set_role(tx, workspace, user, Role::Viewer)?;
            tx.exec("DELETE FROM default_views WHERE workspace_id = $1", args![workspace])
        })
        .await
        .unwrap();
}
