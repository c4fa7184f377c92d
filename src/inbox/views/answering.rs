//! The box for an answer, and the answers that are not in the thread yet.

use maud::{Markup, html};

use super::one::{Beside, OutOfReach};
use crate::inbox::answering::Answering;
use crate::inbox::listing::Interaction;
use crate::inbox::place::Place;
use crate::model::{InteractionId, UserId};
use crate::platforms::TextUnit;
use crate::replies::{Reply, State};
use crate::web::ui::numbers::grouped;
use crate::web::ui::{Icon, Local, NOTHING, Tone, icon, platform_name, tag};

/// With what became of each, and what can be done about it.
pub(super) fn on_their_way(
    id: InteractionId,
    thread: &[Interaction],
    beside: &Beside,
    place: &Place,
    local: &Local,
) -> Markup {
    let answering = &beside.answering;
    // Where the thread shows it, the thread tells how it stands.
    let is_in_thread = |reply: &&Reply| thread.iter().any(|item| Some(&item.external_id) == reply.external_id.as_ref());
    let replies = answering.on_their_way.iter().filter(|reply| !is_in_thread(reply)).collect::<Vec<_>>();
    if replies.is_empty() {
        return NOTHING;
    }
    html! {
        ul.list.answers.whole aria-label="Your replies" {
            @for reply in replies {
                li data-test="reply" data-state=(reply.state) {
                    div.grow {
                        p.meta {
                            b { (reply.author_name.as_deref().unwrap_or("Somebody")) }
                            span { (local.ago(reply.created_at)) }
                            span { (state_tag(reply.state)) }
                        }
                        p.said dir="auto" { (reply.text) }
                        @if let Some(words) = changed_by(reply) { p.muted data-test="changed-by" { (words) } }
                        @if let Some(words) = explanation(reply, answering, local) { p.muted { (words) } }
                        @if beside.may_answer { (acts(id, reply, answering, beside.by, place)) }
                        @if beside.may_approve && reply.state == State::AwaitingApproval { (review(id, reply, place)) }
                    }
                }
            }
        }
    }
}

/// Of a reply that is not there, or not there yet.
pub(super) fn open_reply(item: &Interaction) -> Markup {
    match item.reply {
        None | Some(State::Published | State::Deleted | State::Cancelled | State::Draft) => NOTHING,
        Some(state) => html! { span.stands data-test="reply-stands" { (state_tag(state)) } },
    }
}

fn state_tag(state: State) -> Markup {
    let (tone, word) = match state {
        State::AwaitingApproval => (Tone::Warn, "waiting for approval"),
        State::SentBack => (Tone::Bad, "sent back"),
        State::Queued | State::Sending => (Tone::Accent, "sending"),
        State::Unknown => (Tone::Warn, "not known yet"),
        State::PendingModeration => (Tone::Warn, "waiting for moderation"),
        State::Rejected => (Tone::Bad, "rejected"),
        State::Failed => (Tone::Bad, "not sent"),
        State::Published => (Tone::Good, "published"),
        State::Deleted => (Tone::Plain, "deleted"),
        State::Cancelled => (Tone::Plain, "called back"),
        State::Draft => (Tone::Plain, "draft"),
    };
    tag(tone, word)
}

/// Where an owner let other words go out than its author wrote.
pub(super) fn changed_by(reply: &Reply) -> Option<String> {
    let author = reply.author_name.as_deref().unwrap_or("Somebody");
    let by = reply.reviewer_name.as_deref().unwrap_or("An owner");
    reply.submitted_text.as_ref().map(|text| format!("{by} changed this on approving. {author} wrote: “{text}”"))
}

