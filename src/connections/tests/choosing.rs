//! An authorisation that opens several accounts.

use kit::args;
use kit::both_databases;
use serde_json::json;

use super::scripted::comment;
use super::seam::Stand;
use super::*;
use crate::model::ConnectionId;

impl Stand {
    async fn all(&self) -> Vec<(String, Status)> {
        let sql = "SELECT COALESCE(external_id, ''), connection_status FROM platform_connections ORDER BY 1";
        self.app.app.db.read(move |conn| conn.all(sql, args![])).await.unwrap()
    }

    async fn choosing(&self) -> ConnectionId {
        let sql = "SELECT id FROM platform_connections WHERE connection_status = 'choosing'";
        self.app.app.db.read(move |conn| conn.one(sql, args![])).await.unwrap()
    }

    async fn choose(&self, accounts: &[&str]) -> Answer {
        let form = accounts.iter().map(|account| ("account", *account)).collect::<Vec<_>>();
        let answer = self.app.post(&format!("/connections/{}/choose", self.choosing().await), &form).await;
        self.app.run_jobs().await;
        answer
    }

    async fn disconnect(&self, account: &'static str) {
        let sql = "SELECT id FROM platform_connections WHERE external_id = $1";
        let id: ConnectionId = self.app.app.db.read(move |conn| conn.one(sql, args![account])).await.unwrap();
        self.app.post(&format!("/connections/{id}/disconnect"), &[]).await;
        self.app.run_jobs().await;
    }
}

fn connected(ids: &[&str]) -> Vec<(String, Status)> {
    ids.iter().map(|id| ((*id).to_owned(), Status::Connected)).collect()
}

