//! Who may have something done at the platform, by whatever way they come.

use kit::both_databases;
use serde_json::json;

use super::*;
use crate::testing::TestApp;

impl Stand {
    /// The last job that had an order in its hands.
    async fn job(&self) -> serde_json::Value {
        self.app.get("/api/jobs?job_type=carry_out").await.json()["items"][0].clone()
    }
}

/// Every way to have an order repeated or called back: what each answers.
async fn ways(browser: &Browser, order: OrderId, job: &str, what: &str) -> [u16; 4] {
    let page = browser.post(&format!("/activity/{job}/{what}"), &[]).await.status;
    let api = browser.json("POST", &format!("/api/jobs/{job}/{what}"), json!({})).await.status;
    let receipt = browser.post(&format!("/moderation/{order}/act"), &[("act", what)]).await.status;
    let receipt_api = browser.json("POST", &format!("/api/moderation/{order}/{what}"), json!({})).await.status;
    [page, api, receipt, receipt_api].map(|status| status.as_u16())
}

both_databases! {
    async fn an_editor_has_no_way_to_repeat_or_stop_what_is_for_owners(app: TestApp) {
        let stand = Stand::new(app).await;
        let editor = stand.editor().await;
        let [one, two, three] = [stand.asked("c1").await, stand.asked("c2").await, stand.asked("c3").await];
        for (verb, ids) in [(Verb::Ban, vec![one]), (Verb::Reject, vec![two, three])] {
            stand.act_answers([refused(), refused(), refused()]);
            let order = stand.order(verb, &ids).await.expect("Ann may");
            let job = stand.job().await["id"].as_str().expect("its job").to_owned();
            assert_eq!(ways(&editor, order, &job, "cancel").await, [403; 4], "{verb}");
            stand.app.run_jobs().await;
            assert_eq!(stand.count(order, State::Failed).await, ids.len(), "nobody has stopped it");
            stand.far.script().act_answers.clear();
            assert_eq!(ways(&editor, order, &job, "retry").await, [403; 4], "{verb}");
            assert_eq!(editor.get(&format!("/api/jobs/{job}/status")).await.json()["can_retry"], false);
            stand.far.asked();
            stand.app.run_jobs().await;
            assert_eq!(stand.far.asked(), Vec::<String>::new(), "nobody is asked again");
            let again = stand.app.json("POST", &format!("/api/jobs/{job}/retry"), json!({})).await;
            assert_eq!(again.status, 202, "owners may: {}", again.text);
            stand.app.run_jobs().await;
            assert_eq!(stand.count(order, State::Done).await, ids.len());
        }
    }

    async fn an_editor_repeats_what_editors_may_ask_for(app: TestApp) {
        let stand = Stand::new(app).await;
        let editor = stand.editor().await;
        let item = stand.asked("c1").await;
        stand.act_answers([refused()]);
        let order = stand.ordered(Verb::Hide, &[item]).await;
        let job = stand.job().await["id"].as_str().expect("its job").to_owned();
        let again = editor.json("POST", &format!("/api/jobs/{job}/retry"), json!({})).await;
        assert_eq!(again.status, 202, "{}", again.text);
        stand.app.run_jobs().await;
        assert_eq!(stand.act(order).await.state, State::Done);
    }

    async fn words_that_failed_before_owners_asked_to_see_them_go_out_by_an_owners_hand_alone(app: TestApp) {
        let stand = Stand::new(app).await;
        let own = stand.subject(Verb::Edit, "c1").await;
        let editor = stand.editor().await;
        let eve = stand.app.user("eve@example.com").await;
        stand.act_answers([refused()]);
        let order = stand.order_as(eve, Verb::Edit, &[own], Some("At ten.")).await.expect("nobody asks to see it");
        stand.app.run_jobs().await;
        let job = stand.job().await["id"].as_str().expect("its job").to_owned();
        stand.app.post("/settings/workspace", &[("name", "The Lab"), ("approves_replies", "true")]).await;
        assert_eq!(ways(&editor, order, &job, "retry").await, [409; 4]);
        stand.app.run_jobs().await;
        assert_eq!(stand.far.texts(), ["At nine."]);
        stand.again(order).await;
        assert_eq!(stand.far.texts(), ["At ten."]);
    }
}
