//! Independent questions of one read, sent together: one round trip for all of them on PostgreSQL.

use super::driver::Driver;
use super::{Conn, Dialect, Error, Result, Val};

/// Questions that were asked ahead, in this unit.
#[derive(Default)]
pub(super) struct Ahead {
    state: State,
    unsent: Vec<(String, Vec<Val<'static>>)>,
    /// By place; taken by whoever asked.
    answers: Vec<Option<Vec<tokio_postgres::Row>>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Answering,
    /// The next question is noted, not asked.
    Noting,
    /// The next question is the one that stands in this place.
    At(usize),
}

/// What [`Conn::later`] has asked.
pub struct Later<F> {
    ask: F,
    place: Option<usize>,
}

impl Conn {
    /// Notes the first statement of `ask` and goes on; [`Later::get`] sends it together with all others that were noted until
    /// then. What that statement asks must not hang on an answer: `ask` is run once for the question, and again for the
    /// answer. Further statements of `ask` are sent one after the other.
    pub fn later<T, E, F>(&mut self, mut ask: F) -> Later<F>
    where
        F: FnMut(&mut Conn) -> Result<T, E>,
        E: From<Error>,
    {
        if self.dialect() == Dialect::Sqlite {
            // Nothing travels there.
            return Later { ask, place: None };
        }
        let place = self.ahead.answers.len() + self.ahead.unsent.len();
        self.ahead.state = State::Noting;
        let _ = ask(self);
        let is_noted = self.ahead.state == State::Answering;
        self.ahead.state = State::Answering;
        Later { ask, place: is_noted.then_some(place) }
    }

    fn send(&mut self) -> Result<()> {
        let Driver::Postgres(session) = &mut self.driver else { return Ok(()) };
        let unsent = std::mem::take(&mut self.ahead.unsent);
        if unsent.is_empty() {
            return Ok(());
        }
        let answers = session.query_each(&unsent);
        let answers = self.note(answers)?;
        self.ahead.answers.extend(answers.into_iter().map(Some));
        Ok(())
    }
}

impl<F> Later<F> {
    pub fn get<T, E>(mut self, conn: &mut Conn) -> Result<T, E>
    where
        F: FnMut(&mut Conn) -> Result<T, E>,
        E: From<Error>,
    {
        conn.send()?;
        if let Some(place) = self.place {
            conn.ahead.state = State::At(place);
        }
        let answer = (self.ask)(conn);
        conn.ahead.state = State::Answering;
        answer
    }
}

/// What became of a question.
pub(super) enum Asked {
    Answered(Vec<tokio_postgres::Row>),
    Noted,
    /// To be asked now.
    Not,
}

impl Ahead {
    pub fn take(&mut self, sql: &str, args: &[Val<'_>]) -> Asked {
        match std::mem::take(&mut self.state) {
            State::Answering => Asked::Not,
            State::Noting => {
                self.unsent.push((sql.to_owned(), args.iter().map(Val::to_owned).collect()));
                Asked::Noted
            }
            State::At(place) => match self.answers.get_mut(place).and_then(Option::take) {
                Some(rows) => Asked::Answered(rows),
                None => Asked::Not,
            },
        }
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
