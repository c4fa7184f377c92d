//! What can be done with a comment: each a button of one form, with its key; and the line that says what was done.

use kit::clock::Timestamp;
use kit::jobs::JobId;
use maud::{Markup, html};

use super::answering::cancelling;
use super::marks;
use super::one::Beside;
use super::platform;
use crate::inbox::listing::Interaction;
use crate::inbox::moves::matching::{Back, Underway};
use crate::inbox::moves::pages::{ALL, WORKSPACE};
use crate::inbox::moves::{Move, Receipt, SNOOZES, typed};
use crate::inbox::pages::Rows;
use crate::inbox::place::Place;
use crate::inbox::threads::{LastWord, ThreadState};
use crate::inbox::triage::TriageState;
use crate::model::{InteractionId, ProviderState};
use crate::replies::State;
use crate::web::ui::numbers::{counted, grouped};
use crate::web::ui::{Icon, Local, icon};

/// The buttons that fit where the comment stands, and who put it there. What would be refused is not among them.
pub(super) fn moves(item: &Interaction, place: &Place, beside: &Beside, local: &Local) -> Markup {
    let waits = item.state == TriageState::NeedsReply;
    let is_decided = beside.word.as_ref().is_some_and(|word| word.snoozed_until.is_none_or(|until| local.now < until));
    let can_wait = item.provider_state == ProviderState::Published || is_decided;
    let action = place.address(&format!("/inbox/{}/move", item.id), None);
    // Where only one state is listed, what is moved out of it leaves the list.
    let leaves = place.filter.state == Some(item.state);
    html! {
        form.moves method="post" action=(action) data-move data-leaves[leaves] {
            @if waits {
                (button(Move::Done, "Done", Icon::Check, "e"))
                button.button.small type="button" popovertarget="snoozes" data-key="h" title="Snooze" { (icon(Icon::Clock)) "Snooze" }
                div #snoozes .menu popover role="dialog" aria-label="Snooze" {
                    @for (snooze, name) in SNOOZES {
                        button type="submit" name="to" value=(snooze) {
                            span { (name) } @if let Some(until) = snooze.until(local) { span.muted { (local.brief(until)) } }
                        }
                    }
                    (until_chosen(local))
                }
                (button(Move::NoReplyNeeded, "No reply needed", Icon::X, "n"))
            } @else if can_wait {
                (button(Move::NeedsReply, "Needs a reply", Icon::Reply, "N"))
            }
            @if item.state == TriageState::Removed {
                (button(Move::NoReplyNeeded, "Put back", Icon::Retry, "n"))
            } @else {
                @if item.state != TriageState::Spam { (button(Move::Spam, "Spam thread", Icon::Cancelled, "!")) }
                (button(Move::Remove, "Remove", Icon::Trash, "Delete"))
            }
            @if let Some(word) = &beside.word { span.muted.said-by { (said_by(word, beside, local)) } }
        }
        // A form of its own: Enter in its field is no word of the other.
        @if waits { form #snoozing method="post" action=(action) data-move data-leaves[leaves] {} }
    }
}

/// A time of one's own.
fn until_chosen(local: &Local) -> Markup {
    let tomorrow = Move::Tomorrow.until(local).map(|at| typed(at, local));
    html! {
        div.field {
            label for="snooze-until" { "Until" }
            input #snooze-until type="datetime-local" name="until" form="snoozing" min=(typed(local.now, local)) value=[tomorrow] required;
        }
        div.actions { button.button.small type="submit" form="snoozing" { "Snooze" } }
    }
}

const OF_MANY: [(Move, &str, Icon, &str); 6] = [
    (Move::Done, "Done", Icon::Check, "e"),
    (Move::Tomorrow, "Tomorrow", Icon::Clock, "h"),
    (Move::NoReplyNeeded, "No reply", Icon::X, "n"),
    (Move::NeedsReply, "Needs a reply", Icon::Reply, "N"),
    (Move::Spam, "Spam thread", Icon::Cancelled, "!"),
    (Move::Remove, "Remove", Icon::Trash, "Delete"),
];

/// So many of them stand in the bar on a phone.
const ON_A_PHONE: usize = 3;

/// Whether it moves what a list of one state lists; of a list of all states that is not known.
fn fits(to: Move, listed: Option<TriageState>) -> bool {
    match to {
        Move::NeedsReply => listed != Some(TriageState::NeedsReply),
        Move::Spam => listed != Some(TriageState::Spam),
        Move::Remove => listed != Some(TriageState::Removed),
        Move::Done if listed == Some(TriageState::Done) => false,
        _ => !matches!(listed, Some(TriageState::Answered | TriageState::NoReplyNeeded)),
    }
}

