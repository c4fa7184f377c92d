//! Lists of what is searched for, and of what has traits that the index knows, in the order of any list.
//!
//! SQLite's index of words is read from its newest end, so that a word in every other comment is as quick as a rare one. What
//! PostgreSQL finds has no order: of a word that is common the list is walked, and each row looked at; only of a rare one is
//! everything found and sorted. Which it is, the first rows tell.

mod store;

use kit::db::{Conn, Dialect, Result};

#[cfg(test)]
use super::store::Interaction;
use super::store::{Entry, looked_through};
use super::{Cursor, Filter, Order, Reader};
use crate::inbox::search;
pub(super) use store::window;
use store::{Search, Within};

/// Rows of a list that are looked at before it is known how common the words are, and after.
const FIRST_LOOK: usize = 300;
const SECOND_LOOK: usize = 20_000;
/// Hits of the first look from which on it is cheaper to go on looking than to sort all that is found.
const COMMON: usize = 6;

/// Whether the index knows something of what is asked.
pub fn is_asked_for(filter: &Filter) -> bool {
    let of_one = filter.author.is_some() || filter.content.is_some();
    filter.q.is_some() || !(of_one || filter.traits().is_none())
}

pub fn list<E: Entry>(
    conn: &mut Conn,
    reader: Reader<'_>,
    filter: &Filter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<E>> {
    let search = Search::new(conn, reader, filter)?;
    if search.is_of_few() {
        return store::rows(conn, &store::list::<E>(&search, Within::All, after, limit));
    }
    let is_by_time = conn.dialect() == Dialect::Sqlite && filter.order != Order::Priority;
    if is_by_time && filter.q.is_some() {
        return by_time(conn, &search, after, limit);
    }
    let first = store::rows(conn, &store::list::<E>(&search, Within::First(FIRST_LOOK), after, limit))?;
    if first.len() >= limit || store::is_all(conn, &search, FIRST_LOOK, after)? {
        return Ok(first);
    }
    if filter.q.is_none() && !search::jobs::is_complete(conn)? {
        return looked_through(conn, reader, filter, after, limit);
    }
    if is_by_time && filter.state.is_none() {
        return by_time(conn, &search, after, limit);
    }
    if is_common(conn, &search, after)? {
        let second = store::rows(conn, &store::list::<E>(&search, Within::First(SECOND_LOOK), after, limit))?;
        if second.len() >= limit || store::is_all(conn, &search, SECOND_LOOK, after)? {
            return Ok(second);
        }
    }
    if is_by_time {
        return by_time(conn, &search, after, limit);
    }
    store::rows(conn, &store::list::<E>(&search, Within::Found, after, limit))
}

/// How many there are behind a row, or in all, counted up to `most`.
pub fn count(
    conn: &mut Conn,
    reader: Reader<'_>,
    filter: &Filter,
    after: Option<Cursor>,
    most: usize,
) -> Result<usize> {
    let search = Search::new(conn, reader, filter)?;
    if search.is_of_few() {
        return store::count(conn, &store::counted(&search, Within::All, after, most));
    }
    if conn.dialect() == Dialect::Postgres && is_common(conn, &search, after)? {
        let seen = store::count(conn, &store::counted(&search, Within::First(SECOND_LOOK), after, most))?;
        if seen >= most {
            return Ok(seen);
        }
    }
    store::count(conn, &store::counted(&search, Within::Found, after, most))
}

fn is_common(conn: &mut Conn, search: &Search<'_>, after: Option<Cursor>) -> Result<bool> {
    Ok(store::count(conn, &store::hits(search, FIRST_LOOK, after))? >= COMMON)
}

/// Places grow by the second; inside of the last one that is listed the rows are put in order, all of them. One row more tells
/// whether they are here.
fn by_time<E: Entry>(conn: &mut Conn, search: &Search<'_>, after: Option<Cursor>, limit: usize) -> Result<Vec<E>> {
    let columns = (E::SELECT, E::JOINED);
    let mut rows: Vec<E> = store::rows(conn, &store::in_order_of_places(search, columns, after, Some(limit + 1)))?;
    let second_of = |row: &E| search::store::places_of(row.cursor().created_at);
    if let (Some(last), Some(next)) = (limit.checked_sub(1).and_then(|last| rows.get(last)), rows.get(limit))
        && second_of(last) == second_of(next)
    {
        let second = second_of(last);
        rows.retain(|row| second_of(row) != second);
        let search = search.in_places(second);
        rows.extend(store::rows::<E>(conn, &store::in_order_of_places(&search, columns, after, None))?);
    }
    rows.sort_unstable_by_key(|row| (row.cursor().created_at, row.cursor().id));
    if search.filter.order == Order::Newest {
        rows.reverse();
    }
    rows.truncate(limit);
    Ok(rows)
}

/// By the index alone, however few rows there are.
#[cfg(test)]
pub fn by_index(conn: &mut Conn, reader: Reader<'_>, filter: &Filter, limit: usize) -> Result<Vec<Interaction>> {
    let search = Search::new(conn, reader, filter)?;
    if conn.dialect() == Dialect::Sqlite && filter.order != Order::Priority {
        return by_time(conn, &search, None, limit);
    }
    store::rows(conn, &store::list::<Interaction>(&search, Within::Found, None, limit))
}

/// How the database goes about each statement of such a list.
#[cfg(test)]
pub fn plans(conn: &mut Conn, reader: Reader<'_>, filter: &Filter) -> Result<Vec<String>> {
    let search = Search::new(conn, reader, filter)?;
    let list = |within| store::list::<Interaction>(&search, within, None, 51);
    let mut statements = vec![list(Within::First(FIRST_LOOK)), store::hits(&search, FIRST_LOOK, None)];
    statements.extend([list(Within::Found), store::counted(&search, Within::Found, None, 1_001)]);
    if conn.dialect() == Dialect::Sqlite {
        statements.push(store::in_order_of_places(&search, (Interaction::SELECT, Interaction::JOINED), None, Some(51)));
    }
    if search.is_of_few() {
        statements = vec![list(Within::All), store::counted(&search, Within::All, None, 1_001)];
    }
    statements.iter().map(|statement| store::plan(conn, statement)).collect()
}
