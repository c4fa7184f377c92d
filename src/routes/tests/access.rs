//! Who may do what: every address of `routes.rs` as everybody who may come to it.

mod access_fixture;
mod addressed;
mod least;

use std::collections::{BTreeMap, BTreeSet};

use kit::both_databases;

use self::access_fixture::AccessFixture;
use self::addressed::addresses;
use self::least::{JOBS, LEAVING, Least, least};
use super::{filled, routes};
use crate::accounts::api_keys::Scope;
use crate::testing::TestApp;

use Door::{Anybody, Key, OwnersPage, Page, Public, Session};
use Role::{
    Cleo, Disabled, Editor, EditorsKey, Ended, KeyOf, Neighbour, NeighboursKey, Nobody, Owner, RevokedKey, Viewer,
    ViewersKey,
};
use Whose::{Cleos, Ones};

/// Who comes. What the addresses name belongs to Cleo, or to the workspace that she owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Nobody,
    /// Cleo, after she has signed out.
    Ended,
    /// Somebody whose account was disabled, with a session that should not be there any more.
    Disabled,
    /// Somebody with an account and a workspace of their own.
    Neighbour,
    /// The owner of the installation, who is no more than a neighbour to Cleo's things.
    Owner,
    Cleo,
    /// Members of Cleo's workspace, who are in it.
    Editor,
    Viewer,
    /// Keys with every scope, made while the two owned it too.
    EditorsKey,
    ViewersKey,
    /// A key of Cleo's with one scope.
    KeyOf(Scope),
    NeighboursKey,
    RevokedKey,
}

const ROLES: [Role; 19] = [
    Nobody,
    Ended,
    Disabled,
    Neighbour,
    Owner,
    Cleo,
    Editor,
    Viewer,
    EditorsKey,
    ViewersKey,
    KeyOf(Scope::Read),
    KeyOf(Scope::InboxRead),
    KeyOf(Scope::Write),
    KeyOf(Scope::InboxWrite),
    KeyOf(Scope::SendReplies),
    KeyOf(Scope::Connections),
    KeyOf(Scope::Demo),
    NeighboursKey,
    RevokedKey,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// It is about whoever asks.
    Ones,
    /// It names something of Cleo's.
    Cleos,
}

/// What an address asks of whoever comes.
#[derive(Clone, Copy, Debug)]
enum Door {
    /// Nothing; to somebody who is signed in it may answer otherwise.
    Anybody { signed_in: u16 },
    /// A page: a session. No page knows keys.
    Page(Whose),
    /// A page of the installation's owner, of which nobody else learns.
    OwnersPage,
    /// Of the API: nothing, but whoever shows a key shows a good one.
    Public,
    /// Of the API: a session, and no key in its place.
    Session(Whose),
    /// Of the API: a session, or a key with this scope.
    Key(Scope, Whose),
}

