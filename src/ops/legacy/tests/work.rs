//! What people had done comes along where there is a place for it, and yields to what is done here.

use kit::both_databases;

use super::{Former, everything, number, texts};
use crate::testing::TestApp;

async fn with_work() -> Former {
    let former = Former::new().await.with_sample().await;
    former.run(
        "UPDATE youtube_comments SET tags = '{flour,\"two words\"}', internal_notes = 'A regular.', status = 'ignored',
            assigned_to_user_id = id('ann') WHERE comment_id = 'yt-2';
         UPDATE interactions SET tags = '{flour,oven}', internal_notes = 'Asked twice.' WHERE platform_id = 'yt-2';
         UPDATE interactions SET archived_at = '2026-09-09Z', assigned_to_user_id = id('ben') WHERE platform_id = 'yt-9'",
    )
    .await;
    former
}

both_databases! {
    async fn tags_notes_and_decisions_of_both_tables_are_one_threads(app: TestApp) {
        let former = with_work().await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced() && report.is_whole(), "{report}");
        let tags = "SELECT threads.external_id || ' ' || tag FROM thread_tags JOIN threads ON threads.id = thread_id ORDER BY 1";
        assert_eq!(texts(&app, tags).await, ["yt-2 flour", "yt-2 oven", "yt-2 two words"]);
        assert_eq!(texts(&app, "SELECT text FROM thread_notes ORDER BY text").await, ["A regular.", "Asked twice."]);
        let done = "SELECT external_id FROM threads WHERE state = 'done' AND state_by = 'person' ORDER BY 1";
        assert_eq!(texts(&app, done).await, ["yt-2", "yt-9"]);
        let assigned = "SELECT threads.external_id || ' ' || users.email FROM thread_assignments
                        JOIN threads ON threads.id = thread_id JOIN users ON users.id = assigned_to";
        assert_eq!(texts(&app, assigned).await, ["yt-2 ann@example.com"]);
        let noted = &report.tally("interactions").noted;
        assert_eq!(noted["assigned to somebody who is not in this workspace: to nobody here"].count, 1, "{report}");
    }

    async fn another_run_does_not_undo_what_was_done_here(app: TestApp) {
        let former = with_work().await;
        former.import(&app).await.unwrap();
        app.app.db.write(|tx| {
            for sql in ["DELETE FROM thread_tags", "DELETE FROM thread_notes", "DELETE FROM thread_assignments", "DELETE FROM thread_decisions"] {
                tx.exec(sql, kit::args![])?;
            }
            Ok::<_, kit::db::Error>(())
        }).await.unwrap();
        app.hand.advance(std::time::Duration::from_secs(60));
        let before = everything(&app).await;
        former.import(&app).await.unwrap();
        assert!(everything(&app).await == before, "another run changed something");
        assert_eq!(number(&app, "SELECT count(*) FROM thread_tags").await, 0);
    }
}
