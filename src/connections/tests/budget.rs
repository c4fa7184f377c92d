//! What a credential may ask in a day, however many ask at once.

use std::time::Duration;

use futures_util::future::join_all;
use kit::args;
use kit::both_databases;

use super::scripted::{PLATFORM, comment};
use super::seam::{DAY, Stand, comments};
use super::*;
use crate::connections::budget::{self, Purse, Share};
use crate::outbound::TransportError;
use crate::platforms::{Budget, Error, paid};

/// Whoever calls, each with a purse of its own, as if they were other processes.
fn purse(stand: &Stand, share: Share) -> Purse {
    let app = &stand.app.app;
    Purse::new(app, PLATFORM, &app.unplaced_world(false), share)
}

/// How many of so many calls at once were paid for.
async fn calls_at_once(stand: &Stand, calls: usize, units: i64, share: Share) -> usize {
    let call = async || paid(&purse(stand, share), units, async { Ok(()) }).await.is_ok();
    join_all((0..calls).map(|_| call())).await.into_iter().filter(|is_paid| *is_paid).count()
}

async fn used(stand: &Stand) -> i64 {
    let budget = purse(stand, Share::People).budget().expect("it has one");
    stand.app.app.db.read(move |conn| budget::used(conn, &budget)).await.expect("it is there").used
}

