//! What was answered there is answered here, once.

use kit::both_databases;
use serde_json::json;

use super::{Former, number, skipped, texts, written};
use crate::testing::TestApp;

both_databases! {
    async fn what_was_answered_there_is_answered_here(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        let report = former.import(&app).await.unwrap();
        assert!(report.is_balanced() && report.is_whole(), "{report}");
        let answered = "SELECT external_id FROM interactions WHERE state = 'answered' ORDER BY external_id";
        assert_eq!(texts(&app, answered).await, ["yt-1", "yt-3", "yt-9"]);
        let own = "SELECT thread_external_id || ' ' || text FROM interactions WHERE is_own ORDER BY 1";
        assert_eq!(
            texts(&app, own).await,
            ["ig-2 Not yet", "yt-1 Spelt.", "yt-3 You can!", "yt-9 From my aunt."],
            "an answer that stands as a comment too is one"
        );
        assert_eq!(
            skipped(&report, "sent_responses"),
            json!({ "never sent: the platform refused it": 1, "its interaction was not brought over": 1 })
        );
        let answers = report.tally("youtube_comments.response_text");
        assert_eq!((answers.present, answers.written, answers.already), (2, 1, 1), "{report}");
    }

    async fn an_answer_without_its_time_has_that_of_its_comments_last_change(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        former.run("UPDATE youtube_comments SET replied_at = NULL, updated_at = '2026-09-20Z' WHERE comment_id = 'yt-1'").await;
        let report = former.import(&app).await.unwrap();
        let noted = &report.tally("youtube_comments.response_text").noted;
        assert_eq!(noted["without its time: it has that of its comment's last change"].count, 1, "{report}");
        assert_eq!(number(&app, "SELECT count(*) FROM interactions WHERE external_id = 'yt-1' AND state = 'answered'").await, 1);
    }

    /// "Thanks!" twice to two people of one thread is two answers.
    async fn equal_words_to_two_people_are_two_answers(app: TestApp) {
        let former = Former::new().await.with_sample().await;
        former.run(
            "UPDATE youtube_comments SET response_text = 'Thanks!', replied_at = '2026-09-09Z', parent_comment_id = 'yt-1'
             WHERE comment_id IN ('yt-2', 'yt-3');
             UPDATE youtube_comments SET parent_comment_id = NULL WHERE comment_id = 'yt-3.own'",
        ).await;
        let report = former.import(&app).await.unwrap();
        assert_eq!(written(&report, "youtube_comments.response_text"), 3, "{report}");
        assert_eq!(number(&app, "SELECT count(*) FROM interactions WHERE is_own AND text = 'Thanks!'").await, 2);
    }
}
