//! A desk for the inbox's tests: a workspace with one connection, and observations that read like sentences.

use std::time::Duration;

use jiff::tz::TimeZone;
use kit::args;
use kit::clock::Timestamp;
use kit::db::{Db, Result, Tx};
use kit::random::Random;
use kit::testing::{Engine, TestDb};
use serde_json::json;

use super::derive::Language;
use super::ingest::{self, IngestContext, Ingested};
use super::triage::TriageState;
use crate::app::MIGRATIONS;
use crate::model::{ConnectionId, InteractionId, Kind, ObservedAuthor, ObservedInteraction, Platform, ProviderState};
use crate::testing::{Browser, TestApp};
use crate::workspaces::{self, Role, UserId, WorkspaceId};

pub const MORNING: Timestamp = Timestamp::from_second(1_795_600_800);

/// An own database with a user, a workspace and a connection in it.
pub struct Desk {
    db: TestDb,
    pub user: UserId,
    pub workspace: WorkspaceId,
    pub connection: ConnectionId,
    pub random: Random,
    pub time_zone: TimeZone,
}

impl std::ops::Deref for Desk {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Desk {
    pub async fn fresh(engine: Engine) -> Self {
        let db = TestDb::with_schema(engine, MIGRATIONS);
        let random = Random::seeded(1);
        let (user, workspace) = (UserId::new(MORNING, &random), WorkspaceId::new(MORNING, &random));
        let connection = ConnectionId::new(MORNING, &random);
        let time_zone = TimeZone::get("Europe/Berlin").expect("the time zone database is built in");
        let desk = Desk { db, user, workspace, connection, random, time_zone };
        desk.write(move |tx| {
            tx.exec(
                "INSERT INTO users (id, email, email_key, name, password_hash, password_changed_at, time_zone, is_owner,
                    created_at, updated_at) VALUES ($1, 'a@b', 'a@b', 'Ann', 'x', $2, 'Europe/Berlin', $3, $2, $2)",
                args![user, MORNING, true],
            )?;
            add_workspace(tx, workspace)?;
            tx.exec(
                "INSERT INTO memberships (workspace_id, user_id, role, created_at, chosen_at) VALUES ($1, $2, 'owner', $3, $3)",
                args![workspace, user, MORNING],
            )?;
            add_connection(tx, workspace, connection)
        })
        .await
        .expect("an empty database takes a user");
        desk
    }

    /// Another workspace with a connection of its own.
    pub async fn neighbour(&self) -> (WorkspaceId, ConnectionId) {
        let workspace = WorkspaceId::new(MORNING, &self.random);
        let connection = ConnectionId::new(MORNING, &self.random);
        self.write(move |tx| {
            add_workspace(tx, workspace)?;
            add_connection(tx, workspace, connection)
        })
        .await
        .expect("there is room for two");
        (workspace, connection)
    }

    pub async fn ingest(&self, now: Timestamp, observed: &[ObservedInteraction]) -> Ingested {
        let observed = observed.to_vec();
        self.unit(now, move |tx, context| ingest::interactions(tx, context, &observed)).await
    }

    /// A unit of work with this desk's context at `now`.
    pub async fn unit<T: Send + 'static>(
        &self,
        now: Timestamp,
        unit: impl FnMut(&mut Tx, &IngestContext<'_>) -> Result<T> + Send + 'static,
    ) -> T {
        self.unit_in(self.workspace, self.connection, now, unit).await
    }

    /// The same in a neighbour's workspace.
    pub async fn unit_in<T: Send + 'static>(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        now: Timestamp,
        unit: impl FnMut(&mut Tx, &IngestContext<'_>) -> Result<T> + Send + 'static,
    ) -> T {
        self.try_unit_in(workspace, connection, now, unit).await.expect("the unit is sound")
    }

    pub async fn try_unit_in<T: Send + 'static>(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        now: Timestamp,
        mut unit: impl FnMut(&mut Tx, &IngestContext<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let random = self.random.clone();
        self.write(move |tx| {
            let context = IngestContext {
                workspace,
                connection,
                platform: Platform::YouTube,
                language: Some(Language::English),
                now,
                random: &random,
            };
            unit(tx, &context)
        })
        .await
    }

    pub async fn state_of(&self, external_id: &str) -> TriageState {
        self.one_of("state", external_id).await
    }

    pub async fn one_of<T: kit::db::Column + Send + 'static>(&self, column: &str, external_id: &str) -> T {
        let sql = format!("SELECT {column} FROM interactions WHERE connection_id = $1 AND external_id = $2");
        let (connection, external_id) = (self.connection, external_id.to_owned());
        let found: (T,) =
            self.read(move |conn| conn.one(&sql, args![connection, external_id])).await.expect("it was ingested");
        found.0
    }
}

