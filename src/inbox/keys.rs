//! The keys of the inbox, once: the sheet of keys tells them, and the palette offers what each does by its name.

use crate::workspaces::{Right, Role};

/// A key, what it does, and who may.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As a browser names it; `Ctrl` before it for a chord.
    pub key: &'static str,
    /// Another that does the same.
    pub or: Option<&'static str>,
    pub name: &'static str,
    pub right: Right,
}

const fn read(key: &'static str, name: &'static str) -> Key {
    Key { key, or: None, name, right: Right::Read }
}

const fn answer(key: &'static str, name: &'static str) -> Key {
    Key { key, or: None, name, right: Right::Answer }
}

/// Opens the palette, on every page.
pub const PALETTE: Key = read("Ctrl K", "All commands");

pub const MOVING: [Key; 8] = [
    read("j", "Next comment"),
    read("k", "Previous comment"),
    Key { or: Some("o"), ..read("Enter", "Open the comment") },
    read("u", "Back to the list"),
    answer("x", "Select"),
    answer("X", "Select up to here"),
    read("/", "Search comments"),
    read("?", "Keyboard shortcuts"),
];

pub const DOING: [Key; 12] = [
    answer("r", "Write a reply"),
    answer("Ctrl Enter", "Send the reply and go on"),
    answer("e", "Mark as done"),
    answer("h", "Snooze"),
    answer("n", "No reply needed"),
    answer("N", "Needs a reply"),
    answer("!", "Mark the thread as spam"),
    answer("Delete", "Remove here"),
    answer("s", "Star"),
    answer("#", "Tag"),
    answer("a", "Assign"),
    answer("z", "Undo"),
];

/// Those that do something for whoever has this role.
pub fn of(keys: &'static [Key], role: Role) -> impl Iterator<Item = &'static Key> {
    keys.iter().filter(move |key| role.may(key.right))
}

impl Key {
    /// Each to be pressed, the last of them last.
    pub fn parts(&self) -> impl Iterator<Item = &'static str> {
        self.key.split(' ')
    }
}
