//! Each number is the count of the rows that it leads to, in whatever zone it is asked for, whatever was written before.

use std::time::Duration;

use jiff::civil::Date;
use kit::args;
use kit::clock::Timestamp;
use kit::random::Random;

use super::super::{Dashboard, Facts, Metric, Value, metrics};
use crate::inbox::content;
use crate::inbox::ingest::pass_completed;
use crate::inbox::listing::{self, Filter, Reader};
use crate::inbox::testing::{Desk, MORNING, add_connection, comment, own_reply, reply};
use crate::model::{ConnectionId, ContentKind, Kind, ObservedContent, ObservedInteraction, ProviderState};
use crate::web::ui::Local;
use crate::workspaces::{self, Role};

const HOUR: Duration = Duration::from_secs(3_600);

/// Whole hours and quarters, both sides of the date line, and clocks that are put forward and back.
const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "America/St_Johns",
];

/// Nights in which clocks are changed in one of the zones, and an ordinary one.
const NIGHTS: [&str; 5] = [
    "2026-03-29T00:40:00Z",
    "2026-10-25T01:10:00Z",
    "2026-11-01T06:20:00Z",
    "2026-04-04T15:05:00Z",
    "2026-11-24T22:50:00Z",
];

kit::both_databases! {
    async fn each_number_is_the_count_of_the_rows_that_it_leads_to(desk: Desk) {
        for (seed, night) in NIGHTS.iter().enumerate() {
            let random = Random::seeded(seed as u64);
            let night = Timestamp::parse(night).expect("an instant");
            for step in 0..6_u32 {
                let now = night + HOUR * step;
                let page = any_page(&random, now);
                desk.ingest(now, &page).await;
                if random.u64().is_multiple_of(3) {
                    desk.unit(now, move |tx, context| pass_completed(tx, context, now)).await;
                }
                if random.u64().is_multiple_of(3) {
                    let (owner, zone) = (desk.user, ZONES[(random.u64() % 8) as usize]);
                    desk.write(move |tx| workspaces::owner_moved(tx, owner, zone)).await.expect("people move");
                }
                let zone = ZONES[(random.u64() % 8) as usize];
                numbers_are_their_rows(&desk, &Local::new(now, zone), &random, &format!("{night}, step {step}, {zone}")).await;
            }
        }
    }

    async fn today_is_compared_with_yesterday_up_to_the_same_minute(desk: Desk) {
        let local = Local::new(Timestamp::parse("2026-11-24T01:58:30Z").expect("an instant"), "UTC");
        let at = |hours: u32, minutes: u32| local.now - HOUR * hours - Duration::from_secs(60) * minutes;
        let early = (0..20).map(|n| (format!("early{n}"), at(24, n)));
        let late = (0..300).map(|n| (format!("late{n}"), at(3, n % 60)));
        let today = (0..30).map(|n| (format!("today{n}"), at(0, n)));
        let page = early.chain(late).chain(today).chain([("just after".to_owned(), local.now - HOUR * 24 + Duration::from_secs(1))]);
        let page = page.map(|(id, created_at)| ObservedInteraction { created_at, ..comment(&id, &id, "Nice") });
        desk.ingest(local.now, &page.collect::<Vec<_>>()).await;
        let (_, metrics) = read(&desk, &local).await;
        let metric = of(&metrics, "interactions_today");
        assert_eq!((metric.value, metric.change.as_ref().map(|change| change.value)), (Some(Value::Count(30)), Some(50.0)));
    }

    async fn the_largest_counters_that_a_platform_may_send_are_summed(desk: Desk) {
        let video = |n: i64, views: i64| ObservedContent {
            kind: ContentKind::Video,
            external_id: format!("v{n}"),
            title: None,
            permalink: None,
            thumbnail_url: None,
            published_at: Some(MORNING),
            duration_seconds: None,
            comments_enabled: true,
            views: Some(views),
            likes: Some(i64::MAX),
            comments: Some(i64::MIN),
        };
        let counters = content::AccountCounters { followers: Some(i64::MAX), views: Some(i64::MIN), content: Some(i64::MAX) };
        for day in [0, 1] {
            desk.unit(MORNING + HOUR * 24 * day, move |tx, context| {
                content::account(tx, context, counters)?;
                content::ingest(tx, context, &[video(1, i64::MAX), video(2, i64::MAX), video(3, -1)])
            })
            .await;
        }
        desk.write(|tx| {
            // As an older release may have left them.
            tx.exec("UPDATE content_items SET views = $1, likes = $1", args![i64::MAX])?;
            tx.exec("UPDATE metric_snapshots SET value = $1 WHERE day = '2026-11-25'", args![i64::MIN])?;
            tx.exec("UPDATE metric_snapshots SET value = $1 WHERE day <> '2026-11-25'", args![i64::MAX])
        }).await.expect("numbers fit their columns");
        let (workspace, second) = (desk.workspace, ConnectionId::new(MORNING, &desk.random));
        desk.write(move |tx| {
            add_connection(tx, workspace, second)?;
            tx.exec("UPDATE platform_connections SET followers = $1", args![i64::MAX])
        }).await.expect("there is room for two");
        let (_, metrics) = read(&desk, &Local::new(MORNING + HOUR * 24, "UTC")).await;
        assert_eq!(metrics.len(), 11, "nothing overflows");
    }

    async fn what_is_missing_counts_no_more(desk: Desk) {
        let video = |id: &str, views| ObservedContent {
            kind: ContentKind::Video,
            external_id: id.to_owned(),
            title: None,
            permalink: None,
            thumbnail_url: None,
            published_at: Some(MORNING),
            duration_seconds: None,
            comments_enabled: true,
            views: Some(views),
            likes: Some(10),
            comments: Some(0),
        };
        desk.write(|tx| tx.exec("UPDATE platform_connections SET synced_at = created_at", args![])).await.expect("it was read");
        let (stays, goes) = (video("stays", 100), video("goes", 9_900));
        let (both, one) = (vec![stays.clone(), goes], vec![stays]);
        desk.unit(MORNING, move |tx, context| content::ingest(tx, context, &both)).await;
        let rate = async || of(&read(&desk, &Local::new(MORNING + HOUR * 3, "UTC")).await.1, "engagement_rate").value;
        assert_eq!(rate().await, Some(Value::Percent(0.2)));
        for pass in 1..=2 {
            let (started, one) = (MORNING + HOUR * pass, one.clone());
            assert_eq!(rate().await, Some(Value::Percent(0.2)), "one pass may have missed it");
            desk.unit(started + HOUR / 2, move |tx, context| {
                content::ingest(tx, context, &one)?;
                content::pass_completed(tx, context, started)
            })
            .await;
        }
        assert_eq!(rate().await, Some(Value::Percent(10.0)));
    }
}

