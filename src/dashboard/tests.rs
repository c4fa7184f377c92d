//! The numbers against rows, on both databases.

mod answers;
mod drawings;
mod true_numbers;

use std::time::Duration;

use kit::args;
use kit::clock::Timestamp;
use kit::random::Random;
use kit::testing::{Engine, TestDb};
use maud::Render;

use super::*;
use crate::app::MIGRATIONS;
use crate::inbox::counts;
use crate::model::{AuthorId, ContentId};
use crate::testing::TestApp;
use crate::workspaces::Role;

/// A workspace whose rows are written as ingest leaves them.
struct House {
    db: TestDb,
    random: Random,
    local: Local,
    workspace: WorkspaceId,
}

impl House {
    async fn fresh(engine: Engine) -> Self {
        let db = TestDb::with_schema(engine, MIGRATIONS);
        let now = Timestamp::parse("2026-11-22T08:41:00Z").expect("an instant");
        let random = Random::seeded(1);
        let mut house =
            Self { db, workspace: WorkspaceId::new(now, &random), random, local: Local::new(now, "Europe/Berlin") };
        house.workspace = house.another_workspace().await;
        house
    }

    fn ago(&self, hours: u64) -> Timestamp {
        self.local.now - Duration::from_secs(hours * 3_600)
    }

    async fn another_workspace(&self) -> WorkspaceId {
        let (id, now) = (WorkspaceId::new(self.local.now, &self.random), self.local.now);
        self.write(move |tx| {
            tx.exec(
                "INSERT INTO workspaces (id, kind, name, time_zone, created_at) VALUES ($1, 'live', 'Ann', 'UTC', $2)",
                args![id, now],
            )
        })
        .await;
        id
    }

    async fn write(&self, mut unit: impl FnMut(&mut kit::db::Tx) -> db::Result<u64> + Send + 'static) {
        self.db.write(move |tx| unit(tx)).await.expect("the row fits");
    }

