//! Tokens that expire, rotate, are refused or do not open.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use kit::both_databases;
use serde_json::json;

use super::provider::grant;
use super::*;
use crate::connections::account::OpenAccount;
use crate::platforms::Error;

/// Two hours later: the access token of the consent is dead.
async fn later(desk: &Desk) {
    desk.app.hand.advance(Duration::from_secs(7_200));
}

/// Refresh tokens that count once, as strict providers have them: number n is answered by n + 1, an old one by a refusal.
fn rotating(uses: &Arc<AtomicUsize>) -> impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static {
    let uses = uses.clone();
    move |asked| match (asked.path.as_str(), asked.form("refresh_token")) {
        ("/token", Some(refresh)) => {
            let used = uses.fetch_add(1, Ordering::SeqCst) + 1;
            if refresh == format!("refresh-{used}") {
                (200, grant(&format!("access-{}", used + 1), Some(&format!("refresh-{}", used + 1)), ""))
            } else {
                (400, json!({ "error": "invalid_grant", "error_description": "Token has been expired or revoked." }))
            }
        }
        _ => healthy(asked),
    }
}

async fn ask_the_platform(desk: &Desk) -> Result<(), Error> {
    let account = OpenAccount::open(&desk.app.app, desk.connection().await).await.map_err(|_| ()).unwrap();
    account.adapter.accounts().await.map(drop)
}

both_databases! {
    async fn fifty_callers_refresh_once_and_the_rotated_token_is_kept(app: TestApp) {
        let desk = Desk::connected(app).await;
        let uses = Arc::new(AtomicUsize::new(0));
        desk.provider.answers(rotating(&uses));
        later(&desk).await;
        let version = desk.tokens().await.token_version;
        let answers = join_all((0..50).map(|_| ask_the_platform(&desk))).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(uses.load(Ordering::SeqCst), 1);
        let tokens = desk.tokens().await;
        assert_eq!(tokens.token_version, version + 1);
        assert_eq!(tokens.open_refresh(&desk.app.app.vault).unwrap().unwrap().expose(), "refresh-2");
        assert!(desk.provider.asked("/youtube/v3/channels").iter().rev().take(50).all(|asked| asked.token == "access-2"));
        // And the rotated one serves the next time.
        later(&desk).await;
        ask_the_platform(&desk).await.unwrap();
        assert_eq!(uses.load(Ordering::SeqCst), 2);
    }

    async fn a_refresh_without_a_new_refresh_token_keeps_the_old_one(app: TestApp) {
        let desk = Desk::connected(app).await;
        desk.provider.answers(|asked| match (asked.path.as_str(), asked.form("refresh_token")) {
            ("/token", Some(_)) => (200, grant("access-2", None, "")),
            _ => healthy(asked),
        });
        later(&desk).await;
        ask_the_platform(&desk).await.unwrap();
        let tokens = desk.tokens().await;
        assert_eq!(tokens.open_refresh(&desk.app.app.vault).unwrap().unwrap().expose(), "refresh-1");
        assert_eq!(tokens.open_access(&desk.app.app.vault).unwrap().unwrap().expose(), "access-2");
    }

    async fn a_token_that_is_refused_early_is_replaced_once(app: TestApp) {
        let desk = Desk::connected(app).await;
        let uses = Arc::new(AtomicUsize::new(0));
        let rotate = rotating(&uses);
        desk.provider.answers(move |asked| match (asked.path.as_str(), asked.token.as_str()) {
            ("/youtube/v3/channels", "access-1") => {
                (401, json!({ "error": { "code": 401, "message": "", "errors": [{ "reason": "authError" }] } }))
            }
            _ => rotate(asked),
        });
        let answers = join_all((0..10).map(|_| ask_the_platform(&desk))).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(uses.load(Ordering::SeqCst), 1);
    }

    async fn a_dead_authorisation_asks_for_its_person_and_nobody_tries_on(app: TestApp) {
        let desk = Desk::connected(app).await;
        desk.provider.answers(|asked| match asked.path.as_str() {
            "/token" => (400, json!({ "error": "invalid_grant" })),
            _ => healthy(asked),
        });
        later(&desk).await;
        desk.app.run_jobs().await;
        assert_eq!(desk.status().await, (Status::NeedsReauth, Some(Cause::AuthorisationLost)));
        let refreshes = desk.provider.asked("/token").len();
        later(&desk).await;
        desk.app.run_jobs().await;
        assert_eq!(desk.provider.asked("/token").len(), refreshes, "no reading is scheduled any more");
        let page = desk.app.get("/connections").await.text;
        assert!(page.contains("was revoked or has expired") && page.contains("Reconnect"), "{page}");
    }

    async fn a_secret_of_another_key_fails_closed(app: TestApp) {
        let desk = Desk::connected(app).await;
        let changed = desk.app.app.db.write(|tx| {
            tx.exec("UPDATE platform_connections SET access_token = refresh_token", args![])
        });
        changed.await.unwrap();
        later(&desk).await;
        desk.app.run_jobs().await;
        assert_eq!(desk.status().await, (Status::NeedsReauth, Some(Cause::SecretUnreadable)));
    }
}