async fn numbers_are_their_rows(desk: &Desk, local: &Local, random: &Random, when: &str) {
    let (facts, metrics) = read(desk, local).await;
    for name in ["needs_reply", "interactions_today"] {
        let metric = of(&metrics, name);
        let rows = rows_behind(desk, local, &metric.href).await;
        assert_eq!(metric.value, Some(Value::Count(rows)), "{name}, {when}");
    }
    let sentiment = of(&metrics, "sentiment");
    if sentiment.value.is_some() {
        let mut known = 0;
        for mood in ["positive", "neutral", "negative", "mixed"] {
            known += rows_behind(desk, local, &sentiment.href.replace("positive", mood)).await;
        }
        let positive = rows_behind(desk, local, &sentiment.href).await;
        assert_eq!(sentiment.value, Some(Value::Percent(100.0 * positive as f64 / known as f64)), "sentiment, {when}");
    }
    let rate = of(&metrics, "response_rate");
    if rate.value.is_some() {
        let mut asked = 0;
        for state in ["needs_reply", "answered", "waiting", "done", "snoozed"] {
            asked += rows_behind(desk, local, &rate.href.replace("answered", state)).await;
        }
        let answered = rows_behind(desk, local, &rate.href).await;
        assert_eq!(rate.value, Some(Value::Percent(100.0 * answered as f64 / asked as f64)), "response rate, {when}");
    }
    // The charts: today, yesterday and some other day, each kind of it.
    for back in [0, 1, 2 + (random.u64() % 28) as usize] {
        let (day, shown) = (local.day_back(back), facts.days[facts.days.len() - 1 - back]);
        for (kind, count) in [("comment", shown.comments), ("reply", shown.replies), ("review", shown.reviews)] {
            assert_eq!(rows_on(desk, local, day, kind).await, count, "{kind} of {day}, {when}");
        }
    }
}

