//! What the palette offers, to whom.

use std::collections::BTreeSet;

use kit::both_databases;

use crate::inbox::keys::{self, DOING, Key, MOVING};
use crate::inbox::testing::three_questions;
use crate::testing::{Browser, TestApp};
use crate::web::rights;
use crate::workspaces::{self, Role};

both_databases! {
    async fn whatever_is_offered_is_there_and_permitted(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        assert_eq!(app.post(&format!("/inbox/{}/move", ids[1]), &[("to", "done")]).await.status, 303);
        let view = app.post("/inbox/views", &[("name", "Questions"), ("filter", "intent=question"), ("shared", "true")]).await;
        assert_eq!(view.status, 303, "{}", view.text);
        let ben = app.member("ben@example.com", "editor").await;
        let (workspace, user) = (app.who().await.workspace.id, app.user("ben@example.com").await);
        for role in [Role::Owner, Role::Editor, Role::Viewer] {
            app.db.write(move |tx| workspaces::set_role(tx, workspace, user, role)).await.unwrap();
            let mut pages = vec![ben.get("/inbox?state=all").await.text];
            for id in &ids[..2] {
                pages.push(ben.get(&format!("/inbox/{id}?state=all")).await.text);
            }
            let workspaces = ben.get("/api/workspaces").await.text;
            let offered = offered(&ben).await;
            for name in ["Questions", "Dashboard", "Members", "Sign out"] {
                assert!(offered.iter().any(|one| one.contains(&format!(">{name}</span>"))), "{role}, {name}: {offered:?}");
            }
            for command in offered {
                is_there(&ben, &pages, &workspaces, &command, role).await;
            }
        }
    }

    async fn commands_of_the_inbox_are_offered_there_alone(app: TestApp) {
        let app = app.with_ann().await;
        assert!(!app.get("/palette?panel=commands&from=%2Fdashboard").await.text.contains("data-press"));
        let list = app.get("/palette?panel=commands&from=%2Finbox").await.text;
        assert_eq!(list.matches("data-press").count(), DOING.len() + MOVING.len());
        assert!(list.contains("data-press=\"e\"") && list.contains("<kbd>e</kbd>"), "{list}");
        assert_eq!(app.post("/settings/account/shortcuts", &[("on", "false")]).await.status, 303);
        let page = app.get("/inbox").await.text;
        assert!(page.contains("<dialog class=\"palette\" id=\"palette\"") && page.matches("data-off").count() == 2, "{page}");
        let list = app.get("/palette?panel=commands&from=%2Finbox").await.text;
        assert!(list.contains("data-press=\"e\"") && !list.contains("<kbd>"), "the button still opens it: {list}");
    }

    async fn without_scripts_it_is_a_page_of_links_and_buttons(app: TestApp) {
        let app = app.with_ann().await;
        let page = app.get("/palette?from=%2Finbox").await.text;
        for part in ["href=\"/dashboard\"", "href=\"/settings/members\"", "action=\"/logout\"", "href=\"/settings/people\""] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("data-press") && !page.contains("role=\"option\""), "{page}");
    }
}

#[test]
fn no_key_is_told_twice() {
    let all = DOING.iter().chain(&MOVING).chain([&keys::PALETTE]);
    let (keys, names): (BTreeSet<_>, BTreeSet<_>) = all.map(|key| (key.key, key.name)).unzip();
    assert_eq!((keys.len(), names.len()), (DOING.len() + MOVING.len() + 1, DOING.len() + MOVING.len() + 1));
}

/// Moving about needs no control that says its key.
const WITHOUT_A_CONTROL: [&str; 8] = ["j", "k", "Enter", "u", "?", "Ctrl Enter", "x", "X"];

async fn is_there(browser: &Browser, pages: &[String], workspaces: &str, command: &str, role: Role) {
    if let Some(key) = attribute(command, "data-press") {
        // Nothing was done yet that could be undone.
        let is_shown = pages.iter().any(|page| page.contains(&format!("data-key=\"{key}\"")));
        assert!(is_shown || key == "z" || WITHOUT_A_CONTROL.contains(&key), "{role}: {command}");
        assert!(role.may(known(key).right), "{role}: {command}");
    } else if let Some(address) = attribute(command, "href") {
        assert_eq!(browser.get(address).await.status, 200, "{role}: {address}");
    } else {
        let action = attribute(command, "formaction").expect("a button sends a form");
        assert!(role.may(rights::needed(true, action)), "{role}: {command}");
        assert!(attribute(command, "value").is_none_or(|value| workspaces.contains(value)), "{role}: {command}");
    }
}

fn known(key: &str) -> Key {
    *DOING.iter().chain(&MOVING).find(|known| known.key == key).expect("a key of the inbox")
}

/// Each option's own HTML.
async fn offered(browser: &Browser) -> Vec<String> {
    let list = browser.get("/palette?panel=commands&from=%2Finbox").await.text;
    list.split(" id=\"palette-").filter(|part| part.contains("role=\"option\"")).map(str::to_owned).collect()
}

fn attribute<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    html.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}
