//! A fixture of people and programs, each of whom tries every door.

use std::collections::BTreeMap;

use axum::body::Body;
use kit::args;
use kit::clock::Timestamp;
use kit::db::Tx;
use kit::jobs::{Enqueue, JobId};
use kit::testing::wait_until;

use super::Role::{
    Cleo, Disabled, Editor, EditorsKey, Ended, KeyOf, Neighbour, NeighboursKey, Nobody, Owner, RevokedKey, Viewer,
    ViewersKey,
};
use super::{Expected, ROLES, Role};
use crate::accounts::api_keys::{self, KeyId, Life, Made, NewKey, Scope};
use crate::accounts::sessions::{self, COOKIE, SessionId, Visitor};
use crate::accounts::{self, LinkId, admin, joining};
use crate::connections::ConnectionId;
use crate::inbox::ingest::{self, IngestContext};
use crate::inbox::moves::matching::TakeBackMoves;
use crate::inbox::notes::NoteId;
use crate::inbox::saved_views::SavedViewId;
use crate::inbox::testing::{add_connection, comment};
use crate::model::{InteractionId, Platform};
use crate::moderation::{ActId, OrderId};
use crate::platforms::google;
use crate::replies::ReplyId;
use crate::replies::saved::SavedReplyId;
use crate::secrets::Secret;
use crate::testing::{Browser, EMAIL, PUBLIC_URL, TestApp};
use crate::web::errors::{Error, Result};
use crate::work::{Who, Work};
use crate::workspaces::{self, Kind, Role as MemberRole, UserId, Workspace, WorkspaceId};

const NEWEST_INVITATION: &str = "SELECT id FROM one_time_links WHERE kind = 'invite' ORDER BY id DESC LIMIT 1";

/// Those who come, and what they come with.
pub struct AccessFixture {
    pub app: TestApp,
    owner: UserId,
    neighbour: UserId,
    cleo: UserId,
    editor: UserId,
    viewer: UserId,
    /// Somebody in Cleo's workspace, to whom things are done.
    member: UserId,
    disabled: UserId,
    keys: BTreeMap<Role, String>,
}

/// Of Cleo's, made anew for each who may take it away.
pub struct Things {
    pub(super) connection: ConnectionId,
    pub(super) interaction: InteractionId,
    pub(super) note: NoteId,
    pub(super) saved_reply: SavedReplyId,
    pub(super) view: SavedViewId,
    pub(super) cleo: UserId,
    pub(super) order: OrderId,
    pub(super) queued_reply: ReplyId,
    pub(super) failed_reply: ReplyId,
    pub(super) unknown_reply: ReplyId,
    pub(super) awaiting_reply: ReplyId,
    pub(super) job: JobId,
    pub(super) ended_job: JobId,
    pub(super) session: SessionId,
    pub(super) key: KeyId,
    pub(super) invitation: LinkId,
    pub(super) workspace: WorkspaceId,
    pub(super) member: UserId,
    pub(super) member_link: LinkId,
    pub(super) neighbour: UserId,
    pub(super) disabled: UserId,
}

