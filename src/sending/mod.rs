//! Sending replies, each exactly once: asks the platform, and where it does not know what became of that, looks before it
//! asks again.
//!
//! The ledger (`replies/`) says `sending` before the platform is asked, so whoever comes after a death knows that the comment
//! may be there, and begins with a look. It is looked for at once and after each of [`replies::PAUSES`], longer than a request is
//! under way and than platforms take to show what they have. Only when it was never there is it sent again, or given up.

mod jobs;
mod look;
mod words;

use std::time::Duration;

use kit::clock::Timestamp;
use kit::jobs::{Done, Failure, Run};
use kit::mutant;
use serde_json::json;

use self::look::Sight;
use crate::app::App;
use crate::connections::account::{IngestTarget, OpenAccount, SyncError};
use crate::connections::jobs::FetchInteraction;
use crate::inbox::ingest;
use crate::model::ObservedInteraction;
use crate::platforms::{Error, Target};
use crate::replies::{self, Item, NOT_SENT, PAUSES, Reply, ReplyId, State, Trouble};
use crate::workspaces;

/// How often the platform is asked before a person has to ask for more.
const MOST_ATTEMPTS: i64 = 5;
/// A worker that stood still for longer after it said `sending` does not ask any more: another may be looking already.
const FRESH: Duration = Duration::from_secs(10);
/// Until somebody looks again whether a double has left the thread.
const A_DOUBLE: Duration = Duration::from_secs(5);

/// What one step came to.
enum Step {
    /// The reply has moved: it is looked at anew.
    Again,
    /// The platform has it.
    Arrived(Box<Comment>),
    /// The job goes on later, or gives up.
    Ends(Failure),
    /// A person decides: the job ends in the commit of this move.
    Asks(Box<Reply>),
    NothingToDo,
}

/// What a reply became, and where it is kept.
struct Comment {
    reply: Reply,
    observed: ObservedInteraction,
    target: IngestTarget,
}

/// A reply and what it answers, as they were read.
struct Hand {
    reply: Reply,
    item: Item,
}

async fn deliver(app: &App, run: Run, id: ReplyId) -> Result<Done, Failure> {
    loop {
        let found = app.db.read(move |conn| replies::with_item(conn, id)).await?;
        let Some((reply, item)) = found else { return run.done(json!({ "skipped": true })).await };
        let hand = Hand { reply, item };
        let step = match hand.reply.state {
            State::Queued => send(app, &run, &hand).await?,
            // Whoever was sending it died, or was too slow.
            State::Sending => interrupted(app, &run, &hand).await?,
            State::Unknown => look_again(app, &run, &hand).await?,
            _ => Step::NothingToDo,
        };
        match step {
            Step::Again => {}
            Step::Arrived(comment) => return arrived(app, run, *comment).await,
            Step::Ends(failure) => return Err(failure),
            Step::Asks(after) => return asks(run, hand.reply, *after).await,
            Step::NothingToDo => return run.done(json!({ "state": hand.reply.state })).await,
        }
    }
}

async fn send(app: &App, run: &Run, hand: &Hand) -> Result<Step, Failure> {
    let (reply, platform) = (&hand.reply, hand.item.platform);
    if reply.attempts >= MOST_ATTEMPTS {
        return Ok(Step::Ends(words::gives_up(reply, platform)));
    }
    let account = match OpenAccount::for_people(app, reply.connection_id).await {
        Ok(Some(account)) => account,
        Ok(None) => return Ok(Step::Ends(words::not_connected())),
        Err(SyncError::Job(failure)) => return Err(failure),
        Err(SyncError::Platform(error)) => return postpone(app, run, hand, &error).await,
    };
    let Some(sending) = begin(app, run, hand).await? else { return Ok(Step::Again) };
    if sending.state != State::Sending {
        return Ok(Step::Ends(words::waits_for_its_double(sending.due_at)));
    }
    if app.now().since(sending.updated_at) > FRESH {
        return Ok(Step::Again);
    }
    let target = Target {
        external_id: hand.item.external_id.clone(),
        thread_external_id: hand.item.thread_external_id.clone(),
        content_external_id: hand.item.content_external_id.clone(),
    };
    let hand = Hand { reply: sending, item: hand.item.clone() };
    match account.adapter.reply(&account.key(), &target, &hand.reply.text).await {
        Ok(observed) => {
            let comment = Comment { reply: hand.reply, observed, target: account.target };
            Ok(Step::Arrived(Box::new(comment)))
        }
        Err(error) if replies::has_made_nothing(&error) || mutant!("replies: nothing is read back") => {
            postpone(app, run, &hand, &error).await
        }
        Err(error @ Error::RateLimited { .. }) if mutant!("replies: a limit is taken for nothing") => {
            postpone(app, run, &hand, &error).await
        }
        Err(error) => {
            let trouble = words::trouble(&error, platform);
            doubt(app, run, &hand, &trouble, error.until()).await
        }
    }
}

/// Says `sending` before the platform hears of it; `None` where somebody else has moved the reply. While the same words
/// may be arriving in the same thread, it waits.
async fn begin(app: &App, run: &Run, hand: &Hand) -> Result<Option<Reply>, Failure> {
    let (before, item, now) = (hand.reply.clone(), hand.item.clone(), app.now());
    let sending = before.sending(now);
    if mutant!("replies: sending is not committed first") {
        return Ok(Some(Reply { moves: before.moves, ..sending }));
    }
    run.write(move |tx| {
        workspaces::lock(tx, before.workspace_id)?;
        let after = match replies::has_a_double(tx, &before, &item)? {
            true => before.postponed(now, now + A_DOUBLE, true),
            false => sending.clone(),
        };
        Ok(replies::advance(tx, &before, &after)?.then_some(after))
    })
    .await
}

