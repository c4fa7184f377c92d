//! The statements about replies.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx, Val};
use kit::mutant;

use super::{ReplyId, State};
use crate::model::{ConnectionId, InteractionId, ObservedInteraction, Platform, ProviderState, UserId, WorkspaceId};

kit::row! {
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Reply {
        pub id: ReplyId,
        pub workspace_id: WorkspaceId,
        pub connection_id: ConnectionId,
        /// What is answered.
        pub interaction_id: InteractionId,
        pub author_id: UserId,
        pub text: String,
        pub state: State,
        pub idempotency_key: Option<String>,
        /// The platform's id of the comment that it became.
        pub external_id: Option<String>,
        pub moves: i64,
        /// How often the platform was asked to create it.
        pub attempts: i64,
        /// Not sent before.
        pub due_at: Timestamp,
        pub sending_at: Option<Timestamp>,
        /// Since when it may be at the platform without our knowing.
        pub doubtful_since: Option<Timestamp>,
        pub looks: i64,
        /// Unknown, and no next look: a person decides.
        pub next_look_at: Option<Timestamp>,
        pub error_code: Option<String>,
        /// In the platform's words, where it has some.
        pub error_message: Option<String>,
        /// Which owner has approved it, or sent it back, and what they said to it.
        pub reviewed_by: Option<UserId>,
        pub review_note: Option<String>,
        /// What its author wrote, where an owner let other words go out.
        pub submitted_text: Option<String>,
        /// When its words were last changed at the platform.
        pub edited_at: Option<Timestamp>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        /// None of somebody whose account is gone.
        pub author_name: Option<String>,
        pub reviewer_name: Option<String>,
    }
}

const COLUMNS: &str = "id, workspace_id, connection_id, interaction_id, author_id, text, state, idempotency_key, external_id, \
    moves, attempts, due_at, sending_at, doubtful_since, looks, next_look_at, error_code, error_message, \
    reviewed_by, review_note, submitted_text, edited_at, created_at, updated_at, (SELECT name FROM users WHERE users.id = replies.author_id), \
    (SELECT name FROM users WHERE users.id = replies.reviewed_by)";

kit::row! {
    /// What is answered, and by which account.
    #[derive(Clone, Debug)]
    pub struct Item {
        pub connection_id: ConnectionId,
        pub platform: Platform,
        pub is_connected: bool,
        pub external_id: String,
        pub thread_external_id: String,
        pub content_external_id: Option<String>,
        pub provider_state: ProviderState,
        pub can_reply: bool,
    }
}

pub fn item(conn: &mut Conn, workspace: WorkspaceId, interaction: InteractionId) -> Result<Option<Item>> {
    conn.opt(
        "SELECT i.connection_id, i.platform, c.connection_status = 'connected', i.external_id, i.thread_external_id,
            (SELECT external_id FROM content_items WHERE content_items.id = i.content_id), i.provider_state, i.can_reply
         FROM interactions i JOIN platform_connections c ON c.id = i.connection_id
         WHERE i.id = $1 AND i.workspace_id = $2",
        args![interaction, workspace],
    )
}

/// Keeps a new reply; nothing, where its key is known or another answer to the item is under way.
pub fn insert(tx: &mut Tx, reply: &Reply) -> Result<bool> {
    let key = match mutant!("replies: the key is not in the constraint") {
        true => None,
        false => reply.idempotency_key.as_deref(),
    };
    let inserted = tx.exec(
        "INSERT INTO replies (id, workspace_id, connection_id, interaction_id, author_id, text, state, idempotency_key,
            moves, attempts, due_at, looks, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, 0, $10, $10) ON CONFLICT DO NOTHING",
        args![
            reply.id,
            reply.workspace_id,
            reply.connection_id,
            reply.interaction_id,
            reply.author_id,
            &reply.text,
            reply.state,
            key,
            reply.due_at,
            reply.created_at
        ],
    )?;
    Ok(inserted == 1)
}

