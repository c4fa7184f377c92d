//! From the question to the connected account: who may answer, how often, how late, and what becomes of every answer.

use std::time::Duration;

use kit::both_databases;

use super::provider::{SCOPE, channel, grant};
use super::*;

both_databases! {
    async fn a_consent_connects_the_account_and_its_first_reading_follows(app: TestApp) {
        let desk = Desk::connected(app).await;
        let connection = desk.connection().await;
        assert_eq!(connection.external_id.as_deref(), Some("UC1"));
        assert_eq!(connection.display_name.as_deref(), Some("Northside Coffee"));
        assert_eq!(connection.followers, Some(1_200));
        assert_eq!(connection.scopes, SCOPE);
        assert!(connection.synced_at.is_some() && connection.whole_pass_at.is_some());
        assert_eq!(desk.gathered().await.len(), 2);

        let exchange = &desk.provider.asked("/token")[0];
        assert_eq!(exchange.form("code").as_deref(), Some("c1"));
        assert_eq!(exchange.form("client_id").as_deref(), Some("repruv-demo"));
        assert_eq!(exchange.form("code_verifier").unwrap().len(), 43);
        assert_eq!(exchange.form("redirect_uri").as_deref(), Some("http://localhost:8080/connections/callback/google"));
    }

    async fn no_token_and_no_code_is_readable_in_the_database(app: TestApp) {
        let desk = Desk::healthy(app).await;
        let link = desk.begin().await;
        let answer = desk.app.get(&format!("/connections/callback/google?code=canary-code&state={}", state(&link))).await;
        assert_eq!(answer.status, 303);
        let before = desk.app.dump().await;
        desk.app.run_jobs().await;
        for dump in [before, desk.app.dump().await] {
            for secret in ["canary-code", "access-1", "refresh-1", state(&link).as_str()] {
                assert!(!dump.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
            }
        }
    }

    async fn who_says_no_reads_why_nothing_is_connected(app: TestApp) {
        let desk = Desk::healthy(app).await;
        assert_eq!(desk.consent("error=access_denied").await.status, 303);
        assert_eq!(desk.status().await, (Status::Failed, Some(Cause::Denied)));
        let page = desk.app.get("/connections").await.text;
        assert!(page.contains("Access wasn't granted") && page.contains("Try again") && page.contains("Dismiss"), "{page}");
        assert!(desk.provider.asked("/token").is_empty());
    }

    async fn half_a_consent_is_none_and_what_was_granted_is_given_back(app: TestApp) {
        let desk = Desk::with(app, |asked| match asked.path.as_str() {
            "/token" => (200, grant("access-1", Some("refresh-1"), "https://www.googleapis.com/auth/youtube.readonly")),
            _ => healthy(asked),
        })
        .await;
        desk.consent("code=c1").await;
        desk.app.run_jobs().await;
        assert_eq!(desk.status().await, (Status::Failed, Some(Cause::ScopesMissing)));
        assert!(desk.tokens().await.access_token.is_none());
        assert_eq!(desk.provider.asked("/revoke")[0].form("token").as_deref(), Some("refresh-1"));
    }

    async fn an_answer_counts_once(app: TestApp) {
        let desk = Desk::healthy(app).await;
        let state = state(&desk.begin().await);
        let path = format!("/connections/callback/google?code=c1&state={state}");
        assert_eq!(desk.app.get(&path).await.status, 303);
        let again = desk.app.get(&path).await;
        assert_eq!(again.status, 400);
        assert!(again.text.contains("already been used"), "{}", again.text);
        desk.app.run_jobs().await;
        assert_eq!(desk.app.get(&path).await.status, 400, "also after its job is done");
        assert_eq!(desk.provider.asked("/token").len(), 1);
        assert_eq!(desk.status().await, (Status::Connected, None));
    }

    async fn an_answer_after_ten_minutes_is_refused_and_nobody_waits_for_it(app: TestApp) {
        let desk = Desk::healthy(app).await;
        let state = state(&desk.begin().await);
        desk.app.hand.advance(Duration::from_secs(601));
        let late = desk.app.get(&format!("/connections/callback/google?code=c1&state={state}")).await;
        assert_eq!(late.status, 400);
        assert!(late.text.contains("ten minutes"), "{}", late.text);
        desk.app.run_jobs().await;
        assert_eq!(desk.status().await, (Status::Failed, Some(Cause::ConsentLate)));
    }

    async fn nobody_else_can_bring_the_answer(app: TestApp) {
        let desk = Desk::healthy(app).await;
        let path = format!("/connections/callback/google?code=c1&state={}", state(&desk.begin().await));
        let other = desk.app.browser();
        assert_eq!(other.get(&path).await.status, 303, "without a session one has to sign in");
        // The same person in another session.
        other.sign_in(crate::testing::EMAIL, crate::testing::PASSWORD).await;
        let foreign = other.get(&path).await;
        assert_eq!(foreign.status, 400);
        assert!(foreign.text.contains("another browser"), "{}", foreign.text);
        assert_eq!(desk.app.get(&path).await.status, 303, "the right browser still may");
    }

    async fn an_answer_to_nothing_or_of_another_issuer_is_refused(app: TestApp) {
        let desk = Desk::healthy(app).await;
        for query in ["code=c1", "code=c1&state=", "code=c1&state=made-up", "error=access_denied&state=made-up"] {
            assert_eq!(desk.app.get(&format!("/connections/callback/google?{query}")).await.status, 400, "{query}");
        }
        let state = state(&desk.begin().await);
        let path = format!("/connections/callback/google?code=c1&state={state}");
        assert_eq!(desk.app.get(&format!("{path}&iss=https://evil.example")).await.status, 400);
        assert_eq!(desk.app.get(&format!("{path}&iss=https://accounts.google.com")).await.status, 303);
    }

    async fn a_new_attempt_leaves_no_older_question_open(app: TestApp) {
        let desk = Desk::healthy(app).await;
        let first = state(&desk.begin().await);
        let second = state(&desk.begin().await);
        let id = desk.connection().await.id;
        assert_eq!(desk.app.get(&format!("/connections/callback/google?code=c1&state={first}")).await.status, 400);
        assert_eq!(desk.app.get(&format!("/connections/callback/google?code=c1&state={second}")).await.status, 303);
        // An attempt whose answer is being worked on is nobody's to take over.
        desk.begin().await;
        assert_eq!(desk.connections().await.len(), 2);
        assert_eq!(desk.connections().await[0].id, id);
    }

    async fn reconnecting_keeps_the_connection_and_its_history(app: TestApp) {
        let desk = Desk::connected(app).await;
        let (before, gathered) = (desk.connection().await, desk.gathered().await);
        desk.app.post(&format!("/connections/{}/disconnect", before.id), &[]).await;
        assert_eq!(desk.status().await, (Status::Disconnected, None));
        // Once by its own button, once as if it were new.
        let link = desk.begin_again(&[("connection_id", &before.id.to_string())]).await;
        desk.app.get(&format!("/connections/callback/google?code=c2&state={}", state(&link))).await;
        desk.app.run_jobs().await;
        desk.consent("code=c3").await;
        desk.app.run_jobs().await;
        let after = desk.connection().await;
        assert_eq!((after.id, after.connection_status), (before.id, Status::Connected));
        assert_eq!(desk.gathered().await, gathered);
    }

    async fn another_account_chosen_at_a_reconnect_stands_beside_the_first(app: TestApp) {
        let desk = Desk::connected(app).await;
        let first = desk.connection().await.id;
        desk.app.post(&format!("/connections/{first}/disconnect"), &[]).await;
        desk.provider.answers(|asked| match asked.path.as_str() {
            "/youtube/v3/channels" => (200, channel("UC2")),
            _ => healthy(asked),
        });
        let link = desk.begin_again(&[("connection_id", &first.to_string())]).await;
        desk.app.get(&format!("/connections/callback/google?code=c2&state={}", state(&link))).await;
        desk.app.run_jobs().await;
        let mut connections = desk.connections().await;
        connections.sort_by(|a, b| a.external_id.cmp(&b.external_id));
        let states: Vec<_> = connections.iter().map(|c| (c.external_id.as_deref(), c.connection_status, c.connection_error)).collect();
        assert_eq!(
            states,
            [
                (Some("UC1"), Status::NeedsReauth, Some(Cause::OtherAccount)),
                (Some("UC2"), Status::Connected, None),
            ]
        );
    }

    async fn an_account_without_a_channel_is_told_so(app: TestApp) {
        let desk = Desk::with(app, |asked| match asked.path.as_str() {
            "/youtube/v3/channels" => (200, serde_json::json!({ "kind": "youtube#channelListResponse" })),
            _ => healthy(asked),
        })
        .await;
        desk.consent("code=c1").await;
        desk.app.run_jobs().await;
        assert_eq!(desk.status().await, (Status::Failed, Some(Cause::NoAccount)));
    }

    async fn a_cancelled_attempt_leaves_nothing_and_gives_the_grant_back(app: TestApp) {
        let desk = Desk::healthy(app).await;
        desk.consent("code=c1").await;
        let id = desk.connection().await.id;
        assert_eq!(desk.app.post(&format!("/connections/{id}/disconnect"), &[]).await.status, 303);
        desk.app.run_jobs().await;
        assert!(desk.connections().await.is_empty());
        assert!(desk.provider.asked("/token").is_empty(), "the code was not used any more");
    }

    async fn the_consent_page_is_relayed_for_ones_own_account_only(app: TestApp) {
        let desk = Desk::healthy(app).await;
        let link = desk.begin().await;
        let others = link.query_pairs().filter(|(name, _)| name != "simulator_profile" && name != "redirect_uri");
        let made_up = url::form_urlencoded::Serializer::new(format!("{}?", link.path()))
            .extend_pairs(others)
            .extend_pairs([("simulator_profile", "somebody-else"), ("redirect_uri", "https://evil.example")])
            .finish();
        desk.app.get(&made_up).await;
        let asked = &desk.provider.asked("/o/oauth2/v2/auth")[0];
        let user: SignedIn = desk.app.who().await;
        assert_eq!(asked.query("simulator_profile"), Some(user.user.id.to_string()));
        assert_eq!(asked.query("redirect_uri").as_deref(), Some("http://localhost:8080/connections/callback/google"));
        let elsewhere = desk.app.browser();
        assert_ne!(elsewhere.get(link.as_str().trim_start_matches("http://localhost:8080")).await.status, 200);
    }
}
