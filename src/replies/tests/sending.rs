//! What becomes of a reply at the platform, whatever it answers.

use std::time::Duration;

use kit::both_databases;

use super::platform::Answer::{KeepsAnd, Refuses, ShowsAfterAnd};
use super::*;
use crate::model::ProviderState;
use crate::outbound::TransportError;
use crate::platforms::Error;

fn cut() -> Error {
    Error::Transport(TransportError::Cut)
}

fn timed_out() -> Error {
    Error::Transport(TransportError::Timeout)
}

fn refused() -> Error {
    Error::Rejected { reason: "invalidCommentMetadata".into(), message: "The comment could not be created.".into() }
}

both_databases! {
    async fn a_reply_is_published_and_its_thread_is_answered(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let id = stand.delivered(item, "At nine.").await;
        let reply = stand.reply(id).await;
        assert_eq!((reply.state, reply.external_id.as_deref(), reply.attempts), (State::Published, Some("c1.0"), 1));
        assert_eq!(stand.far.asked(), ["reply At nine."]);
        let state: String = stand.one("SELECT state FROM interactions WHERE external_id = 'c1'").await;
        assert_eq!(state, "answered");
        assert_eq!(stand.one::<i64>("SELECT count(*) FROM interactions WHERE is_own").await, 1);
        let waiting = "SELECT CAST(COALESCE(sum(total), 0) AS BIGINT) FROM interaction_totals WHERE state = 'needs_reply'";
        assert_eq!(stand.one::<i64>(waiting).await, 0);
        assert_eq!(stand.app.run_jobs().await, 0, "nothing is left to do");
    }

    async fn whatever_is_answered_after_it_was_kept_it_is_there_once(app: TestApp) {
        let stand = Stand::new(app).await;
        let late_words = [
            timed_out(),
            cut(),
            Error::Unavailable { status: 500 },
            refused(),
            Error::NotFound { reason: "commentNotFound".into() },
            Error::Permission { reason: "forbidden".into() },
            Error::protocol("HTTP 200", b"{"),
        ];
        for (number, error) in late_words.into_iter().enumerate() {
            let item = stand.asked(&format!("c{number}")).await;
            stand.answers([KeepsAnd(error.clone())]);
            let id = stand.delivered(item, &format!("Hello {number}")).await;
            let reply = stand.reply(id).await;
            assert_eq!(reply.state, State::Published, "{error}: {reply:?}");
            assert_eq!((reply.attempts, reply.error_code), (1, None), "{error}");
            assert_eq!(reply.external_id, Some(format!("c{number}.{number}")));
        }
        assert_eq!(stand.far.script().comments.len(), 7);
        assert_eq!(stand.one::<i64>("SELECT count(*) FROM interactions WHERE is_own").await, 7);
    }

    async fn what_the_platform_shows_late_is_waited_for(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.answers([ShowsAfterAnd(Duration::from_secs(100), timed_out())]);
        let id = stand.delivered(item, "At nine.").await;
        assert_eq!(stand.state(id).await, State::Unknown);
        assert!(!stand.reply(id).await.asks_a_person());
        stand.later(5).await;
        stand.later(30).await;
        assert_eq!(stand.state(id).await, State::Unknown);
        stand.later(120).await;
        assert_eq!(stand.state(id).await, State::Published);
        assert_eq!(stand.far.asked(), ["reply At nine.", "look c1", "look c1", "look c1", "look c1"]);
        assert_eq!(stand.far.texts(), ["At nine."]);
    }

    async fn what_never_arrived_is_sent_again_only_after_the_last_look(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.answers([Refuses(Error::Unavailable { status: 503 })]);
        let id = stand.delivered(item, "At nine.").await;
        stand.later(5).await;
        stand.later(30).await;
        assert_eq!(stand.far.texts(), Vec::<String>::new());
        stand.later(120).await;
        assert_eq!(stand.state(id).await, State::Published);
        assert_eq!((stand.far.texts(), stand.reply(id).await.attempts), (vec!["At nine.".to_owned()], 2));
    }

    async fn a_refusal_fails_in_the_platforms_words_and_can_be_tried_again(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.answers([Refuses(refused())]);
        let id = stand.delivered(item, "At nine.").await;
        stand.looked_for().await;
        let reply = stand.reply(id).await;
        assert_eq!((reply.state, reply.error_code.as_deref()), (State::Failed, Some("rejected")));
        assert!(reply.error_message.unwrap().contains("The comment could not be created."));
        assert_eq!(stand.one::<i64>("SELECT count(*) FROM background_jobs WHERE job_type = 'send_reply' AND status = 'failed'").await, 1);
        stand.retry(id).await.expect("it failed");
        assert_eq!(stand.far.asked().len(), 5);
        stand.app.run_jobs().await;
        assert_eq!(stand.state(id).await, State::Published);
        assert_eq!(stand.far.asked(), ["look c1", "reply At nine."], "it may have come late");
    }

    async fn what_came_later_than_every_look_is_found_before_it_is_sent_again(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.answers([ShowsAfterAnd(Duration::from_secs(1_000), refused())]);
        let id = stand.delivered(item, "At nine.").await;
        stand.looked_for().await;
        assert_eq!(stand.state(id).await, State::Failed);
        stand.later(1_000).await;
        stand.retry(id).await.expect("it failed");
        stand.app.run_jobs().await;
        assert_eq!((stand.state(id).await, stand.far.texts().len()), (State::Published, 1));
    }

    async fn with_the_platform_down_it_is_tried_again_and_then_failed(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let down = || Refuses(Error::Transport(TransportError::Unreachable));
        stand.answers([down(), down(), down(), down(), down()]);
        let id = stand.delivered(item, "At nine.").await;
        let reply = stand.reply(id).await;
        assert_eq!((reply.state, reply.attempts, reply.error_code.as_deref()), (State::Queued, 1, Some("unreachable")));
        assert!(reply.due_at > stand.app.app.now() && reply.can_be_cancelled());
        for _ in 0..6 {
            stand.later(60).await;
        }
        let reply = stand.reply(id).await;
        assert_eq!((reply.state, reply.attempts, reply.error_code.as_deref()), (State::Failed, 5, Some("unreachable")));
        assert!(stand.far.asked().iter().all(|asked| asked.starts_with("reply")), "nothing was sent, nothing is looked for");
        stand.retry(id).await.expect("it failed");
        stand.app.run_jobs().await;
        assert_eq!(stand.state(id).await, State::Published);
    }

    async fn a_platform_that_is_down_while_it_is_looked_at_is_looked_at_later(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.answers([KeepsAnd(timed_out())]);
        stand.far.script().looks.extend([cut(), Error::Unavailable { status: 503 }]);
        let id = stand.delivered(item, "At nine.").await;
        assert_eq!(stand.state(id).await, State::Unknown);
        stand.later(60).await;
        stand.later(60).await;
        assert_eq!((stand.state(id).await, stand.far.texts().len()), (State::Published, 1));
    }

    async fn a_platform_that_wants_to_be_left_alone_is_not_looked_at_before_either(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let until = stand.app.app.now() + Duration::from_secs(600);
        stand.answers([KeepsAnd(Error::RateLimited { until })]);
        let id = stand.delivered(item, "At nine.").await;
        let page = stand.app.get(&format!("/inbox/{item}")).await.text;
        assert!(page.contains("The platform asked us to wait until"), "{page}");
        stand.later(599).await;
        assert_eq!((stand.reply(id).await.state, stand.far.asked()), (State::Unknown, vec!["reply At nine.".to_owned()]));
        stand.later(1).await;
        assert_eq!((stand.reply(id).await.state, stand.far.asked()), (State::Published, vec!["look c1".to_owned()]));
    }

    async fn where_nothing_is_read_back_a_person_decides(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().rules.are_read_back = false;
        let (first, second) = (stand.asked("c1").await, stand.asked("c2").await);
        stand.answers([KeepsAnd(timed_out()), Refuses(timed_out())]);
        let (there, not_there) = (stand.delivered(first, "One").await, stand.delivered(second, "Two").await);
        for id in [there, not_there] {
            assert!(stand.reply(id).await.asks_a_person());
        }
        stand.later(1_000).await;
        assert_eq!(stand.far.asked(), ["reply One", "reply Two"], "nobody else asks");
        assert_eq!(stand.settle(there, true).await.unwrap().state, State::Published);
        assert_eq!(stand.settle(not_there, false).await.unwrap().state, State::Queued);
        stand.app.run_jobs().await;
        assert_eq!((stand.state(not_there).await, stand.far.texts().len()), (State::Published, 2));
        assert!(matches!(stand.settle(there, false).await, Err(Refused::NotNow { .. })));
    }

    async fn a_moderated_reply_is_told_apart(app: TestApp) {
        let stand = Stand::new(app).await;
        for (id, shown, state) in [
            ("c1", ProviderState::Held, State::PendingModeration),
            ("c2", ProviderState::Rejected, State::Rejected),
        ] {
            let item = stand.asked(id).await;
            stand.answers([Answer::As(shown)]);
            let id = stand.delivered(item, "At nine.").await;
            assert_eq!(stand.state(id).await, state);
        }
        let waiting = "SELECT count(*) FROM interactions WHERE state = 'needs_reply'";
        assert_eq!(stand.one::<i64>(waiting).await, 2, "nobody sees these answers");
        // Read again, when somebody has decided about it.
        let held = stand.far.script().comments[0].observed.clone();
        stand.observed(held).await;
        assert_eq!(stand.one::<i64>("SELECT count(*) FROM replies WHERE state = 'published'").await, 1);
        assert_eq!(stand.one::<i64>(waiting).await, 1);
    }

    async fn a_text_is_found_as_the_platform_writes_it(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        stand.far.script().rewrites = |text| format!(" {} ", text.replace('\u{e9}', "e\u{301}"));
        stand.answers([KeepsAnd(cut())]);
        let id = stand.delivered(item, "Caf\u{e9}\r\nat nine").await;
        assert_eq!(stand.state(id).await, State::Published);
    }

    async fn an_older_comment_and_anothers_are_not_taken_for_it(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let before = stand.app.app.now();
        stand.far.script().keep("c1", "Thanks!", before, before);
        stand.app.hand.advance(Duration::from_secs(3_600));
        stand.answers([Refuses(timed_out())]);
        let first = stand.delivered(item, "Thanks!").await;
        stand.looked_for().await;
        assert_eq!((stand.state(first).await, stand.far.texts().len()), (State::Published, 2));
        // The next with the same words finds the first's, and knows whose it is.
        stand.answers([Refuses(timed_out())]);
        let second = stand.delivered(item, "Thanks!").await;
        stand.looked_for().await;
        assert_eq!((stand.state(second).await, stand.far.texts().len()), (State::Published, 3));
        assert_ne!(stand.reply(first).await.external_id, stand.reply(second).await.external_id);
    }

    async fn the_same_words_in_one_thread_go_one_after_the_other(app: TestApp) {
        let stand = Stand::new(app).await;
        let root = comment("c1", "dora", "When do you open?");
        let (first, second) = (
            stand.observed(root.clone()).await,
            stand.observed(crate::inbox::testing::reply("c1.9", "emil", &root, 1)).await,
        );
        stand.answers([Refuses(timed_out())]);
        let one = stand.delivered(first, "At nine.").await;
        let two = stand.delivered(second, "At nine.").await;
        assert_eq!((stand.state(one).await, stand.state(two).await), (State::Unknown, State::Queued));
        assert_eq!(stand.far.texts().len(), 0);
        stand.looked_for().await;
        for _ in 0..3 {
            stand.later(5).await;
        }
        assert_eq!((stand.state(one).await, stand.state(two).await), (State::Published, State::Published));
        assert_eq!(stand.far.texts().len(), 2);
    }

    async fn replies_use_what_is_kept_for_people_and_wait_for_the_next_day(app: TestApp) {
        let stand = Stand::new(app).await;
        stand.far.script().units = 60;
        let (first, second) = (stand.asked("c1").await, stand.asked("c2").await);
        let (one, two) = (stand.delivered(first, "One").await, stand.delivered(second, "Two").await);
        assert_eq!((stand.state(one).await, stand.state(two).await), (State::Published, State::Queued));
        let waits = stand.reply(two).await;
        assert_eq!((waits.error_code.as_deref(), waits.attempts), (Some("quota_exhausted"), 0));
        assert!(waits.due_at.since(stand.app.app.now()) > Duration::from_secs(3_600));
        stand.later(86_400).await;
        assert_eq!(stand.state(two).await, State::Published);
    }

    async fn an_account_that_is_not_connected_sends_nothing(app: TestApp) {
        let stand = Stand::new(app).await;
        let item = stand.asked("c1").await;
        let reply = stand.send(item, "At nine.").await.unwrap();
        set_status(&stand, "needs_reauth").await;
        stand.app.run_jobs().await;
        let failed = stand.reply(reply.id).await;
        assert_eq!((failed.state, failed.error_code.as_deref()), (State::Failed, Some("not_connected")));
        assert!(matches!(stand.send(item, "Again").await, Err(Refused::NotConnected)));
        set_status(&stand, "connected").await;
        stand.answers([Refuses(Error::Reauth { reason: "x".into() })]);
        stand.retry(reply.id).await.unwrap();
        stand.app.run_jobs().await;
        let failed = stand.reply(reply.id).await;
        assert_eq!((failed.state, failed.error_code.as_deref()), (State::Failed, Some("reauth")));
        stand.retry(reply.id).await.unwrap();
        stand.app.run_jobs().await;
        assert_eq!(stand.state(reply.id).await, State::Published);
        assert_eq!(stand.far.texts().len(), 1);
    }
}

async fn set_status(stand: &Stand, status: &'static str) {
    let set =
        stand.app.app.db.write(move |tx| {
            tx.exec("UPDATE platform_connections SET connection_status = $1", args![status]).map(drop)
        });
    set.await.expect("the database answers");
}
