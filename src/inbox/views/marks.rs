//! Stars, tags and who sees to it: in a row, on the comment, and for all that is ticked.

use kit::jobs::JobId;
use maud::{Markup, html};

use super::moves::details;
use super::one::Beside;
use crate::inbox::listing::Interaction;
use crate::inbox::marks::matching::Underway;
use crate::inbox::marks::pages::TagTold;
use crate::inbox::marks::{Act, MarkKind, Marks, Member, TagName};
use crate::inbox::place::Place;
use crate::model::InteractionId;
use crate::web::ui::numbers::grouped;
use crate::web::ui::{Icon, NOTHING, avatar, icon};
use crate::workspaces::UserId;

/// So many tags a row bears.
const IN_A_ROW: usize = 2;

/// What is known for choosing a mark.
#[derive(Clone, Debug)]
pub struct Choice {
    pub me: UserId,
    pub members: Vec<Member>,
    pub tags: Vec<TagName>,
    pub told: Option<TagTold>,
}

impl Choice {
    fn name(&self, id: UserId) -> Option<&str> {
        self.members.iter().find(|member| member.id == id).map(|member| member.name.as_str())
    }
}

/// Beside the author's name.
pub(super) fn star(marks: &Marks) -> Markup {
    html! { @if marks.is_starred { span.starred { (icon(Icon::Star)) span.visually-hidden { "Starred" } } } }
}

pub(super) fn assignee(marks: &Marks, members: &[Member]) -> Markup {
    let name = members.iter().find(|member| Some(member.id) == marks.assignee).map(|member| &member.name);
    html! {
        @if let Some(name) = name {
            span.assignee title={ "Assigned to " (name) } { (avatar(name)) span.visually-hidden { "Assigned to " (name) } }
        }
    }
}

pub(super) fn tags_in_row(marks: &Marks) -> Markup {
    let more = marks.tags.len().saturating_sub(IN_A_ROW);
    html! {
        @for tag in marks.tags.iter().take(IN_A_ROW) { span.tag.label dir="auto" title=(tag) { (tag) } }
        @if more > 0 { span.tag.label { "+" (more) } }
    }
}

/// What hangs on the comment's thread, and what can be hung on it.
pub(super) fn marks(item: &Interaction, place: &Place, beside: &Beside) -> Markup {
    let action = place.address(&format!("/inbox/{}/mark", item.id), None);
    let (marks, choice) = (&beside.marks, &beside.choice);
    let (next, label) = if marks.is_starred { ("unstar", "Starred") } else { ("star", "Star") };
    let assigned = marks.assignee.map(|id| if id == choice.me { "Me" } else { choice.name(id).unwrap_or("Somebody") });
    html! {
        div.marks {
            form.marks method="post" action=(action) data-act {
                button.button.small.quiet.star type="submit" name="mark" value=(next) data-key="s" aria-pressed=(marks.is_starred) title=(label) { (icon(Icon::Star)) (label) }
                button.button.small.quiet type="button" popovertarget="assigning" data-key="a" title="Assign" { (icon(Icon::Person)) (assigned.unwrap_or("Assign")) }
                div #assigning .menu popover role="dialog" aria-label="Assign" { (people(choice, marks.assignee, None)) }
                button.button.small.quiet type="button" popovertarget="tagging" data-key="#" title="Tag" { (icon(Icon::Plus)) "Tag" }
                @for tag in &marks.tags {
                    button.tag.label type="submit" name="untag" value=(tag) title={ "Remove the tag " (tag) } aria-label={ "Remove the tag " (tag) } { bdi { (tag) } (icon(Icon::X)) }
                }
            }
            form #tagging .menu popover[choice.told.is_none()] method="post" action=(action) data-act {
                (tag_field("new-tag", choice, None))
                button.button.small.primary type="submit" name="mark" value="tag" { "Add the tag" }
            }
        }
    }
}

/// For who hangs nothing on it.
pub(super) fn marks_to_read(beside: &Beside) -> Markup {
    let marks = &beside.marks;
    html! {
        div.marks { (star(marks)) @for tag in &marks.tags { span.tag.label dir="auto" { (tag) } } (assignee(marks, &beside.choice.members)) }
    }
}

/// The same for all that is ticked, as buttons of that form.
pub(super) fn for_ticked(place: &Place) -> Markup {
    html! {
        button.button.small type="submit" formaction=(place.address("/inbox/marks", None)) name="mark" value="star" data-key="s" title="Star" { (icon(Icon::Star)) span { "Star" } }
        button.button.small type="button" popovertarget="ticked-assigning" data-key="a" title="Assign" { (icon(Icon::Person)) span { "Assign" } }
        button.button.small type="button" popovertarget="ticked-tagging" data-key="#" title="Tag" { (icon(Icon::Plus)) span { "Tag" } }
    }
}

/// What those buttons open.
pub(super) fn menus_for_ticked(place: &Place, choice: &Choice) -> Markup {
    let action = place.address("/inbox/marks", None);
    html! {
        div #ticked-assigning .menu popover role="dialog" aria-label="Assign" { (people(choice, None, Some(&action))) }
        div #ticked-tagging .menu popover[choice.told.is_none()] role="dialog" aria-label="Tag" {
            (tag_field("ticked-tag", choice, Some("ticked-tags")))
            button.button.small.primary type="submit" formaction=(action) name="mark" value="tag" { "Add the tag" }
            button.button.small type="submit" formaction=(action) name="mark" value="untag" { "Remove it" }
        }
    }
}

