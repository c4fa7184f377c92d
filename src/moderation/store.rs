//! The statements about acts.

use kit::args;
use kit::clock::Timestamp;
use kit::db::lists::{all_in, rows_of};
use kit::db::{AsVal, Conn, Dialect, Result, Tx, Val};

use super::rights::Subject;
use super::{ActId, OrderId, State};
use crate::model::{AuthorId, ConnectionId, InteractionId, Platform, ProviderState, UserId, WorkspaceId};
use crate::platforms::Verb;

kit::row! {
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Act {
        pub id: ActId,
        pub workspace_id: WorkspaceId,
        pub connection_id: ConnectionId,
        /// Which comment it is about.
        pub interaction_id: InteractionId,
        pub order_id: OrderId,
        pub ordered_by: UserId,
        pub verb: Verb,
        /// The new words.
        pub text: Option<String>,
        pub state: State,
        pub moves: i64,
        /// How often the platform was asked.
        pub attempts: i64,
        /// For how many comments it was asked in the last call.
        pub company: i64,
        /// When whoever ordered it saw the comment: what others did with it since is not what they meant.
        pub seen_at: Option<Timestamp>,
        /// The platform may have done it, for all that was read back since.
        pub may_be_done: bool,
        /// Not asked, or looked for, before.
        pub due_at: Timestamp,
        pub error_code: Option<String>,
        /// In the platform's words, where it has some.
        pub error_message: Option<String>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        /// None of somebody whose account is gone.
        pub orderer_name: Option<String>,
        /// Nothing else was done, or is to be done, with the same comment since.
        pub is_last: bool,
    }
}

const COLUMNS: &str = "id, workspace_id, connection_id, interaction_id, order_id, ordered_by, verb, text, state, moves, \
    attempts, company, seen_at, may_be_done, due_at, error_code, error_message, created_at, updated_at, \
    (SELECT name FROM users WHERE users.id = moderation_acts.ordered_by), NOT EXISTS (SELECT 1 FROM moderation_acts later
        WHERE later.interaction_id = moderation_acts.interaction_id AND later.state NOT IN ('skipped', 'cancelled')
            AND later.place > moderation_acts.place)";

kit::row! {
    /// A comment, as far as an act asks.
    #[derive(Clone, Debug)]
    pub struct Item {
        pub id: InteractionId,
        pub connection_id: ConnectionId,
        pub platform: Platform,
        pub is_connected: bool,
        pub external_id: String,
        pub thread_external_id: String,
        pub content_external_id: Option<String>,
        pub provider_state: ProviderState,
        pub can_reply: bool,
        pub is_own: bool,
        pub reply_count: Option<i64>,
        pub text: Option<String>,
        pub author_id: AuthorId,
        pub author_name: String,
        /// It was hidden from here, and not published since.
        pub was_hidden_here: bool,
    }
}

impl Item {
    pub fn subject(&self) -> Subject {
        Subject { stands: self.provider_state, is_own: self.is_own, is_connected: self.is_connected }
    }
}

/// In no order.
pub fn items(conn: &mut Conn, workspace: WorkspaceId, ids: &[InteractionId]) -> Result<Vec<Item>> {
    all_in(
        conn,
        "SELECT i.id, i.connection_id, i.platform, c.connection_status = 'connected', i.external_id, i.thread_external_id,
            (SELECT external_id FROM content_items WHERE content_items.id = i.content_id), i.provider_state, i.can_reply,
            i.is_own, i.reply_count, i.text, i.author_id, a.display_name,
            EXISTS (SELECT 1 FROM moderation_acts h WHERE h.interaction_id = i.id AND h.verb = 'hide'
                AND h.state NOT IN ('skipped', 'cancelled') AND NOT EXISTS (SELECT 1 FROM moderation_acts p
                    WHERE p.interaction_id = i.id AND p.verb = 'publish' AND p.state = 'done' AND p.place > h.place))
         FROM interactions i JOIN authors a ON a.id = i.author_id JOIN platform_connections c ON c.id = i.connection_id
         WHERE (i.workspace_id = $1) IS TRUE AND i.id IN ",
        "",
        args![workspace],
        ids,
    )
}

