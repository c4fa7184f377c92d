//! How often a password may be tried: counted in the database before the hash is computed, so that neither a restart
//! nor many tries at once get around it. Who has signed in from this browser before has a lane of their own.

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{Conn, Tx};
use sha2::{Digest as _, Sha256};

use super::store;
use crate::accounts::sessions::{TokenHash, UserId};
use crate::web::errors::{Error, Result};

/// So many failures are free in a window; then each makes the next wait twice as long.
struct Rule {
    free: i64,
    window: Duration,
    first_wait: Duration,
    longest_wait: Duration,
}

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

/// At most 5 + 9 quick tries and then 48 a day: under the 100 in all that NIST SP 800-63B allows.
const ACCOUNT: Rule = Rule {
    free: 5,
    window: Duration::from_secs(86_400),
    first_wait: Duration::from_secs(2),
    longest_wait: Duration::from_secs(1800),
};
/// A household or an office shares an address.
const ADDRESS: Rule =
    Rule { free: 30, window: HOUR, first_wait: Duration::from_secs(2), longest_wait: Duration::from_secs(900) };
/// All strangers together: no more than the hashing threads can bear.
const EVERYONE: Rule = Rule { free: 600, window: MINUTE, first_wait: MINUTE, longest_wait: MINUTE };
const DEVICE: Rule =
    Rule { free: 10, window: HOUR, first_wait: Duration::from_secs(2), longest_wait: Duration::from_secs(900) };
/// New accounts from one address, and addresses asked for by whoever holds a link.
const SIGN_UP: Rule = Rule { free: 20, window: HOUR, first_wait: MINUTE, longest_wait: HOUR };

/// No rule makes anybody wait longer.
const LONGEST_WAIT: Duration = HOUR;

/// The counters that one try moves, in the order in which their rows are locked.
#[derive(Clone, Debug)]
pub struct Lane(Vec<Counter>);

#[derive(Clone, Debug)]
struct Counter {
    key: String,
    rule: Which,
}

#[derive(Clone, Copy, Debug)]
enum Which {
    Account,
    Address,
    Everyone,
    Device,
    SignUp,
}

impl Which {
    const fn rule(self) -> &'static Rule {
        match self {
            Which::Account => &ACCOUNT,
            Which::Address => &ADDRESS,
            Which::Everyone => &EVERYONE,
            Which::Device => &DEVICE,
            Which::SignUp => &SIGN_UP,
        }
    }
}

impl Lane {
    /// Somebody from somewhere tries this address, whether an account has it or not.
    pub fn stranger(email_key: &str, ip: &str) -> Self {
        Self(vec![
            account(email_key),
            Counter { key: format!("address:{ip}"), rule: Which::Address },
            Counter { key: "everyone".to_owned(), rule: Which::Everyone },
        ])
    }

    /// A browser that has signed in to this account before.
    pub fn known_device(device: &TokenHash) -> Self {
        Self(vec![Counter { key: format!("device:{}", hex(device.as_bytes())), rule: Which::Device }])
    }

    /// Somebody signed in types their password again.
    pub fn signed_in(user: UserId) -> Self {
        Self(vec![typed_again(user)])
    }

    pub fn sign_up(ip: &str) -> Self {
        Self(vec![Counter { key: format!("sign-up:{ip}"), rule: Which::SignUp }])
    }
}

fn account(email_key: &str) -> Counter {
    Counter { key: format!("account:{}", hex(&Sha256::digest(email_key))), rule: Which::Account }
}

fn typed_again(user: UserId) -> Counter {
    Counter { key: format!("user:{user}"), rule: Which::Device }
}

/// Removes counts whose longest window is over, at most `batch`; how many it were.
pub fn purge(tx: &mut Tx, now: Timestamp, batch: i64) -> kit::db::Result<u64> {
    store::purge_limits(tx, now - ACCOUNT.window, batch)
}

