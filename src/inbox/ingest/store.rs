//! The statements of ingest. A page is read in few statements and written in one or two a row.

use std::collections::HashMap;

use kit::args;
use kit::clock::Timestamp;
use kit::db::lists::{all_in, exec_in};
use kit::db::{Json, Result, Tx, Val};

use super::IngestContext;
use super::page::TextHash;
use crate::inbox::derive::{Facts, Given, Intent, Language, PriorityBand, RULESET, Reason, Said, Sentiment};
use crate::inbox::triage::{Triage, TriageInput, TriageState};
use crate::model::{AuthorId, ConnectionId, ContentId, InteractionId, Kind, ObservedInteraction, ProviderState};
use crate::workspaces::WorkspaceId;

/// By external id, for the content that the observations name.
pub fn content_ids(
    tx: &mut Tx,
    context: &IngestContext<'_>,
    observed: &[&ObservedInteraction],
) -> Result<HashMap<String, ContentId>> {
    let mut names = observed.iter().filter_map(|item| item.content_external_id.as_deref()).collect::<Vec<_>>();
    names.sort_unstable();
    names.dedup();
    let sql = "SELECT external_id, id FROM content_items WHERE connection_id = $1 AND external_id IN ";
    Ok(all_in::<(String, ContentId), _>(tx, sql, "", args![context.connection], &names)?.into_iter().collect())
}

kit::row! {
    /// What ingest needs to know of a stored interaction.
    #[derive(Clone, Debug)]
    pub struct Stored {
        pub id: InteractionId,
        pub connection_id: ConnectionId,
        pub author_id: AuthorId,
        pub kind: Kind,
        pub external_id: String,
        pub thread_external_id: String,
        pub content_id: Option<ContentId>,
        pub text: Option<String>,
        pub text_hash: Vec<u8>,
        pub language: Option<Language>,
        pub rating: Option<i64>,
        pub rating_at_reply: Option<i64>,
        pub likes: Option<i64>,
        pub reply_count: Option<i64>,
        pub created_at: Timestamp,
        pub edited_at: Option<Timestamp>,
        pub provider_state: ProviderState,
        pub translation: Option<String>,
        pub state_reason: Option<String>,
        pub can_reply: bool,
        pub is_own: bool,
        pub state: TriageState,
        pub sentiment: Sentiment,
        pub sentiment_score: Option<f64>,
        pub intents: Json,
        pub priority_score: i64,
        pub priority: PriorityBand,
        pub reasons: Json,
        pub missing_since: Option<Timestamp>,
    }
}

impl Stored {
    fn all_reasons(&self) -> Vec<Reason> {
        serde_json::from_value(self.reasons.clone()).unwrap_or_default()
    }

    pub fn facts(&self) -> Facts {
        Facts {
            language: self.language,
            sentiment: self.sentiment,
            score: self.sentiment_score,
            intents: serde_json::from_value::<Vec<Intent>>(self.intents.clone()).unwrap_or_default(),
            reasons: self.all_reasons().into_iter().filter(|reason| reason.points.is_none()).collect(),
        }
    }

    pub fn given(&self, account_language: Option<Language>, said: Said) -> Given<'_> {
        Given {
            text: self.text.as_deref(),
            rating: self.rating,
            account_language,
            platform_says_spam: self.provider_state == ProviderState::Spam,
            repeated_by_others: self.is_part_of_wave(),
            answers_another: self.facts().answers_another(),
            said,
        }
    }

    pub fn is_part_of_wave(&self) -> bool {
        self.facts().is_wave()
    }

    pub fn input<'a>(&self, facts: &'a Facts) -> TriageInput<'a> {
        TriageInput {
            is_own: self.is_own,
            provider_state: self.provider_state,
            can_reply: self.can_reply,
            rating: self.rating,
            likes: self.likes,
            created_at: self.created_at,
            edited_at: self.edited_at,
            is_repeat_author: self.all_reasons().iter().any(|reason| reason.reason == "repeat_author"),
            facts,
        }
    }
}