pub fn comment_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    connection: ConnectionId,
    external_id: &str,
) -> Result<Option<InteractionId>> {
    conn.opt(
        "SELECT id FROM interactions WHERE connection_id = $1 AND family = 'comment' AND external_id = $2
            AND (workspace_id = $3) IS TRUE AND is_own",
        args![connection, external_id, workspace],
    )
}

/// Keeps new acts of one order, each in its place among those on the same comment.
pub fn insert(tx: &mut Tx, acts: &[(Act, i64)]) -> Result<()> {
    let Some((first, _)) = acts.first() else { return Ok(()) };
    for (acts, places) in rows_of(acts, 13, 6) {
        let sql = format!(
            "INSERT INTO moderation_acts (workspace_id, order_id, ordered_by, verb, text, moves, attempts, company, seen_at,
                may_be_done, due_at, created_at, updated_at, id, connection_id, interaction_id, state, error_code, place)
             VALUES {places}"
        );
        let shared: &[&dyn AsVal] = &[
            &first.workspace_id,
            &first.order_id,
            &first.ordered_by,
            &first.verb,
            &first.text,
            &first.moves,
            &first.attempts,
            &first.company,
            &first.seen_at,
            &first.may_be_done,
            &first.due_at,
            &first.created_at,
            &first.updated_at,
        ];
        let mut args = shared.iter().map(|value| value.as_val()).collect::<Vec<_>>();
        for (act, place) in acts {
            args.extend([
                Val::from(&act.id),
                Val::from(&act.connection_id),
                Val::from(&act.interaction_id),
                Val::from(&act.state),
                Val::from(&act.error_code),
                Val::Int(*place),
            ]);
        }
        tx.exec(&sql, &args)?;
    }
    Ok(())
}

/// Writes an act as it now is, if nobody has moved it since it was read; whether that was so.
pub fn put(tx: &mut Tx, after: &Act, moves: i64) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE moderation_acts SET state = $3, moves = $4, attempts = $5, company = $6, due_at = $7, error_code = $8,
            error_message = $9, updated_at = $10, may_be_done = $11, seen_at = $12
         WHERE id = $1 AND moves = $2",
        args![
            after.id,
            moves,
            after.state,
            after.moves,
            after.attempts,
            after.company,
            after.due_at,
            &after.error_code,
            &after.error_message,
            after.updated_at,
            after.may_be_done,
            after.seen_at
        ],
    )?;
    Ok(changed == 1)
}

/// Those of some comments with which somebody else did something since an instant: the author edited it, a member said where
/// it stands, or it is answered.
pub fn changed_since(
    conn: &mut Conn,
    (workspace, by): (WorkspaceId, UserId),
    since: Timestamp,
    interactions: &[InteractionId],
) -> Result<Vec<InteractionId>> {
    all_in(
        conn,
        "SELECT i.id FROM interactions i
         WHERE (i.workspace_id = $1) IS TRUE
           AND (EXISTS (SELECT 1 FROM interaction_versions v WHERE v.interaction_id = i.id AND v.replaced_at > $3)
                OR EXISTS (SELECT 1 FROM threads t JOIN thread_decisions d ON d.thread_id = t.id
                           WHERE t.connection_id = i.connection_id AND t.external_id = i.thread_external_id
                             AND d.decided_at > $3 AND d.decided_by <> $2)
                OR EXISTS (SELECT 1 FROM replies r
                           WHERE r.interaction_id = i.id AND r.author_id <> $2
                             AND r.state IN ('queued', 'sending', 'unknown', 'published', 'pending_moderation')
                             AND COALESCE(r.sending_at, r.updated_at) > $3)
                OR EXISTS (SELECT 1 FROM interactions o
                           WHERE o.connection_id = i.connection_id AND o.thread_external_id = i.thread_external_id
                             AND o.is_own AND o.created_at > i.created_at AND o.first_seen_at > $3
                             AND NOT EXISTS (SELECT 1 FROM replies r WHERE r.connection_id = o.connection_id
                                             AND r.external_id = o.external_id)))
           AND i.id IN ",
        "",
        args![workspace, by, since],
        interactions,
    )
}

/// How many people wrote the comments of an order.
pub fn authors(conn: &mut Conn, workspace: WorkspaceId, order: OrderId) -> Result<i64> {
    conn.one(
        "SELECT count(DISTINCT i.author_id) FROM moderation_acts a JOIN interactions i ON i.id = a.interaction_id
         WHERE a.order_id = $1 AND (a.workspace_id = $2) IS TRUE",
        args![order, workspace],
    )
}

