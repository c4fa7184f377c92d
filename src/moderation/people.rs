//! What people do with comments at a platform: ask for something, call it back, try it again.

use std::collections::HashMap;

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::jobs::{self, Enqueue, JobId, JobScope};
use kit::mutant;

use super::moves::{self, MOST, advance, tell};
use super::rights::{self, Asker};
use super::store::{self, Act, Item};
use super::{ActId, CarryOut, OrderId, State, words};
use crate::app::App;
use crate::audit;
use crate::model::{InteractionId, Platform, is_same_text};
use crate::platforms::{Platforms, Verb};
use crate::replies;
use crate::web::errors::Error;
use crate::web::ui::numbers::grouped;
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

kit::text_enum! {
    /// Why the platform is not asked for a comment.
    pub enum Skipped {
        /// It is so there.
        Already = "already",
        /// Something else is under way for it.
        UnderWay = "under_way",
        /// The platform does not have it any more.
        Gone = "gone",
        /// What was rejected there stays rejected.
        Rejected = "rejected",
        /// The platform, or its adapter, cannot do this.
        NotOffered = "not_offered",
        /// An own comment, with which this is not done.
        Own = "own",
        /// Somebody else's, with which this is not done.
        NotOwn = "not_own",
        NotConnected = "not_connected",
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such comment, or order")]
    NotFound,
    #[error("nothing is asked of the platform: {0}")]
    Skipped(Skipped, Verb, Platform),
    #[error(transparent)]
    Text(#[from] replies::Refused),
    /// Somebody has changed it meanwhile: what it says now.
    #[error("it says something else by now")]
    Changed(String),
    #[error("more than an order takes")]
    TooMany,
    #[error("not allowed: {0}")]
    NotAllowed(&'static str),
    #[error("the owners want to see an editor's words first")]
    NeedsOwner,
    #[error("not now: {0}")]
    NotNow(&'static str),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Takes an order over: from here on each comment's act is done, or somebody is told why not. Where it is for one comment for
/// which nothing is to be asked, it is refused.
pub fn order(
    work: &mut Work<'_>,
    platforms: &Platforms,
    workspace: WorkspaceId,
    new: &NewOrder<'_>,
) -> Result<OrderId, Refused> {
    let by = work.who.person().ok_or(Refused::NotFound)?;
    let ids = &new.interactions[..new.interactions.len().min(MOST)];
    workspaces::lock(work.tx, workspace)?;
    let items = super::items(work.tx, workspace, ids)?;
    let first = items.first().ok_or(Refused::NotFound)?;
    Asker::read(work.tx, workspace, by)?.may_ask(new.verb, items.len())?;
    let text = match new.verb {
        Verb::Edit => {
            let says = first.text.as_deref().unwrap_or_default();
            if new.replaces.is_some_and(|seen| !is_same_text(seen, says)) {
                return Err(Refused::Changed(says.to_owned()));
            }
            Some(replies::fitting(platforms, first.platform, new.text.unwrap_or_default())?)
        }
        _ => None,
    };
    let id = OrderId::new(work.now, work.random);
    let ids = items.iter().map(|item| item.id).collect::<Vec<_>>();
    let places = store::places(work.tx, workspace, &ids)?;
    let places: HashMap<_, _> = places.into_iter().map(|(id, place, is_busy)| (id, (place, is_busy))).collect();
    let mut acts = Vec::with_capacity(items.len());
    for item in &items {
        let mut act = asked_for(work, (workspace, id, by), item, new.verb, text.clone());
        let (place, is_busy) = places.get(&item.id).copied().unwrap_or_default();
        let is_busy = is_busy || mutant!("moderation: anything counts as under way");
        match why_not(platforms, item, is_busy, new.verb, text.as_deref()) {
            Some(why) if items.len() == 1 => return Err(Refused::Skipped(why, new.verb, item.platform)),
            Some(why) => act = Act { state: State::Skipped, error_code: Some(why.to_string()), ..act },
            None => {}
        }
        acts.push((act, place + 1));
    }
    store::insert(work.tx, &acts)?;
    let mut acts = acts.into_iter().map(|(act, _)| act).collect::<Vec<_>>();
    acts.retain(|act| act.state == State::Queued);
    if !acts.is_empty() {
        enqueue(work, workspace, id, by)?;
        tell(work.tx, work.now, &acts)?;
        audit::record(work, done_to(new.verb), on(&acts, id))?;
    }
    Ok(id)
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
        return Err(TOO_LATE);
    }
    let is_over = store::live(work.tx, id)?.is_empty();
    if let Some(job) = job.filter(|_| is_over) {
        jobs::cancel::<App>(work.tx, work.now, work.random, job, JobScope::All)?;
    }
    tell(work.tx, work.now, &made)?;
    audit::record(work, audit::Event::ModerationCancelled, on(&made, id))?;
    Ok(())
}

pub(super) const TOO_LATE: Refused =
    Refused::NotNow("It's too late to cancel: nothing here is still waiting to be done.");

pub(super) const NOTHING_FAILED: Refused =
    Refused::NotNow("There's nothing to try again here any more. Reload the page to see why.");

/// Tries again all that failed of an order. Its job comes first: one that is just about to end has ended, or waits and sees what
/// is on its way again.
pub fn retry(work: &mut Work<'_>, workspace: WorkspaceId, id: OrderId) -> Result<(), Refused> {
    let by = work.who.person().ok_or(Refused::NotFound)?;
    let (asker, acts) = rights::of_order(work.tx, (workspace, by), id)?;
    asker.may_retry(&acts)?;
    let job = enqueue(work, workspace, id, by)?;
    // It would call back what is brought on its way.
    if jobs::status(work.tx, job, JobScope::All, work.now)?.is_some_and(|job| job.cancel_requested) {
        return Err(Refused::NotNow("This is just being cancelled. Try again in a moment."));
    }
    workspaces::lock(work.tx, workspace)?;
    let made = reopen(work.tx, work.now, workspace, id)?;
    if made.is_empty() {
        return Err(NOTHING_FAILED);
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
        return Err(NOTHING_FAILED);
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
pub fn why_not(platforms: &Platforms, item: &Item, is_busy: bool, verb: Verb, text: Option<&str>) -> Option<Skipped> {
    let is_same = verb == Verb::Edit && item.text.as_deref() == text;
    let in_the_way = rights::in_the_way(super::rules_of(platforms, item), item.subject(), verb);
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

impl Refused {
    /// A code for programs, and what a person is told.
    pub fn told(&self) -> (&'static str, String) {
        match self {
            Self::NotFound | Self::Db(_) => ("not_found", "Not found.".to_owned()),
            Self::Skipped(why, verb, platform) => (why.as_str(), words::skipped_one(*why, *verb, *platform)),
            Self::Text(refused) => {
                let (code, text) = refused.told();
                (code, text.into_owned())
            }
            Self::Changed(says) => {
                ("changed", format!("Somebody changed this reply while you were writing. It now says: “{says}”"))
            }
            Self::TooMany => (
                "too_many",
                format!("More than {} comments match. Narrow the filter and try again.", grouped(MOST as i64)),
            ),
            Self::NotAllowed(why) => ("role_missing", (*why).to_owned()),
            Self::NeedsOwner => {
                ("needs_owner", "Replies wait for an owner's approval here, so only owners can edit them.".to_owned())
            }
            Self::NotNow(why) => ("not_now", (*why).to_owned()),
        }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        let (code, text) = refused.told();
        match refused {
            Refused::NotFound => Self::NotFound,
            Refused::Db(error) => error.into(),
            Refused::Text(refused) => refused.into(),
            Refused::TooMany => Self::bad_request(code, text),
            Refused::NotAllowed(why) => Self::forbidden(code, why),
            Refused::Skipped(..) | Refused::Changed(_) | Refused::NeedsOwner | Refused::NotNow(_) => {
                Self::conflict(code, text)
            }
        }
    }
}
