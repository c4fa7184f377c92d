//! HTML of the page on which accounts are chosen.

use maud::{Markup, html};

use super::choices;
use crate::connections::Connection;
use crate::model::Platform;
use crate::web::errors::Error;
use crate::web::ui::numbers::counted;
use crate::web::ui::{Button, Field, Icon, Tone, card, head, notice};

pub fn title(platform: Platform) -> String {
    format!("Choose your {}s", platform.words().account)
}

pub fn body(connection: &Connection, asks_password: bool, error: Option<&Error>) -> Markup {
    let (platform, choices) = (connection.platform, choices(connection));
    let (words, name) = (platform.words(), platform.label());
    let errors = error.map(Error::fields).unwrap_or_default();
    let is_none_chosen = errors.of("external_ids").is_some();
    let other = error.filter(|error| !matches!(error, Error::Invalid(_))).map(Error::text);
    let trouble = errors.of("external_ids").or(other.as_deref());
    html! {
        (head(&title(platform), html! { "Your " (words.provider) " account gives access to " (counted(choices.len() as i64, words.account, &format!("{}s", words.account))) " in " (name) "." }, html! {}))
        div.narrow.stack {
            (card("Which ones should Repruv read?", html! {}, html! {
                @if let Some(trouble) = &trouble { (notice(Tone::Bad, trouble)) }
                form.form method="post" action={ "/connections/" (connection.id) "/choose" } data-test="choosing" {
                    fieldset {
                    legend.visually-hidden { "Your " (words.account) "s" }
                    ul.list.choices {
                        @for choice in &choices {
                            li {
                                label.check {
                                    input type="checkbox" name="account" value=(choice.external_id) checked[!is_none_chosen];
                                    span {
                                        b { (choice.display_name) }
                                        @if let Some(handle) = &choice.handle { span.meta { (handle) } }
                                    }
                                }
                            }
                        }
                    }
                    }
                    @if asks_password {
                        (Field::password("password", "Your Repruv password", "current-password").required().error(errors.of("password"))
                            .help("It's been more than ten minutes since you last entered it, and this lets Repruv write in your name."))
                    }
                    div.actions {
                        (Button::primary("Connect these").icon(Icon::Plus).test("connect-chosen"))
                        a.button.quiet href="/connections" { "Decide later" }
                    }
                }
            }))
            p.muted { "Each becomes a connection of its own, which you can end by itself. You can add others later by connecting again." }
        }
    }
}
