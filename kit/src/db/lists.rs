//! "Is one of these" for both databases: values as places of their own, in lists of few lengths, so that few statements are prepared.

use super::{AsVal, Conn, FromRow, Result, Tx, Val};

/// The last place of a list that is too long for its values repeats the last of them.
const LENGTHS: [usize; 3] = [1, 8, 64];

/// All rows of `sql`, which ends before a list, for as many lists as the values need; `tail` follows the list.
pub fn all_in<'a, R: FromRow, T: AsVal>(
    conn: &mut Conn,
    sql: &str,
    tail: &str,
    args: &[Val<'a>],
    values: &'a [T],
) -> Result<Vec<R>> {
    let mut rows = Vec::new();
    for list in lists(values) {
        let (sql, args) = with_list(sql, tail, args, list);
        rows.extend(conn.all(&sql, &args)?);
    }
    Ok(rows)
}

pub fn exec_in<'a, T: AsVal>(tx: &mut Tx, sql: &str, args: &[Val<'a>], values: &'a [T]) -> Result<()> {
    for list in lists(values) {
        let (sql, args) = with_list(sql, "", args, list);
        tx.exec(&sql, &args)?;
    }
    Ok(())
}

fn lists<T>(values: &[T]) -> impl Iterator<Item = (&[T], usize)> {
    let longest = LENGTHS[LENGTHS.len() - 1];
    values
        .chunks(longest)
        .map(move |chunk| (chunk, LENGTHS.into_iter().find(|length| *length >= chunk.len()).unwrap_or(longest)))
}

fn with_list<'a, T: AsVal>(
    sql: &str,
    tail: &str,
    args: &[Val<'a>],
    (values, length): (&'a [T], usize),
) -> (String, Vec<Val<'a>>) {
    let first = args.len() + 1;
    let places = (first..first + length).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    let last = values.len() - 1;
    let list = (0..length).map(|index| Val::from(&values[index.min(last)]));
    (format!("{sql}({places}){tail}"), args.iter().cloned().chain(list).collect())
}

/// Rows for an INSERT of many, each with the places of its `width` values: `($1, $2, $3, …), ($1, $2, $9, …)`. The first
/// `shared` places are the same in every row.
pub fn rows_of<T>(rows: &[T], shared: usize, width: usize) -> Vec<(&[T], String)> {
    let mut pieces = Vec::new();
    let mut left = rows;
    while let Some(size) = LENGTHS.into_iter().rev().find(|size| *size <= left.len()) {
        let (chunk, rest) = left.split_at(size);
        let row = |index: usize| {
            let own = shared + index * width;
            let places = (1..=shared).chain(own + 1..=own + width).map(|place| format!("${place}"));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        };
        pieces.push((chunk, (0..size).map(row).collect::<Vec<_>>().join(", ")));
        left = rest;
    }
    pieces
}
