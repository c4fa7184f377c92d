//! The statements of lists that are searched.

use kit::db::{Conn, Dialect, Result, Val};

use super::super::marked::{self, Marked};
use super::super::store::{Entry, Query, bounds};
use super::super::{Cursor, Filter, Order, Reader};
use crate::inbox::search::{self, Sign, query_for_postgres, query_for_sqlite};

/// A filter with what is looked for in the index, in the database's own language.
#[derive(Clone)]
pub struct Search<'a> {
    dialect: Dialect,
    reader: Reader<'a>,
    pub filter: &'a Filter,
    words: String,
    /// Places of SQLite's index between which it is read.
    places: (i64, i64),
    /// A mark that few threads bear, and the others that are asked for.
    few: Option<Marked>,
    marks: Vec<Marked>,
}

/// Where something is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// In so many rows of the list.
    First(usize),
    /// In all of it, row by row.
    All,
    /// In what the index finds.
    Found,
}

impl<'a> Search<'a> {
    pub fn new(conn: &mut Conn, reader: Reader<'a>, filter: &'a Filter) -> Result<Self> {
        let dialect = conn.dialect();
        let mut marks = marked::asked(filter, reader);
        let few = marked::first_few(conn, reader, &marks)?.map(|index| marks.remove(index));
        let sign = Sign::of(reader.workspace);
        let (query, traits) = (filter.q.as_ref(), filter.traits());
        let words = match dialect {
            Dialect::Sqlite => {
                let beginnings = search::store::beginnings(conn, query, &sign)?;
                query_for_sqlite(query, &traits, &sign, &beginnings)
            }
            Dialect::Postgres => query_for_postgres(query, &traits, &sign),
        };
        let (since, before) = bounds(reader, filter);
        let first = since.map_or(i64::MIN, |since| search::store::places_of(since).0);
        let last = before.map_or(i64::MAX, |before| search::store::places_of(before).1);
        Ok(Self { dialect, reader, filter, words, places: (first, last), few, marks })
    }

    pub fn in_places(&self, places: (i64, i64)) -> Self {
        Self { places, ..self.clone() }
    }

    fn words(&self) -> Val<'_> {
        Val::Text(self.words.as_str().into())
    }

    fn begin(&self, sql: String) -> Query<'_> {
        Query { sql, ..Query::new(self.reader) }
    }

    /// One person's, about one post, or in few threads: these have an index of their own.
    pub fn is_of_few(&self) -> bool {
        self.filter.author.is_some() || self.filter.content.is_some() || self.few.is_some()
    }

    /// Whether the document `d` says it.
    fn is_said(&self, place: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => format!(
                "EXISTS (SELECT 1 FROM search_words WHERE search_words MATCH {place} AND search_words.rowid = d.place)"
            ),
            Dialect::Postgres => format!("d.words @@ CAST(CAST({place} AS TEXT) AS TSQUERY)"),
        }
    }

    /// The first rows of the list, whatever they say.
    fn window(&self, columns: &str, rows: usize, after: Option<Cursor>) -> Query<'_> {
        window(self.reader, self.filter, (columns, rows), after)
    }
}

/// The first rows of the list in its order, whatever else its filter says of them.
pub fn window<'a>(
    reader: Reader<'_>,
    filter: &'a Filter,
    (columns, rows): (&str, usize),
    after: Option<Cursor>,
) -> Query<'a> {
    let mut window = Query::new(reader);
    window.sql = format!("SELECT {columns} FROM interactions i WHERE i.workspace_id = $1");
    if filter.state.is_some() {
        window.state(filter);
    }
    window.days(reader, filter);
    window.page(filter.order, after, rows);
    window
}

/// SQLite's words first: a CROSS JOIN is read in the order in which it is written.
const FROM_WORDS: &str = "search_words s CROSS JOIN search_documents d ON d.place = s.rowid
    CROSS JOIN interactions i ON i.id = d.interaction_id";

/// Row by row in the list's order, each looked at; or all that say it, put into that order.
pub fn list<'a, E: Entry>(search: &'a Search<'_>, within: Within, after: Option<Cursor>, limit: usize) -> Query<'a> {
    // What comes before the window was left out of it.
    let (window_after, after) = if let Within::First(_) = within { (after, None) } else { (None, after) };
    let mut query = said(search, (E::SELECT, E::JOINED), within, window_after);
    query.page(search.filter.order, after, limit);
    query
}

/// How many there are, counted so far and no further.
pub fn counted<'a>(search: &'a Search<'_>, within: Within, after: Option<Cursor>, limit: usize) -> Query<'a> {
    let mut query = match (within, search.dialect) {
        (Within::Found, Dialect::Sqlite) if search.filter.order != Order::Priority => {
            in_order_of_places(search, ("SELECT 1", ""), after, None)
        }
        (Within::First(_), _) => said(search, ("SELECT 1", ""), within, after),
        _ => {
            let mut query = said(search, ("SELECT 1", ""), within, None);
            query.after(search.filter.order, after);
            query
        }
    };
    query.sql = format!("SELECT count(*) FROM ({} LIMIT {limit}) counted", query.sql);
    query
}

