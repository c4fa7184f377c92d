//! Acts on pages: asked about where it matters, in words that nobody takes for what is done here.

use kit::both_databases;

use super::*;
use crate::inbox::testing::comment;
use crate::testing::TestApp;

both_databases! {
    async fn an_own_reply_is_edited_in_place_and_deleted_after_one_question(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.delivered(item, "At nine.").await;
        let own = stand.known("c1.0").await;
        let page = stand.app.get(&format!("/inbox/{item}?state=all")).await.text;
        assert!(page.contains("Edit on YouTube") && page.contains("Delete on YouTube"), "{page}");
        let of = |verb: &str| format!("id={own}&open={item}&verb={verb}");
        let asked = ask(&stand.app, "state=all", &of("edit")).await;
        assert!(asked.text.contains("At nine."), "{}", asked.text);
        let wrong = post(&stand.app, &asked.address, &format!("text={}", "a".repeat(41))).await;
        assert!(wrong.status == 422 && wrong.text.contains("too long") && wrong.text.contains(&"a".repeat(41)), "{}", wrong.text);
        let done = post(&stand.app, &asked.address, "text=At+ten.").await;
        assert_eq!((done.status.as_u16(), done.location()), (303, format!("/inbox/{item}?state=all").as_str()));
        assert!(stand.app.get(done.location()).await.text.contains("being edited"));
        stand.app.run_jobs().await;
        let page = stand.app.get(done.location()).await.text;
        assert!(page.contains(">edited<") && page.contains("At ten."), "{page}");

        let asked = ask(&stand.app, "", &of("delete")).await;
        assert!(asked.text.contains("Delete your comment on YouTube?") && asked.text.contains("can't be undone"), "{}", asked.text);
        assert!(asked.text.contains("Uses 50 units of YouTube"), "{}", asked.text);
        assert_eq!(stand.far.texts(), ["At ten."], "nothing is done by the question");
        let done = yes(&stand.app, &asked).await;
        assert_eq!(done.status, 303, "{}", done.text);
        stand.app.run_jobs().await;
        assert_eq!(stand.far.texts(), Vec::<String>::new());
        assert!(!stand.app.get(&format!("/inbox/{item}")).await.text.contains("Delete on YouTube"));
    }

    async fn one_is_hidden_at_once_and_many_after_one_question_with_count_and_cost(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().units = 6_400;
        let ids = [stand.asked("c1").await, stand.asked("c2").await, stand.asked("c3").await];
        let done = post(&stand.app, "/moderation", &format!("id={}&verb=hide", ids[0])).await;
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
        let asked = ask(&stand.app, "state=all", &format!("{ticked}verb=hide&tag=&to=done")).await;
        let says = |words: &str| asked.text.contains(words);
        assert!(says("Hide 2 comments on YouTube?") && says("1 will be left out: it's already hidden."), "{}", asked.text);
        assert!(says("Uses 50 of today's 6,350 units"), "{}", asked.text);
        stand.act_answers([refused()]);
        let done = yes(&stand.app, &asked).await;
        assert!(done.status == 303 && done.location().starts_with("/moderation/"), "{}", done.location());
        assert!(stand.app.get(done.location()).await.text.contains("2 being hidden"));
        stand.app.run_jobs().await;
        let page = stand.app.get(done.location()).await.text;
        assert!(page.contains("Hide on YouTube: 2 comments") && page.contains("2 hidden") && !page.contains("skipped"), "{page}");
    }

    async fn of_two_who_edit_the_same_reply_the_second_sees_what_the_first_has_made_of_it(app: TestApp) {
        let stand = Stand::new(app).await;
        let own = stand.subject(Verb::Edit, "c1").await;
        let ben = stand.app.member("bea@example.com", "editor").await;
        let of = format!("id={own}&verb=edit");
        let (hers, his) = (ask(&ben, "", &of).await, ask(&stand.app, "", &of).await);
        assert!(hers.text.contains("name=\"replaces\" value=\"At nine.\""), "{}", hers.text);
        assert_eq!(post(&stand.app, &his.address, "text=At+ten.&replaces=At+nine.").await.status, 303);
        assert_eq!(post(&stand.app, &his.address, "text=At+ten.&replaces=At+nine.").await.status, 303, "pressed twice");
        let other = post(&stand.app, &his.address, "text=At+half+past.&replaces=At+nine.").await;
        assert_eq!(other.status, 409, "other words of the same form: {}", other.text);
        assert!(other.text.contains("already saved") && other.text.contains("\nAt half past.</textarea>"), "{}", other.text);
        let waits = post(&ben, &hers.address, "text=At+eleven.&replaces=At+nine.").await;
        assert!(waits.status == 409 && waits.text.contains("At eleven."), "typed words stay: {}", waits.text);
        stand.app.run_jobs().await;
        let changed = post(&ben, &hers.address, "text=At+eleven.&replaces=At+nine.").await;
        assert!(changed.status == 409 && changed.text.contains("At eleven."), "typed words stay: {}", changed.text);
        assert!(changed.text.contains("It now says: “At ten.”"), "{}", changed.text);
        assert!(changed.text.contains("name=\"replaces\" value=\"At ten.\""), "it is theirs to decide: {}", changed.text);
        stand.app.run_jobs().await;
        assert_eq!(stand.far.texts(), ["At ten."]);
        assert_eq!(post(&ben, &hers.address, "text=At+eleven.&replaces=At+ten.").await.status, 303);
        stand.app.run_jobs().await;
        assert_eq!(stand.far.texts(), ["At eleven."]);
    }

    async fn a_ban_names_each_of_its_people_once(app: TestApp) {
        let stand = Stand::new(app).await;
        let ids = [stand.asked("c1").await, stand.asked("c2").await, stand.observed(comment("c3", "emil", "And on Sundays?")).await];
        let asked = async |ids: &[InteractionId]| {
            let ticked = ids.iter().map(|id| format!("id={id}&")).collect::<String>();
            ask(&stand.app, "", &format!("{ticked}verb=ban")).await.text
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
        let (act, retry) = (format!("/moderation/{order}/act"), format!("act=retry&open={item}"));
        let again = post(&stand.app, &act, &retry).await;
        assert_eq!((again.status.as_u16(), again.location()), (303, format!("/inbox/{item}").as_str()));
        stand.app.run_jobs().await;
        assert_eq!(stand.stands(item).await, ProviderState::Hidden);
        for (pressed, fields, says) in [
            ("under the comment", retry.as_str(), "nothing to try again"),
            ("on the receipt", "act=retry", "nothing to try again"),
            ("on the receipt", "act=cancel", "too late to cancel"),
        ] {
            let twice = post(&stand.app, &act, fields).await;
            assert_eq!(twice.status, 303, "{pressed}: {}", twice.text);
            let page = stand.app.get(twice.location()).await.text;
            let told = page.split("role=\"status\"").skip(1).any(|part| part.chars().take(800).collect::<String>().contains(says));
            assert!(told && page.contains("hidden"), "{pressed}: {page}");
        }
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
        let publish = format!("id={item}&verb=publish");
        assert_eq!(post(&viewer, "/moderation", &publish).await.status, 403);
        let nell = stand.app.invited("nell@example.com").await;
        assert_eq!(nell.get(&format!("/moderation/{order}")).await.status, 404);
        assert_eq!(post(&nell, "/moderation", &publish).await.status, 404);
    }
}