/// Writes a reply as it now is, if nobody has moved it since it was read; whether that was so.
pub fn put(tx: &mut Tx, after: &Reply, moves: i64) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE replies SET state = $3, external_id = $4, moves = $5, attempts = $6, due_at = $7, sending_at = $8,
            doubtful_since = $9, looks = $10, next_look_at = $11, error_code = $12, error_message = $13, updated_at = $14,
            text = $15, reviewed_by = $16, review_note = $17, submitted_text = $18
         WHERE id = $1 AND moves = $2",
        args![
            after.id,
            moves,
            after.state,
            &after.external_id,
            after.moves,
            after.attempts,
            after.due_at,
            after.sending_at,
            after.doubtful_since,
            after.looks,
            after.next_look_at,
            &after.error_code,
            &after.error_message,
            after.updated_at,
            &after.text,
            after.reviewed_by,
            &after.review_note,
            &after.submitted_text
        ],
    )?;
    Ok(changed == 1)
}

pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: ReplyId) -> Result<Option<Reply>> {
    conn.opt(&format!("SELECT {COLUMNS} FROM replies WHERE id = $1 AND workspace_id = $2"), args![id, workspace])
}

/// For jobs, whose payload was written by us.
pub fn by_id(conn: &mut Conn, id: ReplyId) -> Result<Option<Reply>> {
    conn.opt(&format!("SELECT {COLUMNS} FROM replies WHERE id = $1"), args![id])
}

pub fn by_key(conn: &mut Conn, workspace: WorkspaceId, author: UserId, key: &str) -> Result<Option<Reply>> {
    conn.opt(
        &format!("SELECT {COLUMNS} FROM replies WHERE workspace_id = $1 AND author_id = $2 AND idempotency_key = $3"),
        args![workspace, author, key],
    )
}

/// The one answer to an item that is on its way.
pub fn under_way(conn: &mut Conn, workspace: WorkspaceId, interaction: InteractionId) -> Result<Option<Reply>> {
    conn.opt(
        &format!(
            "SELECT {COLUMNS} FROM replies WHERE interaction_id = $1 AND workspace_id = $2
                AND state IN ('awaiting_approval', 'queued', 'sending', 'unknown', 'pending_moderation')"
        ),
        args![interaction, workspace],
    )
}

pub fn of_ids(conn: &mut Conn, workspace: WorkspaceId, ids: &[ReplyId]) -> Result<Vec<Reply>> {
    let (places, args) = of_them(&workspace, ids);
    let sql = format!("SELECT {COLUMNS} FROM replies WHERE (workspace_id = $1) IS TRUE AND id IN ({places})");
    conn.all(&sql, &args)
}

/// Which of them have another answer to the same item under way.
pub fn taken(conn: &mut Conn, workspace: WorkspaceId, ids: &[ReplyId]) -> Result<Vec<ReplyId>> {
    let (places, args) = of_them(&workspace, ids);
    conn.all(
        &format!(
            "SELECT id FROM replies WHERE (workspace_id = $1) IS TRUE AND id IN ({places}) AND EXISTS (SELECT 1 FROM replies other
                WHERE other.interaction_id = replies.interaction_id AND other.id <> replies.id
                    AND other.state IN ('awaiting_approval', 'queued', 'sending', 'unknown', 'pending_moderation'))"
        ),
        &args,
    )
}

/// Behind the workspace, which is the first.
fn of_them<'a>(workspace: &'a WorkspaceId, ids: &'a [ReplyId]) -> (String, Vec<Val<'a>>) {
    let places = (2..ids.len() + 2).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    (places, std::iter::once(Val::from(workspace)).chain(ids.iter().map(Val::from)).collect())
}

pub fn of_item(conn: &mut Conn, workspace: WorkspaceId, interaction: InteractionId) -> Result<Vec<Reply>> {
    conn.all(
        &format!(
            "SELECT {COLUMNS} FROM replies WHERE interaction_id = $1 AND workspace_id = $2 ORDER BY created_at, id"
        ),
        args![interaction, workspace],
    )
}

