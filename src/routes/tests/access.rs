//! Who may do what: every address of `routes.rs` as everybody who may come to it.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use kit::args;
use kit::both_databases;
use kit::clock::Timestamp;
use kit::db::Tx;
use kit::jobs::{Enqueue, JobId};
use kit::random::Random;
use kit::testing::wait_until;

use super::{filled, routes};
use crate::accounts::admin;
use crate::accounts::api_keys::{self, KeyId, Life, NewKey, Scope};
use crate::connections::ConnectionId;
use crate::connections::jobs::SyncConnection;
use crate::error::{Error, Result};
use crate::inbox::ingest::{self, Source};
use crate::inbox::model::{InteractionId, Platform};
use crate::inbox::testing::{add_connection, comment};
use crate::platforms::google;
use crate::sessions::{self, COOKIE, SessionId, Visitor};
use crate::testing::{Browser, EMAIL, PUBLIC_URL, TestApp};
use crate::vault::Secret;
use crate::workspaces::{UserId, WorkspaceId};

use Door::{Anybody, Key, OwnersPage, Page, Public, Session};
use Role::{Cleo, Disabled, Ended, KeyOf, Neighbour, NeighboursKey, Nobody, Owner, RevokedKey};
use Whose::{Cleos, Ones};

/// Who comes. What the addresses name belongs to Cleo, whom nobody but herself is.
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
    /// A key of Cleo's with one scope.
    KeyOf(Scope),
    NeighboursKey,
    RevokedKey,
}

const ROLES: [Role; 12] = [
    Nobody,
    Ended,
    Disabled,
    Neighbour,
    Owner,
    Cleo,
    KeyOf(Scope::Read),
    KeyOf(Scope::Write),
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
    ("GET", "/assets/{file}", Anybody { signed_in: 404 }, 404),
    ("GET", "/healthz", Anybody { signed_in: 200 }, 200),
    ("GET", "/readyz", Anybody { signed_in: 200 }, 200),
    ("POST", "/csp-reports", Anybody { signed_in: 204 }, 204),
    ("POST", "/webhooks/demo", Anybody { signed_in: 401 }, 401),
    ("GET", "/dashboard", Page(Ones), 200),
    ("GET", "/inbox", Page(Ones), 200),
    ("GET", "/inbox/{interaction}", Page(Cleos), 200),
    ("GET", "/connections", Page(Ones), 200),
    ("GET", "/connections/callback/google", Page(Ones), 400),
    ("POST", "/connections/{platform}/start", Page(Cleos), 200),
    ("POST", "/connections/{connection}/sync", Page(Cleos), 303),
    ("POST", "/connections/{connection}/disconnect", Page(Cleos), 303),
    // The simulator is there for whoever is in demo mode.
    ("GET", "/simulator/google_accounts/{*path}", Page(Ones), 404),
    ("POST", "/simulator/google_accounts/{*path}", Page(Ones), 404),
    ("GET", "/activity", Page(Ones), 200),
    ("GET", "/activity/{job}", Page(Cleos), 200),
    ("POST", "/activity/{job}/cancel", Page(Cleos), 303),
    ("POST", "/activity/{ended_job}/retry", Page(Cleos), 303),
    ("GET", "/activity/everyone", OwnersPage, 200),
    ("GET", "/activity/everyone/{job}", OwnersPage, 200),
    ("POST", "/activity/everyone/{job}/cancel", OwnersPage, 303),
    ("POST", "/activity/everyone/{ended_job}/retry", OwnersPage, 303),
    ("POST", "/demo/enable", Page(Ones), 303),
    ("POST", "/demo/disable", Page(Ones), 303),
    ("GET", "/settings/demo", Page(Ones), 200),
    ("GET", "/settings/account", Page(Ones), 200),
    ("POST", "/settings/account", Page(Ones), 422),
    ("POST", "/settings/account/password", Page(Ones), 422),
    ("POST", "/settings/invitations", OwnersPage, 200),
    ("GET", "/settings/sessions", Page(Ones), 200),
    ("POST", "/settings/sessions/end", Page(Cleos), 303),
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
    ("GET", "/api/dashboard", Key(Scope::Read, Ones), 200),
    ("GET", "/api/events", Key(Scope::Read, Ones), 200),
    ("GET", "/api/interactions", Key(Scope::Read, Ones), 200),
    ("GET", "/api/interactions/{interaction}", Key(Scope::Read, Cleos), 200),
    ("GET", "/api/jobs", Key(Scope::Read, Ones), 200),
    ("GET", "/api/jobs/{job}/status", Key(Scope::Read, Cleos), 200),
    ("POST", "/api/jobs/{job}/cancel", Key(Scope::Write, Cleos), 202),
    ("POST", "/api/jobs/{ended_job}/retry", Key(Scope::Write, Cleos), 202),
    ("GET", "/api/connections", Key(Scope::Read, Ones), 200),
    ("POST", "/api/connections/{platform}/start", Session(Cleos), 201),
    ("POST", "/api/connections/{connection}/sync", Key(Scope::Connections, Cleos), 202),
    ("DELETE", "/api/connections/{connection}", Key(Scope::Connections, Cleos), 204),
    ("GET", "/api/demo/status", Key(Scope::Read, Ones), 200),
    ("POST", "/api/demo/enable", Key(Scope::Demo, Ones), 202),
    ("POST", "/api/demo/disable", Key(Scope::Demo, Ones), 202),
];