/// Counts a try as failed before its outcome is known; [`Error::TooMany`], and nothing counted, while one must wait.
pub fn reserve(tx: &mut Tx, lane: &Lane, now: Timestamp) -> Result<()> {
    let mut wait = Duration::ZERO;
    for Counter { key, rule } in &lane.0 {
        let rule = rule.rule();
        let limit = store::lock_limit(tx, key, now)?;
        wait = wait.max(wait_left(rule, &limit, now));
        let is_over = now.since(limit.window_started_at) >= rule.window;
        let (failures, started) =
            if is_over { (1, now) } else { (limit.failures + 1, limit.window_started_at.min(now)) };
        store::save_limit(tx, key, failures, started, wait_after(rule, failures).map(|wait| now + wait))?;
    }
    if wait > Duration::ZERO { Err(Error::TooMany { retry_after: wait }) } else { Ok(()) }
}

/// The try succeeded: what is the person's own starts anew, what is shared takes this one back.
pub fn give_back(tx: &mut Tx, lane: &Lane) -> Result<()> {
    for Counter { key, rule } in &lane.0 {
        match rule {
            Which::Account | Which::Device => store::clear_limit(tx, key)?,
            Which::Address | Which::Everyone | Which::SignUp => store::lower_limit(tx, key)?,
        }
    }
    Ok(())
}

/// The try was not looked at: it counts for nobody but the address that it came from, which pays for asking.
pub fn take_back(tx: &mut Tx, lane: &Lane) -> Result<()> {
    for Counter { key, rule } in &lane.0 {
        if !matches!(rule, Which::Address | Which::SignUp) {
            store::lower_limit(tx, key)?;
        }
    }
    Ok(())
}

/// Whoever has this address may try anew, and so may whoever is in the account: its operator has set another password.
pub fn forget(tx: &mut Tx, email_key: &str, user: UserId) -> Result<()> {
    for Counter { key, .. } in [account(email_key), typed_again(user)] {
        store::clear_limit(tx, &key)?;
    }
    Ok(())
}

/// How many counters name an instant that their rules cannot have made: the clock stood ahead when they were written.
pub fn from_the_future(conn: &mut Conn, now: Timestamp) -> kit::db::Result<i64> {
    store::limits_after(conn, now, now + LONGEST_WAIT)
}

/// What is left of a wait. An instant that the rule cannot have made was written by a clock that stood ahead: the count is
/// believed, the instant is not.
fn wait_left(rule: &Rule, limit: &store::Limit, now: Timestamp) -> Duration {
    let left = limit.blocked_until.map_or(Duration::ZERO, |until| until.since(now));
    let longest = wait_after(rule, limit.failures).unwrap_or(Duration::ZERO);
    if left > longest { Duration::ZERO } else { left }
}