/// What waits for an owner, the oldest first.
pub fn awaiting(conn: &mut Conn, workspace: WorkspaceId, limit: i64) -> Result<Vec<Reply>> {
    conn.all(
        &format!(
            "SELECT {COLUMNS} FROM replies WHERE workspace_id = $1 AND state = 'awaiting_approval'
             ORDER BY created_at, id LIMIT $2"
        ),
        args![workspace, limit],
    )
}

pub fn count_awaiting(conn: &mut Conn, workspace: WorkspaceId) -> Result<i64> {
    let sql = "SELECT count(*) FROM replies WHERE workspace_id = $1 AND state = 'awaiting_approval'";
    conn.one(sql, args![workspace])
}

pub fn moderated(tx: &mut Tx, now: Timestamp, connection: ConnectionId) -> Result<()> {
    // From the few that wait: joined, SQLite would begin with every interaction of the account.
    let own = "FROM interactions own WHERE own.connection_id = replies.connection_id AND own.family = 'comment'
            AND own.external_id = replies.external_id AND own.provider_state IN";
    let sql = format!(
        "UPDATE replies SET moves = moves + 1, updated_at = $2,
            error_message = (SELECT own.state_reason {own} ('rejected')),
            state = CASE WHEN EXISTS (SELECT 1 {own} ('published', 'hidden')) THEN 'published' ELSE 'rejected' END
         WHERE connection_id = $1 AND state = 'pending_moderation'
            AND EXISTS (SELECT 1 {own} ('published', 'hidden', 'rejected', 'removed'))"
    );
    tx.exec(&sql, args![connection, now]).map(drop)
}

/// Whether an answer in a thread waits for the platform's moderation.
pub fn waits_for_moderation(conn: &mut Conn, connection: ConnectionId, thread: &str) -> Result<bool> {
    let found: Option<ReplyId> = conn.opt(
        "SELECT r.id FROM replies r JOIN interactions i ON i.id = r.interaction_id
         WHERE r.connection_id = $1 AND r.state = 'pending_moderation' AND i.thread_external_id = $2 LIMIT 1",
        args![connection, thread],
    )?;
    Ok(found.is_some())
}

/// The comment that a reply became says something else now, and stands as it does. While another answer to the same item is
/// under way, that this one is moderated anew stands with its comment alone.
pub fn edited(tx: &mut Tx, now: Timestamp, connection: ConnectionId, comment: &ObservedInteraction) -> Result<()> {
    let text = comment.text.as_deref().unwrap_or_default();
    let state = State::at_platform(comment.provider_state);
    tx.exec(
        "UPDATE replies SET text = $3, edited_at = $4, updated_at = $4, moves = moves + 1, error_message = $6,
            state = CASE WHEN $5 = 'pending_moderation' AND EXISTS (SELECT 1 FROM replies other
                WHERE other.interaction_id = replies.interaction_id AND other.id <> replies.id AND other.state
                    IN ('awaiting_approval', 'queued', 'sending', 'unknown', 'pending_moderation'))
                THEN state ELSE $5 END
         WHERE connection_id = $1 AND external_id = $2 AND state IN ('published', 'pending_moderation', 'rejected')",
        args![connection, &comment.external_id, text, now, state, &comment.state_reason],
    )
    .map(drop)
}

/// The comment that a reply became is gone from the platform.
pub fn deleted(tx: &mut Tx, now: Timestamp, connection: ConnectionId, external_id: &str) -> Result<()> {
    tx.exec(
        "UPDATE replies SET state = 'deleted', updated_at = $3, moves = moves + 1
         WHERE connection_id = $1 AND external_id = $2 AND state IN ('published', 'pending_moderation', 'rejected')",
        args![connection, external_id, now],
    )
    .map(drop)
}

