//! What people do with comments at a platform: ask for something, call it back, try it again.

use std::collections::{HashMap, HashSet};

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::jobs::{self, Enqueue, JobId, JobScope};
use kit::mutant;

use super::moves::{self, MOST, advance, tell};
use super::refused::{NotNow, Refused, Skipped};
use super::rights::{self, Asker};
use super::store::{self, Act, Item};
use super::{ActId, CarryOut, OrderId, State};
use crate::app::App;
use crate::audit;
use crate::model::{InteractionId, is_same_text};
use crate::platforms::{Platforms, Verb};
use crate::replies;
use crate::work::Work;
use crate::workspaces::{self, UserId, WorkspaceId};

/// What somebody wants of a platform, for some comments.
#[derive(Clone, Copy, Debug)]
pub struct NewOrder<'a> {
    pub interactions: &'a [InteractionId],
    pub verb: Verb,
    /// The new words, with [`Verb::Edit`].
    pub text: Option<&'a str>,
    /// The words that whoever wrote the new ones had before their eyes; others since then are not written over.
    pub replaces: Option<&'a str>,
}

/// Takes an order over: from here on each comment's act is done, or somebody is told why not. Where it is for one comment for
/// which nothing is to be asked, it is refused.
pub fn order(
    work: &mut Work<'_>,
    platforms: &Platforms,
    workspace: WorkspaceId,
    new: &NewOrder<'_>,
) -> Result<OrderId, Refused> {
    let id = OrderId::new(work.now, work.random);
    // Whoever acts on one comment has it before their eyes, and all that becomes of it.
    let seen_at = (new.interactions.len() > 1).then_some(work.now);
    take_over(work, platforms, workspace, new, Terms { id, seen_at, is_refused: true })?;
    Ok(id)
}

/// How an order came to be.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub id: OrderId,
    /// When whoever ordered it saw its comments.
    pub seen_at: Option<Timestamp>,
    /// An order that would do nothing, in place of one that says so.
    pub is_refused: bool,
}

pub(super) fn take_over(
    work: &mut Work<'_>,
    platforms: &Platforms,
    workspace: WorkspaceId,
    new: &NewOrder<'_>,
    terms: Terms,
) -> Result<(), Refused> {
    let by = work.who.person().ok_or(Refused::NotFound)?;
    let ids = &new.interactions[..new.interactions.len().min(MOST)];
    workspaces::lock(work.tx, workspace)?;
    let items = super::items(work.tx, workspace, ids)?;
    let first = items.first().ok_or(Refused::NotFound)?;
    Asker::read(work.tx, workspace, by)?.may_ask(new.verb, items.len())?;
    let text = words_of(platforms, new, first)?;
    let ids = items.iter().map(|item| item.id).collect::<Vec<_>>();
    let places = store::places(work.tx, workspace, &ids)?;
    let places: HashMap<_, _> = places.into_iter().map(|(id, place, is_busy)| (id, (place, is_busy))).collect();
    let seen_at = terms.seen_at.filter(|_| !new.verb.is_about_own());
    let changed = match seen_at {
        Some(seen_at) => store::changed_since(work.tx, (workspace, by), seen_at, &ids)?,
        None => Vec::new(),
    };
    let changed = changed.into_iter().collect::<HashSet<_>>();
    let mut acts = Vec::with_capacity(items.len());
    for item in &items {
        let mut act = Act { seen_at, ..asked_for(work, (workspace, terms.id, by), item, new.verb, text.clone()) };
        let (place, is_busy) = places.get(&item.id).copied().unwrap_or_default();
        let is_busy = is_busy || mutant!("moderation: anything counts as under way");
        let why_not = why_not(platforms, item, is_busy, new.verb, text.as_deref());
        match why_not.or(changed.contains(&item.id).then_some(Skipped::Changed)) {
            Some(why) if items.len() == 1 && terms.is_refused => {
                return Err(Refused::Skipped(why, new.verb, super::words_for(platforms, item)));
            }
            Some(why) => act = Act { state: State::Skipped, error_code: Some(why.to_string()), ..act },
            None => {}
        }
        acts.push((act, place + 1));
    }
    store::insert(work.tx, &acts)?;
    let mut acts = acts.into_iter().map(|(act, _)| act).collect::<Vec<_>>();
    acts.retain(|act| act.state == State::Queued);
    if !acts.is_empty() {
        enqueue(work, workspace, terms.id, by)?;
        tell(work.tx, work.now, &acts)?;
        audit::record(work, done_to(new.verb), on(&acts, terms.id))?;
    }
    Ok(())
}

