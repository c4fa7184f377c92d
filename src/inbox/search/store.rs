//! The statements of the index. The databases keep words in their own ways, and are told the same of them.

use std::collections::HashSet;

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Dialect, Json, Result, Tx, Val};

use super::words::{Beginnings, Sign, Words, beginning};
use super::{Document, Query, Traits};
use crate::inbox::derive::{Intent, Language, Sentiment};
use crate::model::{AuthorId, ConnectionId, InteractionId, Kind, Platform};
use crate::workspaces::WorkspaceId;
use kit::db::lists::{all_in, exec_in, rows_of};

pub struct Entry {
    pub interaction: InteractionId,
    pub created_at: Timestamp,
    pub words: Words,
}

/// In a place of the index: its second, and something of its own.
const OWN_BITS: u32 = 29;
const OWN: i64 = (1 << OWN_BITS) - 1;
/// The year 2242: whoever wrote later wrote then.
const LAST_SECOND: i64 = (1 << (62 - OWN_BITS)) - 1;

fn second_of(at: Timestamp) -> i64 {
    at.micros().div_euclid(1_000_000).clamp(0, LAST_SECOND)
}

/// The places of all that was written in one second. They grow with time, so that SQLite reads an index from its newest end.
pub fn places_of(at: Timestamp) -> (i64, i64) {
    let first = second_of(at) << OWN_BITS;
    (first, first | OWN)
}

pub fn put(tx: &mut Tx, workspace: WorkspaceId, entries: &[Entry]) -> Result<()> {
    match tx.dialect() {
        Dialect::Sqlite => put_in_sqlite(tx, workspace, entries),
        Dialect::Postgres => put_in_postgres(tx, workspace, entries),
    }
}

fn put_in_sqlite(tx: &mut Tx, workspace: WorkspaceId, entries: &[Entry]) -> Result<()> {
    let sign = Sign::of(workspace);
    let places = free_places(tx, entries)?;
    let placed = places.iter().zip(entries).collect::<Vec<_>>();
    for (rows, places) in rows_of(&placed, 1, 2) {
        let sql = format!("INSERT INTO search_documents (workspace_id, place, interaction_id) VALUES {places}");
        let mut args = vec![Val::from(&workspace)];
        for (place, entry) in rows {
            args.extend([Val::Int(**place), Val::from(&entry.interaction)]);
        }
        tx.exec(&sql, &args)?;
    }
    for (place, entry) in placed {
        let words = entry.words.for_sqlite(&sign);
        tx.exec("INSERT INTO search_words (rowid, words) VALUES ($1, $2)", args![*place, words])?;
    }
    Ok(())
}

/// Where many wrote in the same second, some would stand in the same place: they move on.
fn free_places(tx: &mut Tx, entries: &[Entry]) -> Result<Vec<i64>> {
    let wanted = |entry: &Entry| places_of(entry.created_at).0 | (entry.interaction.uuid().as_u128() as i64 & OWN);
    let mut places = entries.iter().map(wanted).collect::<Vec<_>>();
    let sql = "SELECT place FROM search_documents WHERE place IN ";
    let mut taken: HashSet<i64> = all_in(tx, sql, "", args![], &places)?.into_iter().collect();
    for place in &mut places {
        while !taken.insert(*place) {
            *place = (*place & !OWN) | ((*place + 1) & OWN);
            if tx.one::<i64>("SELECT count(*) FROM search_documents WHERE place = $1", args![*place])? > 0 {
                taken.insert(*place);
            }
        }
    }
    Ok(places)
}

fn put_in_postgres(tx: &mut Tx, workspace: WorkspaceId, entries: &[Entry]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let sign = Sign::of(workspace);
    let ids = entries.iter().map(|entry| entry.interaction.to_string()).collect::<Vec<_>>();
    let words = entries.iter().map(|entry| entry.words.for_postgres(&sign)).collect::<Vec<_>>();
    tx.exec(
        "INSERT INTO search_documents (workspace_id, interaction_id, words)
         SELECT $1, CAST(entry.id AS UUID), CAST(entry.words AS TSVECTOR)
         FROM unnest(CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS entry (id, words)",
        args![workspace, ids, words],
    )?;
    Ok(())
}

/// More words with one beginning are not looked for one by one.
const FEW_WORDS: usize = 8;

/// Of the beginnings that a query names, those with few words of SQLite's index, and these words.
pub fn beginnings(conn: &mut Conn, query: Option<&Query>, sign: &Sign) -> Result<Beginnings> {
    let mut known = Beginnings::new();
    for beginning in query.iter().flat_map(|query| &query.terms).filter_map(|term| beginning(term, sign)) {
        // From word to word, so that nothing is read of where they stand: no word has a sign as low as char(1).
        let sql = format!(
            "WITH RECURSIVE known (word) AS (
                 SELECT (SELECT term FROM search_words_terms WHERE term >= $1 LIMIT 1)
                 UNION ALL
                 SELECT (SELECT term FROM search_words_terms WHERE term >= known.word || char(1) LIMIT 1)
                 FROM known WHERE known.word < $2)
             SELECT word FROM known WHERE word < $2 LIMIT {}",
            FEW_WORDS + 1
        );
        let end = format!("{beginning}{}", char::MAX);
        let words: Vec<String> = conn.all(&sql, args![beginning, end])?;
        if (1..=FEW_WORDS).contains(&words.len()) {
            known.insert(beginning, words);
        }
    }
    Ok(known)
}

