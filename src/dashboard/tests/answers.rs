//! What is told of answers is what a plain count of the rows says, and opens those rows.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;
use kit::args;
use kit::clock::Timestamp;
use kit::random::Random;

use super::super::Value;
use super::true_numbers::{of, read, rows_behind};
use crate::inbox::testing::{Desk, MORNING, comment};
use crate::model::{InteractionId, ObservedInteraction};
use crate::replies::ReplyId;
use crate::web::ui::Local;
use crate::workspaces::{self, BusinessHours, UserId};

const DAY: Duration = Duration::from_secs(86_400);
const SENT: [&str; 3] = ["published", "published", "pending_moderation"];
const NOT_SENT: [&str; 3] = ["failed", "cancelled", "rejected"];

/// A reply as it stands in the ledger.
#[derive(Clone, Debug)]
struct Row {
    item: usize,
    by: UserId,
    is_sent: bool,
    asked_at: Timestamp,
    at: Timestamp,
}

kit::both_databases! {
    async fn what_is_told_of_answers_is_a_plain_count_of_the_first_ones(desk: Desk) {
        let random = Random::seeded(5);
        let people = [desk.user, UserId::new(MORNING, &random), UserId::new(MORNING, &random)];
        let rows = rows(&desk, &random, &people).await;
        for (days, zone) in [(0, "Europe/Berlin"), (1, "Asia/Tokyo"), (3, "America/St_Johns"), (40, "UTC"), (90, "UTC")] {
            let local = Local::new(MORNING + DAY * days, zone);
            let firsts = firsts(&rows);
            let since = |back| local.start_of(local.day_back(back));
            let month = firsts.iter().filter(|row| row.at >= since(29)).collect::<Vec<_>>();
            let (_, metrics) = read(&desk, &local).await;
            for (name, percent) in [("response_time", 50), ("response_time_p90", 90)] {
                let metric = of(&metrics, name);
                assert_eq!(metric.value, reference(&month, percent).map(Value::Seconds), "{name}, day {days}");
                assert_eq!(rows_behind(&desk, &local, &metric.href).await, month.len() as i64, "{name}, day {days}");
            }
            let mut today: BTreeMap<UserId, i64> = BTreeMap::new();
            firsts.iter().filter(|row| row.at >= since(0)).for_each(|row| *today.entry(row.by).or_default() += 1);
            let metric = of(&metrics, "answered_today");
            assert_eq!(metric.value, Some(Value::Count(today.values().sum())), "day {days}");
            assert_eq!(rows_behind(&desk, &local, &metric.href).await, today.values().sum::<i64>());
            assert_eq!(metric.parts.len(), today.len());
            for part in &metric.parts {
                assert_eq!(rows_behind(&desk, &local, &part.href).await, part.value, "{}", part.label);
            }
        }
    }

    async fn business_hours_are_the_only_ones_that_count_once_they_are_set(desk: Desk) {
        let random = Random::seeded(9);
        let rows = rows(&desk, &random, &[desk.user; 3]).await;
        let local = Local::new(MORNING, "UTC");
        let workspace = desk.workspace;
        let (_, before) = read(&desk, &local).await;
        assert!(!of(&before, "response_time").notes.contains(&"business hours".to_owned()), "off until it is asked for");
        let hours = BusinessHours::read(0b1_1111, 9 * 60, 17 * 60);
        desk.write(move |tx| workspaces::set_business_hours(tx, workspace, hours)).await.expect("hours");
        let since = local.start_of(local.day_back(29));
        let mut waits = firsts(&rows).iter().filter(|row| row.at >= since)
            .map(|row| minutes_of_business(&desk.time_zone, row)).collect::<Vec<_>>();
        waits.sort_unstable();
        let (facts, metrics) = read(&desk, &local).await;
        assert_eq!(facts.waits.count(), waits.len());
        for percent in 1..=100 {
            let place = (waits.len() * percent).div_ceil(100) - 1;
            assert_eq!(facts.waits.within(percent), Some(waits[place]), "{percent} %");
        }
        let metric = of(&metrics, "response_time");
        assert_eq!(metric.value, Some(Value::Seconds(waits[waits.len().div_ceil(2) - 1])));
        assert!(metric.notes.contains(&"business hours".to_owned()));
        desk.write(move |tx| workspaces::set_business_hours(tx, workspace, None)).await.expect("none");
        assert_eq!(of(&read(&desk, &local).await.1, "response_time").value, of(&before, "response_time").value);
    }
}

