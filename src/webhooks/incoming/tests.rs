//! Deliveries: who is believed, what counts once, what leaves no trace.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use hmac::{Hmac, KeyInit as _, Mac as _};
use kit::both_databases;
use kit::{args, db};
use serde_json::json;
use sha2::Sha256;

use super::*;
use crate::connections::ConnectionId;
use crate::testing::{Answer, TestApp};
use crate::workspaces::{self, Kind, WorkspaceId};

/// The sender: its own implementation of the signature, from the specification's words.
struct Sender<'a> {
    app: &'a TestApp,
    path: String,
    secret: String,
}

impl<'a> Sender<'a> {
    fn of(app: &'a TestApp, user: UserId) -> Self {
        let secret = demo_secret(&app.app.vault, user).expose().to_owned();
        Self { app, path: demo_url("", user), secret }
    }

    fn sign(&self, id: &str, at: &str, body: &str) -> String {
        let key = STANDARD.decode(self.secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{id}.{at}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }

    fn now(&self) -> String {
        (self.app.app.now().micros() / 1_000_000).to_string()
    }

    async fn send(&self, id: &str, body: &str) -> Answer {
        let (at, path) = (self.now(), self.path.clone());
        let signature = self.sign(id, &at, body);
        let headers = [("webhook-id", id), ("webhook-timestamp", &at), ("webhook-signature", &signature)];
        self.raw(&path, &headers, body).await
    }

    /// A machine, not a browser: without cookies and origin.
    async fn raw(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.app.browser().send_bare("POST", path, headers, Body::from(body.to_owned())).await
    }
}

fn hint(external_id: &str) -> String {
    json!({ "type": "interaction.created", "timestamp": "2026-11-22T10:00:00Z",
        "data": { "platform": "youtube", "kind": "comment", "external_id": external_id, "video_id": "v1" } })
    .to_string()
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    app.app.db.read(move |conn| conn.one(sql, args![])).await.unwrap()
}

async fn deliveries(app: &TestApp) -> i64 {
    count(app, "SELECT count(*) FROM webhook_deliveries").await
}

async fn fetches(app: &TestApp) -> i64 {
    count(app, "SELECT count(*) FROM background_jobs WHERE job_type = 'fetch_interaction'").await
}

/// Ann's demo workspace with a connected channel.
async fn connected(app: &TestApp) -> (UserId, WorkspaceId) {
    let (now, random) = (app.app.now(), app.app.random.clone());
    let made = app.app.db.write(move |tx| {
        let user = tx.one("SELECT id FROM users ORDER BY created_at", args![])?;
        let workspace = workspaces::create(tx, now, &random, user, Kind::Demo, "Demo")?;
        tx.exec(
            "UPDATE users SET demo_mode_status = 'enabled', demo_workspace_id = $2 WHERE id = $1",
            args![user, workspace],
        )?;
        let id = ConnectionId::new(now, &random);
        connections::store::insert(tx, now, id, workspace, Platform::YouTube)?;
        connections::store::set_status(tx, now, id, connections::Status::Connected, None)?;
        Ok::<_, db::Error>((user, workspace))
    });
    made.await.unwrap()
}

both_databases! {
    async fn a_hint_is_stored_with_the_look_that_it_asks_for(app: TestApp) {
        let app = app.with_ann().await;
        let (user, workspace) = connected(&app).await;
        assert_eq!(Sender::of(&app, user).send("msg_1", &hint("UgxA")).await.status, 200);
        let stored: (Option<WorkspaceId>, String, Option<kit::jobs::JobId>) = app.app.db
            .read(|conn| conn.one("SELECT workspace_id, event_type, job_id FROM webhook_deliveries", args![]))
            .await
            .unwrap();
        assert_eq!((stored.0, stored.1.as_str()), (Some(workspace), "interaction.created"));
        assert!(stored.2.is_some());
        assert_eq!(fetches(&app).await, 1);
    }

    async fn a_hundred_duplicates_at_once_are_one_effect(app: TestApp) {
        let app = app.with_ann().await;
        let (user, _) = connected(&app).await;
        let (sender, body) = (Sender::of(&app, user), hint("UgxA"));
        let answers = join_all((0..100).map(|_| sender.send("msg_1", &body))).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        assert_eq!((deliveries(&app).await, fetches(&app).await), (1, 1));
        // Another delivery about the same comment is another row, and no second look while the first one waits.
        sender.send("msg_2", &body).await;
        assert_eq!((deliveries(&app).await, fetches(&app).await), (2, 1));
    }

    async fn what_does_not_verify_changes_nothing_and_is_told_nothing(app: TestApp) {
        let app = app.with_ann().await;
        let (user, _) = connected(&app).await;
        let sender = Sender::of(&app, user);
        let (at, body, path) = (sender.now(), hint("UgxA"), sender.path.clone());
        let old = (app.app.now().micros() / 1_000_000 - 301).to_string();
        let (good, stale) = (sender.sign("m", &at, &body), sender.sign("m", &old, &body));
        let stranger = Sender { secret: format!("whsec_{}", STANDARD.encode([1; 32])), path: path.clone(), app: &app };
        let forged = stranger.sign("m", &at, &body);
        let other = demo_url("", UserId::new(app.app.now(), &app.app.random));
        let complete = [("webhook-id", "m"), ("webhook-timestamp", at.as_str()), ("webhook-signature", good.as_str())];
        let [id, timestamp, signature] = complete;
        let mut refusals = vec![
            sender.raw("/webhooks/demo", &complete, &body).await,
            sender.raw("/webhooks/demo?user=ann", &complete, &body).await,
            sender.raw(&other, &complete, &body).await,
            sender.raw(&path, &complete, &format!("{body} ")).await,
        ];
        for headers in [
            vec![],
            vec![timestamp, signature],
            vec![id, signature],
            vec![id, timestamp],
            vec![id, ("webhook-timestamp", old.as_str()), ("webhook-signature", stale.as_str())],
            vec![id, timestamp, ("webhook-signature", forged.as_str())],
            vec![id, id, timestamp, signature],
            vec![id, timestamp, timestamp, signature],
            vec![id, timestamp, signature, signature],
        ] {
            refusals.push(sender.raw(&path, &headers, &body).await);
        }
        let texts: Vec<_> = refusals.iter().map(|refusal| (refusal.status.as_u16(), refusal.header("content-type").to_owned())).collect();
        assert!(texts.iter().all(|text| *text == (401, texts[0].1.clone())), "{texts:?}");
        assert_eq!((deliveries(&app).await, fetches(&app).await), (0, 0));
        assert_eq!(sender.raw(&path, &complete, &body).await.status, 200, "the good one is good");
    }

    async fn the_size_ends_at_64_kib(app: TestApp) {
        let app = app.with_ann().await;
        let (user, _) = connected(&app).await;
        let sender = Sender::of(&app, user);
        assert_eq!(sender.send("msg_1", &format!("\"{}\"", "x".repeat((64 << 10) - 2))).await.status, 200);
        assert_eq!(sender.send("msg_2", &format!("\"{}\"", "x".repeat((64 << 10) - 1))).await.status, 413);
    }

    async fn what_we_cannot_use_is_stored_and_not_asked_for_again(app: TestApp) {
        let app = app.with_ann().await;
        let (user, _) = connected(&app).await;
        let sender = Sender::of(&app, user);
        for (id, body) in [
            ("m1", "not json"),
            ("m2", "[]"),
            ("m3", r#"{"type":"of.tomorrow","data":{"x":1}}"#),
            ("m4", r#"{"type":"interaction.created","data":{"platform":"myspace","external_id":"x"}}"#),
        ] {
            assert_eq!(sender.send(id, body).await.status, 200, "{body}");
        }
        assert_eq!((deliveries(&app).await, fetches(&app).await), (4, 0));
    }

    async fn a_hint_that_comes_too_early_comes_again_and_one_for_no_demo_leaves_nothing(app: TestApp) {
        let app = app.with_ann().await;
        let user = app.who().await.user.id;
        let sender = Sender::of(&app, user);
        assert_eq!(sender.send("msg_1", &hint("UgxA")).await.status, 410);
        let enabling = app.app.db.write(move |tx| {
            tx.exec("UPDATE users SET demo_mode_status = 'enabling' WHERE id = $1", args![user])
        });
        enabling.await.unwrap();
        let early = sender.send("msg_1", &hint("UgxA")).await;
        assert_eq!((early.status.as_u16(), early.header("retry-after")), (503, "1"));
        assert_eq!((deliveries(&app).await, fetches(&app).await), (0, 0));
    }
}