/// The words go with their documents.
pub fn forget(tx: &mut Tx, interactions: &[InteractionId]) -> Result<()> {
    exec_in(tx, "DELETE FROM search_documents WHERE interaction_id IN ", args![], interactions)
}

kit::row! {
    /// What an interaction is found by.
    #[derive(Clone, Debug)]
    pub struct Written {
        pub id: InteractionId,
        pub created_at: Timestamp,
        pub text: Option<String>,
        pub display_name: String,
        pub connection_id: ConnectionId,
        pub platform: Platform,
        pub kind: Kind,
        pub language: Option<Language>,
        pub sentiment: Sentiment,
        pub intents: Json,
    }
}

impl Written {
    pub fn document(&self) -> Document<'_> {
        Document {
            id: self.id,
            created_at: self.created_at,
            text: self.text.as_deref(),
            author: &self.display_name,
            traits: Traits {
                connection: Some(self.connection_id),
                platform: Some(self.platform),
                kind: Some(self.kind),
                language: self.language,
                sentiment: Some(self.sentiment),
                intents: serde_json::from_value::<Vec<Intent>>(self.intents.clone()).unwrap_or_default(),
            },
            is_known: true,
        }
    }
}

const WRITTEN: &str =
    "SELECT i.id, i.created_at, i.text, a.display_name, i.connection_id, i.platform, i.kind, i.language,
        i.sentiment, i.intents FROM interactions i JOIN authors a ON a.id = i.author_id";

pub fn written(tx: &mut Tx, workspace: WorkspaceId, ids: &[InteractionId]) -> Result<Vec<Written>> {
    let sql = format!("{WRITTEN} WHERE (i.workspace_id = $1) IS TRUE AND i.id IN ");
    all_in(tx, &sql, "", args![workspace], ids)
}

pub fn written_by(tx: &mut Tx, workspace: WorkspaceId, author: AuthorId) -> Result<Vec<Written>> {
    let sql = format!("{WRITTEN} WHERE (i.workspace_id = $1) IS TRUE AND i.author_id = $2");
    tx.all(&sql, args![workspace, author])
}

/// The workspace's interactions before one of them, newest first.
pub fn written_before(
    tx: &mut Tx,
    workspace: WorkspaceId,
    before: Option<(Timestamp, InteractionId)>,
    limit: usize,
) -> Result<Vec<Written>> {
    let mut args = vec![Val::from(&workspace)];
    let mut bound = "";
    if let Some((at, id)) = &before {
        args.extend([Val::from(at), Val::from(id)]);
        bound = " AND (i.created_at, i.id) < ($2, $3)";
    }
    let sql = format!("{WRITTEN} WHERE i.workspace_id = $1{bound} ORDER BY i.created_at DESC, i.id DESC LIMIT {limit}");
    tx.all(&sql, &args)
}

/// How many interactions there are, of everybody.
pub fn count(conn: &mut Conn) -> Result<usize> {
    let count = conn.one::<i64>("SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT) FROM interaction_totals", args![])?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// By which version of the tokenizer everything was read; none: by none yet.
pub fn version(conn: &mut Conn) -> Result<Option<i64>> {
    conn.opt("SELECT version FROM search_version", args![])
}

pub fn set_version(tx: &mut Tx, version: i64) -> Result<()> {
    tx.exec(
        "INSERT INTO search_version (id, version) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET version = $1",
        args![version],
    )?;
    Ok(())
}

pub fn forget_version(tx: &mut Tx) -> Result<()> {
    tx.exec("DELETE FROM search_version", args![])?;
    Ok(())
}