pub fn add_workspace(tx: &mut Tx, id: WorkspaceId) -> Result<()> {
    tx.exec("INSERT INTO workspaces (id, kind, name, time_zone, created_at) VALUES ($1, 'live', 'Work', 'Europe/Berlin', $2)", args![id, MORNING])?;
    Ok(())
}

pub fn add_connection(tx: &mut Tx, workspace: WorkspaceId, id: ConnectionId) -> Result<()> {
    tx.exec(
        "INSERT INTO platform_connections (id, workspace_id, platform, connection_status, display_name, scopes,
            token_version, created_at, updated_at) VALUES ($1, $2, 'youtube', 'connected', 'Lab', '', 0, $3, $3)",
        args![id, workspace, MORNING],
    )?;
    Ok(())
}

/// A top-level comment by somebody.
pub fn comment(id: &str, author: &str, text: &str) -> ObservedInteraction {
    ObservedInteraction {
        kind: Kind::Comment,
        external_id: id.to_owned(),
        parent_external_id: None,
        thread_external_id: id.to_owned(),
        content_external_id: None,
        author: ObservedAuthor {
            external_id: Some(author.to_owned()),
            display_name: format!("@{author}"),
            avatar_url: None,
            profile_url: None,
            is_self: false,
        },
        text: Some(text.to_owned()),
        rating: None,
        likes: Some(0),
        reply_count: None,
        created_at: MORNING,
        edited_at: None,
        provider_state: ProviderState::Published,
        can_reply: true,
        permalink: None,
        translation: None,
        state_reason: None,
        raw: json!({}),
    }
}

/// A reply in the thread of `to`, some minutes after it.
pub fn reply(id: &str, author: &str, to: &ObservedInteraction, minutes: u64) -> ObservedInteraction {
    ObservedInteraction {
        kind: Kind::Reply,
        parent_external_id: Some(to.external_id.clone()),
        thread_external_id: to.thread_external_id.clone(),
        created_at: to.created_at + Duration::from_secs(minutes * 60),
        ..comment(id, author, "Here you go")
    }
}

/// The connected account's own reply.
pub fn own_reply(id: &str, to: &ObservedInteraction, minutes: u64) -> ObservedInteraction {
    let mut reply = reply(id, "the_lab", to, minutes);
    reply.author.is_self = true;
    reply
}

/// In the workspace of whoever is signed in, as they came.
pub async fn three_questions(app: &TestApp) -> Vec<InteractionId> {
    let (who, now, random) = (app.who().await, app.app.now(), app.app.random.clone());
    let workspace = who.workspace.id;
    let connection = ConnectionId::new(now, &random);
    let ids = app.db.write(move |tx| {
        add_connection(tx, workspace, connection)?;
        let asked = ["Where can I buy this?", "How much is it?", "When does it ship?"];
        let page = asked.iter().enumerate().map(|(n, text)| comment(&format!("c{n}"), &format!("a{n}"), text));
        let context =
            IngestContext { workspace, connection, platform: Platform::YouTube, language: None, now, random: &random };
        ingest::interactions(tx, &context, &page.collect::<Vec<_>>())?;
        tx.all("SELECT id FROM interactions ORDER BY external_id", args![])
    });
    ids.await.expect("three questions")
}

/// Another page of what the platform says, in the workspace of whoever is signed in, where something came before.
pub async fn more(app: &TestApp, page: impl Fn(&mut Tx, &IngestContext<'_>) -> Result<Ingested> + Send + 'static) {
    let (who, now, random) = (app.who().await, app.app.now(), app.app.random.clone());
    let workspace = who.workspace.id;
    let ingested = app.db.write(move |tx| {
        let connection = tx.one("SELECT id FROM platform_connections WHERE platform = 'youtube'", args![])?;
        let context =
            IngestContext { workspace, connection, platform: Platform::YouTube, language: None, now, random: &random };
        page(tx, &context)
    });
    ingested.await.expect("there is room");
}

/// Ben, who works in Ann's workspace.
pub async fn colleague(app: &TestApp) -> Browser {
    let ben = app.invited("ben@example.com").await;
    let (user, workspace, now) = (app.user("ben@example.com").await, app.who().await.workspace.id, app.app.now());
    app.db
        .write(move |tx| {
            tx.exec("DELETE FROM memberships WHERE user_id = $1", args![user])?;
            workspaces::join(tx, now, workspace, user, Role::Editor)
        })
        .await
        .unwrap();
    ben
}
