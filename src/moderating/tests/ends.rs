//! What people ask for in the very moment in which the job of their order ends.

use kit::both_databases;
use kit::db::{Error as DbError, Tx};
use kit::jobs::{Enqueue, JobId};
use kit::testing::{Halt, until_held_up};
use tokio::task::JoinHandle;

use super::*;
use crate::moderating::jobs::goes_on;
use crate::moderation::CarryOut;
use crate::platforms::Error;
use crate::replies::Trouble;
use crate::replies::tests::platform::ActAnswer::Refuses;
use crate::testing::TestApp;
use crate::work::Work;

#[derive(Clone, Copy, Debug)]
enum End {
    Completed,
    GivenUp,
}

impl Stand {
    /// An order that failed, and whose job has yet to end.
    async fn failed(&self, comment: &str) -> (OrderId, JobId) {
        let item = self.asked(comment).await;
        self.act_answers([Refuses(Error::Permission { reason: "forbidden".into() })]);
        let order_id = self.ordered(Verb::Hide, &[item]).await;
        assert_eq!(self.act(order_id).await.state, State::Failed);
        let (now, random) = (self.app.app.now(), self.app.app.random.clone());
        let ending = self.app.app.db.write(move |tx| {
            let job = CarryOut { order_id };
            let how = Enqueue {
                operation_key: Some(job.operation_key()),
                run_at: Some(now + 60 * MINUTE),
                ..Enqueue::default()
            };
            kit::jobs::enqueue(tx, now, &random, &job, how)
        });
        (order_id, ending.await.expect("there is room").id)
    }

    /// The job's end, as its run or its worker writes it: its own row first.
    fn ends(&self, (order, job): (OrderId, JobId), end: End, halt: &Halt) -> JoinHandle<()> {
        let (app, halt) = (self.app.app.clone(), halt.clone());
        let (now, random) = (app.now(), app.random.clone());
        tokio::spawn(async move {
            let unit = move |tx: &mut Tx| {
                let over = "UPDATE background_jobs SET status = 'completed', completed_at = $2 WHERE id = $1";
                tx.exec(over, args![job, now])?;
                halt.here();
                match end {
                    End::Completed => goes_on(tx, (now, &random), order, Enqueue::default()),
                    End::GivenUp => {
                        let trouble = Trouble { code: "deadline", message: "It took too long.".into() };
                        moderation::gave_up(tx, now, order, &trouble)
                    }
                }
            };
            app.db.write(unit).await.expect("it ends");
        })
    }

    /// How often it was run, too.
    fn tries_again(&self, order: OrderId, halt: &Halt) -> JoinHandle<(Result<(), Refused>, usize)> {
        let (app, halt, workspace, ann) = (self.app.app.clone(), halt.clone(), self.workspace, self.ann);
        tokio::spawn(async move {
            let turns = Halt::default();
            turns.go();
            let turn = turns.clone();
            let unit = move |work: &mut Work<'_>| {
                turn.here();
                let again = moderation::retry(work, workspace, order);
                // PostgreSQL may end it to let the other go on.
                if !matches!(again, Err(Refused::Db(DbError::Postgres { .. }))) {
                    halt.here();
                }
                again
            };
            (app.write(Who::user(ann, ""), unit).await, turns.count())
        })
    }
}

both_databases! {
    async fn what_is_tried_again_before_its_job_ends_is_not_lost(app: TestApp) {
        let stand = Stand::new(app).await;
        for (comment, end) in [("c1", End::Completed), ("c2", End::GivenUp)] {
            let (order, job) = stand.failed(comment).await;
            let (again, over) = (Halt::default(), Halt::default());
            over.go();
            let tried = stand.tries_again(order, &again);
            again.reached().await;
            let ended = stand.ends((order, job), end, &over);
            until_held_up(&stand.app.app.db, || ended.is_finished()).await;
            again.go();
            let (tried, turns) = tried.await.unwrap();
            tried.expect("it failed before");
            ended.await.unwrap();
            assert_eq!((turns, over.count()), (1, 1), "nobody was run again");
            stand.app.run_jobs().await;
            let act = stand.act(order).await;
            let told = (act.state, act.error_code.as_deref());
            let wanted = match end {
                End::Completed => (State::Done, None),
                End::GivenUp => (State::Failed, Some("deadline")),
            };
            assert_eq!(told, wanted, "{end:?}");
        }
    }

    async fn what_is_tried_again_while_its_job_ends_is_not_lost_and_nobody_waits_for_the_other(app: TestApp) {
        let stand = Stand::new(app).await;
        for (comment, end) in [("c1", End::Completed), ("c2", End::GivenUp)] {
            let (order, job) = stand.failed(comment).await;
            let (again, over) = (Halt::default(), Halt::default());
            again.go();
            let ended = stand.ends((order, job), end, &over);
            over.reached().await;
            let tried = stand.tries_again(order, &again);
            until_held_up(&stand.app.app.db, || tried.is_finished()).await;
            over.go();
            ended.await.unwrap();
            let (tried, turns) = tried.await.unwrap();
            tried.expect("it failed before");
            assert_eq!((turns, over.count()), (1, 1), "nobody was run again");
            stand.app.run_jobs().await;
            assert_eq!(stand.act(order).await.state, State::Done, "{end:?}");
        }
    }
}