/// By family and external id.
pub fn stored(
    tx: &mut Tx,
    context: &IngestContext<'_>,
    observed: &[&ObservedInteraction],
) -> Result<HashMap<(&'static str, String), Stored>> {
    let sql = format!(
        "SELECT {} FROM interactions WHERE connection_id = $1 AND family = $2 AND external_id IN ",
        Stored::COLUMNS
    );
    let mut found = HashMap::with_capacity(observed.len());
    for family in ["comment", "review", "mention"] {
        let ids = observed.iter().filter(|item| item.kind.family() == family);
        let ids = ids.map(|item| item.external_id.as_str()).collect::<Vec<_>>();
        for row in all_in::<Stored, _>(tx, &sql, "", args![context.connection, family], &ids)? {
            found.insert((family, row.external_id.clone()), row);
        }
    }
    Ok(found)
}

/// Thread, external id and time of the published own interactions of the threads.
pub fn own_replies(
    tx: &mut Tx,
    context: &IngestContext<'_>,
    threads: &[&str],
) -> Result<Vec<(String, String, Timestamp)>> {
    let sql = "SELECT thread_external_id, external_id, created_at FROM interactions
               WHERE connection_id = $1 AND is_own AND provider_state = 'published' AND thread_external_id IN ";
    all_in(tx, sql, "", args![context.connection], threads)
}

pub fn in_threads(tx: &mut Tx, connection: ConnectionId, threads: &[&str]) -> Result<Vec<Stored>> {
    let sql =
        format!("SELECT {} FROM interactions WHERE connection_id = $1 AND thread_external_id IN ", Stored::COLUMNS);
    all_in(tx, &sql, "", args![connection], threads)
}

/// Those of the hashes that at least so many different people wrote.
pub fn written_by_at_least(
    tx: &mut Tx,
    context: &IngestContext<'_>,
    hashes: &[&TextHash],
    people: i64,
) -> Result<Vec<Vec<u8>>> {
    let sql = "SELECT text_hash FROM interactions WHERE connection_id = $1 AND NOT is_own AND text_hash IN ";
    let having = " GROUP BY text_hash HAVING count(DISTINCT author_id) >= $2";
    all_in(tx, sql, having, args![context.connection, people], hashes)
}

/// Those with one of the texts that are not known as part of a wave yet.
pub fn not_yet_in_a_wave(tx: &mut Tx, context: &IngestContext<'_>, hashes: &[Vec<u8>]) -> Result<Vec<Stored>> {
    let sql = format!(
        "SELECT {} FROM interactions
         WHERE connection_id = $1 AND NOT is_own AND CAST(intents AS TEXT) NOT LIKE '%\"spam\"%'
            AND CAST(reasons AS TEXT) NOT LIKE '%\"wave\"%' AND text_hash IN ",
        Stored::COLUMNS
    );
    let hashes = hashes.iter().map(Vec::as_slice).collect::<Vec<_>>();
    all_in(tx, &sql, "", args![context.connection], &hashes)
}

/// A row as ingest writes it.
pub struct Record<'a> {
    pub id: InteractionId,
    pub author: AuthorId,
    pub content: Option<ContentId>,
    pub observed: &'a ObservedInteraction,
    pub hash: &'a TextHash,
    pub created_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub rating_at_reply: Option<i64>,
    pub facts: &'a Facts,
    pub triage: &'a Triage,
}

