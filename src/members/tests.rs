//! People come, become more or less, and go.

use std::collections::BTreeSet;
use std::time::Duration;

use kit::args;
use kit::both_databases;
use serde_json::Value;

use crate::audit;
use crate::inbox::testing::{add_connection, comment};
use crate::model::ConnectionId;
use crate::replies;
use crate::testing::{Browser, EMAIL, TestApp};
use crate::web::rights;
use crate::work::Who;
use crate::workspaces::{Role, UserId, WorkspaceId};

const BEN: &str = "ben@example.com";
const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];
const PASSWORD: &str = "copper window seven tides";

async fn session(browser: &Browser) -> Value {
    browser.get("/api/auth/session").await.json()
}

async fn role(browser: &Browser) -> (String, String) {
    let workspace = session(browser).await["workspace"].clone();
    let text = |name: &str| workspace[name].as_str().unwrap_or_default().to_owned();
    (text("name"), text("role"))
}

async fn told(app: &TestApp, start: &str) -> Vec<String> {
    let rows = app.app.db.read(|conn| audit::list(conn, None, 100)).await.expect("the database answers");
    rows.into_iter().rev().map(|row| row.event).filter(|event| event.starts_with(start)).collect()
}

/// Ben has begun an answer in Ann's workspace.
async fn drafted(app: &TestApp, ben: UserId) -> WorkspaceId {
    let workspace = app.who().await.workspace.id;
    let written = app.app.write(Who::user(ben, ""), move |work| {
        let connection = ConnectionId::new(work.now, work.random);
        add_connection(work.tx, workspace, connection)?;
        let source = crate::inbox::ingest::IngestContext {
            workspace,
            connection,
            platform: crate::model::Platform::YouTube,
            language: None,
            now: work.now,
            random: work.random,
        };
        crate::inbox::ingest::interactions(work.tx, &source, &[comment("c1", "dora", "When do you open?")])?;
        let item = work.tx.one("SELECT id FROM interactions WHERE connection_id = $1", args![connection])?;
        replies::save_draft(work, workspace, item, &replies::Typed { text: "At nine", ..Default::default() })?;
        Ok::<_, crate::web::errors::Error>(())
    });
    written.await.unwrap_or_else(|error| panic!("{error}"));
    workspace
}

/// Where the forms of a page that change something lead, without their queries.
fn posts(page: &str) -> BTreeSet<String> {
    let marks = ["method=\"post\" action=\"", "formaction=\""];
    let all = marks.iter().flat_map(|mark| page.split(mark).skip(1));
    all.map(|rest| rest.split(['"', '?']).next().unwrap_or_default().to_owned()).collect()
}

