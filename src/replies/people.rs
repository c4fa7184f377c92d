//! What people do with replies: send, call back, try again, decide.

use std::collections::HashSet;
use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Tx};
use kit::jobs::{Enqueue, JobScope};

use super::moves::{LAST_LOOK, advance};
use super::store::{self, Item, Reply};
use super::{Refused, ReplyId, SendReply, State, drafts};
use crate::app::App;
use crate::audit;
use crate::events::{self, Event};
use crate::model::visible::{self, BadText};
use crate::model::{InteractionId, Platform, ProviderState};
use crate::platforms::{AnswerRules, Platforms, TextUnit};
use crate::work::Work;
use crate::workspaces::{self, Right, Role, UserId, WorkspaceId};

/// What somebody wants to answer.
#[derive(Clone, Copy, Debug)]
pub struct NewReply<'a> {
    pub interaction: InteractionId,
    pub text: &'a str,
    /// Whoever sends the same again sends nothing new.
    pub key: Option<&'a str>,
    /// Until then it can be called back.
    pub delay: Duration,
}

/// Takes an answer over: from here on it is sent, or somebody is told why not.
pub fn send(
    work: &mut Work<'_>,
    platforms: &Platforms,
    workspace: WorkspaceId,
    new: &NewReply<'_>,
) -> Result<Reply, Refused> {
    let author = work.who.person().ok_or(Refused::NotFound)?;
    let item = store::item(work.tx, workspace, new.interaction)?.ok_or(Refused::NotFound)?;
    let text = fitting(platforms, item.platform, new.text)?;
    if let Some(known) = known(work.tx, workspace, author, new, &text)? {
        return Ok(known);
    }
    if item.provider_state != ProviderState::Published || !item.can_reply {
        return Err(Refused::NotAnswerable);
    }
    if !item.is_connected {
        return Err(Refused::NotConnected);
    }
    let waits = workspaces::waits_for_approval(work.tx, workspace, author)?;
    let state = if waits { State::AwaitingApproval } else { State::Queued };
    let reply = Reply { state, ..queued(work, workspace, author, new, (&item, text)) };
    while !store::insert(work.tx, &reply)? {
        // Somebody was faster: with the same key, or with another answer to the item, unless that one has just ended.
        if let Some(known) = known(work.tx, workspace, author, new, &reply.text)? {
            return Ok(known);
        }
        is_free(work.tx, &reply, author)?;
    }
    if !waits {
        enqueue(work, &reply, author, reply.due_at)?;
    }
    drafts::sent(work.tx, &reply)?;
    events::record(work.tx, work.now, workspace, Event::InboxChanged(reply.connection_id))?;
    audit::record(work, if waits { audit::Event::ReplySubmitted } else { audit::Event::ReplySent }, reply.id)?;
    store::find(work.tx, workspace, reply.id)?.ok_or(Refused::NotFound)
}

/// Calls a reply back that has not been sent. Its text is its author's draft again.
pub fn cancel(work: &mut Work<'_>, workspace: WorkspaceId, id: ReplyId) -> Result<Reply, Refused> {
    // Its job first, as the job itself does.
    let job = kit::jobs::hold(work.tx, &SendReply { reply_id: id }.operation_key())?;
    let reply = store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)?;
    let refused = |state| Refused::NotNow { state, wanted: "called back" };
    if reply.state == State::Cancelled {
        return Ok(reply);
    }
    if !reply.can_be_cancelled() || !drafts::call_back(work.tx, &reply, work.now)? {
        let state = store::find(work.tx, workspace, id)?.map_or(reply.state, |reply| reply.state);
        return Err(refused(state));
    }
    drafts::taken_back(work.tx, work.now, &reply)?;
    if let Some(job) = job {
        kit::jobs::cancel::<App>(work.tx, work.now, work.random, job, JobScope::All)?;
    }
    audit::record(work, audit::Event::ReplyCancelled, id)?;
    store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)
}

/// Tries again what failed, and looks again for what nobody knows of.
pub fn retry(work: &mut Work<'_>, workspace: WorkspaceId, id: ReplyId) -> Result<Reply, Refused> {
    let user = work.who.person().ok_or(Refused::NotFound)?;
    let reply = store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)?;
    may_retry(work.tx, &reply, user)?;
    enqueue(work, &reply, user, work.now)?;
    if !reopen(work.tx, work.now, &reply)? {
        return Err(Refused::NotNow { state: reply.state, wanted: "tried again" });
    }
    audit::record(work, audit::Event::ReplyRetried, id)?;
    store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)
}