pub fn insert(tx: &mut Tx, context: &IngestContext<'_>, record: &Record<'_>) -> Result<()> {
    let Record { observed, facts, triage, .. } = record;
    tx.exec_later(
        "INSERT INTO interactions (id, workspace_id, connection_id, content_id, author_id, platform, kind, family,
            external_id, parent_external_id, thread_external_id, text, text_hash, language, rating, likes, reply_count,
            created_at, edited_at, provider_state, can_reply, is_own, permalink, state, sentiment, sentiment_score,
            intents, priority_score, priority, reasons, ruleset, first_seen_at, last_seen_at, raw,
            translation, state_reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $32, $33, $34, $35)",
        args![
            record.id,
            context.workspace,
            context.connection,
            record.content,
            record.author,
            context.platform,
            observed.kind,
            observed.kind.family(),
            &observed.external_id,
            &observed.parent_external_id,
            &observed.thread_external_id,
            &observed.text,
            record.hash,
            facts.language,
            observed.rating,
            observed.likes,
            observed.reply_count,
            observed.created_at,
            record.edited_at,
            observed.provider_state,
            observed.can_reply,
            observed.author.is_self,
            &observed.permalink,
            triage.state,
            facts.sentiment,
            facts.score,
            to_json(&facts.intents),
            triage.score,
            triage.band,
            to_json(&triage.reasons),
            RULESET,
            context.now,
            &observed.raw,
            &observed.translation,
            &observed.state_reason
        ],
    )
}

pub fn update(tx: &mut Tx, context: &IngestContext<'_>, record: &Record<'_>) -> Result<()> {
    let Record { observed, facts, triage, .. } = record;
    tx.exec_later(
        "UPDATE interactions SET content_id = $2, author_id = $3, kind = $4, parent_external_id = $5,
            thread_external_id = $6, text = $7, text_hash = $8, language = $9, rating = $10, likes = $11,
            reply_count = $12, edited_at = $13, provider_state = $14, can_reply = $15, is_own = $16, permalink = $17,
            state = $18, sentiment = $19, sentiment_score = $20, intents = $21, priority_score = $22, priority = $23,
            reasons = $24, ruleset = $25, last_seen_at = $26, missing_since = NULL, raw = $27, translation = $28,
            state_reason = $29, created_at = $30, rating_at_reply = $31
         WHERE id = $1",
        args![
            record.id,
            record.content,
            record.author,
            observed.kind,
            &observed.parent_external_id,
            &observed.thread_external_id,
            &observed.text,
            record.hash,
            facts.language,
            observed.rating,
            observed.likes,
            observed.reply_count,
            record.edited_at,
            observed.provider_state,
            observed.can_reply,
            observed.author.is_self,
            &observed.permalink,
            triage.state,
            facts.sentiment,
            facts.score,
            to_json(&facts.intents),
            triage.score,
            triage.band,
            to_json(&triage.reasons),
            RULESET,
            context.now,
            &observed.raw,
            &observed.translation,
            &observed.state_reason,
            record.created_at,
            record.rating_at_reply
        ],
    )
}

/// A new triage on an unchanged text.
pub fn put_triage(tx: &mut Tx, id: InteractionId, facts: &Facts, triage: &Triage) -> Result<()> {
    tx.exec_later(
        "UPDATE interactions SET state = $2, intents = $3, priority_score = $4, priority = $5, reasons = $6, ruleset = $7
         WHERE id = $1",
        args![
            id, triage.state, to_json(&facts.intents), triage.score, triage.band, to_json(&triage.reasons), RULESET
        ],
    )
}

/// What a text is known to say, anew.
pub fn put_facts(tx: &mut Tx, id: InteractionId, facts: &Facts) -> Result<()> {
    tx.exec_later(
        "UPDATE interactions SET language = $2, sentiment = $3, sentiment_score = $4 WHERE id = $1",
        args![id, facts.language, facts.sentiment, facts.score],
    )
}

/// What somebody else wrote, with the language of the account to which they did.
pub fn of_others(tx: &mut Tx, workspace: WorkspaceId, id: InteractionId) -> Result<Option<(Stored, Option<Language>)>> {
    let sql = format!(
        "SELECT {} FROM interactions WHERE (workspace_id = $1) IS TRUE AND id = $2 AND NOT is_own",
        Stored::COLUMNS
    );
    let Some(row) = tx.opt::<Stored>(&sql, args![workspace, id])? else { return Ok(None) };
    let sql = "SELECT language FROM platform_connections WHERE id = $1";
    let tag = tx.opt::<Option<String>>(sql, args![row.connection_id])?.flatten();
    Ok(Some((row, tag.as_deref().and_then(Language::of_tag))))
}

