//! Passes over an account: pages, replies, watermarks, what is gone.

use std::time::Duration;

use kit::both_databases;
use serde_json::json;

use super::provider::thread;
use super::*;

async fn a_turn(desk: &Desk) {
    desk.app.hand.advance(Duration::from_secs(600));
    desk.app.run_jobs().await;
}

/// The threads of the published list, newest first, two to a page.
fn listing(threads: Vec<Value>) -> impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static {
    move |asked| match (asked.path.as_str(), asked.query("moderationStatus").as_deref()) {
        ("/youtube/v3/commentThreads", Some("published")) => {
            let first: usize = asked.query("pageToken").map_or(0, |token| token.parse().unwrap());
            let mut page = json!({ "items": threads.iter().skip(first).take(2).collect::<Vec<_>>() });
            if first + 2 < threads.len() {
                page["nextPageToken"] = json!((first + 2).to_string());
            }
            (200, page)
        }
        _ => healthy(asked),
    }
}

fn days_old(days: i64) -> Vec<Value> {
    let at = |day: i64| format!("2026-11-{:02}T10:00:00Z", 21 - day);
    (0..days).map(|day| thread(&format!("Ugx{day}"), "Which grinder is that?", &at(day))).collect()
}

both_databases! {
    async fn a_second_reading_changes_nothing(app: TestApp) {
        let desk = Desk::connected(app).await;
        let before = desk.gathered().await;
        a_turn(&desk).await;
        assert_eq!(desk.gathered().await, before);
        assert_eq!(desk.jobs("sync_connection").await.len(), 3, "the first, the second, and the next one waiting");
    }

    async fn a_first_reading_takes_every_page_and_a_later_one_stops_at_what_is_known(app: TestApp) {
        let desk = Desk::with(app, listing(days_old(9))).await;
        desk.consent("code=c1").await;
        desk.app.run_jobs().await;
        assert_eq!(desk.gathered().await.len(), 18);
        let pages = |desk: &Desk| desk.provider.asked("/youtube/v3/commentThreads").len();
        assert_eq!(pages(&desk), 5 + 2);
        let before = pages(&desk);
        a_turn(&desk).await;
        assert_eq!(pages(&desk) - before, 1 + 2, "the newest page of each list");
        // A whole day later everything is read again: nothing else shows what was deleted.
        desk.app.hand.advance(Duration::from_secs(86_400));
        let before = pages(&desk);
        a_turn(&desk).await;
        assert_eq!(pages(&desk) - before, (1 + 2) + (5 + 2), "what is new, and then everything");
    }

    async fn replies_that_a_listing_leaves_out_are_fetched_when_their_number_changes(app: TestApp) {
        let mut cut = thread("UgxA", "Which grinder is that?", "2026-11-21T10:00:00Z");
        cut["snippet"]["totalReplyCount"] = json!(3);
        let replies = |asked: &Asked| {
            let reply = |n: usize| json!({ "id": format!("UgxA.{n}"), "snippet": { "textDisplay": format!("Answer {n}"),
                "authorChannelId": { "value": "UC9" }, "publishedAt": "2026-11-21T11:00:00Z" } });
            match asked.query("pageToken") {
                None => json!({ "items": [reply(1), reply(2)], "nextPageToken": "2" }),
                Some(_) => json!({ "items": [reply(3)] }),
            }
        };
        let listed = listing(vec![cut]);
        let desk = Desk::with(app, move |asked| match asked.path.as_str() {
            "/youtube/v3/comments" => (200, replies(asked)),
            _ => listed(asked),
        })
        .await;
        desk.consent("code=c1").await;
        desk.app.run_jobs().await;
        assert_eq!(desk.gathered().await.len(), 4);
        assert_eq!(desk.provider.asked("/youtube/v3/comments").len(), 2);
        a_turn(&desk).await;
        assert_eq!(desk.provider.asked("/youtube/v3/comments").len(), 2, "nothing new, nothing fetched");
    }

    /// Its number of replies is what it was: no pass for what is new can see it.
    async fn a_reply_in_the_place_of_another_is_found_by_the_next_whole_pass(app: TestApp) {
        let mut cut = thread("UgxA", "Which grinder is that?", "2026-11-21T10:00:00Z");
        cut["snippet"]["totalReplyCount"] = json!(3);
        let answering = |second: &'static str| {
            let listed = listing(vec![cut.clone()]);
            move |asked: &Asked| match asked.path.as_str() {
                "/youtube/v3/comments" => {
                    let reply = |id: &str| json!({ "id": id, "snippet": { "textDisplay": id, "publishedAt": "2026-11-21T11:00:00Z" } });
                    (200, json!({ "items": [reply("UgxA.1"), reply("UgxA.2"), reply(second)] }))
                }
                _ => listed(asked),
            }
        };
        let desk = Desk::with(app, answering("UgxA.3")).await;
        desk.consent("code=c1").await;
        desk.app.run_jobs().await;
        desk.provider.answers(answering("UgxA.4"));
        let is_there = async || desk.gathered().await.iter().any(|row| row.0 == "UgxA.4");
        a_turn(&desk).await;
        assert!(!is_there().await, "nothing tells of it yet");
        desk.app.hand.advance(Duration::from_secs(86_400));
        desk.app.run_jobs().await;
        assert!(is_there().await);
    }

    async fn what_two_whole_passes_do_not_show_is_gone(app: TestApp) {
        let desk = Desk::with(app, listing(days_old(2))).await;
        desk.consent("code=c1").await;
        desk.app.run_jobs().await;
        desk.provider.answers(listing(days_old(1)));
        let removed = async || {
            desk.app.app.db
                .read(|conn| conn.one::<i64>("SELECT count(*) FROM interactions WHERE provider_state = 'removed'", args![]))
                .await
                .unwrap()
        };
        for (pass, expected) in [(1, 0), (2, 2)] {
            desk.app.hand.advance(Duration::from_secs(86_400));
            desk.app.run_jobs().await;
            assert_eq!(removed().await, expected, "pass {pass}");
        }
    }

    async fn a_pass_that_is_cut_short_calls_nothing_complete_and_goes_on_where_it_was(app: TestApp) {
        let desk = Desk::with(app, listing(days_old(3))).await;
        let listed = listing(days_old(3));
        desk.provider.answers(move |asked| match asked.query("pageToken") {
            Some(_) => (503, json!({})),
            None => listed(asked),
        });
        desk.consent("code=c1").await;
        desk.app.run_jobs().await;
        let connection = desk.connection().await;
        assert_eq!((connection.synced_at, connection.complete_to), (None, None));
        assert_eq!(desk.gathered().await.len(), 4, "what came is kept: {:?}", desk.jobs("sync_connection").await);
        desk.provider.answers(listing(days_old(3)));
        desk.app.hand.advance(Duration::from_secs(10));
        desk.app.run_jobs().await;
        assert_eq!(desk.gathered().await.len(), 6);
        assert!(desk.connection().await.complete_to.is_some());
    }

    async fn asking_for_a_reading_hastens_the_one_that_waits(app: TestApp) {
        let desk = Desk::connected(app).await;
        let id = desk.connection().await.id;
        let before = desk.provider.asked("/youtube/v3/channels").len();
        for _ in 0..3 {
            assert_eq!(desk.app.post(&format!("/connections/{id}/sync"), &[]).await.status, 303);
        }
        desk.app.run_jobs().await;
        assert_eq!(desk.provider.asked("/youtube/v3/channels").len(), before + 1);
        assert_eq!(desk.jobs("sync_connection").await.iter().filter(|job| job.0 == "pending").count(), 1);
    }
}
