//! Values on their way in and out: one set of types for both databases.

use std::borrow::Cow;

use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::id::Id;

pub type Json = serde_json::Value;

/// A parameter of a statement.
#[derive(Clone, Debug)]
pub enum Val<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
    Uuid(Uuid),
    Time(Timestamp),
    Json(Cow<'a, Json>),
    /// An array on PostgreSQL, a JSON text on SQLite.
    Ints(Cow<'a, [i64]>),
    Texts(Cow<'a, [String]>),
}

impl Val<'_> {
    /// The same, and nobody else's.
    pub(super) fn to_owned(&self) -> Val<'static> {
        match self {
            Val::Null => Val::Null,
            Val::Bool(value) => Val::Bool(*value),
            Val::Int(value) => Val::Int(*value),
            Val::Float(value) => Val::Float(*value),
            Val::Text(text) => Val::Text(Cow::Owned(text.to_string())),
            Val::Bytes(bytes) => Val::Bytes(Cow::Owned(bytes.to_vec())),
            Val::Uuid(id) => Val::Uuid(*id),
            Val::Time(at) => Val::Time(*at),
            Val::Json(json) => Val::Json(Cow::Owned(json.clone().into_owned())),
            Val::Ints(numbers) => Val::Ints(Cow::Owned(numbers.to_vec())),
            Val::Texts(texts) => Val::Texts(Cow::Owned(texts.to_vec())),
        }
    }
}

/// What can be a parameter: stores pass it by value or by reference through [`args!`](crate::args).
pub trait AsVal {
    fn as_val(&self) -> Val<'_>;
}

impl<'a, T: AsVal + ?Sized> From<&'a T> for Val<'a> {
    fn from(value: &'a T) -> Self {
        value.as_val()
    }
}

macro_rules! as_val {
    ($($type:ty => |$value:ident| $make:expr),+ $(,)?) => { $(
        impl AsVal for $type { fn as_val(&self) -> Val<'_> { let $value = self; $make } }
    )+ };
}

as_val! {
    bool => |value| Val::Bool(*value),
    i32 => |value| Val::Int((*value).into()),
    u32 => |value| Val::Int((*value).into()),
    i64 => |value| Val::Int(*value),
    f64 => |value| Val::Float(*value),
    Uuid => |value| Val::Uuid(*value),
    Timestamp => |value| Val::Time(*value),
    str => |text| Val::Text(Cow::Borrowed(text)),
    String => |text| Val::Text(Cow::Borrowed(text)),
    [u8] => |bytes| Val::Bytes(Cow::Borrowed(bytes)),
    Vec<u8> => |bytes| Val::Bytes(Cow::Borrowed(bytes)),
    Json => |json| Val::Json(Cow::Borrowed(json)),
    Vec<i64> => |numbers| Val::Ints(Cow::Borrowed(numbers)),
    Vec<String> => |texts| Val::Texts(Cow::Borrowed(texts)),
}

impl<T> AsVal for Id<T> {
    fn as_val(&self) -> Val<'_> {
        Val::Uuid(self.uuid())
    }
}

impl<const N: usize> AsVal for [u8; N] {
    fn as_val(&self) -> Val<'_> {
        Val::Bytes(Cow::Borrowed(self))
    }
}

impl<T: AsVal> AsVal for Option<T> {
    fn as_val(&self) -> Val<'_> {
        self.as_ref().map_or(Val::Null, AsVal::as_val)
    }
}

impl<T: AsVal + ?Sized> AsVal for &T {
    fn as_val(&self) -> Val<'_> {
        (**self).as_val()
    }
}

impl AsVal for Val<'_> {
    fn as_val(&self) -> Val<'_> {
        self.clone()
    }
}

impl rusqlite::ToSql for Val<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Val::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Val::Bool(value) => ToSqlOutput::Borrowed(ValueRef::Integer((*value).into())),
            Val::Int(value) => ToSqlOutput::Borrowed(ValueRef::Integer(*value)),
            Val::Float(value) => ToSqlOutput::Borrowed(ValueRef::Real(*value)),
            Val::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Val::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Val::Uuid(uuid) => ToSqlOutput::Borrowed(ValueRef::Blob(uuid.as_bytes())),
            Val::Time(at) => ToSqlOutput::Borrowed(ValueRef::Integer(at.micros())),
            Val::Json(json) => ToSqlOutput::Owned(json.to_string().into()),
            Val::Ints(numbers) => ToSqlOutput::Owned(Json::from(numbers.as_ref()).to_string().into()),
            Val::Texts(texts) => ToSqlOutput::Owned(Json::from(texts.as_ref()).to_string().into()),
        })
    }
}

/// Microseconds from 1970, ours, to 2000, PostgreSQL's.
const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

