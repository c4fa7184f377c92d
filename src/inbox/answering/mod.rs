//! Answering on pages: what stands under a thread while somebody writes, and what becomes of what they have sent.

pub mod pages;
pub mod review;
pub mod saved;
mod store;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use kit::clock::Timestamp;
use kit::db::{self, Conn};

use super::listing::Interaction;
use crate::model::{InteractionId, ProviderState};
use crate::platforms::{AnswerRules, Platforms};
use crate::replies::saved::SavedReplyId;
use crate::replies::{self, Approval, Reply, ReplyId, State, Writer};
use crate::workspaces::{UserId, WorkspaceId};

/// Under a comment: its answers that are not in the thread yet, and the box for the next one.
#[derive(Clone, Debug)]
pub struct Answering {
    pub on_their_way: Vec<Reply>,
    /// Which of them whoever looks may have tried again.
    pub again: HashSet<ReplyId>,
    /// Why one of them waits for an owner.
    pub approval: Approval,
    /// Replies that are in the thread, and went out in other words than their authors wrote.
    pub changed: Vec<Reply>,
    /// None where the platform takes no answer.
    pub rules: Option<AnswerRules>,
    /// What the box shows,
    pub draft: String,
    /// and what is kept of it.
    pub kept: String,
    /// Others who write at the moment.
    pub writers: Vec<Writer>,
    /// What can be inserted.
    pub saved: Vec<(SavedReplyId, String)>,
    /// A form that is sent twice is one reply.
    pub key: String,
    /// The newest answer in the thread that was there when the box was drawn.
    pub seen: String,
    /// What is wrong with what was typed.
    pub error: Option<String>,
}

/// What somebody typed that was refused, word for word, and why.
#[derive(Clone, Debug)]
pub struct Told {
    pub text: String,
    pub error: String,
}

/// What stands in the thread by now, and was not there when somebody began to write; what they are told.
pub fn answered_since(
    conn: &mut Conn,
    (workspace, platforms): (WorkspaceId, &Platforms),
    interaction: InteractionId,
    seen: &str,
) -> db::Result<Option<String>> {
    let newest = store::newest_answer(conn, workspace, interaction)?.filter(|answer| answer.token() != seen);
    Ok(newest.map(|answer| {
        let are_replaced = replies::rules_of(platforms, answer.platform).is_some_and(|rules| rules.are_replaced);
        let what = if are_replaced { "Yours would replace it." } else { "Send yours too, if it still fits." };
        format!("There's a new reply in this thread: “{}” {what}", answer.text.unwrap_or_default())
    }))
}

impl Answering {
    pub fn read(
        conn: &mut Conn,
        (workspace, by, now): (WorkspaceId, UserId, Timestamp),
        item: &Interaction,
        platforms: &Platforms,
        key: &str,
    ) -> db::Result<Self> {
        let rules = replies::rules_of(platforms, item.platform);
        let takes_answers = item.can_reply && !item.is_own && item.provider_state == ProviderState::Published;
        let mut on_their_way = replies::of_item(conn, workspace, item.id)?;
        // What was sent back is told until its author has sent another.
        let last = on_their_way.last().map(|reply| reply.id);
        on_their_way.retain(|reply| reply.state != State::SentBack || Some(reply.id) == last);
        let changed = on_their_way.iter().filter(|reply| reply.submitted_text.is_some() && reply.external_id.is_some());
        let changed = changed.cloned().collect();
        // Published ones stand in the thread.
        on_their_way.retain(|reply| match reply.state {
            // Its words are nowhere else.
            State::Cancelled => Some(reply.id) == last && reply.error_code.as_deref() == Some(replies::BESIDE_A_DRAFT),
            state => !matches!(state, State::Published | State::Deleted | State::Draft),
        });
        let kept = replies::draft_of(conn, workspace, item.id, by)?.map(|draft| draft.text).unwrap_or_default();
        Ok(Self {
            again: replies::of_those_can_retry(conn, workspace, &on_their_way, by)?,
            approval: Approval::of(conn, workspace, &on_their_way)?,
            changed,
            on_their_way,
            rules: rules.filter(|_| takes_answers),
            draft: kept.clone(),
            kept,
            writers: replies::who_writes(conn, workspace, item.id, by, now)?,
            saved: saved::choice(conn, workspace)?,
            key: key.to_owned(),
            error: None,
            seen: store::newest_answer(conn, workspace, item.id)?.map(|answer| answer.token()).unwrap_or_default(),
        })
    }

    pub fn told(self, told: Option<Told>) -> Self {
        match told {
            Some(Told { text, error }) => Self { draft: text, error: Some(error), ..self },
            None => self,
        }
    }
}
