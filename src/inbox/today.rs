//! What the workspace got done today: told where nothing is left to do.

use std::collections::BTreeMap;
use std::time::Duration;

use kit::db::{self, Conn};

use super::decisions;
use super::listing::Reader;
use crate::replies::answers::{self, Waits};
use crate::workspaces::{self, UserId};

/// The last so many answers of the day say how long people waited, and no fewer than these.
const WAITS: i64 = 1_000;
const FEWEST_WAITS: usize = 3;

#[derive(Clone, Debug, PartialEq)]
pub struct Today {
    /// Whoever got something done, the busiest first.
    pub people: Vec<Person>,
    pub waits: Waits,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub id: UserId,
    pub name: Option<String>,
    pub answered: i64,
    /// Threads that were moved out of the way.
    pub cleared: i64,
}

impl Today {
    /// From midnight of the reader's own zone on.
    pub fn read(conn: &mut Conn, reader: Reader<'_>) -> db::Result<Self> {
        let today = reader.now.to_jiff().to_zoned(reader.zone.clone()).start_of_day();
        let since = today.map_or(reader.now, |midnight| midnight.timestamp().into());
        let mut people: BTreeMap<UserId, Person> = BTreeMap::new();
        let person = |id, name| Person { id, name, answered: 0, cleared: 0 };
        for (id, name, count) in answers::first_by_people(conn, reader.workspace, since)? {
            people.entry(id).or_insert_with(|| person(id, name)).answered = count;
        }
        for (id, name, count) in decisions::cleared_since(conn, reader.workspace, since)? {
            people.entry(id).or_insert_with(|| person(id, name)).cleared = count;
        }
        let mut people = people.into_values().collect::<Vec<_>>();
        people.sort_by_key(|person| -(person.answered + person.cleared));
        let waits = answers::first_since(conn, reader.workspace, since, WAITS)?;
        let waits = Waits::of(&waits, &workspaces::business_hours(conn, reader.workspace)?);
        Ok(Self { people, waits })
    }

    /// Half of those who were answered waited no longer; nothing is told of a few.
    pub fn median_wait(&self) -> Option<Duration> {
        self.waits.within(50).filter(|_| self.waits.count() >= FEWEST_WAITS)
    }
}
