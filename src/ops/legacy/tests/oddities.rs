//! What eight years of rows look like: each oddity is brought over as far as it goes, or left behind with its reason.

use kit::both_databases;
use serde_json::json;

use super::{Former, number, skipped, target, texts, written};
use crate::ops::legacy::{Error, Wanted, import};
use crate::testing::TestApp;

const HASH: &str = "04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e";

both_databases! {
    async fn who_could_sign_in_there_can_here(app: TestApp) {
        let former = Former::new().await;
        former.run(
            "INSERT INTO users (email, is_active, approval_status, access_status) VALUES
                ('approved@example.com', TRUE, 'approved', 'pending'), ('full@example.com', TRUE, 'pending', 'full'),
                ('waiting@example.com', TRUE, 'pending', 'pending'), ('rejected@example.com', TRUE, 'rejected', 'pending'),
                ('closed@example.com', FALSE, 'approved', 'full')",
        ).await;
        let report = former.import(&app).await.unwrap();
        let open = "SELECT email FROM users WHERE disabled_at IS NULL ORDER BY email";
        assert_eq!(texts(&app, open).await, ["approved@example.com", "full@example.com"]);
        let closed = "closed here: not active there, or neither approved nor let in";
        assert_eq!(report.tally("users").noted[closed].count, 3, "{report}");
    }

    async fn hashes_of_all_kinds_are_taken_along(app: TestApp) {
        let former = Former::new().await;
        former.run(&format!(
            "INSERT INTO users (email, hashed_password, auth_id) VALUES
                ('a@example.com', '$2a${HASH}', NULL), ('b@example.com', '$2b${HASH}', NULL), ('y@example.com', '$2y${HASH}', NULL),
                ('outside@example.com', NULL, 'auth0|1'), ('odd@example.com', 'sha1$x', NULL)"
        )).await;
        let report = former.import(&app).await.unwrap();
        for email in ["a@example.com", "b@example.com", "y@example.com"] {
            assert_eq!(app.browser().sign_in(email, "correct horse").await.status, 303, "{email}");
        }
        assert_eq!(app.browser().sign_in("outside@example.com", "").await.status.as_u16() / 100, 4);
        let without = "without a password that can be taken along: `repruv user reset-password` sets one";
        assert_eq!(report.tally("users").noted[without].count, 2, "{report}");
    }

    async fn the_administrator_there_is_the_owner_here(app: TestApp) {
        let former = Former::new().await;
        former.run(
            "INSERT INTO users (email, is_admin, is_active, created_at) VALUES ('oldest@example.com', FALSE, TRUE, '2020-01-01Z'),
                ('admin@example.com', TRUE, TRUE, '2024-01-01Z'), ('left@example.com', TRUE, FALSE, '2021-01-01Z')",
        ).await;
        let report = former.import(&app).await.unwrap();
        assert_eq!(texts(&app, "SELECT email FROM users WHERE is_owner").await, ["admin@example.com"]);
        assert!(report.has_owner && report.new_owner.is_none(), "{report}");
    }

    async fn without_an_administrator_an_owner_is_named_by_whoever_imports(app: TestApp) {
        let former = Former::new().await;
        former.run("INSERT INTO users (email) VALUES ('ann@example.com'), ('ben@example.com')").await;
        former.run("INSERT INTO users (email, is_active) VALUES ('left@example.com', FALSE)").await;
        let nobody = former.import(&app).await.unwrap();
        assert_eq!(number(&app, "SELECT count(*) FROM users WHERE is_owner").await, 0, "nobody is appointed");
        assert!(nobody.to_string().contains("name one with --owner EMAIL"), "{nobody}");
        let naming = |email: &str| Wanted { owner: Some(email.to_owned()), ..Wanted::default() };
        let named = import(&target(&app), former.0.url(), &naming(" Ben@example.com"), |_| {}).await.unwrap();
        assert_eq!(texts(&app, "SELECT email FROM users WHERE is_owner").await, ["ben@example.com"]);
        assert_eq!(named.new_owner.as_deref(), Some("ben@example.com"));
        let closed = import(&target(&app), former.0.url(), &naming("left@example.com"), |_| {}).await.unwrap();
        assert!(closed.to_string().contains("left@example.com has no open account here"), "{closed}");
        assert_eq!(number(&app, "SELECT count(*) FROM users WHERE is_owner").await, 1);
        let stranger = import(&target(&app), former.0.url(), &naming("who@example.com"), |_| {}).await;
        assert!(matches!(stranger, Err(Error::NoSuchOwner(_))));
    }

    async fn an_owner_whom_nobody_knows_is_refused_before_anything_is_written(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        let wanted = Wanted { owner: Some("who@example.com".to_owned()), ..Wanted::default() };
        let refused = import(&target(&app), former.0.url(), &wanted, |_| {}).await.unwrap_err();
        assert!(refused.to_string().contains("nobody has the address who@example.com"), "{refused}");
        assert_eq!(number(&app, "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM legacy_imports)").await, 0);
    }

    async fn people_of_all_kinds(app: TestApp) {
        let former = Former::new().await;
        former.run(
            "INSERT INTO users (id, email, full_name, is_active) VALUES
                (id('1'), '  Ann@Example.com ', E'Ann\\tB.\\nCook', FALSE), (id('2'), 'ann@example.COM', 'Ann, who is here', TRUE),
                (id('3'), 'not an address', 'X', TRUE), (id('4'), 'long@example.com', repeat('n', 255), TRUE),
                (id('5'), 'empty@example.com', '', TRUE)",
        ).await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced(), "{report}");
        assert_eq!(
            skipped(&report, "users"),
            json!({ "another account has this e-mail address": 1, "no e-mail address": 1 }),
            "{report}"
        );
        let people = "SELECT email || '|' || substr(name, 1, 20) FROM users ORDER BY email_key";
        assert_eq!(texts(&app, people).await, [
            "ann@example.COM|Ann, who is here", "empty@example.com|empty", "long@example.com|nnnnnnnnnnnnnnnnnnnn",
        ]);
    }

    async fn the_places_time_zone_is_its_peoples(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        former.run(
            "INSERT INTO locations (organization_id, name, timezone, created_at) VALUES
                (id('org'), 'Older', 'Mars/Olympus', '2020-01-01Z'), (id('org'), 'Newer', 'Asia/Tokyo', '2025-01-01Z');
             INSERT INTO users (email) VALUES ('alone@example.com')",
        ).await;
        former.import(&app).await.unwrap();
        let zones = "SELECT email || ' ' || time_zone FROM users ORDER BY email";
        assert_eq!(
            texts(&app, zones).await,
            ["alone@example.com UTC", "ann@example.com Europe/Berlin", "ben@example.com Europe/Berlin"]
        );
    }

    async fn an_account_that_is_here_already_is_not_handed_over(app: TestApp) {
        let app = app.with_ann().await;
        let former = Former::new().await;
        former.with_ann().await;
        former.with_comments(2).await;
        let report = former.import(&app).await.unwrap();
        assert_eq!(skipped(&report, "users"), json!({ "another account has this e-mail address": 1 }));
        assert_eq!(skipped(&report, "youtube_connections"), json!({ "its user was not brought over": 1 }));
        assert_eq!(skipped(&report, "interactions"), json!({ "its user was not brought over": 2 }));
        assert_eq!(number(&app, "SELECT count(*) FROM interactions").await, 0);
    }

    async fn a_connection_of_a_place_is_its_organizations_peoples(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        former.run(
            "INSERT INTO organizations (id) VALUES (id('nobody'));
             INSERT INTO locations (id, organization_id, name) VALUES (id('empty'), id('nobody'), 'Empty'),
                (id('shop2'), id('org'), 'Second shop');
             INSERT INTO platform_connections (location_id, platform, account_info) VALUES
                (id('empty'), 'google', '{}'), (id('shop'), 'myspace', '{}'), (id('shop2'), 'tiktok', '{\"is_demo\": true}'),
                (id('shop'), 'youtube', '{\"channel_id\": \"UCann\"}'), (id('shop2'), 'facebook', '[1]')",
        ).await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced(), "{report}");
        assert_eq!(
            skipped(&report, "platform_connections"),
            json!({ "demo data stays behind": 1, "of a platform that Repruv does not know": 1, "of nobody who was brought over": 1 }),
            "{report}"
        );
        let here = "SELECT email || ' ' || platform || ' ' || COALESCE(display_name, '-') FROM platform_connections
                    JOIN memberships ON memberships.workspace_id = platform_connections.workspace_id
                    JOIN users ON users.id = memberships.user_id ORDER BY 1";
        assert_eq!(texts(&app, here).await, [
            "ann@example.com facebook Second shop", "ann@example.com google_business The shop",
            "ann@example.com instagram annbakes", "ann@example.com youtube Ann bakes",
            "ben@example.com facebook Second shop", "ben@example.com google_business The shop",
            "ben@example.com youtube The shop",
        ]);
    }

    async fn interactions_of_all_kinds(app: TestApp) {
        let former = Former::new().await;
        former.with_ann().await;
        former.run(
            "INSERT INTO interactions (id, user_id, platform, type, platform_id, reply_to_id, content, author_name, status, is_demo,
                platform_created_at)
             SELECT id(v.platform_id || v.type), id('ann'), platform, type, NULLIF(platform_id, '-'), parent, content, author,
                status, NULL, CAST(at AS TIMESTAMP)
             FROM (VALUES
                ('youtube', 'comment', 'a', NULL::uuid, 'Where is the recipe?', 'Ben', 'unread', '2026-11-01 23:30'),
                ('youtube', 'reply', 'b', id('acomment'), 'Lovely.', 'Bo', 'read', '2026-11-02 08:00'),
                ('youtube', 'comment', 'c', NULL, 'What is this?', 'Cy', 'ignored', '2026-10-31'),
                ('google', 'mention', 'd', NULL, 'Terrible service, never again!', NULL, 'spam', '2026-10-01'),
                ('youtube', 'dm', 'e', NULL, 'hi', 'Di', NULL, '2026-10-01'),
                ('youtube', 'comment', 'g', NULL, 'tomorrow and tomorrow', 'Flo', NULL, '2031-01-01'),
                ('youtube', 'comment', 'h', NULL, repeat('x', 100001), 'Gus', NULL, '2026-10-01'),
                ('youtube', 'comment', 'i', NULL, repeat('ü', 100000), 'Hal', NULL, '2026-10-01'),
                ('youtube', 'comment', 'j', NULL, NULL, NULL, 'nonsense', '2026-10-01'),
                ('youtube', 'poke', 'k', NULL, 'poke', 'Ida', '', '2026-10-01'),
                ('youtube', 'comment', '-', NULL, 'without an id', 'Ida', '', '2026-10-01')
             ) AS v (platform, type, platform_id, parent, content, author, status, at)",
        ).await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced(), "{report}");
        assert_eq!(
            skipped(&report, "interactions"),
            json!({
                "a direct message, for which there is no place here": 1, "from the future": 1, "longer than 100,000 characters": 1,
                "neither comment, reply, review nor mention": 1,
            }),
            "{report}"
        );
        assert_eq!(written(&report, "interactions"), 7, "{report}");
        let here = "SELECT external_id || ' ' || thread_external_id || ' ' || state || ' ' || provider_state FROM interactions
                    WHERE external_id NOT LIKE 'imported:%' AND external_id < 'i' ORDER BY external_id";
        assert_eq!(texts(&app, here).await, [
            "a a needs_reply published", "b a no_reply_needed published", "c c no_reply_needed published",
            "d d spam spam",
        ]);
        assert_eq!(number(&app, "SELECT count(*) FROM interactions WHERE text IS NULL AND external_id = 'j'").await, 1);
    }

    async fn a_comment_goes_to_the_account_that_has_its_video(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        former.run(
            "INSERT INTO youtube_connections (id, user_id, channel_id) VALUES (id('second'), id('ann'), 'UCsecond');
             INSERT INTO youtube_videos (id, channel_id, video_id) VALUES (id('v7'), id('second'), 'vid-7');
             INSERT INTO interactions (user_id, platform, platform_id, content, parent_content_id, platform_created_at) VALUES
                (id('ann'), 'youtube', 'yt-70', 'Which one is it?', 'vid-7', '2026-10-01'),
                (id('ann'), 'youtube', 'yt-71', 'Which one is it then?', 'vid-1', '2026-10-01'),
                (id('ann'), 'youtube', 'yt-72', 'Which one is it now?', NULL, '2026-10-01')",
        ).await;
        let report = former.import(&app).await.unwrap();
        let where_to = "SELECT i.external_id || ' ' || c.external_id FROM interactions AS i
                        JOIN platform_connections AS c ON c.id = i.connection_id WHERE i.external_id LIKE 'yt-7%' ORDER BY 1";
        assert_eq!(texts(&app, where_to).await, ["yt-70 UCsecond", "yt-71 UCann", "yt-72 imported:unknown"]);
        assert_eq!(report.tally("interactions").noted["it does not say which of several accounts it belongs to"].count, 2);
    }

    async fn an_older_schema_is_read_as_far_as_it_goes(app: TestApp) {
        let former = Former::empty().await;
        former.run("CREATE TABLE users (id UUID PRIMARY KEY, email TEXT, hashed_password TEXT, demo_mode BOOLEAN)").await;
        former.run("INSERT INTO users VALUES (CAST(md5('1') AS UUID), 'ann@example.com', NULL, TRUE)").await;
        former.run("CREATE TABLE interactions (id BIGINT PRIMARY KEY, user_id UUID, platform TEXT, content TEXT, created_at TEXT)").await;
        former.run("INSERT INTO interactions VALUES (7, CAST(md5('1') AS UUID), 'youtube', 'Great!', '2025-01-02 03:04:05'),
            (8, CAST(md5('1') AS UUID), 'youtube', 'Great too!', 'long ago')").await;
        former.run("CREATE TABLE youtube_comments (id UUID, comment_id TEXT, video_id UUID)").await;
        former.run("CREATE TABLE themes (id INT)").await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced() && report.is_whole(), "{report}");
        assert_eq!((written(&report, "users"), written(&report, "interactions")), (1, 1), "{report}");
        assert_eq!(skipped(&report, "interactions"), json!({ "without a date": 1 }));
        let text = report.to_string();
        for line in [
            "platform_connections: left out, there is no table platform_connections",
            "youtube_comments: left out, there is no youtube_videos.id",
            "youtube_comments.response_text: left out, there is no youtube_comments.response_text",
            "  skipped 1: without a date (id 8)",
            "Tables that are not brought over: themes",
        ] {
            assert!(text.lines().any(|told| told == line), "{line}: {text}");
        }
        assert!(report.absent_columns.contains("users.is_active"), "{text}");
        assert!(report.absent_tables.contains("locations"), "{text}");
        assert_eq!(texts(&app, "SELECT demo_mode_status FROM users").await, ["enabling"]);
        assert_eq!(texts(&app, "SELECT external_id FROM platform_connections").await, ["imported:unknown"]);
    }

    /// A role for reading is not always given everything.
    async fn what_may_not_be_read_is_named(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        let role = format!("reader_of_{}", former.0.url().rsplit('/').next().unwrap());
        former.run(&format!(
            "CREATE ROLE {role} LOGIN;\nGRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
             REVOKE SELECT ON youtube_videos FROM {role}",
        )).await;
        let url = former.0.url().replace("postgres@", &format!("{role}@"));
        let report = import(&target(&app), &url, &Wanted::default(), |_| {}).await;
        former.run(&format!("DROP OWNED BY {role};\nDROP ROLE {role}")).await;
        let report = report.unwrap();
        assert!(report.refused_columns.contains("youtube_videos.video_id"), "{report}");
        assert!(report.tally("youtube_videos").left_out.is_some() && report.is_balanced(), "{report}");
    }
}
