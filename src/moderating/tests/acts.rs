//! What becomes of an act, whatever the platform answers: every verb behaves alike.

use kit::both_databases;
use kit::jobs::Enqueue;

use super::*;
use crate::moderation::{CarryOut, Skipped};
use crate::outbound::TransportError;
use crate::platforms::Error;
use crate::replies;
use crate::replies::tests::platform::ActAnswer::{DoesAnd, Refuses};
use crate::testing::TestApp;

fn lost() -> [Error; 3] {
    let (timeout, cut) = (Error::Transport(TransportError::Timeout), Error::Transport(TransportError::Cut));
    [timeout, cut, Error::Unavailable { status: 500 }]
}

fn refused() -> Error {
    Error::Rejected { reason: "operationNotSupported".into(), message: "Not this one.".into() }
}

both_databases! {
    async fn every_verb_is_done_and_the_inbox_shows_it(app: TestApp) {
        let stand = Stand::new(app).await;
        for (number, verb) in Verb::ALL.iter().copied().enumerate() {
            let id = stand.subject(verb, &format!("c{number}")).await;
            let order = stand.ordered(verb, &[id]).await;
            let act = stand.act(order).await;
            assert_eq!((act.state, act.attempts), (State::Done, 1), "{act:?}");
            assert_eq!(stand.far.asked().len(), 1, "{verb}");
            stand.is_done(verb, id).await;
            assert_eq!(stand.app.run_jobs().await, 0, "nothing is left to do");
        }
    }

    async fn what_was_done_although_the_answer_was_lost_is_found_and_not_asked_for_again(app: TestApp) {
        let stand = Stand::new(app).await;
        for (number, verb) in Verb::ALL.iter().copied().enumerate() {
            for (kind, error) in lost().into_iter().chain([refused()]).enumerate() {
                // Nothing shows a ban: it is asked for again, and refused where it was refused.
                if verb == Verb::Ban && kind == 3 { continue }
                let id = stand.subject(verb, &format!("c{number}.{kind}")).await;
                stand.act_answers([DoesAnd(error.clone())]);
                let order = stand.ordered(verb, &[id]).await;
                let receipt = stand.settled(order).await;
                assert_eq!(receipt.tally().done, 1, "{verb}, {error}: {receipt:?}");
                let asked = stand.far.asked();
                assert_eq!(calls(&asked, verb), if verb == Verb::Ban { 2 } else { 1 }, "{error}: {asked:?}");
                stand.is_done(verb, id).await;
            }
        }
    }

    async fn what_was_done_and_answered_with_a_wish_to_be_left_alone_is_looked_for_after_that(app: TestApp) {
        let stand = Stand::new(app).await;
        for (number, verb) in Verb::ALL.iter().copied().enumerate() {
            for (kind, is_done) in [true, false].into_iter().enumerate() {
                let id = stand.subject(verb, &format!("c{number}.{kind}")).await;
                let error = Error::RateLimited { until: stand.app.app.now() + 10 * MINUTE };
                stand.act_answers([if is_done { DoesAnd(error) } else { Refuses(error) }]);
                let order = stand.ordered(verb, &[id]).await;
                assert_eq!(stand.act(order).await.state, State::Unknown, "{verb}");
                assert!(matches!(stand.called_back(order).await, Err(Refused::NotNow(_))), "it may be done: {verb}");
                let page = stand.app.get(&format!("/inbox/{id}?state=all")).await.text;
                assert!(page.contains("YouTube asked us to wait until"), "{page}");
                stand.later(9 * 60).await;
                assert_eq!(stand.far.asked().len(), 1, "nothing is asked before: {verb}");
                stand.later(60).await;
                assert_eq!(stand.settled(order).await.tally().done, 1, "{verb}");
                let asked = stand.far.asked();
                assert!(!asked[0].starts_with(verb.as_str()), "it begins with a look: {asked:?}");
                let again = usize::from(!is_done || verb == Verb::Ban);
                assert_eq!(calls(&asked, verb), again, "{asked:?}");
                stand.is_done(verb, id).await;
            }
        }
    }

    async fn what_nothing_shows_to_be_undone_is_not_called_back(app: TestApp) {
        let stand = Stand::new(app).await;
        let (seen, unseen) = (stand.asked("c1").await, stand.asked("c2").await);
        stand.far.script().standing.insert("c1".into(), ProviderState::Published);
        for (verb, id, may_be_done) in [(Verb::Hide, seen, false), (Verb::Ban, unseen, true)] {
            stand.act_answers([Refuses(lost()[0].clone())]);
            let order = stand.ordered(verb, &[id]).await;
            assert_eq!(stand.act(order).await.state, State::Queued, "{verb} was looked for");
            assert_eq!(OWNER.may_cancel(&stand.receipt(order).await.acts).is_ok(), !may_be_done, "{verb}");
            let page = stand.app.get(&format!("/inbox/{id}?state=all")).await.text;
            assert_eq!(page.contains("value=\"cancel\""), !may_be_done, "{page}");
            assert_eq!(stand.called_back(order).await.is_ok(), !may_be_done, "{verb}");
            stand.settled(order).await;
        }
    }

    async fn what_was_not_done_is_asked_for_again_after_a_look(app: TestApp) {
        let stand = Stand::new(app).await;
        for (number, verb) in Verb::ALL.iter().copied().enumerate() {
            for (kind, error) in lost().into_iter().enumerate() {
                let id = stand.subject(verb, &format!("c{number}.{kind}")).await;
                stand.act_answers([Refuses(error.clone())]);
                let order = stand.ordered(verb, &[id]).await;
                let receipt = stand.settled(order).await;
                assert_eq!(receipt.tally().done, 1, "{verb}, {error}: {receipt:?}");
                let asked = stand.far.asked();
                assert!(asked.len() == 3 && !asked[1].starts_with(verb.as_str()), "looked between: {asked:?}");
            }
        }
    }

    async fn a_refusal_fails_in_the_platforms_words_and_can_be_tried_again(app: TestApp) {
        let stand = Stand::new(app).await;
        for (number, verb) in Verb::ALL.iter().copied().enumerate() {
            let id = stand.subject(verb, &format!("c{number}")).await;
            stand.act_answers([Refuses(refused())]);
            let order = stand.ordered(verb, &[id]).await;
            let act = stand.act(order).await;
            assert_eq!((act.state, act.error_message.as_deref()), (State::Failed, Some("YouTube says: Not this one.")), "{verb}");
            let failed = "SELECT count(*) FROM background_jobs WHERE job_type = 'carry_out' AND status = 'failed'";
            assert_eq!(stand.one::<i64>(failed).await, number as i64 + 1, "its job says so");
            stand.again(order).await;
            assert_eq!(stand.act(order).await.state, State::Done, "{verb}");
            stand.is_done(verb, id).await;
        }
    }

    async fn with_the_platform_down_it_is_tried_a_few_times_and_then_failed(app: TestApp) {
        let stand = Stand::new(app).await;
        let id = stand.subject(Verb::Hide, "c1").await;
        stand.act_answers((0..5).map(|_| Refuses(Error::Transport(TransportError::Unreachable))));
        let order = stand.ordered(Verb::Hide, &[id]).await;
        let act = stand.act(order).await;
        assert_eq!((act.state, act.attempts), (State::Queued, 1));
        assert!(act.due_at > stand.app.app.now() && act.error_message.is_some());
        let act = stand.settled(order).await.acts.remove(0);
        assert_eq!((act.state, act.attempts, act.error_code.as_deref()), (State::Failed, 5, Some("unreachable")));
        assert_eq!(stand.stands(id).await, ProviderState::Published);
        stand.again(order).await;
        assert_eq!(stand.act(order).await.state, State::Done);
    }

    async fn a_death_between_call_and_commit_ends_in_the_platforms_true_state(app: TestApp) {
        let stand = Stand::new(app).await;
        for (number, verb) in Verb::ALL.iter().copied().enumerate() {
            for was_asked in [false, true] {
                let id = stand.subject(verb, &format!("c{number}.{was_asked}")).await;
                let order = stand.order(verb, &[id]).await.expect("it is taken over");
                // As if its worker had died with the call, and another had taken the job up.
                if was_asked {
                    stand.app.run_jobs().await;
                    stand.far.asked();
                }
                let (random, now) = (stand.app.app.random.clone(), stand.app.app.now());
                let died = stand.app.app.db.write(move |tx| {
                    tx.exec("UPDATE moderation_acts SET state = 'asking', attempts = 1, company = 1 WHERE order_id = $1", args![order])?;
                    kit::jobs::enqueue(tx, now, &random, &CarryOut { order_id: order }, Enqueue::default()).map(drop)
                });
                died.await.expect("the database answers");
                stand.app.run_jobs().await;
                stand.settled(order).await;
                let asked = stand.far.asked();
                assert!(!asked[0].starts_with(verb.as_str()), "it begins with a look: {asked:?}");
                if was_asked && verb != Verb::Ban { assert_eq!(calls(&asked, verb), 0, "{asked:?}") }
                assert_eq!(stand.act(order).await.state, State::Done, "{verb}");
                stand.is_done(verb, id).await;
            }
        }
    }

    async fn a_reply_takes_its_new_words_and_its_end_into_the_ledger(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let reply = stand.delivered(item, "At nine.").await;
        let comment = stand.known("c1.0").await;
        stand.ordered(Verb::Edit, &[comment]).await;
        let edited = stand.reply(reply).await;
        assert_eq!((edited.text.as_str(), edited.state), ("At ten.", replies::State::Published));
        assert!(edited.edited_at.is_some());
        assert_eq!(stand.far.texts(), ["At ten."]);
        assert_eq!(stand.one::<String>("SELECT text FROM interaction_versions").await, "At nine.");
        assert!(matches!(stand.order(Verb::Edit, &[comment]).await, Err(Refused::Skipped(Skipped::Already, ..))));
        stand.ordered(Verb::Delete, &[comment]).await;
        assert_eq!(stand.reply(reply).await.state, replies::State::Deleted);
        assert_eq!(stand.far.texts(), Vec::<String>::new());
        let waiting = "SELECT count(*) FROM interactions WHERE state = 'needs_reply'";
        assert_eq!(stand.one::<i64>(waiting).await, 1, "whoever asked has no answer any more");
    }

    async fn an_item_that_was_deleted_there_meanwhile_is_told_of(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.delivered(item, "At nine.").await;
        let comment = stand.known("c1.0").await;
        stand.far.script().comments.clear();
        let act = stand.act(stand.ordered(Verb::Edit, &[comment]).await).await;
        assert_eq!((act.state, act.error_message.as_deref()), (State::Failed, Some("YouTube no longer has this comment.")));
        let act = stand.act(stand.ordered(Verb::Delete, &[comment]).await).await;
        assert_eq!(act.state, State::Done, "it is as good as deleted");
        assert!(matches!(stand.order(Verb::Delete, &[comment]).await, Err(Refused::Skipped(Skipped::Gone, ..))));
        stand.act_answers([Refuses(Error::NotFound { reason: "commentNotFound".into() })]);
        let act = stand.act(stand.ordered(Verb::Hide, &[item]).await).await;
        assert_eq!((act.state, act.error_code.as_deref()), (State::Failed, Some("not_found")));
    }

    async fn what_nobody_sees_any_more_needs_no_reply_until_it_is_published_again(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let waiting = "SELECT CAST(COALESCE(sum(total), 0) AS BIGINT) FROM interaction_totals WHERE state = 'needs_reply'";
        assert_eq!(stand.one::<i64>(waiting).await, 1);
        stand.ordered(Verb::Hide, &[item]).await;
        assert_eq!(stand.one::<i64>(waiting).await, 0);
        stand.ordered(Verb::Publish, &[item]).await;
        assert_eq!(stand.one::<i64>(waiting).await, 1);
        stand.ordered(Verb::Reject, &[item]).await;
        assert_eq!(stand.one::<i64>(waiting).await, 0);
        assert!(matches!(stand.order(Verb::Publish, &[item]).await, Err(Refused::Skipped(Skipped::Rejected, ..))));
        assert_eq!(stand.one::<i64>("SELECT count(*) FROM audit_events WHERE event LIKE 'comment_%'").await, 3);
    }

    async fn of_two_members_at_once_one_is_told_to_wait(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let ids = [item];
        let (one, two) = tokio::join!(
            stand.order_as(stand.ann, Verb::Hide, &ids, None),
            stand.order_as(stand.ben, Verb::Reject, &ids, None),
        );
        assert_eq!([&one, &two].iter().filter(|ordered| ordered.is_ok()).count(), 1, "{one:?} {two:?}");
        assert!(matches!(one.and(two), Err(Refused::Skipped(Skipped::UnderWay, ..))));
        stand.app.run_jobs().await;
        assert_eq!(stand.far.asked().len(), 1);
    }

    async fn many_go_together_and_one_that_is_refused_holds_up_no_other(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().acts.at_once = 50;
        let mut ids = Vec::new();
        for number in 0..12 {
            ids.push(stand.asked(&format!("c{number}")).await);
        }
        let order = stand.ordered(Verb::Hide, &ids[..4]).await;
        assert_eq!((stand.count(order, State::Done).await, stand.far.asked().len()), (4, 1), "one call");
        stand.far.script().at_fault = Some("c7".into());
        let order = stand.ordered(Verb::Hide, &ids).await;
        let receipt = stand.settled(order).await;
        assert_eq!(receipt.tally().skipped, [(Skipped::Already, 4)]);
        assert_eq!((receipt.tally().done, receipt.tally().failed), (7, 1), "{receipt:?}");
        let calls = calls(&stand.far.asked(), Verb::Hide);
        assert!(calls <= 10, "eight, seven and one, and each of the seven: {calls}");
        let result = "SELECT CAST(result_data AS TEXT) FROM background_jobs WHERE job_type = 'carry_out' AND CAST(result_data AS TEXT) LIKE '%already%'";
        let result: serde_json::Value = serde_json::from_str(&stand.one::<String>(result).await).expect("a receipt");
        assert_eq!((&result["matched"], &result["changed"], &result["failed"]), (&12.into(), &7.into(), &1.into()), "{result}");
    }

    async fn a_quota_that_is_used_up_is_waited_for_and_can_be_called_back(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().units = 60;
        let (first, second) = (stand.asked("c1").await, stand.asked("c2").await);
        let (one, two) = (stand.ordered(Verb::Hide, &[first]).await, stand.ordered(Verb::Hide, &[second]).await);
        assert_eq!(stand.act(one).await.state, State::Done);
        let waits = stand.act(two).await;
        assert_eq!((waits.state, waits.attempts, waits.error_code.as_deref()), (State::Queued, 0, Some("quota_exhausted")));
        assert!(waits.due_at.since(stand.app.app.now()) > 60 * MINUTE);
        stand.later(86_400).await;
        assert_eq!(stand.act(two).await.state, State::Done);
        stand.far.script().units = 10;
        let three = stand.ordered(Verb::Publish, &[first]).await;
        stand.called_back(three).await.expect("it waits");
        assert_eq!(stand.act(three).await.state, State::Cancelled);
        stand.later(86_400).await;
        assert_eq!(stand.stands(first).await, ProviderState::Hidden, "nobody asks any more");
    }

    async fn a_platform_that_does_less_is_asked_for_no_more(app: TestApp) {
        let stand = Stand::new(app).await;
        let (item, own) = (stand.asked("c1").await, stand.subject(Verb::Edit, "c2").await);
        for (verb, id) in [(Verb::Hide, own), (Verb::Ban, own)] {
            assert!(matches!(stand.order(verb, &[id]).await, Err(Refused::Skipped(Skipped::Own, ..))), "{verb}");
        }
        assert!(matches!(stand.order(Verb::Delete, &[item]).await, Err(Refused::Skipped(Skipped::NotOwn, ..))));
        stand.far.script().acts.verbs = &[Verb::Delete];
        for verb in OTHERS {
            assert!(matches!(stand.order(verb, &[item]).await, Err(Refused::Skipped(Skipped::NotOffered, ..))), "{verb}");
        }
        assert!(matches!(stand.order(Verb::Edit, &[own]).await, Err(Refused::Skipped(Skipped::NotOffered, ..))));
        assert_eq!(stand.far.asked(), Vec::<String>::new());
    }

    async fn an_account_that_is_not_connected_does_nothing(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let order = stand.order(Verb::Hide, &[item]).await.expect("it is taken over");
        let set = |status: &'static str| stand.app.app.db.write(move |tx| {
            tx.exec("UPDATE platform_connections SET connection_status = $1", args![status]).map(drop)
        });
        set("needs_reauth").await.expect("the database answers");
        stand.app.run_jobs().await;
        assert_eq!(stand.act(order).await.error_code.as_deref(), Some("not_connected"));
        assert!(matches!(stand.order(Verb::Hide, &[item]).await, Err(Refused::Skipped(Skipped::NotConnected, ..))));
        set("connected").await.expect("the database answers");
        stand.again(order).await;
        assert_eq!(stand.act(order).await.state, State::Done);
    }
}
