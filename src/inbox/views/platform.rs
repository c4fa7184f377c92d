//! What can be done at the platform with a comment of a thread, and what became of that: each verb names the platform, so that
//! nobody takes it for what is done here.

use maud::{Markup, html};

use super::one::Beside;
use crate::inbox::listing::{Connection, Interaction};
use crate::inbox::place::Place;
use crate::model::Platform;
use crate::moderation::{Act, Asker, MOST, MOST_ATTEMPTS, Skipped, State, Subject, Words, in_the_way, right};
use crate::platforms::{ActRules, Platforms, Verb};
use crate::web::ui::{Local, NOTHING, Tone, tag};
use crate::workspaces::Role;

/// What can be done at the platform with the comments of a thread, and what became of what was.
#[derive(Clone, Debug)]
pub struct AtPlatform {
    /// What the platform takes; none where this version does not speak to it.
    pub rules: Option<ActRules>,
    /// The last act on each comment that has any.
    pub acts: Vec<Act>,
    /// Whoever looks.
    pub asker: Asker,
}

/// Under a comment of the thread that is open.
pub(super) fn at_platform(
    item: &Interaction,
    open: &Interaction,
    beside: &Beside,
    place: &Place,
    local: &Local,
) -> Markup {
    let last = beside.at_platform.acts.iter().find(|act| act.interaction_id == item.id);
    // Where an answer takes the place of another, what was done with that one is not of this.
    let are_replaced = item.is_own && beside.answering.rules.is_some_and(|rules| rules.are_replaced);
    let last = last.filter(|act| !are_replaced || act.state.is_under_way() || act.updated_at >= item.created_at);
    let is_under_way = last.is_some_and(|act| act.state.is_under_way());
    html! {
        @if let Some(act) = last { (told(act, item, (open, beside), place, local)) }
        @if !is_under_way { (buttons(item, open, beside, place)) }
    }
}

/// Own comments have theirs wherever they stand in the thread; others' only where they are open.
fn buttons(item: &Interaction, open: &Interaction, beside: &Beside, place: &Place) -> Markup {
    let is_here = item.is_own || item.id == open.id;
    let fits = |verb: &Verb| is_here && would_be_taken(*verb, item, beside);
    let Some(rules) = beside.at_platform.rules else { return NOTHING };
    let verbs = rules.verbs.iter().copied().filter(fits).collect::<Vec<_>>();
    if verbs.is_empty() {
        return NOTHING;
    }
    let label = |verb: Verb| match verb {
        Verb::Edit => format!("Edit on {}", item.platform.label()),
        verb => Words::of(item.platform, Some(rules)).doing(verb),
    };
    html! {
        form.actions.at-platform method="post" action=(place.address("/moderation", None)) {
            input type="hidden" name="id" value=(item.id);
            input type="hidden" name="open" value=(open.id);
            @if item.is_own {
                @for verb in verbs { button.button.small.quiet type="submit" name="verb" value=(verb) { (label(verb)) } }
            } @else {
                button.button.small.quiet type="button" popovertarget="of-comment" { "On " (item.platform.label()) "…" }
                div #of-comment .menu popover role="dialog" aria-label={ "On " (item.platform.label()) } {
                    @for verb in verbs { button type="submit" name="verb" value=(verb) { (label(verb)) } }
                }
            }
        }
    }
}

/// What a platform does with other people's comments, as a button says it.
#[derive(Clone, Debug)]
pub struct Offered {
    platform: Platform,
    verb: Verb,
    label: String,
}

/// What the platforms of some accounts do with other people's comments, each once: as far as somebody may ask for it, however
/// many are ticked.
pub fn verbs(platforms: &Platforms, connections: &[Connection], role: Role) -> Vec<Offered> {
    let mut verbs: Vec<Offered> = Vec::new();
    for connection in connections {
        let Some(module) = platforms.get(connection.platform) else { continue };
        let others = module.acts().verbs.iter().filter(|verb| !verb.is_about_own() && role.may(right(**verb, MOST)));
        let words = Words::of(connection.platform, Some(module.acts()));
        for verb in others.copied() {
            if !verbs.iter().any(|known| (known.platform, known.verb) == (connection.platform, verb)) {
                verbs.push(Offered { platform: connection.platform, verb, label: words.doing(verb) });
            }
        }
    }
    verbs
}