/// One word for all that is ticked in the list; there while anything is.
pub(super) fn ticked(place: &Place, rows: &Rows, all: Option<String>) -> Markup {
    let fitting = OF_MANY.into_iter().filter(|(to, ..)| fits(*to, place.filter.state)).collect::<Vec<_>>();
    let (first, rest) = fitting.split_at(fitting.len().min(ON_A_PHONE));
    html! {
        form #ticked .ticked method="post" action=(place.address("/inbox/moves", None)) {
            (marks::on_enter(place))
            input type="hidden" name=(WORKSPACE) value=(rows.workspace);
            div.ticked-head {
                b.num data-ticked aria-live="polite" { "Selected" }
                @if let Some(all) = all {
                    label.all-matching { input type="checkbox" name=(ALL) value="yes" autocomplete="off"; (all) }
                }
            }
            @for (to, label, sign, key) in first { (button(*to, label, *sign, key)) }
            // On a phone a menu above the bar; elsewhere part of it.
            button.button.small.more type="button" popovertarget="ticked-more" { "More…" }
            div #ticked-more .rest popover role="group" aria-label="More" {
                @for (to, label, sign, key) in rest { (button(*to, label, *sign, key)) }
                (marks::for_ticked(place))
                (platform::for_ticked(&rows.verbs))
            }
            // Keys open these where the menu that leads to them is not open.
            (marks::menus_for_ticked(place, &rows.choice))
            (platform::menu_for_ticked(place, &rows.verbs))
        }
    }
}

fn button(to: Move, label: &str, sign: Icon, key: &str) -> Markup {
    html! {
        button.button.small type="submit" name="to" value=(to) data-key=(key) title=(label) { (icon(sign)) span { (label) } }
    }
}

fn said_by(word: &LastWord, beside: &Beside, local: &Local) -> Markup {
    let whose = match &word.decider {
        _ if word.decided_by == beside.by => "you",
        Some(name) => name,
        None => "somebody",
    };
    html! { (of_one(word, local)) " by " (whose) " " (local.ago(word.decided_at)) }
}

/// What was done, and the way back.
pub(super) fn receipt(done: &Receipt, place: &Place, local: &Local) -> Markup {
    // A word that was said since, elsewhere, is not taken back by this line.
    let line = |id: InteractionId, path: &str, words: Markup, undo: Option<Markup>| {
        html! {
            form.receipt method="post" action=(place.address(&format!("/inbox/{id}/{path}"), None)) data-undo {
                (icon(Icon::Done))
                span role="status" { (words) }
                @if let Some(fields) = undo {
                    (fields)
                    button.link type="submit" data-key="z" title="Undo" { "Undo" }
                }
            }
        }
    };
    match done {
        Receipt::Moved { id, word } => line(
            *id,
            "undo",
            html! { (of_one(word, local)) "." },
            Some(html! { input type="hidden" name="at" value=(word.decided_at); }),
        ),
        Receipt::Many { at, state, until, changed, spared, passed_over } => html! {
            form.receipt method="post" action=(place.address("/inbox/moves/undo", None)) {
                (icon(Icon::Done))
                span role="status" {
                    (of_many(*state, *until, *changed, local)) "."
                    @if *spared > 0 { " " (stayed(*spared)) }
                    @if *passed_over > 0 { " " (left_alone(*passed_over)) }
                }
                input type="hidden" name="at" value=(at);
                button.link type="submit" data-key="z" title="Undo" { "Undo" }
            }
        },
        Receipt::Underway(job, underway) => self::underway(*job, *underway, place),
        Receipt::TakenBack(threads) => html! {
            p.receipt role="status" { (icon(Icon::Done)) span { (taken_back(*threads)) } }
        },
        Receipt::Nothing(0) => remark("Nothing changed: what you chose is gone."),
        Receipt::Nothing(_) => remark("Nothing changed: there was nothing to move."),
        Receipt::NothingMatches => remark("No comments match, so nothing was done."),
        Receipt::NotNow(why) => remark(why.says()),
        Receipt::Told(told) => remark(told.words()),
        Receipt::Marked { act, underway: Some((job, underway)), .. } => marks::underway(act, *job, *underway, place),
        Receipt::Marked { act, assignee, open, underway: None } => {
            marks::receipt(act, assignee.as_deref(), *open, place)
        }
        Receipt::Sent(reply) => {
            let undo = reply.can_be_cancelled().then(|| cancelling(reply));
            line(reply.interaction_id, "reply/act", html! { (sent(reply.state)) }, undo)
        }
    }
}