pub fn of_order(conn: &mut Conn, workspace: WorkspaceId, order: OrderId) -> Result<Vec<Act>> {
    conn.all(
        &format!(
            "SELECT {COLUMNS} FROM moderation_acts WHERE order_id = $1 AND (workspace_id = $2) IS TRUE ORDER BY id"
        ),
        args![order, workspace],
    )
}

/// The acts of several orders, each order's together.
pub fn of_orders(conn: &mut Conn, workspace: WorkspaceId, orders: &[OrderId]) -> Result<Vec<Act>> {
    let places = (2..orders.len() + 2).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    let args = std::iter::once(Val::from(&workspace)).chain(orders.iter().map(Val::from)).collect::<Vec<_>>();
    conn.all(
        &format!(
            "SELECT {COLUMNS} FROM moderation_acts WHERE (workspace_id = $1) IS TRUE AND order_id IN ({places}) ORDER BY id"
        ),
        &args,
    )
}

pub fn workspace_of(conn: &mut Conn, order: OrderId) -> Result<Option<WorkspaceId>> {
    conn.opt("SELECT workspace_id FROM moderation_acts WHERE order_id = $1 LIMIT 1", args![order])
}

/// The words that an order brings.
pub fn text_of(conn: &mut Conn, order: OrderId) -> Result<Option<String>> {
    let text = conn.opt::<Option<String>>("SELECT text FROM moderation_acts WHERE order_id = $1 LIMIT 1", args![order]);
    Ok(text?.flatten())
}

/// For jobs, whose payload was written by us: what is left of an order, what is due first before the rest.
pub fn live(conn: &mut Conn, order: OrderId) -> Result<Vec<Act>> {
    conn.all(
        &format!(
            "SELECT {COLUMNS} FROM moderation_acts WHERE order_id = $1 AND state IN ('queued', 'asking', 'unknown')
             ORDER BY due_at, id"
        ),
        args![order],
    )
}

/// In the order in which they were asked for, without those for which nothing was asked.
pub fn in_thread(conn: &mut Conn, workspace: WorkspaceId, connection: ConnectionId, thread: &str) -> Result<Vec<Act>> {
    conn.all(
        &format!(
            "SELECT {COLUMNS} FROM moderation_acts WHERE (workspace_id = $1) IS TRUE AND (state <> 'skipped' OR error_code = 'changed')
                AND interaction_id IN (SELECT id FROM interactions WHERE connection_id = $2 AND thread_external_id = $3)
             ORDER BY place"
        ),
        args![workspace, connection, thread],
    )
}

/// Of each comment with which anything was done, or asked: the place of the last act, and whether one is under way.
pub fn places(
    conn: &mut Conn,
    workspace: WorkspaceId,
    interactions: &[InteractionId],
) -> Result<Vec<(InteractionId, i64, bool)>> {
    all_in(
        conn,
        "SELECT interaction_id, max(place), max(CASE WHEN state IN ('queued', 'asking', 'unknown') THEN 1 ELSE 0 END) = 1
         FROM moderation_acts WHERE (workspace_id = $1) IS TRUE AND interaction_id IN ",
        " GROUP BY interaction_id",
        args![workspace],
        interactions,
    )
}

/// Holds an order's acts, so that whoever brings one back on its way is waited for. SQLite has one writer anyway.
pub fn lock(tx: &mut Tx, order: OrderId) -> Result<()> {
    match tx.dialect() {
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => {
            let held: Vec<ActId> =
                tx.all("SELECT id FROM moderation_acts WHERE order_id = $1 ORDER BY id FOR UPDATE", args![order])?;
            drop(held);
            Ok(())
        }
    }
}

/// Comments of an account with which something was done: their families and ids at the platform.
pub fn done_since(
    conn: &mut Conn,
    connection: ConnectionId,
    since: Timestamp,
) -> Result<Vec<(InteractionId, String, String)>> {
    conn.all(
        "SELECT DISTINCT i.id, i.family, i.external_id FROM moderation_acts a JOIN interactions i ON i.id = a.interaction_id
         WHERE a.connection_id = $1 AND a.updated_at > $2 AND a.state = 'done'",
        args![connection, since],
    )
}
