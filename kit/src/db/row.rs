//! Rows, and what can be read from one.

use tokio_postgres::types::{FromSql, Type};

use super::{Cell, Column, Error, Result};

/// One row of an answer.
pub struct Row<'a>(pub(super) Source<'a>);

pub(super) enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    /// The column at `index`, from 0.
    pub fn get<T: Column>(&self, index: usize) -> Result<T> {
        let cell = match &self.0 {
            Source::Sqlite(row) => {
                Cell::Sqlite(row.get_ref(index).map_err(|error| Error::Sqlite { error, sql: String::new() })?)
            }
            Source::Postgres(row) => {
                let Raw(ty, raw) = row.try_get(index).map_err(|error| Error::Postgres { error, sql: String::new() })?;
                Cell::Postgres(ty, raw)
            }
        };
        T::read(&cell).map_err(|mismatch| Error::Mismatch { index, mismatch })
    }
}

/// A column of any type, undecoded.
struct Raw<'a>(Type, Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw(ty.clone(), Some(raw)))
    }

    fn from_sql_null(ty: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw(ty.clone(), None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// What a row can be read as: a single column, a tuple, or a struct made by [`row!`](crate::row).
pub trait FromRow: Sized {
    fn from_row(row: &Row<'_>) -> Result<Self>;
}

impl<T: Column> FromRow for T {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        row.get(0)
    }
}

macro_rules! tuple_rows {
    ($($type:ident $index:tt),+) => {
        impl<$($type: Column),+> FromRow for ($($type,)+) {
            fn from_row(row: &Row<'_>) -> Result<Self> {
                Ok(($(row.get::<$type>($index)?,)+))
            }
        }
    };
}

tuple_rows!(A 0);
tuple_rows!(A 0, B 1);
tuple_rows!(A 0, B 1, C 2);
tuple_rows!(A 0, B 1, C 2, D 3);
tuple_rows!(A 0, B 1, C 2, D 3, E 4);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
