//! Every command by its name: what somebody can do where they are, and where they can go. It offers what they may, and
//! nothing else.

pub mod pages;
#[cfg(test)]
mod tests;
mod views;

use crate::accounts::sessions::SignedIn;
use crate::inbox::keys::{self, Key};
use crate::inbox::saved_views::SavedView;
use crate::web::frame;
use crate::web::ui::layout::PLACES;
use crate::web::ui::tabs::SECTIONS;

/// The inbox is the page that has commands of its own.
const INBOX: &str = "/inbox";

/// What comes of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// What the key does on the page, whether the keys are on or not.
    Press(&'static str),
    Go(String),
    /// Sends a form with one field.
    Post {
        action: &'static str,
        field: Option<(&'static str, String)>,
    },
}

#[derive(Clone, Debug)]
pub struct Command {
    pub name: String,
    pub key: Option<&'static Key>,
    pub does: Does,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub name: &'static str,
    pub commands: Vec<Command>,
}

/// All of somebody's commands at a page.
pub fn commands(who: &SignedIn, from: &str, views: &[SavedView]) -> Vec<Group> {
    let mut groups = Vec::new();
    if from == INBOX {
        let keys = keys::of(&keys::DOING, who.role).chain(keys::of(&keys::MOVING, who.role));
        groups.push(Group { name: "Inbox", commands: keys.map(press).collect() });
    }
    let places = PLACES.iter().map(|(_, href, name, _)| go(name, href));
    let more = [("Replies for approval", "/inbox/approvals"), ("Edit views", "/inbox/views")];
    let more = more.iter().map(|(name, href)| go(name, href));
    groups.push(Group { name: "Go to", commands: places.chain(more).chain(of_the_owner(who)).collect() });
    let sections = SECTIONS.iter().map(|(href, name)| go(name, href));
    groups.push(Group { name: "Settings", commands: sections.collect() });
    let views = views.iter().map(|view| go(&view.name, &format!("{INBOX}?view={}", view.id)));
    groups.push(Group { name: "View", commands: views.collect() });
    let workspaces = who.others.iter().map(|other| Command {
        name: frame::workspace_name(other),
        key: None,
        does: Does::Post { action: "/workspaces/select", field: Some(("workspace", other.id.to_string())) },
    });
    groups.push(Group { name: "Switch to", commands: workspaces.collect() });
    let sign_out =
        Command { name: "Sign out".to_owned(), key: None, does: Does::Post { action: "/logout", field: None } };
    groups.push(Group { name: "You", commands: vec![sign_out] });
    groups.retain(|group| !group.commands.is_empty());
    groups
}

/// Of the installation, for whoever runs it.
fn of_the_owner(who: &SignedIn) -> Vec<Command> {
    if !who.user.is_owner {
        return Vec::new();
    }
    vec![go("Everyone's activity", "/activity/installation"), go("Everyone's accounts", "/settings/people")]
}

fn press(key: &'static Key) -> Command {
    Command { name: key.name.to_owned(), key: Some(key), does: Does::Press(key.key) }
}

fn go(name: &str, href: &str) -> Command {
    Command { name: name.to_owned(), key: None, does: Does::Go(href.to_owned()) }
}