both_databases! {
    async fn calls_at_once_stop_at_the_line_and_people_find_what_is_kept_for_them(app: TestApp) {
        let stand = Stand::new(app, |script| script.units = 1_000).await;
        assert_eq!(calls_at_once(&stand, 100, 30, Share::Readings).await, 26, "780 of 800");
        assert_eq!(used(&stand).await, 780, "what was refused is not counted");
        assert_eq!(calls_at_once(&stand, 1, 20, Share::Readings).await, 1, "to the last unit");
        assert_eq!(calls_at_once(&stand, 1, 1, Share::Readings).await, 0);
        assert_eq!(calls_at_once(&stand, 10, 50, Share::People).await, 4, "200 were kept");
        assert_eq!(used(&stand).await, 1_000);
        assert_eq!(calls_at_once(&stand, 1, 1_001, Share::People).await, 0);
        stand.app.hand.advance(Duration::from_secs(DAY));
        assert_eq!(used(&stand).await, 0, "a new day");
        assert_eq!(calls_at_once(&stand, 1, 1_001, Share::People).await, 0, "more than any day has");
    }

    async fn a_call_that_was_never_sent_costs_nothing(app: TestApp) {
        let stand = Stand::new(app, |script| script.units = 1_000).await;
        let purse = purse(&stand, Share::Readings);
        for (error, cost) in [
            (Error::Transport(TransportError::Unreachable), 0),
            (Error::Transport(TransportError::Unsendable), 0),
            (Error::Transport(TransportError::Timeout), 30),
            (Error::Transport(TransportError::Cut), 30),
            (Error::Unavailable { status: 503 }, 30),
        ] {
            let before = used(&stand).await;
            let answer: Result<(), Error> = paid(&purse, 30, async { Err(error.clone()) }).await;
            assert_eq!(answer, Err(error.clone()));
            assert_eq!(used(&stand).await - before, cost, "{error}");
            assert_eq!(purse.take_spent(), cost);
        }
    }

    async fn whoever_dies_in_a_call_has_paid_for_it(app: TestApp) {
        let stand = Stand::new(app, |script| script.units = 1_000).await;
        let purse = purse(&stand, Share::Readings);
        let call = paid(&purse, 30, std::future::pending::<Result<(), Error>>());
        tokio::select! {
            _ = call => panic!("it never ends"),
            () = kit::testing::wait_until("it is booked", async || used(&stand).await == 30) => {}
        }
        assert_eq!(used(&stand).await, 30);
    }

    async fn days_are_counted_apart_though_clocks_differ(app: TestApp) {
        let stand = Stand::new(app, |script| script.units = 1_000).await;
        let today = purse(&stand, Share::Readings).budget().unwrap();
        let day = Duration::from_secs(DAY);
        let tomorrow = Budget { began_at: today.began_at + day, ends_at: today.ends_at + day, ..today.clone() };
        let late = Budget { began_at: today.began_at + 9 * day, ends_at: today.ends_at + 9 * day, ..today.clone() };
        let booked = stand.app.app.db.write(move |tx| {
            // One process is past midnight, the other is not.
            for budget in [&today, &tomorrow, &today, &tomorrow] {
                budget::reserve(tx, budget, 400, 800)?;
            }
            let booked = [budget::reserve(tx, &today, 1, 800)?, budget::reserve(tx, &tomorrow, 1, 800)?];
            budget::reserve(tx, &late, 1, 800)?;
            Ok::<_, kit::db::Error>((booked, budget::used(tx, &today)?.used))
        });
        assert_eq!(booked.await.unwrap(), ([false, false], 0), "both were full; long ago is forgotten");
    }

    async fn the_platforms_word_that_nothing_is_left_is_believed(app: TestApp) {
        let stand = Stand::connected(app, |script| {
            (script.cost, script.units) = (1, 1_000);
            script.interactions = comments(8);
            let until = Timestamp::parse("2026-11-23T00:00:00Z").unwrap();
            script.failures = [Error::QuotaExhausted { until }].into();
        })
        .await;
        assert_eq!(stand.connection().await.connection_error, Some(Cause::QuotaExhausted));
        assert_eq!(used(&stand).await, 1_000);
        assert_eq!(calls_at_once(&stand, 1, 1, Share::People).await, 0);
    }

    async fn a_quota_of_a_few_calls_a_day_comes_to_an_end(app: TestApp) {
        let stand = Stand::connected(app, |script| {
            script.interactions = comments(40);
            (script.cost, script.units) = (1, 10);
        })
        .await;
        let cause = stand.connection().await.connection_error;
        assert_eq!(cause, Some(Cause::QuotaExhausted));
        let calls = stand.platform.0.lock().unwrap().calls;
        assert_eq!(calls, 8, "of ten, two are kept for people");
        let mut days = 0;
        while stand.connection().await.complete_to.is_none() {
            days += 1;
            assert!(days < 8, "{:?}", stand.asked());
            // What came meanwhile is there the next day, before what is old.
            let at = stand.app.app.now() + Duration::from_secs(DAY / 2);
            stand.change(|script| script.interactions.insert(0, comment(&format!("new{days}"), &at.to_string())));
            stand.asked();
            stand.turn(DAY).await;
            let new = stand.count("SELECT count(*) FROM interactions WHERE external_id LIKE 'new%'").await;
            assert_eq!(new, days);
            assert_eq!(stand.asked()[..2], ["account", "new 0"]);
        }
        assert_eq!(stand.count("SELECT count(*) FROM interactions").await, 40 + days);
    }

    /// As fifty channels of two thousand videos each: a whole pass over one is four hundred units, and a day has ten thousand.
    async fn fifty_large_accounts_stay_within_one_budget(app: TestApp) {
        let stand = Stand::new(app, |script| {
            (script.is_many, script.cost, script.units, script.pages) = (true, 20, 10_000, 20);
        })
        .await;
        for account in 0..50 {
            stand.consent(&format!("c{account}")).await;
        }
        stand.app.run_jobs().await;
        let mut days = Vec::new();
        // An hour before the day ends.
        stand.turn(13 * 3_600).await;
        let first = 20 * stand.platform.0.lock().unwrap().calls;
        assert_eq!(first, 8_000, "passes at once stop at the line, to the unit");
        stand.change(|script| script.calls = 0);
        for _ in 0..7 {
            for _ in 0..12 {
                stand.turn(2 * 3_600).await;
            }
            stand.change(|script| days.push(20 * std::mem::take(&mut script.calls)));
            stand.asked();
        }
        assert!(days.iter().all(|units| *units <= 8_000), "a fifth is kept for answers: {days:?}");
        assert!(days[6] > 4_000, "and the rest is used: {days:?}");
        let late = stand.app.app.now() - Duration::from_secs(DAY + DAY / 4);
        let columns = Connection::COLUMNS;
        let sql = format!("SELECT {columns} FROM platform_connections");
        let all: Vec<Connection> = stand.app.app.db.read(move |conn| conn.all(&sql, args![])).await.unwrap();
        assert_eq!(all.len(), 50);
        assert!(all.iter().all(|one| one.complete_to.is_some_and(|at| at > late)), "everybody's news is read");
        assert!(all.iter().all(|one| one.whole_pass_at.is_some()), "and all of what is old");
    }

    async fn the_budget_is_shown_with_the_hour_at_which_it_is_full_again(app: TestApp) {
        let stand = Stand::connected(app, |script| (script.cost, script.units) = (3, 1_000)).await;
        let page = stand.app.get("/connections").await.text;
        assert!(page.contains("of 1,000") && page.contains("full again"), "{page}");
    }
}
