//! Orders for all that match: asked about once, for what matched then.

use kit::both_databases;
use serde_json::json;

use super::*;
use crate::inbox::ingest::{self, IngestContext};
use crate::inbox::testing::comment;
use crate::moderation::MOST;
use crate::replies::tests::platform::{ActAnswer::Refuses, PLATFORM};
use crate::testing::TestApp;

const HOUR: Duration = Duration::from_secs(3_600);

impl Stand {
    /// So many comments at once.
    async fn crowd(&self, count: usize) {
        let (workspace, connection, app) = (self.workspace, self.connection, self.app.app.clone());
        let now = app.now();
        let observed = (0..count).map(|number| {
            let mut observed = comment(&format!("m{number}"), &format!("fan{number}"), "When do you open?");
            observed.created_at = now - HOUR - Duration::from_secs(number as u64);
            observed
        });
        let observed = observed.collect::<Vec<_>>();
        let kept = self.app.app.db.write(move |tx| {
            let context =
                IngestContext { workspace, connection, platform: PLATFORM, language: None, now, random: &app.random };
            observed.chunks(250).try_for_each(|some| ingest::interactions(tx, &context, some).map(drop))
        });
        kept.await.expect("they are ingested");
    }
}

both_databases! {
    async fn all_that_matched_when_it_was_asked_are_hidden_in_whole_calls(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().acts.at_once = 50;
        stand.far.script().units = 6_400;
        stand.crowd(320).await;
        let hidden = [stand.known("m0").await, stand.known("m1").await, stand.known("m2").await];
        stand.order(Verb::Hide, &hidden).await.expect("it is taken over");
        let asked = ask(&stand.app, "state=all", "all=yes&verb=hide&confirmed=1").await;
        assert!(asked.text.contains("Hide 317 comments on YouTube?"), "{}", asked.text);
        assert!(asked.text.contains("3 will be left out: something else is under way for them."), "{}", asked.text);
        assert!(asked.text.contains("Uses 350 of today's 6,400 units"), "{}", asked.text);
        assert_eq!(stand.far.asked(), Vec::<String>::new(), "nothing is done by the question");

        // Meanwhile one arrives, and somebody hides another.
        let late = stand.asked("late").await;
        stand.ordered(Verb::Hide, &[stand.known("m3").await]).await;
        stand.far.asked();
        let done = yes(&stand.app, &asked).await;
        assert_eq!(done.status, 303, "{}", done.text);
        stand.app.run_jobs().await;
        let calls = stand.far.asked();
        assert_eq!(calls.len(), 7, "as many in one call as it takes: {calls:?}");
        let page = stand.app.get(done.location()).await.text;
        for told in ["Hide on YouTube: 317 comments", "316 hidden", "1 skipped: it was already hidden"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert_eq!(stand.stands(late).await, ProviderState::Published, "nobody spoke of it");
    }

    async fn what_a_day_has_no_units_for_is_done_on_the_next_as_the_question_says(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().acts.at_once = 50;
        stand.far.script().units = 200;
        stand.crowd(250).await;
        let asked = ask(&stand.app, "state=all", "all=yes&verb=hide").await;
        let told = "Uses 250 units of YouTube's quota, and only 200 are left today. The rest will be done tomorrow.";
        assert!(asked.text.contains(told), "{}", asked.text);
        yes(&stand.app, &asked).await;
        stand.app.run_jobs().await;
        let hidden = "SELECT count(*) FROM interactions WHERE provider_state = 'hidden'";
        assert_eq!(stand.one::<i64>(hidden).await, 200);
        stand.later(86_400).await;
        assert_eq!(stand.one::<i64>(hidden).await, 250);
    }

    async fn what_is_for_owners_is_no_editors_for_all_that_match_either(app: TestApp) {
        let stand = Stand::new(app).await;
        let editor = stand.editor().await;
        stand.crowd(3).await;
        for verb in ["ban", "reject", "report_spam"] {
            let asked = post(&editor, "/moderation?state=all", &format!("all=yes&verb={verb}")).await;
            assert_eq!(asked.status, 403, "{verb}: {}", asked.text);
            let ordered = editor.json("POST", "/api/moderation", json!({ "filter": {}, "verb": verb })).await;
            assert_eq!(ordered.status, 403, "{verb}: {}", ordered.text);
        }
        assert_eq!(stand.one::<i64>("SELECT count(*) FROM moderation_acts").await, 0);
        let page = editor.get("/inbox?state=all").await.text;
        assert!(page.contains("Hide on YouTube") && !page.contains("Reject on YouTube"), "{page}");
        ask(&editor, "state=all", "all=yes&verb=hide").await;
    }

    async fn an_order_takes_two_thousand_and_no_more(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().acts.at_once = 50;
        stand.crowd(MOST).await;
        let order = json!({ "filter": { "state": "needs_reply" }, "verb": "hide" });
        let asked = ask(&stand.app, "", "all=yes&verb=hide").await;
        assert!(asked.text.contains("Hide 2,000 comments on YouTube?"), "{}", asked.text);
        stand.asked("one more").await;
        for refused in [
            post(&stand.app, "/moderation", "all=yes&verb=hide").await,
            stand.app.json("POST", "/api/moderation", order.clone()).await,
        ] {
            assert_eq!(refused.status, 400, "{}", refused.text);
            assert!(refused.text.contains("More than 2,000 comments match. Narrow the filter and try again."), "{}", refused.text);
        }
        assert_eq!(stand.one::<i64>("SELECT count(*) FROM moderation_acts").await, 0);
        let done = yes(&stand.app, &asked).await;
        assert_eq!(done.status, 303, "{}", done.text);
        assert_eq!(stand.one::<i64>("SELECT count(*) FROM moderation_acts WHERE state = 'queued' AND place = 1").await, 2_000);
    }

    async fn a_filter_that_cannot_be_followed_and_a_verb_for_own_comments_are_refused(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.crowd(3).await;
        for list in ["state=nowhere", "mood=good", "state=needs_reply&since=yesterday"] {
            let path = format!("/moderation?{list}");
            assert_eq!(post(&stand.app, &path, "all=yes&verb=hide").await.status, 400, "{list}");
        }
        for verb in ["delete", "edit"] {
            let fields = format!("all=yes&verb={verb}");
            assert_eq!(post(&stand.app, "/moderation?state=all", &fields).await.status, 400, "{verb}");
        }
        let id = stand.known("m0").await;
        for (body, status) in [
            (json!({ "filter": { "state": "nowhere" }, "verb": "hide" }), 422),
            (json!({ "filter": { "state": "needs_reply" }, "ids": [id], "verb": "hide" }), 422),
            (json!({ "verb": "hide" }), 422),
            (json!({ "filter": {}, "verb": "delete" }), 400),
        ] {
            let answer = stand.app.json("POST", "/api/moderation", body.clone()).await;
            assert_eq!(answer.status, status, "{body}: {}", answer.text);
        }
        assert_eq!(stand.one::<i64>("SELECT count(*) FROM moderation_acts").await, 0);
    }

    async fn a_program_hides_all_that_match_and_reads_what_became_of_them(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().acts.at_once = 50;
        stand.crowd(250).await;
        let answer = stand.app.json("POST", "/api/moderation", json!({ "filter": { "state": "needs_reply" }, "verb": "hide" })).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        let told = answer.json();
        let items = |told: &serde_json::Value| told["items"].as_array().map_or(0, Vec::len);
        assert_eq!((&told["matched"], &told["under_way"], items(&told)), (&json!(250), &json!(250), 200));
        stand.app.run_jobs().await;
        let told = stand.app.get(&format!("/api/moderation/{}", told["id"].as_str().expect("its id"))).await.json();
        assert_eq!((&told["changed"], &told["skipped"]), (&json!(250), &json!({})));
        assert_eq!(stand.far.asked().len(), 5);
    }

    async fn a_receipt_tells_a_hundred_that_failed_and_counts_the_rest(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().acts.at_once = 50;
        stand.crowd(150).await;
        stand.act_answers((0..3).map(|_| Refuses(Error::Reauth { reason: "invalid_grant".into() })));
        let asked = ask(&stand.app, "state=all", "all=yes&verb=ban").await;
        let says = |words: &str| asked.text.contains(words);
        assert!(says("Ban 150 authors on YouTube?") && says("</b> and 130 more"), "{}", asked.text);
        let done = yes(&stand.app, &asked).await;
        stand.app.run_jobs().await;
        let page = stand.app.get(done.location()).await.text;
        assert!(page.contains("150 could not be banned") && page.contains("and 50 more"), "{page}");
        assert_eq!(page.matches("row-link").count(), 100);
    }

    async fn where_there_is_nothing_to_do_nothing_is_offered(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.crowd(2).await;
        let asked = ask(&stand.app, "state=all", "all=yes&verb=publish").await.text;
        assert!(asked.contains("Nothing to do on YouTube") && asked.contains("2 will be left out: they're already published."), "{asked}");
        assert!(!asked.contains("name=\"verb\""), "{asked}");
    }
}
