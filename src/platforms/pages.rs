//! How far a paged list is, and how a pass over it is kept from going in circles.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::{Deserialize, Serialize};

/// How far one list is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Pages {
    pub token: Option<String>,
    /// How many items the next page may have; 0 for as many as the platform gives.
    pub size: usize,
    items: usize,
    /// Pages without a single item, one after the other.
    empty: usize,
    begun_anew: bool,
    trail: Trail,
}

/// An empty page with a token is no end; this many are.
const EMPTY_PAGES: usize = 20;
/// What counters leave out: comments that are held back, and what came since they were counted.
const BEYOND_PROMISED: usize = 10_000;

/// What comes after a page.
#[derive(Debug)]
pub enum After {
    Page(Pages),
    End,
    /// Not its real end.
    Cut(&'static str),
}

impl Pages {
    /// `promised` is how many items the counters tell of.
    pub fn after(mut self, next: Option<String>, items: usize, promised: usize) -> After {
        let Some(token) = next else { return After::End };
        self.items += items;
        self.empty = if items == 0 { self.empty + 1 } else { 0 };
        if !self.trail.is_new(&token) {
            return After::Cut("its pages lead back to one another");
        }
        if self.empty > EMPTY_PAGES || self.items > 2 * promised + BEYOND_PROMISED {
            return After::Cut("it has far more pages than its counters promise");
        }
        self.token = Some(token);
        After::Page(self)
    }

    pub fn sized(&self, size: usize) -> Pages {
        Pages { size, ..self.clone() }
    }

    /// From the beginning, once: its token is not accepted any more.
    pub fn anew(&self) -> Option<Pages> {
        (self.token.is_some() && !self.begun_anew).then(|| Pages { begun_anew: true, ..Pages::default() })
    }
}

/// The tokens that a list has given so far. The last ones are known one by one; for a circle that is longer, one of them
/// is kept, at ever larger distances: the way comes by there again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Trail {
    last: Vec<u64>,
    kept: u64,
    steps: u64,
}

const REMEMBERED: usize = 64;

impl Trail {
    fn is_new(&mut self, token: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        token.hash(&mut hasher);
        // JSON's numbers are exact up to here.
        let mark = hasher.finish() >> 11;
        if self.last.contains(&mark) || (self.steps > 0 && self.kept == mark) {
            return false;
        }
        self.steps += 1;
        if self.steps.is_power_of_two() {
            self.kept = mark;
        }
        if self.last.len() == REMEMBERED {
            self.last.remove(0);
        }
        self.last.push(mark);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many pages are asked for before a list is left.
    fn pages_of(token: impl Fn(usize) -> String, items: usize, promised: usize) -> usize {
        let (mut pages, mut count) = (Pages::default(), 1);
        while let After::Page(next) = pages.after(Some(token(count)), items, promised) {
            pages = Pages::deserialize(serde_json::to_value(next).unwrap()).unwrap();
            count += 1;
        }
        count
    }

    #[test]
    fn a_circle_of_any_length_ends() {
        assert_eq!(pages_of(|page| (page % 2).to_string(), 100, 1_000_000), 3, "A, B, A");
        for (before, round) in [(0, 1), (0, 64), (0, 65), (10, 300), (1_000, 200), (3, 5_000)] {
            let token = |page: usize| if page < before { page } else { before + (page - before) % round }.to_string();
            let asked = pages_of(token, 100, 10_000_000);
            assert!(asked <= 4 * (before + round) + 4, "{before} and {round}: {asked}");
        }
    }

    #[test]
    fn a_list_without_end_is_left_where_its_counters_end() {
        assert_eq!(pages_of(|page| page.to_string(), 100, 0), 101);
        assert_eq!(pages_of(|page| page.to_string(), 100, 50_000), 1_101);
        assert_eq!(pages_of(|page| page.to_string(), 0, 50_000), 21, "empty pages");
    }
}
