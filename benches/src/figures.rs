//! Medians, and the table they are printed in.

use std::time::Duration;

#[derive(Default)]
pub struct Table(Vec<[String; 3]>);

impl Table {
    pub fn row(&mut self, what: &str, figure: String) {
        self.wanted(what, figure, "");
    }

    /// A figure that has a mark to reach.
    pub fn wanted(&mut self, what: &str, figure: String, wanted: &str) {
        eprintln!("{what}: {figure}");
        self.0.push([what.to_owned(), figure, wanted.to_owned()]);
    }

    pub fn print(&self) {
        let head = ["what", "figure", "wanted"].map(str::to_owned);
        let line = |cells: &[String; 3]| {
            let [what, figure, wanted] = cells;
            println!("| {what:0$} | {figure:1$} | {wanted:2$} |", self.width(0), self.width(1), self.width(2));
        };
        line(&head);
        println!("|{}|", [0, 1, 2].map(|column| "-".repeat(self.width(column) + 2)).join("|"));
        self.0.iter().for_each(line);
    }

    fn width(&self, column: usize) -> usize {
        self.0.iter().map(|cells| cells[column].chars().count()).max().unwrap_or(0).max("wanted".len())
    }
}

/// The machine's, over the last minute: figures of a busy machine are those of its neighbours too.
pub fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("?").to_owned()
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
