//! What an import has read, written and left behind, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Part;
use super::read::Shape;

#[derive(Clone, Default, PartialEq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// An earlier run was interrupted, and its counts are in these.
    pub resumed: bool,
    pub users: Tally,
    pub connections: Tally,
    pub interactions: Tally,
    /// Of the former database; none of them is read.
    pub other_tables: BTreeSet<String>,
    /// Who became the installation's owner, because nobody was.
    pub new_owner: Option<String>,
}

/// The counts of one table. What was read was written, was there already, or was skipped.
#[derive(Clone, Default, PartialEq, Debug, Serialize, Deserialize)]
pub struct Tally {
    /// In the former database, when this run began.
    pub present: i64,
    pub read: i64,
    pub written: i64,
    pub already: i64,
    pub skipped: BTreeMap<String, Rows>,
    /// What was written otherwise than it was read.
    pub noted: BTreeMap<String, Rows>,
    pub absent_columns: BTreeSet<String>,
    pub unread_columns: BTreeSet<String>,
    pub is_absent: bool,
}

/// So many rows, and which the first of them are.
#[derive(Clone, Default, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rows {
    pub count: i64,
    pub first: Vec<String>,
}

const EXAMPLES: usize = 5;

impl Rows {
    fn add(&mut self, id: &str) {
        self.count += 1;
        if self.first.len() < EXAMPLES {
            self.first.push(id.to_owned());
        }
    }
}

impl Tally {
    pub fn skip(&mut self, reason: &str, id: &str) {
        self.skipped.entry(reason.to_owned()).or_default().add(id);
    }

    pub fn note(&mut self, what: &str, id: &str) {
        self.noted.entry(what.to_owned()).or_default().add(id);
    }

    pub fn skipped_in_all(&self) -> i64 {
        self.skipped.values().map(|some| some.count).sum()
    }

    /// Whether every row that was read is accounted for.
    pub fn is_balanced(&self) -> bool {
        self.read == self.written + self.already + self.skipped_in_all()
    }
}

impl Report {
    pub fn tables(&self) -> [(&'static str, &Tally); 3] {
        [("users", &self.users), ("platform_connections", &self.connections), ("interactions", &self.interactions)]
    }

    pub fn is_balanced(&self) -> bool {
        self.tables().iter().all(|(_, tally)| tally.is_balanced())
    }

    pub(super) fn note_shape(&mut self, part: Part, shape: Shape) {
        let tally = match part {
            Part::OpenUsers | Part::ClosedUsers => &mut self.users,
            Part::Connections => &mut self.connections,
            Part::Interactions => &mut self.interactions,
        };
        tally.present = shape.rows;
        tally.is_absent = shape.is_absent;
        tally.absent_columns = shape.absent;
        tally.unread_columns = shape.unread;
        self.other_tables = shape.other_tables;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (table, tally) in self.tables() {
            write_table(f, table, tally)?;
        }
        if !self.other_tables.is_empty() {
            writeln!(f, "Tables that are not brought over: {}", list(&self.other_tables))?;
        }
        if let Some(email) = &self.new_owner {
            writeln!(f, "{email} is now the owner of this installation, because nobody was.")?;
        }
        if self.resumed {
            writeln!(f, "An earlier run had been interrupted: its counts are in these.")?;
        }
        match self.is_balanced() {
            true => writeln!(f, "Everything that was read is accounted for."),
            false => writeln!(f, "The counts do not add up: please report this as a bug."),
        }
    }
}

fn write_table(f: &mut fmt::Formatter<'_>, table: &str, tally: &Tally) -> fmt::Result {
    if tally.is_absent {
        return writeln!(f, "{table}: the former database has no such table");
    }
    let Tally { present, read, written, already, .. } = tally;
    let skipped = tally.skipped_in_all();
    writeln!(f, "{table}: {present} there, {read} read: {written} written, {already} here already, {skipped} skipped")?;
    for (reason, some) in &tally.skipped {
        writeln!(f, "  skipped {}: {reason} (id {}{})", some.count, some.first.join(", "), more(some))?;
    }
    for (what, some) in &tally.noted {
        writeln!(f, "  {}: {what} (id {}{})", some.count, some.first.join(", "), more(some))?;
    }
    if !tally.absent_columns.is_empty() {
        writeln!(f, "  columns that are not there: {}", list(&tally.absent_columns))?;
    }
    if !tally.unread_columns.is_empty() {
        writeln!(f, "  columns that are not brought over: {}", list(&tally.unread_columns))?;
    }
    Ok(())
}

fn more(some: &Rows) -> &'static str {
    if usize::try_from(some.count).is_ok_and(|count| count > some.first.len()) { ", …" } else { "" }
}

fn list(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