/// A button of the form for all that is ticked.
pub(super) fn for_ticked(verbs: &[Offered]) -> Markup {
    let Some(there) = there(verbs) else { return NOTHING };
    html! { button.button.small type="button" popovertarget="at-platform" { "On " (there) "…" } }
}

fn there(verbs: &[Offered]) -> Option<&'static str> {
    let first = verbs.first()?.platform;
    let is_one = verbs.iter().all(|offered| offered.platform == first);
    Some(if is_one { first.label() } else { "the platform" })
}

/// What it opens: a page asks once, with their count, before any platform hears of it.
pub(super) fn menu_for_ticked(place: &Place, verbs: &[Offered]) -> Markup {
    let action = place.address("/moderation", None);
    let Some(there) = there(verbs) else { return NOTHING };
    html! {
        div #at-platform .menu popover role="dialog" aria-label={ "On " (there) } {
            @for offered in verbs {
                button type="submit" formaction=(action) name="verb" value=(offered.verb) { (offered.label) }
            }
        }
    }
}

/// Whether it would be taken, for this comment alone.
fn would_be_taken(verb: Verb, item: &Interaction, beside: &Beside) -> bool {
    let AtPlatform { rules, asker, .. } = beside.at_platform;
    let (stands, is_connected) = (item.provider_state, beside.out_of_reach.is_none());
    let subject = Subject { stands, is_own: item.is_own, is_connected };
    asker.may_ask(verb, 1).is_ok() && in_the_way(rules, subject, verb).is_none()
}

fn told(
    act: &Act,
    item: &Interaction,
    (open, beside): (&Interaction, &Beside),
    place: &Place,
    local: &Local,
) -> Markup {
    let words = Words::of(open.platform, beside.at_platform.rules);
    let (tone, state) = match act.state {
        State::Queued | State::Asking => (Tone::Accent, words.under_way(act.verb).to_owned()),
        State::Unknown => (Tone::Warn, "not known yet".to_owned()),
        State::Done => (Tone::Good, words.done(act.verb).to_owned()),
        State::Failed => (Tone::Bad, words.could_not(act.verb)),
        State::Skipped if act.skipped() == Some(Skipped::Changed) => {
            (Tone::Plain, format!("not {}", words.done(act.verb)))
        }
        State::Cancelled | State::Skipped => return NOTHING,
    };
    let name = open.platform.label();
    let said = match act.state {
        State::Unknown if act.was_told_to_wait() => Some(format!(
            "{name} asked us to wait until {}. Then we'll check whether it was done.",
            local.exact_minute(act.due_at)
        )),
        State::Queued if act.was_told_to_wait() => {
            Some(format!("{name} asked us to wait until {}.", local.exact_minute(act.due_at)))
        }
        State::Unknown => Some(format!("{name}'s answer got lost, so we're checking there.")),
        State::Done => None,
        State::Skipped => act.skipped().map(|why| words.skipped_one(why, act.verb)),
        _ => act.error_message.clone(),
    };
    let waits = act.state == State::Queued && act.due_at > local.now;
    let (asker, says_so) = (beside.at_platform.asker, act.verb == Verb::Edit && act.text == item.text);
    let button = match act.state {
        State::Queued if act.can_be_cancelled() && asker.may_call_back(act.verb, 1).is_ok() => {
            Some(("cancel", "Cancel"))
        }
        State::Failed if act.can_be_retried() && !says_so && would_be_taken(act.verb, item, beside) => {
            Some(("retry", "Try again"))
        }
        _ => None,
    };
    html! {
        p.meta.acted data-test="act" data-state=(act.state) {
            span { (tag(tone, &state)) }
            span { "by " (act.orderer_name.as_deref().unwrap_or("somebody")) " " (local.ago(act.updated_at)) }
            @if waits { span { "Tried " (act.attempts) " of " (MOST_ATTEMPTS) " times, next at " (local.exact_minute(act.due_at)) } }
        }
        @if let Some(said) = said { p.muted { (said) } }
        @if let Some((what, label)) = button {
            form.actions method="post" action=(place.address(&format!("/moderation/{}/act", act.order_id), None)) {
                input type="hidden" name="open" value=(open.id);
                input type="hidden" name="of" value=(act.interaction_id);
                button.button.small type="submit" name="act" value=(what) { (label) }
            }
        }
    }
}