/// Looks at every minute, on the workspace's own clock.
fn minutes_of_business(zone: &TimeZone, row: &Row) -> Duration {
    let clock = |at: Timestamp| zone.to_datetime(at.to_jiff());
    let (mut at, end, mut minutes) = (clock(row.asked_at), clock(row.at), 0);
    while at < end {
        let is_open = (9..17).contains(&at.hour()) && at.weekday().to_monday_zero_offset() < 5;
        minutes += u64::from(is_open);
        at = at.saturating_add(jiff::Span::new().minutes(1));
    }
    Duration::from_secs(60 * minutes)
}

/// The shortest wait that so many of a hundred did not exceed, found by looking at each.
fn reference(rows: &[&Row], percent: usize) -> Option<Duration> {
    let waits = rows.iter().map(|row| row.at.since(row.asked_at)).collect::<Vec<_>>();
    let is_enough = |wait: &&Duration| waits.iter().filter(|one| one <= wait).count() * 100 >= waits.len() * percent;
    waits.iter().filter(is_enough).min().copied()
}

fn firsts(rows: &[Row]) -> Vec<Row> {
    let mut firsts: BTreeMap<usize, Row> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.is_sent) {
        let first = firsts.entry(row.item).or_insert_with(|| row.clone());
        if row.at < first.at {
            *first = row.clone();
        }
    }
    firsts.into_values().collect()
}

/// Comments of two months and up to three replies to each, some of which were never sent.
async fn rows(desk: &Desk, random: &Random, people: &[UserId]) -> Vec<Row> {
    let pick = |of: u64| random.u64() % of;
    let asked_at = (0..60).map(|_| MORNING - Duration::from_secs(60 * pick(80_000))).collect::<Vec<_>>();
    let page = asked_at.iter().enumerate().map(|(n, at)| ObservedInteraction {
        created_at: *at,
        ..comment(&format!("c{n}"), &format!("a{n}"), "Where can I buy this?")
    });
    desk.ingest(MORNING, &page.collect::<Vec<_>>()).await;
    let mut rows = Vec::new();
    for (item, asked_at) in asked_at.into_iter().enumerate() {
        let id = desk.one_of::<InteractionId>("id", &format!("c{item}")).await;
        let mut is_under_way = false;
        for _ in 0..pick(4) {
            let is_sent = pick(3) > 0;
            let mut state = if is_sent { SENT[pick(3) as usize] } else { NOT_SENT[pick(3) as usize] };
            if state == "pending_moderation" && std::mem::replace(&mut is_under_way, true) {
                state = "published";
            }
            let at = asked_at + Duration::from_secs(60 * (1 + pick(60 * 24 * [1, 20][pick(2) as usize])));
            let (at, by) = (at.min(MORNING + Duration::from_secs(60 * pick(60))), people[pick(3) as usize]);
            let (reply, workspace, connection) = (ReplyId::new(at, random), desk.workspace, desk.connection);
            desk.write(move |tx| {
                tx.exec(
                    "INSERT INTO replies (id, workspace_id, connection_id, interaction_id, author_id, text, state, moves, attempts,
                        looks, due_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'At nine.', $6, 0, 0, 0, $7, $7, $7)",
                    args![reply, workspace, connection, id, by, state, at],
                )
            })
            .await
            .expect("a reply");
            rows.push(Row { item, by, is_sent, asked_at, at });
        }
    }
    rows
}
