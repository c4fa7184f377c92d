//! One value that nobody can use costs its row, and no other.

use kit::both_databases;
use kit::testing::TestDb;
use serde_json::json;

use super::{Former, number, skipped, texts, written};
use crate::testing::TestApp;

both_databases! {
    async fn a_time_that_no_calendar_here_holds_costs_its_row_alone(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        former.run(
            "INSERT INTO interactions (id, user_id, platform, platform_id, content, is_demo, platform_created_at) VALUES
                (id('far'), id('ann'), 'youtube', 'far', 'x', FALSE, '294276-12-31'),
                (id('inf'), id('ann'), 'youtube', 'inf', 'x', FALSE, 'infinity'),
                (id('-inf'), id('ann'), 'youtube', '-inf', 'x', FALSE, '-infinity'),
                (id('bc'), id('ann'), 'youtube', 'bc', 'x', FALSE, '4713-01-01 BC');
             INSERT INTO users (id, email, created_at) VALUES (id('far'), 'far@example.com', '294276-12-31Z');
             INSERT INTO youtube_connections (id, user_id, created_at) VALUES (id('far'), id('ann'), 'infinity');
             INSERT INTO instagram_connections (id, user_id, instagram_user_id, username, created_at)
                VALUES (id('far'), id('ann'), 'far', 'far', 'infinity');
             INSERT INTO locations (id, organization_id, name) VALUES (id('far'), id('org'), 'Far');
             INSERT INTO platform_connections (id, location_id, platform, created_at)
                VALUES (id('far'), id('far'), 'google', 'infinity');
             INSERT INTO youtube_videos (id, channel_id, video_id, published_at)
                VALUES (id('far'), id('channel'), 'far', '294276-12-31Z');
             INSERT INTO youtube_comments (id, video_id, comment_id, content, published_at)
                VALUES (id('far'), id('v1'), 'far', 'x', 'infinity');
             INSERT INTO instagram_media (id, connection_id, media_id, media_type, timestamp)
                VALUES (id('far'), id('ig'), 'far', 'IMAGE', 'infinity');
             INSERT INTO instagram_comments (id, media_id, comment_id, text, timestamp)
                VALUES (id('far'), id('m1'), 'far', 'x', 'infinity');
             INSERT INTO sent_responses (id, interaction_id, response_text, sent_at, user_id)
                VALUES (id('far'), id('n2'), 'x', 'infinity', id('ann'))",
        ).await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced() && report.is_whole(), "{report}");
        let named = former.id("far").await;
        for (table, column, count) in [
            ("users", "created_at", 1), ("youtube_connections", "created_at", 1), ("instagram_connections", "created_at", 1),
            ("platform_connections", "created_at", 1), ("youtube_videos", "published_at", 1),
            ("youtube_comments", "published_at", 1), ("instagram_media", "timestamp", 1),
            ("instagram_comments", "timestamp", 1), ("interactions", "platform_created_at", 4), ("sent_responses", "sent_at", 1),
        ] {
            let why = format!("a time outside the years 1970 to 9999 in {column}");
            let rows = &report.tally(table).skipped[&why];
            assert_eq!(rows.count, count, "{table}: {report}");
            assert!(rows.first.contains(&named), "{table}: {report}");
        }
        assert_eq!(number(&app, "SELECT count(*) FROM users").await, 2);
        assert_eq!(written(&report, "youtube_comments"), 4, "{report}");
    }

    /// A database without an encoding takes any bytes, and some programs sent Latin-1.
    async fn a_byte_that_is_no_text_costs_its_row_alone(app: TestApp) {
        let former = Former::with_tables(TestDb::sql_ascii().await).await.with_sample().await;
        former.run(
            "UPDATE youtube_comments SET content = E'caf\\xe9?' WHERE comment_id = 'yt-2';
             UPDATE users SET full_name = E'B\\xe9n' WHERE email = 'ben@example.com';
             UPDATE youtube_comments SET content = 'Où est la farine ?' WHERE comment_id = 'yt-1'",
        ).await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced() && report.is_whole(), "{report}");
        assert_eq!(skipped(&report, "youtube_comments"), json!({ "text that is no UTF-8": 1 }));
        assert_eq!(report.tally("youtube_comments").skipped["text that is no UTF-8"].first, [former.id("c2").await]);
        assert_eq!(skipped(&report, "users"), json!({ "text that is no UTF-8": 1 }));
        let french = "SELECT text FROM interactions WHERE external_id = 'yt-1'";
        assert_eq!(texts(&app, french).await, ["Où est la farine ?"]);
    }

    async fn ids_are_whole_or_their_row_is_skipped(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        former.run(
            "INSERT INTO interactions (user_id, platform, platform_id, content, is_demo, platform_created_at)
             SELECT id('ann'), 'youtube', repeat('i', 253) || lpad(CAST(n AS TEXT), 2, '0'), 'Which one?', FALSE, '2026-10-01'
             FROM generate_series(1, 10) AS n;
             INSERT INTO youtube_comments (id, video_id, comment_id, content, published_at) VALUES
                (id('long'), id('v1'), repeat('i', 256), 'x', '2026-10-01Z'),
                (id('odd'), id('v1'), E'a\\tb', 'x', '2026-10-01Z');
             INSERT INTO youtube_videos (id, channel_id, video_id) VALUES (id('long'), id('channel'), repeat('v', 256))",
        ).await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced() && report.is_whole(), "{report}");
        assert_eq!(number(&app, "SELECT count(*) FROM interactions WHERE length(external_id) = 255").await, 10);
        assert_eq!(
            skipped(&report, "youtube_comments"),
            json!({ "an id of more than 255 characters": 1, "an id with control characters": 1 })
        );
        assert_eq!(skipped(&report, "youtube_videos"), json!({ "an id of more than 255 characters": 1 }));
        let named = &report.tally("youtube_comments").skipped["an id of more than 255 characters"].first;
        assert_eq!(*named, [former.id("long").await]);
    }
}
