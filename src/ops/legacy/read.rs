//! Reading the former database: one snapshot, part by part, in an order in which a run can be taken up.

use std::collections::BTreeSet;

use kit::db::Conn;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::Sender;

use super::record::{Connection, Interaction, User};
use super::{Error, Key, Position, store};

/// What is read one after the other: each needs what the former ones have written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// First those whose accounts are open: of two spellings of one address theirs counts.
    OpenUsers,
    ClosedUsers,
    Connections,
    Interactions,
}

pub enum Message {
    Shape(Part, Shape),
    Rows { part: Part, rows: Vec<String>, after: Key },
}

/// What a table looks like there.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    pub rows: i64,
    pub is_absent: bool,
    pub absent: BTreeSet<String>,
    pub unread: BTreeSet<String>,
    pub other_tables: BTreeSet<String>,
}

const PARTS: [Part; 4] = [Part::OpenUsers, Part::ClosedUsers, Part::Connections, Part::Interactions];
const TABLES: [&str; 3] = ["users", "platform_connections", "interactions"];
const BATCH: usize = 500;

impl Part {
    pub const fn table(self) -> &'static str {
        match self {
            Part::OpenUsers | Part::ClosedUsers => TABLES[0],
            Part::Connections => TABLES[1],
            Part::Interactions => TABLES[2],
        }
    }

    const fn columns(self) -> &'static [&'static str] {
        match self {
            Part::OpenUsers | Part::ClosedUsers => User::COLUMNS,
            Part::Connections => Connection::COLUMNS,
            Part::Interactions => Interaction::COLUMNS,
        }
    }

    /// Without these the table says nothing.
    const fn needed(self) -> &'static [&'static str] {
        match self {
            Part::OpenUsers | Part::ClosedUsers => &["id", "email"],
            Part::Connections | Part::Interactions => &["id", "user_id", "platform"],
        }
    }
}

/// Tells everything after `position` to whoever writes it; ends early when nobody listens any more.
pub fn everything(conn: &mut Conn, to: &Sender<Message>, position: Option<&Position>) -> Result<(), Error> {
    store::wait_patiently(conn).map_err(Error::Source)?;
    let tables = store::tables(conn).map_err(Error::Source)?;
    for part in PARTS {
        let columns = store::columns(conn, part.table()).map_err(Error::Source)?;
        check(part, &columns)?;
        let shape = shape(conn, part, &columns, &tables)?;
        let is_absent = shape.is_absent;
        if to.blocking_send(Message::Shape(part, shape)).is_err() {
            return Ok(());
        }
        let after = match position {
            Some(position) if part < position.part => continue,
            Some(position) if part == position.part => position.after.as_ref(),
            _ => None,
        };
        if !is_absent && !read_part(conn, to, part, &columns, after)? {
            return Ok(());
        }
    }
    Ok(())
}

fn check(part: Part, columns: &[store::LegacyColumn]) -> Result<(), Error> {
    let has = |name: &str| columns.iter().any(|column| column.name == name);
    if part.table() == "users" && has("email_key") {
        return Err(Error::NotLegacy("it is Repruv's own".to_owned()));
    }
    if columns.is_empty() && part.table() != "users" {
        return Ok(());
    }
    match part.needed().iter().find(|name| !has(name)) {
        Some(missing) => Err(Error::NotLegacy(format!("{} has no column {missing}", part.table()))),
        None => Ok(()),
    }
}

fn shape(conn: &mut Conn, part: Part, columns: &[store::LegacyColumn], tables: &[String]) -> Result<Shape, Error> {
    let is_absent = columns.is_empty();
    let there = columns.iter().map(|column| column.name.clone()).collect::<BTreeSet<_>>();
    let known = part.columns().iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    Ok(Shape {
        rows: if is_absent { 0 } else { store::count(conn, part.table()).map_err(Error::Source)? },
        is_absent,
        absent: known.difference(&there).cloned().collect(),
        unread: there.difference(&known).cloned().collect(),
        other_tables: tables.iter().filter(|name| !TABLES.contains(&name.as_str())).cloned().collect(),
    })
}

/// Whether somebody still listens.
fn read_part(
    conn: &mut Conn,
    to: &Sender<Message>,
    part: Part,
    columns: &[store::LegacyColumn],
    after: Option<&Key>,
) -> Result<bool, Error> {
    let cursor = store::open_cursor(conn, part, part.columns(), columns, after).map_err(Error::Source)?;
    loop {
        let rows = store::fetch(conn, &cursor, BATCH).map_err(Error::Source)?;
        let Some(last) = rows.last() else { return Ok(true) };
        let after = key(last)?;
        if to.blocking_send(Message::Rows { part, rows, after }).is_err() {
            return Ok(false);
        }
    }
}

fn key(row: &str) -> Result<Key, Error> {
    #[derive(Deserialize)]
    struct Ids {
        id: Option<String>,
        #[serde(default)]
        user_id: Option<String>,
    }
    let ids: Ids = serde_json::from_str(row)?;
    Ok(Key { user: ids.user_id, id: ids.id.unwrap_or_default() })
}
