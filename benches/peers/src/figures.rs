//! One line a figure, in the table's form.

use std::time::Duration;

pub fn drained(who: &str, jobs: usize, taken: Duration) {
    println!("| {who}, drained | {:.0} /s |", jobs as f64 / taken.as_secs_f64());
}

pub fn latency(who: &str, mut taken: Vec<Duration>) {
    let ran = taken.iter().take_while(|taken| **taken < crate::PATIENCE).count();
    if ran < crate::SINGLES {
        println!("| {who}, enqueue to start | job {} did not run within {:?} |", ran + 1, crate::PATIENCE);
        return;
    }
    taken.sort_unstable();
    let at = |percent: usize| taken[taken.len() * percent / 100].as_secs_f64() * 1_000.0;
    println!("| {who}, enqueue to start, p50 / p99 | {:.2} / {:.2} ms |", at(50), at(99));
}
