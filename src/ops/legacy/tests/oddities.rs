//! What eight years of rows look like: each oddity is brought over as far as it goes, or left behind with its reason.

use kit::both_databases;
use serde_json::json;

use super::{Former, number, skipped, texts};
use crate::testing::TestApp;

both_databases! {
    async fn people_of_all_kinds(app: TestApp) {
        let former = Former::new().await;
        former.run(
            "INSERT INTO users (id, email, full_name, hashed_password, is_active, is_superuser, timezone, created_at) VALUES
                (1, '  Ann@Example.com ', E'Ann\\tB.\\nCook', '!', FALSE, NULL, NULL, NULL),
                (2, 'ann@example.COM', 'Ann, who is here', NULL, TRUE, FALSE, 'Europe/Berlin', '2024-02-29'),
                (3, 'not an address', 'X', NULL, TRUE, NULL, NULL, NULL)",
        ).await;
        former.run(
            "INSERT INTO users (id, email, full_name, is_active, timezone, created_at) VALUES
                (4, NULL, 'Nobody', TRUE, NULL, NULL),
                (5, 'long@example.com', repeat('n', 3000), NULL, 'Mars/Olympus', 'infinity'),
                (6, 'empty@example.com', '', TRUE, '', '2300-01-01'),
                (7, 'closed@example.com', 'Closed', FALSE, NULL, '2020-01-01')",
        ).await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced(), "{report}");
        assert_eq!(
            skipped(&report.users),
            json!({ "another account has this e-mail address": 1, "no e-mail address": 2 }),
            "{report}"
        );
        let people = "SELECT email || '|' || substr(name, 1, 20) || '|' || time_zone FROM users ORDER BY email_key";
        assert_eq!(texts(&app, people).await, [
            "ann@example.COM|Ann, who is here|Europe/Berlin",
            "closed@example.com|Closed|UTC",
            "empty@example.com|empty|UTC",
            "long@example.com|nnnnnnnnnnnnnnnnnnnn|UTC",
        ]);
        assert_eq!(texts(&app, "SELECT email FROM users WHERE disabled_at IS NOT NULL").await, ["closed@example.com"]);
        assert_eq!(number(&app, "SELECT count(*) FROM users WHERE length(name) > 80").await, 0);
        assert_eq!(report.new_owner.as_deref(), Some("ann@example.COM"), "of the open accounts the oldest");
    }

    async fn an_account_that_is_here_already_is_not_handed_over(app: TestApp) {
        let app = app.with_ann().await;
        let former = Former::new().await;
        former.with_ann().await;
        former.with_comments(2).await;
        let report = former.import(&app).await.unwrap();
        assert_eq!(skipped(&report.users), json!({ "another account has this e-mail address": 1 }));
        assert_eq!(skipped(&report.connections), json!({ "its user was not brought over": 1 }));
        assert_eq!(skipped(&report.interactions), json!({ "its user was not brought over": 2 }));
        assert_eq!(number(&app, "SELECT count(*) FROM interactions").await, 0);
        assert_eq!(report.new_owner, None, "somebody is the owner");
    }

    async fn connections_of_all_kinds(app: TestApp) {
        let former = Former::new().await;
        former.with_ann().await;
        former.run(
            "INSERT INTO platform_connections (id, user_id, platform, account_info) VALUES
                (10, 1, 'YouTube', '{\"channel_id\": \"UCann\"}'), (11, 1, 'google_my_business', 'no json'),
                (12, 1, 'myspace', NULL), (13, 99, 'youtube', NULL), (14, NULL, 'youtube', NULL), (15, 1, NULL, NULL),
                (16, 1, 'instagram', '[1]'), (17, 1, 'tiktok', '{\"is_demo\": true}'),
                (18, 1, 'facebook', '{\"page_id\": 42, \"followers\": -3, \"thumbnail_url\": \"javascript:alert(1)\"}')",
        ).await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced(), "{report}");
        assert_eq!(
            skipped(&report.connections),
            json!({
                "demo data stays behind": 1, "its user was not brought over": 2, "of a platform that Repruv does not know": 2,
                "the same account is here already": 1,
            }),
            "{report}"
        );
        let here = "SELECT platform || ' ' || external_id FROM platform_connections ORDER BY platform";
        assert_eq!(texts(&app, here).await, [
            "facebook 42", "google_business imported:11", "instagram imported:16", "youtube UCann",
        ]);
        assert_eq!(number(&app, "SELECT count(*) FROM platform_connections WHERE followers < 0 OR platform = 'facebook' AND avatar_url IS NOT NULL").await, 0);
    }

    async fn interactions_of_all_kinds(app: TestApp) {
        let former = Former::new().await;
        former.with_ann().await;
        former.run(
            "INSERT INTO interactions (id, user_id, platform, type, platform_id, parent_platform_id, content, author_name,
                author_platform_id, status, is_demo, rating, platform_created_at, created_at)
             SELECT CAST(md5(v.platform_id || v.type) AS UUID), user_id, platform, type, NULLIF(platform_id, '-'), parent, content,
                author, author_id, status, NULL, rating, CAST(at AS TIMESTAMP), CAST(created AS TIMESTAMPTZ)
             FROM (VALUES
                (1, 'youtube', 'comment', 'a', NULL, 'Where is the recipe?', 'Ben', 'UCben', 'unread', NULL::int, '2026-11-01 23:30', NULL),
                (1, 'youtube', 'reply', 'b', 'a', 'In the description.', 'Ann cooks', 'UCann', 'sent', NULL, '2026-11-02 08:00', NULL),
                (1, 'youtube', 'comment', 'c', NULL, 'What is this?', 'Cy', 'UCcy', 'archived', NULL, NULL, '2026-11-01T01:00:00+02:00'),
                (1, 'google', 'review', 'd', NULL, 'Terrible service, never again!', NULL, NULL, 'hidden', 1, '2026-10-01', NULL),
                (1, 'youtube', 'dm', 'e', NULL, 'hi', 'Di', NULL, NULL, NULL, '2026-10-01', NULL),
                (1, 'youtube', 'comment', 'f', NULL, 'no date', 'Ed', NULL, NULL, NULL, NULL, NULL),
                (1, 'youtube', 'comment', 'g', NULL, 'tomorrow and tomorrow', 'Flo', NULL, NULL, NULL, '2031-01-01', NULL),
                (1, 'youtube', 'comment', 'h', NULL, repeat('x', 100001), 'Gus', NULL, NULL, NULL, '2026-10-01', NULL),
                (1, 'youtube', 'comment', 'i', NULL, repeat('ü', 100000), 'Hal', NULL, NULL, NULL, '2026-10-01', NULL),
                (1, 'youtube', 'comment', 'j', NULL, NULL, NULL, NULL, 'nonsense', 99, '2026-10-01', NULL),
                (1, 'youtube', 'comment', '-', NULL, 'without an id', 'Ida', NULL, '', NULL, '2026-10-01', NULL),
                (2, 'youtube', 'comment', 'k', NULL, 'orphan', 'Jo', NULL, NULL, NULL, '2026-10-01', NULL),
                (NULL, 'youtube', 'comment', 'l', NULL, 'orphan', 'Jo', NULL, NULL, NULL, '2026-10-01', NULL)
             ) AS v (user_id, platform, type, platform_id, parent, content, author, author_id, status, rating, at, created)",
        ).await;
        former.run("INSERT INTO interactions SELECT CAST(md5('twice') AS UUID), user_id, platform, type, platform_id FROM interactions WHERE platform_id = 'a'").await;
        former.run("UPDATE interactions SET platform_created_at = '2026-11-03' WHERE id = CAST(md5('twice') AS UUID)").await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced(), "{report}");
        assert_eq!(
            skipped(&report.interactions),
            json!({
                "from the future": 1, "its user was not brought over": 1, "longer than 100,000 characters": 1,
                "neither comment, reply, review nor mention": 1, "of no user": 1, "without a date": 1,
            }),
            "{report}"
        );
        assert_eq!((report.interactions.written, report.interactions.already), (7, 1), "{report}");
        let here = "SELECT external_id || ' ' || state || ' ' || provider_state || ' ' || day FROM interactions
                    WHERE external_id NOT LIKE 'imported:%' AND external_id < 'i' ORDER BY external_id";
        assert_eq!(texts(&app, here).await, [
            "a answered published 2026-11-01",
            "b own published 2026-11-02",
            "c no_reply_needed published 2026-10-31",
            "d no_reply_needed hidden 2026-10-01",
        ]);
        assert_eq!(number(&app, "SELECT count(*) FROM interactions WHERE rating = 99").await, 0);
        assert_eq!(number(&app, "SELECT count(*) FROM interactions WHERE text IS NULL AND external_id = 'j'").await, 1);
    }

    async fn an_older_schema_is_read_as_far_as_it_goes(app: TestApp) {
        let former = Former::empty().await;
        former.run("CREATE TABLE users (id UUID PRIMARY KEY, email TEXT, hashed_password TEXT, demo_mode INTEGER)").await;
        former.run("INSERT INTO users VALUES (CAST(md5('1') AS UUID), 'ann@example.com', NULL, 1)").await;
        former.run("CREATE TABLE interactions (id BIGINT PRIMARY KEY, user_id UUID, platform TEXT, content TEXT, created_at TEXT)").await;
        former.run("INSERT INTO interactions VALUES (7, CAST(md5('1') AS UUID), 'youtube', 'Great!', '2025-01-02 03:04:05'),
            (8, CAST(md5('1') AS UUID), 'youtube', 'Great too!', 'long ago')").await;
        former.run("CREATE TABLE themes (id INT)").await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced() && report.connections.is_absent, "{report}");
        assert_eq!((report.users.written, report.interactions.written), (1, 1), "{report}");
        assert_eq!(skipped(&report.interactions), json!({ "without a date": 1 }));
        assert!(report.users.absent_columns.contains("is_active"), "{report}");
        assert!(report.other_tables.contains("themes"), "{report}");
        let text = report.to_string();
        assert!(text.contains("platform_connections: the former database has no such table"), "{text}");
        assert!(text.contains("skipped 1: without a date (id 8)"), "{text}");
        assert_eq!(texts(&app, "SELECT demo_mode_status FROM users").await, ["enabling"]);
        assert_eq!(texts(&app, "SELECT connection_status || ' ' || external_id FROM platform_connections").await, ["disconnected imported:unknown"]);
    }
}
