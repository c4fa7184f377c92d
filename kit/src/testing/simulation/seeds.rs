//! Many seeds on all cores, and the one that fails.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

/// How one history went.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What must never be, and was.
    pub wrongs: Vec<String>,
    /// The history's lines, where it was to be told.
    pub trace: Vec<String>,
}

/// Runs the histories of these seeds, or the one that `REPRUV_SEED` names, with its trace. `REPRUV_SEEDS` sets how many.
///
/// # Panics
/// At the first history that goes wrong, with its seed and how to see it again.
pub fn every_seed(name: &str, seeds: u64, history: impl Fn(u64, bool) -> Outcome + Sync) {
    let number = |variable| std::env::var(variable).ok().and_then(|value| value.parse::<u64>().ok());
    if let Some(seed) = number("REPRUV_SEED") {
        let outcome = history(seed, true);
        println!("{}", outcome.trace.join("\n"));
        assert!(outcome.wrongs.is_empty(), "{}", told(name, seed, &outcome));
        return;
    }
    let first = number("REPRUV_FIRST_SEED").unwrap_or(0);
    let seeds = number("REPRUV_SEEDS").unwrap_or(seeds);
    if let Some((seed, outcome)) = first_wrong(first..first + seeds, &history) {
        panic!("{}", told(name, seed, &outcome));
    }
}

/// Runs each of the first `seeds` histories twice: without this no failing seed could be looked at again.
///
/// # Panics
/// At the first line in which one differs from itself.
pub fn repeats_itself(seeds: u64, history: impl Fn(u64, bool) -> Outcome) {
    for seed in 0..seeds {
        let (once, again) = (history(seed, true).trace, history(seed, true).trace);
        assert!(!once.is_empty(), "seed {seed} tells nothing");
        let differs = once.iter().zip(&again).position(|(a, b)| a != b);
        if let Some(line) = differs {
            panic!("seed {seed}, line {line}:\n{}\n{}", once[line], again[line]);
        }
        assert_eq!(once.len(), again.len(), "seed {seed}");
    }
}

/// The first of `limit` seeds whose history shows something, and what; for bugs that were put in on purpose.
pub fn until_found<T>(limit: u64, history: impl Fn(u64) -> Option<T>) -> Option<(u64, T)> {
    (0..limit).find_map(|seed| history(seed).map(|shown| (seed, shown)))
}

fn told(name: &str, seed: u64, outcome: &Outcome) -> String {
    let mut text = format!("{name}: history {seed} went wrong. REPRUV_SEED={seed} repeats it alone.");
    for wrong in &outcome.wrongs {
        let _ = write!(text, "\n  {wrong}");
    }
    text
}

fn first_wrong(seeds: Range<u64>, history: &(impl Fn(u64, bool) -> Outcome + Sync)) -> Option<(u64, Outcome)> {
    let (next, found) = (AtomicU64::new(seeds.start), AtomicBool::new(false));
    let work = || {
        while !found.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                break;
            }
            let outcome = history(seed, false);
            if !outcome.wrongs.is_empty() {
                found.store(true, Ordering::Relaxed);
                return Some((seed, outcome));
            }
        }
        None
    };
    let threads = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let wrong = workers.into_iter().filter_map(|worker| worker.join().expect("a history does not panic"));
        wrong.min_by_key(|(seed, _)| *seed)
    })
}
