//! `POST /inbox/{id}/move` and `/inbox/{id}/undo`: a comment leaves its place in the list, the next one opens, and a line says
//! what was done and takes it back.

use std::fmt::Display;

use axum::extract::{Form, Path, Query, RawForm, State};
use axum::response::Redirect;
use kit::clock::Timestamp;
use kit::db::Conn;
use serde::Deserialize;

use super::matching::{self, TakenBack};
use super::{AT_ONCE, Done, Move, snoozed_until};
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::inbox::decisions::{self, Receipt, Refused, Speaker, Word};
use crate::inbox::listing::{self, Cursor, Filter, Interaction, Reader};
use crate::inbox::pages::{self, Parameters};
use crate::inbox::place::{Place, take, with};
use crate::inbox::remarks::Remark;
use crate::inbox::threads::{ThreadId, ThreadState};
use crate::model::InteractionId;
use crate::replies::State as ReplyState;
use crate::web::errors::{Error, Result};
use crate::web::ui::Local;
use crate::work::Work;
use crate::workspaces::{UserId, WorkspaceId};

/// One button of several was pressed, or a time of one's own was chosen.
#[derive(Debug, Deserialize)]
pub struct MoveForm {
    to: Option<Move>,
    /// As a browser says it, in the person's zone.
    until: Option<String>,
}

impl MoveForm {
    fn word(&self, local: &Local) -> Result<Word> {
        match (self.to, &self.until) {
            (Some(to), _) => Ok(to.word(local)),
            (None, Some(until)) => snoozed_until(until, local)
                .ok_or_else(|| Error::bad_request("bad_until", "Choose a day and a time that are yet to come.")),
            (None, None) => Err(Error::bad_request("bad_move", "Choose what to do with it.")),
        }
    }
}

/// Says a word on the thread of a comment, and goes on to what stands after it.
pub async fn decide(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    Form(form): Form<MoveForm>,
) -> Result<Redirect> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (place, panel) = place(parameters)?;
    let local = Local::new(app.now(), &who.user.time_zone);
    let (by, workspace, word) = (who.user.id, who.workspace.id, form.word(&local)?);
    let next = app
        .write(who.acting(), move |work| {
            let reader = Reader { workspace, user: by, zone: &local.zone, now: local.now };
            let next = after(work.tx, reader, &place, id)?;
            say(work, by, workspace, id, word)?;
            Ok::<_, Error>(next)
        })
        .await?;
    Ok(Redirect::to(&said(&next, "moved", id, panel.as_deref())))
}

/// Takes the last word back, and opens its comment again.
pub async fn undo(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    Form(form): Form<UndoForm>,
) -> Result<Redirect> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (place, panel) = place(parameters)?;
    let (by, workspace) = (who.user.id, who.workspace.id);
    let here = place.address(&format!("/inbox/{id}"), panel.as_deref());
    let undone = app.write(who.acting(), move |work| {
        let ids = threads_of(work, workspace, &[id])?;
        let said = decisions::last_word(work.tx, workspace, id)?;
        let speaker = Speaker { by, workspace, now: work.now, random: work.random };
        let undone = decisions::undo(work.tx, speaker, &ids, form.at).map_err(refused)?;
        match undone {
            Receipt { matched: 0, .. } => Err(Error::NotFound),
            Receipt { changed: 0, .. } if said.is_some_and(|word| word.decided_at != form.at) => {
                Err(Error::conflict("moved_since", "This comment was moved again since: nothing was undone."))
            }
            receipt => has_undone(receipt),
        }
    });
    match undone.await {
        Ok(()) => Ok(Redirect::to(&here)),
        Err(error) => Ok(Redirect::to(&Remark::instead_of(error, &here)?)),
    }
}

/// The field of a form that means all that match, and not only what is ticked.
pub(in crate::inbox) const ALL: &str = "all";
/// The field that says for which workspace a form was drawn.
pub(in crate::inbox) const WORKSPACE: &str = "workspace";