#[derive(Clone, Copy, Debug)]
enum Expected {
    Passes(u16),
    /// To the door, by 303.
    ToLogin,
    Refused(u16, &'static str),
}

const NOT_FOUND: Expected = Expected::Refused(404, "");

fn expected(door: Door, role: Role, answer: u16) -> Expected {
    use Expected::{Passes, Refused, ToLogin};
    match (door, role) {
        (Anybody { signed_in }, Neighbour | Owner | Cleo) => Passes(signed_in),
        (Public | Session(_) | Key(..), RevokedKey) => Refused(401, "bad_key"),
        (Anybody { .. } | Public, _) => Passes(answer),
        (Page(_) | OwnersPage, Nobody | Ended | Disabled | KeyOf(_) | NeighboursKey | RevokedKey) => ToLogin,
        (OwnersPage, Owner) => Passes(answer),
        (OwnersPage, _) => NOT_FOUND,
        (Session(_) | Key(..), Nobody | Ended | Disabled) => Refused(401, "sign_in_needed"),
        (Session(_), KeyOf(_) | NeighboursKey) => Refused(403, "session_needed"),
        (Key(needed, _), KeyOf(scope)) if needed != scope => Refused(403, "scope_missing"),
        (Page(Cleos) | Session(Cleos) | Key(_, Cleos), Neighbour | Owner | NeighboursKey) => NOT_FOUND,
        (Page(_) | Session(_) | Key(..), _) => Passes(answer),
    }
}

both_databases! {
    async fn everybody_may_do_what_is_theirs_and_nothing_else(app: TestApp) {
        let town = Town::built(app).await;
        let (things, mut wrong) = (town.things().await, Vec::new());
        for role in ROLES {
            let browser = town.browser_of(role).await;
            let before = town.app.rows().await;
            for (method, path, door, answer) in addresses() {
                let expected = expected(door, role, answer);
                if !matches!(expected, Expected::Passes(_)) {
                    wrong.extend(town.comes(role, &browser, &things, method, &path, expected).await.err());
                }
            }
            assert_eq!(town.app.rows().await, before, "whoever is refused ({role:?}) changes nothing");
        }
        for (method, path, door, answer) in addresses() {
            for role in ROLES {
                let expected = expected(door, role, answer);
                if let Expected::Passes(_) = expected {
                    let (things, browser) = (town.things().await, town.browser_of(role).await);
                    wrong.extend(town.comes(role, &browser, &things, method, &path, expected).await.err());
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

/// The rows, those of the API under both of its prefixes.
fn addresses() -> impl Iterator<Item = (&'static str, String, Door, u16)> {
    MATRIX.iter().flat_map(|&(method, path, door, answer)| {
        let versioned = path.strip_prefix("/api/").map(|operation| format!("/api/v1/{operation}"));
        std::iter::once(path.to_owned()).chain(versioned).map(move |path| (method, path, door, answer))
    })
}

/// Those who come, and what they come with.
struct Town {
    app: TestApp,
    owner: UserId,
    neighbour: UserId,
    cleo: UserId,
    disabled: UserId,
    keys: BTreeMap<Role, String>,
}

/// Of Cleo's, made anew for each who may take it away.
struct Things {
    connection: ConnectionId,
    interaction: InteractionId,
    job: JobId,
    ended_job: JobId,
    session: SessionId,
    key: KeyId,
}

impl Town {
    async fn built(app: TestApp) -> Self {
        let client = google::Client { id: "client".to_owned(), secret: Secret::new("secret") };
        let app = app.with_parts(|parts| parts.config.google = Some(client)).with_ann().await;
        for email in ["ben@example.com", "cleo@example.com", "dan@example.com"] {
            app.invited(email).await;
        }
        admin::disable_user(&app.app, "dan@example.com").await.expect("Dan is there");
        let (owner, neighbour) = (app.user(EMAIL).await, app.user("ben@example.com").await);
        let (cleo, disabled) = (app.user("cleo@example.com").await, app.user("dan@example.com").await);
        let mut town = Self { app, owner, neighbour, cleo, disabled, keys: BTreeMap::new() };
        for role in ROLES {
            let (whose, scopes) = match role {
                KeyOf(scope) => (cleo, vec![scope]),
                NeighboursKey => (neighbour, Scope::ALL.to_vec()),
                RevokedKey => (cleo, Scope::ALL.to_vec()),
                _ => continue,
            };
            let key = town.key(whose, scopes).await;
            town.keys.insert(role, key);
        }
        town.revoke_newest_key().await;
        town.until_keys_are_known().await;
        town
    }

    async fn key(&self, whose: UserId, scopes: Vec<Scope>) -> String {
        let new = NewKey { name: "A program".to_owned(), scopes, life: Life::Quarter, follows_demo: false };
        let (now, random) = (self.app.app.now(), self.app.app.random.clone());
        let made = self.app.app.db.write(move |tx| api_keys::make(tx, now, &random, whose, &new)).await;
        made.unwrap_or_else(|error| panic!("{error}")).token
    }

    async fn revoke_newest_key(&self) {
        let cleo = self.cleo;
        let revoked = self.app.app.db.write(move |tx| {
            let newest = api_keys::list(tx, cleo)?.remove(0);
            api_keys::revoke(tx, cleo, newest.id)
        });
        assert!(revoked.await.expect("the database answers"));
    }

    /// A key's first use is noted in the background; later ones within the minute are not.
    async fn until_keys_are_known(&self) {
        for key in self.keys.values() {
            self.app.browser().with_key(key, "GET", "/api/openapi.json").await;
        }
        wait_until("the keys' first use is noted", || async {
            let unknown = "SELECT count(*) FROM api_keys WHERE last_used_at IS NULL";
            let left = self.app.app.db.read(move |conn| conn.one::<i64>(unknown, args![])).await;
            left.expect("the database answers") == 0
        })
        .await;
    }

    /// Sends what the address asks for, with what names something in its place, and looks at the answer.
    async fn comes(
        &self,
        role: Role,
        from: &Browser,
        things: &Things,
        method: &str,
        path: &str,
        expected: Expected,
    ) -> Result<(), String> {
        let (path, body) = (things.named(path), things.body(path));
        let kind = if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
        let bearer = self.keys.get(&role).map(|key| format!("Bearer {key}"));
        let mut headers = vec![("origin", PUBLIC_URL), ("sec-fetch-site", "same-origin")];
        headers.extend((!body.is_empty()).then_some(("content-type", kind)));
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        let (status, location, text) = match path.ends_with("/events") && matches!(expected, Expected::Passes(_)) {
            true => (from.stream(&path, &headers).await.status().as_u16(), String::new(), String::new()),
            false => {
                let answer = from.send_bare(method, &path, &headers, Body::from(body)).await;
                (answer.status.as_u16(), answer.location().to_owned(), answer.text)
            }
        };
        let is_at_the_door = path != "/" && (location == "/login" || location.starts_with("/login?return_to="));
        let is_so = match expected {
            Expected::Passes(passes) => status == passes && !is_at_the_door,
            Expected::ToLogin => status == 303 && is_at_the_door,
            Expected::Refused(refused, code) => status == refused && text.contains(code),
        };
        let told = text.get(..300).unwrap_or(&text);
        if is_so {
            Ok(())
        } else {
            Err(format!("{role:?} {method} {path}: {expected:?}, not {status} {location} {told}"))
        }
    }

    async fn things(&self) -> Things {
        let (now, random, cleo) = (self.app.app.now(), self.app.app.random.clone(), self.cleo);
        let made = self.app.app.db.write(move |tx| {
            // A person has so many sessions and no more.
            sessions::end_others(tx, cleo, None)?;
            let workspace = workspace(tx, cleo)?;
            let connection = ConnectionId::new(now, &random);
            add_connection(tx, workspace, connection)?;
            let source = Source {
                workspace,
                connection,
                platform: Platform::YouTube,
                time_zone: &jiff::tz::TimeZone::UTC,
                language: None,
                now,
                random: &random,
            };
            ingest::interactions(tx, &source, &[comment("c1", "dora", "When do you open?")])?;
            let interaction = tx.one("SELECT id FROM interactions WHERE connection_id = $1", args![connection])?;
            let mut job = || {
                let other = ConnectionId::new(now, &random);
                let enqueue = Enqueue { user_id: Some(cleo.uuid()), ..Enqueue::default() };
                kit::jobs::enqueue(tx, now, &random, &SyncConnection { connection_id: other }, enqueue)
            };
            let (job, ended_job) = (job()?.id, job()?.id);
            kit::jobs::cancel::<crate::app::App>(tx, now, &random, ended_job, cleo.uuid())?;
            let (session, _) = sessions::start(tx, now, &random, cleo, &Visitor::default())?;
            let key = spare_key(tx, now, &random, cleo)?;
            Ok::<_, Error>(Things { connection, interaction, job, ended_job, session, key })
        });
        made.await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// A browser in a session that has just begun, or none.
    async fn browser_of(&self, role: Role) -> Browser {
        let browser = self.app.browser();
        let user = match role {
            Owner => self.owner,
            Neighbour => self.neighbour,
            Disabled => self.disabled,
            Cleo | Ended => self.cleo,
            Nobody | KeyOf(_) | NeighboursKey | RevokedKey => return browser,
        };
        let (now, random) = (self.app.app.now(), self.app.app.random.clone());
        let started = self.app.app.db.write(move |tx| {
            let (session, token) = sessions::start(tx, now, &random, user, &Visitor::default())?;
            if role == Ended {
                sessions::end(tx, user, session)?;
            }
            Ok::<_, kit::db::Error>(token)
        });
        browser.set_cookie(COOKIE, &started.await.expect("the database answers"));
        browser
    }
}

impl Things {
    /// The path with what its parameters stand for.
    fn named(&self, path: &str) -> String {
        path.replace("{interaction}", &self.interaction.to_string())
            .replace("{connection}", &self.connection.to_string())
            .replace("{job}", &self.job.to_string())
            .replace("{ended_job}", &self.ended_job.to_string())
            .replace("{session}", &self.session.to_string())
            .replace("{platform}", "youtube")
            .replace("{*path}", "o/oauth2/v2/auth")
            .replace("{file}", "nothing.css")
    }

    /// What a form, or a program, names in the body.
    fn body(&self, path: &str) -> String {
        match path {
            "/settings/sessions/end" => format!("session={}", self.session),
            "/settings/api-keys/revoke" => format!("key={}", self.key),
            "/connections/{platform}/start" => format!("connection_id={}", self.connection),
            path if path.ends_with("/connections/{platform}/start") => {
                format!("{{\"connection_id\": \"{}\"}}", self.connection)
            }
            path if path.starts_with("/api/") || path == "/csp-reports" || path == "/login" => String::new(),
            path if path.starts_with("/demo/") => "return_to=".to_owned(),
            _ => "name=".to_owned(),
        }
    }
}

/// A key that nobody uses: there when it was revoked, too.
fn spare_key(tx: &mut Tx, now: Timestamp, random: &Random, whose: UserId) -> Result<KeyId> {
    let found = |tx: &mut Tx| api_keys::list(tx, whose).map(|keys| keys.into_iter().find(|key| key.name == "Spare"));
    if let Some(key) = found(tx)? {
        return Ok(key.id);
    }
    let new = NewKey { name: "Spare".to_owned(), scopes: vec![Scope::Read], life: Life::Year, follows_demo: false };
    api_keys::make(tx, now, random, whose, &new)?;
    Ok(found(tx)?.expect("it was made a moment ago").id)
}

fn workspace(tx: &mut Tx, user: UserId) -> Result<WorkspaceId> {
    let (_, workspace) = sessions::person(tx, user, false)?.expect("somebody with a workspace");
    Ok(workspace.id)
}