fn explanation(reply: &Reply, answering: &Answering, local: &Local) -> Option<String> {
    let said = reply.error_message.as_deref();
    match reply.state {
        State::Unknown if reply.asks_a_person() => Some(format!(
            "{} Is your reply there?",
            said.unwrap_or("We couldn't find out whether the platform got it.")
        )),
        State::Unknown => Some(match reply.next_look_at.filter(|_| reply.was_told_to_wait()) {
            Some(at) => {
                let at = local.exact_minute(at);
                format!("The platform asked us to wait until {at}. Then we'll look for your reply there.")
            }
            None => "The platform's answer got lost. Looking for your reply there.".to_owned(),
        }),
        State::Queued if reply.attempts > 0 => Some(format!(
            "{} Tried {}, next at {}.",
            said.unwrap_or("It couldn't be sent yet."),
            if reply.attempts == 1 { "once".to_owned() } else { format!("{} times", reply.attempts) },
            local.exact_minute(reply.due_at)
        )),
        State::Queued if reply.was_told_to_wait() => Some(format!(
            "The platform asked us to wait until {}. Then we'll send it.",
            local.exact_minute(reply.due_at)
        )),
        State::AwaitingApproval => answering.approval.says(reply),
        State::SentBack => {
            let by = reply.reviewer_name.as_deref().unwrap_or("An owner");
            Some(format!("{by}: {}", reply.review_note.as_deref().unwrap_or_default()))
        }
        _ => said.map(str::to_owned),
    }
}

fn acts(id: InteractionId, reply: &Reply, answering: &Answering, by: UserId, place: &Place) -> Markup {
    let may_retry = answering.again.contains(&reply.id);
    let one = |act: &str, label: &str| html! { button.button.small type="submit" name="act" value=(act) { (label) } };
    html! {
        @if reply.can_be_cancelled() || may_retry || reply.asks_a_person() {
            form.actions method="post" action=(place.address(&format!("/inbox/{id}/reply/act"), None)) data-act {
                input type="hidden" name="reply" value=(reply.id);
                @if answering.approval.may_release(reply, by) { (one("release", "Send it")) }
                @if reply.can_be_cancelled() { (one("cancel", "Undo")) }
                @if may_retry { (one("retry", "Try again")) }
                @if reply.asks_a_person() { (one("was_sent", "Yes, it's there")) }
                @if reply.asks_a_person() && may_retry { (one("was_not_sent", "No, send it again")) }
            }
        }
    }
}

/// For owners: let it go out, with other words too, or say what should change.
pub(in crate::inbox) fn review(id: InteractionId, reply: &Reply, place: &Place) -> Markup {
    let action = place.address(&format!("/inbox/{id}/reply/review"), None);
    let (text, note) = (format!("review-{}", reply.id), format!("note-{}", reply.id));
    // Two forms: Enter in the word to its author must not let the reply go out.
    html! {
        form.form.review method="post" action=(action) data-act {
            input type="hidden" name="reply" value=(reply.id);
            div.field {
                label for=(text) { "Change the text, if needed" }
                textarea id=(text) name="text" rows="3" dir="auto" required { "\n" (reply.text) }
            }
            div.actions { button.button.primary type="submit" name="act" value="approve" data-test="approve" { (icon(Icon::Check)) "Approve" } }
        }
        form.form.review method="post" action=(action) data-act {
            input type="hidden" name="reply" value=(reply.id);
            div.field {
                label for=(note) { "Or say what should change" }
                input id=(note) name="note" type="text" maxlength="2000" required;
            }
            div.actions { button.button type="submit" name="act" value="send_back" data-test="send-back" { "Send back" } }
        }
    }
}

/// The fields of a form that calls an answer back.
pub(super) fn cancelling(reply: &Reply) -> Markup {
    html! {
        input type="hidden" name="reply" value=(reply.id);
        input type="hidden" name="act" value="cancel";
    }
}

/// Who else writes at the moment.
pub(super) fn writing(answering: &Answering) -> Markup {
    let Some(writer) = answering.writers.first() else { return NOTHING };
    html! {
        p.writing data-test="writing" data-passes {
            (icon(Icon::Person)) (writer.name.as_deref().unwrap_or("Somebody")) " is answering this."
        }
    }
}