impl AccessFixture {
    pub async fn built(app: TestApp) -> Self {
        let client = google::Client { id: "client".to_owned(), secret: Secret::new("secret") };
        let app = app.with_parts(|parts| parts.config.google = Some(client)).with_ann().await;
        for email in [
            "ben@example.com",
            "cleo@example.com",
            "dan@example.com",
            "ed@example.com",
            "vera@example.com",
            "mia@example.com",
            "kim@example.com",
            "kit@example.com",
        ] {
            app.invited(email).await;
        }
        admin::disable_user(&app.app, "dan@example.com").await.expect("Dan is there");
        let (owner, neighbour) = (app.user(EMAIL).await, app.user("ben@example.com").await);
        let (cleo, disabled) = (app.user("cleo@example.com").await, app.user("dan@example.com").await);
        let (editor, viewer) = (app.user("ed@example.com").await, app.user("vera@example.com").await);
        let (member, keys) = (app.user("mia@example.com").await, BTreeMap::new());
        let mut fixture = Self { app, owner, neighbour, cleo, editor, viewer, member, disabled, keys };
        // Whoever is less now has made a key of every scope while they were more.
        let with_keys = [fixture.app.user("kim@example.com").await, fixture.app.user("kit@example.com").await];
        fixture.joined(&with_keys).await;
        for role in ROLES {
            let (whose, scopes) = match role {
                KeyOf(scope) => (cleo, vec![scope]),
                NeighboursKey => (neighbour, Scope::ALL.to_vec()),
                RevokedKey => (cleo, Scope::ALL.to_vec()),
                EditorsKey => (with_keys[0], Scope::ALL.to_vec()),
                ViewersKey => (with_keys[1], Scope::ALL.to_vec()),
                _ => continue,
            };
            let of = if with_keys.contains(&whose) { cleo } else { whose };
            let made = fixture.key(whose, of, scopes).await;
            if role == RevokedKey {
                fixture.revoke(made.id).await;
            }
            fixture.keys.insert(role, made.token);
        }
        fixture.until_keys_are_known().await;
        fixture.become_less(with_keys).await;
        fixture
    }

    /// They own Cleo's workspace, too.
    async fn joined(&self, people: &[UserId]) {
        let (cleo, people) = (self.cleo, people.to_vec());
        let joined = self.app.app.write(Who::system(), move |work| {
            let workspace = workspace(work.tx, cleo)?;
            for user in &people {
                workspaces::join(work.tx, work.now, workspace, *user, MemberRole::Owner)?;
            }
            Ok::<_, Error>(())
        });
        joined.await.unwrap_or_else(|error| panic!("{error}"));
    }

    async fn become_less(&self, [editor, viewer]: [UserId; 2]) {
        let cleo = self.cleo;
        let less = self.app.app.write(Who::system(), move |work| {
            let workspace = workspace(work.tx, cleo)?;
            workspaces::set_role(work.tx, workspace, editor, MemberRole::Editor)?;
            workspaces::set_role(work.tx, workspace, viewer, MemberRole::Viewer)?;
            Ok::<_, Error>(())
        });
        less.await.unwrap_or_else(|error| panic!("{error}"));
    }

    /// In the workspace of `of`.
    async fn key(&self, whose: UserId, of: UserId, scopes: Vec<Scope>) -> Made {
        let new = NewKey { name: "A program".to_owned(), scopes, life: Life::Quarter, follows_demo: false };
        let made = self.app.app.write(Who::system(), move |work| {
            let workspace = workspace(work.tx, of)?;
            api_keys::make(work, whose, workspace, &new)
        });
        made.await.unwrap_or_else(|error| panic!("{error}"))
    }