/// Says one word on the threads of all comments that are ticked, or of all that match.
pub async fn decide_many(
    State(app): State<App>,
    who: SignedIn,
    Query(parameters): Query<Parameters>,
    RawForm(form): RawForm,
) -> Result<Redirect> {
    let (list, _) = place(parameters)?;
    let fields = url::form_urlencoded::parse(&form).into_owned().collect::<Parameters>();
    let ids = fields.iter().filter(|(name, _)| name == "id").filter_map(|(_, id)| id.parse().ok());
    let ids = ids.take(AT_ONCE).collect::<Vec<InteractionId>>();
    let to = fields.iter().find(|(name, _)| name == "to").and_then(|(_, to)| to.parse::<Move>().ok());
    let to = to.ok_or_else(|| Error::bad_request("bad_move", "Choose what to do with them."))?;
    if means_all(&fields, who.workspace.id)? {
        return decide_all(&app, &who, &list, to).await;
    }
    if ids.is_empty() {
        return Ok(Redirect::to(&Remark::NothingTicked.on(&list.list())));
    }
    let local = Local::new(app.now(), &who.user.time_zone);
    let (by, workspace, word) = (who.user.id, who.workspace.id, to.word(&local));
    let (at, chosen) = app
        .write(who.acting(), move |work| {
            let speaker = Speaker { by, workspace, now: work.now, random: work.random };
            let receipt = decisions::decide(work.tx, speaker, &ids, word).map_err(refused)?;
            Ok::<_, Error>((work.now, receipt.matched))
        })
        .await?;
    Ok(Redirect::to(&with(&list.list(), &[("many", &at.to_string()), ("of", &chosen.to_string())])))
}

/// What a list shows. What could not be read of its filter would make it match more.
pub fn all_of(list: &Place) -> Result<Filter> {
    if list.errors.is_empty() && list.remarks.is_empty() {
        return Ok(list.filter.clone());
    }
    Err(Error::bad_request("bad_filter", "This list's filter can't be followed any more. Open it again first."))
}

/// Whether a form means all that match; refused where it was drawn for another workspace.
pub fn means_all(fields: &Parameters, workspace: WorkspaceId) -> Result<bool> {
    let value = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let is_elsewhere = value(WORKSPACE).is_some_and(|drawn_for| drawn_for != workspace.to_string());
    match value(ALL) == Some("yes") {
        _ if is_elsewhere => Err(Error::elsewhere()),
        means_all => Ok(means_all),
    }
}

/// Back to a list, which says so.
pub fn nothing_matches(list: &Place) -> Redirect {
    Redirect::to(&with(&list.from(None).list(), &[("matches", "none")]))
}

async fn decide_all(app: &App, who: &SignedIn, list: &Place, to: Move) -> Result<Redirect> {
    let local = Local::new(app.now(), &who.user.time_zone);
    let (user, workspace, filter, word) = (who.user.id, who.workspace.id, all_of(list)?, to.word(&local));
    let job = app
        .write(who.acting(), move |work| {
            let reader = Reader { workspace, user, zone: &local.zone, now: local.now };
            matching::order(work, reader, &filter, word)
        })
        .await?;
    Ok(match job {
        Some(job) => Redirect::to(&with(&list.from(None).list(), &[("matching", &job.to_string())])),
        None => nothing_matches(list),
    })
}

#[derive(Debug, Deserialize)]
pub struct UndoForm {
    at: Timestamp,
}

/// Takes back what was said of many at once.
pub async fn undo_many(
    State(app): State<App>,
    who: SignedIn,
    Query(parameters): Query<Parameters>,
    Form(form): Form<UndoForm>,
) -> Result<Redirect> {
    let (list, _) = place(parameters)?;
    let (by, workspace) = (who.user.id, who.workspace.id);
    let undone = app.write(who.acting(), move |work| taken_back(work, (by, workspace), form.at)).await;
    Ok(Redirect::to(&match undone {
        Ok(TakenBack::Now(receipt)) => with(&list.list(), &[("undone", &receipt.changed.to_string())]),
        Ok(TakenBack::By(job)) => with(&list.list(), &[("matching", &job.to_string())]),
        Err(error) => Remark::instead_of(error, &list.list())?,
    }))
}

