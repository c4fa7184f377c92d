//! What must hold when everything has come to rest: whatever was taken over was done or says why not, and nothing that was
//! called back was done after that.

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db;
use kit::testing::simulation::{BEGIN, Database, Shared};

use super::line::{Effect, Platform};
use super::people::People;
use crate::model::ProviderState;
use crate::moderation::{self, OrderId, Skipped, State, Tally};
use crate::platforms::Verb;

/// Units of work are committed up to so much later than the instant that their rows bear.
const LAG: Duration = Duration::from_secs(3);

kit::row! {
    struct Row {
        order: OrderId,
        place: i64,
        comment: String,
        verb: Verb,
        text: Option<String>,
        state: State,
        attempts: i64,
        says_why: bool,
        why: Option<String>,
        created_at: Timestamp,
        updated_at: Timestamp,
        /// As the inbox has the comment.
        stands: ProviderState,
        said: Option<String>,
    }
}

impl Row {
    fn what(&self) -> String {
        match &self.text {
            Some(text) => format!("{} {text}", self.verb),
            None => self.verb.to_string(),
        }
    }

    fn told(&self) -> String {
        format!("{} of {} (number {})", self.what(), self.comment, self.place)
    }
}

/// The acts on each comment in their order.
fn read(database: &Database) -> Vec<Row> {
    let rows = |tx: &mut db::Tx| {
        tx.all(
            "SELECT a.order_id, a.place, i.external_id, a.verb, a.text, a.state, a.attempts, a.error_message IS NOT NULL,
                a.error_code, a.created_at, a.updated_at, i.provider_state, i.text
             FROM moderation_acts a JOIN interactions i ON i.id = a.interaction_id ORDER BY i.external_id, a.place",
            &[],
        )
    };
    database.look(rows).expect("acts can be read")
}

fn since_begin(at: Timestamp) -> Duration {
    at.since(BEGIN)
}

pub(super) fn at_rest(shared: &Shared, database: &Database, platform: &Platform, people: &People) {
    let rows = read(database);
    for row in &rows {
        match row.state {
            State::Done => was_done(shared, row, platform),
            State::Failed if row.says_why => {}
            State::Failed => shared.wrong(format!("{} failed without a word", row.told())),
            // What was asked for before may arrive late.
            State::Cancelled if row.attempts == 0 => was_not_done(shared, row, &rows, platform),
            State::Cancelled => {}
            State::Skipped => was_needless(shared, row, &rows),
            other => shared.wrong(format!("{} is {other} although nothing moves any more", row.told())),
        }
    }
    for id in people.told().iter() {
        let receipt = database.look(|tx| moderation::receipt_for_job(tx, *id)).expect("acts can be read");
        if receipt.is_some_and(|receipt| !adds_up(&receipt.tally())) {
            shared.wrong(format!("the numbers of {id} don't make up what was meant"));
        }
    }
    for id in people.told().iter().filter(|id| rows.iter().all(|row| row.order != **id)) {
        shared.wrong(format!("{id} was taken over and is lost"));
    }
}

fn adds_up(tally: &Tally) -> bool {
    let skipped = tally.skipped.iter().map(|(_, count)| count).sum::<usize>();
    tally.matched == tally.done + tally.failed + tally.under_way + tally.cancelled + skipped
}

fn was_done(shared: &Shared, row: &Row, platform: &Platform) {
    let (from, to) = (since_begin(row.created_at), since_begin(row.updated_at));
    let effects = platform.effects();
    let of_it = || effects.iter().filter(|effect| effect.comment == row.comment);
    let was_so = of_it().rfind(|effect| effect.at < from).is_some_and(|effect| effect.what == row.what());
    if !was_so && !of_it().any(|effect| effect.at >= from && effect.at <= to && effect.what == row.what()) {
        shared.wrong(format!("{} is done, and the platform never did it", row.told()));
    }
}

