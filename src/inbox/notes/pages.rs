//! `POST /inbox/{id}/notes`, `/notes/draft` and `/notes/delete`: the comment opens again, with what its team says of it; a note is
//! kept while it is typed.

use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use kit::db::{self, Conn};
use kit::web::Nonce;
use serde::Deserialize;

use super::NoteId;
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::inbox::moves::pages::place;
use crate::inbox::pages::{Asked, Parameters, page_of};
use crate::model::InteractionId;
use crate::web::errors::{Error, Result};
use crate::workspaces::{UserId, WorkspaceId};

#[derive(Debug, Deserialize)]
pub struct NoteForm {
    note: String,
}

/// Keeps what is typed so far, on behalf of a script.
pub async fn save(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Form(form): Form<NoteForm>,
) -> Result<StatusCode> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let workspace = who.workspace.id;
    app.write(who.acting(), move |work| super::save_draft(work, workspace, id, &form.note)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What somebody has typed, word for word, and why it was refused, if it was.
#[derive(Clone, Debug)]
pub struct NoteTold {
    pub text: String,
    pub error: Option<String>,
}

impl NoteTold {
    /// What was refused a moment ago, or else what is kept of what was typed.
    pub fn or_draft(
        refused: &Option<Self>,
        conn: &mut Conn,
        (workspace, user): (WorkspaceId, UserId),
        id: InteractionId,
    ) -> db::Result<Option<Self>> {
        if refused.is_some() {
            return Ok(refused.clone());
        }
        Ok(super::draft_of(conn, workspace, id, user)?.map(|text| Self { text, error: None }))
    }
}

pub async fn write(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    Form(form): Form<NoteForm>,
) -> Result<Response> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (list, panel) = place(parameters.clone())?;
    let (workspace, text) = (who.workspace.id, form.note.clone());
    match app.write(who.acting(), move |work| super::write(work, workspace, id, &text)).await {
        Ok(_) => Ok(Redirect::to(&list.address(&format!("/inbox/{id}"), panel.as_deref())).into_response()),
        Err(Error::Invalid(errors)) => {
            let error = errors.of("text").unwrap_or_default().to_owned();
            let noted = NoteTold { text: form.note, error: Some(error) };
            let asked = Asked { noted: Some(noted), ..Asked::new(id, parameters) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page_of(&app, &who, &nonce, asked).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

#[derive(Debug, Deserialize)]
pub struct DeleteForm {
    note: NoteId,
}

pub async fn delete(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    Form(form): Form<DeleteForm>,
) -> Result<Redirect> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (list, panel) = place(parameters)?;
    let workspace = who.workspace.id;
    app.write(who.acting(), move |work| super::delete(work, workspace, id, form.note)).await?;
    Ok(Redirect::to(&list.address(&format!("/inbox/{id}"), panel.as_deref())))
}
