//! Imports from a former database that is really there, into both databases.

mod answers;
mod bad_values;
mod oddities;
mod runs;
mod work;

use kit::args;
use kit::db::Json;
use kit::testing::{Engine, TestDb};

use super::{Error, Report, Target, Wanted, import};
use crate::testing::TestApp;

/// The former system's database, with the tables as its newest version made them.
struct Former(TestDb);

const SCHEMA: &str = include_str!("schema.sql");

/// Ann and Ben of one organization, with one of everything that is brought over.
const SAMPLE: &str = "
    INSERT INTO organizations (id, name) VALUES (id('org'), 'The bakery');
    INSERT INTO users (id, email, full_name, hashed_password, is_admin, organization_id, created_at) VALUES
        (id('ann'), 'ann@example.com', 'Ann', '$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e', TRUE,
            id('org'), '2024-05-06 07:08:09Z'),
        (id('ben'), 'ben@example.com', 'Ben', NULL, FALSE, id('org'), '2024-06-06Z');
    INSERT INTO locations (id, organization_id, name, timezone, created_at) VALUES
        (id('shop'), id('org'), 'The shop', 'Europe/Berlin', '2024-05-07Z');
    INSERT INTO platform_connections (id, location_id, platform, account_info) VALUES
        (id('google'), id('shop'), 'google', '{\"account_id\": \"accounts/7\"}');
    INSERT INTO youtube_connections (id, user_id, channel_id, channel_name, subscriber_count, total_views, video_count,
            last_metrics_update) VALUES
        (id('channel'), id('ann'), 'UCann', 'Ann bakes', 1200, 90000, 2, '2026-10-01Z');
    INSERT INTO youtube_videos (id, channel_id, video_id, title, duration, view_count, like_count, comment_count,
            published_at, last_fetched_at) VALUES
        (id('v1'), id('channel'), 'vid-1', 'Bread', 'PT4M13S', 800, 40, 4, '2026-09-01Z', '2026-10-01Z'),
        (id('v2'), id('channel'), 'vid-2', 'More bread', 'PT1M', 100, 4, 0, '2026-09-02Z', '2026-10-01Z');
    INSERT INTO youtube_comments (id, video_id, comment_id, author_name, author_channel_id, content, published_at, status,
            parent_comment_id, is_channel_owner_comment, response_text, replied_at) VALUES
        (id('c1'), id('v1'), 'yt-1', 'Cy', 'UCcy', 'Which flour is it?', '2026-09-03Z', 'answered', NULL, FALSE,
            'Spelt.', '2026-09-04Z'),
        (id('c2'), id('v1'), 'yt-2', 'Di', 'UCdi', 'How long does it rise?', '2026-09-03Z', 'unread', NULL, FALSE, NULL, NULL),
        (id('c3'), id('v1'), 'yt-3', 'Ed', 'UCed', 'Can I use rye?', '2026-09-03Z', 'answered', NULL, FALSE, 'You can!',
            '2026-09-05Z'),
        (id('c4'), id('v1'), 'yt-3.own', 'Ann bakes', 'UCann', 'You can!', '2026-09-05Z', 'read', 'yt-3', TRUE, NULL, NULL);
    INSERT INTO instagram_connections (id, user_id, instagram_user_id, username, follower_count, media_count, last_synced_at)
        VALUES (id('ig'), id('ann'), '1789', 'annbakes', 300, 1, '2026-10-02Z');
    INSERT INTO instagram_media (id, connection_id, media_id, media_type, caption, timestamp, like_count) VALUES
        (id('m1'), id('ig'), '555', 'IMAGE', 'Buns', '2026-09-10Z', 12);
    INSERT INTO instagram_comments (id, media_id, comment_id, username, user_id, text, timestamp, status) VALUES
        (id('i1'), id('m1'), 'ig-1', 'flo', '99', 'Do you ship these?', '2026-09-11Z', 'unread'),
        (id('i2'), id('m1'), 'ig-2', 'annbakes', '1789', 'Not yet', '2026-09-12Z', 'read');
    INSERT INTO interactions (id, user_id, platform, type, platform_id, content, author_name, status, is_demo,
            parent_content_id, parent_content_title, platform_created_at) VALUES
        (id('n1'), id('ann'), 'youtube', 'comment', 'yt-2', 'How long does it rise?', 'Di', 'unread', FALSE, 'vid-1', 'Bread',
            '2026-09-03'),
        (id('n2'), id('ann'), 'youtube', 'comment', 'yt-9', 'Where is the oven from?', 'Gus', 'answered', FALSE, 'vid-9',
            'Ovens', '2026-09-06'),
        (id('n3'), id('ben'), 'google', 'mention', 'g-1', 'Best shop in town', 'Hal', 'read', NULL, NULL, NULL, '2026-09-07'),
        (id('n4'), id('ann'), 'instagram', 'dm', 'dm-1', 'hi', 'Ida', 'unread', FALSE, NULL, NULL, '2026-09-07'),
        (id('n5'), id('ann'), 'twitter', 'mention', 'tw-1', '@ann look', 'Jo', 'unread', FALSE, NULL, NULL, '2026-09-07'),
        (id('n6'), id('ann'), 'youtube', 'comment', 'demo-1', 'Demo!', 'Kim', 'unread', TRUE, NULL, NULL, '2026-09-07');
    INSERT INTO sent_responses (id, interaction_id, response_text, platform_response_id, platform_error, sent_at, user_id)
        VALUES
        (id('s1'), id('n2'), 'From my aunt.', 'yt-9.reply', NULL, '2026-09-08Z', id('ann')),
        (id('s2'), id('n2'), 'From my uncle.', NULL, 'quotaExceeded', '2026-09-07Z', id('ann')),
        (id('s3'), id('n4'), 'hi!', NULL, NULL, '2026-09-08Z', id('ann'))";

