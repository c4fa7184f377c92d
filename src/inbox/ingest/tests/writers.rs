//! Two writers of one workspace, one between any two statements of the other: neither loses what the other wrote.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use futures_util::future::join_all;
use kit::args;
use kit::db::{Result, Tx};
use kit::testing::{Engine, run, wait_until};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::rollups_are_a_recount;
use crate::inbox::decisions::{self, Speaker, Word};
use crate::inbox::ingest::{self, IngestContext};
use crate::inbox::testing::{Desk, MORNING, comment, own_reply, reply};
use crate::inbox::threads::ThreadState;
use crate::model::{InteractionId, ObservedInteraction};
use crate::workspaces::UserId;

/// When the points of waiting have fallen.
const LATER: Duration = Duration::from_secs(25 * 3600);

/// What somebody writes about one thread.
#[derive(Clone, Copy, Debug)]
enum Writer {
    /// A reading of the account finds more likes.
    Likes,
    /// A webhook's fetch finds the same likes, and a reply that is new.
    Hint,
    /// The account's own reply is found.
    Answer,
    Ageing,
    /// A person's word.
    Decision,
}

const WRITERS: [Writer; 5] = [Writer::Likes, Writer::Hint, Writer::Answer, Writer::Ageing, Writer::Decision];

#[test]
fn one_writer_between_any_two_statements_of_another_loses_nothing() {
    run(async {
        let desk = Arc::new(Desk::fresh(Engine::Postgres).await);
        let mut thread = 0;
        for first in WRITERS {
            for second in WRITERS {
                let mut statement = 0;
                loop {
                    thread += 1;
                    desk.ingest(MORNING, &stored(thread)).await;
                    let was_held = interleave(&desk, thread, first, second, statement).await;
                    let when = format!("{second:?} before statement {statement} of {first:?}");
                    rollups_are_a_recount(&desk, &when).await;
                    statement += 1;
                    if !was_held {
                        break;
                    }
                }
                assert!(statement > 3, "{first:?} was held at each of its statements");
            }
        }
    });
}

kit::both_databases! {
    async fn three_hints_at_once_for_each_thread_keep_every_count_true(desk: Desk) {
        rounds(&desk, 2).await;
    }

    #[ignore = "takes minutes: cargo test -p repruv --lib -- --ignored hints_at_once"]
    async fn two_hundred_rounds_of_hints_at_once_keep_every_count_true(desk: Desk) {
        rounds(&desk, 200).await;
    }
}

/// Likes change so that urgency does; nothing is new.
async fn rounds(desk: &Desk, rounds: i64) {
    const THREADS: usize = 150;
    let threads = (0..THREADS).map(stored).collect::<Vec<_>>();
    desk.ingest(MORNING, &threads.concat()).await;
    for round in 1..=rounds {
        let likes = if round % 2 == 0 { 0 } else { 10_000 + round };
        let hint = async |thread: &Vec<ObservedInteraction>| {
            let thread = thread.iter().map(|item| ObservedInteraction { likes: Some(likes), ..item.clone() });
            let thread = thread.collect::<Vec<_>>();
            join_all((0..3).map(|_| fetched(desk, &thread))).await;
        };
        join_all(threads.iter().map(hint)).await;
        rollups_are_a_recount(desk, &format!("round {round}")).await;
    }
}

/// As a hint's job has it: who waited too long for the others comes again.
async fn fetched(desk: &Desk, thread: &[ObservedInteraction]) {
    let fetch = || {
        let thread = thread.to_vec();
        desk.try_unit_in(desk.workspace, desk.connection, MORNING + LATER, move |tx, context| {
            ingest::interactions(tx, context, &thread)
        })
    };
    while let Err(error) = fetch().await {
        assert!(error.is_transient(), "{error}");
    }
}

/// Runs `first` up to a statement, `second` as far as it comes meanwhile, and then both to their ends. Whether `first` has
/// so many statements.
async fn interleave(desk: &Arc<Desk>, thread: usize, first: Writer, second: Writer, statement: usize) -> bool {
    let (arrived, arrival) = oneshot::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    // A unit may be run again: it is held once.
    let mut held = Some((arrived, wait));
    let first = write(desk, thread, first, move |tx| {
        let (mut left, mut held) = (statement, held.take());
        tx.before_each_statement(Some(Box::new(move || {
            if left == 0
                && let Some((arrived, wait)) = held.take()
            {
                let _ = arrived.send(());
                let _ = wait.recv();
            }
            left = left.saturating_sub(1);
        })));
    });
    let was_held = arrival.await.is_ok();
    let second = write(desk, thread, second, |_| {});
    wait_until("the second writer is through, or waits for the first", async || {
        second.is_finished() || waits_for_a_lock(desk).await
    })
    .await;
    let _ = go_on.send(());
    first.await.expect("it does not panic");
    second.await.expect("it does not panic");
    was_held
}

fn write(
    desk: &Arc<Desk>,
    thread: usize,
    writer: Writer,
    mut prepare: impl FnMut(&mut Tx) + Send + 'static,
) -> JoinHandle<()> {
    let desk = desk.clone();
    tokio::spawn(async move {
        desk.unit(MORNING + LATER, move |tx, context| {
            prepare(tx);
            let done = act(tx, context, thread, writer);
            tx.before_each_statement(None);
            done
        })
        .await;
    })
}

fn act(tx: &mut Tx, context: &IngestContext<'_>, thread: usize, writer: Writer) -> Result<()> {
    let root = &stored(thread)[0];
    let liked = ObservedInteraction { likes: Some(10_000), ..root.clone() };
    match writer {
        Writer::Likes => ingest::interactions(tx, context, &[liked]).map(drop),
        Writer::Hint => {
            let new = reply(&format!("t{thread}.new"), "ann", root, 50);
            ingest::interactions(tx, context, &[liked, new]).map(drop)
        }
        Writer::Answer => {
            ingest::interactions(tx, context, &[own_reply(&format!("t{thread}.own"), root, 40)]).map(drop)
        }
        Writer::Ageing => ingest::age(tx, context.workspace, MORNING, context.now, None).map(drop),
        Writer::Decision => {
            let sql = "SELECT id FROM interactions WHERE external_id = $1";
            let id: InteractionId = tx.one(sql, args![root.external_id.as_str()])?;
            let by = UserId::new(context.now, context.random);
            let speaker = Speaker { by, workspace: context.workspace, now: context.now, random: context.random };
            let done = Word { state: ThreadState::Done, until: None };
            decisions::decide(tx, speaker, &[id], done).map(drop).map_err(|refused| panic!("{refused}"))
        }
    }
}

/// A question and two replies to it.
fn stored(thread: usize) -> Vec<ObservedInteraction> {
    let root = comment(&format!("t{thread}"), &format!("author{}", thread % 7), "Why is the link broken?");
    let replies = [1, 2].map(|n| reply(&format!("t{thread}.{n}"), &format!("author{}", n + 10), &root, n as u64));
    std::iter::once(root).chain(replies).collect()
}

async fn waits_for_a_lock(desk: &Desk) -> bool {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    desk.read(move |conn| conn.one::<i64>(sql, args![])).await.expect("the server tells") > 0
}