both_databases! {
    async fn an_owner_says_when_the_workspace_answers(app: TestApp) {
        let app = app.with_ann().await;
        let path = "/settings/workspace/hours";
        let saved = app.post(path, &[("monday", "true"), ("friday", "true"), ("from", "08:30"), ("until", "12:00")]).await;
        assert_eq!((saved.status.as_u16(), saved.location()), (303, "/settings/members?done=saved"), "{}", saved.text);
        let page = app.get("/settings/members").await.text;
        assert!(page.contains("name=\"monday\" value=\"true\" checked") && page.contains("value=\"08:30\""), "{page}");
        assert!(!page.contains("name=\"tuesday\" value=\"true\" checked"), "{page}");
        for (from, until, field) in [("", "12:00", "from"), ("12:00", "9", "until"), ("12:00", "12:00", "until")] {
            let refused = app.post(path, &[("sunday", "true"), ("from", from), ("until", until)]).await;
            assert_eq!(refused.status, 422, "{from} {until}");
            assert!(refused.text.contains(&format!("id=\"{field}-error\"")), "{from} {until}: {}", refused.text);
        }
        let midnight = [("sunday", "true"), ("from", "18:00"), ("until", "00:00")];
        assert_eq!(app.post(path, &midnight).await.status, 303, "a day ends at midnight");
        assert!(app.get("/settings/members").await.text.contains("value=\"00:00\""));
        assert_eq!(app.post(path, &[]).await.status, 303, "without any day, every hour counts");
        assert!(!app.get("/settings/members").await.text.contains("value=\"true\" checked"));
    }

    async fn who_has_no_account_makes_one_and_joins_and_who_has_one_joins(app: TestApp) {
        let app = app.with_ann().await;
        let link = app.member_link("viewer").await;
        let page = app.browser().get(&link).await.text;
        assert!(page.contains("Join Ann") && page.contains("be a viewer"), "{page}");
        assert!(page.contains("/login?return_to=%2Fjoin%3Ftoken%3D"), "who has an account comes back here");
        let ben = app.member(BEN, "viewer").await;
        assert_eq!(role(&ben).await, ("Ann".to_owned(), "viewer".to_owned()));
        ben.post("/logout", &[]).await;
        ben.sign_in(BEN, PASSWORD).await;
        assert_eq!(role(&ben).await, ("Ann".to_owned(), "viewer".to_owned()), "they begin where they were");

        let dora = app.invited("dora@example.com").await;
        assert_eq!(role(&dora).await, ("Ben".to_owned(), "owner".to_owned()), "an account apart has its own workspace");
        assert!(dora.get(&link).await.text.contains("action=\"/join\""));
        assert_eq!(dora.post(&link, &[]).await.status, 303);
        assert_eq!(role(&dora).await, ("Ann".to_owned(), "viewer".to_owned()));
        assert_eq!(app.browser().get(&link).await.status, 410, "a link opens once");
        assert_eq!(told(&app, "member_").await, ["member_joined", "member_joined"]);
    }

    async fn a_link_is_good_for_a_week_unless_it_is_withdrawn(app: TestApp) {
        let app = app.with_ann().await;
        let (withdrawn, late) = (app.member_link("editor").await, app.member_link("editor").await);
        let page = app.get("/settings/members").await.text;
        assert_eq!(page.matches("data-test=\"invitation\"").count(), 2);
        let last = page.rsplit("name=\"invitation\" value=\"").next().and_then(|rest| rest.split('"').next());
        let form = [("invitation", last.expect("the first that was made"))];
        assert_eq!(app.post("/settings/members/withdraw", &form).await.status, 303);
        assert_eq!(app.post("/settings/members/withdraw", &form).await.status, 404);
        let open = [app.browser().get(&withdrawn).await.status.as_u16(), app.browser().get(&late).await.status.as_u16()];
        assert!(open == [410, 200] || open == [200, 410], "{open:?}");
        app.hand.advance(Duration::from_secs(7 * 86_400));
        for link in [withdrawn, late] {
            assert_eq!(app.browser().get(&link).await.status, 410);
        }
        assert_eq!(told(&app, "invitation_").await, ["invitation_created", "invitation_created", "invitation_withdrawn"]);
    }

    async fn what_a_role_cannot_do_is_refused_kindly_and_what_it_becomes_holds_at_once(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.member(BEN, "viewer").await;
        let user = app.user(BEN).await.to_string();
        let refused = ben.post("/inbox/moves", &[("to", "done")]).await;
        assert!(refused.status == 403 && refused.text.contains("Viewers can read, not answer. Ask an owner."), "{}", refused.text);
        assert_eq!(ben.get("/settings/members").await.text.matches("<select").count(), 0, "no control that is refused");
        assert_eq!(ben.post("/settings/members/role", &[("user", &user), ("role", "owner")]).await.status, 403);

        app.post("/settings/members/role", &[("user", &user), ("role", "editor")]).await;
        assert_eq!(ben.post("/inbox/moves", &[("to", "done")]).await.status, 303);
        assert_eq!(ben.post("/settings/members/invite", &[("role", "viewer")]).await.status, 403);
        app.post("/settings/members/role", &[("user", &user), ("role", "owner")]).await;
        assert_eq!(ben.post("/settings/members/invite", &[("role", "viewer")]).await.status, 303);
        app.post("/settings/members/role", &[("user", &user), ("role", "viewer")]).await;
        let page = app.get("/settings/members").await.text;
        assert!(!page.contains("data-test=\"invitation\""), "the links of who was an owner open nothing");
        assert_eq!(told(&app, "member_role").await.len(), 3);
    }

    async fn a_viewer_is_shown_no_control_that_is_refused_and_an_editor_none_of_an_owners(app: TestApp) {
        let app = app.with_ann().await;
        let people = [(app.member(BEN, "viewer").await, Role::Viewer), (app.member("ed@example.com", "editor").await, Role::Editor)];
        let ed = app.user("ed@example.com").await;
        drafted(&app, ed).await;
        let list = app.get("/api/interactions").await.json();
        let item = format!("/inbox/{}", list["items"][0]["id"].as_str().expect("an id"));
        let pages = ["/dashboard", "/inbox", &item, "/connections", "/activity", "/settings/account", "/settings/members",
            "/settings/sessions", "/settings/api-keys", "/settings/demo"];
        for (browser, role) in &people {
            let is_refused = |action: &String| !role.may(rights::needed(true, action));
            let mut owners = 0;
            for page in pages {
                owners += posts(&app.get(page).await.text).iter().filter(|action| is_refused(action)).count();
                let answer = browser.get(page).await;
                assert_eq!(answer.status, 200, "{page}");
                let refused = posts(&answer.text).into_iter().filter(is_refused).collect::<Vec<_>>();
                assert_eq!(refused, Vec::<String>::new(), "{role} on {page}");
            }
            assert!(owners > 5, "what an owner is shown there and {role} is not: {owners}");
        }
        let shown = posts(&people[1].0.get(&item).await.text);
        assert!(shown.iter().any(|action| action.ends_with("/reply")), "an editor answers: {shown:?}");
        assert!(posts(&app.get("/settings/members").await.text).contains("/settings/members/role"), "an owner gives roles");
    }

    async fn a_key_is_never_better_than_its_makers_role_now(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.member(BEN, "editor").await;
        let user = app.user(BEN).await.to_string();
        let wanted = ben.post("/settings/api-keys", &[("name", "A program"), ("read", "true"), ("demo", "true")]).await;
        assert_eq!(wanted.status, 422);
        assert!(!ben.get("/settings/api-keys").await.text.contains("name=\"demo\""), "it is not offered");
        let made = ben.post("/settings/api-keys", &[("name", "A program"), ("read", "true"), ("write", "true")]).await;
        let page = ben.get(made.location()).await.text;
        let key = page.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a key").to_owned();
        let nobodys = "/api/jobs/00000000-0000-7000-8000-000000000000/cancel";
        let program = app.browser();
        assert_eq!(program.with_key(&key, "POST", nobodys).await.status, 404);
        app.post("/settings/members/role", &[("user", &user), ("role", "viewer")]).await;
        assert_eq!(program.with_key(&key, "POST", nobodys).await.status, 403);
        assert_eq!(program.with_key(&key, "GET", "/api/jobs").await.status, 200);
        app.post("/settings/members/remove", &[("user", &user)]).await;
        assert_eq!(program.with_key(&key, "GET", "/api/jobs").await.status, 401);
    }

    async fn who_is_removed_is_out_at_once_and_leaves_nothing_that_waits(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.member(BEN, "editor").await;
        let user = app.user(BEN).await;
        let workspace = drafted(&app, user).await;
        let drafts = async || {
            let sql = "SELECT count(*) FROM reply_drafts WHERE workspace_id = $1";
            app.app.db.read(move |conn| conn.one::<i64>(sql, args![workspace])).await.expect("the database answers")
        };
        assert_eq!(drafts().await, 1);
        assert_eq!(app.post("/settings/members/remove", &[("user", &user.to_string())]).await.status, 303);
        assert_eq!(drafts().await, 0);
        assert_eq!(role(&ben).await, ("Ben".to_owned(), "owner".to_owned()), "they are where they are at home");
        let back = [("workspace", workspace.to_string())];
        assert_eq!(ben.post("/workspaces/select", &[("workspace", &back[0].1)]).await.status, 404);
        assert_eq!(told(&app, "member_removed").await.len(), 1);
    }

    async fn the_last_owner_neither_leaves_nor_steps_down(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.member(BEN, "viewer").await;
        let own = app.user(EMAIL).await.to_string();
        assert_eq!(app.post("/settings/members/leave", &[]).await.status, 409);
        assert_eq!(app.post("/settings/members/role", &[("user", &own), ("role", "viewer")]).await.status, 409);
        assert_eq!(app.json("DELETE", &format!("/api/members/{own}"), Value::Null).await.status, 409);
        assert_eq!(role(&app).await.1, "owner");
        assert_eq!(ben.post("/settings/members/leave", &[]).await.status, 303);
        assert_eq!(role(&ben).await.0, "Ben");
        assert_eq!(told(&app, "member_left").await.len(), 1);
    }

    async fn whoever_goes_from_their_last_workspace_has_one_of_their_own(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.member(BEN, "owner").await;
        let user = app.user(BEN).await;
        let homeless = async || {
            let sql = "DELETE FROM memberships WHERE user_id = $1 AND workspace_id IN (SELECT id FROM workspaces WHERE name = 'Ben')";
            app.app.db.write(move |tx| tx.exec(sql, args![user]).map(drop)).await.expect("the database answers");
        };
        homeless().await;
        assert_eq!(role(&ben).await.0, "Ann", "nowhere else");
        assert_eq!(ben.post("/settings/members/leave", &[]).await.status, 303);
        assert_eq!(role(&ben).await, ("Ben".to_owned(), "owner".to_owned()));
        assert_eq!(ben.get("/dashboard").await.status, 200);
        homeless().await;
        let again = app.browser();
        assert_eq!(again.sign_in(BEN, PASSWORD).await.location(), "/dashboard");
        assert_eq!((again.get("/dashboard").await.status.as_u16(), role(&again).await.0), (200, "Ben".to_owned()));
    }

    async fn the_first_owner_whom_another_removes_comes_in_again(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.member(BEN, "owner").await;
        let ann = app.user(EMAIL).await.to_string();
        assert_eq!(ben.post("/settings/members/remove", &[("user", &ann)]).await.status, 303);
        assert_eq!(app.get("/dashboard").await.status, 200, "in a workspace of their own");
        let again = app.browser();
        again.sign_in(EMAIL, crate::testing::PASSWORD).await;
        assert_eq!(role(&again).await, ("Ann".to_owned(), "owner".to_owned()));
        let members = again.get("/api/members").await.json();
        assert_eq!(members["items"].as_array().map(Vec::len), Some(1), "{members}");
    }

    async fn each_browser_is_in_a_workspace_of_its_own_choice_and_keeps_its_page(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.member(BEN, "editor").await;
        let other = app.browser();
        other.sign_in(BEN, PASSWORD).await;
        let page = ben.get("/settings/members").await.text;
        assert!(page.contains("action=\"/workspaces/select\""), "there is a way to the other one");
        let all = ben.get("/api/workspaces").await.json();
        let own = all["items"].as_array().and_then(|all| all.iter().find(|one| one["name"] == "Ben")).cloned();
        let own = own.expect("their own")["id"].as_str().expect("an id").to_owned();
        let went = ben.post("/workspaces/select", &[("workspace", &own), ("return_to", "/inbox/1?state=done")]).await;
        assert_eq!(went.location(), "/inbox");
        assert_eq!((role(&ben).await.0, role(&other).await.0), ("Ben".to_owned(), "Ann".to_owned()));
        assert!(!app.get("/dashboard").await.text.contains("/workspaces/select"), "who has one alone sees no switch");
    }

    async fn a_page_of_one_workspace_shows_and_changes_no_other(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.member(BEN, "owner").await;
        let here = session(&ben).await["workspace"]["id"].as_str().expect("an id").to_owned();
        let pages = [ben.get("/settings/members").await.text, ben.get("/settings/replies").await.text];
        assert!(pages[0].contains(&format!("data-workspace=\"{here}\"")), "{}", pages[0]);
        let own = ben.get("/api/workspaces").await.json();
        let own = own["items"].as_array().and_then(|all| all.iter().find(|one| one["name"] == "Ben")).expect("their own")["id"].clone();
        ben.post("/workspaces/select", &[("workspace", own.as_str().expect("an id"))]).await;
        for (page, path) in [(0, "/settings/workspace"), (0, "/settings/members/invite"), (1, "/settings/replies")] {
            let drawn = format!("action=\"{path}?workspace={here}\"");
            assert!(pages[page].contains(&drawn), "{path}: {}", pages[page]);
            let (drawn, words) = (format!("{path}?workspace={here}"), "name=The+shop&text=At+nine.&role=viewer");
            let refused = ben.send("POST", &drawn, &FORM, words.into()).await;
            assert!(refused.status == 409 && refused.text.contains("You're in another workspace by now"), "{path}: {}", refused.text);
        }
        assert_eq!(role(&ben).await.0, "Ben", "nothing was changed");
        for part in ["/inbox?panel=inbox", "/dashboard?panel=all"] {
            let with = async |workspace: &str| ben.send("GET", part, &[("workspace", workspace)], "".into()).await.status;
            assert_eq!(with(&here).await, 205, "{part}: it is loaded anew");
            assert_eq!(with(own.as_str().expect("an id")).await, 200, "{part}");
        }
        let ticked = ben.send("POST", "/inbox/moves", &FORM, format!("to=done&workspace={here}").into()).await;
        assert_eq!(ticked.status, 409, "{}", ticked.text);
    }

    async fn a_demo_is_ones_own_and_nobody_is_invited_to_it(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.member(BEN, "editor").await;
        assert_eq!(ben.post("/demo/enable", &[]).await.status, 403);
        let own = ben.get("/api/workspaces").await.json()["items"][1]["id"].as_str().expect("an id").to_owned();
        ben.post("/workspaces/select", &[("workspace", &own)]).await;
        assert_eq!(ben.post("/demo/enable", &[]).await.status, 303);
        assert_eq!(session(&app).await["workspace"]["kind"], "live");
    }

    async fn a_workspace_has_the_name_that_its_owner_gives_it(app: TestApp) {
        let app = app.with_ann().await;
        assert_eq!(app.post("/settings/workspace", &[("name", " The  shop ")]).await.status, 303);
        assert_eq!(role(&app).await.0, "The shop");
        assert_eq!(app.post("/settings/workspace", &[("name", "")]).await.status, 422);
        assert_eq!(told(&app, "workspace_changed").await.len(), 1);
    }
}
