//! Reading the former database: one snapshot, part by part, in an order in which a run can be taken up.

use std::collections::BTreeMap;

use kit::db::Conn;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc::Sender;

use super::parts::{PARTS, Part};
use super::schema::Schema;
use super::{Error, Key, Position, Wanted, store};

pub enum Message {
    /// First of all, and once.
    Schema {
        schema: Schema,
        has_owner: bool,
    },
    Rows {
        part: Part,
        rows: Vec<Row>,
        after: Key,
    },
}

/// A row as it was read, or why nobody can read it.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub fields: Result<Value, String>,
}

/// Tells everything after `position` to whoever writes it; ends early when nobody listens any more.
pub fn everything(
    conn: &mut Conn,
    to: &Sender<Message>,
    wanted: &Wanted,
    position: Option<&Position>,
) -> Result<(), Error> {
    let schema = look(conn)?;
    let has_owner = match &wanted.owner {
        Some(email) => store::has_user(conn, email).map_err(Error::Source)?,
        None => false,
    };
    if to.blocking_send(Message::Schema { schema: schema.clone(), has_owner }).is_err() {
        return Ok(());
    }
    for part in PARTS {
        let after = match position {
            Some(position) if part < position.part => continue,
            Some(position) if part == position.part => position.after.as_ref(),
            _ => None,
        };
        if schema.why_left_out(part).is_none() && !read_part(conn, to, &schema, part, after, wanted.batch)? {
            return Ok(());
        }
    }
    Ok(())
}

fn look(conn: &mut Conn) -> Result<Schema, Error> {
    store::wait_patiently(conn).map_err(Error::Source)?;
    let is_sql_ascii = store::is_sql_ascii(conn).map_err(Error::Source)?;
    let mut schema = Schema::new(store::columns(conn).map_err(Error::Source)?, is_sql_ascii);
    if let Some(why) = schema.stranger() {
        return Err(Error::NotLegacy(why));
    }
    let mut rows = BTreeMap::new();
    for part in PARTS.into_iter().filter(|part| schema.why_left_out(*part).is_none()) {
        rows.insert(part.counted_as(), store::count(conn, part).map_err(Error::Source)?);
    }
    schema.rows = rows;
    Ok(schema)
}

/// Whether somebody still listens.
fn read_part(
    conn: &mut Conn,
    to: &Sender<Message>,
    schema: &Schema,
    part: Part,
    after: Option<&Key>,
    batch: usize,
) -> Result<bool, Error> {
    let cursor = store::open_cursor(conn, schema, part, after).map_err(Error::Source)?;
    loop {
        let rows = store::fetch(conn, &cursor, batch).map_err(Error::Source)?;
        let rows = rows.iter().map(|row| understand(row)).collect::<Result<Vec<_>, _>>()?;
        let Some((_, after)) = rows.last().cloned() else { return Ok(true) };
        let rows = rows.into_iter().map(|(row, _)| row).collect();
        if to.blocking_send(Message::Rows { part, rows, after }).is_err() {
            return Ok(false);
        }
    }
}

fn understand(bytes: &[u8]) -> Result<(Row, Key), Error> {
    #[derive(Deserialize)]
    struct Frame {
        id: Option<String>,
        grouped_by: Option<String>,
        unusable: Option<String>,
        fields: Value,
    }
    let text = String::from_utf8_lossy(bytes);
    let frame: Frame = serde_json::from_str(&text)?;
    let id = frame.id.unwrap_or_default();
    let key = Key { group: frame.grouped_by, id: id.clone() };
    let fields = if matches!(text, std::borrow::Cow::Owned(_)) {
        Err("text that is no UTF-8".to_owned())
    } else if let Some(columns) = frame.unusable.filter(|columns| !columns.is_empty()) {
        Err(format!("a time outside the years 1970 to 9999 in {columns}"))
    } else {
        Ok(frame.fields)
    };
    Ok((Row { id, fields }, key))
}
