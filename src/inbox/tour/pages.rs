//! `/inbox/tour`, and the tour on the pages that have one.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::Redirect;
use kit::db::Conn;
use maud::Markup;
use serde::Deserialize;

use super::{DASHBOARD, Step, Tour, is_for, views};
use crate::accounts::return_to;
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::web::errors::Result;
use crate::web::ui::NOTHING;

/// Where whoever has seen their number reads it once more.
pub const LAST: &str = "/dashboard?tour=done";

/// What a page shows of it, of whoever it is for; `here` is the page's address.
pub fn strip(tour: Option<Tour>, here: &str) -> Markup {
    match tour.filter(|tour| !tour.is_over) {
        None => NOTHING,
        Some(tour) if here == DASHBOARD && tour.next() == Step::SeeTheNumber => views::last_words(&tour),
        Some(tour) => views::strip(&tour, here),
    }
}

/// The same on the dashboard, where whoever has just ended it reads their number once more.
pub fn on_the_dashboard(tour: Option<Tour>, has_ended: bool) -> Markup {
    match tour {
        Some(tour) if has_ended && tour.is_over => views::last_words(&tour),
        tour => strip(tour, DASHBOARD),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    here: Option<String>,
}

/// `GET /inbox/tour`: the part of a page, drawn anew.
pub async fn show(State(app): State<App>, who: SignedIn, Query(asked): Query<Asked>) -> Result<Markup> {
    let here = return_to::local(asked.here.as_deref());
    let (workspace, user, is_for) = (who.workspace.id, who.user.id, is_for(&who));
    let read = move |conn: &mut Conn| is_for.then(|| super::read(conn, workspace, user)).transpose();
    let strip = strip(app.db.read(read).await?, here);
    Ok(if strip.0.is_empty() { views::nothing(here) } else { strip })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EndForm {
    /// Its end, and not a way around it.
    has_seen: bool,
    return_to: Option<String>,
}

/// `POST /inbox/tour`: whoever has seen their number, or has seen enough.
pub async fn end(State(app): State<App>, who: SignedIn, Form(form): Form<EndForm>) -> Result<Redirect> {
    let workspace = who.workspace.id;
    app.write(who.acting(), move |work| super::end(work, workspace)).await?;
    Ok(Redirect::to(if form.has_seen { LAST } else { return_to::local(form.return_to.as_deref()) }))
}
