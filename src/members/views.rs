//! The workspace's people as HTML.

use std::borrow::Cow;

use maud::{Markup, html};

use super::Members;
use crate::accounts::joining::Invitation;
use crate::accounts::sessions::SignedIn;
use crate::accounts::views::shown_once;
use crate::web::errors::FieldErrors;
use crate::web::ui::numbers::counted;
use crate::web::ui::{
    Button, Check, Field, Icon, NOTHING, Shell, Tone, card, head, icon, meta, notice, page, settings_tabs, tag,
};
use crate::workspaces::{Kind, Member, Right, Role};

#[derive(Debug, Default)]
pub struct Page {
    pub done: Option<String>,
    pub trouble: Option<Cow<'static, str>>,
    pub errors: FieldErrors,
    /// Of an invitation, this once.
    pub link: Option<String>,
}

pub fn index(shell: &Shell, who: &SignedIn, members: &Members, view: &Page) -> Markup {
    let manages = who.role.may(Right::Manage);
    let invites = manages && who.workspace.kind == Kind::Live;
    let body = html! {
        (head("Settings", NOTHING, NOTHING))
        (settings_tabs(&shell.path))
        div.stack.narrow {
            @if let Some(trouble) = &view.trouble { (notice(Tone::Bad, trouble)) }
            @if let Some(told) = view.done.as_deref().and_then(told) { (notice(Tone::Good, told)) }
            @if let Some(link) = &view.link {
                (shown_once("Share this link with one person. Whoever opens it joins this workspace. It expires in 7 days.", link))
            }
            @if manages {
                (card("Workspace", NOTHING, workspace(shell, who, members, view)))
                (card("Business hours", NOTHING, hours(shell, members, view)))
            }
            (card(&format!("Members of {}", who.workspace.name), html! { span { "You're " (article(who.role)) } }, people(shell, who, members)))
            @if invites { (card("Invitations", NOTHING, invitations(shell, &members.invitations))) }
        }
    };
    page(shell, "Members", body)
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "changed" => Some("Their role has changed."),
        "removed" => Some("They are no longer a member. What they did keeps their name."),
        "left" => Some("You've left the workspace."),
        "withdrawn" => Some("The invitation no longer works."),
        "saved" => Some("Saved."),
        _ => None,
    }
}

pub const fn role_word(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Editor => "editor",
        Role::Viewer => "viewer",
    }
}

const fn article(role: Role) -> &'static str {
    match role {
        Role::Owner => "an owner",
        Role::Editor => "an editor",
        Role::Viewer => "a viewer",
    }
}

const fn meaning(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner: everything, with connections, members and settings",
        Role::Editor => "Editor: reads and answers",
        Role::Viewer => "Viewer: reads",
    }
}

fn workspace(shell: &Shell, who: &SignedIn, members: &Members, view: &Page) -> Markup {
    let approves = Check {
        name: "approves_replies",
        label: "Editors' replies wait for an owner's approval",
        checked: members.approves_replies,
    };
    let name = Field::text("name", "Name").value(&who.workspace.name).max_length(80).required();
    html! {
        form.form method="post" action=(shell.here("/settings/workspace")) {
            (name.error(view.errors.of("name")))
            (approves)
            @if !members.approves_replies && members.awaiting > 0 {
                p.help data-test="still-waiting" {
                    a href="/inbox/approvals" { (counted(members.awaiting, "reply", "replies")) }
                    " from before still waiting: an owner can approve, or its writer can send it."
                }
            }
            (Button::primary("Save"))
        }
    }
}

const DAYS: [(&str, &str); 7] = [
    ("monday", "Monday"),
    ("tuesday", "Tuesday"),
    ("wednesday", "Wednesday"),
    ("thursday", "Thursday"),
    ("friday", "Friday"),
    ("saturday", "Saturday"),
    ("sunday", "Sunday"),
];

