//! `/inbox/tour`, and the tour on the pages that have one.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::Redirect;
use kit::db::Conn;
use maud::Markup;
use serde::Deserialize;

use super::{DASHBOARD, Step, is_for, views};
use crate::accounts::return_to;
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::inbox::listing::Reader;
use crate::inbox::today::Today;
use crate::web::errors::{Error, Result};
use crate::web::ui::{Local, NOTHING};

/// Where whoever has seen their number reads it once more.
pub const LAST: &str = "/dashboard?tour=done";

/// What a page shows of it; `here` is the page's address.
pub async fn strip(app: &App, who: &SignedIn, here: &str) -> Result<Markup> {
    if !is_for(who) {
        return Ok(NOTHING);
    }
    let (workspace, user) = (who.workspace.id, who.user.id);
    let tour = app.db.read(move |conn| super::read(conn, workspace, user)).await?;
    let has_seen = here == DASHBOARD && tour.next() == Step::SeeTheNumber;
    match tour.is_over {
        true => Ok(NOTHING),
        false if has_seen => Ok(views::last_words(number(app, who).await?, false)),
        false => Ok(views::strip(&tour, here)),
    }
}

/// Its last words, for who has just seen their number.
pub async fn last_words(app: &App, who: &SignedIn) -> Result<Markup> {
    if !is_for(who) {
        return Ok(NOTHING);
    }
    Ok(views::last_words(number(app, who).await?, true))
}

/// What they answered and cleared today.
async fn number(app: &App, who: &SignedIn) -> Result<(i64, i64)> {
    let (workspace, user, local) = (who.workspace.id, who.user.id, Local::new(app.now(), &who.user.time_zone));
    let read = move |conn: &mut Conn| {
        let today = Today::read(conn, Reader { workspace, user, zone: &local.zone, now: local.now })?;
        Ok::<_, Error>(today.people.into_iter().find(|person| person.id == user))
    };
    let mine = app.db.read(read).await?;
    Ok(mine.map_or((0, 0), |mine| (mine.answered, mine.cleared)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    here: Option<String>,
}

/// `GET /inbox/tour`: the part of a page, drawn anew.
pub async fn show(State(app): State<App>, who: SignedIn, Query(asked): Query<Asked>) -> Result<Markup> {
    let here = return_to::local(asked.here.as_deref());
    let strip = strip(&app, &who, here).await?;
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
