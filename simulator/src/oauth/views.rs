//! The consent page and its refusals: plain HTML that works relayed under any path, without scripts.

use maud::{DOCTYPE, Markup, html};

use super::authorize::{Asked, Refused};
use super::provider::Provider;
use crate::profiles::ProfileRow;

pub fn consent(provider: &Provider, asked: &Asked, client: &str, accounts: &[ProfileRow]) -> String {
    let title = format!("{client} wants to access your account");
    if accounts.is_empty() {
        return page(
            "No account to choose",
            html! {
                h1 { "No account to choose" }
                p { "There's no simulated account to choose from. Go back, turn on demo mode, and connect again." }
                form method="post" action="auth" { (carried(provider, asked)) button type="submit" name="decision" value="deny" { "Go back" } }
            },
        );
    }
    page(
        &title,
        html! {
            h1 { (title) }
            form method="post" action="auth" {
                (carried(provider, asked))
                fieldset {
                    legend { "Choose an account" }
                    @for (index, account) in accounts.iter().enumerate() {
                        label.account {
                            input type="radio" name="account" value=(account.id) checked[index == 0] required;
                            span { (account_name(account)) }
                        }
                    }
                }
                (scope_boxes(provider, asked, client))
                p.note { "This is the built-in platform simulator: nothing here reaches a real account." }
                div.buttons {
                    button type="submit" name="decision" value="deny" { "Cancel" }
                    button.primary type="submit" name="decision" value="allow" { "Continue" }
                }
            }
        },
    )
}

fn scope_boxes(provider: &Provider, asked: &Asked, client: &str) -> Markup {
    html! {
        fieldset {
            legend { "Select what " (client) " can access" }
            @for scope in &asked.scopes {
                @if let Some(text) = provider.text(scope) {
                    label.scope {
                        input type="checkbox" name="granted" value=(scope) checked;
                        span { (text) }
                    }
                }
            }
        }
    }
}

/// The request travels with the form, since the page keeps nothing.
fn carried(provider: &Provider, asked: &Asked) -> Markup {
    let fields = [
        (provider.client_id, Some(asked.client_id.as_str())),
        ("redirect_uri", Some(asked.redirect_uri.as_str())),
        ("response_type", Some("code")),
        ("state", asked.state.as_deref()),
        ("access_type", asked.offline.then_some("offline")),
        ("prompt", asked.prompted.then_some("consent")),
        ("code_challenge", asked.challenge.as_deref()),
        ("code_challenge_method", asked.challenge_method.as_deref()),
        ("login_hint", asked.account.as_deref()),
        ("nonce", asked.nonce.as_deref()),
        ("include_granted_scopes", asked.includes_granted.then_some("true")),
    ];
    html! {
        @for (name, value) in fields {
            @if let Some(value) = value { input type="hidden" name=(name) value=(value); }
        }
        input type="hidden" name="scope" value=(provider.list(&asked.scopes));
    }
}

fn account_name(account: &ProfileRow) -> String {
    account.settings().map_or_else(|| account.user_id.clone(), |settings| settings.channel_name)
}

pub fn refused(refused: &Refused) -> String {
    page(
        "Access blocked",
        html! {
            h1 { "Access blocked: authorization error" }
            p { (refused.text) }
            p.note { "Error " (refused.status.as_u16()) ": " code { (refused.error) } }
        },
    )
}

fn page(title: &str, body: Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href="consent.css";
            }
            body { main { (body) } }
        }
    }
    .into_string()
}