impl Former {
    async fn new() -> Self {
        Self::with_tables(TestDb::fresh(Engine::Postgres).await).await
    }

    async fn with_tables(db: TestDb) -> Self {
        let former = Self(db);
        former
            .run(
                "CREATE FUNCTION id(name TEXT) RETURNS UUID LANGUAGE SQL IMMUTABLE AS 'SELECT CAST(md5(name) AS UUID)'",
            )
            .await;
        former.run(SCHEMA).await;
        former
    }

    async fn empty() -> Self {
        Self(TestDb::fresh(Engine::Postgres).await)
    }

    async fn with_sample(self) -> Self {
        self.run(SAMPLE).await;
        self
    }

    async fn run(&self, statements: &str) {
        for sql in statements.split(";\n").map(str::trim).filter(|sql| !sql.is_empty()) {
            let sql = sql.trim_end_matches(';').to_owned();
            self.0
                .write(move |tx| tx.exec(&sql, args![]))
                .await
                .unwrap_or_else(|error: kit::db::Error| panic!("the former system takes {error}"));
        }
    }

    async fn with_ann(&self) {
        self.run(
            "INSERT INTO users (id, email, full_name, hashed_password, is_admin, created_at)
             VALUES (id('ann'), 'ann@example.com', 'Ann', '$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e', TRUE,
                '2024-05-06 07:08:09Z');
             INSERT INTO youtube_connections (id, user_id, channel_id, channel_name)
                VALUES (id('channel'), id('ann'), 'UCann', 'Ann cooks')",
        )
        .await;
    }

    /// `count` comments of Ann's, a minute apart, each by somebody else.
    async fn with_comments(&self, count: usize) {
        self.run(&format!(
            "INSERT INTO interactions (id, user_id, platform, type, platform_id, content, author_name, status, is_demo,
                platform_created_at)
             SELECT id(CAST(n AS TEXT)), id('ann'), 'youtube', 'comment', 'yt-' || n, 'How does part ' || n || ' work?',
                'Person ' || n, 'unread', FALSE, TIMESTAMP '2026-11-01 10:00' + n * INTERVAL '1 minute'
             FROM generate_series(1, {count}) AS n"
        ))
        .await;
    }

    async fn import(&self, app: &TestApp) -> Result<Report, Error> {
        self.import_telling(app, |_| {}).await
    }

    async fn import_telling(&self, app: &TestApp, tell: impl FnMut(&Report)) -> Result<Report, Error> {
        import(&target(app), self.0.url(), &Wanted::default(), tell).await
    }

    async fn number(&self, sql: &str) -> i64 {
        let sql = sql.to_owned();
        self.0.read(move |conn| conn.one::<i64>(&sql, args![])).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The id that `id(name)` makes.
    async fn id(&self, name: &str) -> String {
        let name = name.to_owned();
        let sql = "SELECT CAST(id($1) AS TEXT)";
        self.0.read(move |conn| conn.one(sql, args![&name])).await.unwrap_or_else(|error| panic!("{error}"))
    }
}

fn target(app: &TestApp) -> Target {
    Target { db: app.app.db.clone(), clock: app.app.clock.clone(), random: app.app.random.clone() }
}

/// One number of this installation's.
async fn number(app: &TestApp, sql: &'static str) -> i64 {
    app.app.db.read(move |conn| conn.one::<i64>(sql, args![])).await.unwrap_or_else(|error| panic!("{error}"))
}

/// The first column of each row, as text.
async fn texts(app: &TestApp, sql: &'static str) -> Vec<String> {
    app.app.db.read(move |conn| conn.all::<String>(sql, args![])).await.unwrap_or_else(|error| panic!("{error}"))
}

/// Everything that is here but the import's own notes.
async fn everything(app: &TestApp) -> Vec<String> {
    app.rows().await.into_iter().filter(|row| !row.starts_with("legacy_imports:")).collect()
}

fn skipped(report: &Report, name: &str) -> Json {
    let skipped = &report.tally(name).skipped;
    serde_json::to_value(
        skipped.iter().map(|(why, rows)| (why.clone(), rows.count)).collect::<std::collections::BTreeMap<_, _>>(),
    )
    .expect("counts are JSON")
}

fn written(report: &Report, name: &str) -> i64 {
    report.tally(name).written
}
