//! Imports from a former database that is really there, into both databases.

mod oddities;
mod runs;

use kit::args;
use kit::db::Json;
use kit::testing::{Engine, TestDb};

use super::{Error, Report, Target, import};
use crate::testing::TestApp;

/// The former system's database, with the tables as its newest version made them.
struct Former(TestDb);

const SCHEMA: [&str; 3] = [
    "CREATE TABLE users (
        id SERIAL PRIMARY KEY, email VARCHAR(255), full_name VARCHAR, hashed_password VARCHAR, is_active BOOLEAN,
        is_superuser BOOLEAN, demo_mode BOOLEAN DEFAULT FALSE, demo_mode_status VARCHAR(20), timezone VARCHAR,
        credits INTEGER DEFAULT 7, created_at TIMESTAMP)",
    "CREATE TABLE platform_connections (
        id SERIAL PRIMARY KEY, user_id INTEGER, platform VARCHAR, connection_status VARCHAR, account_info TEXT,
        is_active BOOLEAN, access_token TEXT, created_at TIMESTAMPTZ)",
    "CREATE TABLE interactions (
        id UUID PRIMARY KEY, user_id INTEGER, platform VARCHAR, type VARCHAR, platform_id VARCHAR,
        parent_platform_id VARCHAR, content TEXT, author_name VARCHAR, author_username VARCHAR, author_platform_id VARCHAR,
        author_avatar_url VARCHAR, sentiment VARCHAR, status VARCHAR, is_demo BOOLEAN, rating INTEGER, like_count BIGINT,
        platform_created_at TIMESTAMP, created_at TIMESTAMPTZ DEFAULT '2026-01-01Z')",
];

impl Former {
    async fn new() -> Self {
        let former = Self::empty().await;
        for table in SCHEMA {
            former.run(table).await;
        }
        former
    }

    async fn empty() -> Self {
        Self(TestDb::fresh(Engine::Postgres).await)
    }

    async fn run(&self, sql: &str) {
        let sql = sql.to_owned();
        self.0
            .write(move |tx| tx.exec(&sql, args![]))
            .await
            .unwrap_or_else(|error: kit::db::Error| panic!("the former system takes {error}"));
    }

    /// `count` comments of user 1, a minute apart, each by somebody else.
    async fn with_comments(&self, count: usize) {
        self.run(&format!(
            "INSERT INTO interactions (id, user_id, platform, type, platform_id, content, author_name, author_platform_id,
                status, is_demo, platform_created_at)
             SELECT CAST(md5(CAST(n AS TEXT)) AS UUID), 1, 'youtube', 'comment', 'yt-' || n, 'How does part ' || n || ' work?',
                'Person ' || n, 'UC' || n, 'unread', FALSE, TIMESTAMP '2026-11-01 10:00' + n * INTERVAL '1 minute'
             FROM generate_series(1, {count}) AS n"
        ))
        .await;
    }

    async fn with_ann(&self) {
        self.run(
            "INSERT INTO users (id, email, full_name, hashed_password, is_active, is_superuser, created_at)
             VALUES (1, 'ann@example.com', 'Ann', '$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e', TRUE,
                TRUE, '2024-05-06 07:08:09')",
        )
        .await;
        self.run(
            "INSERT INTO platform_connections (user_id, platform, connection_status, account_info, is_active)
             VALUES (1, 'youtube', 'active',
                '{\"channel_id\": \"UCann\", \"channel_title\": \"Ann cooks\", \"subscriber_count\": \"1200\"}', TRUE)",
        )
        .await;
    }

    async fn import(&self, app: &TestApp) -> Result<Report, Error> {
        self.import_telling(app, |_| {}).await
    }

    async fn import_telling(&self, app: &TestApp, tell: impl FnMut(&Report)) -> Result<Report, Error> {
        import(&target(app), self.0.url(), tell).await
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

fn skipped(tally: &super::Tally) -> Json {
    serde_json::to_value(
        tally.skipped.iter().map(|(why, rows)| (why.clone(), rows.count)).collect::<std::collections::BTreeMap<_, _>>(),
    )
    .expect("counts are JSON")
}