impl ToSql for Val<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut tokio_postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Val::Null => Ok(IsNull::Yes),
            Val::Bool(value) => value.to_sql_checked(ty, out),
            Val::Int(value) => match *ty {
                Type::INT2 => i16::try_from(*value)?.to_sql_checked(ty, out),
                Type::INT4 => i32::try_from(*value)?.to_sql_checked(ty, out),
                Type::FLOAT8 => (*value as f64).to_sql_checked(ty, out),
                _ => value.to_sql_checked(ty, out),
            },
            Val::Float(value) => value.to_sql_checked(ty, out),
            Val::Text(text) => text.as_ref().to_sql_checked(ty, out),
            Val::Bytes(bytes) => bytes.as_ref().to_sql_checked(ty, out),
            Val::Uuid(uuid) => uuid.to_sql_checked(ty, out),
            Val::Time(at) if *ty == Type::TIMESTAMPTZ => {
                out.extend_from_slice(&(at.micros() - POSTGRES_EPOCH_MICROS).to_be_bytes());
                Ok(IsNull::No)
            }
            Val::Time(_) => Err(format!("an instant where the statement wants {ty}").into()),
            Val::Json(json) => json.as_ref().to_sql_checked(ty, out),
            Val::Ints(numbers) => numbers.as_ref().to_sql_checked(ty, out),
            Val::Texts(texts) => texts.as_ref().to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// One column of one row, as its database gave it.
pub enum Cell<'a> {
    Sqlite(ValueRef<'a>),
    Postgres(Type, Option<&'a [u8]>),
}

/// A column held what its reader did not expect.
#[derive(Debug, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct Mismatch {
    expected: &'static str,
    found: String,
}

impl Cell<'_> {
    pub fn is_null(&self) -> bool {
        matches!(self, Cell::Sqlite(ValueRef::Null) | Cell::Postgres(_, None))
    }

    pub fn mismatch(&self, expected: &'static str) -> Mismatch {
        let found = match self {
            Cell::Sqlite(value) => format!("{:?}", value.data_type()),
            Cell::Postgres(_, None) => "null".into(),
            Cell::Postgres(ty, _) => ty.to_string(),
        };
        Mismatch { expected, found }
    }

    fn decode<'a, T: tokio_postgres::types::FromSql<'a>>(&'a self, expected: &'static str) -> Result<T, Mismatch> {
        match self {
            Cell::Postgres(ty, Some(raw)) if T::accepts(ty) => {
                T::from_sql(ty, raw).map_err(|_| self.mismatch(expected))
            }
            _ => Err(self.mismatch(expected)),
        }
    }

    pub fn text(&self) -> Result<&str, Mismatch> {
        match self {
            Cell::Sqlite(ValueRef::Text(bytes)) => std::str::from_utf8(bytes).map_err(|_| self.mismatch("UTF-8 text")),
            _ => self.decode("text"),
        }
    }
}

/// A type that a column can be read as.
pub trait Column: Sized {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch>;
}

impl Column for i64 {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Sqlite(ValueRef::Integer(value)) => Ok(*value),
            Cell::Postgres(Type::INT4, _) => cell.decode::<i32>("an integer").map(i64::from),
            Cell::Postgres(Type::INT2, _) => cell.decode::<i16>("an integer").map(i64::from),
            _ => cell.decode("an integer"),
        }
    }
}

impl Column for i32 {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        i32::try_from(i64::read(cell)?).map_err(|_| cell.mismatch("a 32-bit integer"))
    }
}

impl Column for f64 {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Sqlite(ValueRef::Real(value)) => Ok(*value),
            Cell::Sqlite(ValueRef::Integer(value)) => Ok(*value as f64),
            _ => cell.decode("a number"),
        }
    }
}

impl Column for bool {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Sqlite(ValueRef::Integer(value)) => Ok(*value != 0),
            _ => cell.decode("a boolean"),
        }
    }
}

impl Column for String {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        cell.text().map(str::to_owned)
    }
}

impl Column for Vec<u8> {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Sqlite(ValueRef::Blob(bytes)) => Ok(bytes.to_vec()),
            _ => cell.decode("bytes"),
        }
    }
}

impl Column for Uuid {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Sqlite(ValueRef::Blob(bytes)) => Uuid::from_slice(bytes).map_err(|_| cell.mismatch("a UUID")),
            _ => cell.decode("a UUID"),
        }
    }
}

impl<T> Column for Id<T> {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        Uuid::read(cell).map(Id::from)
    }
}

impl Column for Timestamp {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Sqlite(ValueRef::Integer(micros)) => Ok(Timestamp::from_micros(*micros)),
            Cell::Postgres(Type::TIMESTAMPTZ, Some(raw)) => {
                let raw: [u8; 8] = (*raw).try_into().map_err(|_| cell.mismatch("an instant"))?;
                Ok(Timestamp::from_micros(i64::from_be_bytes(raw).saturating_add(POSTGRES_EPOCH_MICROS)))
            }
            _ => Err(cell.mismatch("an instant")),
        }
    }
}

impl Column for Json {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Sqlite(ValueRef::Text(bytes)) => serde_json::from_slice(bytes).map_err(|_| cell.mismatch("JSON")),
            _ => cell.decode("JSON"),
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn read(cell: &Cell<'_>) -> Result<Self, Mismatch> {
        if cell.is_null() { Ok(None) } else { T::read(cell).map(Some) }
    }
}

/// A text that is none of an enum's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not one of the known values")]
pub struct UnknownText;
