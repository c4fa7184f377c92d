//! Nobody learns from a sign-in that failed whether there is an account: the same bytes, the same status, the same time.

use std::time::Duration;

use kit::both_databases;
use kit::random::Random;

use super::{OTHER, nonce};
use crate::accounts::{Passwords, admin};
use crate::testing::{Answer, EMAIL, PASSWORD, TestApp};

const GONE: &str = "gus@example.com";
/// All addresses are of one length, so that the answers are.
const NOBODY: &str = "eve@example.com";

/// The same failure as far as a stranger may know.
const KINDS: [(&str, &str, &str); 4] = [
    ("a wrong password", EMAIL, OTHER),
    ("no password", EMAIL, ""),
    ("an address without an account", NOBODY, OTHER),
    ("an account that was disabled", GONE, PASSWORD),
];

both_databases! {
    async fn a_failed_sign_in_is_the_same_answer_for_everyone(app: TestApp) {
        let app = with_accounts(app).await;
        let mut answers = Vec::new();
        for (kind, email, password) in KINDS {
            let page = app.browser().sign_in(email, password).await;
            let body = serde_json::json!({"email": email, "password": password});
            let problem = app.browser().json("POST", "/api/auth/login", body).await;
            assert_eq!((page.status.as_u16(), problem.status.as_u16()), (401, 401), "{kind}");
            answers.push((kind, shown(&page, email), shown(&problem, email)));
        }
        for (kind, page, problem) in &answers {
            assert_eq!((page, problem), (&answers[0].1, &answers[0].2), "{kind}");
        }
        assert_eq!(app.browser().sign_in(&format!(" {} ", EMAIL.to_uppercase()), PASSWORD).await.status, 303);
    }

    async fn an_address_that_nobody_has_is_locked_like_any_other(app: TestApp) {
        let app = with_accounts(app).await;
        let mut locked = Vec::new();
        for (kind, email, password) in KINDS {
            let mut answer = app.browser().sign_in(email, password).await;
            for _ in 0..5 {
                answer = app.browser().sign_in(email, password).await;
            }
            assert_eq!(answer.status, 429, "{kind}");
            app.hand.advance(Duration::from_secs(2 * 86_400));
            locked.push((kind, shown(&answer, email)));
        }
        for (kind, answer) in &locked {
            assert_eq!(answer, &locked[0].1, "{kind}");
        }
    }

    async fn a_failed_sign_in_takes_as_long_for_everyone(app: TestApp) {
        let app = app.with_parts(|parts| parts.parts = parts.parts.clone().with(Passwords::start_cheap(parts.random.clone())));
        let app = with_accounts(app).await;
        // A neighbour that wakes up in the middle can fool the statistic once; a difference stays.
        let mut told = String::new();
        for _ in 0..3 {
            let times = measure(&app, 1_000).await;
            told = differences(&times).join("; ");
            if told.is_empty() {
                return;
            }
        }
        panic!("{told}");
    }
}

/// Both accounts were made before, and one was disabled.
async fn with_accounts(app: TestApp) -> TestApp {
    let app = app.with_ann().await;
    admin::add_user(&app.app, GONE, "Gus").await.expect("the address is free");
    admin::disable_user(&app.app, GONE).await.expect("the account is there");
    app
}

/// Everything that reaches the browser, but for what it sent itself and what is new each time.
fn shown(answer: &Answer, email: &str) -> String {
    let mut text = format!("{:?}\n{}", answer.headers, answer.text).replace(email, "");
    for own in [nonce(answer), answer.header("x-request-id")].into_iter().filter(|own| !own.is_empty()) {
        text = text.replace(own, "");
    }
    text
}

/// The times of so many tries of each kind, by turns and in an order that changes. Days lie between two tries, so that no
/// limit is reached.
async fn measure(app: &TestApp, tries: usize) -> [Vec<Duration>; KINDS.len()] {
    let mut times = [const { Vec::new() }; KINDS.len()];
    let random = Random::seeded(7);
    for _ in 0..tries {
        let mut order = [0, 1, 2, 3];
        order.sort_by_cached_key(|_| random.u64());
        for kind in order {
            let (_, email, password) = KINDS[kind];
            times[kind].push(timed(app, email, password).await);
            app.hand.advance(Duration::from_secs(2 * 86_400));
        }
    }
    times
}

