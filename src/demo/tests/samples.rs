//! What a demo has besides its comments, and what becomes of it.

use kit::args;
use kit::both_databases;
use kit::clock::Timestamp;

use super::DemoFixture;
use crate::testing::TestApp;

both_databases! {
    async fn a_set_up_whose_person_is_disabled_meanwhile_is_ended(app: TestApp) {
        let fixture = DemoFixture::set(app).await;
        let accepted = fixture.enable().await;
        let sql = "UPDATE users SET disabled_at = $1";
        fixture.app.app.db.write(|tx| tx.exec(sql, args![Timestamp::EPOCH])).await.unwrap();
        fixture.app.run_jobs().await;
        let sql = "UPDATE users SET disabled_at = NULL";
        fixture.app.app.db.write(|tx| tx.exec(sql, args![])).await.unwrap();
        let job = fixture.job(&accepted["job_id"]).await;
        assert_eq!((job["status"].as_str(), job["attempt"].as_i64()), (Some("completed"), Some(1)), "{job}");
    }
}