/// The list that an address names, and whether only a part of a page is asked for.
pub fn place(mut parameters: Parameters) -> Result<(Place, Option<String>)> {
    let panel = take(&mut parameters, "panel");
    Done::take(&mut parameters);
    Ok((Place::parse(parameters).map_err(pages::refused)?, panel))
}

fn say(work: &mut Work<'_>, by: UserId, workspace: WorkspaceId, id: InteractionId, word: Word) -> Result<()> {
    let speaker = Speaker { by, workspace, now: work.now, random: work.random };
    match decisions::decide(work.tx, speaker, &[id], word).map_err(refused)? {
        Receipt { matched: 0, .. } => {
            Err(Error::conflict("own", "This is your own reply: there is nothing to do with it."))
        }
        Receipt { changed: 0, .. } if !decisions::is_of_use(work.tx, workspace, &[id], word)? => Err(useless(word)),
        _ => Ok(()),
    }
}

fn useless(word: Word) -> Error {
    Error::conflict(
        "nothing_to_move",
        match word.state {
            ThreadState::NeedsReply => "You can only reply to comments that are public on the platform.",
            _ => "This one isn't waiting for a reply, so there's nothing to move.",
        },
    )
}

fn threads_of(work: &mut Work<'_>, workspace: WorkspaceId, ids: &[InteractionId]) -> Result<Vec<ThreadId>> {
    Ok(decisions::threads_of(work.tx, workspace, ids)?.into_iter().map(|thread| thread.id).collect())
}

/// Something must be left to take back.
pub(super) fn taken_back(work: &mut Work<'_>, whose: (UserId, WorkspaceId), at: Timestamp) -> Result<TakenBack> {
    let undone = matching::take_back(work, whose, at).map_err(refused)?;
    if let TakenBack::Now(receipt) = undone {
        has_undone(receipt)?;
    }
    Ok(undone)
}

fn has_undone(receipt: Receipt) -> Result<()> {
    match receipt.changed {
        0 => Err(Error::nothing_to_undo()),
        _ => Ok(()),
    }
}

/// Where a person goes on: what stands after the comment, else what stands before it, else the list. What has an answer on its
/// way asks nothing more of them.
pub(in crate::inbox) fn after(conn: &mut Conn, reader: Reader<'_>, place: &Place, id: InteractionId) -> Result<String> {
    let item = listing::open(conn, reader.workspace, id)?.ok_or(Error::NotFound)?.interaction;
    let mut list = |cursor| listing::list(conn, reader, &place.filter, cursor, listing::DEFAULT_LIMIT);
    let waits = |one: &&Interaction| one.id != id && !one.reply.is_some_and(ReplyState::is_on_its_way);
    let listed = list(place.cursor)?;
    let here = listed.items.iter().position(|one| one.id == id);
    let (before, behind) = listed.items.split_at(here.unwrap_or_default());
    if let Some(next) = behind.iter().filter(|_| here.is_some()).find(waits) {
        return Ok(place.one(next.id));
    }
    // What is in no list any more has its place by its order.
    let (beyond, there) = match here {
        Some(_) => (listed.next, place.from(listed.next)),
        None => (Some(Cursor::after(&item)), place.clone()),
    };
    let page = beyond.map(|cursor| list(Some(cursor))).transpose()?;
    if let Some(next) = page.iter().flat_map(|page| &page.items).find(waits) {
        return Ok(there.one(next.id));
    }
    Ok(before.iter().rev().find(waits).map_or_else(|| place.list(), |one| place.one(one.id)))
}

/// Where a person goes on, with what was done before.
pub(in crate::inbox) fn said(next: &str, what: &str, id: impl Display, panel: Option<&str>) -> String {
    let next = with(next, &[(what, &id.to_string())]);
    panel.map_or(next.clone(), |panel| with(&next, &[("panel", panel)]))
}

pub(super) fn refused(refused: Refused) -> Error {
    match refused {
        Refused::NotFound => Error::NotFound,
        Refused::Until => Error::bad_request("bad_until", "A snooze must end later than now."),
        Refused::Database(error) => error.into(),
    }
}
