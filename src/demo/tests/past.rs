//! A demo has a past from its first minute: ninety days of what its accounts counted, which end where today's readings begin.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kit::args;
use kit::both_databases;
use kit::testing::Engine;
use serde_json::{Value, json};

use super::{DemoFixture, SECRET};
use crate::demo::Story;
use crate::testing::TestApp;

const DAYS: usize = 90;

/// Platform and metric, and the day's value of each.
type Kept = BTreeMap<(String, String), BTreeMap<Date, i64>>;

impl DemoFixture {
    /// With one clock for both sides, which stands until it is moved.
    async fn of_one_clock(app: TestApp) -> Self {
        let clock = app.app.clock.clone();
        Self::set_at(app, clock).await
    }

    async fn has(&self, story: Story, size: &str, seed: u64) {
        self.enable_with(json!({ "story": story, "size": size, "seed": seed })).await;
        self.run_until_settled().await;
        let status = self.status().await;
        assert_eq!(status["status"], "enabled", "{story} {size} {seed}: {status}");
    }

    async fn has_left(&self) {
        self.disable().await;
        self.run_until_settled().await;
        assert_eq!(self.count("metric_snapshots").await, 0);
    }

    async fn kept(&self) -> Kept {
        let sql = "SELECT c.platform, s.metric, s.day, s.value FROM metric_snapshots s
                   JOIN platform_connections c ON c.id = s.subject_id WHERE s.subject = 'connection'";
        let rows = self.app.app.db.read(|conn| conn.all::<(String, String, String, i64)>(sql, args![])).await.unwrap();
        let mut kept = Kept::new();
        for (platform, metric, day, value) in rows {
            let day = day.parse::<Date>().expect("a day");
            assert_eq!(kept.entry((platform, metric)).or_default().insert(day, value), None, "{day} twice");
        }
        kept
    }

    async fn told(&self) -> Value {
        let user = self.app.who().await.user.id;
        let url = format!("{}/profiles/{user}/past?days={DAYS}", self.simulator.as_ref().expect("it runs").api_url());
        let http = &self.app.app.outbound.demo_service;
        let request = http.request(reqwest::Method::GET, url.parse().unwrap()).bearer_auth(SECRET);
        http.send(request, 256 * 1024).await.unwrap().json().unwrap()
    }

    /// Every metric has its value, or a reason that is no gap: it is counted nowhere here.
    async fn knows_everything(&self, story: Story) {
        let dashboard = self.app.json("GET", "/api/dashboard", Value::Null).await.json();
        let page = self.app.get("/dashboard").await.text;
        let not_counted: &[&str] = match story {
            Story::Restaurant => &["audience", "new_followers", "views", "engagement_rate"],
            Story::Shop => &["views", "engagement_rate"],
            Story::Creator | Story::Brand | Story::Agency => &[],
        };
        let metrics = dashboard["metrics"].as_array().expect("metrics");
        assert_eq!(metrics.len(), 11);
        for metric in metrics {
            let name = metric["name"].as_str().expect("a name");
            let expected = match name {
                _ if not_counted.contains(&name) => json!("not_counted"),
                _ => Value::Null,
            };
            assert_eq!(metric["reason"]["code"], expected, "{story}: {metric}");
            assert_eq!(metric["value"].is_null(), !expected.is_null(), "{story}: {metric}");
            let is_tile = page.contains(&format!("data-test=\"metric-{name}\""));
            assert_eq!(is_tile, expected.is_null(), "{story}: {name} on the page");
        }
        let known = metrics.iter().filter(|metric| !metric["value"].is_null()).count();
        assert_eq!(page.matches("data-test=\"metric-").count(), known, "{story}");
    }
}

both_databases! {
    async fn a_past_ends_where_the_readings_of_the_platforms_begin(app: TestApp) {
        let fixture = DemoFixture::of_one_clock(app).await;
        for story in Story::ALL {
            for seed in [1, 7, 4711] {
                fixture.has(*story, "small", seed).await;
                let (kept, told) = (fixture.kept().await, fixture.told().await);
                let accounts = told["accounts"].as_array().expect("accounts");
                assert_eq!(kept.is_empty(), *story == Story::Restaurant, "{story}: {kept:?}");
                let today = fixture.app.app.now().to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
                for ((platform, metric), days) in &kept {
                    let account = accounts.iter().find(|account| account["platform"] == **platform).expect("it is told");
                    let readings = account["readings"].as_array().expect("readings");
                    assert_eq!((days.len(), readings.len()), (DAYS + 1, DAYS + 1), "{story}: {platform} {metric}");
                    // The newest of them is what the adapter read, and all others are what was told.
                    for (reading, (day, value)) in readings.iter().zip(days) {
                        assert_eq!(reading[metric], json!(value), "{story} {seed}: {platform} {metric} on {day}");
                    }
                    assert!(days.keys().zip(days.keys().skip(1)).all(|(day, next)| day.tomorrow().ok() == Some(*next)));
                    assert_eq!(days.keys().next_back(), Some(&today));
                    assert!(days.values().next() != days.values().next_back(), "{story}: {platform} {metric} never moves");
                }
                fixture.has_left().await;
            }
        }
    }

    async fn a_later_sync_neither_overwrites_nor_doubles_a_past(app: TestApp) {
        let fixture = DemoFixture::of_one_clock(app).await;
        fixture.has(Story::Creator, "small", 7).await;
        let before = fixture.kept().await;
        for _ in 0..2 {
            fixture.app.hand.advance(crate::connections::sync::PERIOD);
            fixture.app.run_jobs().await;
        }
        let after = fixture.kept().await;
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
        for (of, days) in &before {
            let earlier = |days: &BTreeMap<Date, i64>| days.clone().into_iter().take(DAYS).collect::<Vec<_>>();
            assert_eq!((earlier(days), days.len()), (earlier(&after[of]), after[of].len()), "{of:?}");
        }
    }

    async fn no_tile_of_any_story_is_unknown_when_it_is_enabled(app: TestApp) {
        let fixture = DemoFixture::of_one_clock(app).await;
        for story in Story::ALL {
            fixture.has(*story, "small", 20_261_122).await;
            fixture.knows_everything(*story).await;
            fixture.has_left().await;
        }
    }
}

#[test]
fn no_tile_of_any_size_is_unknown_when_it_is_enabled() {
    kit::testing::run(async {
        let fixture = DemoFixture::of_one_clock(TestApp::fresh(Engine::Sqlite).await).await;
        for story in Story::ALL {
            for size in ["medium", "large"] {
                fixture.has(*story, size, 7).await;
                fixture.knows_everything(*story).await;
                fixture.has_left().await;
            }
        }
    });
}