fn said<'a>(
    search: &'a Search<'_>,
    (columns, joined): (&str, &str),
    within: Within,
    after: Option<Cursor>,
) -> Query<'a> {
    let mut query = match within {
        Within::First(rows) => search.window("*", rows, after),
        Within::All | Within::Found => search.begin(String::new()),
    };
    let joins = format!("{joined} WHERE i.workspace_id = $1");
    query.sql = match (within, search.dialect) {
        (Within::First(_), _) => {
            let (document, is_said) = row_by_row(search, &mut query);
            format!("{columns} FROM ({}) i {document} {joins}{is_said}", query.sql)
        }
        (Within::All, _) => {
            let (document, is_said) = row_by_row(search, &mut query);
            match &search.few {
                Some(mark) => {
                    query.args.extend(mark.values());
                    let from = marked::joined(mark, &format!("{document} {joined}"), query.args.len());
                    format!("{columns} {from}{is_said}")
                }
                None => format!("{columns} FROM interactions i {document} {joins}{is_said}"),
            }
        }
        (Within::Found, Dialect::Sqlite) => {
            let words = query.place_of(search.words());
            format!("{columns} FROM {FROM_WORDS} {joins} AND s.search_words MATCH {words}")
        }
        (Within::Found, Dialect::Postgres) => {
            let words = query.place_of(search.words());
            let is_said = search.is_said(&words);
            format!(
                "WITH found AS MATERIALIZED (SELECT d.interaction_id FROM search_documents d WHERE {is_said})
                 {columns} FROM found JOIN interactions i ON i.id = found.interaction_id {joins}"
            )
        }
    };
    query.conditions(search.reader, search.filter, &search.marks);
    query
}

/// How a row tells by itself whether it is meant. What the index knows of traits, the filter's own conditions say too.
fn row_by_row<'a>(search: &'a Search<'_>, query: &mut Query<'a>) -> (&'static str, String) {
    if search.filter.q.is_none() {
        return ("", String::new());
    }
    let words = query.place_of(search.words());
    ("JOIN search_documents d ON d.interaction_id = i.id", format!(" AND {}", search.is_said(&words)))
}

/// Whether the list's first rows are all that there are of it.
pub fn is_all(conn: &mut Conn, search: &Search<'_>, rows: usize, after: Option<Cursor>) -> Result<bool> {
    let mut query = search.window("i.id", rows, after);
    query.sql = format!("SELECT count(*) FROM ({}) windowed", query.sql);
    Ok(count(conn, &query)? < rows)
}

/// How many of the list's first rows say it, whatever else is asked of them.
pub fn hits<'a>(search: &'a Search<'_>, rows: usize, after: Option<Cursor>) -> Query<'a> {
    let columns = if search.filter.q.is_some() { "i.id" } else { "*" };
    let mut query = search.window(columns, rows, after);
    if search.filter.q.is_none() {
        query.sql = format!("SELECT count(*) FROM ({}) i WHERE TRUE", query.sql);
        query.traits(search.filter);
        return query;
    }
    let words = query.place_of(search.words());
    query.sql = format!(
        "SELECT count(*) FROM ({}) i JOIN search_documents d ON d.interaction_id = i.id WHERE {}",
        query.sql,
        search.is_said(&words)
    );
    query
}

/// In the order of SQLite's index, which is that of time by the second.
pub fn in_order_of_places<'a>(
    search: &'a Search<'_>,
    (columns, joined): (&str, &str),
    after: Option<Cursor>,
    limit: Option<usize>,
) -> Query<'a> {
    let (is_newest_first, (mut first, mut last)) = (search.filter.order == Order::Newest, search.places);
    if let Some((oldest, newest)) = after.map(|after| search::store::places_of(after.created_at)) {
        if is_newest_first { last = last.min(newest) } else { first = first.max(oldest) }
    }
    let mut query = search.begin(String::new());
    let words = query.place_of(search.words());
    let (first, last) = (query.place_of(Val::Int(first)), query.place_of(Val::Int(last)));
    query.sql = format!(
        "{columns} FROM {FROM_WORDS} {joined} WHERE i.workspace_id = $1
            AND s.search_words MATCH {words} AND s.rowid BETWEEN {first} AND {last}"
    );
    query.conditions(search.reader, search.filter, &search.marks);
    query.after(search.filter.order, after);
    query.sql.push_str(if is_newest_first { " ORDER BY s.rowid DESC" } else { " ORDER BY s.rowid" });
    if let Some(limit) = limit {
        let limit = query.place_of(Val::Int(i64::try_from(limit).unwrap_or(i64::MAX)));
        query.sql.push_str(&format!(" LIMIT {limit}"));
    }
    query
}

pub fn rows<E: Entry>(conn: &mut Conn, query: &Query<'_>) -> Result<Vec<E>> {
    conn.all(&query.sql, &query.args)
}

pub fn count(conn: &mut Conn, query: &Query<'_>) -> Result<usize> {
    Ok(usize::try_from(conn.one::<i64>(&query.sql, &query.args)?).unwrap_or(0))
}

/// How the database goes about a statement, where it has any way but to read a table whole.
#[cfg(test)]
pub fn plan(conn: &mut Conn, query: &Query<'_>) -> Result<String> {
    let lines = match conn.dialect() {
        Dialect::Sqlite => {
            let rows =
                conn.all::<(i64, i64, i64, String)>(&format!("EXPLAIN QUERY PLAN {}", query.sql), &query.args)?;
            rows.into_iter().map(|row| row.3).collect::<Vec<_>>()
        }
        Dialect::Postgres => {
            conn.all::<String>("SELECT set_config('enable_seqscan', 'off', true)", &[])?;
            conn.all::<String>(&format!("EXPLAIN {}", query.sql), &query.args)?
        }
    };
    Ok(lines.join("\n"))
}