/// Nothing was sent: it is, later.
async fn postpone(app: &App, run: &Run, hand: &Hand, error: &Error) -> Result<Step, Failure> {
    let (trouble, now) = (words::trouble(error, hand.item.platform), app.now());
    let until = error.until();
    let due_at = until.unwrap_or(now + replies::pause(hand.reply.attempts.max(1))).max(now);
    let after = hand.reply.postponed(now, due_at, until.is_some()).with(trouble.clone());
    if !advance(run, &hand.reply, &after).await? {
        return Ok(Step::Again);
    }
    Ok(Step::Ends(match error.only_a_person_can_mend() {
        true => Failure::fail(trouble.code, trouble.message),
        false => Failure::retry_at(trouble.code, trouble.message, due_at),
    }))
}

async fn interrupted(app: &App, run: &Run, hand: &Hand) -> Result<Step, Failure> {
    if mutant!("replies: nothing is read back") {
        let now = app.now();
        advance(run, &hand.reply, &hand.reply.postponed(now, now, false)).await?;
        return Ok(Step::Again);
    }
    doubt(app, run, hand, &words::interrupted(), None).await
}

/// It may be there: it is looked for, as soon as the platform lets us.
async fn doubt(
    app: &App,
    run: &Run,
    hand: &Hand,
    trouble: &Trouble,
    until: Option<Timestamp>,
) -> Result<Step, Failure> {
    let now = app.now();
    let after = hand.reply.looked_for(now, until.map_or(now, |until| until.max(now))).with(trouble.clone());
    if mutant!("replies: a refusal is taken for nothing") && after.was_refused() {
        advance(run, &hand.reply, &after).await?;
        return Ok(Step::Ends(Failure::fail(NOT_SENT, trouble.message.clone())));
    }
    advance(run, &hand.reply, &after).await?;
    Ok(Step::Again)
}

async fn look_again(app: &App, run: &Run, hand: &Hand) -> Result<Step, Failure> {
    let (reply, now) = (&hand.reply, app.now());
    let Some(next_look_at) = reply.next_look_at else { return Ok(Step::NothingToDo) };
    if next_look_at > now {
        return Ok(Step::Ends(words::looking_it_up(next_look_at)));
    }
    let sight = match look::look(app, hand).await {
        Ok(sight) => sight,
        Err(SyncError::Job(failure)) => return Err(failure),
        Err(SyncError::Platform(error)) => {
            let at = error.until().unwrap_or(now + replies::pause(run.attempt())).max(now);
            advance(run, reply, &reply.looked_for(app.now(), at)).await?;
            return Ok(Step::Ends(words::cannot_look(&error, hand.item.platform, at)));
        }
    };
    let now = app.now();
    match sight {
        Sight::There(comment) => return Ok(Step::Arrived(comment)),
        Sight::Barred(trouble) => return Ok(Step::Asks(Box::new(reply.asking_a_person(now).with(trouble)))),
        Sight::NotThere | Sight::Unclear => {}
    }
    let pause = usize::try_from(reply.looks).ok().and_then(|looks| PAUSES.get(looks));
    if let Some(pause) = pause.filter(|_| !mutant!("replies: it is looked for once")) {
        let after = Reply { looks: reply.looks + 1, ..reply.looked_for(now, now + *pause) };
        advance(run, reply, &after).await?;
        return Ok(Step::Again);
    }
    if reply.was_refused() || (matches!(sight, Sight::NotThere) && reply.attempts >= MOST_ATTEMPTS) {
        return Ok(Step::Ends(words::gives_up(reply, hand.item.platform)));
    }
    if !matches!(sight, Sight::NotThere) {
        return Ok(Step::Asks(Box::new(reply.asking_a_person(now))));
    }
    advance(run, reply, &reply.sent_again(now)).await?;
    Ok(Step::Again)
}

/// The reply's move, the comment in the inbox, and the job's end, in one commit.
async fn arrived(app: &App, run: Run, comment: Comment) -> Result<Done, Failure> {
    let (now, Comment { reply, observed: mut comment, target }) = (app.now(), comment);
    // Whatever the answer says of its author: it was written in the account's name.
    comment.author.is_self = true;
    let state = State::at_platform(comment.provider_state);
    let arrived = reply.arrived(now, state, Some(&comment.external_id));
    let after = Reply { error_message: comment.state_reason.clone(), ..arrived };
    let result = json!({ "state": state, "external_id": comment.external_id });
    let random = app.random.clone();
    run.finish(result, move |tx| {
        workspaces::lock(tx, reply.workspace_id)?;
        replies::replace(tx, now, &reply, &comment.external_id)?;
        replies::advance_with(tx, &reply, &after, |tx| {
            if state == State::PendingModeration {
                let thread = FetchInteraction::new(reply.connection_id, comment.thread_external_id.clone());
                thread.follow(tx, now, &random, reply.workspace_id)?;
            }
            ingest::interactions(tx, &target.at(now), std::slice::from_ref(&comment)).map(drop)
        })?;
        Ok(())
    })
    .await
}

/// Whoever looks again for it finds no job that is just about to end.
async fn asks(run: Run, before: Reply, after: Reply) -> Result<Done, Failure> {
    let unit = move |tx: &mut kit::db::Tx| Ok(replies::advance(tx, &before, &after).map(drop)?);
    run.finish(json!({ "state": State::Unknown }), unit).await
}

async fn advance(run: &Run, before: &Reply, after: &Reply) -> Result<bool, Failure> {
    let (before, after) = (before.clone(), after.clone());
    run.write(move |tx| Ok(replies::advance(tx, &before, &after)?)).await
}
