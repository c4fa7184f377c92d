//! What a person says of a comment, as it is offered: a state, or a snooze by its end. And what they said a moment ago.

pub mod api;
pub mod matching;
pub mod pages;
#[cfg(test)]
mod tests;

use jiff::ToSpan as _;
use jiff::civil::{DateTime, Time, Weekday};
use kit::clock::Timestamp;
use kit::db::{self, Conn};
use kit::jobs::JobId;

use self::matching::Underway;
use super::decisions::{self, UNDO, Word};
use super::marks::{self, ActId, Member};
use super::place::take;
use super::remarks::Remark;
use super::threads::{LastWord, ThreadState};
use crate::model::InteractionId;
use crate::moderation::NotNow;
use crate::replies::{self, Reply, ReplyId};
use crate::web::ui::Local;
use crate::workspaces::{UserId, WorkspaceId};

kit::text_enum! {
    /// What a person says of a comment; a snooze by its end.
    pub enum Move {
        Done = "done",
        NoReplyNeeded = "no_reply_needed",
        NeedsReply = "needs_reply",
        Spam = "spam",
        Remove = "remove",
        LaterToday = "later_today",
        Tomorrow = "tomorrow",
        NextWeek = "next_week",
    }
}

/// As many as a page lists, and then some: so many go in one call.
pub(in crate::inbox) const AT_ONCE: usize = 200;

/// The snoozes, as they are offered.
pub const SNOOZES: [(Move, &str); 3] =
    [(Move::LaterToday, "In three hours"), (Move::Tomorrow, "Tomorrow"), (Move::NextWeek, "Next week")];

const MORNING: Time = Time::constant(9, 0, 0, 0);

impl Move {
    pub fn word(self, local: &Local) -> Word {
        let state = match self {
            Move::Done => ThreadState::Done,
            Move::NoReplyNeeded => ThreadState::NoReplyNeeded,
            Move::NeedsReply => ThreadState::NeedsReply,
            Move::Spam => ThreadState::Spam,
            Move::Remove => ThreadState::Removed,
            Move::LaterToday | Move::Tomorrow | Move::NextWeek => ThreadState::Snoozed,
        };
        Word { state, until: self.until(local) }
    }

    /// When a snooze ends: mornings are nine o'clock of the person's own zone.
    pub fn until(self, local: &Local) -> Option<Timestamp> {
        let today = local.today();
        let tomorrow = today.tomorrow().unwrap_or(today);
        let day = match self {
            Move::LaterToday => return local.now.to_jiff().checked_add(3.hours()).ok().map(Timestamp::from),
            Move::Tomorrow => tomorrow,
            // Not tomorrow in other words.
            Move::NextWeek => tomorrow.nth_weekday(1, Weekday::Monday).unwrap_or(tomorrow),
            Move::Done | Move::NoReplyNeeded | Move::NeedsReply | Move::Spam | Move::Remove => return None,
        };
        day.to_datetime(MORNING).to_zoned(local.zone.clone()).ok().map(|morning| morning.timestamp().into())
    }
}

/// `2026-12-02T09:00` in the person's own zone, if it is yet to come.
fn snoozed_until(typed: &str, local: &Local) -> Option<Word> {
    let at = typed.trim().parse::<DateTime>().ok()?.to_zoned(local.zone.clone()).ok()?;
    let until = Some(Timestamp::from(at.timestamp())).filter(|until| *until > local.now)?;
    Some(Word { state: ThreadState::Snoozed, until: Some(until) })
}

