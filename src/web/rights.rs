//! What each address asks of whoever comes, once: every request of somebody who is signed in, or has a key, passes here.

use crate::workspaces::Right;

/// Addresses that change something, by their beginnings, those of the API without its prefix; the first that fits. `*` is any
/// part. What is in no row is for owners.
const CHANGES: &[(&str, Right)] = &[
    // About oneself, whatever one is here. Whoever runs the installation is asked for by its own pages.
    ("/auth", Right::Read),
    ("/logout", Right::Read),
    ("/join", Right::Read),
    ("/workspaces", Right::Read),
    ("/settings/members/leave", Right::Read),
    ("/members/leave", Right::Read),
    ("/settings/account", Right::Read),
    ("/settings/sessions", Right::Read),
    ("/settings/api-keys", Right::Read),
    ("/settings/people", Right::Read),
    ("/settings/invitations", Right::Read),
    ("/activity/installation", Right::Read),
    ("/activity", Right::Answer),
    ("/jobs", Right::Answer),
    ("/inbox/*/reply/review", Right::Approve),
    ("/replies/*/approve", Right::Approve),
    ("/replies/*/send-back", Right::Approve),
    // Everybody keeps views of their own; what is the workspace's, the views ask for themselves.
    ("/inbox/views", Right::Read),
    ("/views", Right::Read),
    ("/inbox", Right::Answer),
    ("/interactions", Right::Answer),
    ("/moves", Right::Answer),
    ("/marks", Right::Answer),
    ("/saved-replies", Right::Answer),
    ("/settings/replies", Right::Answer),
    ("/replies", Right::Answer),
    // What is for owners is asked for by what is to be done, and with how many.
    ("/moderation", Right::Answer),
    ("/connections", Right::Connect),
    ("/simulator", Right::Connect),
    ("/demo", Right::Demo),
];

/// The one GET that changes something, and the forms that are of use to nobody else.
const CONNECTING: [&str; 4] =
    ["/connections/callback", "/connections/setup", "/connections/*/start", "/connections/*/choose"];

pub fn needed(changes: bool, path: &str) -> Right {
    if !changes {
        return if CONNECTING.iter().any(|start| begins(path, start)) { Right::Connect } else { Right::Read };
    }
    CHANGES.iter().find(|(start, _)| begins(path, start)).map_or(Right::Manage, |(_, right)| *right)
}

fn begins(path: &str, start: &str) -> bool {
    let mut parts = path.split('/');
    start.split('/').all(|wanted| parts.next().is_some_and(|part| wanted == "*" || part == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_is_for_everybody_and_what_nobody_thought_of_for_owners() {
        assert_eq!(needed(false, "/inbox/1"), Right::Read);
        assert_eq!(needed(false, "/connections"), Right::Read);
        assert_eq!(needed(false, "/connections/callback/google"), Right::Connect);
        assert_eq!(needed(false, "/connections/bluesky/start"), Right::Connect);
        assert_eq!(needed(false, "/connections/setup/youtube"), Right::Connect);
        assert_eq!(needed(true, "/something/new"), Right::Manage);
    }

    #[test]
    fn a_beginning_is_whole_parts() {
        assert_eq!(needed(true, "/inbox/1/reply"), Right::Answer);
        assert_eq!(needed(true, "/inboxes"), Right::Manage);
        assert!(begins("/replies/1/approve", "/replies/*/approve") && !begins("/replies/1", "/replies/*/approve"));
    }
}
