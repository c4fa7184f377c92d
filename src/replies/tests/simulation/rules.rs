//! What must hold when everything has come to rest: for each reply at most one comment, and nothing lost that was taken over.

use std::collections::{BTreeMap, BTreeSet};

use kit::db::{self, Tx};
use kit::testing::simulation::{Database, Shared};

use super::line::Platform;
use super::people::People;
use crate::replies::{ReplyId, State};

kit::row! {
    struct Row {
        id: ReplyId,
        thread: String,
        text: String,
        state: State,
        external_id: Option<String>,
        /// Whether the inbox shows the comment that it became.
        is_shown: bool,
    }
}

fn rows(tx: &mut Tx) -> db::Result<Vec<Row>> {
    tx.all(
        "SELECT r.id, i.thread_external_id, r.text, r.state, r.external_id, EXISTS (SELECT 1 FROM interactions own
            WHERE own.connection_id = r.connection_id AND own.external_id = r.external_id AND own.is_own)
         FROM replies r JOIN interactions i ON i.id = r.interaction_id ORDER BY r.id",
        &[],
    )
}

fn read(database: &Database) -> Vec<Row> {
    database.look(rows).expect("replies can be read")
}

pub(super) fn at_rest(shared: &Shared, database: &Database, platform: &Platform, people: &People) {
    let (rows, mut groups) = (read(database), BTreeMap::<(String, String), Group>::new());
    for kept in &platform.far.script().comments {
        let said = kept.observed.text.clone().unwrap_or_default();
        let group = groups.entry((kept.observed.thread_external_id.clone(), said)).or_default();
        group.comments.insert(kept.observed.external_id.clone());
    }
    for row in &rows {
        let group = groups.entry((row.thread.clone(), row.text.clone())).or_default();
        match row.state {
            State::Published => group.published.extend(row.external_id.clone()),
            State::Unknown => group.unknown += 1,
            State::Failed | State::Cancelled => {}
            other => shared.wrong(format!("{} is {other} although nothing moves any more", row.id)),
        }
        if row.state == State::Published && !row.is_shown {
            shared.wrong(format!("{} is published, and the inbox does not show it", row.id));
        }
    }
    for ((thread, text), group) in groups {
        let strangers = group.published.difference(&group.comments).count();
        if strangers > 0 {
            shared.wrong(format!("“{text}” in {thread} is published {strangers} times where nothing is"));
        }
        let (there, known) = (group.comments.len(), group.published.len());
        if there > known + group.unknown {
            shared.wrong(format!("“{text}” is {there} times in {thread}, and {known} replies are published"));
        }
    }
    each_order_is_one_reply(shared, &rows, people);
}

/// Comments with the same words in the same thread, which nobody can tell apart.
#[derive(Default)]
struct Group {
    comments: BTreeSet<String>,
    published: BTreeSet<String>,
    unknown: usize,
}

fn each_order_is_one_reply(shared: &Shared, rows: &[Row], people: &People) {
    for order in people.orders().iter() {
        let told: BTreeSet<_> = order.told.iter().copied().collect();
        if told.len() > 1 {
            shared.wrong(format!("the key {} is {} replies", order.key, told.len()));
        }
        for id in told.iter().filter(|id| rows.iter().all(|row| row.id != **id)) {
            shared.wrong(format!("{id} was taken over and is lost"));
        }
    }
}

/// After the last fault whatever was tried again is published.
pub(super) fn at_the_end(shared: &Shared, database: &Database) {
    for row in read(database) {
        if !matches!(row.state, State::Published | State::Cancelled) {
            shared.wrong(format!("{} is {} although nothing was in the way", row.id, row.state));
        }
    }
}

/// How everything ended that was ordered.
pub(super) fn ends(database: &Database) -> Vec<State> {
    read(database).into_iter().map(|row| row.state).collect()
}

/// What a member can try again.
pub(super) fn left(database: &Database) -> Vec<ReplyId> {
    let left = |row: &Row| matches!(row.state, State::Failed | State::Unknown);
    read(database).iter().filter(|row| left(row)).map(|row| row.id).collect()
}

pub(super) fn is_settled(database: &Database) -> bool {
    let live =
        "SELECT count(*) FROM background_jobs WHERE job_type = 'send_reply' AND status IN ('pending', 'running')";
    database.look(|tx| tx.one::<i64>(live, &[])).expect("jobs can be read") == 0
}

/// The replies that have not come to an end, where the history is told.
pub(super) fn tell(database: &Database, shared: &Shared) {
    for row in read(database) {
        shared.note(|| format!("  {} “{}” in {}: {}", row.id, row.text, row.thread, row.state));
    }
}
