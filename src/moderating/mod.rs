//! Carrying orders out: asks the platform for what people want done with comments, and where it does not know what became of
//! that, looks before it asks again.
//!
//! The ledger (`moderation/`) says `asking` before the platform is asked, so whoever comes after a death knows that it may be
//! done, and begins with a look. Unlike sending, what is asked for here is the same however often it is done: where a look
//! shows nothing, the platform is asked again, a few times.

pub mod api;
mod jobs;
mod look;
pub mod pages;
#[cfg(test)]
mod tests;
mod views;
mod words;

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::Conn;
use kit::jobs::{Done, Enqueue, Failure, Run};
use kit::mutant;
use serde_json::json;

use self::look::{Seen, Sight};
use crate::app::App;
use crate::connections::account::{IngestTarget, OpenAccount, SyncError};
use crate::connections::jobs::FetchInteraction;
use crate::inbox::ingest;
use crate::model::{ObservedInteraction, ProviderState};
use crate::moderation::{self, Act, Item, MOST_ATTEMPTS, OrderId, State};
use crate::platforms::{ActRules, Error, Platforms, Target, Verb};
use crate::replies::{self, Trouble};
use crate::workspaces;

/// A worker that stood still for longer after it said `asking` does not ask any more: another may be looking already.
const FRESH: Duration = Duration::from_secs(10);

/// Acts of one account in one state, that go together.
struct Group {
    acts: Vec<(Act, Item)>,
    rules: ActRules,
}

impl Group {
    fn first(&self) -> &(Act, Item) {
        &self.acts[0]
    }

    fn verb(&self) -> Verb {
        self.first().0.verb
    }

    fn external_ids(&self) -> Vec<String> {
        self.acts.iter().map(|(_, item)| item.external_id.clone()).collect()
    }

    /// Each act with what it becomes.
    fn moves(&self, after: impl Fn(&Act) -> Act) -> Vec<(Act, Act)> {
        self.acts.iter().map(|(act, _)| (act.clone(), after(act))).collect()
    }
}

/// What the platform answered.
enum Answered {
    Edited(Box<ObservedInteraction>),
    Done,
}

async fn carry_out(app: &App, run: Run, id: OrderId) -> Result<Done, Failure> {
    loop {
        let now = app.now();
        let platforms = app.platforms.clone();
        let next = app.db.read(move |conn| next(conn, &platforms, id, now)).await?;
        let group = match next {
            Next::Group(group) => group,
            Next::Waits(act) => return Err(words::waits(&act)),
            Next::Over => return over(app, run, id).await,
        };
        match group.first().0.state {
            State::Asking => doubt(app, &run, &group, &words::interrupted(), None).await?,
            State::Unknown => look(app, &run, &group).await?,
            _ => ask(app, &run, &group).await?,
        }
    }
}

/// What there is to do next.
enum Next {
    Group(Group),
    /// Nothing is due before this one.
    Waits(Box<Act>),
    Over,
}

fn next(conn: &mut Conn, platforms: &Platforms, id: OrderId, now: Timestamp) -> kit::db::Result<Next> {
    let left = moderation::left(conn, id)?;
    let Some(first) = left.first() else { return Ok(Next::Over) };
    if first.due_at > now {
        return Ok(Next::Waits(Box::new(first.clone())));
    }
    let workspace = first.workspace_id;
    // A comment that is gone has taken its acts along, so that this one is there.
    let about = moderation::items(conn, workspace, &[first.interaction_id])?;
    let rules = about.first().and_then(|item| moderation::rules_of(platforms, item)).unwrap_or(words::NO_RULES);
    let acts = together(rules, left, now);
    let ids = acts.iter().map(|act| act.interaction_id).collect::<Vec<_>>();
    let items = moderation::items(conn, workspace, &ids)?;
    Ok(Next::Group(Group { acts: acts.into_iter().zip(items).collect(), rules }))
}

/// As many as one call takes. Of those that were refused together, each time fewer: one of them may have been at fault.
fn together(rules: ActRules, left: Vec<Act>, now: Timestamp) -> Vec<Act> {
    let first = left[0].clone();
    let company = rules.company(first.verb);
    let most = match first.company {
        0 => company,
        // Seven at a time, and then alone.
        last if first.was_refused() && first.state == State::Queued => {
            if last > 7 {
                7
            } else {
                1
            }
        }
        _ => company,
    };
    let fits = |act: &Act| {
        act.connection_id == first.connection_id
            && act.state == first.state
            && act.due_at <= now
            && (act.company == first.company || first.state != State::Queued)
    };
    left.into_iter().filter(fits).take(most).collect()
}

