//! The question before something is done at a platform: a page of its own, answered once, about what somebody saw.

use kit::both_databases;
use serde_json::json;

use super::*;
use crate::inbox::testing::{comment, own_reply};
use crate::model::ObservedInteraction;
use crate::moderation::Skipped;
use crate::testing::TestApp;

const DAY: u64 = 86_400;

impl Stand {
    async fn three(&self) -> [InteractionId; 3] {
        [self.asked("c0").await, self.asked("c1").await, self.asked("c2").await]
    }

    fn passes(&self) {
        self.app.hand.advance(Duration::from_secs(1));
    }

    /// How many orders there are.
    async fn orders(&self) -> i64 {
        self.one("SELECT count(DISTINCT order_id) FROM moderation_acts").await
    }

    /// What may happen to comments while somebody thinks a question over, or while its order waits; two are left as they were.
    async fn much_happens(&self, ids: &[InteractionId], eve: &Browser) {
        self.passes();
        self.send_as(self.ben, ids[0], "At nine.", None, Duration::ZERO).await.expect("Ben may answer");
        for (browser, id, to) in [(eve, ids[1], "done"), (eve, ids[2], "no_reply_needed"), (&self.app, ids[5], "done")]
        {
            assert_eq!(browser.post(&format!("/inbox/{id}/move"), &[("to", to)]).await.status, 303, "{to}");
        }
        self.observed(comment("c3", "dora", "When do you open, please?")).await;
        self.observed(own_reply("c4.r", &comment("c4", "dora", "When do you open?"), 0)).await;
    }

    async fn six(&self) -> Vec<InteractionId> {
        let mut ids = Vec::new();
        for number in 0..7 {
            ids.push(self.asked(&format!("c{number}")).await);
        }
        ids
    }
}

fn ticked(ids: &[InteractionId]) -> String {
    ids.iter().map(|id| format!("id={id}&")).collect()
}

/// The order of a receipt's address.
fn order_of(address: &str) -> OrderId {
    let id = address.trim_start_matches("/moderation/").split('?').next().unwrap_or_default();
    id.parse().expect("the address of a receipt")
}

fn numbers(receipt: &Receipt) -> (usize, Vec<(Skipped, usize)>) {
    let tally = receipt.tally();
    (tally.done, tally.skipped)
}

