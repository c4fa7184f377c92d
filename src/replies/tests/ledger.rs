//! What people can do with replies, and what they are told.

use kit::both_databases;
use kit::testing::{Halt, until_held_up};

use super::*;
use crate::platforms::TextUnit;

const FIVE_SECONDS: Duration = Duration::from_secs(5);

both_databases! {
    async fn a_key_is_one_reply_whoever_repeats_it(app: TestApp) {
        let stand = Stand::new(app).await;
        let (item, other) = (stand.asked("c1").await, stand.asked("c2").await);
        let send = |text, to| stand.send_as(stand.ann, to, text, Some("k1"), Duration::ZERO);
        let first = send("At nine.", item).await.unwrap();
        assert_eq!(send(" At nine. ", item).await.unwrap().id, first.id);
        stand.app.run_jobs().await;
        let again = send("At nine.", item).await.unwrap();
        assert_eq!((again.id, again.state), (first.id, State::Published), "also when it is over");
        assert!(matches!(send("At ten.", item).await, Err(Refused::KeyReused)));
        assert!(matches!(send("At nine.", other).await, Err(Refused::KeyReused)));
        let bens = stand.send_as(stand.ben, other, "Hi", Some("k1"), Duration::ZERO).await.unwrap();
        assert_ne!(bens.id, first.id, "keys are each person's own");
        stand.app.run_jobs().await;
        assert_eq!(stand.far.texts(), ["At nine.", "Hi"]);
    }

    async fn one_answer_to_an_item_is_under_way_at_a_time(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.send_as(stand.ben, item, "At nine.", None, FIVE_SECONDS).await.unwrap();
        let Err(refused @ Refused::OnItsWay { is_own: false, .. }) = stand.send(item, "At ten.").await else {
            panic!("Ben was first")
        };
        assert_eq!(refused.told().1, "Ben's reply is on its way.");
        stand.later(5).await;
        stand.send(item, "Or at ten.").await.expect("the first is published");
        stand.app.run_jobs().await;
        assert_eq!(stand.far.texts(), ["At nine.", "Or at ten."]);
    }

    async fn two_at_once_are_one_reply(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let (one, two) = tokio::join!(
            stand.send_as(stand.ann, item, "One", None, Duration::ZERO),
            stand.send_as(stand.ben, item, "Two", None, Duration::ZERO),
        );
        assert_eq!([&one, &two].iter().filter(|sent| sent.is_ok()).count(), 1, "{one:?} {two:?}");
        assert!(matches!(one.and(two), Err(Refused::OnItsWay { .. })));
        let again = || stand.send_as(stand.ann, item, "Three", Some("k"), Duration::ZERO);
        stand.app.run_jobs().await;
        let (one, two) = tokio::join!(again(), again());
        assert_eq!(one.unwrap().id, two.unwrap().id);
        stand.app.run_jobs().await;
        assert_eq!(stand.far.texts().len(), 2);
    }

    async fn who_calls_a_reply_back_while_it_goes_out_waits_for_its_job(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let reply = stand.send_as(stand.ann, item, "At nine.", None, FIVE_SECONDS).await.unwrap();
        let (id, now, halt, turns) = (reply.id, stand.app.app.now(), Halt::default(), Halt::default());
        turns.go();
        // As its run does: the job's row first.
        let goes_out = tokio::spawn({
            let (app, halt) = (stand.app.app.clone(), halt.clone());
            async move {
                let unit = move |tx: &mut kit::db::Tx| {
                    tx.exec("UPDATE background_jobs SET updated_at = $1 WHERE job_type = 'send_reply'", args![now])?;
                    halt.here();
                    replies::advance(tx, &reply, &reply.sending(now))
                };
                app.db.write(unit).await.expect("it goes out")
            }
        });
        halt.reached().await;
        let called_back = tokio::spawn({
            let (app, workspace, ann) = (stand.app.app.clone(), stand.workspace, stand.ann);
            let turns = turns.clone();
            let unit = move |work: &mut crate::work::Work<'_>| {
                turns.here();
                replies::cancel(work, workspace, id)
            };
            async move { app.write(Who::user(ann, ""), unit).await }
        });
        until_held_up(&stand.app.app.db, || called_back.is_finished()).await;
        halt.go();
        assert!(goes_out.await.unwrap());
        assert!(matches!(called_back.await.unwrap(), Err(Refused::NotNow { state: State::Sending, .. })));
        assert_eq!((halt.count(), turns.count()), (1, 1), "nobody was run again");
    }

    async fn what_is_called_back_in_time_is_not_sent(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let reply = stand.send_as(stand.ann, item, "At nine.", None, FIVE_SECONDS).await.unwrap();
        stand.later(4).await;
        assert_eq!(stand.cancel(reply.id).await.unwrap().state, State::Cancelled);
        assert_eq!(stand.cancel(reply.id).await.unwrap().state, State::Cancelled, "twice is once");
        stand.later(60).await;
        assert_eq!(stand.far.texts(), Vec::<String>::new());
        let live = "SELECT count(*) FROM background_jobs WHERE job_type = 'send_reply' AND status IN ('pending', 'running')";
        assert_eq!(stand.one::<i64>(live).await, 0);
        let sent = stand.delivered(item, "At ten.").await;
        let refused = stand.cancel(sent).await.unwrap_err();
        assert_eq!(refused.told().1, "This reply is published: it can't be called back.");
    }

    async fn a_reply_that_does_not_fit_is_refused_beside_its_field(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        assert!(matches!(stand.send(item, " \r\n ").await, Err(Refused::Empty)));
        assert!(matches!(stand.send(item, "a\0b").await, Err(Refused::Nul)));
        assert!(stand.send(item, &"a".repeat(40)).await.is_ok());
        stand.app.run_jobs().await;
        let Err(refused @ Refused::TooLong { length: 42, longest: 40, unit: TextUnit::Bytes, .. }) =
            stand.send(item, &"\u{e9}".repeat(21)).await
        else {
            panic!("it is counted in bytes")
        };
        assert_eq!(refused.told().1, "That's about 1 character too long.", "and told in what people count");
    }

    async fn what_is_not_there_or_takes_no_answer_is_not_answered(app: TestApp) {
        let stand = Stand::new(app).await;
        let (shut, held) = (comment("c1", "dora", "Hm?"), comment("c2", "dora", "Hm?"));
        let shut = stand.observed(ObservedInteraction { can_reply: false, ..shut }).await;
        let held = stand.observed(ObservedInteraction { provider_state: crate::model::ProviderState::Held, ..held }).await;
        for item in [shut, held] {
            assert!(matches!(stand.send(item, "Hi").await, Err(Refused::NotAnswerable)));
        }
        let strangers = InteractionId::new(stand.app.app.now(), &stand.app.app.random);
        assert!(matches!(stand.send(strangers, "Hi").await, Err(Refused::NotFound)));
        let (item, platforms) = (stand.asked("c3").await, stand.app.app.platforms.clone());
        let elsewhere = WorkspaceId::new(stand.app.app.now(), &stand.app.app.random);
        let sent = stand.app.app.write(Who::user(stand.ben, ""), move |work| {
            let new = NewReply { interaction: item, text: "Hi", key: None, delay: Duration::ZERO };
            replies::send(work, &platforms, elsewhere, &new)
        });
        assert!(matches!(sent.await, Err(Refused::NotFound)), "of another workspace");
    }

    async fn what_people_do_is_told_and_written_down(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let events = "SELECT COALESCE(max(seq), 0) FROM events";
        let before: i64 = stand.one(events).await;
        let reply = stand.send_as(stand.ann, item, "At nine.", None, FIVE_SECONDS).await.unwrap();
        assert!(stand.one::<i64>(events).await > before);
        let before: i64 = stand.one(events).await;
        stand.cancel(reply.id).await.unwrap();
        assert!(stand.one::<i64>(events).await > before);
        for event in ["reply_sent", "reply_cancelled"] {
            let written = stand.app.app.db.read(move |conn| {
                conn.one::<i64>("SELECT count(*) FROM audit_events WHERE event = $1", args![event])
            });
            assert_eq!(written.await.unwrap(), 1, "{event}");
        }
    }

    async fn a_job_that_is_cancelled_calls_back_only_what_is_not_sent(app: TestApp) {
        let stand = Stand::new(app).await;
        let (first, second) = (stand.asked("c1").await, stand.asked("c2").await);
        let queued = stand.send_as(stand.ann, first, "One", None, FIVE_SECONDS).await.unwrap().id;
        stand.answers([Answer::KeepsAnd(crate::platforms::Error::Unavailable { status: 500 })]);
        stand.far.script().looks.push_back(crate::platforms::Error::Unavailable { status: 500 });
        let unknown = stand.delivered(second, "Two").await;
        let ann = stand.ann.uuid();
        let cancelled = stand.app.app.write(Who::user(stand.ann, ""), move |work| {
            let live = "SELECT id FROM background_jobs WHERE status = 'pending' AND job_type = 'send_reply'";
            for job in work.tx.all::<kit::jobs::JobId>(live, args![])? {
                kit::jobs::cancel::<crate::app::App>(work.tx, work.now, work.random, job, ann)?;
            }
            Ok::<_, kit::db::Error>(())
        });
        cancelled.await.unwrap();
        stand.later(60).await;
        assert_eq!((stand.state(queued).await, stand.state(unknown).await), (State::Cancelled, State::Published));
        assert_eq!(stand.far.texts(), ["Two"]);
    }
}
