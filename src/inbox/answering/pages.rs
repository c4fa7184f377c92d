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
use crate::model::InteractionId;
use crate::replies::{self, NewReply, Refused, ReplyId};
use crate::web::errors::{Error, Result};
use crate::web::ui::Local;

/// In which an answer can be called back before the platform hears of it.
pub(super) fn second_thoughts(who: &SignedIn) -> Duration {
    Duration::from_secs(who.user.undo_seconds.unsigned_abs())
}

#[derive(Debug, Deserialize)]
pub struct ReplyForm {
    text: String,
    key: String,
    /// The newest answer that whoever wrote this has seen.
    seen: Option<String>,
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
    let (user, workspace, platforms, text) = (who.user.id, who.workspace.id, app.platforms.clone(), form.text.clone());
    let sent = app
        .write(who.acting(), move |work| {
            let reader = Reader { workspace, user, zone: &local.zone, now: local.now };
            let next = after(work.tx, reader, &list, id)?;
            let new = NewReply { interaction: id, text: &text, key: Some(&form.key), delay };
            let is_first = replies::is_first(work.tx, workspace, user, id, &form.key)?;
            if let Some(seen) = form.seen.as_deref().filter(|_| is_first)
                && let Some(told) = super::answered_since(work.tx, (workspace, &platforms), id, seen)?
            {
                return Ok(Err(told));
            }
            match replies::send(work, &platforms, workspace, &new) {
                Ok(reply) => Ok(Ok((next, reply.id))),
                Err(failed @ (Refused::NotFound | Refused::Db(_))) => Err(Error::from(failed)),
                Err(refused) => Ok(Err(refused.told().1.into_owned())),
            }
        })
        .await?;
    match sent {
        Ok((next, reply)) => Ok(Redirect::to(&said(&next, "sent", reply, panel.as_deref())).into_response()),
        Err(error) => {
            let told = Told { text: form.text, error };
            let asked = Asked { told: Some(told), ..Asked::new(id, parameters) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page_of(&app, &who, &nonce, asked).await?).into_response())
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct DraftForm {
    text: String,
    key: Option<String>,
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
    let key = form.key.filter(|_| panel.is_some());
    app.write(who.acting(), move |work| replies::save_draft(work, workspace, id, &form.text, key.as_deref()))
        .await
        .map_err(Error::from)?;
    match panel {
        Some(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        None => Ok(Redirect::to(&list.one(id)).into_response()),
    }
}

kit::text_enum! {
    /// What can be done with an answer that was taken over.
    pub enum Act { Cancel = "cancel", Retry = "retry", WasSent = "was_sent", WasNotSent = "was_not_sent" }
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
    let workspace = who.workspace.id;
    app.write(who.acting(), move |work| {
        match form.act {
            Act::Cancel => drop(replies::cancel(work, workspace, form.reply)?),
            Act::Retry => drop(replies::retry(work, workspace, form.reply)?),
            Act::WasSent => drop(replies::settle(work, workspace, form.reply, true)?),
            Act::WasNotSent => drop(replies::settle(work, workspace, form.reply, false)?),
        }
        Ok::<_, Refused>(())
    })
    .await
    .map_err(Error::from)?;
    Ok(Redirect::to(&list.address(&format!("/inbox/{id}"), panel.as_deref())))
}
