//! Moves, as a person makes them.

use std::time::Duration;

use axum::body::Body;
use kit::args;
use kit::clock::Timestamp;

use super::{Move, SNOOZES};
use crate::inbox::ingest;
use crate::inbox::testing::{comment, more, own_reply, reply, three_questions};
use crate::inbox::threads::ThreadState;
use crate::model::{InteractionId, ObservedInteraction, ProviderState};
use crate::testing::TestApp;
use crate::web::ui::Local;

kit::both_databases! {
    async fn what_is_done_leaves_the_list_the_next_one_opens_and_undo_brings_it_back(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let list = app.get("/inbox").await.text;
        let first = ids.iter().min_by_key(|id| list.find(&format!("/inbox/{id}\""))).expect("three");
        let answer = app.post(&format!("/inbox/{first}/move"), &[("to", "done")]).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let next = answer.location().to_owned();
        assert!(next.contains(&format!("moved={first}")) && !next.contains(&format!("/inbox/{first}")), "{next}");
        let page = app.get(&next).await.text;
        assert!(page.contains("Marked done") && page.contains("Needs reply <span class=\"num\">2<"), "{page}");

        let at = instant(&page);
        let other = app.post(&format!("/inbox/{first}/undo"), &[("at", "2026-11-22T09:59:00.000Z")]).await;
        assert_eq!(other.location(), format!("/inbox/{first}?remark=moved_since"), "another's word is not taken for this one");
        let undone = app.post(&format!("/inbox/{first}/undo"), &[("at", &at)]).await;
        assert_eq!((undone.status.as_u16(), undone.location()), (303, format!("/inbox/{first}").as_str()));
        assert!(app.get("/inbox").await.text.contains("Needs reply <span class=\"num\">3<"));
        let twice = app.post(&format!("/inbox/{first}/undo"), &[("at", &at)]).await;
        assert_eq!(twice.location(), format!("/inbox/{first}?remark=nothing_to_undo"));
        assert!(app.get(twice.location()).await.text.contains("It's too late to undo that."), "a word, where they were");
    }

    async fn spam_is_said_of_the_thread_and_of_what_others_wrote_there_no_more_than_that(app: TestApp) {
        let app = app.with_ann().await;
        three_questions(&app).await;
        let others = || [reply("r1", "bob", &comment("c0", "a0", ""), 1)];
        more(&app, move |tx, context| ingest::interactions(tx, context, &others())).await;
        let find = "SELECT id FROM interactions WHERE external_id = 'c0'";
        let id = app.db.read(move |conn| conn.one::<InteractionId>(find, args![])).await.unwrap();
        assert!(app.get(&format!("/inbox/{id}")).await.text.contains(">Spam thread<"));
        let next = app.post(&format!("/inbox/{id}/move"), &[("to", "spam")]).await;
        assert!(app.get(next.location()).await.text.contains("Thread marked as spam here."), "{}", next.location());
        let page = app.get(&format!("/inbox/{id}")).await.text;
        assert!(page.contains("in a spam thread") && page.contains("Thread marked as spam here by you"), "{page}");
    }

    async fn the_last_of_a_list_leads_back_to_it_and_a_filter_goes_along(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let place = "state=needs_reply";
        for (index, id) in ids.iter().enumerate() {
            let form = [("content-type", "application/x-www-form-urlencoded")];
            let path = format!("/inbox/{id}/move?{place}");
            let answer = app.send("POST", &path, &form, Body::from("to=no_reply_needed")).await;
            assert_eq!(answer.status, 303);
            assert!(answer.location().contains(place), "{}", answer.location());
            assert_eq!(answer.location().starts_with("/inbox?"), index == 2, "{}", answer.location());
        }
        let page = app.get(&format!("/inbox?moved={}", ids[2])).await.text;
        assert!(page.contains("You're all caught up"), "{page}");
        assert!(page.contains("Marked as needing no reply"), "the list says it too");
    }

    async fn a_snooze_that_has_ended_is_told_no_more(app: TestApp) {
        let app = app.with_ann().await;
        let id = three_questions(&app).await[0];
        app.post(&format!("/inbox/{id}/move"), &[("to", "later_today")]).await;
        let path = format!("/inbox/{id}");
        assert!(app.get(&path).await.text.contains("Snoozed until"));
        app.hand.advance(Duration::from_secs(3 * 3_600));
        app.run_jobs().await;
        let page = app.get(&path).await.text;
        assert!(!page.contains("Snoozed until") && page.contains("value=\"done\""), "{page}");
    }

    async fn what_is_removed_here_is_listed_and_counted_for_whoever_asks_for_it_alone(app: TestApp) {
        let app = app.with_ann().await;
        let id = three_questions(&app).await[0];
        let row = format!("/inbox/{id}");
        app.post(&format!("/inbox/{id}/move"), &[("to", "remove")]).await;
        for list in ["/inbox", "/inbox?state=", "/inbox?state=done", "/inbox?state=spam&visibility=any"] {
            assert!(!app.get(list).await.text.contains(&row), "{list}");
        }
        assert!(app.get("/inbox").await.text.contains("Needs reply <span class=\"num\">2<"));
        let removed = "/inbox?state=removed&visibility=any";
        assert!(app.get(removed).await.text.contains(&row));
        let page = app.get(&row).await.text;
        assert!(page.contains("Removed from the inbox by you") && page.contains("Put back"), "{page}");

        app.post(&format!("/inbox/{id}/move"), &[("to", "needs_reply")]).await;
        assert!(!app.get(removed).await.text.contains(&row));
        assert!(app.get("/inbox").await.text.contains("Needs reply <span class=\"num\">3<"));
    }

    async fn a_snooze_ends_when_a_person_says_and_never_before_now(app: TestApp) {
        let app = app.with_ann().await;
        let id = three_questions(&app).await[0];
        let path = format!("/inbox/{id}/move");
        let page = app.get(&format!("/inbox/{id}")).await.text;
        assert!(page.contains("form=\"snoozing\" min=\"2026-11-22T10:00\" value=\"2026-11-23T09:00\" required"), "{page}");
        for no_time in ["", "tomorrow", "2026-11-22T09:59", "2026-02-30T09:00", "-009999-01-02T00:00", "9999-12-31T23:59:60Z"] {
            let answer = app.post(&path, &[("until", no_time)]).await;
            assert_eq!(answer.status, 400, "{no_time}");
            assert!(answer.text.contains("yet to come"), "{}", answer.text);
        }
        assert_eq!(app.post(&path, &[]).await.status, 400);
        assert_eq!(app.post(&path, &[("until", "2026-11-24T18:30")]).await.status, 303);
        assert!(app.get(&format!("/inbox/{id}")).await.text.contains("24 Nov"));
        app.hand.advance(Duration::from_secs(3 * 86_400));
        app.run_jobs().await;
        assert_eq!(app.get(&format!("/api/interactions/{id}")).await.json()["state"], "needs_reply");
    }

    async fn a_snooze_ends_though_nobody_woke_it_for_weeks(app: TestApp) {
        let app = app.with_ann().await;
        let id = three_questions(&app).await[0];
        app.post(&format!("/inbox/{id}/move"), &[("to", "later_today")]).await;
        app.hand.advance(Duration::from_secs(21 * 86_400));
        app.run_jobs().await;
        app.hand.advance(Duration::from_secs(2 * 3_600));
        app.run_jobs().await;
        let state = app.db.read(move |conn| conn.one::<String>("SELECT state FROM interactions WHERE id = $1", args![id]));
        assert_eq!(state.await.unwrap(), "needs_reply");
    }

    async fn what_is_ticked_is_moved_together_and_back(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let both = format!("id={}&id={}&id=nonsense&to=done", ids[0], ids[1]);
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let answer = app.send("POST", "/inbox/moves", &form, Body::from(both)).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let page = app.get(answer.location()).await.text;
        assert!(page.contains("Marked 2 threads done.") && page.contains("Needs reply <span class=\"num\">1<"), "{page}");
        let undone = app.post("/inbox/moves/undo", &[("at", &instant(&page))]).await;
        assert_eq!((undone.status.as_u16(), undone.location()), (303, "/inbox?state=needs_reply&order=priority&undone=2"));
        assert!(app.get("/inbox").await.text.contains("Needs reply <span class=\"num\">3<"));
        let twice = app.post("/inbox/moves/undo", &[("at", &instant(&page))]).await;
        assert!(twice.location().ends_with("&remark=nothing_to_undo"), "{}", twice.location());
        for (path, what) in [("/inbox/moves", "to=done"), ("/inbox/marks", "mark=star")] {
            let none = app.send("POST", path, &form, Body::from(what)).await;
            assert!(app.get(none.location()).await.text.contains("Tick some comments first"), "{path}: {}", none.location());
        }
        assert_eq!(app.send("POST", "/inbox/moves", &form, Body::from("to=away")).await.status, 400);
    }

    async fn a_line_about_many_says_what_changed_and_is_gone_after_an_hour(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        app.post(&format!("/inbox/{}/move", ids[0]), &[("to", "done")]).await;
        app.hand.advance(Duration::from_secs(1));
        let all = ids.iter().map(|id| format!("id={id}&")).collect::<String>() + "to=done";
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let answer = app.send("POST", "/inbox/moves", &form, Body::from(all.clone())).await;
        let page = app.get(answer.location()).await.text;
        assert!(page.contains("Marked 2 threads done. 1 stayed as it was."), "{page}");
        app.hand.advance(Duration::from_secs(1));
        let again = app.send("POST", "/inbox/moves", &form, Body::from(all)).await;
        let page = app.get(again.location()).await.text;
        assert!(page.contains("Nothing changed: there was nothing to move."), "{page}");
        app.hand.advance(Duration::from_secs(3_600));
        let page = app.get(answer.location()).await.text;
        assert!(!page.contains("threads done.") && !page.contains("moves/undo"), "{page}");
    }

    async fn where_nothing_is_left_to_do_the_list_says_what_was_done_today(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        for (number, id) in ids.iter().enumerate() {
            let key = format!("k{number}");
            let sent = app.post(&format!("/inbox/{id}/reply"), &[("key", key.as_str()), ("text", "At the corner.")]).await;
            assert_eq!(sent.status, 303, "{}", sent.text);
            app.post(&format!("/inbox/{id}/move"), &[("to", "done")]).await;
        }
        let page = app.get("/inbox").await.text;
        let said = page.split_once("id=\"today\"").map(|(_, rest)| rest.split("</section>").next().unwrap_or_default());
        let said = said.unwrap_or_else(|| panic!("{page}"));
        assert!(said.contains("You") && said.contains("3 answered, 3 cleared") && said.contains("came within"), "{said}");
        app.hand.advance(Duration::from_secs(24 * 3_600));
        assert!(!app.get("/inbox").await.text.contains("id=\"today\""), "tomorrow is another day");
    }

    async fn what_is_offered_is_not_refused(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        more(&app, |tx, context| {
            let (asked, thanks) = (comment("c3", "a3", "Is it blue?"), comment("c4", "a4", "Thank you!"));
            let held = ObservedInteraction { provider_state: ProviderState::Held, ..comment("c5", "a5", "Is it red?") };
            ingest::interactions(tx, context, &[own_reply("r3", &asked, 5), asked, thanks, held])
        })
        .await;
        app.post(&format!("/inbox/{}/move", ids[0]), &[("to", "done")]).await;
        app.post(&format!("/inbox/{}/move", ids[1]), &[("to", "spam")]).await;
        let all = app.db.read(|conn| conn.all::<(String, InteractionId)>("SELECT external_id, id FROM interactions ORDER BY external_id", args![]));
        let mut of_each = Vec::new();
        for (name, id) in all.await.expect("all of them") {
            let all = offered(&app.get(&format!("/inbox/{id}")).await.text, "class=\"moves\"");
            for to in &all {
                app.hand.advance(Duration::from_secs(1));
                let moved = app.post(&format!("/inbox/{id}/move"), &[("to", to)]).await;
                assert_eq!(moved.status, 303, "{name} to {to}: {}", moved.text);
                let at = instant(&app.get(&format!("/inbox/{id}?moved={id}")).await.text);
                assert_eq!(app.post(&format!("/inbox/{id}/undo"), &[("at", &at)]).await.status, 303, "{name} from {to}");
            }
            of_each.push((name, all.join(" ")));
        }
        let (waiting, other) = ("done later_today tomorrow next_week no_reply_needed spam remove", "needs_reply spam remove");
        let expected = [("c0", other), ("c1", "needs_reply remove"), ("c2", waiting), ("c3", other), ("c4", other), ("c5", "spam remove"), ("r3", "")];
        assert_eq!(of_each, expected.map(|(name, all)| (name.to_owned(), all.to_owned())));
    }

    async fn of_what_is_ticked_is_offered_what_moves_it(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        more(&app, |tx, context| ingest::interactions(tx, context, &[own_reply("r0", &comment("c0", "a0", ""), 5)])).await;
        app.post(&format!("/inbox/{}/move", ids[1]), &[("to", "done")]).await;
        for (state, expected) in [
            ("needs_reply", "done tomorrow no_reply_needed spam remove"),
            ("answered", "needs_reply spam remove"),
            ("done", "tomorrow no_reply_needed needs_reply spam remove"),
            ("all", "done tomorrow no_reply_needed needs_reply spam remove"),
        ] {
            let page = app.get(&format!("/inbox?state={state}")).await.text;
            assert_eq!(offered(&page, "id=\"ticked\"").join(" "), expected, "{state}");
        }
    }

    async fn strangers_and_nonsense_move_nothing(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let path = format!("/inbox/{}/move", ids[0]);
        assert_eq!(app.browser().post(&path, &[("to", "done")]).await.status, 303, "a stranger is sent to sign in");
        assert!(app.post(&path, &[("to", "away")]).await.status.is_client_error());
        assert!(app.post(&path, &[]).await.status.is_client_error());
        assert_eq!(app.post("/inbox/01890a5d-ac96-774b-bcce-b302099a8057/move", &[("to", "done")]).await.status, 404);
        let nobodys = "/inbox/01890a5d-ac96-774b-bcce-b302099a8057/undo";
        assert_eq!(app.post(nobodys, &[("at", "2026-11-22T09:59:00.000Z")]).await.status, 404);
        assert_eq!(app.post("/inbox/nonsense/move", &[("to", "done")]).await.status, 404);
        let decisions: i64 = app.db.read(|conn| conn.one("SELECT count(*) FROM thread_decisions", args![])).await.expect("a count");
        assert_eq!(decisions, 0);
    }
}

