//! Who may do what at least.

/// The least that a member must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Least {
    Viewer,
    Editor,
    Owner,
}

/// What only owners do, by the beginnings of addresses without the API's prefix.
const OWNERS: [&str; 7] =
    ["/connections", "/simulator", "/demo", "/settings/members/", "/settings/workspace", "/members/", "/invitations"];
/// What everybody does about themselves, or asks the installation's owner for.
const ONES_OWN: [&str; 7] =
    ["/settings/", "/auth/", "/activity/installation", "/workspaces/", "/join", "/inbox/views", "/views"];
/// The fixture's jobs do what only owners may; of others an editor stops and repeats what they could do by hand.
pub const JOBS: [&str; 4] = ["/activity/{job}", "/activity/{ended_job}", "/jobs/{job}", "/jobs/{ended_job}"];
/// The same, by the ends of addresses.
const APPROVING: [&str; 3] = ["/reply/review", "/approve", "/send-back"];
/// Forms that only owners can send.
const OPENING: [&str; 2] = ["/start", "/choose"];
/// Whoever is there may go.
pub const LEAVING: [&str; 2] = ["/settings/members/leave", "/members/leave"];

pub fn least(method: &str, operation: &str) -> Least {
    let begins = |starts: &[&str]| starts.iter().any(|start| operation.starts_with(start));
    match method {
        "GET"
            if operation.starts_with("/connections/callback")
                || operation.starts_with("/connections/setup")
                || OPENING.iter().any(|end| operation.ends_with(end)) =>
        {
            Least::Owner
        }
        "GET" => Least::Viewer,
        _ if APPROVING.iter().any(|end| operation.ends_with(end)) => Least::Owner,
        _ if LEAVING.contains(&operation) => Least::Viewer,
        _ if operation.starts_with("/settings/replies") => Least::Editor,
        _ if begins(&OWNERS) || begins(&JOBS) => Least::Owner,
        _ if begins(&ONES_OWN) => Least::Viewer,
        _ => Least::Editor,
    }
}
