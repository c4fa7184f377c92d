//! The ledger and its job, against a platform that a test has written.

mod api;
mod approval;
mod business;
mod drafts;
mod ledger;
pub(crate) mod platform;
mod sending;
pub mod simulation;
mod youtube;

use std::sync::Arc;
use std::time::Duration;

use kit::args;

use self::platform::{Answer, Far};
use super::{NewReply, Refused, Reply, ReplyId, State};
use crate::connections::ConnectionId;
use crate::inbox::ingest::{self, IngestContext};
use crate::inbox::testing::{add_connection, comment};
use crate::model::{InteractionId, ObservedInteraction, UserId, WorkspaceId};
use crate::platforms::Platforms;
use crate::replies;
use crate::testing::{EMAIL, TestApp};
use crate::work::Who;

/// Ann's workspace with an account, Ben beside her, and comments to answer.
pub(crate) struct Stand {
    pub app: TestApp,
    pub far: Far,
    pub workspace: WorkspaceId,
    pub connection: ConnectionId,
    pub ann: UserId,
    pub ben: UserId,
}

impl Stand {
    pub async fn new(app: TestApp) -> Self {
        let far = Far::new();
        let platforms = Platforms::of(vec![Arc::new(far.clone())]);
        let app = app.with_parts(|parts| parts.platforms = platforms).with_ann().await;
        app.member("ben@example.com", "editor").await;
        let (ann, ben) = (app.user(EMAIL).await, app.user("ben@example.com").await);
        let workspace = app.who().await.workspace.id;
        let connection = ConnectionId::new(app.app.now(), &app.app.random);
        let added = app.app.db.write(move |tx| add_connection(tx, workspace, connection));
        added.await.expect("there is room");
        Self { app, far, workspace, connection, ann, ben }
    }

    /// Somebody's comment, in the inbox.
    pub async fn asked(&self, id: &str) -> InteractionId {
        self.observed(comment(id, "dora", "When do you open?")).await
    }

    pub async fn observed(&self, observed: ObservedInteraction) -> InteractionId {
        let (workspace, connection, app) = (self.workspace, self.connection, self.app.app.clone());
        let now = app.now();
        let age = Duration::from_secs(if observed.author.is_self { 0 } else { 3_600 });
        let observed = ObservedInteraction { created_at: now - age, ..observed };
        let kept = self.app.app.db.write(move |tx| {
            let context = IngestContext {
                workspace,
                connection,
                platform: platform::PLATFORM,
                language: None,
                now,
                random: &app.random,
            };
            ingest::interactions(tx, &context, std::slice::from_ref(&observed))?;
            tx.one(
                "SELECT id FROM interactions WHERE connection_id = $1 AND external_id = $2",
                args![connection, &observed.external_id],
            )
        });
        kept.await.expect("it is ingested")
    }

    pub async fn send(&self, to: InteractionId, text: &str) -> Result<Reply, Refused> {
        self.send_as(self.ann, to, text, None, Duration::ZERO).await
    }

    pub async fn send_as(
        &self,
        who: UserId,
        interaction: InteractionId,
        text: &str,
        key: Option<&str>,
        delay: Duration,
    ) -> Result<Reply, Refused> {
        let (workspace, platforms) = (self.workspace, self.app.app.platforms.clone());
        let (text, key) = (text.to_owned(), key.map(str::to_owned));
        let sent = self.app.app.write(Who::user(who, ""), move |work| {
            let new = NewReply { interaction, text: &text, key: key.as_deref(), delay };
            replies::send(work, &platforms, workspace, &new)
        });
        sent.await
    }

    /// Sent, and its job run as far as it goes now.
    pub async fn delivered(&self, to: InteractionId, text: &str) -> ReplyId {
        let reply = self.send(to, text).await.expect("it is taken over");
        self.app.run_jobs().await;
        reply.id
    }

    async fn cancel(&self, id: ReplyId) -> Result<Reply, Refused> {
        let workspace = self.workspace;
        self.app.app.write(Who::user(self.ann, ""), move |work| replies::cancel(work, workspace, id)).await
    }

    async fn retry(&self, id: ReplyId) -> Result<Reply, Refused> {
        let workspace = self.workspace;
        self.app.app.write(Who::user(self.ann, ""), move |work| replies::retry(work, workspace, id)).await
    }

    async fn settle(&self, id: ReplyId, it_was_sent: bool) -> Result<Reply, Refused> {
        let workspace = self.workspace;
        let settled = move |work: &mut crate::work::Work<'_>| replies::settle(work, workspace, id, it_was_sent);
        self.app.app.write(Who::user(self.ann, ""), settled).await
    }

    pub async fn reply(&self, id: ReplyId) -> Reply {
        let workspace = self.workspace;
        let found = self.app.app.db.read(move |conn| replies::find(conn, workspace, id)).await;
        found.expect("the database answers").expect("nothing is lost")
    }

    async fn state(&self, id: ReplyId) -> State {
        self.reply(id).await.state
    }

    pub async fn later(&self, seconds: u64) {
        self.app.hand.advance(Duration::from_secs(seconds));
        self.app.run_jobs().await;
    }

    /// Until after the last look for what was sent.
    async fn looked_for(&self) {
        for pause in replies::PAUSES {
            self.later(pause.as_secs()).await;
        }
    }

    fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.far.script().answers.extend(answers);
    }

    pub async fn one<T: kit::db::Column + Send + 'static>(&self, sql: &'static str) -> T {
        let found: (T,) = self.app.app.db.read(move |conn| conn.one(sql, args![])).await.expect("one row");
        found.0
    }
}
