//! Where the passes over an account are. A pass keeps its place in the commit of the rows that it read, so that a quota, a
//! kill or a deadline costs no more than a page.

use std::time::Duration;

use kit::clock::Timestamp;
use serde::{Deserialize, Serialize};

use crate::platforms::{Cursor, PartialThread};

/// How old the last whole pass may be before the next one begins: what was deleted is seen by no other.
const WHOLE_PERIOD: Duration = Duration::from_secs(24 * 3_600);
/// A pass that was cut short so long ago is not what is new any more.
const FRESH: Duration = Duration::from_secs(3_600);
/// Passes for what is new that wait for one another; beyond, the newest goes on until it is done.
const MOST: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Everything that the account has.
    Whole,
    /// What is new first; then what is old, as far as there is time for it.
    New,
}

/// One pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Walk {
    pub is_whole: bool,
    pub began_at: Timestamp,
    /// Everything before is known, or another pass's to read.
    pub since: Option<Timestamp>,
    pub cursor: Option<Cursor>,
    /// Whether every list was read to its end.
    pub is_read: bool,
    /// Whether some list could not be read, or not to its end.
    pub is_cut: bool,
    /// Threads of which more is to be read.
    pub threads: Vec<PartialThread>,
}

/// The passes that are under way, the one that goes on first in front.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Walks {
    walks: Vec<Walk>,
    /// The beginning of the newest pass that came to its end, and whether one since then was cut.
    reached: Option<Timestamp>,
    is_cut: bool,
    /// Up to when everything was read that can be read; what a next pass for what is new begins with. Without it the
    /// account was never read whole.
    read_to: Option<Timestamp>,
}

impl Walk {
    fn begin(now: Timestamp, since: Option<Timestamp>) -> Self {
        Self {
            is_whole: since.is_none(),
            began_at: now,
            since,
            cursor: None,
            is_read: false,
            is_cut: false,
            threads: Vec::new(),
        }
    }

    pub fn is_over(&self) -> bool {
        self.is_read && self.threads.is_empty()
    }
}

