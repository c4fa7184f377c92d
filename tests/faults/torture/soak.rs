//! A long life: people use an installation for minutes or hours, and its memory stays what it was.

use kit::both_databases;
use kit::testing::{Database, Engine};
use std::time::Duration;

use super::{Torture, number};
use crate::support::Role;

const SAMPLES: usize = 60;

/// What the caches of a process may still take after its first quarter, in MiB.
const SLACK: u64 = 24;

both_databases! {
    #[ignore = "bin/torture runs it, for as long as one likes"]
    async fn a_long_life_needs_no_more_memory_than_a_short_one(engine: Engine) {
        let minutes = number("TORTURE_MINUTES").unwrap_or(2);
        let database = Database::fresh(engine).await;
        let torture = Torture::begin(database.url(), database.url(), &[Role::Serve]).await;
        let mut samples = Vec::new();
        println!("{engine:?}: minute, resident MiB, requests");
        for sample in 1..=SAMPLES {
            tokio::time::sleep(Duration::from_secs(60) * minutes as u32 / SAMPLES as u32).await;
            let memory = torture.fleet.nodes[0].process.memory() / 1024;
            let minute = (minutes * sample) as f64 / SAMPLES as f64;
            println!("{minute:>7.1} {memory:>13} {:>9}", torture.ledger.copy().answered);
            samples.push(memory);
        }
        torture.end().await;
        let (early, late) = (median(&samples[SAMPLES / 4..SAMPLES / 2]), median(&samples[SAMPLES * 3 / 4..]));
        assert!(late <= early + SLACK, "{early} MiB in the second quarter, {late} MiB in the last");
    }
}

fn median(samples: &[u64]) -> u64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}
