//! `POST /inbox/{id}/corrections`, and `/settings/corrections`: all of them, counted.

use axum::extract::{Form, Path, Query, State};
use axum::response::Redirect;
use kit::web::Nonce;
use maud::Markup;
use serde::Deserialize;

use super::{Correctable, Correction, read_cursor, views};
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::inbox::moves::pages::place;
use crate::inbox::pages::Parameters;
use crate::model::InteractionId;
use crate::web::errors::{Error, Result};

const PATH: &str = "/settings/corrections";
const LIMIT: usize = 50;

#[derive(Debug, Deserialize)]
pub struct CorrectionForm {
    fact: Correctable,
    /// Empty: what the rules say.
    #[serde(default)]
    value: String,
}

/// Says what a fact is, or lets the rules say it again; the comment opens again.
pub async fn correct(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    Form(form): Form<CorrectionForm>,
) -> Result<Redirect> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (list, panel) = place(parameters)?;
    let workspace = who.workspace.id;
    let said = (!form.value.is_empty()).then(|| Correction::parse(form.fact, &form.value)).transpose()?;
    app.write(who.acting(), move |work| match said {
        Some(said) => super::correct(work, workspace, id, said),
        None => super::take_back(work, workspace, id, form.fact),
    })
    .await?;
    Ok(Redirect::to(&list.address(&format!("/inbox/{id}"), panel.as_deref())))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    cursor: Option<String>,
}

/// `GET /settings/corrections`
pub async fn index(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Query(query): Query<ListQuery>,
) -> Result<Markup> {
    let after = query.cursor.as_deref().filter(|text| !text.is_empty()).map(read_cursor).transpose()?;
    let workspace = who.workspace.id;
    let read = app.db.read(move |conn| {
        Ok::<_, Error>((super::count(conn, workspace)?, super::list(conn, workspace, after, LIMIT)?))
    });
    let (counted, (rows, next)) = read.await?;
    Ok(views::index(&who.shell(&app, &nonce, PATH), who.user.id, counted, &rows, next))
}