impl Walks {
    /// Passes that another release began are begun anew.
    pub fn of(stored: Option<&serde_json::Value>) -> Self {
        stored.and_then(|stored| Self::deserialize(stored).ok()).unwrap_or_default()
    }

    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("passes are plain data, with text for keys")
    }

    /// Says what this turn reads. A clock that was ahead for a while hides nothing: the future is known to nobody.
    pub fn plan(
        &mut self,
        now: Timestamp,
        depth: Depth,
        complete_to: Option<Timestamp>,
        whole_pass_at: Option<Timestamp>,
    ) {
        self.read_to = self.read_to.or(complete_to);
        let is_due = depth == Depth::Whole || whole_pass_at.is_none_or(|at| at > now || now.since(at) >= WHOLE_PERIOD);
        let is_first = self.read_to.is_none() && self.walks.is_empty();
        if !is_first && depth == Depth::New {
            let last = self.needed().map(|walk| walk.began_at.min(now)).max();
            let is_fresh = last.is_some_and(|at| now.since(at) < FRESH);
            let since = last.or(self.read_to.map(|at| at.min(now)));
            if let Some(since) = since.filter(|_| !is_fresh && self.walks.len() < MOST) {
                self.walks.insert(0, Walk::begin(now, Some(since)));
            }
        }
        if is_due && !self.walks.iter().any(|walk| walk.is_whole) {
            self.walks.push(Walk::begin(now, None));
        }
    }

    /// Passes without which something is not known yet.
    fn needed(&self) -> impl Iterator<Item = &Walk> {
        self.walks.iter().filter(|walk| !walk.is_whole || self.read_to.is_none())
    }

    pub fn first(&self) -> Option<&Walk> {
        self.walks.first()
    }

    pub fn first_mut(&mut self) -> Option<&mut Walk> {
        self.walks.first_mut()
    }

    /// Whether the pass in front finds nothing new: it can wait.
    pub fn can_wait(&self) -> bool {
        self.read_to.is_some() && self.walks.first().is_some_and(|walk| walk.is_whole)
    }

    /// Ends the pass in front; up to when everything is known now, where that is sure.
    pub fn end(&mut self) -> Option<Timestamp> {
        let walk = self.walks.remove(0);
        self.reached = self.reached.max(Some(walk.began_at));
        self.is_cut |= walk.is_cut;
        if self.needed().next().is_some() {
            return None;
        }
        self.read_to = self.reached;
        let is_cut = std::mem::take(&mut self.is_cut);
        self.reached.filter(|_| !is_cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + 60 * minutes)
    }

    fn sinces(walks: &Walks) -> Vec<Option<i64>> {
        let minutes = |at: Timestamp| (at.since(super::tests::at(0)).as_secs() / 60) as i64;
        walks.walks.iter().map(|walk| walk.since.map(minutes)).collect()
    }

    #[test]
    fn what_is_new_goes_before_a_first_reading_that_takes_days() {
        let mut walks = Walks::default();
        walks.plan(at(0), Depth::New, None, None);
        assert_eq!(sinces(&walks), [None], "the first pass is whole");
        walks.plan(at(10), Depth::New, None, None);
        assert_eq!(sinces(&walks), [None], "it goes on");
        walks.plan(at(1_440), Depth::New, None, None);
        assert_eq!(sinces(&walks), [Some(0), None]);
        assert!(!walks.can_wait());
        assert_eq!(walks.end(), None, "what was there before is not known yet");
        walks.plan(at(2_880), Depth::New, None, None);
        assert_eq!(sinces(&walks), [Some(0), None], "what came since the first began");
        assert_eq!((walks.end(), walks.end()), (None, Some(at(2_880))));
    }

    #[test]
    fn a_pass_that_was_cut_short_is_finished_before_anything_is_called_complete() {
        let mut walks = Walks::default();
        walks.plan(at(1_000), Depth::New, Some(at(900)), Some(at(900)));
        assert_eq!(sinces(&walks), [Some(900)]);
        walks.plan(at(1_100), Depth::New, Some(at(900)), Some(at(900)));
        assert_eq!(sinces(&walks), [Some(1_000), Some(900)]);
        assert_eq!((walks.end(), walks.end()), (None, Some(at(1_100))));
    }

    #[test]
    fn a_list_that_is_refused_is_not_called_complete_and_read_no_further_each_time() {
        let mut walks = Walks::default();
        walks.plan(at(1_000), Depth::New, Some(at(900)), Some(at(900)));
        walks.first_mut().unwrap().is_cut = true;
        assert_eq!(walks.end(), None);
        walks.plan(at(1_100), Depth::New, Some(at(900)), Some(at(900)));
        assert_eq!(sinces(&walks), [Some(1_000)]);
        assert_eq!(walks.end(), Some(at(1_100)), "it is readable again");
    }

    #[test]
    fn a_clock_that_was_ahead_hides_nothing() {
        let mut walks = Walks::default();
        walks.plan(at(1_000), Depth::New, Some(at(9_000)), Some(at(9_000)));
        assert_eq!(sinces(&walks), [Some(1_000), None], "nothing is taken for known that is to come");
    }

    #[test]
    fn what_is_old_can_wait_for_what_is_new() {
        let mut walks = Walks::default();
        walks.plan(at(10_000), Depth::New, Some(at(9_990)), Some(at(1_000)));
        assert_eq!(sinces(&walks), [Some(9_990), None]);
        assert_eq!(walks.end(), Some(at(10_000)), "complete without the pass over what is old");
        assert!(walks.can_wait());
        walks.plan(at(10_010), Depth::New, Some(at(10_000)), Some(at(1_000)));
        assert_eq!(sinces(&walks), [Some(10_000), None], "the whole pass keeps its place");
    }
}
