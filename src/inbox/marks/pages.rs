//! `POST /inbox/{id}/mark`, `/inbox/marks` and `/inbox/marks/undo`: one thread, or all that are ticked. The comment stays open;
//! a line says what was done and takes it back.

use axum::extract::{Path, Query, RawForm, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use kit::web::Nonce;

use super::{Act, ActId, Assignee, Mark, MarkKind, TagName, TakenBack, mark, matching};
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::inbox::listing::Reader;
use crate::inbox::moves::AT_ONCE;
use crate::inbox::moves::pages::{all_of, means_all, nothing_matches, place};
use crate::inbox::pages::{Asked, Listing, Parameters, list_page, page_of};
use crate::inbox::place::{Place, with};
use crate::inbox::remarks::Remark;
use crate::model::InteractionId;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::web::ui::Local;
use crate::work::Work;
use crate::workspaces::UserId;

/// What somebody typed for a tag that is none, word for word, and why.
#[derive(Clone, Debug)]
pub struct TagTold {
    pub text: String,
    pub error: String,
    /// Which comments were ticked.
    pub ticked: Vec<InteractionId>,
}

/// Marks the thread of a comment.
pub async fn mark_one(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    RawForm(form): RawForm,
) -> Result<Response> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (list, panel) = place(parameters.clone())?;
    let fields = read(&form);
    match done(&app, &who, vec![id], &fields).await {
        Ok(act) if act.matched == 0 => Err(Error::NotFound),
        Ok(act) => {
            Ok(Redirect::to(&told(&list.address(&format!("/inbox/{id}"), panel.as_deref()), act.id)).into_response())
        }
        Err(Error::Invalid(errors)) => {
            let tagged = tag_told(&fields, Vec::new(), &errors)?;
            let asked = Asked { tagged: Some(tagged), ..Asked::new(id, parameters) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page_of(&app, &who, &nonce, asked).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Marks the threads of all comments that are ticked.
pub async fn mark_many(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Query(parameters): Query<Parameters>,
    RawForm(form): RawForm,
) -> Result<Response> {
    let (list, _) = place(parameters.clone())?;
    let fields = read(&form);
    let ids = fields.iter().filter(|(name, _)| name == "id").filter_map(|(_, id)| id.parse().ok());
    let ids = ids.take(AT_ONCE).collect::<Vec<InteractionId>>();
    let marked = match means_all(&fields, who.workspace.id)? {
        true => mark_all(&app, &who, &list, &fields).await,
        false if ids.is_empty() => return Ok(Redirect::to(&Remark::NothingTicked.on(&list.list())).into_response()),
        false => done(&app, &who, ids.clone(), &fields).await.map(|act| (act.matched > 0).then_some(act.id)),
    };
    match marked {
        Ok(None) => Ok(nothing_matches(&list).into_response()),
        Ok(Some(act)) => Ok(Redirect::to(&told(&list.list(), act)).into_response()),
        Err(Error::Invalid(errors)) => {
            let tagged = tag_told(&fields, ids, &errors)?;
            list_page(&app, &who, &nonce, Listing { tagged: Some(tagged), ..Listing::of(parameters) }).await
        }
        Err(error) => Err(error),
    }
}

/// Marks the threads of all comments that match, by a job.
async fn mark_all(app: &App, who: &SignedIn, list: &Place, fields: &Parameters) -> Result<Option<ActId>> {
    let local = Local::new(app.now(), &who.user.time_zone);
    let (user, workspace, filter) = (who.user.id, who.workspace.id, all_of(list)?);
    let asked = asked(fields, user)?;
    let order = move |work: &mut Work<'_>| {
        let reader = Reader { workspace, user, zone: &local.zone, now: local.now };
        matching::order(work, reader, &filter, &asked)
    };
    Ok(app.write(who.acting(), order).await?.map(|(_, act)| act))
}

/// Takes an act back, and opens what it was done from.
pub async fn undo(
    State(app): State<App>,
    who: SignedIn,
    Query(parameters): Query<Parameters>,
    RawForm(form): RawForm,
) -> Result<Redirect> {
    let (list, panel) = place(parameters)?;
    let fields = read(&form);
    let id: ActId =
        value(&fields, "act").parse().map_err(|_| Error::bad_request("bad_act", "Nothing says what to undo."))?;
    let workspace = who.workspace.id;
    let undone = app.write(who.acting(), move |work| super::undo(work, workspace, id)).await;
    let open = value(&fields, "open").parse::<InteractionId>().ok();
    let path = open.map_or_else(|| "/inbox".to_owned(), |id| format!("/inbox/{id}"));
    let address = list.address(&path, panel.as_deref());
    Ok(Redirect::to(&match undone {
        Ok(TakenBack::Now(count)) => with(&address, &[("undone", &count.to_string())]),
        Ok(TakenBack::By(job)) => with(&address, &[("matching", &job.to_string()), ("marked", &id.to_string())]),
        Err(error) => Remark::instead_of(error, &address)?,
    }))
}

async fn done(app: &App, who: &SignedIn, ids: Vec<InteractionId>, fields: &Parameters) -> Result<Act> {
    let (workspace, asked) = (who.workspace.id, asked(fields, who.user.id)?);
    app.write(who.acting(), move |work| mark(work, workspace, &ids, &asked)).await
}

/// A button says which mark it is, whom it assigns, or which tag it takes off.
fn asked(fields: &Parameters, me: UserId) -> Result<Mark> {
    let tag = |name| value(fields, name).parse::<TagName>();
    let unknown = || Error::bad_request("bad_mark", "Choose what to do with them.");
    if fields.iter().any(|(name, _)| name == "untag") {
        return Ok(Mark::Untag(tag("untag")?));
    }
    if fields.iter().any(|(name, _)| name == "assignee") {
        let to: Assignee = value(fields, "assignee").parse().map_err(|_| unknown())?;
        return Ok(to.user(me).map_or(Mark::Unassign, Mark::Assign));
    }
    match value(fields, "mark").parse::<MarkKind>().map_err(|_| unknown())? {
        MarkKind::Star => Ok(Mark::Star),
        MarkKind::Unstar => Ok(Mark::Unstar),
        MarkKind::Tag => Ok(Mark::Tag(tag("tag")?)),
        MarkKind::Untag => Ok(Mark::Untag(tag("tag")?)),
        MarkKind::Unassign => Ok(Mark::Unassign),
        MarkKind::Assign => Err(unknown()),
    }
}

fn tag_told(fields: &Parameters, ticked: Vec<InteractionId>, errors: &FieldErrors) -> Result<TagTold> {
    let error = errors.of("tag").ok_or_else(|| Error::Invalid(errors.clone()))?.to_owned();
    Ok(TagTold { text: value(fields, "tag").to_owned(), error, ticked })
}

fn read(form: &[u8]) -> Parameters {
    url::form_urlencoded::parse(form).into_owned().collect()
}

fn value<'a>(fields: &'a Parameters, name: &str) -> &'a str {
    fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

fn told(address: &str, act: ActId) -> String {
    with(address, &[("marked", &act.to_string())])
}