async fn ask(app: &App, run: &Run, group: &Group) -> Result<(), Failure> {
    let (first, item) = group.first();
    if first.attempts >= MOST_ATTEMPTS {
        return fail(app, run, group, None).await;
    }
    let account = match OpenAccount::for_people(app, first.connection_id).await {
        Ok(Some(account)) => account,
        Ok(None) => return fail(app, run, group, Some(words::not_connected())).await,
        Err(SyncError::Job(failure)) => return Err(failure),
        Err(SyncError::Platform(error)) => return postpone(app, run, group, &error).await,
    };
    let now = app.now();
    let made = match mutant!("moderation: asking is not committed first") {
        true => {
            group.acts.iter().map(|(act, _)| Act { moves: act.moves, ..act.asking(now, group.acts.len()) }).collect()
        }
        false => {
            let acts = group.acts.iter().map(|(act, _)| act.clone()).collect::<Vec<_>>();
            run.write(move |tx| Ok(moderation::begin(tx, now, &acts)?)).await?
        }
    };
    let made = made.into_iter().filter(|act| act.state == State::Asking).collect::<Vec<_>>();
    if made.is_empty() || app.now().since(now) > FRESH {
        return Ok(());
    }
    let is_made = |act: &Act| made.iter().find(|made| made.id == act.id).cloned();
    let acts = group.acts.iter().filter_map(|(act, item)| Some((is_made(act)?, item.clone()))).collect();
    let group = Group { acts, rules: group.rules };
    match call(&account, &group).await {
        Ok(answered) => arrived(app, run, &account.target, &group, answered).await,
        Err(_) if mutant!("moderation: a lost answer is a yes") => {
            arrived(app, run, &account.target, &group, Answered::Done).await
        }
        Err(error) if replies::has_made_nothing(&error) => postpone(app, run, &group, &error).await,
        Err(error @ Error::RateLimited { .. }) if mutant!("moderation: a limit is taken for nothing") => {
            postpone(app, run, &group, &error).await
        }
        Err(error) => doubt(app, run, &group, &words::trouble(&error, item.platform), error.until()).await,
    }
}

async fn call(account: &OpenAccount, group: &Group) -> Result<Answered, Error> {
    let (act, item) = group.first();
    match act.verb {
        Verb::Edit => {
            let target = Target {
                external_id: item.external_id.clone(),
                thread_external_id: item.thread_external_id.clone(),
                content_external_id: item.content_external_id.clone(),
            };
            let text = act.text.as_deref().unwrap_or_default();
            let observed = account.adapter.edit(&account.key(), &target, text).await?;
            Ok(Answered::Edited(Box::new(observed)))
        }
        Verb::Delete => account.adapter.delete(&account.key(), &item.external_id).await.map(|()| Answered::Done),
        verb => account.adapter.moderate(&group.external_ids(), verb).await.map(|()| Answered::Done),
    }
}

/// Nothing was done: it is, later.
async fn postpone(app: &App, run: &Run, group: &Group, error: &Error) -> Result<(), Failure> {
    let (now, trouble) = (app.now(), words::trouble(error, group.first().1.platform));
    if error.only_a_person_can_mend() {
        return fail(app, run, group, Some(trouble)).await;
    }
    let until = error.until();
    let due = |act: &Act| until.unwrap_or(now + replies::pause(act.attempts.max(1))).max(now);
    let after = |act: &Act| act.postponed(now, due(act), until.is_some()).with(trouble.clone());
    advance(run, group.moves(after)).await.map(drop)
}

/// It may be done: it is looked for, as soon as the platform lets us.
async fn doubt(
    app: &App,
    run: &Run,
    group: &Group,
    trouble: &Trouble,
    until: Option<Timestamp>,
) -> Result<(), Failure> {
    let now = app.now();
    let at = until.map_or(now, |until| until.max(now));
    advance(run, group.moves(|act| act.looked_for(now, at).with(trouble.clone()))).await.map(drop)
}

async fn fail(app: &App, run: &Run, group: &Group, trouble: Option<Trouble>) -> Result<(), Failure> {
    let now = app.now();
    let after = |act: &Act| trouble.clone().map_or_else(|| act.failed(now), |trouble| act.failed(now).with(trouble));
    advance(run, group.moves(after)).await.map(drop)
}

