//! The commands as options of a list that is narrowed by typing, and as a page of links and buttons.

use maud::{Markup, html};

use super::{Command, Does, Group};
use crate::web::ui::{NOTHING, card, head};

/// What the palette holds (assets/palette.js). Its options are links and buttons, pressed as they would be anywhere.
pub fn options(groups: &[Group], tells_keys: bool) -> Markup {
    let before = |index: usize| groups[..index].iter().map(|group| group.commands.len()).sum::<usize>();
    html! {
        div #palette-commands {
            @for (index, group) in groups.iter().enumerate() {
                div role="group" aria-labelledby={ "palette-group-" (index) } {
                    p #{ "palette-group-" (index) } role="presentation" { (group.name) }
                    @for (at, command) in group.commands.iter().enumerate() {
                        (option(command, before(index) + at, tells_keys))
                    }
                }
            }
        }
    }
}

fn option(command: &Command, number: usize, tells_keys: bool) -> Markup {
    let id = format!("palette-{number}");
    let name = html! {
        span dir="auto" { (command.name) }
        @if let Some(key) = command.key.filter(|_| tells_keys) { span { @for part in key.parts() { kbd { (part) } } } }
    };
    match &command.does {
        Does::Press(key) => {
            html! { button id=(id) type="button" role="option" tabindex="-1" data-press=(key) { (name) } }
        }
        Does::Go(href) => html! { a id=(id) role="option" tabindex="-1" href=(href) { (name) } },
        Does::Post { action, field } => html! {
            button id=(id) type="submit" role="option" tabindex="-1" form="palette-form" formaction=(action)
                name=[field.as_ref().map(|(name, _)| name)] value=[field.as_ref().map(|(_, value)| value)] { (name) }
        },
    }
}

/// Keys need the page that they are of: this one has the rest.
pub fn whole(groups: &[Group]) -> Markup {
    html! {
        (head("Commands", html! { "Everything you can do or open from here, by name." }, NOTHING))
        div.stack.narrow {
            @for group in groups.iter().filter(|group| group.commands.iter().any(|command| command.key.is_none())) {
                (card(group.name, NOTHING, html! {
                    ul.list { @for command in &group.commands { @if command.key.is_none() { li { (control(command)) } } } }
                }))
            }
        }
    }
}

fn control(command: &Command) -> Markup {
    match &command.does {
        Does::Press(_) => NOTHING,
        Does::Go(href) => html! { a href=(href) dir="auto" { (command.name) } },
        Does::Post { action, field } => html! {
            form method="post" action=(action) {
                @if let Some((name, value)) = field { input type="hidden" name=(name) value=(value); }
                button.link type="submit" dir="auto" { (command.name) }
            }
        },
    }
}
