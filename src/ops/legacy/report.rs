//! What an import has read, written and left behind, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::parts::PARTS;
use super::schema::Schema;

#[derive(Clone, Default, PartialEq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// An earlier run was interrupted, and its counts are in these.
    pub resumed: bool,
    /// By what was read: `users`, `youtube_comments.response_text`.
    pub tallies: BTreeMap<String, Tally>,
    pub made: Made,
    pub absent_tables: BTreeSet<String>,
    pub absent_columns: BTreeSet<String>,
    /// The role that reads has no right to them.
    pub refused_columns: BTreeSet<String>,
    /// By table.
    pub unread_columns: BTreeMap<String, BTreeSet<String>>,
    pub unread_tables: BTreeSet<String>,
    /// Who was named as the owner, and became it.
    pub new_owner: Option<String>,
    /// Who was named as the owner, and has no open account.
    pub refused_owner: Option<String>,
    pub has_owner: bool,
}

/// Rows that are here now and were not before.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Made {
    pub people: i64,
    pub accounts: i64,
    pub content: i64,
    pub interactions: i64,
}

/// The counts of what was read from one place. What was read was written, was there already, or was skipped.
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
    /// What is missing there without which nothing of it can be brought over.
    pub left_out: Option<String>,
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
    /// In the order in which they are read.
    pub fn in_order(&self) -> impl Iterator<Item = (&'static str, &Tally)> {
        let mut names = PARTS.iter().map(|part| part.counted_as()).collect::<Vec<_>>();
        names.dedup();
        names.into_iter().filter_map(|name| Some((name, self.tallies.get(name)?)))
    }

    pub fn tally(&self, name: &str) -> &Tally {
        static NOTHING: Tally = Tally {
            present: 0,
            read: 0,
            written: 0,
            already: 0,
            skipped: BTreeMap::new(),
            noted: BTreeMap::new(),
            left_out: None,
        };
        self.tallies.get(name).unwrap_or(&NOTHING)
    }

    pub fn is_balanced(&self) -> bool {
        self.tallies.values().all(Tally::is_balanced)
    }

    /// Whether everything that was there when the run began was read: while it was interrupted, rows may have come.
    pub fn is_whole(&self) -> bool {
        self.tallies.values().all(|tally| tally.left_out.is_some() || tally.read >= tally.present)
    }

    pub(super) fn note_schema(&mut self, schema: &Schema) {
        let shape = schema.shape();
        self.absent_tables = shape.absent_tables;
        self.absent_columns = shape.absent_columns;
        self.refused_columns = shape.refused_columns;
        self.unread_columns = shape.unread_columns;
        self.unread_tables = shape.unread_tables;
        for part in PARTS {
            let tally = self.tallies.entry(part.counted_as().to_owned()).or_default();
            tally.present = schema.rows.get(part.counted_as()).copied().unwrap_or_default();
            tally.left_out = shape.left_out.get(part.counted_as()).cloned();
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, tally) in self.in_order() {
            write_tally(f, name, tally)?;
        }
        let Made { people, accounts, content, interactions } = self.made;
        writeln!(
            f,
            "Made here: people {people}, connected accounts {accounts}, videos and posts {content}, comments and replies {interactions}"
        )?;
        write_list(f, "Tables that are not there", &self.absent_tables)?;
        write_list(f, "Columns that are not there", &self.absent_columns)?;
        write_list(f, "Columns that may not be read", &self.refused_columns)?;
        for (table, columns) in &self.unread_columns {
            write_list(f, &format!("Columns of {table} that are not brought over"), columns)?;
        }
        write_list(f, "Tables that are not brought over", &self.unread_tables)?;
        self.write_owner(f)?;
        if self.resumed {
            writeln!(f, "An earlier run had been interrupted: its counts are in these.")?;
        }
        if !self.is_whole() {
            writeln!(f, "Rows have come since that run began: run it again.")?;
        }
        match self.is_balanced() {
            true => writeln!(f, "Everything that was read is accounted for."),
            false => writeln!(f, "The counts do not add up: please report this as a bug."),
        }
    }
}

impl Report {
    fn write_owner(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(email) = &self.new_owner {
            writeln!(f, "{email} is an owner of this installation, as you said.")?;
        }
        if let Some(email) = &self.refused_owner {
            writeln!(f, "{email} has no open account here, and was not made the owner.")?;
        }
        if !self.has_owner {
            writeln!(f, "Nobody is the owner of this installation: name one with --owner EMAIL.")?;
        }
        Ok(())
    }
}

fn write_tally(f: &mut fmt::Formatter<'_>, name: &str, tally: &Tally) -> fmt::Result {
    if let Some(why) = &tally.left_out {
        return writeln!(f, "{name}: left out, {why}");
    }
    let Tally { present, read, written, already, .. } = tally;
    let skipped = tally.skipped_in_all();
    writeln!(f, "{name}: {present} there, {read} read: {written} written, {already} here already, {skipped} skipped")?;
    for (reason, some) in &tally.skipped {
        writeln!(f, "  skipped {}: {reason} (id {}{})", some.count, some.first.join(", "), more(some))?;
    }
    for (what, some) in &tally.noted {
        writeln!(f, "  {}: {what} (id {}{})", some.count, some.first.join(", "), more(some))?;
    }
    Ok(())
}

fn write_list(f: &mut fmt::Formatter<'_>, what: &str, names: &BTreeSet<String>) -> fmt::Result {
    if names.is_empty() {
        return Ok(());
    }
    writeln!(f, "{what}: {}", names.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
}

fn more(some: &Rows) -> &'static str {
    if usize::try_from(some.count).is_ok_and(|count| count > some.first.len()) { ", …" } else { "" }
}
