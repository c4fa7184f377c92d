//! The owner's acts about one review, and what follows from them at any instant: what the API tells, and what visitors see.

use kit::clock::Timestamp;

use super::moderation::{self, Violation};

/// An answer put through the API; without a text, one taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// As in `locations/{number}`.
    pub location: u64,
    pub review: String,
    pub put_at: Timestamp,
    pub text: Option<String>,
}

/// Oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replies(Vec<Act>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Act {
    at: Timestamp,
    text: Option<String>,
    /// When it is decided about the text, and why it is refused.
    decided_at: Timestamp,
    violation: Option<Violation>,
    /// Not from before Repruv.
    is_written: bool,
}

/// An answer as the API tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply<'a> {
    pub text: &'a str,
    pub at: Timestamp,
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Pending,
    Approved,
    Rejected(Violation),
}

impl Replies {
    /// With the answer that the owner gave before Repruv.
    pub fn since(earlier: Option<(Timestamp, &str)>) -> Replies {
        let act = |(at, text): (Timestamp, &str)| Act {
            at,
            text: Some(text.to_owned()),
            decided_at: at,
            violation: None,
            is_written: false,
        };
        Replies(earlier.map(act).into_iter().collect())
    }

    /// A further act; those that were written for the same instant or a later one give way.
    pub fn put(&mut self, written: Written) {
        self.0.retain(|act| !act.is_written || act.at < written.put_at);
        self.0.push(Act {
            at: written.put_at,
            decided_at: written.put_at + moderation::wait(&written.review),
            violation: written.text.as_deref().and_then(moderation::violation),
            text: written.text,
            is_written: true,
        });
    }

    /// The answer as it was put last, whatever became of it.
    pub fn reply(&self, now: Timestamp) -> Option<Reply<'_>> {
        let act = self.0.iter().rfind(|act| act.at <= now)?;
        Some(Reply { text: act.text.as_deref()?, at: act.at, state: act.state(now) })
    }

    /// What visitors read: the answer that was approved last, until it is taken back or it is decided about another.
    pub fn shown(&self, now: Timestamp) -> Option<Reply<'_>> {
        let last = self.settled().filter(|act| act.shows_from() <= now).last()?;
        let text = last.text.as_deref().filter(|_| last.violation.is_none())?;
        Some(Reply { text, at: last.at, state: State::Approved })
    }

    /// When the first of the answers through the API was approved.
    pub fn first_approved_at(&self) -> Option<Timestamp> {
        let mut approved = self.settled().filter(|act| act.is_written && act.text.is_some() && act.violation.is_none());
        approved.next().map(|act| act.decided_at)
    }

    /// Acts that were not overtaken by the next one while they waited for the verdict.
    fn settled(&self) -> impl Iterator<Item = &Act> {
        let next = self.0.iter().skip(1).map(|next| Some(next.at)).chain([None]);
        let acts = self.0.iter().zip(next);
        acts.filter(|(act, next)| next.is_none_or(|next| next > act.shows_from())).map(|(act, _)| act)
    }
}

impl Act {
    fn state(&self, now: Timestamp) -> State {
        match self.violation {
            _ if now < self.decided_at => State::Pending,
            Some(violation) => State::Rejected(violation),
            None => State::Approved,
        }
    }

    /// Taking back waits for nobody.
    fn shows_from(&self) -> Timestamp {
        if self.text.is_some() { self.decided_at } else { self.at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second)
    }

    fn put(replies: &mut Replies, second: i64, text: Option<&str>) {
        let review = "r".to_owned();
        replies.put(Written { location: 1, review, put_at: at(second), text: text.map(str::to_owned) });
    }

    fn seen(replies: &Replies, second: i64) -> (Option<(&str, State)>, Option<&str>) {
        let reply = replies.reply(at(second)).map(|reply| (reply.text, reply.state));
        (reply, replies.shown(at(second)).map(|reply| reply.text))
    }

    #[test]
    fn an_answer_waits_and_is_then_shown() {
        let mut replies = Replies::default();
        put(&mut replies, 1000, Some("Thanks!"));
        assert_eq!(seen(&replies, 999), (None, None));
        assert_eq!(seen(&replies, 1019), (Some(("Thanks!", State::Pending)), None));
        assert_eq!(seen(&replies, 1060), (Some(("Thanks!", State::Approved)), Some("Thanks!")));
        assert_eq!(replies.first_approved_at(), Some(at(1000) + moderation::wait("r")));
    }

    #[test]
    fn the_old_answer_is_shown_until_it_is_decided_about_the_new_one() {
        let mut replies = Replies::since(Some((at(10), "Long ago.")));
        put(&mut replies, 1000, Some("Thanks!"));
        assert_eq!(seen(&replies, 1010), (Some(("Thanks!", State::Pending)), Some("Long ago.")));
        put(&mut replies, 1015, Some("Thanks a lot!"));
        assert_eq!(seen(&replies, 1015), (Some(("Thanks a lot!", State::Pending)), Some("Long ago.")));
        assert_eq!(seen(&replies, 1075), (Some(("Thanks a lot!", State::Approved)), Some("Thanks a lot!")));
        put(&mut replies, 2000, Some("a@b.example"));
        assert_eq!(seen(&replies, 2010).1, Some("Thanks a lot!"));
        let refused = State::Rejected(Violation::PersonalInfo);
        assert_eq!(seen(&replies, 2060), (Some(("a@b.example", refused)), None));
        assert_eq!(replies.first_approved_at(), Some(at(1015) + moderation::wait("r")));
    }

    #[test]
    fn what_is_taken_back_is_gone_at_once() {
        let mut replies = Replies::since(Some((at(10), "Long ago.")));
        put(&mut replies, 1000, None);
        assert_eq!(seen(&replies, 1000), (None, None));
        put(&mut replies, 1100, Some("Thanks!"));
        put(&mut replies, 1100, None);
        assert_eq!((seen(&replies, 1200), replies.first_approved_at()), ((None, None), None));
    }
}
