//! `POST /inbox/{id}/notes`, `/notes/draft` and `/notes/delete`: the comment opens again, with what its team says of it; a note is
//! kept while it is typed.

use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use kit::db::{self, Conn};
use kit::web::Nonce;
use serde::Deserialize;

use super::{About, NoteId, Words};
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::inbox::moves::pages::place;
use crate::inbox::pages::{Asked, Parameters, page_of};
use crate::model::InteractionId;
use crate::replies::Typed;
use crate::web::errors::{Error, Result};
use crate::work::Work;
use crate::workspaces::{UserId, WorkspaceId};

/// Of a note that somebody has gone on with in another tab, or on another device.
const ELSEWHERE: &str = "You wrote something else in another tab: it's below. Keep what you mean.";

#[derive(Debug, Deserialize)]
pub struct NoteForm {
    note: String,
    key: Option<String>,
    was: Option<String>,
    /// Ticked: it is about the person.
    person: Option<String>,
}

impl NoteForm {
    fn words(&self) -> Words<'_> {
        Words { text: &self.note, about: self.person.as_ref().map_or(About::Thread, |_| About::Person) }
    }

    fn typed(&self) -> Typed<'_> {
        Typed { text: &self.note, was: self.was.as_deref(), form: self.key.as_deref(), key: None }
    }
}

/// Keeps what is typed so far, on behalf of a script.
pub async fn save(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Form(form): Form<NoteForm>,
) -> Result<Response> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let workspace = who.workspace.id;
    let elsewhere = app.write(who.acting(), move |work| super::save_draft(work, workspace, id, &form.typed())).await?;
    Ok(elsewhere.map_or_else(|| StatusCode::NO_CONTENT.into_response(), |words| words.into_response()))
}

/// The box for a note.
#[derive(Clone, Debug)]
pub struct Noting {
    /// A form that is sent twice is one note.
    pub key: NoteId,
    /// What is kept of what was typed.
    pub kept: String,
    pub refused: Option<NoteTold>,
}

impl Noting {
    pub fn read(
        conn: &mut Conn,
        (workspace, user): (WorkspaceId, UserId),
        id: InteractionId,
        (key, refused): (NoteId, Option<NoteTold>),
    ) -> db::Result<Self> {
        Ok(Self { key, kept: super::draft_of(conn, workspace, id, user)?.unwrap_or_default(), refused })
    }
}

/// What somebody has typed, word for word, and why it was refused.
#[derive(Clone, Debug)]
pub struct NoteTold {
    pub text: String,
    pub about: About,
    pub error: String,
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
    let (workspace, user) = (who.workspace.id, who.user.id);
    let (text, about) = (form.note.clone(), form.words().about);
    let write = move |work: &mut Work<'_>| {
        if let Some(words) = super::written_elsewhere(work.tx, (workspace, id, user), &form.typed())? {
            return Ok(Some(NoteTold { text: form.typed().above(&words), about, error: ELSEWHERE.to_owned() }));
        }
        let key = form.key.as_deref().and_then(|key| key.parse().ok());
        let key = key.unwrap_or_else(|| NoteId::new(work.now, work.random));
        super::write_once(work, workspace, id, form.words(), key).map(|_| None)
    };
    let refused = match app.write(who.acting(), write).await {
        Ok(None) => return Ok(Redirect::to(&list.address(&format!("/inbox/{id}"), panel.as_deref())).into_response()),
        Ok(Some(elsewhere)) => elsewhere,
        Err(Error::Invalid(errors)) => {
            NoteTold { text, about, error: errors.of("text").unwrap_or_default().to_owned() }
        }
        Err(error) => return Err(error),
    };
    let asked = Asked { noted: Some(refused), ..Asked::new(id, parameters) };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page_of(&app, &who, &nonce, asked).await?).into_response())
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
