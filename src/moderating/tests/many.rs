//! Orders for many comments: which of them go together, wait together, and are asked about one by one.

use kit::both_databases;
use kit::db::Dialect;

use super::*;
use crate::outbound::TransportError;
use crate::platforms::Error;
use crate::replies::tests::platform::ActAnswer::Refuses;
use crate::testing::TestApp;

impl Stand {
    async fn some(&self, count: usize) -> Vec<InteractionId> {
        let mut ids = Vec::new();
        for number in 0..count {
            ids.push(self.asked(&format!("c{number}")).await);
        }
        ids
    }

    /// Pressed under one comment, on its page.
    async fn press(&self, order: OrderId, act: &str, of: InteractionId) -> u16 {
        let (of, path) = (of.to_string(), format!("/moderation/{order}/act"));
        self.app.post(&path, &[("act", act), ("open", &of), ("of", &of)]).await.status.as_u16()
    }

    /// Of each of some comments.
    async fn states(&self, order: OrderId, ids: &[InteractionId]) -> Vec<State> {
        let acts = self.receipt(order).await.acts;
        let of = |id| acts.iter().find(|act| act.interaction_id == id).expect("it was ordered").state;
        ids.iter().copied().map(of).collect()
    }
}

/// As if somebody pressed "Try again" between an order's last act and the end of its job.
async fn pressed_while_its_job_ends(stand: &Stand) {
    const BACK: &str = "UPDATE moderation_acts SET state = 'queued', moves = moves + 1, attempts = 0, error_code = NULL
        WHERE state = 'failed'";
    let armed = |tx: &mut kit::db::Tx| match tx.dialect() {
        Dialect::Sqlite => tx
            .exec(
                &format!(
                    "CREATE TRIGGER pressed BEFORE UPDATE OF status ON background_jobs
                     WHEN NEW.status IN ('completed', 'failed') BEGIN {BACK}; END"
                ),
                &[],
            )
            .map(drop),
        Dialect::Postgres => {
            let body = format!("BEGIN {BACK}; RETURN NEW; END");
            tx.exec(&format!("CREATE FUNCTION pressed() RETURNS trigger LANGUAGE plpgsql AS $f$ {body} $f$"), &[])?;
            tx.exec(
                "CREATE TRIGGER pressed BEFORE UPDATE OF status ON background_jobs FOR EACH ROW
                 WHEN (NEW.status IN ('completed', 'failed')) EXECUTE FUNCTION pressed()",
                &[],
            )
            .map(drop)
        }
    };
    stand.app.app.db.write(armed).await.expect("the database answers");
}

