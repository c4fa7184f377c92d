//! The job that has a reply in its hands until it is sent, or somebody is told why not.

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Tx};
use kit::jobs::{Done, Enqueue, Failure, Job, JobRow, Policy, Run};
use kit::random::Random;

use crate::app::App;
use crate::replies::{self, SendReply, State, Trouble};

impl Job for SendReply {
    const TYPE: &'static str = "send_reply";
    type Context = App;

    /// A person waits. A quota may be waited for until its day ends; how often the platform is asked is counted apart.
    fn policy(&self) -> Policy {
        Policy {
            max_attempts: 100,
            deadline: Duration::from_secs(26 * 3_600),
            backoff: Duration::from_secs(1),
            backoff_cap: Duration::from_secs(2),
            priority: 20,
            ..Policy::default()
        }
    }

    async fn run(self, app: App, run: Run) -> Result<Done, Failure> {
        super::deliver(&app, run, self.reply_id).await
    }

    fn on_failed(&self, tx: &mut Tx, _: &JobRow, failure: &Failure, now: Timestamp, _: &Random) -> db::Result<()> {
        let trouble = Trouble { code: failure.code, message: failure.message.clone() };
        replies::gave_up(tx, now, self.reply_id, trouble)
    }

    /// What is not sent yet is called back with its job. Whether the rest was sent must be known all the same.
    fn on_cancelled(&self, tx: &mut Tx, job: &JobRow, now: Timestamp, random: &Random) -> db::Result<()> {
        let Some(reply) = replies::by_id(tx, self.reply_id)? else { return Ok(()) };
        match reply.state {
            State::Queued => replies::advance(tx, &reply, &reply.cancelled(now)).map(drop),
            State::Sending | State::Unknown => {
                let how = Enqueue {
                    user_id: job.user_id,
                    workspace_id: job.workspace_id,
                    operation_key: Some(self.operation_key()),
                    ..Enqueue::default()
                };
                kit::jobs::enqueue(tx, now, random, self, how).map(drop)
            }
            _ => Ok(()),
        }
    }

    fn on_retry(&self, tx: &mut Tx, _: &JobRow, now: Timestamp, _: &Random) -> db::Result<bool> {
        let Some(reply) = replies::by_id(tx, self.reply_id)? else { return Ok(false) };
        if replies::is_taken(tx, &reply)? {
            return Ok(false);
        }
        replies::reopen(tx, now, &reply)
    }
}