    async fn connection(&self, followers: Option<i64>) -> ConnectionId {
        let (id, workspace, now) = (ConnectionId::new(self.local.now, &self.random), self.workspace, self.local.now);
        let at = self.ago(1);
        self.write(move |tx| {
            tx.exec(
                "INSERT INTO platform_connections (id, workspace_id, platform, connection_status, display_name, followers,
                     scopes, token_version, synced_at, complete_to, created_at, updated_at)
                 VALUES ($1, $2, 'youtube', 'connected', 'Coffee Lab', $3, '', 1, $4, $4, $5, $5)",
                args![id, workspace, followers, at, now],
            )
        })
        .await;
        id
    }

    async fn reading(&self, connection: ConnectionId, metric: &'static str, day: &'static str, value: i64) {
        let (id, workspace) = (ContentId::new(self.local.now, &self.random), self.workspace);
        let taken_at = Timestamp::parse(&format!("{day}T12:00:00Z")).expect("a day");
        self.write(move |tx| {
            tx.exec(
                "INSERT INTO metric_snapshots (id, workspace_id, connection_id, subject, subject_id, metric, day, taken_at, value)
                 VALUES ($1, $2, $3, 'connection', $3, $4, $5, $6, $7)",
                args![id, workspace, connection, metric, day, taken_at, value],
            )
        })
        .await;
    }

    /// Some minutes after nine in the morning, in Berlin.
    async fn day(&self, day: &'static str, counts: Day) {
        let workspace = self.workspace;
        let quarter = counts::quarter_of(Timestamp::parse(&format!("{day}T08:15:00Z")).expect("a day"));
        self.write(move |tx| {
            tx.exec(
                "INSERT INTO interaction_quarters (workspace_id, quarter, comments, replies, reviews, mentions, positive, neutral,
                     negative, mixed, unknown) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                args![
                    workspace, quarter, counts.comments, counts.replies, counts.reviews, counts.mentions, counts.positive,
                    counts.neutral, counts.negative, counts.mixed, counts.unknown
                ],
            )
        })
        .await;
    }

    async fn total(&self, connection: ConnectionId, state: &'static str, priority: &'static str, total: i64) {
        let workspace = self.workspace;
        self.write(move |tx| {
            tx.exec(
                "INSERT INTO interaction_totals (workspace_id, connection_id, state, priority, total)
                 VALUES ($1, $2, $3, $4, $5)",
                args![workspace, connection, state, priority, total],
            )
        })
        .await;
    }

    async fn video(&self, connection: ConnectionId, hours: u64, views: Option<i64>, likes: i64, comments: i64) {
        let (id, workspace, now) = (ContentId::new(self.local.now, &self.random), self.workspace, self.local.now);
        let published = self.ago(hours);
        self.write(move |tx| {
            tx.exec(
                "INSERT INTO content_items (id, workspace_id, connection_id, kind, external_id, title, published_at,
                     comments_enabled, views, likes, comments, first_seen_at, last_seen_at)
                 VALUES ($1, $2, $3, 'video', $4, 'How we roast', $5, TRUE, $6, $7, $8, $9, $9)",
                args![id, workspace, connection, id.to_string(), published, views, likes, comments, now],
            )
        })
        .await;
    }

    async fn interaction(
        &self,
        connection: ConnectionId,
        text: &'static str,
        hours: u64,
        state: &'static str,
        score: i64,
    ) {
        let id = InteractionId::new(self.local.now, &self.random);
        let author = AuthorId::new(self.local.now, &self.random);
        let (workspace, now, at) = (self.workspace, self.local.now, self.ago(hours));
        let reasons = serde_json::json!([
            {"fact": "sentiment", "reason": "lexicon"},
            {"fact": "priority", "reason": "waiting", "points": 3},
            {"fact": "priority", "reason": "complaint", "points": 25},
            {"fact": "priority", "reason": "spam", "points": -60},
        ]);
        self.write(move |tx| {
            tx.exec(
                "INSERT INTO authors (id, workspace_id, connection_id, external_id, display_name, is_self, interactions,
                     first_seen_at) VALUES ($1, $2, $3, $4, 'Marta K.', FALSE, 1, $5)",
                args![author, workspace, connection, author.to_string(), now],
            )?;
            tx.exec(
                "INSERT INTO interactions (id, workspace_id, connection_id, author_id, platform, kind, family, external_id,
                     thread_external_id, text, text_hash, created_at, provider_state, can_reply, is_own, state, sentiment,
                     intents, priority_score, priority, reasons, ruleset, first_seen_at, last_seen_at, raw)
                 VALUES ($1, $2, $3, $4, 'youtube', 'comment', 'comment', $5, $5, $6, $7, $8, 'published', TRUE, $9, $10,
                     'unknown', $11, $12, 'normal', $13, 1, $14, $14, $11)",
                args![
                    id, workspace, connection, author, id.to_string(), text, vec![0_u8], at, state == "own", state,
                    serde_json::json!([]), score, reasons, now
                ],
            )
        })
        .await;
    }

    async fn load(&self, workspace: WorkspaceId, only: Option<Panel>) -> Dashboard {
        let local = self.local.clone();
        self.db
            .read(move |conn| Dashboard::load(conn, (workspace, Role::Owner), &local, only))
            .await
            .expect("the dashboard is read")
    }

    async fn metric(&self, name: &str) -> Metric {
        let facts = self.load(self.workspace, None).await.facts;
        metrics(&facts, &self.local).into_iter().find(|metric| metric.name == name).expect("there is such a metric")
    }
}

fn comments(n: i64) -> Day {
    Day { comments: n, unknown: n, ..Day::default() }
}

