//! One thing that is refused, broken or too much costs that thing, never the account.

use std::time::Duration;

use kit::both_databases;
use serde_json::json;

use super::provider::thread;
use super::*;

fn problem(status: u16, reason: &str) -> (u16, Value) {
    (status, json!({ "error": { "code": status, "message": "no", "errors": [{ "reason": reason }] } }))
}

/// Two threads, of which the first has replies that the listing leaves out.
fn with_more_replies(asked: &Asked) -> (u16, Value) {
    let mut cut = thread("UgxA", "Which grinder is that?", "2026-11-21T10:00:00Z");
    cut["snippet"]["totalReplyCount"] = json!(5);
    match (asked.path.as_str(), asked.query("moderationStatus").as_deref()) {
        ("/youtube/v3/commentThreads", Some("published")) => {
            (200, json!({ "items": [cut, thread("UgxB", "And the water?", "2026-11-20T10:00:00Z")] }))
        }
        _ => healthy(asked),
    }
}

async fn connected_with(app: TestApp, script: impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static) -> Desk {
    let desk = Desk::with(app, script).await;
    desk.consent("code=c1").await;
    desk.app.run_jobs().await;
    desk
}

both_databases! {
    async fn replies_that_are_refused_leave_the_account_connected(app: TestApp) {
        let desk = connected_with(app, |asked| match asked.path.as_str() {
            "/youtube/v3/comments" => problem(403, "forbidden"),
            _ => with_more_replies(asked),
        })
        .await;
        assert_eq!(desk.status().await, (Status::Connected, None));
        assert_eq!(desk.gathered().await.len(), 4, "everything else of the page");
        let page = desk.app.get("/connections").await.text;
        assert!(page.contains("1 item could not be read") && page.contains("UgxA"), "{page}");
        // At the next whole pass it is tried again.
        desk.provider.answers(|asked| match asked.path.as_str() {
            "/youtube/v3/comments" => {
                let reply = json!({ "id": "UgxA.2", "snippet": { "textDisplay": "Hi", "publishedAt": "2026-11-21T11:00:00Z" } });
                (200, json!({ "items": [reply] }))
            }
            _ => with_more_replies(asked),
        });
        desk.app.hand.advance(Duration::from_secs(2 * 86_400));
        desk.app.run_jobs().await;
        assert_eq!(desk.gathered().await.len(), 5);
        assert!(!desk.app.get("/connections").await.text.contains("could not be read"));
    }

    async fn a_channel_without_uploads_is_connected(app: TestApp) {
        let desk = connected_with(app, |asked| match asked.path.as_str() {
            "/youtube/v3/playlistItems" => problem(404, "playlistNotFound"),
            _ => healthy(asked),
        })
        .await;
        assert_eq!(desk.status().await, (Status::Connected, None));
        assert_eq!(desk.gathered().await.len(), 2);
    }

    async fn a_switch_of_the_operators_is_named(app: TestApp) {
        let desk = connected_with(app, healthy).await;
        desk.provider.answers(|asked| match asked.path.as_str() {
            path if path.starts_with("/youtube/") => problem(403, "accessNotConfigured"),
            _ => healthy(asked),
        });
        desk.app.hand.advance(Duration::from_secs(600));
        desk.app.run_jobs().await;
        assert_eq!(desk.status().await, (Status::Connected, Some(Cause::NotEnabled)));
        assert!(desk.app.get("/connections").await.text.contains("YouTube Data API v3"));
    }

    async fn a_google_account_that_never_signed_up_has_no_channel(app: TestApp) {
        let desk = connected_with(app, |asked| match asked.path.as_str() {
            path if path.starts_with("/youtube/") => problem(401, "youtubeSignupRequired"),
            _ => healthy(asked),
        })
        .await;
        assert_eq!(desk.status().await, (Status::Failed, Some(Cause::NoAccount)));
    }

    async fn text_that_a_database_does_not_take_is_stored_without_it(app: TestApp) {
        let desk = connected_with(app, |asked| match (asked.path.as_str(), asked.query("moderationStatus").as_deref()) {
            ("/youtube/v3/channels", _) => {
                let mut channel = super::provider::channel("UC1");
                channel["items"][0]["snippet"]["title"] = json!("North\0side");
                (200, channel)
            }
            ("/youtube/v3/videos", _) => (200, json!({ "items": [{ "id": "v1", "snippet": { "title": "a\0b" } }] })),
            ("/youtube/v3/commentThreads", Some("published")) => {
                let mut odd = thread("Ugx\0A", "Which\0 grinder?", "2026-11-21T10:00:00Z");
                odd["snippet"]["topLevelComment"]["snippet"]["authorDisplayName"] = json!("@a\0nn");
                odd["what\0ever"] = json!("\0");
                (200, json!({ "items": [odd, { "id": "\0", "snippet": "\0" }] }))
            }
            _ => healthy(asked),
        })
        .await;
        assert_eq!(desk.status().await, (Status::Connected, None), "{:?}", desk.jobs("sync_connection").await);
        assert_eq!(desk.connection().await.display_name.as_deref(), Some("North\u{fffd}side"));
        assert!(desk.gathered().await.iter().any(|row| row.3 == "Which\u{fffd} grinder?"));
    }

    async fn a_video_that_is_gone_counts_no_more(app: TestApp) {
        let desk = connected_with(app, healthy).await;
        desk.provider.answers(|asked| match asked.path.as_str() {
            "/youtube/v3/playlistItems" => (200, json!({ "items": [] })),
            _ => healthy(asked),
        });
        let counted = async || {
            let sql = "SELECT count(*) FROM content_items WHERE removed_at IS NULL";
            desk.app.app.db.read(move |conn| conn.one::<i64>(sql, args![])).await.unwrap()
        };
        for (pass, left) in [(1, 1), (2, 0)] {
            desk.app.hand.advance(Duration::from_secs(86_400));
            desk.app.run_jobs().await;
            assert_eq!(counted().await, left, "pass {pass}");
        }
        desk.provider.answers(healthy);
        desk.app.hand.advance(Duration::from_secs(86_400));
        desk.app.run_jobs().await;
        assert_eq!(counted().await, 1, "it is back");
    }

    async fn a_video_that_cannot_be_read_is_not_taken_for_gone(app: TestApp) {
        let desk = connected_with(app, healthy).await;
        desk.provider.answers(|asked| match asked.path.as_str() {
            "/youtube/v3/videos" => problem(403, "forbidden"),
            _ => healthy(asked),
        });
        for _ in 0..3 {
            desk.app.hand.advance(Duration::from_secs(86_400));
            desk.app.run_jobs().await;
        }
        let sql = "SELECT count(*) FROM content_items WHERE removed_at IS NULL";
        assert_eq!(desk.app.app.db.read(move |conn| conn.one::<i64>(sql, args![])).await.unwrap(), 1);
    }
}