async fn rows_on(desk: &Desk, local: &Local, day: Date, kind: &str) -> i64 {
    rows_behind(desk, local, &format!("/inbox?kind={kind}&since={day}&until={day}")).await
}

pub(super) async fn rows_behind(desk: &Desk, local: &Local, href: &str) -> i64 {
    let query = href.split_once('?').expect("a filter").1;
    let filter = Filter::parse(query.split('&').filter_map(|pair| pair.split_once('='))).expect("a link is a filter");
    let (workspace, user, zone, now) = (desk.workspace, desk.user, local.zone.clone(), local.now);
    let counted = desk.read(move |conn| {
        let reader = Reader { workspace, user, zone: &zone, now };
        let (mut count, mut after) = (0, None);
        loop {
            let page = listing::list(conn, reader, &filter, after, listing::MAX_LIMIT)?;
            count += page.items.len();
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok::<_, kit::db::Error>(count),
            }
        }
    });
    i64::try_from(counted.await.expect("rows can be listed")).expect("a few")
}

pub(super) async fn read(desk: &Desk, local: &Local) -> (Facts, Vec<Metric>) {
    let (workspace, asked) = (desk.workspace, local.clone());
    let facts = desk
        .read(move |conn| Dashboard::load(conn, (workspace, Role::Owner), &asked, None))
        .await
        .expect("it is read")
        .facts;
    let metrics = metrics(&facts, local);
    (facts, metrics)
}

pub(super) fn of<'a>(metrics: &'a [Metric], name: &str) -> &'a Metric {
    metrics.iter().find(|metric| metric.name == name).expect("there is such a metric")
}

/// New comments of the last month, some of them from the future, late edits, answers, and what the platform took back.
fn any_page(random: &Random, now: Timestamp) -> Vec<ObservedInteraction> {
    const TEXTS: [&str; 5] = [
        "Why is the link in the description broken?",
        "Love this, thank you so much",
        "Das war leider sehr enttäuschend und viel zu laut",
        "Check out my channel www.spam.com for free followers",
        "Hm",
    ];
    let pick = |of: u64| random.u64() % of;
    (0..30)
        .map(|_| {
            let id = format!("c{}", pick(150));
            let ago = Duration::from_secs(60 * [pick(180), pick(3_000), pick(45_000)][pick(3) as usize]);
            let created_at = if pick(40) == 0 { now + HOUR * 12 } else { now - ago };
            let root = ObservedInteraction {
                created_at,
                ..comment(&id, &format!("author{}", pick(9)), TEXTS[pick(5) as usize])
            };
            let mut observed = match pick(6) {
                0 => own_reply(&format!("own{id}"), &root, pick(90)),
                1 => reply(&format!("r{id}"), "somebody", &root, pick(90)),
                2 => ObservedInteraction { kind: Kind::Review, rating: Some(1 + pick(5) as i64), ..root },
                _ => root,
            };
            let states = [ProviderState::Held, ProviderState::Spam, ProviderState::Removed, ProviderState::Published];
            observed.provider_state = if pick(5) == 0 { states[pick(4) as usize] } else { ProviderState::Published };
            observed
        })
        .collect()
}