kit::both_databases! {
    async fn without_a_connection_every_number_is_unknown_and_says_what_to_do(house: House) {
        let facts = house.load(house.workspace, None).await.facts;
        for metric in metrics(&facts, &house.local) {
            assert_eq!(metric.value, None, "{}", metric.name);
            let reason = metric.reason.expect("an unknown number has a reason");
            assert_eq!(reason.code, "no_connection", "{}", metric.name);
            assert_eq!(reason.next.expect("and a next step").href, "/connections");
        }
    }

    async fn those_who_wait_are_read_from_the_totals(house: House) {
        let connection = house.connection(None).await;
        house.total(connection, "needs_reply", "urgent", 4).await;
        house.total(connection, "needs_reply", "normal", 34).await;
        house.total(connection, "answered", "urgent", 9).await;
        house.interaction(connection, "Hello?", 51, "needs_reply", 5).await;
        let metric = house.metric("needs_reply").await;
        assert_eq!(metric.value, Some(Value::Count(38)));
        assert_eq!(metric.notes, ["4 urgent", "oldest 2 d 3 h"]);
        let (counted, read_to) = (house.local.now, house.ago(1));
        assert_eq!((metric.as_of, metric.read_to), (Some(counted), Some(read_to)), "counted now, in what was read then");
    }

    async fn today_is_the_readers_day_and_a_small_yesterday_proves_nothing(house: House) {
        house.connection(None).await;
        house.day("2026-11-22", comments(12)).await;
        house.day("2026-11-21", comments(9)).await;
        let metric = house.metric("interactions_today").await;
        assert_eq!((metric.value, metric.change), (Some(Value::Count(12)), None));

        house.day("2026-11-23", comments(99)).await;
        house.write(|tx| tx.exec("UPDATE interaction_quarters SET comments = 10 WHERE comments = 9", args![])).await;
        let metric = house.metric("interactions_today").await;
        assert_eq!((metric.value, metric.change.map(|change| change.value)), (Some(Value::Count(12)), Some(20.0)));
    }

    async fn followers_of_two_platforms_are_never_added_up(house: House) {
        let (channel, feed) = (house.connection(Some(1_000)).await, house.connection(Some(50)).await);
        house.write(move |tx| tx.exec("UPDATE platform_connections SET platform = 'bluesky' WHERE id = $1", args![feed])).await;
        for (account, before) in [(channel, 990), (feed, 10)] {
            house.reading(account, "followers", "2026-11-20", before).await;
            house.reading(account, "followers", "2026-11-22", before + 10).await;
        }
        let metric = house.metric("audience").await;
        assert_eq!((metric.value, metric.notes), (Some(Value::Count(1_000)), vec!["on YouTube".into(), "50 on Bluesky".into()]));
        assert_eq!(house.metric("new_followers").await.value, Some(Value::Count(10)), "YouTube's alone");
    }

    async fn growth_needs_readings_of_two_days_and_counts_only_accounts_that_have_both(house: House) {
        let (old, new) = (house.connection(Some(1_000)).await, house.connection(Some(50)).await);
        house.reading(old, "followers", "2026-11-22", 1_000).await;
        let unknown = house.metric("new_followers").await;
        assert_eq!((unknown.value, unknown.reason.map(|reason| reason.code)), (None, Some("one_reading")));
        assert_eq!(house.metric("audience").await.value, Some(Value::Count(1_050)));

        house.reading(new, "followers", "2026-11-22", 50).await;
        house.reading(old, "followers", "2026-11-10", 1).await;
        house.reading(old, "followers", "2026-11-18", 990).await;
        house.reading(old, "followers", "2026-11-21", 995).await;
        let metric = house.metric("new_followers").await;
        assert_eq!(metric.value, Some(Value::Count(10)));
        assert_eq!(metric.window, "since 18 Nov");
    }

    async fn engagement_counts_what_was_published_within_the_window_and_shows_views(house: House) {
        let connection = house.connection(None).await;
        assert_eq!(house.metric("engagement_rate").await.reason.map(|reason| reason.code), Some("no_views"));
        house.video(connection, 24, Some(1_000), 50, 12).await;
        house.video(connection, 48, None, 70, 70).await;
        house.video(connection, 24 * 31, Some(1_000_000), 0, 0).await;
        assert_eq!(house.metric("engagement_rate").await.value, Some(Value::Percent(6.2)));
    }

    async fn sentiment_is_a_share_of_what_is_known(house: House) {
        house.connection(None).await;
        house.day("2026-11-20", Day { comments: 20, positive: 6, negative: 2, unknown: 12, ..Day::default() }).await;
        let metric = house.metric("sentiment").await;
        assert_eq!(metric.value, Some(Value::Percent(75.0)));
        assert_eq!(metric.notes, ["25.0 % negative", "12 unknown"]);
    }

    async fn first_things_stand_first_with_their_weightiest_reasons(house: House) {
        let connection = house.connection(None).await;
        house.interaction(connection, "nice", 1, "no_reply_needed", 90).await;
        house.interaction(connection, "How?", 2, "needs_reply", 20).await;
        house.interaction(connection, "Cold coffee", 30, "needs_reply", 65).await;
        house.interaction(connection, "Thank you", 0, "own", 0).await;
        let dashboard = house.load(house.workspace, None).await;
        let texts = |items: Vec<&Item>| items.into_iter().filter_map(|item| item.text.clone()).collect::<Vec<_>>();
        assert_eq!(texts(dashboard.open.iter().map(|open| &open.item).collect()), ["Cold coffee", "How?"]);
        let reasons: Vec<_> = dashboard.open[0].reasons.iter().map(|reason| reason.reason.as_str()).collect();
        assert_eq!(reasons, ["complaint", "waiting"]);
        assert_eq!(texts(dashboard.recent.iter().collect()), ["nice", "How?", "Cold coffee"], "own words are no news");
    }

    async fn another_workspace_sees_nothing_of_it(house: House) {
        let connection = house.connection(Some(10)).await;
        house.total(connection, "needs_reply", "urgent", 4).await;
        house.day("2026-11-22", comments(12)).await;
        house.video(connection, 24, Some(1_000), 50, 12).await;
        house.reading(connection, "followers", "2026-11-20", 1).await;
        house.reading(connection, "followers", "2026-11-22", 10).await;
        house.interaction(connection, "Hello?", 51, "needs_reply", 5).await;
        let other = house.another_workspace().await;
        let seen = house.load(other, None).await;
        assert_eq!((seen.facts.connections.len(), seen.open.len(), seen.recent.len()), (0, 0, 0));
        assert!(metrics(&seen.facts, &house.local).iter().all(|metric| metric.value.is_none()));
    }

    async fn a_panel_alone_is_the_panel_of_the_page(house: House) {
        let connection = house.connection(Some(10)).await;
        house.total(connection, "needs_reply", "urgent", 4).await;
        house.day("2026-11-22", comments(12)).await;
        house.interaction(connection, "Hello?", 51, "needs_reply", 5).await;
        let whole = house.load(house.workspace, None).await;
        let page = views::below("Ann", &whole, &house.local).into_string();
        for panel in [Panel::Metrics, Panel::First, Panel::Connections, Panel::Kinds, Panel::Moods, Panel::Recent] {
            let alone = views::panel(panel, "Ann", &house.load(house.workspace, Some(panel)).await, &house.local);
            assert!(page.contains(&alone.render().0), "{panel} differs");
            assert!(alone.0.contains(&format!("id=\"panel-{panel}\"")), "{panel}: {}", alone.0);
        }
    }

    async fn the_page_is_whole_in_one_response_and_a_stranger_is_sent_to_sign_in(app: TestApp) {
        let answer = app.get("/dashboard").await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/login?return_to=%2Fdashboard"));

        let app = app.with_ann().await;
        let page = app.get("/dashboard").await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("data-test=\"enable-demo\"") && page.text.contains("href=\"/connections\""), "{}", page.text);
        assert!(!page.text.contains("data-test=\"metric-"), "nothing is claimed that is not known");
        assert_eq!(app.get("/dashboard?panel=metrics").await.text.matches("<section").count(), 1);
        assert_eq!(app.get("/dashboard?panel=nonsense").await.status, 400);
    }

    async fn the_api_says_what_the_page_says(app: TestApp) {
        let app = app.with_ann().await;
        let answer = app.get("/api/dashboard").await.json();
        let metric = &answer["metrics"][0];
        assert_eq!(metric["name"], "needs_reply");
        assert_eq!((&metric["value"], &metric["reason"]["code"]), (&serde_json::Value::Null, &"no_connection".into()));
        assert_eq!((&answer["workspace"]["kind"], &answer["connections"]), (&"live".into(), &serde_json::json!([])));
        assert_eq!(app.browser().get("/api/dashboard").await.status, 401);
    }
}
