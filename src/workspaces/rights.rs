//! What a member may do, by their role: the one place that says so.

kit::text_enum! {
    /// What somebody is in a workspace.
    pub enum Role {
        Owner = "owner",
        Editor = "editor",
        Viewer = "viewer",
    }
}

/// What somebody is about to do in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// See everything, and change what is only about oneself.
    Read,
    /// Answer, move, tag, assign, note, and look after jobs.
    Answer,
    /// Connect accounts, synchronise and disconnect them.
    Connect,
    /// Turn the demo on and off.
    Demo,
    /// Let answers of others go out.
    Approve,
    /// Ban authors at a platform, and take many comments away there for good.
    Ban,
    /// Invite, change roles, remove, and set what holds for everybody.
    Manage,
}

impl Role {
    pub const fn may(self, right: Right) -> bool {
        match self {
            Role::Owner => true,
            Role::Editor => matches!(right, Right::Read | Right::Answer),
            Role::Viewer => matches!(right, Right::Read),
        }
    }
}

impl Right {
    /// What somebody who may not is told.
    pub const fn missing(self, role: Role) -> &'static str {
        match (role, self) {
            (Role::Viewer, Right::Answer) => "Viewers can read, not answer. Ask an owner.",
            (_, Right::Connect) => "Only owners manage connected accounts. Ask an owner.",
            (_, Right::Demo) => "Only owners turn demo mode on or off. Switch to a workspace of your own.",
            (_, Right::Ban) => "Only owners ban authors or remove many comments for good. Ask an owner.",
            (_, Right::Approve) => "Only owners approve replies. Ask an owner.",
            _ => "Only owners can change this. Ask an owner.",
        }
    }
}
