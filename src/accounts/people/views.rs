//! The installation's people as HTML.

use std::borrow::Cow;

use maud::{Markup, html};

use super::People;
use crate::accounts::UserId;
use crate::accounts::store::{Invitation, Listed};
use crate::web::errors::FieldErrors;
use crate::web::ui::{
    Button, Field, Icon, NOTHING, Shell, Tone, card, head, icon, meta, notice, page, settings_tabs, tag,
};

#[derive(Debug, Default)]
pub struct Page {
    pub done: Option<String>,
    pub trouble: Option<Cow<'static, str>>,
    pub errors: FieldErrors,
    pub asks_password: bool,
}

pub fn index(shell: &Shell, own: UserId, people: &People, view: &Page) -> Markup {
    let body = html! {
        (head("Settings", NOTHING, NOTHING))
        (settings_tabs(&shell.path))
        div.stack.narrow {
            @if let Some(trouble) = &view.trouble { (notice(Tone::Bad, trouble)) }
            @if let Some(told) = view.done.as_deref().and_then(told) { (notice(Tone::Good, told)) }
            (card("People", NOTHING, accounts(shell, own, people, view)))
            (card("Invitations", NOTHING, invitations(shell, &people.invitations)))
        }
    };
    page(shell, "People", body)
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "closed" => Some("The account is closed, and its sessions have ended."),
        "opened" => Some("The account is open again."),
        "signed-out" => Some("Their sessions have ended."),
        "withdrawn" => Some("The invitation no longer works."),
        _ => None,
    }
}

/// One form: the password, where it is asked for, serves every button.
fn accounts(shell: &Shell, own: UserId, people: &People, view: &Page) -> Markup {
    html! {
        form.form method="post" action="/settings/people/sign-out" {
            @if view.asks_password {
                (Field::password("password", "Your password", "current-password").error(view.errors.of("password")))
            }
            ul.list { @for account in &people.accounts { (row(shell, own, account)) } }
        }
    }
}

fn row(shell: &Shell, own: UserId, account: &Listed) -> Markup {
    html! {
        li data-test="person" {
            (icon(Icon::Session))
            div.grow {
                div {
                    b { (account.name) } " "
                    @if account.is_owner { (tag(Tone::Accent, "owner")) }
                    @if account.disabled_at.is_some() { (tag(Tone::Bad, "closed")) }
                }
                (meta(&[html! { (account.email) }, html! { "joined " (shell.local.ago(account.created_at)) }]))
            }
            @if account.id != own {
                @if account.disabled_at.is_some() {
                    button.button.small type="submit" formaction="/settings/people/open" name="user" value=(account.id)
                        aria-label=(format!("Open the account of {}", account.name)) { "Open again" }
                } @else {
                    button.button.small type="submit" name="user" value=(account.id)
                        aria-label=(format!("End the sessions of {}", account.name)) { "Sign out" }
                    button.button.small.danger type="submit" formaction="/settings/people/disable" name="user" value=(account.id)
                        aria-label=(format!("Close the account of {}", account.name)) { "Close" }
                }
            }
        }
    }
}

fn invitations(shell: &Shell, open: &[Invitation]) -> Markup {
    html! {
        @if open.is_empty() { p.muted { "No invitation is open." } }
        @else {
            form method="post" action="/settings/invitations/withdraw" {
                ul.list {
                    @for invitation in open {
                        li data-test="invitation" {
                            (icon(Icon::Info))
                            div.grow {
                                div { "Made " (shell.local.ago(invitation.created_at)) }
                                (meta(&[html! { "works until " (shell.local.moment(invitation.expires_at)) }]))
                            }
                            button.button.small type="submit" name="invitation" value=(invitation.id) { "Withdraw" }
                        }
                    }
                }
            }
        }
        (Button::new("Create an invitation").icon(Icon::Plus).posts("/settings/invitations"))
    }
}