/// Each address, its door, and the answer to whoever may pass.
const MATRIX: &[(&str, &str, Door, u16)] = &[
    ("GET", "/", Anybody { signed_in: 303 }, 303),
    ("GET", "/setup", Anybody { signed_in: 403 }, 403),
    ("POST", "/setup", Anybody { signed_in: 422 }, 422),
    ("GET", "/signup", Anybody { signed_in: 403 }, 403),
    ("POST", "/signup", Anybody { signed_in: 422 }, 422),
    ("GET", "/login", Anybody { signed_in: 303 }, 200),
    ("POST", "/login", Anybody { signed_in: 415 }, 415),
    ("POST", "/logout", Anybody { signed_in: 303 }, 303),
    // Without its token the link opens nothing.
    ("GET", "/join", Anybody { signed_in: 410 }, 410),
    ("POST", "/join", Page(Ones), 410),
    ("GET", "/assets/{file}", Anybody { signed_in: 404 }, 404),
    ("GET", "/healthz", Anybody { signed_in: 200 }, 200),
    ("GET", "/readyz", Anybody { signed_in: 200 }, 200),
    ("POST", "/csp-reports", Anybody { signed_in: 204 }, 204),
    ("POST", "/webhooks/demo", Anybody { signed_in: 401 }, 401),
    ("GET", "/dashboard", Page(Ones), 200),
    ("GET", "/palette", Page(Ones), 200),
    ("GET", "/inbox", Page(Ones), 200),
    ("GET", "/inbox/{interaction}", Page(Cleos), 200),
    ("GET", "/inbox/tour", Page(Ones), 200),
    ("POST", "/inbox/tour", Page(Ones), 303),
    ("GET", "/inbox/views", Page(Ones), 200),
    ("POST", "/inbox/views", Page(Ones), 422),
    ("POST", "/inbox/views/filter", Page(Cleos), 303),
    ("POST", "/inbox/views/default", Page(Ones), 303),
    ("POST", "/inbox/views/{view}", Page(Cleos), 422),
    ("POST", "/inbox/views/{view}/delete", Page(Cleos), 303),
    ("POST", "/inbox/views/{view}/move", Page(Cleos), 303),
    ("POST", "/inbox/moves", Page(Ones), 303),
    ("POST", "/inbox/moves/undo", Page(Ones), 303),
    ("POST", "/inbox/marks", Page(Ones), 303),
    ("POST", "/inbox/marks/undo", Page(Ones), 303),
    ("POST", "/inbox/{interaction}/mark", Page(Cleos), 303),
    ("POST", "/moderation", Page(Cleos), 303),
    ("GET", "/moderation/{order}", Page(Cleos), 200),
    // Said before.
    ("POST", "/moderation/{order}", Page(Cleos), 303),
    ("POST", "/moderation/{order}/act", Page(Cleos), 303),
    ("POST", "/inbox/{interaction}/notes", Page(Cleos), 303),
    ("POST", "/inbox/{interaction}/notes/draft", Page(Cleos), 204),
    ("POST", "/inbox/{interaction}/notes/delete", Page(Cleos), 303),
    ("POST", "/inbox/{interaction}/corrections", Page(Cleos), 303),
    ("POST", "/inbox/{interaction}/move", Page(Cleos), 303),
    // Nothing was said of it yet.
    ("POST", "/inbox/{interaction}/undo", Page(Cleos), 303),
    ("POST", "/inbox/{interaction}/reply", Page(Cleos), 303),
    ("POST", "/inbox/{interaction}/reply/act", Page(Cleos), 303),
    ("POST", "/inbox/{interaction}/reply/insert", Page(Cleos), 303),
    ("GET", "/inbox/{interaction}/saved-replies/{saved_reply}", Page(Cleos), 200),
    ("POST", "/inbox/{interaction}/reply/review", Page(Cleos), 303),
    ("GET", "/inbox/approvals", Page(Ones), 200),
    ("POST", "/inbox/{interaction}/draft", Page(Cleos), 303),
    ("GET", "/connections", Page(Ones), 200),
    ("GET", "/connections/callback/{provider}", Page(Ones), 400),
    ("GET", "/connections/setup/{platform}", Page(Ones), 200),
    // The fixture's settings name a client.
    ("POST", "/connections/setup/{platform}", Page(Ones), 409),
    ("POST", "/connections/setup/{platform}/remove", Page(Ones), 409),
    ("GET", "/connections/{platform}/start", Page(Ones), 303),
    ("POST", "/connections/{platform}/start", Page(Cleos), 200),
    // There is nothing to choose.
    ("GET", "/connections/{connection}/choose", Page(Cleos), 303),
    ("POST", "/connections/{connection}/choose", Page(Cleos), 409),
    ("POST", "/connections/{connection}/sync", Page(Cleos), 303),
    ("POST", "/connections/{connection}/disconnect", Page(Cleos), 303),
    // The simulator is there for whoever is in demo mode.
    ("GET", "/simulator/{host}/{*path}", Page(Ones), 404),
    ("POST", "/simulator/{host}/{*path}", Page(Ones), 404),
    ("GET", "/activity", Page(Ones), 200),
    ("GET", "/activity/{job}", Page(Cleos), 200),
    ("POST", "/activity/{job}/cancel", Page(Cleos), 303),
    ("POST", "/activity/{ended_job}/retry", Page(Cleos), 303),
    ("GET", "/activity/installation", OwnersPage, 200),
    ("GET", "/activity/installation/{job}", OwnersPage, 200),
    ("POST", "/activity/installation/{job}/cancel", OwnersPage, 303),
    ("POST", "/activity/installation/{ended_job}/retry", OwnersPage, 303),
    ("POST", "/demo/enable", Page(Ones), 303),
    ("POST", "/demo/disable", Page(Ones), 303),
    ("POST", "/demo/switches/{switch}", Page(Ones), 409),
    ("GET", "/settings/demo", Page(Ones), 200),
    ("GET", "/settings/account", Page(Ones), 200),
    ("POST", "/settings/account", Page(Ones), 422),
    ("POST", "/settings/account/shortcuts", Page(Ones), 303),
    ("POST", "/settings/account/undo", Page(Ones), 303),
    ("POST", "/settings/account/password", Page(Ones), 422),
    ("POST", "/settings/invitations", OwnersPage, 303),
    ("POST", "/settings/invitations/withdraw", OwnersPage, 303),
    ("GET", "/settings/people", OwnersPage, 200),
    ("POST", "/settings/people/disable", OwnersPage, 303),
    ("POST", "/settings/people/open", OwnersPage, 303),
    ("POST", "/settings/people/sign-out", OwnersPage, 303),
    ("GET", "/settings/members", Page(Ones), 200),
    ("POST", "/settings/members/invite", Page(Ones), 303),
    ("POST", "/settings/members/withdraw", Page(Cleos), 303),
    ("POST", "/settings/members/role", Page(Cleos), 303),
    ("POST", "/settings/members/remove", Page(Cleos), 303),
    // Of a workspace that has no other owner.
    ("POST", "/settings/members/leave", Page(Ones), 409),
    ("POST", "/settings/workspace", Page(Ones), 422),
    ("POST", "/settings/workspace/hours", Page(Ones), 303),
    ("POST", "/workspaces/select", Page(Cleos), 303),
    ("GET", "/settings/sessions", Page(Ones), 200),
    ("POST", "/settings/sessions/end", Page(Cleos), 303),
    ("GET", "/settings/replies", Page(Ones), 200),
    ("POST", "/settings/replies", Page(Ones), 422),
    ("POST", "/settings/replies/{saved_reply}", Page(Cleos), 422),
    ("POST", "/settings/replies/{saved_reply}/delete", Page(Cleos), 303),
    ("GET", "/settings/corrections", Page(Ones), 200),
    ("GET", "/settings/api-keys", Page(Ones), 200),
    ("POST", "/settings/api-keys", Page(Ones), 422),
    ("POST", "/settings/api-keys/revoke", Page(Cleos), 303),
    ("GET", "/api/openapi.json", Public, 200),
    ("POST", "/api/auth/signup", Public, 415),
    ("POST", "/api/auth/login", Public, 415),
    ("POST", "/api/auth/logout", Public, 204),
    ("GET", "/api/auth/session", Session(Ones), 200),
    ("GET", "/api/auth/sessions", Session(Ones), 200),
    ("DELETE", "/api/auth/sessions/{session}", Session(Cleos), 204),
    ("GET", "/api/workspaces", Key(Scope::Read, Ones), 200),
    ("POST", "/api/workspaces/{workspace}/select", Session(Cleos), 204),
    ("GET", "/api/members", Key(Scope::InboxRead, Ones), 200),
    ("PATCH", "/api/members/{member}", Session(Cleos), 204),
    ("DELETE", "/api/members/{member}", Session(Cleos), 204),
    ("POST", "/api/members/leave", Session(Ones), 409),
    ("GET", "/api/invitations", Session(Ones), 200),
    ("POST", "/api/invitations", Session(Ones), 201),
    ("DELETE", "/api/invitations/{member_link}", Session(Cleos), 204),
    ("GET", "/api/dashboard", Key(Scope::Read, Ones), 200),
    ("GET", "/api/events", Key(Scope::Read, Ones), 200),
    ("GET", "/api/interactions", Key(Scope::InboxRead, Ones), 200),
    ("GET", "/api/interactions/{interaction}", Key(Scope::InboxRead, Cleos), 200),
    ("POST", "/api/interactions/{interaction}/state", Key(Scope::InboxWrite, Cleos), 200),
    ("POST", "/api/interactions/{interaction}/star", Key(Scope::InboxWrite, Cleos), 200),
    ("DELETE", "/api/interactions/{interaction}/star", Key(Scope::InboxWrite, Cleos), 200),
    ("POST", "/api/interactions/{interaction}/tags", Key(Scope::InboxWrite, Cleos), 200),
    ("DELETE", "/api/interactions/{interaction}/tags/{tag}", Key(Scope::InboxWrite, Cleos), 200),
    ("POST", "/api/interactions/{interaction}/assignee", Key(Scope::InboxWrite, Cleos), 200),
    ("DELETE", "/api/interactions/{interaction}/assignee", Key(Scope::InboxWrite, Cleos), 200),
    ("GET", "/api/interactions/{interaction}/notes", Key(Scope::InboxRead, Cleos), 200),
    ("POST", "/api/interactions/{interaction}/notes", Key(Scope::InboxWrite, Cleos), 201),
    ("DELETE", "/api/interactions/{interaction}/notes/{note}", Key(Scope::InboxWrite, Cleos), 204),
    ("PUT", "/api/interactions/{interaction}/corrections/{fact}", Key(Scope::InboxWrite, Cleos), 200),
    ("DELETE", "/api/interactions/{interaction}/corrections/{fact}", Key(Scope::InboxWrite, Cleos), 200),
    ("GET", "/api/corrections", Key(Scope::InboxRead, Ones), 200),
    ("POST", "/api/moves", Key(Scope::InboxWrite, Ones), 200),
    // Nothing was moved or marked yet.
    // Nothing matches.
    ("POST", "/api/moves/matching", Key(Scope::InboxWrite, Ones), 422),
    ("POST", "/api/moves/undo", Key(Scope::InboxWrite, Ones), 409),
    ("GET", "/api/tags", Key(Scope::InboxRead, Ones), 200),
    ("POST", "/api/marks", Key(Scope::InboxWrite, Ones), 200),
    ("POST", "/api/marks/matching", Key(Scope::InboxWrite, Ones), 422),
    ("POST", "/api/marks/{act}/undo", Key(Scope::InboxWrite, Ones), 409),
    ("GET", "/api/views", Key(Scope::InboxRead, Ones), 200),
    ("POST", "/api/views", Key(Scope::InboxWrite, Ones), 201),
    ("POST", "/api/views/{view}", Key(Scope::InboxWrite, Cleos), 200),
    ("DELETE", "/api/views/{view}", Key(Scope::InboxWrite, Cleos), 204),
    ("GET", "/api/saved-replies", Key(Scope::InboxRead, Ones), 200),
    ("POST", "/api/saved-replies", Key(Scope::InboxWrite, Ones), 201),
    ("POST", "/api/saved-replies/{saved_reply}", Key(Scope::InboxWrite, Cleos), 200),
    ("DELETE", "/api/saved-replies/{saved_reply}", Key(Scope::InboxWrite, Cleos), 204),
    ("GET", "/api/inbox/{interaction}/replies", Key(Scope::InboxRead, Cleos), 200),
    ("POST", "/api/inbox/{interaction}/replies", Key(Scope::SendReplies, Cleos), 202),
    ("GET", "/api/replies/{queued_reply}", Key(Scope::InboxRead, Cleos), 200),
    ("PATCH", "/api/replies/{queued_reply}", Key(Scope::SendReplies, Cleos), 409),
    ("DELETE", "/api/replies/{queued_reply}", Key(Scope::SendReplies, Cleos), 409),
    ("POST", "/api/moderation", Key(Scope::SendReplies, Cleos), 202),
    ("GET", "/api/moderation/{order}", Key(Scope::InboxRead, Cleos), 200),
    ("POST", "/api/moderation/{order}/cancel", Key(Scope::SendReplies, Cleos), 409),
    ("POST", "/api/moderation/{order}/retry", Key(Scope::SendReplies, Cleos), 202),
    ("POST", "/api/replies/{queued_reply}/cancel", Key(Scope::SendReplies, Cleos), 200),
    ("POST", "/api/replies/{failed_reply}/retry", Key(Scope::SendReplies, Cleos), 202),
    ("POST", "/api/replies/{unknown_reply}/settle", Key(Scope::SendReplies, Cleos), 200),
    ("GET", "/api/approvals", Key(Scope::InboxRead, Ones), 200),
    ("POST", "/api/replies/{awaiting_reply}/approve", Key(Scope::SendReplies, Cleos), 202),
    ("POST", "/api/replies/{awaiting_reply}/send-back", Key(Scope::SendReplies, Cleos), 200),
    ("GET", "/api/jobs", Key(Scope::Read, Ones), 200),
    ("GET", "/api/jobs/{job}/status", Key(Scope::InboxRead, Cleos), 200),
    ("POST", "/api/jobs/{job}/cancel", Key(Scope::InboxWrite, Cleos), 202),
    ("POST", "/api/jobs/{ended_job}/retry", Key(Scope::InboxWrite, Cleos), 202),
    ("GET", "/api/connections", Key(Scope::Read, Ones), 200),
    ("GET", "/api/connections/setup/{platform}", Session(Ones), 200),
    ("PUT", "/api/connections/setup/{platform}", Session(Ones), 409),
    ("DELETE", "/api/connections/setup/{platform}", Session(Ones), 409),
    ("POST", "/api/connections/{platform}/start", Session(Cleos), 201),
    ("POST", "/api/connections/{connection}/choose", Session(Cleos), 409),
    ("POST", "/api/connections/{connection}/sync", Key(Scope::Connections, Cleos), 202),
    ("DELETE", "/api/connections/{connection}", Key(Scope::Connections, Cleos), 204),
    ("GET", "/api/demo/status", Key(Scope::Read, Ones), 200),
    ("POST", "/api/demo/enable", Key(Scope::Demo, Ones), 202),
    ("POST", "/api/demo/disable", Key(Scope::Demo, Ones), 202),
    ("POST", "/api/demo/switches/{switch}", Key(Scope::Demo, Ones), 409),
];

