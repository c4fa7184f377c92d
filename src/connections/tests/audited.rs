//! What is done to connections is in the audit log, in the commit that does it.

use kit::both_databases;
use serde_json::Value;

use super::Desk;
use crate::audit;
use crate::testing::{EMAIL, TestApp};

both_databases! {
    async fn who_connects_and_disconnects_an_account_is_in_the_log(app: TestApp) {
        let desk = Desk::connected(app).await;
        let id = desk.connection().await.id.to_string();
        desk.app.post(&format!("/connections/{id}/disconnect"), &[]).await;
        desk.consent("code=c2").await;
        desk.app.run_jobs().await;
        assert_eq!(desk.app.json("DELETE", &format!("/api/connections/{id}"), Value::Null).await.status, 204);
        let gone = "/api/connections/00000000-0000-7000-8000-000000000000";
        assert_eq!(desk.app.json("DELETE", gone, Value::Null).await.status, 404);

        let ann = desk.app.user(EMAIL).await.to_string();
        let rows = desk.app.app.db.read(|conn| audit::list(conn, None, 100)).await.unwrap();
        let mut told: Vec<_> = rows.into_iter().filter(|row| row.event.starts_with("connection_")).collect();
        told.reverse();
        assert!(told.iter().all(|row| row.actor == ann && row.object == id), "{told:?}");
        let events: Vec<_> = told.iter().map(|row| row.event.as_str()).collect();
        let (off, again) = ("connection_disconnected", "connection_reconnected");
        assert_eq!(events, ["connection_connected", off, again, off]);
    }

    async fn a_consent_that_is_refused_connects_nothing_in_the_log(app: TestApp) {
        let desk = Desk::healthy(app).await;
        desk.consent("error=access_denied").await;
        desk.app.run_jobs().await;
        let rows = desk.app.app.db.read(|conn| audit::list(conn, None, 100)).await.unwrap();
        assert!(rows.iter().all(|row| !row.event.starts_with("connection_")), "{rows:?}");
    }
}
