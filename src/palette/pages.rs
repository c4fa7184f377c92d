//! `GET /palette`: the list that the palette is filled with, and for who has no scripts a page of it.

use axum::extract::{Query, State};
use kit::db::Conn;
use kit::web::Nonce;
use maud::Markup;
use serde::Deserialize;

use super::views;
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::inbox::saved_views;
use crate::web::errors::{Error, Result};
use crate::web::ui;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The page at which somebody asks.
    from: String,
    panel: Option<String>,
}

pub async fn show(State(app): State<App>, who: SignedIn, nonce: Nonce, Query(asked): Query<Asked>) -> Result<Markup> {
    let (workspace, user) = (who.workspace.id, who.user.id);
    let read = move |conn: &mut Conn| Ok::<_, Error>(saved_views::list(conn, workspace, user)?);
    let all = app.db.read(read).await?;
    let commands = super::commands(&who, &asked.from, &all);
    if asked.panel.is_some() {
        return Ok(views::options(&commands, who.user.shortcuts));
    }
    Ok(ui::page(&who.shell(&app, &nonce, "/palette"), "Commands", views::whole(&commands)))
}
