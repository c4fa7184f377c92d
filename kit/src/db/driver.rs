//! The two kinds of connection.

use super::postgres::Session;

pub(super) enum Driver {
    Sqlite(rusqlite::Connection),
    Postgres(Box<Session>),
}