both_databases! {
    async fn a_question_is_a_page_that_can_be_loaded_again_and_waits_for_a_day(app: TestApp) {
        let stand = Stand::new(app).await;
        let ids = stand.three().await;
        let asked = ask(&stand.app, "state=all", &format!("{}verb=reject", ticked(&ids))).await;
        assert!(asked.text.contains("Reject 3 comments on YouTube?"), "{}", asked.text);
        assert!(stand.app.get(&asked.address).await.text.contains("Reject 3 comments on YouTube?"), "it is there again");
        let eve = stand.editor().await;
        assert_eq!((eve.get(&asked.address).await.status.as_u16(), yes(&eve, &asked).await.status.as_u16()), (404, 404), "it was not asked of her");
        stand.later(DAY).await;
        for answer in [stand.app.get(&asked.address).await, yes(&stand.app, &asked).await] {
            assert!(answer.status == 404 && answer.text.contains("dropped after a day"), "{}", answer.text);
        }
        let now = stand.app.app.now();
        let purged = stand.app.app.db.write(move |tx| moderation::purge(tx, now, 10)).await;
        assert_eq!((purged.unwrap(), stand.orders().await), (1, 0));
    }

    async fn a_yes_that_is_said_twice_is_one_order_and_one_receipt(app: TestApp) {
        let stand = Stand::new(app).await;
        let ids = stand.three().await;
        let asked = ask(&stand.app, "state=all", &format!("{}verb=reject", ticked(&ids[..2]))).await;
        let (one, two) = tokio::join!(yes(&stand.app, &asked), yes(&stand.app, &asked));
        stand.app.run_jobs().await;
        let later = yes(&stand.app, &asked).await;
        for answer in [&one, &two, &later] {
            assert_eq!((answer.status.as_u16(), answer.location()), (303, asked.address.as_str()), "{}", answer.text);
        }
        let page = stand.app.get(&asked.address).await.text;
        assert!(page.contains("How it went") && page.contains("2 rejected") && !page.contains("data-test=\"moderation\""), "{page}");

        let asked = ask(&stand.app, "", &format!("id={}&verb=ban", ids[2])).await;
        let (one, two) = tokio::join!(yes(&stand.app, &asked), yes(&stand.app, &asked));
        for answer in [&one, &two] {
            assert_eq!((answer.status.as_u16(), answer.location()), (303, format!("/inbox/{}", ids[2]).as_str()));
        }
        assert_eq!((stand.orders().await, stand.one::<i64>("SELECT count(*) FROM background_jobs WHERE job_type = 'carry_out'").await), (2, 2));
    }

    async fn a_button_under_one_comment_that_is_pressed_twice_is_one_order_too(app: TestApp) {
        let stand = Stand::new(app).await;
        let id = stand.asked("c0").await;
        let press = async || post(&stand.app, "/moderation", &format!("id={id}&verb=hide")).await;
        let (one, two) = tokio::join!(press(), press());
        stand.app.run_jobs().await;
        for answer in [one, two, press().await] {
            assert_eq!((answer.status.as_u16(), answer.location()), (303, format!("/inbox/{id}").as_str()), "{}", answer.text);
        }
        assert_eq!((stand.orders().await, stand.stands(id).await), (1, ProviderState::Hidden));
    }

    async fn what_others_did_while_somebody_thought_it_over_is_passed_over_and_told(app: TestApp) {
        let stand = Stand::new(app).await;
        let (ids, eve) = (stand.six().await, stand.editor().await);
        let asked = ask(&stand.app, "state=all", &format!("{}verb=hide", ticked(&ids))).await;
        stand.much_happens(&ids, &eve).await;
        let done = yes(&stand.app, &asked).await;
        stand.app.run_jobs().await;
        assert_eq!(numbers(&stand.receipt(order_of(done.location())).await), (2, vec![(Skipped::Changed, 5)]));
        let page = stand.app.get(done.location()).await.text;
        for told in ["Hide on YouTube: 7 comments", "2 hidden", "5 skipped: changed since you were asked", "When do you open, please?"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert_eq!(stand.stands(ids[1]).await, ProviderState::Published);
    }

    async fn what_others_do_while_an_order_waits_is_passed_over_too(app: TestApp) {
        let stand = Stand::new(app).await;
        let (ids, eve) = (stand.six().await, stand.editor().await);
        let asked = ask(&stand.app, "state=all", &format!("{}verb=hide", ticked(&ids))).await;
        let done = yes(&stand.app, &asked).await;
        stand.much_happens(&ids, &eve).await;
        stand.app.run_jobs().await;
        let order = order_of(done.location());
        assert_eq!(numbers(&stand.receipt(order).await), (2, vec![(Skipped::Changed, 5)]));
        let page = stand.app.get(&format!("/inbox/{}?state=all", ids[1])).await.text;
        assert!(page.contains("not hidden") && page.contains("after this was asked for"), "{page}");
        // Pressed under one comment, it is meant as it is.
        stand.passes();
        let one = stand.order(Verb::Hide, &ids[1..2]).await.expect("it is free");
        stand.passes();
        eve.post(&format!("/inbox/{}/move", ids[1]), &[("to", "needs_reply")]).await;
        stand.app.run_jobs().await;
        assert_eq!(stand.act(one).await.state, State::Done);
    }

    async fn who_tries_again_means_it_as_it_is_now(app: TestApp) {
        let stand = Stand::new(app).await;
        let (ids, eve) = (stand.three().await, stand.editor().await);
        stand.act_answers([refused()]);
        stand.far.script().acts.at_once = 50;
        stand.far.script().at_fault = Some("c1".into());
        let order = stand.ordered(Verb::Hide, &ids).await;
        assert_eq!(stand.settled(order).await.tally().failed, 1);
        stand.passes();
        eve.post(&format!("/inbox/{}/move", ids[1]), &[("to", "done")]).await;
        stand.passes();
        stand.far.script().at_fault = None;
        stand.again(order).await;
        assert_eq!(numbers(&stand.receipt(order).await), (3, vec![]));
    }

    async fn one_number_is_asked_about_and_told(app: TestApp) {
        let stand = Stand::new(app).await;
        let mut ids = stand.three().await.to_vec();
        ids.push(stand.observed(comment("c3", "emil", "And on Sundays?")).await);
        stand.ordered(Verb::Reject, &ids[..1]).await;
        let asked = ask(&stand.app, "state=all", &format!("{}verb=reject", ticked(&ids))).await;
        assert!(asked.text.contains("Reject 3 comments on YouTube?") && asked.text.contains("1 will be left out"), "{}", asked.text);
        let page = stand.app.get(yes(&stand.app, &asked).await.location()).await.text;
        assert!(page.contains("Reject on YouTube: 3 comments") && page.contains(">3 comments<"), "{page}");
        stand.app.run_jobs().await;

        let asked = ask(&stand.app, "state=all", &format!("{}verb=ban", ticked(&ids))).await;
        assert!(asked.text.contains("Ban 2 authors on YouTube?") && asked.text.contains("4 comments by 2 people"), "{}", asked.text);
        let page = stand.app.get(yes(&stand.app, &asked).await.location()).await.text;
        assert!(page.contains("4 comments by 2 people"), "{page}");
    }

    async fn what_the_platform_holds_by_itself_is_not_told_as_our_doing(app: TestApp) {
        let stand = Stand::new(app).await;
        let held = ObservedInteraction { provider_state: ProviderState::Hidden, ..comment("h0", "dora", "Buy now") };
        let ids = [stand.observed(held).await, stand.asked("c1").await, stand.asked("c2").await];
        stand.ordered(Verb::Hide, &ids[1..2]).await;
        let asked = ask(&stand.app, "state=all", &format!("{}verb=hide", ticked(&ids))).await;
        let says = |words: &str| asked.text.contains(words);
        assert!(says("1 will be left out: it's already held by YouTube.") && says("1 will be left out: it's already hidden."), "{}", asked.text);
        let order = stand.ordered(Verb::Hide, &ids).await;
        assert_eq!(numbers(&stand.receipt(order).await), (1, vec![(Skipped::Already, 1), (Skipped::Held, 1)]));
        let page = stand.app.get(&format!("/moderation/{order}")).await.text;
        assert!(page.contains("1 skipped: it was already held by YouTube"), "{page}");
    }

    async fn where_nothing_matches_pages_say_so_and_programs_get_a_problem_of_its_own(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.three().await;
        for (path, fields) in [
            ("/moderation", "all=yes&verb=hide"),
            ("/inbox/moves", "all=yes&to=done"),
            ("/inbox/marks", "all=yes&mark=star"),
        ] {
            let none = post(&stand.app, &format!("{path}?state=all&language=th"), fields).await;
            assert_eq!(none.status, 303, "{path}: {}", none.text);
            let page = stand.app.get(none.location()).await.text;
            assert!(page.contains("role=\"status\"") && page.contains("No comments match"), "{path}: {page}");
        }
        let filter = json!({ "state": "needs_reply", "language": "th" });
        for (path, body) in [
            ("/api/moderation", json!({ "filter": filter, "verb": "hide" })),
            ("/api/moves/matching", json!({ "filter": filter, "state": "done" })),
            ("/api/marks/matching", json!({ "filter": filter, "mark": "star" })),
        ] {
            let none = stand.app.json("POST", path, body).await;
            assert_eq!((none.status.as_u16(), &none.json()["code"]), (422, &json!("nothing_matches")), "{path}: {}", none.text);
        }
        assert_eq!(stand.one::<i64>("SELECT count(*) FROM background_jobs WHERE job_type IN ('carry_out', 'move_matching', 'mark_matching')").await, 0, "nothing was begun");

        let (nell, ours) = (stand.app.invited("nell@example.com").await, stand.known("c0").await);
        for (path, fields) in [("/inbox/moves", format!("id={ours}&to=done")), ("/inbox/marks", format!("id={ours}&mark=star"))] {
            let none = post(&nell, path, &fields).await;
            let page = nell.get(none.location()).await.text;
            assert!(page.contains("role=\"status\"") && (page.contains("No comments match") || page.contains("Nothing changed")), "{path}: {page}");
        }
        let foreign = nell.json("POST", "/api/moderation", json!({ "ids": [ours], "verb": "hide" })).await;
        assert_eq!(foreign.status, 404, "{}", foreign.text);
    }
}
