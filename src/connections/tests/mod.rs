//! Connections against a scripted provider: consent, exchange, refresh, reading, failure, end.

mod app_password;
mod audited;
mod budget;
mod by_hand;
mod choosing;
mod clients;
mod consent;
mod failures;
mod fresh;
mod grants;
mod provider;
mod reading;
mod refresh;
mod refusals;
mod scripted;
mod seam;
mod silence;

use kit::args;
use kit::clock::Timestamp;
use serde_json::Value;
use url::Url;

use self::provider::{Asked, Provider, healthy};
use super::{Cause, Connection, Status, store};
use crate::accounts::sessions::SignedIn;
use crate::testing::{Answer, TestApp};
use crate::workspaces::{self, Kind};

/// Ann in demo mode, and the provider that her demo workspace talks to.
struct Desk {
    app: TestApp,
    provider: Provider,
}

impl Desk {
    async fn with(app: TestApp, script: impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static) -> Self {
        let provider = Provider::start(script).await;
        let app = app.with_demo_service(&provider.url).with_ann().await;
        let desk = Self { app, provider };
        desk.enter_demo().await;
        desk
    }

    async fn healthy(app: TestApp) -> Self {
        Self::with(app, healthy).await
    }

    /// With the account connected and read once.
    async fn connected(app: TestApp) -> Self {
        let desk = Self::healthy(app).await;
        let answer = desk.consent("code=c1").await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        desk.app.run_jobs().await;
        assert_eq!(desk.status().await, (Status::Connected, None));
        desk
    }

    async fn enter_demo(&self) {
        let (now, random) = (self.app.app.now(), self.app.app.random.clone());
        let entered = self.app.app.db.write(move |tx| {
            let user = tx.one("SELECT id FROM users ORDER BY created_at", args![])?;
            let workspace = workspaces::create(tx, now, &random, user, Kind::Demo, "Demo")?;
            tx.exec(
                "UPDATE users SET demo_mode_status = 'enabled', demo_workspace_id = $2 WHERE id = $1",
                args![user, workspace],
            )
        });
        entered.await.unwrap();
    }

    /// Begins connecting; the consent page's address.
    async fn begin(&self) -> Url {
        self.begin_again(&[]).await
    }

    async fn begin_again(&self, form: &[(&str, &str)]) -> Url {
        let page = self.app.post("/connections/youtube/start", form).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let link = page.text.split("href=\"").find(|part| part.starts_with("/simulator/google_accounts/"));
        let link = link.and_then(|part| part.split('"').next()).expect("a link to the consent page");
        Url::parse("http://localhost:8080").unwrap().join(&link.replace("&amp;", "&")).unwrap()
    }

    /// The provider's answer as the browser brings it back, with the state of a fresh question.
    async fn consent(&self, answer: &str) -> Answer {
        let state = state(&self.begin().await);
        self.app.get(&format!("/connections/callback/google?{answer}&state={state}")).await
    }

    async fn connections(&self) -> Vec<Connection> {
        self.app
            .app
            .db
            .read(|conn| {
                let columns = Connection::COLUMNS;
                conn.all(&format!("SELECT {columns} FROM platform_connections ORDER BY created_at, id"), args![])
            })
            .await
            .unwrap()
    }

    async fn connection(&self) -> Connection {
        let mut connections = self.connections().await;
        assert_eq!(connections.len(), 1, "{connections:?}");
        connections.remove(0)
    }

    async fn status(&self) -> (Status, Option<Cause>) {
        let connection = self.connection().await;
        (connection.connection_status, connection.connection_error)
    }

    async fn tokens(&self) -> store::Tokens {
        let id = self.connection().await.id;
        self.app.app.db.read(move |conn| store::tokens(conn, id)).await.unwrap().unwrap()
    }

    async fn jobs(&self, job_type: &'static str) -> Vec<(String, Option<String>, Timestamp)> {
        self.app
            .app
            .db
            .read(move |conn| {
                conn.all(
                    "SELECT status, error_code, run_at FROM background_jobs WHERE job_type = $1 ORDER BY seq",
                    args![job_type],
                )
            })
            .await
            .unwrap()
    }

    /// Everything gathered, without when it was last seen.
    async fn gathered(&self) -> Vec<(String, String, String, String)> {
        self.app
            .app
            .db
            .read(|conn| {
                conn.all(
                    "SELECT external_id, kind, state, COALESCE(text, '') FROM interactions ORDER BY external_id",
                    args![],
                )
            })
            .await
            .unwrap()
    }
}

fn state(link: &Url) -> String {
    parameter(link, "state")
}

fn parameter(link: &Url, name: &str) -> String {
    link.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}
