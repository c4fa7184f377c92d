//! What must hold.

use kit::args;
use kit::clock::Timestamp;
use kit::db::Tx;

use super::history::History;
use crate::inbox::counts::{self, Drift};
use crate::inbox::ingest::{self, tests::anew};
use crate::inbox::jobs::AgePriorities;
use crate::inbox::listing::tests::disagreement;
use crate::inbox::listing::{Filter, Reader};
use crate::model::ProviderState;
use crate::web::ui::Local;
use crate::workspaces::WorkspaceId;

/// After each step.
pub async fn at_any_time(history: &History) -> Vec<String> {
    let (workspace, now) = (history.stand.workspace, history.stand.app.app.now());
    let read = history.stand.app.app.db.write(move |tx| {
        let mut wrongs = anew::facts(tx, workspace)?;
        let drift = counts::drift(tx, workspace)?;
        if drift != Drift::default() {
            wrongs.push(format!("counts are no recount: {drift:?}"));
        }
        wrongs.extend(nobody_ages(tx, workspace, now)?);
        Ok::<_, kit::db::Error>(wrongs)
    });
    read.await.expect("the database answers")
}

/// Somebody waits whose points will fall, and no job sees to that.
fn nobody_ages(tx: &mut Tx, workspace: WorkspaceId, now: Timestamp) -> kit::db::Result<Option<String>> {
    let jobs: i64 = tx.one(
        "SELECT count(*) FROM background_jobs WHERE job_type = $1 AND status IN ('pending', 'running')",
        args![<AgePriorities as kit::jobs::Job>::TYPE],
    )?;
    let is_wrong = ingest::somebody_ages(tx, workspace, now)? && jobs != 1;
    Ok(is_wrong.then(|| format!("somebody waits, and {jobs} jobs see to it that their points fall")))
}

/// Where every job that is due has run.
pub async fn with_nothing_due(history: &History) -> Vec<String> {
    let (workspace, now) = (history.stand.workspace, history.stand.app.app.now());
    let derived = history.stand.app.app.db.write(move |tx| anew::states(tx, workspace, now));
    derived.await.expect("the database answers")
}

/// After all was read again, and an hour and its ageing.
pub async fn at_the_end(history: &History) -> Vec<String> {
    let (workspace, user, now) = (history.stand.workspace, history.stand.ann, history.stand.app.app.now());
    let known = history.shown.listed();
    let read = history.stand.app.app.db.write(move |tx| {
        let mut wrongs = anew::points(tx, workspace, now)?;
        let local = Local::new(now, "Europe/Berlin");
        let reader = Reader { workspace, user, zone: &local.zone, now };
        for address in addresses() {
            let pairs = url::form_urlencoded::parse(address.as_bytes()).into_owned().collect::<Vec<_>>();
            let filter = Filter::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            let filter = filter.expect("it is a filter");
            wrongs.extend(disagreement(tx, reader, &filter)?.map(|told| format!("{address}: {told}")));
        }
        for item in &known {
            let sql = "SELECT text, provider_state FROM interactions WHERE external_id = $1";
            let stored: Option<(Option<String>, ProviderState)> = tx.opt(sql, args![&item.external_id])?;
            if stored != Some((item.text.clone(), item.provider_state)) {
                wrongs.push(format!("{} is {:?} {}, not {stored:?}", item.external_id, item.text, item.provider_state));
            }
        }
        Ok::<_, kit::db::Error>(wrongs)
    });
    read.await.expect("the database answers")
}

/// Each choice of each filter, in each order; with some of them together, and with words.
fn addresses() -> Vec<String> {
    let choices = super::super::effort::filters();
    let choices = choices.iter().map(|address| address.trim_start_matches("/inbox?").replace("state=all", ""));
    let choices =
        choices.chain(["q=what", "q=refund", "q=camera&kind=comment", "q=love&visibility=any"].map(str::to_owned));
    let with = ["", "order=oldest", "state=needs_reply&order=priority", "state=done", "visibility=any"];
    let both = choices.flat_map(|choice| with.map(|other| format!("{choice}&{other}")));
    // What is named twice would be two choices of one filter.
    both.filter(|address| !["state=", "order=", "visibility="].iter().any(|name| address.matches(name).count() > 1))
        .collect()
}
