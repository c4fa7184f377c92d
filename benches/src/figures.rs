//! Medians, and the table they are printed in.

use std::time::Duration;

#[derive(Default)]
pub struct Table(Vec<(String, String)>);

impl Table {
    pub fn row(&mut self, what: &str, figure: String) {
        eprintln!("{what}: {figure}");
        self.0.push((what.to_owned(), figure));
    }

    pub fn print(&self) {
        let width = self.0.iter().map(|(what, _)| what.len()).max().unwrap_or(0);
        println!("| {:width$} | figure |\n|-{}-|---|", "what", "-".repeat(width));
        for (what, figure) in &self.0 {
            println!("| {what:width$} | {figure} |");
        }
    }
}

pub fn median<T: Ord + Copy>(values: &[T]) -> T {
    percentile(values, 50)
}

/// The smallest value that at least `percent` of all do not exceed.
pub fn percentile<T: Ord + Copy>(values: &[T], percent: usize) -> T {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted[(sorted.len() * percent).div_ceil(100).saturating_sub(1)]
}

/// Like `1.25 ms`.
pub fn micros(time: impl Into<Micros>) -> String {
    format!("{:.2} ms", time.into().0 as f64 / 1_000.0)
}

pub struct Micros(u64);

impl From<Duration> for Micros {
    fn from(duration: Duration) -> Self {
        Self(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
    }
}

impl From<u64> for Micros {
    fn from(micros: u64) -> Self {
        Self(micros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values = [5, 1, 4, 2, 3];
        assert_eq!((median(&values), percentile(&values, 99), percentile(&values, 1)), (3, 5, 1));
    }
}