fn hours(shell: &Shell, members: &Members, view: &Page) -> Markup {
    let (hours, zone) = &members.hours;
    let is_on = |day: usize| hours.is_some_and(|hours| hours.days[day]);
    let (from, until) = hours.map_or((540, 1_020), |hours| (hours.from, hours.until));
    let clock = |minutes: i64| format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
    let (from, until) = (clock(from), clock(until));
    html! {
        form.form method="post" action=(shell.here("/settings/workspace/hours")) {
            p.help { "Response times count only these hours. Without any day, every hour counts." }
            fieldset.checks {
                legend.visually-hidden { "Days" }
                @for (index, (name, label)) in DAYS.into_iter().enumerate() { (Check { name, label, checked: is_on(index) }) }
            }
            div.side-by-side {
                (Field::time("from", "From").value(&from).error(view.errors.of("from")))
                (Field::time("until", "Until").value(&until).error(view.errors.of("until")).help(html! { "By the clock of " (zone.iana_name().unwrap_or("UTC")) "." }))
            }
            (Button::new("Save the hours"))
        }
    }
}

fn people(shell: &Shell, who: &SignedIn, members: &Members) -> Markup {
    html! {
        ul.list { @for member in &members.people { (row(shell, who, member)) } }
        @if members.people.len() > 1 {
            (Button::new("Leave this workspace").icon(Icon::SignOut).test("leave").posts(&shell.here("/settings/members/leave")))
        }
    }
}

fn row(shell: &Shell, who: &SignedIn, member: &Member) -> Markup {
    let is_self = member.user_id == who.user.id;
    html! {
        li data-test="member" {
            (icon(Icon::Person))
            div.grow {
                div {
                    b { (member.name) } " "
                    (tag(if member.role == Role::Owner { Tone::Accent } else { Tone::Plain }, role_word(member.role)))
                    @if is_self { " " (tag(Tone::Good, "you")) }
                    @if member.is_closed { " " (tag(Tone::Bad, "account closed")) }
                }
                (meta(&[html! { (member.email) }, html! { "joined " (shell.local.ago(member.created_at)) }]))
            }
            @if who.role.may(Right::Manage) && !is_self { (acts(member)) }
        }
    }
}

fn acts(member: &Member) -> Markup {
    let user = member.user_id;
    html! {
        form.inline method="post" action="/settings/members/role" {
            input type="hidden" name="user" value=(user);
            select name="role" aria-label={ "Role of " (member.name) } {
                @for role in Role::ALL { option value=(role) selected[*role == member.role] { (role_word(*role)) } }
            }
            button.button.small type="submit" aria-label={ "Change the role of " (member.name) } { "Change" }
        }
        form method="post" action="/settings/members/remove" {
            button.button.small.danger type="submit" name="user" value=(user) aria-label={ "Remove " (member.name) } { "Remove" }
        }
    }
}

fn invitations(shell: &Shell, open: &[Invitation]) -> Markup {
    html! {
        @if open.is_empty() { p.muted { "No invitation is open." } }
        @else {
            form method="post" action="/settings/members/withdraw" {
                ul.list {
                    @for invitation in open {
                        li data-test="invitation" {
                            (icon(Icon::Info))
                            div.grow {
                                div { "For " (article(invitation.role)) ", made by " (invitation.by) " " (shell.local.ago(invitation.created_at)) }
                                (meta(&[html! { "works until " (shell.local.moment(invitation.expires_at)) }]))
                            }
                            button.button.small type="submit" name="invitation" value=(invitation.id) { "Withdraw" }
                        }
                    }
                }
            }
        }
        form.form method="post" action=(shell.here("/settings/members/invite")) {
            div.field {
                label for="role" { "Invite somebody as" }
                select #role name="role" {
                    @for role in [Role::Editor, Role::Viewer, Role::Owner] { option value=(role) { (meaning(role)) } }
                }
                p.help { "A link for one person. They join with the account they have, or make one. We don't send any e-mail." }
            }
            button.button type="submit" data-test="invite" { (icon(Icon::Plus)) "Create a link" }
        }
    }
}
