//! Acts on pages: asked about where it matters, in words that nobody takes for what is done here.

use axum::body::Body;
use kit::both_databases;

use super::*;
use crate::inbox::testing::comment;
use crate::testing::{Answer, Browser, TestApp};

async fn post(browser: &Browser, path: &str, fields: String) -> Answer {
    browser.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], Body::from(fields)).await
}

both_databases! {
    async fn an_own_reply_is_edited_in_place_and_deleted_after_one_question(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.delivered(item, "At nine.").await;
        let own = stand.known("c1.0").await;
        let page = stand.app.get(&format!("/inbox/{item}?state=all")).await.text;
        assert!(page.contains("Edit on YouTube") && page.contains("Delete on YouTube"), "{page}");
        let of = |more: &str| format!("id={own}&open={item}&{more}");
        let asked = post(&stand.app, "/moderation?state=all", of("verb=edit")).await;
        assert!(asked.status == 200 && asked.text.contains("At nine."), "{}", asked.text);
        let wrong = post(&stand.app, "/moderation?state=all", of(&format!("verb=edit&text={}", "a".repeat(41)))).await;
        assert!(wrong.status == 422 && wrong.text.contains("too long") && wrong.text.contains(&"a".repeat(41)), "{}", wrong.text);
        let done = post(&stand.app, "/moderation?state=all", of("verb=edit&text=At+ten.&confirmed=1")).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, format!("/inbox/{item}?state=all").as_str()));
        assert!(stand.app.get(done.location()).await.text.contains("being edited"));
        stand.app.run_jobs().await;
        let page = stand.app.get(done.location()).await.text;
        assert!(page.contains(">edited<") && page.contains("At ten."), "{page}");

        let asked = post(&stand.app, "/moderation", of("verb=delete")).await.text;
        assert!(asked.contains("Delete your comment on YouTube?") && asked.contains("can&#39;t be undone") | asked.contains("can't be undone"), "{asked}");
        assert!(asked.contains("Uses 50 units of YouTube"), "{asked}");
        assert_eq!(stand.far.texts(), ["At ten."], "nothing is done by the question");
        let done = post(&stand.app, "/moderation", of("verb=delete&confirmed=1")).await;
        assert_eq!(done.status, 303, "{}", done.text);
        stand.app.run_jobs().await;
        assert_eq!(stand.far.texts(), Vec::<String>::new());
        assert!(!stand.app.get(&format!("/inbox/{item}")).await.text.contains("Delete on YouTube"));
    }

    async fn one_is_hidden_at_once_and_many_after_one_question_with_count_and_cost(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().units = 6_400;
        let ids = [stand.asked("c1").await, stand.asked("c2").await, stand.asked("c3").await];
        let done = post(&stand.app, "/moderation", format!("id={}&verb=hide", ids[0])).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, format!("/inbox/{}", ids[0]).as_str()), "{}", done.text);
        stand.app.run_jobs().await;
        let page = stand.app.get(done.location()).await.text;
        let reading = page.split_once("id=\"reading\"").map_or("", |(_, reading)| reading);
        assert!(reading.contains("Publish on YouTube") && !reading.contains("Hide on YouTube"), "{reading}");
        assert!(reading.contains(">hidden<"), "{reading}");
        assert!(!stand.app.get("/inbox").await.text.contains(&ids[0].to_string()), "it needs no reply any more");
        let ticked = ids.iter().map(|id| format!("id={id}&")).collect::<String>();
        let list = stand.app.get("/inbox?state=all").await.text;
        assert!(list.contains("formaction=\"/moderation?state=all\""), "{list}");
        let asked = post(&stand.app, "/moderation?state=all", format!("{ticked}verb=hide&tag=&to=done")).await.text;
        assert!(asked.contains("Hide 2 comments on YouTube?") && asked.contains("1 will be left out: it's already hidden."), "{asked}");
        assert!(asked.contains("Uses 50 of today's 6,350 units") || asked.contains("Uses 50 of today&#39;s 6,350 units"), "{asked}");
        stand.act_answers([refused()]);
        let done = post(&stand.app, "/moderation?state=all", format!("{ticked}verb=hide&confirmed=3")).await;
        assert!(done.status == 303 && done.location().starts_with("/moderation/"), "{}", done.location());
        assert!(stand.app.get(done.location()).await.text.contains("2 being hidden"));
        stand.app.run_jobs().await;
        let page = stand.app.get(done.location()).await.text;
        assert!(page.contains("3 chosen") && page.contains("2 hidden") && page.contains("1 skipped: it was already hidden"), "{page}");
    }

    async fn of_two_who_edit_the_same_reply_the_second_sees_what_the_first_has_made_of_it(app: TestApp) {
        let stand = Stand::new(app).await;
        let own = stand.subject(Verb::Edit, "c1").await;
        let ben = stand.app.member("bea@example.com", "editor").await;
        let edit = |text: &str, replaces: &str| format!("id={own}&verb=edit&text={text}&replaces={replaces}&confirmed=1");
        let form = post(&ben, "/moderation", format!("id={own}&verb=edit")).await.text;
        assert!(form.contains("name=\"replaces\" value=\"At nine.\""), "{form}");
        assert_eq!(post(&stand.app, "/moderation", edit("At+ten.", "At+nine.")).await.status, 303);
        let waits = post(&ben, "/moderation", edit("At+eleven.", "At+nine.")).await;
        assert!(waits.status == 409 && waits.text.contains("At eleven."), "typed words stay: {}", waits.text);
        stand.app.run_jobs().await;
        let changed = post(&ben, "/moderation", edit("At+eleven.", "At+nine.")).await;
        assert!(changed.status == 409 && changed.text.contains("At eleven."), "typed words stay: {}", changed.text);
        assert!(changed.text.contains("It now says: “At ten.”"), "{}", changed.text);
        assert!(changed.text.contains("name=\"replaces\" value=\"At ten.\""), "it is theirs to decide: {}", changed.text);
        stand.app.run_jobs().await;
        assert_eq!(stand.far.texts(), ["At ten."]);
        assert_eq!(post(&ben, "/moderation", edit("At+eleven.", "At+ten.")).await.status, 303);
        stand.app.run_jobs().await;
        assert_eq!(stand.far.texts(), ["At eleven."]);
    }

    async fn a_ban_names_each_of_its_people_once(app: TestApp) {
        let stand = Stand::new(app).await;
        let ids = [stand.asked("c1").await, stand.asked("c2").await, stand.observed(comment("c3", "emil", "And on Sundays?")).await];
        let asked = async |ids: &[InteractionId]| {
            let ticked = ids.iter().map(|id| format!("id={id}&")).collect::<String>();
            post(&stand.app, "/moderation", format!("{ticked}verb=ban")).await.text
        };
        for of_one in [&ids[..1], &ids[..2]] {
            let page = asked(of_one).await;
            assert!(page.contains("Ban the author on YouTube") && page.contains("Banned: <b dir=\"auto\">@dora</b>"), "{page}");
        }
        let page = asked(&ids).await;
        assert!(page.contains("Ban 2 authors on YouTube") && page.contains("Banned: <b dir=\"auto\">@dora, @emil</b>"), "{page}");
    }

    async fn what_failed_is_told_with_its_reason_and_tried_again(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.act_answers([refused()]);
        let order = stand.ordered(Verb::Hide, &[item]).await;
        let page = stand.app.get(&format!("/inbox/{item}")).await.text;
        assert!(page.contains("could not be hidden") && page.contains("Try again") && page.contains("(forbidden)"), "{page}");
        let again = post(&stand.app, &format!("/moderation/{order}/act"), format!("act=retry&open={item}")).await;
        assert_eq!((again.status.as_u16(), again.location()), (303, format!("/inbox/{item}").as_str()));
        stand.app.run_jobs().await;
        assert_eq!(stand.stands(item).await, ProviderState::Hidden);
        let twice = post(&stand.app, &format!("/moderation/{order}/act"), "act=retry".to_owned()).await;
        assert_eq!(twice.status, 409, "{}", twice.text);
    }

    async fn a_platform_without_a_verb_has_no_button_for_it(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.delivered(item, "At nine.").await;
        stand.far.script().acts.verbs = &[Verb::Delete];
        let page = stand.app.get(&format!("/inbox/{item}?state=all")).await.text;
        assert!(page.contains("Delete on YouTube"), "{page}");
        for word in ["Edit on", "Hide on", "Reject on", "Ban the author on", "Report as spam"] {
            assert!(!page.contains(word), "{word}: {page}");
        }
    }

    async fn viewers_read_what_was_done_and_do_nothing(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let order = stand.ordered(Verb::Hide, &[item]).await;
        let viewer = stand.app.member("vic@example.com", "viewer").await;
        let page = viewer.get(&format!("/inbox/{item}")).await.text;
        assert!(page.contains(">hidden<") && !page.contains("Publish on YouTube"), "{page}");
        assert_eq!(viewer.get(&format!("/moderation/{order}")).await.status, 200);
        assert_eq!(post(&viewer, "/moderation", format!("id={item}&verb=publish")).await.status, 403);
        let nell = stand.app.invited("nell@example.com").await;
        assert_eq!(nell.get(&format!("/moderation/{order}")).await.status, 404);
        assert_eq!(post(&nell, "/moderation", format!("id={item}&verb=publish")).await.status, 404);
    }
}
