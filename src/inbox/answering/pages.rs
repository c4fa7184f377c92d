//! `POST /inbox/{id}/reply`, `/draft` and `/reply/act`: an answer is taken over, kept while it is written, called back, tried
//! again or settled.

use std::time::Duration;

use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use kit::web::Nonce;
use serde::Deserialize;

use super::Told;
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::inbox::listing::Reader;
use crate::inbox::moves::pages::{after, place, said};
use crate::inbox::pages::{Asked, Parameters, page_of};
use crate::inbox::remarks::Remark;
use crate::model::InteractionId;
use crate::replies::{self, NewReply, Refused, ReplyId, Typed};
use crate::web::errors::{Error, Result};
use crate::web::ui::Local;
use crate::work::Work;

/// In which an answer can be called back before the platform hears of it.
pub(super) fn second_thoughts(who: &SignedIn) -> Duration {
    Duration::from_secs(who.user.undo_seconds.unsigned_abs())
}

/// Of a draft that somebody has gone on with in another tab, or on another device.
const ELSEWHERE: &str = "You wrote something else in another tab: it's below. Send what you mean.";

#[derive(Debug, Deserialize)]
pub struct ReplyForm {
    text: String,
    key: String,
    /// The newest answer that whoever wrote this has seen.
    seen: Option<String>,
    /// The draft that they have seen.
    was: Option<String>,
}

/// Takes an answer over and goes on to what stands after its comment. What is refused is shown again, with the reason.
pub async fn send(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    Form(form): Form<ReplyForm>,
) -> Result<Response> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (list, panel) = place(parameters.clone())?;
    let local = Local::new(app.now(), &who.user.time_zone);
    let delay = second_thoughts(&who);
    let (user, workspace, platforms, text) = (who.user.id, who.workspace.id, app.platforms.clone(), form.text);
    let sent = app
        .write(who.acting(), move |work| {
            let reader = Reader { workspace, user, zone: &local.zone, now: local.now };
            let next = after(work.tx, reader, &list, id)?;
            let new = NewReply { interaction: id, text: &text, key: Some(&form.key), delay };
            let is_first = replies::is_first(work.tx, workspace, user, id, &form.key)?;
            let refused = |error: String| Ok(Err(Told { text: text.clone(), error }));
            if let Some(seen) = form.seen.as_deref().filter(|_| is_first)
                && let Some(error) = super::answered_since(work.tx, (workspace, &platforms), id, seen)?
            {
                return refused(error);
            }
            let was = form.was.as_deref().filter(|_| is_first);
            let typed = Typed { text: &text, was, form: Some(&form.key), key: None };
            if let Some(words) = replies::written_elsewhere(work.tx, (workspace, id, user), &typed)? {
                return Ok(Err(Told { text: typed.above(&words), error: ELSEWHERE.to_owned() }));
            }
            match replies::send(work, &platforms, workspace, &new) {
                Ok(reply) => Ok(Ok((next, reply.id))),
                Err(failed @ (Refused::NotFound | Refused::Db(_))) => Err(Error::from(failed)),
                Err(error) => refused(error.told().1.into_owned()),
            }
        })
        .await?;
    match sent {
        Ok((next, reply)) => Ok(Redirect::to(&said(&next, "sent", reply, panel.as_deref())).into_response()),
        Err(told) => {
            let asked = Asked { told: Some(told), ..Asked::new(id, parameters) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page_of(&app, &who, &nonce, asked).await?).into_response())
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct DraftForm {
    text: String,
    key: Option<String>,
    was: Option<String>,
}

/// Keeps what is written so far: by a script while somebody types, by a button without one.
pub async fn save(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    Form(form): Form<DraftForm>,
) -> Result<Response> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (list, panel) = place(parameters)?;
    let workspace = who.workspace.id;
    // A script's words may be on their way while the same are sent; whoever presses the button means it.
    let is_by_script = panel.is_some();
    let save = move |work: &mut Work<'_>| {
        let key = form.key.as_deref();
        let typed = Typed { text: &form.text, was: form.was.as_deref(), form: key, key: key.filter(|_| is_by_script) };
        replies::save_draft(work, workspace, id, &typed)
    };
    let elsewhere = app.write(who.acting(), save).await.map_err(Error::from)?;
    Ok(match (panel, elsewhere) {
        (Some(_), None) => StatusCode::NO_CONTENT.into_response(),
        (Some(_), Some(words)) => words.into_response(),
        (None, None) => Redirect::to(&Remark::DraftSaved.on(&list.one(id))).into_response(),
        (None, Some(_)) => Redirect::to(&Remark::DraftBeside.on(&list.one(id))).into_response(),
    })
}

kit::text_enum! {
    /// What can be done with an answer that was taken over.
    pub enum Act { Cancel = "cancel", Release = "release", Retry = "retry", WasSent = "was_sent", WasNotSent = "was_not_sent" }
}

#[derive(Debug, Deserialize)]
pub struct ActForm {
    reply: ReplyId,
    act: Act,
}

/// Opens the comment again. What is called back is a draft again.
pub async fn act(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    Form(form): Form<ActForm>,
) -> Result<Redirect> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (list, panel) = place(parameters)?;
    let (workspace, delay) = (who.workspace.id, second_thoughts(&who));
    let here = list.address(&format!("/inbox/{id}"), panel.as_deref());
    let done = app.write(who.acting(), move |work| {
        match form.act {
            Act::Cancel => drop(replies::cancel(work, workspace, form.reply)?),
            Act::Release => {
                replies::release(work, (workspace, form.reply), delay)?;
                return Ok(Some(Remark::Released));
            }
            Act::Retry => drop(replies::retry(work, workspace, form.reply)?),
            Act::WasSent => drop(replies::settle(work, workspace, form.reply, true)?),
            Act::WasNotSent => drop(replies::settle(work, workspace, form.reply, false)?),
        }
        Ok::<_, Refused>(None)
    });
    match done.await.map_err(Error::from) {
        Ok(remark) => Ok(Redirect::to(&remark.map_or_else(|| here.clone(), |remark: Remark| remark.on(&here)))),
        Err(error) => Ok(Redirect::to(&Remark::instead_of(error, &here)?)),
    }
}