/// Whether somebody may have it tried again.
pub fn may_retry(conn: &mut Conn, reply: &Reply, by: UserId) -> Result<(), Refused> {
    may_answer(conn, reply, by)?;
    is_free(conn, reply, by)?;
    goes_out(conn, reply, by)?;
    if reply.can_be_retried() { Ok(()) } else { Err(Refused::NotNow { state: reply.state, wanted: "tried again" }) }
}

/// The same as a yes or no, without a look at anything where the reply itself says no.
pub fn can_retry(conn: &mut Conn, reply: &Reply, by: UserId) -> db::Result<bool> {
    if !reply.can_be_retried() {
        return Ok(false);
    }
    match may_retry(conn, reply, by) {
        Err(Refused::Db(error)) => Err(error),
        asked => Ok(asked.is_ok()),
    }
}

/// Which of some replies of a workspace [`can_retry`] says yes to, with as many questions for many as for one.
pub fn of_those_can_retry(
    conn: &mut Conn,
    workspace: WorkspaceId,
    replies: &[Reply],
    by: UserId,
) -> db::Result<HashSet<ReplyId>> {
    let mut found = replies.iter().filter(|reply| reply.can_be_retried()).collect::<Vec<_>>();
    let role = workspaces::role_of(conn, workspace, by)?;
    if found.is_empty() || !role.is_some_and(|role| role.may(Right::Answer)) {
        return Ok(HashSet::new());
    }
    let ids = found.iter().map(|reply| reply.id).collect::<Vec<_>>();
    let taken = store::taken(conn, workspace, &ids)?;
    found.retain(|reply| !taken.contains(&reply.id));
    if workspaces::waits_for_approval(conn, workspace, by)? {
        let owners = workspaces::people(conn, workspace)?;
        let is_owner = |id: UserId| owners.iter().any(|one| one.user_id == id && one.role == Role::Owner);
        found.retain(|reply| reply.reviewed_by.is_some() || is_owner(reply.author_id));
    }
    Ok(found.into_iter().map(|reply| reply.id).collect())
}

fn may_answer(conn: &mut Conn, reply: &Reply, by: UserId) -> Result<(), Refused> {
    let role = workspaces::role_of(conn, reply.workspace_id, by)?.ok_or(Refused::NotFound)?;
    if role.may(Right::Answer) { Ok(()) } else { Err(Refused::NotAllowed(Right::Answer.missing(role))) }
}

/// Where owners see editors' words first, those that none has seen go out by an owner's hand alone.
fn goes_out(conn: &mut Conn, reply: &Reply, by: UserId) -> Result<(), Refused> {
    let workspace = reply.workspace_id;
    let is_seen = reply.reviewed_by.is_some() || !workspaces::waits_for_approval(conn, workspace, reply.author_id)?;
    match is_seen || !workspaces::waits_for_approval(conn, workspace, by)? {
        true => Ok(()),
        false => Err(Refused::NeedsOwner),
    }
}

/// A person has looked at the platform, where the product could not: it is there, or it is to be sent again.
pub fn settle(work: &mut Work<'_>, workspace: WorkspaceId, id: ReplyId, it_was_sent: bool) -> Result<Reply, Refused> {
    let user = work.who.person().ok_or(Refused::NotFound)?;
    let reply = store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)?;
    let refused = Refused::NotNow { state: reply.state, wanted: "decided about" };
    if !reply.asks_a_person() {
        return Err(refused);
    }
    if !it_was_sent {
        goes_out(work.tx, &reply, user)?;
    }
    let after = match it_was_sent {
        true => reply.arrived(work.now, State::Published, None),
        false => Reply { doubtful_since: None, ..reply.queued_anew(work.now) },
    };
    if !it_was_sent {
        enqueue(work, &reply, user, work.now)?;
    }
    if !advance(work.tx, &reply, &after)? {
        return Err(refused);
    }
    audit::record(work, audit::Event::ReplySettled, id)?;
    store::find(work.tx, workspace, id)?.ok_or(Refused::NotFound)
}

