//! Stars, tags and assignments: on one thread and on many, taken back, and as pages show them.

use std::time::Duration;

use axum::body::Body;
use kit::args;
use kit::testing::{Halt, until_held_up};
use serde_json::json;

use crate::inbox::marks::{self, Mark};
use crate::inbox::testing::{colleague, three_questions};
use crate::model::InteractionId;
use crate::testing::{Answer, TestApp};
use crate::web::errors::Error;
use crate::work::{Who, Work};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

kit::both_databases! {
    async fn a_star_is_ones_own_and_filters_the_list(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let page = marked(&app, &ids[..1], "mark=star").await;
        assert!(page.contains("Starred.") && page.contains("aria-pressed=\"true\""), "{page}");
        assert_eq!(rows(&app, "starred=yes&state=all").await, [ids[0]]);
        assert!(app.get("/inbox").await.text.contains("class=\"starred\""), "the row shows it");
        let ben = colleague(&app).await;
        let theirs = ben.get("/inbox?starred=yes").await;
        assert!(theirs.text.contains("No matches"), "nobody sees another's stars: {}", theirs.text);
        let again = marked(&app, &ids[..1], "mark=star").await;
        assert!(again.contains("It has your star already.") && !again.contains("title=\"Undo\""), "{again}");
        let page = marked(&app, &ids[..1], "mark=unstar").await;
        assert!(page.contains("Star removed."), "{page}");
        assert!(rows(&app, "starred=yes").await.is_empty());
        undo(&app, &page).await;
        assert_eq!(rows(&app, "starred=yes").await, [ids[0]]);
    }

    async fn nothing_is_assigned_to_who_cannot_answer(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        colleague(&app).await;
        let workspace = app.who().await.workspace.id;
        let user = app.user("ben@example.com").await;
        let assign = format!("assignee={user}");
        marked(&app, &ids, &assign).await;
        assert_eq!(rows(&app, &assign).await.len(), 3);
        let role = [("user", user.to_string()), ("role", "viewer".to_owned())];
        let role = role.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
        assert_eq!(app.post("/settings/members/role", &role).await.status, 303);
        assert_eq!(rows(&app, "assignee=nobody").await.len(), 3, "what was a viewer's is nobody's");
        let page = app.get(&format!("/inbox/{}", ids[0])).await.text;
        assert!(!page.contains(&format!("value=\"{user}\"")), "a viewer is not offered: {page}");
        let refused = app.json("POST", &format!("/api/interactions/{}/assignee", ids[0]), json!({ "user_id": user })).await;
        assert!(refused.status == 422 && refused.text.contains("somebody who can answer here"), "{}", refused.text);
        assert_eq!(app.db.read(move |conn| marks::members(conn, workspace)).await.unwrap().len(), 1);
    }

    async fn a_tag_is_one_however_it_is_written_and_many_are_counted(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let page = marked(&app, &ids[..1], "mark=tag&tag=Price+List").await;
        assert!(page.contains("Tagged “Price List”."), "{page}");
        let page = marked(&app, &ids, "mark=tag&tag=+price++list+").await;
        assert!(page.contains("Tagged 2 “Price List”, 1 had it already."), "{page}");
        assert_eq!(rows(&app, "tag=PRICE+list").await.len(), 3);
        undo(&app, &page).await;
        assert_eq!(rows(&app, "tag=price+list").await, [ids[0]], "what had it before has it still");
        let page = app.get(&format!("/inbox/{}", ids[0])).await.text;
        assert!(page.contains("name=\"untag\" value=\"Price List\"") && page.contains("<option value=\"Price List\">"), "{page}");
        let page = marked(&app, &ids[..1], "untag=price+list").await;
        assert!(page.contains("Removed the tag “Price List”."), "{page}");
        assert!(rows(&app, "tag=price+list").await.is_empty());
        undo(&app, &page).await;
        let page = marked(&app, &ids[..2], "mark=untag&tag=price+list").await;
        assert!(page.contains("Removed “Price List” from 1, 1 didn&#39;t have it.") || page.contains("Removed “Price List” from 1, 1 didn't have it."), "{page}");
        marked(&app, &ids[..1], "mark=tag&tag=PRICE+LIST").await;
        assert!(app.get("/inbox").await.text.contains("title=\"PRICE LIST\""), "a tag that nobody used is written anew");
    }

    async fn of_two_who_tag_the_same_at_once_each_thread_is_ones(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        colleague(&app).await;
        let (ann, ben, workspace) = (app.who().await.user.id, app.user("ben@example.com").await, app.who().await.workspace.id);
        let tags = |user, halt: &Halt| {
            let (app, ids, halt) = (app.app.clone(), ids.clone(), halt.clone());
            tokio::spawn(async move {
                let unit = move |work: &mut Work<'_>| {
                    let act = marks::mark(work, workspace, &ids, &Mark::Tag("shipping".parse()?))?;
                    halt.here();
                    Ok::<_, Error>(act)
                };
                app.write(Who::user(user, ""), unit).await
            })
        };
        let (first, second) = (Halt::default(), Halt::default());
        second.go();
        let anns = tags(ann, &first);
        first.reached().await;
        let bens = tags(ben, &second);
        until_held_up(&app.app.db, || bens.is_finished()).await;
        first.go();
        let (anns, bens) = (anns.await.unwrap(), bens.await.unwrap());
        let changed = [anns, bens].map(|act| act.unwrap_or_else(|error| panic!("{error}")).changed);
        assert_eq!(changed, [3, 0]);
        assert_eq!(count(&app, "mark_changes").await, 3);
    }

    async fn what_is_no_tag_is_told_beside_the_field_and_stays_typed(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let long = "a".repeat(300);
        for (typed, word) in [
            ("", "Write a tag first."),
            ("   ", "Write a tag first."),
            (long.as_str(), "A tag has up to 40 letters."),
            ("a%E2%80%AEb", "A tag can't contain invisible characters."),
            ("a%07b", "A tag can't contain invisible characters."),
        ] {
            for (path, ticked) in [(format!("/inbox/{}/mark", ids[0]), ""), ("/inbox/marks".to_owned(), "&id=ID")] {
                let body = format!("mark=tag&tag={typed}{}", ticked.replace("ID", &ids[0].to_string()));
                let answer = app.send("POST", &path, &FORM, Body::from(body)).await;
                assert_eq!(answer.status, 422, "{typed} {path}");
                let text = answer.text.replace("&#39;", "'").replace("&apos;", "'");
                assert!(text.contains(word) && text.contains("aria-invalid=\"true\""), "{word}: {text}");
                assert!(!typed.starts_with("aa") || text.contains(&format!("value=\"{long}\"")), "it stays typed");
                assert!(ticked.is_empty() || text.contains(" checked"), "what was ticked stays ticked");
            }
        }
        let nul = app.send("POST", "/inbox/marks", &FORM, Body::from(format!("mark=tag&tag=a%00&id={}", ids[0]))).await;
        assert_eq!(nul.status, 400, "{}", nul.text);
        assert_eq!(count(&app, "thread_tags").await + count(&app, "tags").await + count(&app, "mark_acts").await, 0);
    }

    async fn a_thread_is_assigned_to_one_member_and_given_back(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let (me, ben) = (app.who().await.user.id, { colleague(&app).await; app.user("ben@example.com").await });
        let page = marked(&app, &ids[..2], "assignee=me").await;
        assert!(page.contains("Assigned 2 to you."), "{page}");
        assert_eq!(rows(&app, "assignee=me").await.len(), 2);
        assert_eq!(rows(&app, "assignee=nobody").await, [ids[2]]);
        let page = marked(&app, &ids, &format!("assignee={ben}")).await;
        assert!(page.contains("Assigned 3 to Ben."), "{page}");
        assert_eq!(rows(&app, &format!("assignee={ben}")).await.len(), 3);
        assert!(rows(&app, "assignee=me").await.is_empty(), "one at a time");
        undo(&app, &page).await;
        assert_eq!(rows(&app, &format!("assignee={me}")).await.len(), 2, "whoever had them has them again");
        assert_eq!(rows(&app, "assignee=nobody").await, [ids[2]]);
        let page = marked(&app, &ids[..1], "assignee=nobody").await;
        assert!(page.contains("Assigned to nobody."), "{page}");
        let stranger = app.invited("eve@example.com").await;
        drop(stranger);
        let eve = app.user("eve@example.com").await;
        let path = format!("/inbox/{}/mark", ids[0]);
        let refused = app.send("POST", &path, &FORM, Body::from(format!("assignee={eve}"))).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
    }

    async fn whoever_leaves_sees_to_nothing_any_more(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        colleague(&app).await;
        let (ben, workspace) = (app.user("ben@example.com").await, app.who().await.workspace.id);
        marked(&app, &ids, &format!("assignee={ben}")).await;
        let now = app.app.now();
        app.db.write(move |tx| marks::member_left(tx, now, workspace, ben)).await.unwrap();
        assert_eq!(rows(&app, "assignee=nobody").await.len(), 3);
        marked(&app, &ids, &format!("assignee={ben}")).await;
        app.db.write(move |tx| tx.exec("UPDATE users SET disabled_at = $2 WHERE id = $1", args![ben, now])).await.unwrap();
        assert_eq!(app.db.write(move |tx| marks::purge(tx, now, 100)).await.unwrap(), 3, "an account was closed");
        assert_eq!(rows(&app, "assignee=nobody").await.len(), 3);
    }

    async fn an_act_is_taken_back_by_its_doer_for_an_hour(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let ben = colleague(&app).await;
        let page = marked(&app, &ids, "mark=tag&tag=shipping").await;
        let act = hidden(&page, "act");
        let bens = ben.post("/inbox/marks/undo", &[("act", &act)]).await;
        assert!(bens.location().ends_with("remark=nothing_to_undo"), "it was not Ben's: {}", bens.location());
        app.hand.advance(Duration::from_secs(3_600));
        let late = app.post("/inbox/marks/undo", &[("act", &act)]).await;
        assert!(app.get(late.location()).await.text.contains("It's too late to undo that."), "{}", late.location());
        assert_eq!(rows(&app, "tag=shipping").await.len(), 3);
        assert_eq!(app.post("/inbox/marks/undo", &[("act", "x")]).await.status, 400);
        let now = app.app.now() + Duration::from_secs(86_400);
        assert_eq!(app.db.write(move |tx| marks::purge(tx, now, 100)).await.unwrap(), 3);
        assert_eq!(count(&app, "mark_changes").await, 0);
        assert_eq!(rows(&app, "tag=shipping").await.len(), 3, "the tags stay");
    }

    async fn strangers_and_nonsense_mark_nothing(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let eve = app.invited("eve@example.com").await;
        for (path, body, status) in [
            (format!("/inbox/{}/mark", ids[0]), "mark=star".to_owned(), 404),
            ("/inbox/marks".to_owned(), format!("mark=star&id={}", ids[0]), 303),
            ("/inbox/nonsense/mark".to_owned(), "mark=star".to_owned(), 404),
        ] {
            assert_eq!(eve.send("POST", &path, &FORM, Body::from(body)).await.status, status, "{path}");
        }
        for (body, status) in [("mark=shine", 400), ("", 400), ("assignee=ann", 400), ("mark=assign", 400)] {
            let path = format!("/inbox/{}/mark", ids[0]);
            assert_eq!(app.send("POST", &path, &FORM, Body::from(body)).await.status, status, "{body}");
        }
        assert_eq!(count(&app, "thread_stars").await, 0);
    }
}

/// Marks the threads of one or of many; the page that follows.
async fn marked(app: &TestApp, ids: &[InteractionId], body: &str) -> String {
    let (path, body) = match ids {
        [id] => (format!("/inbox/{id}/mark"), body.to_owned()),
        ids => ("/inbox/marks".to_owned(), ids.iter().fold(body.to_owned(), |body, id| format!("{body}&id={id}"))),
    };
    let answer: Answer = app.send("POST", &path, &FORM, Body::from(body)).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    app.get(answer.location()).await.text
}

async fn undo(app: &TestApp, page: &str) {
    let answer = app.post("/inbox/marks/undo", &[("act", &hidden(page, "act"))]).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
}

fn hidden(page: &str, name: &str) -> String {
    let (_, rest) =
        page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Which comments the list shows.
async fn rows(app: &TestApp, query: &str) -> Vec<InteractionId> {
    let page = app.get(&format!("/inbox?{query}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.text.split("id=\"i-").skip(1).map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect()
}

async fn count(app: &TestApp, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    app.db.read(move |conn| conn.one(&sql, args![])).await.unwrap()
}
