//! The rows that are looked at.

use kit::db::{Conn, Json, Result};

use super::super::found::window;
use super::super::marked;
use super::super::{Filter, Reader};
use super::LOOKED_AT;
use crate::inbox::derive::{Language, PriorityBand, Sentiment};
use crate::model::{ConnectionId, Kind, Platform};

kit::row! {
    pub struct Row {
        pub kind: Kind,
        pub platform: Platform,
        pub connection_id: ConnectionId,
        pub sentiment: Sentiment,
        pub priority: PriorityBand,
        pub rating: Option<i64>,
        pub rating_at_reply: Option<i64>,
        pub language: Option<Language>,
        pub intents: Json,
        /// The filter lists it.
        pub is_listed: bool,
    }
}

/// What a filter asks about.
const ASKED: &str = "id, workspace_id, connection_id, thread_external_id, content_id, author_id, kind, platform, state,
    provider_state, is_own, sentiment, priority, rating, rating_at_reply, language, intents, created_at";

/// The first of the list, each with whether the whole filter lists it.
pub fn looked_at(conn: &mut Conn, reader: Reader<'_>, filter: &Filter) -> Result<Vec<Row>> {
    let marks = marked::asked(filter, reader);
    let mut query = window(reader, filter, (ASKED, LOOKED_AT), None);
    let window = std::mem::take(&mut query.sql);
    query.conditions(reader, filter, &marks);
    let sql = format!(
        "SELECT i.kind, i.platform, i.connection_id, i.sentiment, i.priority, i.rating, i.rating_at_reply,
            i.language, i.intents, (TRUE{}) AS is_listed
         FROM ({window}) i",
        query.sql
    );
    conn.all(&sql, &query.args)
}
