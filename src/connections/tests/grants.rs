//! What becomes of an authorisation that another one takes the place of.

use std::time::Duration;

use kit::both_databases;
use serde_json::json;

use super::provider::grant;
use super::*;

/// Each exchange is another grant: access-1 and refresh-1, access-2 and refresh-2, …
fn numbered() -> impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static {
    let count = std::sync::atomic::AtomicUsize::new(0);
    move |asked| match asked.path.as_str() {
        "/token" => {
            let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
            let (access, refresh) = (format!("access-{number}"), format!("refresh-{number}"));
            (200, grant(&access, Some(&refresh), super::provider::SCOPE))
        }
        _ => healthy(asked),
    }
}

fn revoked(desk: &Desk) -> Vec<String> {
    desk.provider.asked("/revoke").iter().filter_map(|asked| asked.form("token")).collect()
}

both_databases! {
    /// Where one end is the end of all, nothing is ended that is in use, and the last one ends everything.
    async fn reconnecting_ends_nothing_and_disconnecting_ends_all(app: TestApp) {
        let desk = Desk::with(app, numbered()).await;
        for code in ["c1", "c2", "c3"] {
            desk.consent(&format!("code={code}")).await;
            desk.app.run_jobs().await;
        }
        assert_eq!(revoked(&desk), Vec::<String>::new());
        assert_eq!(desk.tokens().await.open_refresh(&desk.app.app.vault).unwrap().unwrap().expose(), "refresh-3");
        desk.app.post(&format!("/connections/{}/disconnect", desk.connection().await.id), &[]).await;
        desk.app.run_jobs().await;
        assert_eq!(revoked(&desk), ["refresh-3"]);
    }

    async fn an_end_that_is_late_does_not_end_what_came_after_it(app: TestApp) {
        let desk = Desk::with(app, numbered()).await;
        desk.consent("code=c1").await;
        desk.app.run_jobs().await;
        let answers = numbered();
        desk.provider.answers(move |asked| if asked.path == "/revoke" { (503, json!({})) } else { answers(asked) });
        let id = desk.connection().await.id;
        desk.app.post(&format!("/connections/{id}/disconnect"), &[]).await;
        desk.app.run_jobs().await;
        let tried = revoked(&desk).len();
        desk.consent("code=c2").await;
        desk.app.run_jobs().await;
        desk.app.hand.advance(Duration::from_secs(3_600));
        desk.app.run_jobs().await;
        assert_eq!(desk.jobs("revoke_token").await[0].0, "completed");
        assert_eq!(revoked(&desk).len(), tried, "the new one is in use");
    }

    async fn half_a_consent_takes_nothing_from_the_account_that_works(app: TestApp) {
        let desk = Desk::connected(app).await;
        desk.provider.answers(|asked| match asked.path.as_str() {
            "/token" => (200, grant("half", Some("half-refresh"), "https://www.googleapis.com/auth/youtube.readonly")),
            _ => healthy(asked),
        });
        let id = desk.connection().await.id.to_string();
        let link = desk.begin_again(&[("connection_id", &id)]).await;
        desk.app.get(&format!("/connections/callback/google?code=c2&state={}", state(&link))).await;
        desk.app.run_jobs().await;
        assert_eq!(revoked(&desk), Vec::<String>::new());
        assert_eq!(desk.status().await.0, Status::Connected);
    }
}