#[derive(Clone, Copy, Debug)]
enum Expected {
    Passes(u16),
    /// To the door, by 303; whoever wrote something is shown it, with the way there.
    ToLogin,
    Refused(u16, &'static str),
}

const NOT_FOUND: Expected = Expected::Refused(404, "");

fn expected(method: &str, path: &str, door: Door, role: Role, answer: u16) -> Expected {
    use Expected::{Passes, Refused, ToLogin};
    let operation = path.strip_prefix("/api/v1").or_else(|| path.strip_prefix("/api")).unwrap_or(path);
    match (door, role) {
        (Anybody { signed_in }, Neighbour | Owner | Cleo | Editor | Viewer) => Passes(signed_in),
        (Public | Session(_) | Key(..), RevokedKey) => Refused(401, "bad_key"),
        (Anybody { .. } | Public, _) => Passes(answer),
        (
            Page(_) | OwnersPage,
            Nobody | Ended | Disabled | KeyOf(_) | NeighboursKey | RevokedKey | EditorsKey | ViewersKey,
        ) => ToLogin,
        (OwnersPage, Owner) => Passes(answer),
        (OwnersPage, Editor | Viewer) if least(method, operation) > Least::Viewer => refused(method, operation, role),
        (OwnersPage, _) => NOT_FOUND,
        (Session(_) | Key(..), Nobody | Ended | Disabled) => Refused(401, "sign_in_needed"),
        (Session(_), KeyOf(_) | NeighboursKey | EditorsKey | ViewersKey) => Refused(403, "session_needed"),
        (Key(needed, _), KeyOf(scope)) if !scope.opens(needed) => Refused(403, "scope_missing"),
        (Page(Cleos) | Session(Cleos) | Key(_, Cleos), Neighbour | Owner | NeighboursKey) => NOT_FOUND,
        (Page(_), Editor | Viewer) if LEAVING.contains(&operation) => Passes(303),
        (Session(_), Editor | Viewer) if LEAVING.contains(&operation) => Passes(204),
        (_, Editor | EditorsKey) if least(method, operation) > Least::Editor => refused(method, operation, role),
        (_, Viewer | ViewersKey) if least(method, operation) > Least::Viewer => refused(method, operation, role),
        (_, Editor | Viewer | EditorsKey | ViewersKey) if addressed::PERSONAL.contains(&operation) => NOT_FOUND,
        (Page(_) | Session(_) | Key(..), _) => Passes(answer),
    }
}

/// A member who may not, and is told who may.
fn refused(method: &str, operation: &str, role: Role) -> Expected {
    let is_viewer = matches!(role, Viewer | ViewersKey);
    let is_a_job = JOBS.iter().any(|job| operation.starts_with(job));
    match least(method, operation) {
        least if is_viewer && (least == Least::Editor || is_a_job) => {
            Expected::Refused(403, "Viewers can read, not answer. Ask an owner.")
        }
        _ => Expected::Refused(403, "Only owners "),
    }
}

both_databases! {
    async fn everybody_may_do_what_is_theirs_and_nothing_else(app: TestApp) {
        let fixture = AccessFixture::built(app).await;
        let (things, mut wrong) = (fixture.things().await, Vec::new());
        for role in ROLES {
            let browser = fixture.browser_of(role).await;
            let before = fixture.app.rows().await;
            for (method, path, door, answer) in addresses() {
                let expected = expected(method, &path, door, role, answer);
                if !matches!(expected, Expected::Passes(_)) {
                    wrong.extend(fixture.comes(role, &browser, &things, method, &path, expected).await.err());
                }
            }
            assert_eq!(fixture.app.rows().await, before, "whoever is refused ({role:?}) changes nothing");
        }
        for (method, path, door, answer) in addresses() {
            for role in ROLES {
                let expected = expected(method, &path, door, role, answer);
                if let Expected::Passes(_) = expected {
                    let (things, browser) = (fixture.things().await, fixture.browser_of(role).await);
                    wrong.extend(fixture.comes(role, &browser, &things, method, &path, expected).await.err());
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn every_address_has_its_row() {
    let mut rows: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (method, path, ..) in addresses() {
        assert!(rows.entry(filled(&path)).or_default().insert(method), "{method} {path} has two rows");
    }
    let listed: BTreeMap<_, BTreeSet<_>> =
        routes().into_iter().map(|(path, methods)| (path, methods.into_iter().collect())).collect();
    assert_eq!(rows, listed, "the rows of MATRIX are the addresses of routes.rs");
}