async fn look(app: &App, run: &Run, group: &Group) -> Result<(), Failure> {
    let (sights, target) = match look::look(app, group).await {
        Ok(Seen::Sights(sights, target)) => (sights, target),
        Ok(Seen::NotConnected) => return fail(app, run, group, Some(words::cannot_look_without_account())).await,
        Err(SyncError::Job(failure)) => return Err(failure),
        Err(SyncError::Platform(error)) => {
            let now = app.now();
            let at = error.until().unwrap_or(now + replies::pause(run.attempt())).max(now);
            advance(run, group.moves(|act| act.looked_for(now, at))).await?;
            return Err(words::cannot_look(&error, group.first().1.platform, at));
        }
    };
    let now = app.now();
    let mut moves = Vec::new();
    for ((act, item), sight) in group.acts.iter().zip(sights) {
        let seen = if matches!(sight, Sight::NotDone) { act.seen_undone() } else { act.clone() };
        let one = Group { acts: vec![(act.clone(), item.clone())], rules: group.rules };
        let after = match sight {
            Sight::Done(answered) => {
                arrived(app, run, &target, &one, answered).await?;
                continue;
            }
            Sight::Gone => act.failed(now).with(Trouble::gone(item.platform)),
            _ if act.was_refused() && act.company <= 1 => seen.failed(now),
            _ if act.was_refused() || act.was_told_to_wait() => seen.asked_anew(now),
            _ if act.attempts >= MOST_ATTEMPTS => seen.failed(now),
            _ => seen.asked_again(now, now + replies::pause(act.attempts)),
        };
        moves.push((act.clone(), after));
    }
    advance(run, moves).await.map(drop)
}

/// The acts' moves and what follows from them in the inbox, in one commit.
async fn arrived(
    app: &App,
    run: &Run,
    target: &IngestTarget,
    group: &Group,
    answered: Answered,
) -> Result<(), Failure> {
    let now = app.now();
    let (moves, items) = (group.moves(|act| act.done(now)), group.acts.clone());
    let (target, becomes, random) = (target.clone(), group.rules.becomes(group.verb()), app.random.clone());
    run.write(move |tx| {
        workspaces::lock(tx, moves[0].0.workspace_id)?;
        let made = moderation::advance(tx, &moves)?;
        let is_made = |act: &Act| made.iter().any(|made| made.id == act.id);
        let items = items.iter().filter(|(act, _)| is_made(act)).map(|(_, item)| item).collect::<Vec<_>>();
        if items.is_empty() {
            return Ok(());
        }
        let context = target.at(now);
        if let Answered::Edited(observed) = &answered {
            let known = as_it_is_known(observed, items[0]);
            replies::edited(tx, now, context.connection, &known)?;
            ingest::interactions(tx, &context, &[known])?;
            if observed.provider_state == ProviderState::Held {
                let thread = FetchInteraction::new(context.connection, observed.thread_external_id.clone());
                thread.follow(tx, now, &random, context.workspace)?;
            }
        }
        if let Some(state) = becomes {
            for item in items.iter().filter(|_| state == ProviderState::Removed) {
                replies::deleted(tx, now, context.connection, &item.external_id)?;
            }
            let ids = items.iter().map(|item| item.id).collect::<Vec<_>>();
            ingest::moderated(tx, &context, &ids, state)?;
        }
        Ok(moderation::tell(tx, now, &made)?)
    })
    .await
}

/// The answer to an edit tells of the words, of moderation that begins anew, and nothing of what else is known of the comment.
fn as_it_is_known(observed: &ObservedInteraction, item: &Item) -> ObservedInteraction {
    let mut known = observed.clone();
    // Whatever the answer says of its author: it was written in the account's name.
    known.author.is_self = true;
    known.reply_count = item.reply_count;
    known.can_reply = item.can_reply;
    if !matches!(observed.provider_state, ProviderState::Held | ProviderState::Rejected) {
        known.provider_state = item.provider_state;
    }
    known
}

async fn over(app: &App, run: Run, id: OrderId) -> Result<Done, Failure> {
    let found = app.db.read(move |conn| moderation::receipt_for_job(conn, id)).await?;
    let Some(receipt) = found else { return run.done(json!({ "skipped": true })).await };
    let tally = receipt.tally();
    let failed = receipt.acts.iter().find(|act| act.state == State::Failed);
    if let Some(failed) = failed.filter(|_| tally.done == 0) {
        return Err(words::failed(failed));
    }
    let skipped: serde_json::Map<_, _> =
        tally.skipped.into_iter().map(|(why, count)| (why.to_string(), json!(count))).collect();
    let result = json!({
        "matched": tally.matched,
        "changed": tally.done,
        "failed": tally.failed,
        "cancelled": tally.cancelled,
        "skipped": skipped,
    });
    let (now, random, workspace_id) = (app.now(), app.random.clone(), Some(receipt.acts[0].workspace_id.uuid()));
    let whose = Enqueue { user_id: run.user_id(), workspace_id, ..Enqueue::default() };
    run.finish(result, move |tx| Ok(jobs::goes_on(tx, (now, &random), id, whose.clone())?)).await
}

async fn advance(run: &Run, moves: Vec<(Act, Act)>) -> Result<Vec<Act>, Failure> {
    let unit = move |tx: &mut kit::db::Tx| {
        let made = moderation::advance(tx, &moves)?;
        if let Some(first) = made.first() {
            moderation::tell(tx, first.updated_at, &made)?;
        }
        Ok(made)
    };
    run.write(unit).await
}
