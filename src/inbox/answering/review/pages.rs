//! `/inbox/approvals`, and `POST /inbox/{id}/reply/review`: an owner approves an editor's answer, changed or not, or sends it
//! back with a word.

use axum::extract::{Form, Path, Query, State};
use axum::response::Redirect;
use kit::db::Conn;
use kit::web::Nonce;
use maud::Markup;
use serde::Deserialize;

use super::views;
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::inbox::answering::pages::second_thoughts;
use crate::inbox::moves::pages::place;
use crate::inbox::pages::Parameters;
use crate::inbox::remarks::Remark;
use crate::model::InteractionId;
use crate::replies::{self, Approval, Refused, ReplyId};
use crate::web::errors::{Error, Result};
use crate::web::ui;
use crate::workspaces::Right;

/// `GET /inbox/approvals`
pub async fn index(State(app): State<App>, who: SignedIn, nonce: Nonce) -> Result<Markup> {
    let workspace = who.workspace.id;
    let read = move |conn: &mut Conn| {
        let waiting = replies::awaiting(conn, workspace)?;
        Ok::<_, Error>((Approval::of(conn, workspace, &waiting)?, waiting))
    };
    let (approval, waiting) = app.db.read(read).await?;
    let shell = who.shell(&app, &nonce, "/inbox");
    let body = views::waiting(&waiting, &approval, who.role.may(Right::Approve), &shell.local);
    Ok(ui::page(&shell, "Waiting for approval", body))
}

kit::text_enum! { pub enum Act { Approve = "approve", SendBack = "send_back" } }

#[derive(Debug, Deserialize)]
pub struct ReviewForm {
    reply: ReplyId,
    act: Act,
    text: Option<String>,
    note: Option<String>,
}

/// Opens the comment again, with what became of it.
pub async fn review(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    Form(form): Form<ReviewForm>,
) -> Result<Redirect> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let (list, panel) = place(parameters)?;
    let (workspace, platforms, delay) = (who.workspace.id, app.platforms.clone(), second_thoughts(&who));
    let here = list.address(&format!("/inbox/{id}"), panel.as_deref());
    let done = app.write(who.acting(), move |work| {
        let which = (workspace, form.reply);
        match form.act {
            Act::Approve => {
                replies::approve(work, &platforms, which, form.text.as_deref(), delay)?;
                Ok(Remark::Approved)
            }
            Act::SendBack => {
                replies::send_back(work, workspace, form.reply, form.note.as_deref().unwrap_or_default())?;
                Ok(Remark::SentBack)
            }
        }
    });
    match done.await.map_err(|refused: Refused| Error::from(refused)) {
        Ok(remark) => Ok(Redirect::to(&remark.on(&here))),
        Err(error) => Ok(Redirect::to(&Remark::instead_of(error, &here)?)),
    }
}