#[expect(clippy::disallowed_methods, reason = "measures a duration")]
async fn timed(app: &TestApp, email: &str, password: &str) -> Duration {
    let stranger = app.browser();
    let start = std::time::Instant::now();
    let answer = stranger.sign_in(email, password).await;
    let taken = start.elapsed();
    assert_eq!(answer.status, 401);
    taken
}

/// A hundredth of what the times of a hash of the standard cost are spread by (3 ms between quartiles): what lies below it
/// cannot be told from a thousand sign-ins.
const HIDDEN: Duration = Duration::from_micros(20);

/// What tells a kind from a wrong password: a distribution of its own, apart by more than a hash hides.
fn differences(times: &[Vec<Duration>; KINDS.len()]) -> Vec<String> {
    let medians: Vec<_> = times.iter().map(|times| median(times)).collect();
    let mut told = Vec::new();
    for (kind, (name, ..)) in KINDS.iter().enumerate().skip(1) {
        let (gap, p) = (medians[kind].abs_diff(medians[0]), mann_whitney(&times[kind], &times[0]));
        if gap >= Duration::from_millis(1) || (gap > HIDDEN && p <= 0.01) {
            told.push(format!("{name}: {:?} against {:?}, p = {p:.5}", medians[kind], medians[0]));
        }
    }
    told
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

/// The two-sided p of the Mann-Whitney U test in its normal approximation: how often two samples of one distribution differ
/// as much as these do.
fn mann_whitney(some: &[Duration], others: &[Duration]) -> f64 {
    let tagged = some.iter().map(|time| (*time, true)).chain(others.iter().map(|time| (*time, false)));
    let mut all: Vec<_> = tagged.collect();
    all.sort_unstable();
    let mut rank_sum = 0.0;
    let mut rank = 0.0;
    for equal in all.chunk_by(|one, next| one.0 == next.0) {
        // Equal times share the mean of their ranks.
        let mean = rank + (equal.len() as f64 + 1.0) / 2.0;
        rank_sum += mean * equal.iter().filter(|(_, is_some)| *is_some).count() as f64;
        rank += equal.len() as f64;
    }
    let (m, n) = (some.len() as f64, others.len() as f64);
    let u = rank_sum - m * (m + 1.0) / 2.0;
    let z = (u - m * n / 2.0) / (m * n * (m + n + 1.0) / 12.0).sqrt();
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// Abramowitz and Stegun 7.1.26: wrong by 1.5e-7 at most, for x ≥ 0.
fn erfc(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let terms = [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429];
    terms.iter().rev().fold(0.0, |sum, term| (sum + term) * t) * (-x * x).exp()
}

#[test]
fn the_statistic_tells_what_differs_from_what_does_not() {
    let micros = |times: &[u64]| times.iter().map(|time| Duration::from_micros(*time)).collect::<Vec<_>>();
    let (low, high) = (micros(&[1, 2, 3, 4, 5]), micros(&[6, 7, 8, 9, 10]));
    assert!((mann_whitney(&low, &high) - 0.009_02).abs() < 1e-4, "U = 0, z = 2.611");
    assert!((mann_whitney(&low, &low) - 1.0).abs() < 1e-6, "all of them are equal in pairs");
    let random = Random::seeded(3);
    let noise =
        |shift: u64| (0..1_000).map(|_| Duration::from_nanos(900_000 + shift + random.u64() % 300_000)).collect();
    let (one, same, later): (Vec<_>, Vec<_>, Vec<_>) = (noise(0), noise(0), noise(20_000));
    assert!(mann_whitney(&one, &same) > 0.01);
    assert!(mann_whitney(&one, &later) < 0.01, "20 microseconds in the noise of 300");
}
