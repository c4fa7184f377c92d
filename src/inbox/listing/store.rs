//! The statements of lists: every one asks within one workspace.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::args;
use kit::clock::Timestamp;
#[cfg(test)]
use kit::db::Dialect;
use kit::db::{AsVal, Conn, FromRow, Json, Result, Row, Val};

use super::filter::{Filter, Order, Visibility};
use super::marked::{self, Marked};
use super::{Cursor, Reader, found};
use crate::inbox::derive::{Facts, Intent, Language, PriorityBand, Reason, Sentiment};
use crate::inbox::triage::TriageState;
use crate::model::{AuthorId, ConnectionId, ContentId, InteractionId, Kind, Platform, ProviderState};
use crate::replies::State;
use crate::workspaces::WorkspaceId;

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Interaction {
        pub id: InteractionId,
        pub connection_id: ConnectionId,
        pub platform: Platform,
        pub kind: Kind,
        pub external_id: String,
        pub parent_external_id: Option<String>,
        pub thread_external_id: String,
        pub content_id: Option<ContentId>,
        pub content_title: Option<String>,
        pub author_id: AuthorId,
        pub author_name: String,
        pub author_avatar_url: Option<String>,
        pub author_profile_url: Option<String>,
        pub author_interactions: i64,
        pub text: Option<String>,
        pub translation: Option<String>,
        pub language: Option<Language>,
        pub rating: Option<i64>,
        /// The stars that it had when we answered, where they were changed after that.
        pub rating_at_reply: Option<i64>,
        pub likes: Option<i64>,
        pub reply_count: Option<i64>,
        pub created_at: Timestamp,
        pub edited_at: Option<Timestamp>,
        pub provider_state: ProviderState,
        pub state_reason: Option<String>,
        pub can_reply: bool,
        pub is_own: bool,
        pub permalink: Option<String>,
        pub state: TriageState,
        pub sentiment: Sentiment,
        pub sentiment_score: Option<f64>,
        pub intents_json: Json,
        pub priority_score: i64,
        pub priority: PriorityBand,
        pub reasons_json: Json,
        pub ruleset: i64,
        pub first_seen_at: Timestamp,
        /// It waits for an answer although we have answered in its thread before.
        pub is_answered_again: bool,
        /// How it stands with the newest reply from here.
        pub reply: Option<State>,
    }
}

impl Interaction {
    pub fn intents(&self) -> Vec<Intent> {
        serde_json::from_value(self.intents_json.clone()).unwrap_or_default()
    }

    /// By its text alone: whatever was answered, moved or done at the platform.
    pub fn wants_reply(&self) -> bool {
        let (intents, reasons) = (self.intents(), self.reasons());
        let facts = Facts { language: self.language, sentiment: self.sentiment, score: None, intents, reasons };
        facts.want_reply(self.rating)
    }

    pub fn reasons(&self) -> Vec<Reason> {
        serde_json::from_value(self.reasons_json.clone()).unwrap_or_default()
    }
}

pub(super) const COLUMNS: &str =
    "SELECT i.id, i.connection_id, i.platform, i.kind, i.external_id, i.parent_external_id,
        i.thread_external_id, i.content_id, c.title, i.author_id, a.display_name, a.avatar_url, a.profile_url,
        a.interactions, i.text, i.translation, i.language, i.rating, i.rating_at_reply, i.likes, i.reply_count, i.created_at, i.edited_at,
        i.provider_state, i.state_reason, i.can_reply, i.is_own, i.permalink, i.state, i.sentiment, i.sentiment_score, i.intents,
        i.priority_score, i.priority, i.reasons, i.ruleset, i.first_seen_at,
        i.state = 'needs_reply' AND i.parent_external_id IS NOT NULL AND EXISTS (SELECT 1 FROM interactions own
            WHERE own.connection_id = i.connection_id AND own.thread_external_id = i.thread_external_id
            AND own.is_own AND own.created_at < i.created_at),
        (SELECT r.state FROM replies r WHERE r.interaction_id = i.id AND r.state <> 'cancelled' AND r.state <> 'draft'
            ORDER BY r.created_at DESC LIMIT 1)";
pub(super) const JOINED: &str = "JOIN authors a ON a.id = i.author_id LEFT JOIN content_items c ON c.id = i.content_id";

/// What is read of each row of a list: all that is shown of it, or its place alone.
pub trait Entry: FromRow {
    const SELECT: &'static str;
    const JOINED: &'static str;
    fn cursor(&self) -> Cursor;
}

impl Entry for Interaction {
    const SELECT: &'static str = COLUMNS;
    const JOINED: &'static str = JOINED;

    fn cursor(&self) -> Cursor {
        Cursor::after(self)
    }
}

impl FromRow for Cursor {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { score: row.get(0)?, created_at: row.get(1)?, id: row.get(2)? })
    }
}

impl Entry for Cursor {
    const SELECT: &'static str = "SELECT i.priority_score, i.created_at, i.id";
    const JOINED: &'static str = "";