fn wait_after(rule: &Rule, failures: i64) -> Option<Duration> {
    let beyond = u32::try_from(failures - rule.free).ok()?;
    Some(rule.first_wait.saturating_mul(1 << beyond.min(20)).min(rule.longest_wait))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::MIGRATIONS;
    use kit::args;
    use kit::both_databases;
    use kit::testing::TestDb;

    const NOW: Timestamp = Timestamp::from_second(1_800_000_000);

    /// Tries until one must wait, in one transaction, and answers how many were let through.
    async fn tries(db: &TestDb, at_most: usize, now: Timestamp, lane: fn(usize) -> Lane) -> usize {
        let count =
            move |tx: &mut Tx| Ok::<_, Error>((0..at_most).take_while(|n| reserve(tx, &lane(*n), now).is_ok()).count());
        db.write(count).await.expect("the database answers")
    }

    both_databases! {
        async fn an_address_that_tries_many_accounts_must_wait(db: TestDb) {
            let db = db.migrated(MIGRATIONS);
            let spray = |n| Lane::stranger(&format!("person{n}@example.com"), "203.0.113.7");
            assert_eq!(tries(&db, 100, NOW, spray).await, 30);
            assert_eq!(tries(&db, 100, NOW + HOUR, spray).await, 30, "a new window");
            let other = |n| Lane::stranger(&format!("person{n}@example.com"), "203.0.113.8");
            assert_eq!(tries(&db, 4, NOW, other).await, 4, "another address is another's");
        }

        async fn all_strangers_together_have_a_limit(db: TestDb) {
            let db = db.migrated(MIGRATIONS);
            let flood = |n| Lane::stranger(&format!("person{n}@example.com"), &format!("203.0.{}.{}", n / 250, n % 250));
            assert_eq!(tries(&db, 1_000, NOW, flood).await, 600);
            assert_eq!(tries(&db, 10, NOW + MINUTE, flood).await, 10);
            let device = |_| Lane::known_device(&TokenHash::of("a token"));
            assert_eq!(tries(&db, 1, NOW, device).await, 1, "who is known is no stranger");
        }

        async fn a_try_that_nobody_looked_at_does_not_count(db: TestDb) {
            let db = db.migrated(MIGRATIONS);
            let ann = |_| Lane::stranger("ann@example.com", "203.0.113.7");
            assert_eq!(tries(&db, 5, NOW, ann).await, 5);
            db.write(move |tx| take_back(tx, &ann(0))).await.expect("the database answers");
            assert_eq!(tries(&db, 10, NOW, ann).await, 1, "one of the five is free again");
        }

        async fn whoever_asks_while_all_hands_are_full_pays_with_their_address(db: TestDb) {
            let db = db.migrated(MIGRATIONS);
            let refused = |n| Lane::stranger(&format!("person{n}@example.com"), "203.0.113.7");
            for n in 0..30 {
                assert_eq!(tries(&db, 1, NOW, refused).await, 1, "{n}");
                db.write(move |tx| take_back(tx, &refused(0))).await.expect("the database answers");
            }
            assert_eq!(tries(&db, 1, NOW, refused).await, 0, "thirty are free in an hour, looked at or not");
        }

        async fn what_a_clock_ahead_of_time_wrote_locks_nobody_out(db: TestDb) {
            let db = db.migrated(MIGRATIONS);
            let ahead = NOW + 24 * HOUR;
            let lanes: [fn(usize) -> Lane; 3] = [
                |_| Lane::stranger("ann@example.com", "203.0.113.7"),
                |_| Lane::known_device(&TokenHash::of("a token")),
                |_| Lane::sign_up("203.0.113.7"),
            ];
            for lane in lanes {
                let free = tries(&db, 100, ahead, lane).await;
                assert_eq!(tries(&db, 1, ahead, lane).await, 0, "one must wait then");
                assert!(db.read(|conn| from_the_future(conn, NOW)).await.expect("the database answers") > 0);
                assert_eq!(tries(&db, 2, NOW, lane).await, 1, "the count of {free} is believed, its instant is not");
                assert!(tries(&db, 1, NOW + HOUR, lane).await == 1, "and the rule's own wait ends");
            }
            assert_eq!(db.read(|conn| from_the_future(conn, NOW + HOUR)).await.expect("the database answers"), 0);
        }

        async fn a_new_password_from_the_operator_begins_the_count_anew(db: TestDb) {
            let db = db.migrated(MIGRATIONS);
            let user = UserId::new(NOW, &kit::random::Random::seeded(1));
            let ann = |_| Lane::stranger("ann@example.com", "203.0.113.7");
            assert_eq!(tries(&db, 100, NOW, ann).await, 5);
            db.write(move |tx| forget(tx, "ann@example.com", user)).await.expect("the database answers");
            assert_eq!(tries(&db, 100, NOW, ann).await, 5);
        }

        async fn counters_of_past_windows_are_taken_away(db: TestDb) {
            let db = db.migrated(MIGRATIONS);
            let spray = |n| Lane::stranger(&format!("person{n}@example.com"), &format!("203.0.113.{n}"));
            tries(&db, 100, NOW, spray).await;
            let later = NOW + 2 * ACCOUNT.window;
            tries(&db, 1, later, |_| Lane::known_device(&TokenHash::of("a token"))).await;
            assert!(db.write(move |tx| purge(tx, later, 1_000)).await.expect("the database answers") >= 100);
            let left = db.read(|conn| conn.one::<i64>("SELECT count(*) FROM sign_in_limits", args![])).await;
            assert_eq!(left.expect("the database answers"), 1);
        }
    }

    #[test]
    fn waiting_grows_to_its_longest() {
        let waits: Vec<_> =
            (1..=17).map(|failures| wait_after(&ACCOUNT, failures).map(|wait| wait.as_secs())).collect();
        assert_eq!(waits[..4], [None; 4]);
        assert_eq!(waits[4..8], [Some(2), Some(4), Some(8), Some(16)]);
        assert_eq!(waits[15..], [Some(1800), Some(1800)]);
        assert_eq!(wait_after(&ACCOUNT, i64::from(u32::MAX)), Some(ACCOUNT.longest_wait));
    }
}
