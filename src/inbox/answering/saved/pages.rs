//! `GET /inbox/{id}/saved-replies/{saved}` for a preview, and `POST /inbox/{id}/reply/insert`, which puts it into the draft.

use axum::extract::{Form, Path, Query, State};
use axum::response::Redirect;
use serde::Deserialize;

use super::{appended, filled};
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::inbox::moves::pages::place;
use crate::inbox::pages::Parameters;
use crate::model::InteractionId;
use crate::replies::saved::SavedReplyId;
use crate::replies::{self, Refused, Typed};
use crate::web::errors::{Error, Result};

/// As plain text.
pub async fn preview(
    State(app): State<App>,
    who: SignedIn,
    Path((id, saved)): Path<(String, String)>,
) -> Result<String> {
    let (id, saved): (InteractionId, SavedReplyId) = match (id.parse(), saved.parse()) {
        (Ok(id), Ok(saved)) => (id, saved),
        _ => return Err(Error::NotFound),
    };
    let workspace = who.workspace.id;
    app.db.read(move |conn| filled(conn, workspace, id, saved)).await?.ok_or(Error::NotFound)
}

#[derive(Debug, Deserialize)]
pub struct InsertForm {
    text: String,
    saved: String,
    was: Option<String>,
    key: Option<String>,
}

/// The comment opens again, with the saved reply behind what was written already.
pub async fn insert(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    Form(form): Form<InsertForm>,
) -> Result<Redirect> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (list, _) = place(parameters)?;
    let workspace = who.workspace.id;
    app.write(who.acting(), move |work| {
        let words = match form.saved.parse::<SavedReplyId>() {
            Ok(saved) => filled(work.tx, workspace, id, saved)?.ok_or(Refused::NotFound)?,
            // None was chosen: what was written is kept.
            Err(_) => String::new(),
        };
        let text = appended(&form.text, &words);
        replies::save_draft(
            work,
            workspace,
            id,
            &Typed { text: &text, was: form.was.as_deref(), form: form.key.as_deref(), key: None },
        )
    })
    .await
    .map_err(Error::from)?;
    Ok(Redirect::to(&format!("{}#text", list.one(id))))
}
