//! What is old goes, and what is still named or still counts stays.

use std::time::Duration;

use kit::jobs::{Enqueue, JobId, enqueue};
use kit::{args, both_databases};

use super::jobs::PurgeExpired;
use crate::testing::TestApp;

impl TestApp {
    async fn tidy(&self) -> JobId {
        let (now, random) = (self.app.now(), self.app.random.clone());
        let job =
            self.app.db.write(move |tx| enqueue(tx, now, &random, &PurgeExpired::default(), Enqueue::default())).await;
        assert_eq!(self.run_jobs().await, 1);
        job.expect("it is enqueued").id
    }

    async fn how_many(&self, of: &str) -> i64 {
        let count = format!("SELECT count(*) FROM {of}");
        self.app.db.read(move |conn| conn.one(&count, args![])).await.expect("rows can be counted")
    }
}

both_databases! {
    async fn the_hourly_round_takes_what_is_old_and_leaves_what_is_named(app: TestApp) {
        let app = app.with_ann().await;
        let (named, now) = (app.tidy().await, app.app.now());
        app.app
            .db
            .write(move |tx| {
                tx.exec("UPDATE users SET demo_job_id = $1", args![named])?;
                tx.exec(
                    "INSERT INTO webhook_deliveries (id, source, event_type, payload, received_at)
                     VALUES ('msg_1', 'demo', 'interaction.created', $1, $2)",
                    args![serde_json::json!({}), now],
                )?;
                tx.exec("INSERT INTO idempotency_keys (id, user_id, body_hash, status, answer, created_at)
                         SELECT $1, id, $1, 200, $1, $2 FROM users", args![&[7; 32][..], now])?;
                tx.exec("INSERT INTO sign_in_limits (key, failures, window_started_at) VALUES ('address:192.0.2.1', 1, $1)", args![now])
            })
            .await
            .expect("the rows fit");
        app.tidy().await;
        const OLD: [&str; 5] =
            ["user_sessions", "one_time_links", "sign_in_limits", "idempotency_keys", "webhook_deliveries"];
        for of in OLD {
            assert!(app.how_many(of).await > 0, "{of}: nothing is old yet");
        }
        assert_eq!(app.how_many("background_jobs").await, 2);

        app.hand.advance(Duration::from_secs(31 * 86_400));
        app.tidy().await;
        for of in OLD {
            assert_eq!(app.how_many(of).await, 0, "{of}");
        }
        assert_eq!(app.how_many("background_jobs").await, 2, "the one that the user names, and the round itself");
        let kept = app.app.db.read(move |conn| {
            conn.opt::<String>("SELECT status FROM background_jobs WHERE id = $1", args![named])
        });
        assert_eq!(kept.await.unwrap().as_deref(), Some("completed"));
    }
}