/// As a browser's field for a day and a time takes it.
pub fn typed(at: Timestamp, local: &Local) -> String {
    at.to_jiff().to_zoned(local.zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// What this person did a moment ago and can take back.
#[derive(Clone, Debug)]
pub enum Receipt {
    Moved {
        id: InteractionId,
        word: LastWord,
    },
    /// Many threads at once, by the instant.
    Many {
        at: Timestamp,
        state: ThreadState,
        until: Option<Timestamp>,
        changed: i64,
        /// That were left as they were: there was nothing to move in them.
        spared: i64,
        /// In which something happened since it was asked for.
        passed_over: i64,
    },
    /// A job is at it, or has met its end.
    Underway(JobId, Underway),
    /// As many as were chosen: in none of them was anything to move.
    Nothing(i64),
    /// Of all that match, where there is none, or no more.
    NothingMatches,
    /// Nothing came of what was pressed.
    NotNow(NotNow),
    Told(Remark),
    Sent(Box<Reply>),
    Marked {
        act: marks::Act,
        assignee: Option<String>,
        /// The comment that is open.
        open: Option<InteractionId>,
        /// The job that is at it.
        underway: Option<(JobId, marks::matching::Underway)>,
    },
    /// So many threads are as they were before.
    TakenBack(i64),
}

/// What an address says was done before it was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    moved: Option<InteractionId>,
    /// When, and how many threads were chosen.
    many: Option<(Timestamp, i64)>,
    sent: Option<ReplyId>,
    marked: Option<ActId>,
    /// All that match, by the job that moves them, or takes back what was done.
    matching: Option<JobId>,
    /// So many threads were taken back at once.
    undone: Option<i64>,
    /// That nothing matches was all there was to say.
    matches_none: bool,
    not_now: Option<NotNow>,
    remark: Option<Remark>,
    open: Option<InteractionId>,
}

impl Done {
    /// As an address says it, where it goes on being told.
    pub fn parameters(self) -> Vec<(&'static str, String)> {
        let Self { sent, marked, matching, .. } = self;
        let sent = sent.map(|id| ("sent", id.to_string()));
        let matching = matching.map(|id| ("matching", id.to_string()));
        sent.into_iter().chain(marked.map(|id| ("marked", id.to_string()))).chain(matching).collect()
    }

    pub fn is_by_job(self) -> bool {
        self.matching.is_some()
    }

    /// Told on the page of a comment.
    pub fn on(self, id: InteractionId) -> Self {
        Self { open: Some(id), ..self }
    }

    /// Takes it out of the other parameters. What nobody can read says nothing.
    pub fn take(parameters: &mut Vec<(String, String)>) -> Self {
        let mut one = |name| take(parameters, name);
        let (at, chosen) = (one("many"), one("of"));
        Self {
            moved: one("moved").and_then(|id| id.parse().ok()),
            many: at.and_then(|at| Some((Timestamp::parse(&at).ok()?, chosen?.parse().ok()?))),
            sent: one("sent").and_then(|id| id.parse().ok()),
            marked: one("marked").and_then(|id| id.parse().ok()),
            matching: one("matching").and_then(|id| id.parse().ok()),
            undone: one("undone").and_then(|count| count.parse().ok()),
            matches_none: one("matches").is_some_and(|how_many| how_many == "none"),
            not_now: one("not_now").and_then(|why| why.parse().ok()),
            remark: one(Remark::NAME).and_then(|remark| remark.parse().ok()),
            open: None,
        }
    }
}

impl Receipt {
    /// `members` are those of the workspace, by whom a comment is seen to.
    pub fn read(
        conn: &mut Conn,
        (workspace, by, now): (WorkspaceId, UserId, Timestamp),
        done: Done,
        members: &[Member],
    ) -> db::Result<Option<Self>> {
        let Done { moved, many, sent, marked, matching, undone, matches_none, not_now, remark, open } = done;
        if matches_none {
            return Ok(Some(Self::NothingMatches));
        }
        if let Some(why) = not_now {
            return Ok(Some(Self::NotNow(why)));
        }
        if let Some(remark) = remark {
            return Ok(Some(Self::Told(remark)));
        }
        if let Some(id) = moved {
            let word = decisions::last_word(conn, workspace, id)?;
            let is_theirs =
                |word: &LastWord| word.decided_by == by && word.holds(now) && now.since(word.decided_at) < UNDO;
            return Ok(word.filter(is_theirs).map(|word| Self::Moved { id, word }));
        }
        if let Some((at, chosen)) = many.filter(|(at, _)| now.since(*at) < UNDO) {
            let spared = |changed: i64| (chosen - changed).max(0);
            return Ok(Some(Self::of_many(conn, (workspace, by), at, spared, 0)?.unwrap_or(Self::Nothing(chosen))));
        }
        if let Some(id) = matching {
            let whose = (workspace, by, now);
            return match marked {
                Some(act) => Self::of_marks(conn, whose, id, act),
                None => Self::of_matching(conn, whose, id),
            };
        }
        if let Some(count) = undone.filter(|count| *count > 0) {
            return Ok(Some(Self::TakenBack(count)));
        }
        if let Some(id) = marked {
            let Some(act) = marks::act(conn, workspace, by, id)? else { return Ok(None) };
            let named = members.iter().find(|one| Some(one.id) == act.assignee);
            let assignee = named.map(|one| if one.id == by { "you".to_owned() } else { one.name.clone() });
            let underway = marks::matching::underway(conn, &act, now)?;
            return Ok(Some(Self::Marked { act, assignee, open, underway }));
        }
        let Some(id) = sent else { return Ok(None) };
        Ok(replies::find(conn, workspace, id)?.filter(|reply| reply.author_id == by).map(Box::new).map(Self::Sent))
    }

    fn of_many(
        conn: &mut Conn,
        (workspace, by): (WorkspaceId, UserId),
        at: Timestamp,
        spared: impl Fn(i64) -> i64,
        passed_over: i64,
    ) -> db::Result<Option<Self>> {
        let said = decisions::said_at(conn, workspace, by, at)?;
        Ok(said.map(|(state, until, changed)| {
            let spared = spared(changed);
            Self::Many { at, state, until, changed, spared, passed_over }
        }))
    }

    fn of_matching(
        conn: &mut Conn,
        (workspace, by, now): (WorkspaceId, UserId, Timestamp),
        id: JobId,
    ) -> db::Result<Option<Self>> {
        match matching::underway(conn, (workspace, by, now), id)? {
            Some(Underway::Moved(outcome)) if now.since(outcome.at) < UNDO => {
                let (spared, passed_over) = (outcome.spared as i64, outcome.passed_over as i64);
                let many = Self::of_many(conn, (workspace, by), outcome.at, |_| spared, passed_over)?;
                Ok(Some(many.unwrap_or(Self::Nothing(spared + passed_over))))
            }
            Some(Underway::Failed { at }) if now.since(at) < UNDO => {
                let many = Self::of_many(conn, (workspace, by), at, |_| 0, 0)?;
                Ok(Some(many.unwrap_or(Self::Underway(id, Underway::Failed { at }))))
            }
            Some(Underway::Moved(_)) | None => Ok(None),
            Some(underway) => Ok(Some(Self::Underway(id, underway))),
        }
    }

    fn of_marks(
        conn: &mut Conn,
        whose: (WorkspaceId, UserId, Timestamp),
        id: JobId,
        act: ActId,
    ) -> db::Result<Option<Self>> {
        let back = marks::matching::taken_back(conn, whose, (id, act))?;
        Ok(back.map(|back| Self::Underway(id, Underway::Back(back))))
    }
}