    fn cursor(&self) -> Cursor {
        *self
    }
}

pub fn list<E: Entry>(
    conn: &mut Conn,
    reader: Reader<'_>,
    filter: &Filter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<E>> {
    if found::is_asked_for(filter) {
        return found::list(conn, reader, filter, after, limit);
    }
    looked_through(conn, reader, filter, after, limit)
}

/// Without the index of words: row by row in the list's order, or of what few threads bear.
pub fn looked_through<E: Entry>(
    conn: &mut Conn,
    reader: Reader<'_>,
    filter: &Filter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<E>> {
    let mut query = Query::of::<E>(conn, reader, filter)?;
    query.page(filter.order, after, limit);
    conn.all(&query.sql, &query.args)
}

pub fn count_all(conn: &mut Conn, reader: Reader<'_>, filter: &Filter) -> Result<usize> {
    /// More than any workspace holds.
    const ALL: usize = 1_000_000_000;
    if found::is_asked_for(filter) {
        return found::count(conn, reader, filter, None, ALL);
    }
    let query = Query::of::<Cursor>(conn, reader, filter)?;
    let count = conn.one::<i64>(&format!("SELECT count(*) FROM ({}) AS listed", query.sql), &query.args)?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// How the database finds a list's first page.
#[cfg(test)]
pub fn plan(conn: &mut Conn, reader: Reader<'_>, filter: &Filter) -> Result<Vec<String>> {
    let mut query = Query::of::<Interaction>(conn, reader, filter)?;
    query.page(filter.order, None, 50);
    match conn.dialect() {
        Dialect::Postgres => conn.all(&format!("EXPLAIN {}", query.sql), &query.args),
        Dialect::Sqlite => {
            let sql = format!("EXPLAIN QUERY PLAN {}", query.sql);
            let steps: Vec<(i64, i64, i64, String)> = conn.all(&sql, &query.args)?;
            Ok(steps.into_iter().map(|(.., step)| step).collect())
        }
    }
}

/// A statement that grows with its filter.
pub(super) struct Query<'a> {
    pub sql: String,
    pub args: Vec<Val<'a>>,
}

impl<'a> Query<'a> {
    /// All that a filter says, but for its order and for what is searched for, which lists of what is found see to.
    fn of<E: Entry>(conn: &mut Conn, reader: Reader<'_>, filter: &'a Filter) -> Result<Self> {
        let mut marks = marked::asked(filter, reader);
        let few = marked::first_few(conn, reader, &marks)?.map(|index| marks.remove(index));
        let mut query = Self::new(reader);
        query.begin::<E>(few.as_ref());
        query.conditions(reader, filter, &marks);
        Ok(query)
    }

    pub fn new(reader: Reader<'_>) -> Self {
        Self { sql: String::new(), args: vec![Val::Uuid(reader.workspace.uuid())] }
    }

    /// All but what is searched for.
    pub fn conditions(&mut self, reader: Reader<'_>, filter: &'a Filter, marks: &[Marked]) {
        marks.iter().for_each(|mark| self.marked(mark));
        self.state(filter);
        self.visibility(filter);
        self.priority(filter);
        self.sql.extend(filter.rating.map(|stars| format!(" AND i.rating = {stars}")));
        self.sql.extend(filter.rated_anew.map(|how| format!(" AND i.rating_at_reply {} i.rating", how.sign())));
        self.equals("i.content_id", filter.content.as_ref());
        self.equals("i.author_id", filter.author.as_ref());
        self.traits(filter);
        self.days(reader, filter);
    }

    /// What the index of words knows too.
    pub fn traits(&mut self, filter: &'a Filter) {
        self.equals("i.kind", filter.kind.as_ref());
        self.equals("i.platform", filter.platform.as_ref());
        self.equals("i.sentiment", filter.sentiment.as_ref());
        self.equals("i.language", filter.language.as_ref());
        self.equals("i.connection_id", filter.connection.as_ref());
        if let Some(intent) = filter.intent {
            self.bind("CAST(i.intents AS TEXT) LIKE", Val::Text(format!("%\"{intent}\"%").into()));
        }
    }

    pub fn days(&mut self, reader: Reader<'_>, filter: &Filter) {
        let (since, before) = bounds(reader, filter);
        if let Some(since) = since {
            self.bind("i.created_at >=", Val::Time(since));
        }
        if let Some(before) = before {
            self.bind("i.created_at <", Val::Time(before));
        }
    }

    /// A value's place in the statement.
    pub fn place_of(&mut self, value: Val<'a>) -> String {
        self.args.push(value);
        format!("${}", self.args.len())
    }

    fn begin<E: Entry>(&mut self, few: Option<&Marked>) {
        let (columns, joined) = (E::SELECT, E::JOINED);
        self.sql = match few {
            None => format!("{columns} FROM interactions i {joined} WHERE i.workspace_id = $1"),
            Some(mark) => {
                self.args.extend(mark.values());
                format!("{columns} {}", marked::joined(mark, joined, self.args.len()))
            }
        };
    }

    fn marked(&mut self, mark: &Marked) {
        self.args.extend(mark.values());
        self.sql.push_str(&marked::narrowed(mark, self.args.len()));
    }

    fn bind(&mut self, condition: &str, value: Val<'a>) {
        self.args.push(value);
        self.sql.push_str(&format!(" AND {condition} ${}", self.args.len()));
    }

    fn equals<T: AsVal>(&mut self, column: &str, value: Option<&'a T>) {
        if let Some(value) = value {
            self.bind(&format!("{column} ="), value.as_val());
        }
    }

    /// Written out, not bound: only so do partial indexes serve it. Spam is shown to whoever asks for it.
    pub fn state(&mut self, filter: &Filter) {
        self.sql.push_str(&match filter.state {
            Some(state) => format!(" AND i.state = '{state}'"),
            None if filter.visibility == Visibility::Published => {
                " AND NOT i.is_own AND i.state <> 'spam' AND i.state <> 'removed'".to_owned()
            }
            None => " AND NOT i.is_own".to_owned(),
        });
    }

    /// What the platform itself holds back as spam is among the spam.
    fn visibility(&mut self, filter: &Filter) {
        self.sql.push_str(&match filter.visibility {
            Visibility::Any => String::new(),
            Visibility::Published if filter.state == Some(TriageState::Spam) => {
                " AND i.provider_state IN ('published', 'spam')".to_owned()
            }
            Visibility::Published => " AND i.provider_state = 'published'".to_owned(),
            visibility => format!(" AND i.provider_state = '{visibility}' AND i.provider_state <> 'published'"),
        });
    }

    fn priority(&mut self, filter: &Filter) {
        let Some(priority) = filter.priority else { return };
        self.sql.push_str(&format!(" AND i.priority = '{priority}'"));
        if matches!(priority, PriorityBand::Urgent | PriorityBand::High) {
            self.sql.push_str(" AND i.priority IN ('urgent', 'high')");
        }
    }

    /// What comes after a row in the list's order; all of it, where there is none.
    pub fn page(&mut self, order: Order, after: Option<Cursor>, limit: usize) {
        self.after(order, after);
        self.args.push(Val::Int(i64::try_from(limit).unwrap_or(i64::MAX)));
        let columns = match order {
            Order::Newest => "i.created_at DESC, i.id DESC",
            Order::Oldest => "i.created_at, i.id",
            Order::Priority => "i.priority_score DESC, i.created_at DESC, i.id DESC",
        };
        self.sql.push_str(&format!(" ORDER BY {columns} LIMIT ${}", self.args.len()));
    }

    pub fn after(&mut self, order: Order, after: Option<Cursor>) {
        let Some(after) = after else { return };
        let first = self.args.len() + 1;
        if order == Order::Priority {
            self.args.push(Val::Int(after.score));
        }
        self.args.extend([Val::Time(after.created_at), Val::Uuid(after.id.uuid())]);
        let places = (first..=self.args.len()).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
        let key = match order {
            Order::Newest => "(i.created_at, i.id) <",
            Order::Oldest => "(i.created_at, i.id) >",
            Order::Priority => "(i.priority_score, i.created_at, i.id) <",
        };
        self.sql.push_str(&format!(" AND {key} ({places})"));
    }
}

/// From when, and up to when, a filter's days are.
pub(super) fn bounds(reader: Reader<'_>, filter: &Filter) -> (Option<Timestamp>, Option<Timestamp>) {
    let named = filter.days.map(|days| days.since(reader.today()));
    let since = filter.since.max(named).map(|since| start_of(since, reader.zone));
    let after = filter.until.and_then(|until| until.tomorrow().ok());
    (since, after.map(|after| start_of(after, reader.zone)))
}

/// The day's first instant where the owner is.
pub(super) fn start_of(day: Date, time_zone: &TimeZone) -> Timestamp {
    let start = day.to_zoned(time_zone.clone()).map(|zoned| zoned.timestamp());
    start.map_or(Timestamp::EPOCH, Timestamp::from)
}

pub fn counts(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<(TriageState, i64)>> {
    conn.all(
        "SELECT state, CAST(SUM(total) AS BIGINT) FROM interaction_totals
         WHERE workspace_id = $1 GROUP BY state ORDER BY state",
        args![workspace],
    )
}

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Connection {
        pub id: ConnectionId,
        pub platform: Platform,
        pub display_name: Option<String>,
        pub is_connected: bool,
    }
}

pub fn connections(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Connection>> {
    conn.all(
        "SELECT id, platform, display_name, connection_status = 'connected' FROM platform_connections
         WHERE workspace_id = $1 ORDER BY platform, display_name, id",
        args![workspace],
    )
}

pub fn author_name(conn: &mut Conn, workspace: WorkspaceId, author: AuthorId) -> Result<Option<String>> {
    conn.opt("SELECT display_name FROM authors WHERE workspace_id = $1 AND id = $2", args![workspace, author])
}