both_databases! {
    async fn several_accounts_wait_for_a_choice_and_each_becomes_a_connection(app: TestApp) {
        let stand = Stand::connected(app, |script| {
            script.others = vec!["two", "three"];
            script.interactions = vec![comment("i1", "2026-11-20T10:00:00Z")];
        })
        .await;
        let id = stand.choosing().await;
        assert_eq!(stand.count("SELECT count(*) FROM interactions").await, 0, "nothing is read before");
        assert!(stand.app.get("/connections").await.text.contains(&format!("/connections/{id}/choose")));
        let page = stand.app.get(&format!("/connections/{id}/choose")).await.text;
        assert_eq!(page.matches("type=\"checkbox\" name=\"account\"").count(), 3, "{page}");
        let listed = stand.app.get("/api/connections").await.json();
        assert_eq!(listed["items"][0]["choices"][1]["external_id"], "two");
        assert_eq!(stand.choose(&["one", "three"]).await.location(), "/connections");
        assert_eq!(stand.all().await, connected(&["one", "three"]));
        assert_eq!(stand.count("SELECT count(*) FROM interactions").await, 2, "each has its own");
        assert_eq!(stand.count("SELECT count(DISTINCT grant_id) FROM platform_connections").await, 1);
        let again = stand.app.get(&format!("/connections/{id}/choose")).await;
        assert_eq!((again.status.as_u16(), again.location()), (303, "/connections"));
    }

    async fn a_choice_of_nothing_is_none_and_one_that_was_made_is_not_made_again(app: TestApp) {
        let stand = Stand::connected(app, |script| script.others = vec!["two"]).await;
        for none in [&[][..], &["four"]] {
            let answer = stand.choose(none).await;
            assert!(answer.status == 422 && answer.text.contains("Choose at least one."), "{}", answer.text);
        }
        let address = format!("/api/connections/{}/choose", stand.choosing().await);
        let none = stand.app.json("POST", &address, json!({ "external_ids": [] })).await;
        assert_eq!((none.status.as_u16(), none.json()["errors"][0]["field"].as_str()), (422, Some("external_ids")));
        let chosen = stand.app.json("POST", &address, json!({ "external_ids": ["two", "two", "one"] })).await;
        assert_eq!((chosen.status.as_u16(), chosen.json()["connection_ids"].as_array().map(Vec::len)), (200, Some(2)));
        let again = stand.app.json("POST", &address, json!({ "external_ids": ["one"] })).await;
        assert_eq!((again.status.as_u16(), again.json()["code"].as_str()), (409, Some("nothing_to_choose")));
    }

    async fn one_sign_in_mends_all_that_hung_on_the_old_one_and_offers_the_rest(app: TestApp) {
        let stand = Stand::connected(app, |script| script.others = vec!["two", "three"]).await;
        stand.choose(&["one", "two"]).await;
        let lost = "UPDATE platform_connections SET connection_status = 'needs_reauth', connection_error = 'authorisation_lost'";
        stand.app.app.db.write(move |tx| tx.exec(lost, args![])).await.unwrap();
        stand.consent("c2").await;
        stand.app.run_jobs().await;
        assert_eq!(stand.all().await[1..], connected(&["one", "two"]));
        stand.choose(&["three"]).await;
        assert_eq!(stand.all().await, connected(&["one", "three", "two"]));
        stand.consent("c3").await;
        stand.app.run_jobs().await;
        assert_eq!(stand.all().await, connected(&["one", "three", "two"]), "nothing is left to choose");
    }

    async fn an_authorisation_is_given_back_with_the_last_of_its_connections(app: TestApp) {
        let stand = Stand::connected(app, |script| script.others = vec!["two"]).await;
        stand.choose(&["one", "two"]).await;
        stand.asked();
        stand.disconnect("one").await;
        assert!(!stand.asked().iter().any(|asked| asked.starts_with("revoke")), "the other lives by it");
        stand.disconnect("two").await;
        assert_eq!(stand.asked(), ["revoke refresh-1"]);
    }

    async fn a_choice_that_nobody_makes_can_be_let_go(app: TestApp) {
        let stand = Stand::connected(app, |script| script.others = vec!["two"]).await;
        stand.asked();
        let id = stand.choosing().await;
        stand.app.post(&format!("/connections/{id}/disconnect"), &[]).await;
        stand.app.run_jobs().await;
        assert_eq!((stand.all().await, stand.asked()), (vec![], vec!["revoke refresh-1".to_owned()]));
    }

    async fn an_attempt_that_comes_to_nothing_ends_nothing_else_of_its_person(app: TestApp) {
        let desk = Desk::connected(app).await;
        let page = desk.app.post("/connections/google_business/start", &[]).await.text;
        let link = page.split("href=\"").find(|part| part.starts_with("/simulator/google_accounts/")).expect("a link");
        let link = link.split('"').next().unwrap_or_default().replace("&amp;", "&");
        let link = Url::parse("http://localhost:8080").unwrap().join(&link).unwrap();
        // The scope is YouTube's alone.
        desk.app.get(&format!("/connections/callback/google?code=c2&state={}", state(&link))).await;
        desk.app.run_jobs().await;
        let mut causes = desk.connections().await.into_iter().map(|found| found.connection_error).collect::<Vec<_>>();
        causes.sort_by_key(Option::is_some);
        assert_eq!(causes, [None, Some(Cause::ScopesMissing)]);
        assert!(desk.provider.asked("/revoke").is_empty(), "at Google that would be the end of the channel's, too");
    }

    async fn a_grant_that_nobody_ever_held_is_given_back(app: TestApp) {
        let stand = Stand::connected(app, |_| {}).await;
        stand.change(|script| script.account = Some(crate::platforms::Error::Permission { reason: "x".into() }));
        stand.asked();
        stand.consent("c2").await;
        stand.app.run_jobs().await;
        let asked = stand.asked();
        assert!(asked.contains(&"revoke refresh-2".to_owned()), "{asked:?}");
    }

    async fn a_second_sign_in_leaves_a_choice_alone(app: TestApp) {
        let stand = Stand::connected(app, |script| script.others = vec!["two"]).await;
        let id = stand.choosing().await;
        stand.app.post(&format!("/connections/{}/start", super::scripted::PLATFORM), &[]).await;
        assert_eq!(stand.choosing().await, id);
        assert_eq!(stand.choose(&["two"]).await.status.as_u16(), 303);
    }

    async fn a_choice_is_made_by_whoever_typed_their_password_lately(app: TestApp) {
        let stand = Stand::connected(app, |script| script.others = vec!["two"]).await;
        stand.app.hand.advance(std::time::Duration::from_secs(11 * 60));
        let asked = stand.choose(&["one"]).await;
        assert!(asked.status.as_u16() == 403 && asked.text.contains("name=\"password\""), "{}", asked.text);
        let form = [("account", "one"), ("password", crate::testing::PASSWORD)];
        let answer = stand.app.post(&format!("/connections/{}/choose", stand.choosing().await), &form).await;
        assert_eq!(answer.location(), "/connections", "{}", answer.text);
    }

    async fn an_account_that_was_ended_is_offered_again_and_keeps_its_history(app: TestApp) {
        let stand = Stand::connected(app, |script| {
            script.others = vec!["two"];
            script.interactions = vec![comment("i1", "2026-11-20T10:00:00Z")];
        })
        .await;
        stand.choose(&["one", "two"]).await;
        stand.disconnect("two").await;
        stand.consent("c2").await;
        stand.app.run_jobs().await;
        stand.choose(&["two"]).await;
        assert_eq!(stand.all().await, connected(&["one", "two"]));
        assert_eq!(stand.count("SELECT count(*) FROM interactions").await, 2);
    }
}