/// What the platform takes for an answer; nothing where this version does not speak to it.
pub fn rules_of(platforms: &Platforms, platform: Platform) -> Option<AnswerRules> {
    platforms.get(platform).map(|module| module.answers())
}

/// Brings a reply that failed, or that nobody knows of, back on its way; whether it is. What may be there all the same is
/// looked for before it is sent again.
pub fn reopen(tx: &mut Tx, now: Timestamp, reply: &Reply) -> db::Result<bool> {
    let after = match reply.state {
        State::Failed if reply.doubtful_since.is_none() => reply.queued_anew(now),
        State::Failed => Reply { attempts: 0, looks: LAST_LOOK, ..reply.looked_for(now, now).untroubled() },
        State::Unknown if reply.asks_a_person() => {
            Reply { attempts: 0, looks: 0, ..reply.looked_for(now, now).untroubled() }
        }
        _ => return Ok(false),
    };
    advance(tx, reply, &after)
}

fn queued(
    work: &Work<'_>,
    workspace: WorkspaceId,
    author: UserId,
    new: &NewReply<'_>,
    (item, text): (&Item, String),
) -> Reply {
    Reply {
        id: ReplyId::new(work.now, work.random),
        workspace_id: workspace,
        connection_id: item.connection_id,
        interaction_id: new.interaction,
        author_id: author,
        text,
        state: State::Queued,
        idempotency_key: new.key.map(str::to_owned),
        external_id: None,
        moves: 0,
        attempts: 0,
        due_at: work.now + new.delay,
        sending_at: None,
        doubtful_since: None,
        looks: 0,
        next_look_at: None,
        error_code: None,
        error_message: None,
        created_at: work.now,
        updated_at: work.now,
        reviewed_by: None,
        review_note: None,
        submitted_text: None,
        edited_at: None,
        author_name: None,
        reviewer_name: None,
    }
}

pub(super) fn enqueue(work: &mut Work<'_>, reply: &Reply, user: UserId, run_at: Timestamp) -> db::Result<()> {
    let job = SendReply { reply_id: reply.id };
    let how = Enqueue {
        user_id: Some(user.uuid()),
        workspace_id: Some(reply.workspace_id.uuid()),
        operation_key: Some(job.operation_key()),
        run_at: Some(run_at),
        ..Enqueue::default()
    };
    kit::jobs::enqueue(work.tx, work.now, work.random, &job, how).map(drop)
}

/// The reply that was made with the same key, if it says the same.
fn known(
    tx: &mut Tx,
    workspace: WorkspaceId,
    author: UserId,
    new: &NewReply<'_>,
    text: &str,
) -> Result<Option<Reply>, Refused> {
    let Some(key) = new.key else { return Ok(None) };
    match store::by_key(tx, workspace, author, key)? {
        Some(known) if known.interaction_id == new.interaction && known.text == text => Ok(Some(known)),
        Some(_) => Err(Refused::KeyReused),
        None => Ok(None),
    }
}

/// Refused while another answer to the same item is under way.
fn is_free(conn: &mut Conn, reply: &Reply, user: UserId) -> Result<(), Refused> {
    match store::under_way(conn, reply.workspace_id, reply.interaction_id)? {
        Some(other) if other.id != reply.id => {
            let is_own = other.author_id == user;
            Err(Refused::OnItsWay { by: other.author_id, name: other.author_name, is_own, state: other.state })
        }
        _ => Ok(()),
    }
}

/// The text as it is sent.
pub fn fitting(platforms: &Platforms, platform: Platform, text: &str) -> Result<String, Refused> {
    if text.contains('\0') {
        return Err(Refused::Nul);
    }
    let text = visible::text(text).map_err(|bad| match bad {
        BadText::Empty => Refused::Empty,
        BadText::Hidden => Refused::Hidden,
    })?;
    let Some(AnswerRules { longest, unit, longest_in_bytes, .. }) = rules_of(platforms, platform) else {
        return Err(Refused::NotAnswerable);
    };
    let limits = [(Some(longest), unit), (longest_in_bytes, TextUnit::Bytes)];
    for (longest, unit) in limits.into_iter().filter_map(|(longest, unit)| Some((longest?, unit))) {
        let length = unit.length_of(&text);
        if length > longest {
            return Err(Refused::TooLong { length, longest, unit, letters: text.chars().count() });
        }
    }
    Ok(text)
}
