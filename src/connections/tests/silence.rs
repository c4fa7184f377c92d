//! Whoever is told to wait by a platform has been told so for all who ask it for the same account.

use std::time::Duration;

use kit::both_databases;
use serde_json::json;

use super::*;
use crate::model::InteractionId;

const MODERATION: &str = "/youtube/v3/comments/setModerationStatus";
const REPLIES: &str = "/youtube/v3/comments";
const READING: &str = "/youtube/v3/channels";
/// Where a platform doesn't say for how long.
const A_WHILE: Duration = Duration::from_secs(60);

/// A platform that wants to be left alone by whoever asks at this path.
fn limited(path: &'static str) -> impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static {
    move |asked| match asked.path.as_str() {
        asked if asked == path => {
            (403, json!({ "error": { "code": 403, "message": "no", "errors": [{ "reason": "rateLimitExceeded" }] } }))
        }
        _ => willing(asked),
    }
}

fn willing(asked: &Asked) -> (u16, Value) {
    match asked.path.as_str() {
        MODERATION => (204, json!({})),
        REPLIES => {
            let snippet = json!({ "authorDisplayName": "@northside", "authorChannelId": { "value": "UC1" }, "parentId": "UgxA",
                "textDisplay": "At nine.", "publishedAt": "2026-11-22T10:00:00Z", "updatedAt": "2026-11-22T10:00:00Z" });
            (200, json!({ "id": "UgxA.9", "snippet": snippet }))
        }
        _ => healthy(asked),
    }
}

impl Desk {
    fn times(&self, path: &str) -> usize {
        self.provider.asked(path).len()
    }

    async fn comment(&self) -> InteractionId {
        let found =
            self.app.app.db.read(|conn| conn.one("SELECT id FROM interactions WHERE external_id = 'UgxA'", args![]));
        found.await.expect("it was read")
    }

    async fn replies(&self) {
        let item = self.comment().await;
        // Without the seconds for second thoughts.
        self.app.post("/settings/account/undo", &[("seconds", "0")]).await;
        let sent = self.app.post(&format!("/inbox/{item}/reply"), &[("text", "At nine."), ("key", "k1")]).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }

    async fn hides(&self) {
        let item = self.comment().await.to_string();
        let hidden = self.app.post("/moderation", &[("id", &item), ("verb", "hide")]).await;
        assert_eq!(hidden.status, 303, "{}", hidden.text);
    }

    async fn later(&self, time: Duration) {
        self.app.hand.advance(time);
        self.app.run_jobs().await;
    }
}

both_databases! {
    async fn a_limit_that_a_reading_meets_holds_replies_and_moderation(app: TestApp) {
        let desk = Desk::connected(app).await;
        desk.provider.answers(limited(READING));
        desk.later(Duration::from_secs(600)).await;
        assert_eq!(desk.status().await.1, Some(Cause::RateLimited));
        let page = desk.app.get("/connections").await.text;
        assert!(page.contains("YouTube asked us to wait until"), "{page}");

        desk.provider.answers(willing);
        desk.replies().await;
        desk.hides().await;
        desk.app.run_jobs().await;
        desk.later(Duration::from_secs(59)).await;
        assert_eq!((desk.times(REPLIES), desk.times(MODERATION)), (0, 0), "they wait as long");
        let page = desk.app.get(&format!("/inbox/{}?state=all", desk.comment().await)).await.text;
        assert!(page.contains("YouTube asked us to wait until"), "{page}");
        assert!(page.contains("The platform asked us to wait until"), "{page}");
        desk.later(Duration::from_secs(1)).await;
        assert_eq!((desk.times(REPLIES), desk.times(MODERATION)), (1, 1));
        assert_eq!(desk.status().await, (Status::Connected, None), "it is read again, too");
    }

    async fn a_limit_that_a_reply_meets_holds_readings_and_moderation(app: TestApp) {
        let desk = Desk::connected(app).await;
        desk.provider.answers(limited(REPLIES));
        desk.app.hand.advance(Duration::from_secs(1));
        desk.replies().await;
        desk.app.run_jobs().await;
        let (replies, read) = (desk.times(REPLIES), desk.times(READING));
        assert_eq!(replies, 1);

        desk.provider.answers(willing);
        let connection = desk.connection().await.id;
        desk.app.post(&format!("/connections/{connection}/sync"), &[]).await;
        desk.hides().await;
        desk.app.run_jobs().await;
        desk.later(A_WHILE - Duration::from_secs(1)).await;
        assert_eq!((desk.times(READING), desk.times(MODERATION), desk.times(REPLIES)), (read, 0, replies));
        assert_eq!(desk.status().await.1, Some(Cause::RateLimited), "and it is told");
        desk.later(Duration::from_secs(1)).await;
        assert!(desk.times(READING) > read && desk.times(MODERATION) == 1, "{:?}", desk.status().await);
    }

    async fn a_limit_that_moderation_meets_holds_readings_and_no_shorter_wait_takes_its_place(app: TestApp) {
        let desk = Desk::connected(app).await;
        desk.provider.answers(limited(MODERATION));
        desk.app.hand.advance(Duration::from_secs(1));
        desk.hides().await;
        desk.app.run_jobs().await;
        let (id, now, read) = (desk.connection().await.id, desk.app.app.now(), desk.times(READING));
        assert_eq!(desk.connection().await.silent_until, Some(now + A_WHILE));
        let shorter = desk.app.app.db.write(move |tx| store::silence(tx, id, now + Duration::from_secs(5))).await;
        shorter.expect("the database answers");
        assert_eq!(desk.connection().await.silent_until, Some(now + A_WHILE));
        desk.provider.answers(willing);
        desk.app.post(&format!("/connections/{id}/sync"), &[]).await;
        desk.later(Duration::from_secs(30)).await;
        assert_eq!(desk.times(READING), read);
    }
}