/// The new words of an edit, as they go out.
fn words_of(platforms: &Platforms, new: &NewOrder<'_>, item: &Item) -> Result<Option<String>, Refused> {
    if new.verb != Verb::Edit {
        return Ok(None);
    }
    let says = item.text.as_deref().unwrap_or_default();
    if new.replaces.is_some_and(|seen| !is_same_text(seen, says)) {
        return Err(Refused::Changed(says.to_owned()));
    }
    Ok(Some(replies::fitting(platforms, item.platform, new.text.unwrap_or_default())?))
}

/// Calls back what the platform has certainly not done: of a whole order, or for one comment of it.
pub fn cancel(
    work: &mut Work<'_>,
    workspace: WorkspaceId,
    id: OrderId,
    only: Option<InteractionId>,
) -> Result<(), Refused> {
    let by = work.who.person().ok_or(Refused::NotFound)?;
    // Its job first, as the job itself does.
    let job = jobs::hold(work.tx, &CarryOut { order_id: id }.operation_key())?;
    let (asker, mut acts) = rights::of_order(work.tx, (workspace, by), id)?;
    acts.retain(|act| only.is_none_or(|only| act.interaction_id == only));
    asker.may_cancel(&acts)?;
    let not_done = acts.iter().filter(|act| act.can_be_cancelled());
    let moves = not_done.map(|act| (act.clone(), act.cancelled(work.now))).collect::<Vec<_>>();
    let made = advance(work.tx, &moves)?;
    if made.is_empty() {
        return Err(Refused::NotNow(NotNow::TooLate));
    }
    let is_over = store::live(work.tx, id)?.is_empty();
    if let Some(job) = job.filter(|_| is_over) {
        jobs::cancel::<App>(work.tx, work.now, work.random, job, JobScope::All)?;
    }
    tell(work.tx, work.now, &made)?;
    audit::record(work, audit::Event::ModerationCancelled, on(&made, id))?;
    Ok(())
}

/// Tries again all that failed of an order. Its job comes first: one that is just about to end has ended, or waits and sees what
/// is on its way again.
pub fn retry(work: &mut Work<'_>, workspace: WorkspaceId, id: OrderId) -> Result<(), Refused> {
    let by = work.who.person().ok_or(Refused::NotFound)?;
    let (asker, acts) = rights::of_order(work.tx, (workspace, by), id)?;
    asker.may_retry(&acts)?;
    let job = enqueue(work, workspace, id, by)?;
    // It would call back what is brought on its way.
    if jobs::status(work.tx, job, JobScope::All, work.now)?.is_some_and(|job| job.cancel_requested) {
        return Err(Refused::NotNow(NotNow::BeingCancelled));
    }
    workspaces::lock(work.tx, workspace)?;
    let made = reopen(work.tx, work.now, workspace, id)?;
    if made.is_empty() {
        return Err(Refused::NotNow(NotNow::NothingFailed));
    }
    tell(work.tx, work.now, &made)?;
    audit::record(work, audit::Event::ModerationRetried, on(&made, id))?;
    Ok(())
}

/// Tries again what failed for one comment of an order, as an order of its own: the others stay as they are.
pub fn retry_one(
    work: &mut Work<'_>,
    platforms: &Platforms,
    workspace: WorkspaceId,
    (id, comment): (OrderId, InteractionId),
) -> Result<OrderId, Refused> {
    workspaces::lock(work.tx, workspace)?;
    let acts = store::of_order(work.tx, workspace, id)?;
    let act = acts.iter().find(|act| act.interaction_id == comment).ok_or(Refused::NotFound)?;
    if !act.can_be_retried() {
        return Err(Refused::NotNow(NotNow::NothingFailed));
    }
    let again = NewOrder { interactions: &[comment], verb: act.verb, text: act.text.as_deref(), replaces: None };
    order(work, platforms, workspace, &again)
}