/// What Enter in a field of the ticked form does: nothing that somebody did not ask for.
pub(super) fn on_enter(place: &Place) -> Markup {
    html! { button type="submit" formaction=(place.address("/inbox/marks", None)) name="mark" value="tag" hidden tabindex="-1" { "Add the tag" } }
}

fn people(choice: &Choice, assigned: Option<UserId>, action: Option<&str>) -> Markup {
    let one = |value: &str, name: &str, is_chosen: bool| {
        html! {
            button type="submit" name="assignee" value=(value) formaction=[action] aria-current=[is_chosen.then_some("true")] {
                span { (name) } @if is_chosen { (icon(Icon::Check)) }
            }
        }
    };
    html! {
        (one("me", "Me", assigned == Some(choice.me)))
        @for member in choice.members.iter().filter(|member| member.id != choice.me) {
            (one(&member.id.to_string(), &member.name, assigned == Some(member.id)))
        }
        (one("nobody", "Nobody", false))
    }
}

fn tag_field(id: &str, choice: &Choice, list: Option<&str>) -> Markup {
    let told = choice.told.as_ref();
    let (list, error) = (list.unwrap_or("known-tags"), format!("{id}-error"));
    html! {
        div.field {
            label for=(id) { "Tag" }
            input id=(id) name="tag" type="text" list=(list) autocomplete="off" dir="auto" value=[told.map(|told| &told.text)]
                aria-invalid=[told.map(|_| "true")] aria-describedby=[told.map(|_| &error)];
            @if let Some(told) = told { p.error id=(error) role="alert" { (told.error) } }
            datalist id=(list) { @for tag in &choice.tags { option value=(tag) {} } }
        }
    }
}

/// What was done, and the way back.
pub(super) fn receipt(act: &Act, assignee: Option<&str>, open: Option<InteractionId>, place: &Place) -> Markup {
    html! {
        form.receipt method="post" action=(place.address("/inbox/marks/undo", None)) data-undo {
            (icon(Icon::Done))
            span role="status" { (sentence(act, assignee)) }
            @if act.changed > 0 {
                input type="hidden" name="act" value=(act.id);
                @if let Some(open) = open { input type="hidden" name="open" value=(open); }
                button.link type="submit" data-key="z" title="Undo" { "Undo" }
            } @else { (NOTHING) }
        }
    }
}

/// Not a `status` of its own while it counts: it would be read out again and again.
pub(super) fn underway(act: &Act, job: JobId, underway: Underway, place: &Place) -> Markup {
    match underway {
        Underway::Marking(seen) => html! {
            form.receipt method="post" action=(place.address("/inbox/marks/undo", None)) data-busy {
                (icon(Icon::Clock))
                span { "Marking all that match: " (grouped(seen)) " so far… " (details(job)) }
                input type="hidden" name="act" value=(act.id);
                button.link type="submit" data-key="z" title="Undo" { "Undo" }
            }
        },
        Underway::Back(back) => super::moves::back(job, back),
    }
}

fn sentence(act: &Act, assignee: Option<&str>) -> String {
    let tag = act.tag.as_ref().map(|tag| format!("“{tag}”")).unwrap_or_default();
    let to = assignee.unwrap_or("somebody");
    if act.matched == 0 {
        return "Nothing changed: it already was like that.".to_owned();
    }
    if act.matched == 1 {
        return match (act.mark, act.changed > 0) {
            (MarkKind::Star, true) => "Starred.".to_owned(),
            (MarkKind::Star, false) => "It has your star already.".to_owned(),
            (MarkKind::Unstar, true) => "Star removed.".to_owned(),
            (MarkKind::Unstar, false) => "It had no star of yours.".to_owned(),
            (MarkKind::Tag, true) => format!("Tagged {tag}."),
            (MarkKind::Tag, false) => format!("It has the tag {tag} already."),
            (MarkKind::Untag, true) => format!("Removed the tag {tag}."),
            (MarkKind::Untag, false) => format!("It didn't have the tag {tag}."),
            (MarkKind::Assign, true) => format!("Assigned to {to}."),
            (MarkKind::Assign, false) => format!("It's assigned to {to} already."),
            (MarkKind::Unassign, true) => "Assigned to nobody.".to_owned(),
            (MarkKind::Unassign, false) => "It's assigned to nobody already.".to_owned(),
        };
    }
    let (done, left) = (grouped(act.changed), act.matched - act.changed);
    let already_so = if left == 1 { "already was" } else { "already were" };
    let (words, already) = match act.mark {
        MarkKind::Star => (format!("Starred {done}"), "had a star already"),
        MarkKind::Unstar => (format!("Removed the star from {done}"), "had none"),
        MarkKind::Tag => (format!("Tagged {done} {tag}"), "had it already"),
        MarkKind::Untag => (format!("Removed {tag} from {done}"), "didn't have it"),
        MarkKind::Assign => (format!("Assigned {done} to {to}"), already_so),
        MarkKind::Unassign => (format!("Assigned {done} to nobody"), already_so),
    };
    if left == 0 { format!("{words}.") } else { format!("{words}, {} {already}.", grouped(left)) }
}