fn remark(words: &str) -> Markup {
    html! { p.receipt role="status" { (icon(Icon::Info)) span { (words) } } }
}

fn stayed(count: i64) -> String {
    match count {
        1 => "1 stayed as it was.".to_owned(),
        _ => format!("{} stayed as they were.", grouped(count)),
    }
}

fn left_alone(count: i64) -> String {
    match count {
        1 => "1 was left alone because something changed in it.".to_owned(),
        _ => format!("{} were left alone because something changed in them.", grouped(count)),
    }
}

/// Not a `status` of its own while it counts: it would be read out again and again.
fn underway(job: JobId, underway: Underway, place: &Place) -> Markup {
    match underway {
        Underway::Moving { at, seen } => html! {
            form.receipt method="post" action=(place.address("/inbox/moves/undo", None)) data-busy {
                (icon(Icon::Clock))
                span { "Moving all that match: " (grouped(seen)) " so far… " (details(job)) }
                input type="hidden" name="at" value=(at);
                button.link type="submit" data-key="z" title="Undo" { "Undo" }
            }
        },
        Underway::Back(back) => self::back(job, back),
        Underway::Moved(_) | Underway::Failed { .. } => html! {
            p.receipt role="status" { (icon(Icon::Info)) span { "It didn't get to the end. " (details(job)) } }
        },
    }
}

/// What was done to many is taken back.
pub(super) fn back(job: JobId, back: Back) -> Markup {
    let busy = |words: &str| html! { p.receipt data-busy { (icon(Icon::Clock)) span { (words) " " (details(job)) } } };
    let ended =
        |sign, words: &str| html! { p.receipt role="status" { (icon(sign)) span { (words) " " (details(job)) } } };
    match back {
        Back::Underway(done) => busy(&format!("Taking it back: {} so far…", grouped(done))),
        Back::CallingOff => busy("Stopped. What was done so far is being taken back."),
        Back::Done(done) => ended(Icon::Done, &taken_back(done)),
        Back::CalledOff => ended(Icon::Done, "Stopped. Everything is as it was."),
        Back::LeftHalfway => ended(Icon::Info, "It ended before everything was taken back."),
    }
}

fn taken_back(threads: i64) -> String {
    format!("Taken back: {}.", counted(threads, "thread", "threads"))
}

pub(super) fn details(job: JobId) -> Markup {
    html! { a href={ "/activity/" (job) } { "Details" } }
}

fn sent(state: State) -> &'static str {
    match state {
        State::AwaitingApproval => "An owner is asked to approve your reply.",
        State::SentBack => "Your reply was sent back.",
        State::Queued | State::Sending | State::Unknown => "Sending your reply.",
        State::Published => "Your reply is published.",
        State::Deleted => "Your reply was deleted.",
        State::PendingModeration => "Your reply waits for the platform's moderation.",
        State::Rejected | State::Failed => "Your reply was not sent.",
        State::Draft | State::Cancelled => "Your reply was called back. It is a draft again.",
    }
}

fn of_many(state: ThreadState, until: Option<Timestamp>, changed: i64, local: &Local) -> String {
    let threads = counted(changed, "thread", "threads");
    let words = words(state, until, local);
    match words.split_once(' ') {
        // “Marked done” of one, “Marked 2 threads done” of several.
        Some((verb, rest)) if state != ThreadState::Waiting => format!("{verb} {threads} {rest}"),
        _ => format!("{threads}: {}", words.to_lowercase()),
    }
}

fn of_one(word: &LastWord, local: &Local) -> String {
    match word.state {
        ThreadState::Spam => "Thread marked as spam here".to_owned(),
        state => words(state, word.snoozed_until, local),
    }
}

fn words(state: ThreadState, until: Option<Timestamp>, local: &Local) -> String {
    match (state, until) {
        (ThreadState::Snoozed, Some(until)) => format!("Snoozed until {}", local.exact_minute(until)),
        (ThreadState::Snoozed, None) | (ThreadState::Waiting, _) => "Waiting for them".to_owned(),
        (ThreadState::Done, _) => "Marked done".to_owned(),
        (ThreadState::Spam, _) => "Marked as spam here".to_owned(),
        (ThreadState::Removed, _) => "Removed from the inbox".to_owned(),
        (ThreadState::NoReplyNeeded, _) => "Marked as needing no reply".to_owned(),
        (ThreadState::NeedsReply, _) => "Marked as needing a reply".to_owned(),
    }
}