fn was_not_done(shared: &Shared, row: &Row, rows: &[Row], platform: &Platform) {
    let next = rows.iter().find(|it| it.comment == row.comment && it.place > row.place && it.what() == row.what());
    let (from, to) = (since_begin(row.created_at), next.map_or(Duration::MAX, |next| since_begin(next.created_at)));
    let to = to.saturating_sub(LAG);
    let called_back = since_begin(row.updated_at);
    let effects = platform.effects();
    // A former wish for the same, whose request was slow.
    let former = rows.iter().any(|it| it.comment == row.comment && it.place < row.place && it.what() == row.what());
    let is_it = |it: &&Effect| it.comment == row.comment && it.what == row.what() && it.at > from && it.at < to;
    if let Some(effect) = effects.iter().find(is_it).filter(|_| !former) {
        let when = if effect.at > called_back { "after" } else { "before" };
        shared.wrong(format!("{} was called back, and done {when} that", row.told()));
    }
}

/// What was passed over was so already, as far as the inbox knew, or another act was at it.
fn was_needless(shared: &Shared, row: &Row, rows: &[Row]) {
    let (from, to) = (row.created_at - LAG, row.created_at + LAG);
    let others = || rows.iter().filter(|it| it.comment == row.comment && it.order != row.order);
    let done = || others().filter(|it| it.state == State::Done);
    let before = || done().filter(|it| it.updated_at < from).max_by_key(|it| it.updated_at);
    let is_needless = match row.why.as_deref().and_then(|why| why.parse().ok()) {
        Some(Skipped::UnderWay) => others().any(|it| it.created_at <= to && it.updated_at >= from),
        Some(Skipped::Already) => {
            before().map_or(Verb::Publish, |last| last.verb) == row.verb
                || done().any(|it| it.verb == row.verb && it.updated_at >= from && it.updated_at <= to)
        }
        _ => false,
    };
    if !is_needless {
        shared.wrong(format!("{} was passed over for no reason: {:?}", row.told(), row.why));
    }
}

/// How everything ended that was asked for.
pub(super) fn ends(database: &Database) -> Vec<State> {
    read(database).into_iter().map(|row| row.state).collect()
}

/// After the last fault whatever was tried again is done, and inbox and platform say the same.
pub(super) fn at_the_end(shared: &Shared, database: &Database) {
    let rows = read(database);
    for (number, row) in rows.iter().enumerate() {
        let changes = |it: &&Row| !matches!(it.state, State::Skipped | State::Cancelled);
        let is_last = !rows[number + 1..].iter().filter(changes).any(|it| it.comment == row.comment);
        match (row.state, row.verb) {
            (State::Failed, _) if is_last => {
                shared.wrong(format!("{} failed although nothing was in the way", row.told()))
            }
            (State::Done, Verb::Hide) if is_last && row.stands != ProviderState::Hidden => {
                shared.wrong(format!("{} is done, and the inbox shows it {}", row.told(), row.stands));
            }
            (State::Done, Verb::Publish) if is_last && row.stands != ProviderState::Published => {
                shared.wrong(format!("{} is done, and the inbox shows it {}", row.told(), row.stands));
            }
            (State::Done, Verb::Edit) if is_last && row.said != row.text => {
                shared.wrong(format!("{} is done, and the inbox says {:?}", row.told(), row.said));
            }
            _ => {}
        }
    }
}

/// Orders of which a member can try something again.
pub(super) fn left(database: &Database) -> Vec<OrderId> {
    let rows = read(database);
    let mut left = rows.iter().filter(|row| row.state == State::Failed).map(|row| row.order).collect::<Vec<_>>();
    left.dedup();
    left
}

pub(super) fn is_settled(database: &Database) -> bool {
    let live = "SELECT count(*) FROM background_jobs WHERE job_type = 'carry_out' AND status IN ('pending', 'running')";
    database.look(|tx| tx.one::<i64>(live, &[])).expect("jobs can be read") == 0
}