#[test]
fn a_snooze_ends_on_a_morning_that_is_yet_to_come() {
    for (now, tomorrow, next_week) in [
        ("2026-11-28T10:00:00Z", "2026-11-29T08:00:00Z", "2026-11-30T08:00:00Z"),
        ("2026-11-29T10:00:00Z", "2026-11-30T08:00:00Z", "2026-12-07T08:00:00Z"),
        ("2026-11-29T23:30:00Z", "2026-12-01T08:00:00Z", "2026-12-07T08:00:00Z"),
    ] {
        let local = Local::new(Timestamp::parse(now).expect("an instant"), "Europe/Berlin");
        for (snooze, until) in [(Move::Tomorrow, tomorrow), (Move::NextWeek, next_week)] {
            assert_eq!(snooze.until(&local), Some(Timestamp::parse(until).expect("an instant")), "{snooze} at {now}");
        }
        for (snooze, _) in SNOOZES {
            let word = snooze.word(&local);
            assert!(word.state == ThreadState::Snoozed && word.until.is_some_and(|until| until > local.now));
        }
    }
    assert_eq!(Move::Done.word(&Local::new(Timestamp::from_second(0), "UTC")).until, None);
}

/// The moves for which a form of the page has a button.
fn offered(page: &str, form: &str) -> Vec<String> {
    let form = page.split(form).nth(1).and_then(|rest| rest.split("</form>").next()).unwrap_or_default();
    let all = form.split("name=\"to\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    all.map(str::to_owned).collect()
}

/// When what the page's line tells of was done.
fn instant(page: &str) -> String {
    let rest = page.split_once("name=\"at\" value=\"").map(|(_, rest)| rest).expect("the instant");
    rest.split('"').next().unwrap_or_default().to_owned()
}