/// Brings what failed of an order back on its way, where nothing came after it on the same comment; which acts those are.
fn reopen(tx: &mut Tx, now: Timestamp, workspace: WorkspaceId, id: OrderId) -> db::Result<Vec<Act>> {
    if !store::live(tx, id)?.is_empty() {
        return Ok(Vec::new());
    }
    let mut moves = Vec::new();
    for act in store::of_order(tx, workspace, id)? {
        if act.can_be_retried() {
            moves.push((act.clone(), act.queued_anew(now)));
        }
    }
    moves::advance(tx, &moves)
}

/// The same from the job's own page; whether anything is on its way again.
pub fn reopen_for_job(tx: &mut Tx, now: Timestamp, id: OrderId) -> db::Result<bool> {
    let Some(workspace) = store::workspace_of(tx, id)? else { return Ok(false) };
    workspaces::lock(tx, workspace)?;
    let made = reopen(tx, now, workspace, id)?;
    tell(tx, now, &made)?;
    Ok(!made.is_empty())
}

/// Whether an order whose job ends in this commit is not over: somebody has brought something back on its way meanwhile, or
/// what became of it is not known yet.
pub fn goes_on(tx: &mut Tx, id: OrderId) -> db::Result<bool> {
    store::lock(tx, id)?;
    Ok(!store::live(tx, id)?.is_empty())
}

/// Calls back with their job what the platform has certainly not done.
pub fn call_back(tx: &mut Tx, now: Timestamp, id: OrderId) -> db::Result<()> {
    let live = store::live(tx, id)?;
    let not_done = live.iter().filter(|act| act.can_be_cancelled());
    let moves = not_done.map(|act| (act.clone(), act.cancelled(now))).collect::<Vec<_>>();
    let made = advance(tx, &moves)?;
    tell(tx, now, &made)
}

/// Why the platform would be asked for nothing, or for what it does not do.
pub(super) fn why_not(
    platforms: &Platforms,
    item: &Item,
    is_busy: bool,
    verb: Verb,
    text: Option<&str>,
) -> Option<Skipped> {
    let is_same = verb == Verb::Edit && item.text.as_deref() == text;
    let in_the_way = match rights::in_the_way(super::rules_of(platforms, item), item.subject(), verb) {
        Some(Skipped::Already) if verb == Verb::Hide && !item.was_hidden_here => Some(Skipped::Held),
        other => other,
    };
    in_the_way.or(is_same.then_some(Skipped::Already)).or(is_busy.then_some(Skipped::UnderWay))
}

fn asked_for(
    work: &Work<'_>,
    (workspace, order, by): (WorkspaceId, OrderId, UserId),
    item: &Item,
    verb: Verb,
    text: Option<String>,
) -> Act {
    Act {
        id: ActId::new(work.now, work.random),
        workspace_id: workspace,
        connection_id: item.connection_id,
        interaction_id: item.id,
        order_id: order,
        ordered_by: by,
        verb,
        text,
        state: State::Queued,
        moves: 0,
        attempts: 0,
        company: 0,
        seen_at: None,
        may_be_done: false,
        due_at: work.now,
        error_code: None,
        error_message: None,
        created_at: work.now,
        updated_at: work.now,
        orderer_name: None,
        is_last: true,
    }
}

fn enqueue(work: &mut Work<'_>, workspace: WorkspaceId, order_id: OrderId, by: UserId) -> db::Result<JobId> {
    let job = CarryOut { order_id };
    let how = Enqueue {
        user_id: Some(by.uuid()),
        workspace_id: Some(workspace.uuid()),
        operation_key: Some(job.operation_key()),
        ..Enqueue::default()
    };
    jobs::enqueue(work.tx, work.now, work.random, &job, how).map(|job| job.id)
}

const fn done_to(verb: Verb) -> audit::Event {
    match verb {
        Verb::Edit => audit::Event::CommentEdited,
        Verb::Delete => audit::Event::CommentDeleted,
        Verb::Hide => audit::Event::CommentHidden,
        Verb::Publish => audit::Event::CommentPublished,
        Verb::Reject => audit::Event::CommentRejected,
        Verb::Ban => audit::Event::AuthorBanned,
        Verb::ReportSpam => audit::Event::SpamReported,
    }
}

/// On which comment, or on how many.
fn on(acts: &[Act], order: OrderId) -> String {
    match acts {
        [one] => one.interaction_id.to_string(),
        many => format!("{} comments, order {order}", many.len()),
    }
}
