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

    async fn what_was_answered_before_counts_as_answered_from_here_once(app: TestApp) {
        let clock = app.app.clock.clone();
        let fixture = DemoFixture::set_at(app, clock).await;
        fixture.enabled().await;
        let kept = fixture.count("replies").await;
        assert!(kept > 5, "{kept}");
        let (user, workspace) = (fixture.app.who().await.user.id, "SELECT demo_workspace_id FROM users");
        let again = fixture.app.app.write(crate::work::Who::user(user, ""), move |work| {
            let workspace = work.tx.one(workspace, args![])?;
            Ok::<_, crate::web::errors::Error>(crate::replies::adopt(work, workspace, user)?)
        });
        again.await.unwrap();
        assert_eq!(fixture.count("replies").await, kept);
        let page = fixture.app.get("/inbox").await.text;
        assert!(page.contains("Answer one") && !page.contains("0 of 10"), "the tour begins with its first step: {page}");
        let astray = "replies r JOIN interactions i ON i.id = r.interaction_id WHERE i.is_own OR i.created_at >= r.created_at";
        assert_eq!(fixture.count(astray).await, 0, "an answer comes after what it answers");
    }
}
