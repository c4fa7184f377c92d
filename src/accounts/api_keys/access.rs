//! What each operation of the API asks of its caller, once.

use super::Scope;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody may: the door, and the document.
    Nothing,
    /// A person in a browser: no key replaces them.
    Session,
    /// A session, or a key with a scope that opens this one.
    Scope(Scope),
}

/// An operation that is missing here takes no key; a test compares this with `routes.rs`.
pub const OPERATIONS: &[(&str, &str, Needs)] = &[
    ("POST", "/auth/signup", Needs::Nothing),
    ("POST", "/auth/login", Needs::Nothing),
    ("POST", "/auth/logout", Needs::Nothing),
    ("GET", "/openapi.json", Needs::Nothing),
    ("GET", "/auth/session", Needs::Session),
    ("GET", "/auth/sessions", Needs::Session),
    ("DELETE", "/auth/sessions/{id}", Needs::Session),
    ("POST", "/workspaces/{id}/select", Needs::Session),
    ("PATCH", "/members/{id}", Needs::Session),
    ("DELETE", "/members/{id}", Needs::Session),
    ("POST", "/members/leave", Needs::Session),
    ("GET", "/invitations", Needs::Session),
    ("POST", "/invitations", Needs::Session),
    ("DELETE", "/invitations/{id}", Needs::Session),
    ("GET", "/workspaces", Needs::Scope(Scope::Read)),
    ("GET", "/members", Needs::Scope(Scope::InboxRead)),
    // The consent page is answered in the browser that began it.
    ("POST", "/connections/{id}/start", Needs::Session),
    ("POST", "/connections/{id}/choose", Needs::Session),
    ("GET", "/connections/setup/{platform}", Needs::Session),
    ("PUT", "/connections/setup/{platform}", Needs::Session),
    ("DELETE", "/connections/setup/{platform}", Needs::Session),
    ("GET", "/connections", Needs::Scope(Scope::Read)),
    ("GET", "/dashboard", Needs::Scope(Scope::Read)),
    ("GET", "/demo/status", Needs::Scope(Scope::Read)),
    ("GET", "/events", Needs::Scope(Scope::Read)),
    ("GET", "/interactions", Needs::Scope(Scope::InboxRead)),
    ("GET", "/interactions/{id}", Needs::Scope(Scope::InboxRead)),
    ("POST", "/interactions/{id}/state", Needs::Scope(Scope::InboxWrite)),
    ("POST", "/interactions/{id}/star", Needs::Scope(Scope::InboxWrite)),
    ("DELETE", "/interactions/{id}/star", Needs::Scope(Scope::InboxWrite)),
    ("POST", "/interactions/{id}/tags", Needs::Scope(Scope::InboxWrite)),
    ("DELETE", "/interactions/{id}/tags/{tag}", Needs::Scope(Scope::InboxWrite)),
    ("POST", "/interactions/{id}/assignee", Needs::Scope(Scope::InboxWrite)),
    ("DELETE", "/interactions/{id}/assignee", Needs::Scope(Scope::InboxWrite)),
    ("GET", "/interactions/{id}/notes", Needs::Scope(Scope::InboxRead)),
    ("POST", "/interactions/{id}/notes", Needs::Scope(Scope::InboxWrite)),
    ("DELETE", "/interactions/{id}/notes/{note}", Needs::Scope(Scope::InboxWrite)),
    ("PUT", "/interactions/{id}/corrections/{fact}", Needs::Scope(Scope::InboxWrite)),
    ("DELETE", "/interactions/{id}/corrections/{fact}", Needs::Scope(Scope::InboxWrite)),
    ("GET", "/corrections", Needs::Scope(Scope::InboxRead)),
    ("POST", "/moves", Needs::Scope(Scope::InboxWrite)),
    ("POST", "/moves/matching", Needs::Scope(Scope::InboxWrite)),
    ("POST", "/moves/undo", Needs::Scope(Scope::InboxWrite)),
    ("GET", "/tags", Needs::Scope(Scope::InboxRead)),
    ("POST", "/marks", Needs::Scope(Scope::InboxWrite)),
    ("POST", "/marks/matching", Needs::Scope(Scope::InboxWrite)),
    ("POST", "/marks/{act}/undo", Needs::Scope(Scope::InboxWrite)),
    ("GET", "/views", Needs::Scope(Scope::InboxRead)),
    ("POST", "/views", Needs::Scope(Scope::InboxWrite)),
    ("POST", "/views/{id}", Needs::Scope(Scope::InboxWrite)),
    ("DELETE", "/views/{id}", Needs::Scope(Scope::InboxWrite)),
    ("GET", "/saved-replies", Needs::Scope(Scope::InboxRead)),
    ("POST", "/saved-replies", Needs::Scope(Scope::InboxWrite)),
    ("POST", "/saved-replies/{id}", Needs::Scope(Scope::InboxWrite)),
    ("DELETE", "/saved-replies/{id}", Needs::Scope(Scope::InboxWrite)),
    ("GET", "/inbox/{id}/replies", Needs::Scope(Scope::InboxRead)),
    ("POST", "/inbox/{id}/replies", Needs::Scope(Scope::SendReplies)),
    ("GET", "/replies/{id}", Needs::Scope(Scope::InboxRead)),
    ("PATCH", "/replies/{id}", Needs::Scope(Scope::SendReplies)),
    ("DELETE", "/replies/{id}", Needs::Scope(Scope::SendReplies)),
    ("POST", "/moderation", Needs::Scope(Scope::SendReplies)),
    ("GET", "/moderation/{id}", Needs::Scope(Scope::InboxRead)),
    ("POST", "/moderation/{id}/cancel", Needs::Scope(Scope::SendReplies)),
    ("POST", "/moderation/{id}/retry", Needs::Scope(Scope::SendReplies)),
    ("POST", "/replies/{id}/cancel", Needs::Scope(Scope::SendReplies)),
    ("POST", "/replies/{id}/retry", Needs::Scope(Scope::SendReplies)),
    ("POST", "/replies/{id}/settle", Needs::Scope(Scope::SendReplies)),
    ("GET", "/approvals", Needs::Scope(Scope::InboxRead)),
    ("POST", "/replies/{id}/approve", Needs::Scope(Scope::SendReplies)),
    ("POST", "/replies/{id}/send-back", Needs::Scope(Scope::SendReplies)),
    ("GET", "/jobs", Needs::Scope(Scope::Read)),
    // Of a job it is asked what it does.
    ("GET", "/jobs/{id}/status", Needs::Scope(Scope::InboxRead)),
    ("POST", "/jobs/{id}/cancel", Needs::Scope(Scope::InboxWrite)),
    ("POST", "/jobs/{id}/retry", Needs::Scope(Scope::InboxWrite)),
    ("POST", "/connections/{id}/sync", Needs::Scope(Scope::Connections)),
    ("DELETE", "/connections/{id}", Needs::Scope(Scope::Connections)),
    ("POST", "/demo/enable", Needs::Scope(Scope::Demo)),
    ("POST", "/demo/disable", Needs::Scope(Scope::Demo)),
    ("POST", "/demo/switches/{switch}", Needs::Scope(Scope::Demo)),
];

/// By method and route, without the API's prefix. Whoever may GET may ask for the HEAD.
pub fn needs(method: &str, route: &str) -> Option<Needs> {
    let method = if method == "HEAD" { "GET" } else { method };
    let is_same = |part: (&str, &str)| part.0 == part.1 || (part.0.starts_with('{') && part.1.starts_with('{'));
    let is_it = |path: &str| {
        path.split('/').count() == route.split('/').count() && path.split('/').zip(route.split('/')).all(is_same)
    };
    OPERATIONS.iter().find(|(verb, path, _)| *verb == method && is_it(path)).map(|(_, _, needs)| *needs)
}
