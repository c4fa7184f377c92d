//! What the list is narrowed to is told above it, and taken off there; what is gone is told too.

use axum::body::Body;
use kit::args;

use crate::inbox::testing::{colleague, three_questions};
use crate::testing::TestApp;
use crate::web::ui::assets;

const NOBODYS: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

kit::both_databases! {
    async fn each_filter_that_is_on_has_a_way_to_take_it_off(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        let page = app.get("/inbox?kind=comment&language=en&days=last_7_days&q=ship").await.text;
        for (word, without) in [
            ("Kind: comment", "/inbox?q=ship&amp;language=en&amp;days=last_7_days"),
            ("Language: English", "/inbox?q=ship&amp;kind=comment&amp;days=last_7_days"),
            ("Last 7 days", "/inbox?q=ship&amp;kind=comment&amp;language=en"),
            ("Search: ship", "/inbox?kind=comment&amp;language=en&amp;days=last_7_days"),
            ("Clear all", "/inbox?state=all"),
        ] {
            let chip = page.split("<a class=\"chip").skip(1).find(|chip| chip.contains(word)).unwrap_or_else(|| panic!("{word}: {page}"));
            assert!(chip.contains(&format!("href=\"{without}\"")), "{word}: {chip}");
        }
        let plain = app.get("/inbox").await.text;
        assert!(!plain.contains("class=\"chip"), "nothing is on: {plain}");
    }

    async fn what_a_filter_names_and_is_gone_is_told_and_the_rest_is_listed(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        for (filter, word) in [
            (&*format!("assignee={NOBODYS}"), "The member in this filter isn"),
            (&format!("connection={NOBODYS}"), "The account in this filter isn"),
            (&format!("author={NOBODYS}"), "The author in this filter isn"),
            (&format!("content={NOBODYS}"), "The post in this filter is gone"),
            ("state=open", "a state that Repruv doesn"),
            ("connection=x", "“connection” in this address was left out"),
        ] {
            let page = app.get(&format!("/inbox?{filter}&kind=comment")).await;
            assert_eq!(page.status, 200, "{filter}: {}", page.text);
            assert!(page.text.contains(word), "{filter}: {}", page.text);
            assert_eq!(page.text.matches("data-test=\"interaction\"").count(), 3, "{filter}");
            assert!(page.text.contains("/inbox/moves?kind=comment\""), "what is done goes by what is shown: {}", page.text);
        }
        let page = app.get("/inbox?tag=holiday&kind=comment").await;
        assert!(page.status == 200 && page.text.contains("No comment has the tag “holiday” any more"), "{}", page.text);
        assert!(page.text.contains("Tag: holiday") && !page.text.contains("data-test=\"interaction\""), "{}", page.text);
        let ben = colleague(&app).await;
        let theirs = app.user("ben@example.com").await;
        assert!(!ben.get(&format!("/inbox?assignee={theirs}&state=all")).await.text.contains("The member in this filter"));
    }

    async fn each_tab_says_in_its_own_words_that_it_is_empty(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        let mut told = std::collections::BTreeSet::new();
        for state in ["snoozed", "done", "answered", "no_reply_needed", "spam&visibility=any", "own"] {
            let page = app.get(&format!("/inbox?state={state}")).await.text;
            let empty = page.split_once("class=\"empty\"").and_then(|(_, empty)| empty.split_once("</div>"));
            told.insert(empty.map(|(empty, _)| empty.to_owned()).expect("the tab is empty"));
        }
        assert_eq!(told.len(), 6, "{told:?}");
    }

    async fn who_may_not_connect_accounts_is_told_who_can(app: TestApp) {
        let app = app.with_ann().await;
        let ben = app.member("ben@example.com", "viewer").await;
        for path in ["/dashboard", "/inbox"] {
            let page = ben.get(path).await.text;
            assert!(page.contains("n owner of this workspace can connect one"), "{path}: {page}");
            assert!(!page.contains("Connect an account") && !page.contains("demo mode first"), "{path}: {page}");
        }
        assert!(app.get("/dashboard").await.text.contains("Connect an account, or try everything in demo mode first."));
    }

    async fn a_reply_that_cannot_be_sent_is_told_before_it_is_written(app: TestApp) {
        let app = app.with_ann().await;
        let page = format!("/inbox/{}", three_questions(&app).await[0]);
        assert!(!app.get(&page).await.text.contains("data-test=\"not-connected\""));
        let sql = "UPDATE platform_connections SET connection_status = 'disconnected'";
        app.app.db.write(move |tx| tx.exec(sql, args![])).await.expect("an update");
        let told = app.get(&page).await.text;
        assert!(told.contains("data-test=\"not-connected\"") && told.contains(">Reconnect it</a>"), "{told}");
        let told = app.member("ben@example.com", "editor").await.get(&page).await.text;
        assert!(told.contains("Ask an owner to reconnect it") && !told.contains(">Reconnect it</a>"), "{told}");
    }

    async fn the_scripts_of_a_page_of_the_inbox_are_light(app: TestApp) {
        let app = app.with_ann().await;
        let page = app.get("/inbox").await.text;
        let scripts = page.split("<script").skip(1).filter_map(|script| script.split("src=\"/assets/").nth(1)?.split('"').next());
        let sizes = scripts.map(|file| assets::find(file).expect("it is served").negotiate("gzip").0.len()).collect::<Vec<_>>();
        assert!(sizes.len() == 2 && sizes.iter().sum::<usize>() <= 9_000, "{sizes:?}");
    }

    async fn each_choice_says_how_many_it_would_list(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        let form = app.get("/inbox?panel=filters").await;
        assert_eq!(form.status, 200);
        assert!(form.text.contains("question (3)") && form.text.contains("review (0)"), "{}", form.text);
        assert!(!app.get("/inbox").await.text.contains("question (3)"), "a page does not wait for it");
        let answer = app.send("GET", "/api/interactions?days=today", &[], Body::empty()).await;
        assert_eq!(answer.json()["items"].as_array().map(Vec::len), Some(3));
    }
}