/// Others that became the same comment, where a platform has room for one answer: its place is taken.
pub fn replace(tx: &mut Tx, now: Timestamp, by: &Reply, external_id: &str) -> Result<()> {
    tx.exec(
        "UPDATE replies SET state = 'deleted', external_id = NULL, updated_at = $4, moves = moves + 1
         WHERE connection_id = $1 AND external_id = $2 AND id <> $3
            AND EXISTS (SELECT 1 FROM replies new WHERE new.id = $3 AND new.moves = $5)",
        args![by.connection_id, external_id, by.id, now, by.moves],
    )
    .map(drop)
}

/// Whether a comment is known as another reply's.
pub fn is_anothers(conn: &mut Conn, reply: &Reply, external_id: &str) -> Result<bool> {
    let found: Option<ReplyId> = conn.opt(
        "SELECT id FROM replies WHERE connection_id = $1 AND external_id = $2 AND id <> $3",
        args![reply.connection_id, external_id, reply.id],
    )?;
    Ok(found.is_some())
}

/// Whether the very same words may be arriving in the same thread: at the platform the two could not be told apart.
pub fn has_a_double(tx: &mut Tx, reply: &Reply, thread: &str) -> Result<bool> {
    let found: Option<ReplyId> = tx.opt(
        "SELECT replies.id FROM replies JOIN interactions ON interactions.id = replies.interaction_id
         WHERE replies.connection_id = $1 AND replies.id <> $2 AND interactions.thread_external_id = $3
            AND replies.text = $4
            AND (replies.state = 'sending' OR replies.state = 'unknown' AND replies.next_look_at IS NOT NULL) LIMIT 1",
        args![reply.connection_id, reply.id, thread, &reply.text],
    )?;
    Ok(found.is_some())
}

kit::row! {
    /// What somebody has written so far.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Draft {
        pub text: String,
        /// Which wrote it last, if a form did.
        pub form: Option<String>,
        pub updated_at: Timestamp,
    }
}

kit::row! {
    /// Somebody who is writing.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Writer {
        pub user_id: UserId,
        pub name: Option<String>,
    }
}

pub fn draft(
    conn: &mut Conn,
    workspace: WorkspaceId,
    interaction: InteractionId,
    user: UserId,
) -> Result<Option<Draft>> {
    conn.opt(
        "SELECT text, form, updated_at FROM reply_drafts WHERE interaction_id = $1 AND user_id = $2 AND workspace_id = $3",
        args![interaction, user, workspace],
    )
}

pub fn put_draft(
    tx: &mut Tx,
    workspace: WorkspaceId,
    (interaction, user): (InteractionId, UserId),
    (text, form): (&str, Option<&str>),
    now: Timestamp,
) -> Result<()> {
    tx.exec(
        "INSERT INTO reply_drafts (interaction_id, workspace_id, user_id, text, form, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (interaction_id, user_id)
            DO UPDATE SET text = excluded.text, form = excluded.form, updated_at = excluded.updated_at",
        args![interaction, workspace, user, text, form, now],
    )
    .map(drop)
}

pub fn remove_draft(tx: &mut Tx, interaction: InteractionId, user: UserId) -> Result<()> {
    tx.exec("DELETE FROM reply_drafts WHERE interaction_id = $1 AND user_id = $2", args![interaction, user]).map(drop)
}

/// Of somebody, and of which accounts they were.
pub fn remove_drafts_of(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> Result<Vec<ConnectionId>> {
    tx.all(
        "DELETE FROM reply_drafts WHERE workspace_id = $1 AND user_id = $2
         RETURNING (SELECT connection_id FROM interactions WHERE interactions.id = reply_drafts.interaction_id)",
        args![workspace, user],
    )
}

pub fn writers(
    conn: &mut Conn,
    workspace: WorkspaceId,
    interaction: InteractionId,
    except: UserId,
    since: Timestamp,
) -> Result<Vec<Writer>> {
    conn.all(
        "SELECT user_id, (SELECT name FROM users WHERE users.id = reply_drafts.user_id) FROM reply_drafts
         WHERE interaction_id = $1 AND workspace_id = $2 AND user_id <> $3 AND updated_at > $4
         ORDER BY updated_at DESC, user_id",
        args![interaction, workspace, except, since],
    )
}