both_databases! {
    async fn what_is_tried_again_while_its_job_ends_is_taken_up_by_the_next(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().acts.at_once = 1;
        let ids = stand.some(3).await;
        pressed_while_its_job_ends(&stand).await;
        for (ids, answers) in [(&ids[..1], vec![refused()]), (&ids[1..], vec![refused()])] {
            stand.act_answers(answers);
            let order = stand.ordered(Verb::Hide, ids).await;
            assert_eq!(stand.count(order, State::Done).await, ids.len(), "{:?}", stand.receipt(order).await);
        }
    }

    async fn a_button_under_one_comment_is_about_that_comment_alone(app: TestApp) {
        let stand = Stand::new(app).await;
        let ids = stand.some(3).await;
        let order = stand.order(Verb::Reject, &ids).await.expect("it is taken over");
        assert_eq!(stand.press(order, "cancel", ids[1]).await, 303);
        assert_eq!(stand.states(order, &ids).await, [State::Queued, State::Cancelled, State::Queued]);
        stand.far.script().acts.at_once = 1;
        stand.act_answers([refused(), refused()]);
        stand.app.run_jobs().await;
        assert_eq!(stand.states(order, &ids).await, [State::Failed, State::Cancelled, State::Failed]);
        stand.far.asked();
        let page = stand.app.get(&format!("/inbox/{}?state=all", ids[0])).await.text;
        assert!(page.contains(&format!("name=\"of\" value=\"{}\"", ids[0])), "{page}");
        assert_eq!(stand.press(order, "retry", ids[0]).await, 303);
        stand.app.run_jobs().await;
        assert_eq!(stand.far.asked(), ["reject c0"]);
        assert_eq!(stand.stands(ids[0]).await, ProviderState::Rejected);
        assert_eq!(stand.press(order, "retry", ids[0]).await, 303, "it is done, and says so");
        stand.again(order).await;
        assert_eq!(stand.far.asked(), ["reject c2"], "what was done since is not done again");
        assert!(OWNER.may_retry(&stand.receipt(order).await.acts).is_err());
    }

    async fn an_editor_calls_back_and_repeats_for_one_comment_what_editors_may_ask_for_one(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().acts.at_once = 1;
        let editor = stand.editor().await;
        let ids = stand.some(2).await;
        let one = ids[0].to_string();
        let presses = async |order: OrderId, act: &str| {
            let path = format!("/moderation/{order}/act");
            let of_one = editor.post(&path, &[("act", act), ("of", &one)]).await.status.as_u16();
            (of_one, editor.post(&path, &[("act", act)]).await.status.as_u16())
        };
        for (verb, status) in [(Verb::Reject, 303), (Verb::Ban, 403)] {
            let order = stand.order(verb, &ids).await.expect("Ann may");
            assert_eq!(presses(order, "cancel").await, (status, 403), "{verb}");
            let path = format!("/moderation/{order}/act");
            assert_eq!(stand.app.post(&path, &[("act", "cancel")]).await.status, 303, "{verb}");

            stand.act_answers([refused(), refused()]);
            let order = stand.ordered(verb, &ids).await;
            assert_eq!(stand.count(order, State::Failed).await, 2, "{verb}");
            assert_eq!(presses(order, "retry").await, (status, 403), "{verb}");
            stand.far.asked();
            stand.app.run_jobs().await;
            assert_eq!(calls(&stand.far.asked(), verb), usize::from(status == 303), "{verb}");
        }
    }

    async fn what_failed_is_not_tried_again_over_what_came_after_it(app: TestApp) {
        let stand = Stand::new(app).await;
        let own = stand.subject(Verb::Edit, "c1").await;
        stand.act_answers([refused()]);
        let first = stand.ordered(Verb::Edit, &[own]).await;
        assert!(OWNER.may_retry(&stand.receipt(first).await.acts).is_ok());
        let second = stand.order_as(stand.ben, Verb::Edit, &[own], Some("At eleven.")).await.expect("nothing is under way");
        stand.app.run_jobs().await;
        assert_eq!(stand.act(second).await.state, State::Done);
        assert!(OWNER.may_retry(&stand.receipt(first).await.acts).is_err());
        let workspace = stand.workspace;
        let again = move |work: &mut crate::work::Work<'_>| moderation::retry(work, workspace, first);
        let again = stand.app.app.write(Who::user(stand.ann, ""), again).await;
        assert!(matches!(again, Err(Refused::NotNow(_))), "{again:?}");
        assert_eq!(stand.far.texts(), ["At eleven."]);
    }

    async fn what_was_passed_over_hides_nothing_that_is_under_way(app: TestApp) {
        let stand = Stand::new(app).await;
        let ids = stand.some(2).await;
        let hidden = stand.order(Verb::Hide, &ids[..1]).await.expect("it is taken over");
        stand.order(Verb::Reject, &ids).await.expect("one of them is free");
        let page = stand.app.get(&format!("/inbox/{}?state=all", ids[0])).await.text;
        let reading = page.split_once("id=\"reading\"").map_or("", |(_, reading)| reading);
        assert!(reading.contains("being hidden") && reading.contains(&hidden.to_string()), "{reading}");
    }

    async fn many_are_asked_for_one_by_one_only_where_one_of_them_can_be_at_fault(app: TestApp) {
        let stand = Stand::new(app).await;
        let ids = stand.some(3).await;
        let of_all = [
            Error::Unavailable { status: 503 },
            Error::Transport(TransportError::Unreachable),
            Error::Transport(TransportError::Timeout),
            Error::QuotaExhausted { until: stand.app.app.now() + MINUTE },
        ];
        for error in of_all {
            let verb = if stand.stands(ids[0]).await == ProviderState::Hidden { Verb::Publish } else { Verb::Hide };
            stand.act_answers([Refuses(error.clone()), Refuses(error.clone())]);
            let order = stand.ordered(verb, &ids).await;
            assert_eq!(stand.settled(order).await.tally().done, 3, "{error}");
            let asked = stand.far.asked();
            let of_three = |call: &&String| call.starts_with(verb.as_str()) && call.split(',').count() == 3;
            assert_eq!((calls(&asked, verb), asked.iter().filter(of_three).count()), (3, 3), "{error}: {asked:?}");
        }
        stand.act_answers([Refuses(Error::Reauth { reason: "invalid_grant".into() })]);
        let order = stand.ordered(Verb::Reject, &ids).await;
        assert_eq!((stand.count(order, State::Failed).await, stand.far.asked().len()), (3, 1));
    }

    async fn of_many_that_were_refused_none_fails_for_another_ones_fault(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().acts.at_once = 50;
        let ids = stand.some(9).await;
        stand.act_answers((0..4).map(|_| Refuses(Error::Transport(TransportError::Unreachable))));
        stand.far.script().at_fault = Some("c3".into());
        let order = stand.ordered(Verb::Hide, &ids).await;
        let receipt = stand.settled(order).await;
        assert_eq!((receipt.tally().done, receipt.tally().failed), (8, 1), "{receipt:?}");
    }

    async fn a_platform_that_wants_to_be_left_alone_is_asked_for_nothing_until_then(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().acts.at_once = 1;
        let ids = stand.some(3).await;
        let until = stand.app.app.now() + 10 * MINUTE;
        stand.act_answers([Refuses(Error::RateLimited { until })]);
        let order = stand.ordered(Verb::Hide, &ids[..2]).await;
        let another = stand.ordered(Verb::Hide, &ids[2..]).await;
        assert_eq!(stand.far.asked().len(), 1);
        stand.later(9 * 60).await;
        assert_eq!(stand.far.asked(), Vec::<String>::new());
        let acts = stand.receipt(order).await.acts.into_iter().chain([stand.act(another).await]).collect::<Vec<_>>();
        assert!(acts.iter().all(|act| act.due_at == until), "{acts:?}");
        let states = acts.iter().map(|act| act.state).collect::<Vec<_>>();
        assert_eq!(states, [State::Unknown, State::Queued, State::Queued], "nobody knows of the first whether it is done");
        stand.later(60).await;
        assert_eq!(stand.settled(order).await.tally().done, 2);
        let asked = stand.far.asked();
        let place = |what: &str| asked.iter().position(|asked| asked.starts_with(what)).expect("it was asked");
        let again = asked[place("standing")].replace("standing", "hide");
        assert!(place("standing") < place(&again) && calls(&asked, Verb::Hide) == 3, "a look comes first: {asked:?}");
    }
}