/// What somebody wrote where no reply is taken, or not any more: theirs to copy.
fn unsent(item: &Interaction, answering: &Answering) -> Markup {
    if answering.draft.is_empty() {
        return NOTHING;
    }
    let platform = platform_name(item.platform.as_str());
    html! {
        div.composer data-test="unsent" {
            @match &answering.error {
                Some(error) => p.error role="alert" { (error) },
                None => p.muted { "This can't be answered on " (platform) " any more. Your draft is still here." },
            }
            label.visually-hidden for="text" { "Your draft" }
            textarea #text rows="3" dir="auto" readonly { "\n" (answering.draft) }
        }
    }
}

/// Not drawn anew by hints: somebody may be writing in it.
pub(super) fn composer(
    item: &Interaction,
    answering: &Answering,
    out_of_reach: Option<OutOfReach>,
    place: &Place,
) -> Markup {
    let Some(rules) = answering.rules else { return unsent(item, answering) };
    let address = |path: &str| place.address(&format!("/inbox/{}/{path}", item.id), None);
    // Nobody counts bytes.
    let (about, unit) = if rules.unit == TextUnit::Bytes { ("about ", "characters") } else { ("", rules.unit.word()) };
    let described = if answering.error.is_some() { "text-error text-left" } else { "text-left" };
    html! {
        form #composer .composer method="post" action=(address("reply")) data-composer data-draft=(address("draft")) data-longest=(rules.longest) data-unit=(unit) data-measure=(rules.unit.key()) {
            input type="hidden" name="key" value=(answering.key);
            input type="hidden" name="was" value=(answering.kept);
            input type="hidden" name="seen" value=(answering.seen);
            @if let Some(OutOfReach { may_connect }) = out_of_reach {
                p.writing data-test="not-connected" {
                    (icon(Icon::Alert))
                    span {
                        "This account isn't connected, so replies can't be sent. "
                        @if may_connect { a href="/connections" { "Reconnect it" } } @else { "Ask an owner to reconnect it" }
                        "."
                    }
                }
            }
            label.visually-hidden for="text" { "Reply to " (item.author_name) }
            textarea #text name="text" rows="3" dir="auto" placeholder={ "Reply to " (item.author_name) } data-key="r"
                aria-describedby=(described) aria-invalid=[answering.error.as_ref().map(|_| "true")] {
                // A parser drops the first line break of a textarea.
                "\n" (answering.draft)
            }
            @if let Some(error) = &answering.error { p.error #text-error role="alert" { (error) } }
            div.composer-foot {
                button.button.small.primary type="submit" data-key="Ctrl Enter" title="Send" { (icon(Icon::Reply)) "Reply on " (platform_name(item.platform.as_str())) }
                button.button.small.quiet type="submit" formaction=(address("draft")) formnovalidate data-save { "Save draft" }
                @if !answering.saved.is_empty() { (saved_replies(item.id, answering, &address("reply/insert"))) }
                p.muted #text-left data-told aria-live="polite" { "Up to " (about) (grouped(rules.longest as i64)) " " (unit) "." }
            }
        }
    }
}

/// A script inserts at the cursor what it shows here first; without one, the button puts it behind what is written.
fn saved_replies(id: InteractionId, answering: &Answering, action: &str) -> Markup {
    html! {
        div.insert data-filled={ "/inbox/" (id) "/saved-replies/" } {
            select #saved name="saved" aria-label="Saved reply" {
                option value="" { "Saved replies…" }
                @for (saved, name) in &answering.saved { option value=(saved) { (name) } }
            }
            button.button.small.quiet type="submit" formaction=(action) formnovalidate data-save data-insert { "Insert" }
        }
        p.preview aria-live="polite" dir="auto" hidden {}
    }
}
