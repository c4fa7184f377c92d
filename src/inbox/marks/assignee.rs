//! Who sees to a thread, as addresses and forms say it.

use std::fmt;
use std::str::FromStr;

use crate::workspaces::UserId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignee {
    /// Whoever asks.
    Me,
    Nobody,
    Member(UserId),
}

impl Assignee {
    pub fn user(self, me: UserId) -> Option<UserId> {
        match self {
            Assignee::Me => Some(me),
            Assignee::Nobody => None,
            Assignee::Member(user) => Some(user),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("me, nobody, or a member's id")]
pub struct BadAssignee;

impl FromStr for Assignee {
    type Err = BadAssignee;

    fn from_str(text: &str) -> Result<Self, BadAssignee> {
        match text {
            "me" => Ok(Assignee::Me),
            "nobody" => Ok(Assignee::Nobody),
            id => id.parse().map(Assignee::Member).map_err(|_| BadAssignee),
        }
    }
}

impl fmt::Display for Assignee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Assignee::Me => f.write_str("me"),
            Assignee::Nobody => f.write_str("nobody"),
            Assignee::Member(user) => user.fmt(f),
        }
    }
}