    async fn revoke(&self, key: KeyId) {
        let cleo = self.cleo;
        let revoked = self.app.app.db.write(move |tx| api_keys::revoke(tx, cleo, key));
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
    pub async fn comes(
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
            Expected::ToLogin if status == 401 => {
                text.contains("data-test=\"typed\"") && text.contains("href=\"/login\"")
            }
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

    pub async fn things(&self) -> Things {
        let (cleo, neighbour, disabled) = (self.cleo, self.neighbour, self.disabled);
        let (editor, viewer, member) = (self.editor, self.viewer, self.member);
        let made = self.app.app.write(Who::user(cleo, ""), move |work| {
            // A person has so many sessions and no more.
            sessions::end_others(work.tx, cleo, None)?;
            let (session, _) = sessions::start(work, cleo, &Visitor::default())?;
            let key = spare_key(work, cleo)?;
            accounts::invite(work)?;
            let invitation = work.tx.one(NEWEST_INVITATION, args![])?;
            let workspace = workspace(work.tx, cleo)?;
            let member_link = members(work, workspace, [member, editor, viewer])?;
            let (now, random, tx) = (work.now, work.random, &mut *work.tx);
            let connection = ConnectionId::new(now, random);
            add_connection(tx, workspace, connection)?;
            let source =
                IngestContext { workspace, connection, platform: Platform::YouTube, language: None, now, random };
            ingest::interactions(tx, &source, &[comment("c1", "dora", "When do you open?")])?;
            let interaction = tx.one("SELECT id FROM interactions WHERE connection_id = $1", args![connection])?;
            let (note, saved_reply) = words(tx, &source, cleo)?;
            let view = saved_view(tx, &source, cleo)?;
            let [queued_reply, failed_reply, unknown_reply, awaiting_reply] =
                ["queued", "failed", "unknown", "awaiting_approval"].map(|state| reply(tx, &source, cleo, state));
            let (queued_reply, failed_reply) = (queued_reply?, failed_reply?);
            let (unknown_reply, awaiting_reply) = (unknown_reply?, awaiting_reply?);
            let order = order(tx, &source, cleo)?;
            let mut job = || {
                let workspace_id = Some(workspace.uuid());
                let enqueue = Enqueue { user_id: Some(cleo.uuid()), workspace_id, ..Enqueue::default() };
                kit::jobs::enqueue(tx, now, random, &taken_back(workspace, cleo, now), enqueue)
            };
            let (job, ended_job) = (job()?.id, job()?.id);
            kit::jobs::cancel::<crate::app::App>(tx, now, random, ended_job, cleo.uuid())?;
            Ok::<_, Error>(Things {
                connection,
                interaction,
                note,
                saved_reply,
                view,
                cleo,
                order,
                queued_reply,
                failed_reply,
                unknown_reply,
                awaiting_reply,
                job,
                ended_job,
                session,
                key,
                invitation,
                workspace,
                member,
                member_link,
                neighbour,
                disabled,
            })
        });
        made.await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// A browser in a session that has just begun, or none.
    pub async fn browser_of(&self, role: Role) -> Browser {
        let browser = self.app.browser();
        let user = match role {
            Owner => self.owner,
            Neighbour => self.neighbour,
            Disabled => self.disabled,
            Cleo | Ended => self.cleo,
            Editor => self.editor,
            Viewer => self.viewer,
            Nobody | KeyOf(_) | NeighboursKey | RevokedKey | EditorsKey | ViewersKey => return browser,
        };
        let cleo = self.cleo;
        let started = self.app.app.write(Who::system(), move |work| {
            let (session, token) = sessions::start(work, user, &Visitor::default())?;
            if role == Ended {
                sessions::end(work.tx, user, session)?;
            }
            if [Editor, Viewer].contains(&role) {
                let workspace = workspace(work.tx, cleo)?;
                sessions::choose(work, user, session, workspace)?;
            }
            Ok::<_, Error>(token)
        });
        browser.set_cookie(COOKIE, &started.await.unwrap_or_else(|error| panic!("{error}")));
        browser
    }
}

/// A key that nobody uses: there when it was revoked, too.
fn spare_key(work: &mut Work<'_>, whose: UserId) -> Result<KeyId> {
    let found = |tx: &mut Tx| api_keys::list(tx, whose).map(|keys| keys.into_iter().find(|key| key.name == "Spare"));
    if let Some(key) = found(work.tx)? {
        return Ok(key.id);
    }
    let new = NewKey { name: "Spare".to_owned(), scopes: vec![Scope::Read], life: Life::Year, follows_demo: false };
    let workspace = workspace(work.tx, whose)?;
    api_keys::make(work, whose, workspace, &new)?;
    Ok(found(work.tx)?.expect("it was made a moment ago").id)
}

/// Whoever has left the workspace since is back; and a link into it.
fn members(work: &mut Work<'_>, id: WorkspaceId, [member, editor, viewer]: [UserId; 3]) -> Result<LinkId> {
    for (user, role) in [(member, MemberRole::Editor), (editor, MemberRole::Editor), (viewer, MemberRole::Viewer)] {
        workspaces::join(work.tx, work.now, id, user, role)?;
        workspaces::set_role(work.tx, id, user, role)?;
    }
    let workspace = Workspace { id, kind: Kind::Live, name: String::new() };
    Ok(joining::invite(work, &workspace, MemberRole::Viewer)?.0)
}

/// A note of hers, and a reply that she has saved.
fn words(tx: &mut Tx, source: &IngestContext<'_>, cleo: UserId) -> kit::db::Result<(NoteId, SavedReplyId)> {
    let IngestContext { workspace, connection, now, random, .. } = *source;
    let note = NoteId::new(now, random);
    tx.exec(
        "INSERT INTO thread_notes (id, workspace_id, thread_id, text, written_by, written_at)
         SELECT $1, workspace_id, id, 'Call them.', $3, $4 FROM threads WHERE connection_id = $2",
        args![note, connection, cleo, now],
    )?;
    // Those of the rounds before would be more than a workspace keeps.
    tx.exec("DELETE FROM saved_replies WHERE workspace_id = $1", args![workspace])?;
    let saved_reply = SavedReplyId::new(now, random);
    tx.exec(
        "INSERT INTO saved_replies (id, workspace_id, name, name_key, text, written_by, created_at, updated_at)
         VALUES ($1, $2, $3, $3, 'At nine.', $4, $5, $5)",
        args![saved_reply, workspace, saved_reply.to_string(), cleo, now],
    )?;
    Ok((note, saved_reply))
}

/// A view of her own.
fn saved_view(tx: &mut Tx, source: &IngestContext<'_>, cleo: UserId) -> kit::db::Result<SavedViewId> {
    let IngestContext { workspace, now, random, .. } = *source;
    tx.exec("DELETE FROM saved_views WHERE workspace_id = $1", args![workspace])?;
    let view = SavedViewId::new(now, random);
    tx.exec(
        "INSERT INTO saved_views (id, workspace_id, owner_id, name, name_key, filter, place, saved_by, created_at, updated_at)
         VALUES ($1, $2, $3, 'Mine', 'mine', 'assignee=me', 1, $3, $4, $4)",
        args![view, workspace, cleo, now],
    )?;
    Ok(view)
}

/// An answer of hers to a comment of its own.
fn reply(tx: &mut Tx, source: &IngestContext<'_>, author: UserId, state: &str) -> kit::db::Result<ReplyId> {
    ingest::interactions(tx, source, &[comment(state, "dora", "When do you open?")])?;
    let id = ReplyId::new(source.now, source.random);
    tx.exec(
        "INSERT INTO replies (id, workspace_id, connection_id, interaction_id, author_id, text, state, moves, attempts,
            due_at, looks, created_at, updated_at)
         SELECT $1, workspace_id, connection_id, id, $3, 'At nine.', $4, 0, 0, $5, 0, $5, $5 FROM interactions
         WHERE connection_id = $2 AND external_id = $4",
        args![id, source.connection, author, state, source.now],
    )?;
    Ok(id)
}

/// Something that the platform has refused to do with a comment of its own.
fn order(tx: &mut Tx, source: &IngestContext<'_>, by: UserId) -> kit::db::Result<OrderId> {
    let (act, order) = (ActId::new(source.now, source.random), OrderId::new(source.now, source.random));
    tx.exec(
        "INSERT INTO moderation_acts (id, workspace_id, connection_id, interaction_id, order_id, ordered_by, verb, state, moves,
            attempts, company, may_be_done, due_at, error_code, created_at, updated_at, place)
         SELECT $1, workspace_id, connection_id, id, $3, $4, 'hide', 'failed', 0, 1, 1, FALSE, $5, 'permission', $5, $5, 1
         FROM interactions WHERE connection_id = $2 AND external_id = 'failed'",
        args![act, source.connection, order, by, source.now],
    )?;
    Ok(order)
}

fn workspace(tx: &mut Tx, user: UserId) -> Result<WorkspaceId> {
    Ok(workspaces::of_person(tx, user)?.into_iter().next().expect("somebody with a workspace").id)
}

/// A job that asks for nothing but what it does for whoever ordered it.
fn taken_back(workspace: WorkspaceId, by: UserId, asked_at: Timestamp) -> TakeBackMoves {
    let payload = serde_json::json!({ "workspace": workspace, "by": by, "asked_at": asked_at });
    serde_json::from_value(payload).expect("a job's payload")
}