pub fn seen(tx: &mut Tx, context: &IngestContext<'_>, ids: &[InteractionId]) -> Result<()> {
    exec_in(tx, "UPDATE interactions SET last_seen_at = $1 WHERE id IN ", args![context.now], ids)
}

/// What was rejected is in no list any more, and there all the same.
pub fn not_seen_since(tx: &mut Tx, context: &IngestContext<'_>, started_at: Timestamp) -> Result<Vec<Stored>> {
    let sql = format!(
        "SELECT {} FROM interactions
         WHERE connection_id = $1 AND last_seen_at < $2 AND provider_state NOT IN ('removed', 'rejected') ORDER BY id",
        Stored::COLUMNS
    );
    tx.all(&sql, args![context.connection, started_at])
}

pub fn mark_missing(tx: &mut Tx, context: &IngestContext<'_>, started_at: Timestamp) -> Result<()> {
    tx.exec(
        "UPDATE interactions SET missing_since = $3
         WHERE connection_id = $1 AND last_seen_at < $2 AND provider_state NOT IN ('removed', 'rejected') AND missing_since IS NULL",
        args![context.connection, started_at, context.now],
    )?;
    Ok(())
}

pub fn put_provider_state(tx: &mut Tx, row: &Stored) -> Result<()> {
    let sql = "UPDATE interactions SET provider_state = $2, can_reply = $3 WHERE id = $1";
    tx.exec(sql, args![row.id, row.provider_state, row.can_reply]).map(drop)
}

pub fn by_ids(tx: &mut Tx, context: &IngestContext<'_>, ids: &[InteractionId]) -> Result<Vec<Stored>> {
    let sql = format!(
        "SELECT {} FROM interactions WHERE (workspace_id = $1) IS TRUE AND connection_id = $2 AND id IN ",
        Stored::COLUMNS
    );
    all_in(tx, &sql, "", args![context.workspace, context.connection], ids)
}

/// Those who wait and wrote after the one instant of a pair and up to the other, oldest first.
pub fn waiting_between(
    tx: &mut Tx,
    workspace: WorkspaceId,
    pairs: &[(Timestamp, Timestamp)],
    after: Option<(Timestamp, InteractionId)>,
    limit: usize,
) -> Result<Vec<Stored>> {
    let oldest = pairs.iter().map(|(after, _)| *after).min().unwrap_or(Timestamp::from_second(0));
    let (at, id) = after.unwrap_or((oldest, InteractionId::LAST));
    let mut args = vec![Val::from(&workspace), Val::from(&at), Val::from(&id)];
    let mut between = Vec::new();
    for (after, until) in pairs {
        between.push(format!("(created_at > ${} AND created_at <= ${})", args.len() + 1, args.len() + 2));
        args.extend([Val::from(after), Val::from(until)]);
    }
    let sql = format!(
        "SELECT {} FROM interactions
         WHERE workspace_id = $1 AND state = 'needs_reply' AND created_at >= $2 AND (created_at, id) > ($2, $3)
            AND ({}) ORDER BY created_at, id LIMIT {limit}",
        Stored::COLUMNS,
        between.join(" OR ")
    );
    tx.all(&sql, &args)
}

pub fn somebody_waits_since(tx: &mut Tx, workspace: WorkspaceId, since: Timestamp) -> Result<bool> {
    let sql =
        "SELECT id FROM interactions WHERE workspace_id = $1 AND state = 'needs_reply' AND created_at > $2 LIMIT 1";
    Ok(!tx.all::<InteractionId>(sql, args![workspace, since])?.is_empty())
}

fn to_json<T: serde::Serialize>(value: &T) -> Json {
    serde_json::to_value(value).expect("enums and flat structs always serialise")
}
