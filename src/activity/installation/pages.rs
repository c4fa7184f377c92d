//! `/activity/installation`: for owners; nobody else learns that it is there.

use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use kit::jobs;
use kit::web::Nonce;
use maud::Markup;

use super::super::pages::{JobQuery, ListQuery, one, repeated, stopped};
use super::super::views::{self, List};
use super::super::{JobScope, installation, path};
use super::store;
use crate::accounts::sessions::{SignedIn, Visitor};
use crate::app::App;
use crate::web::errors::{Error, Result};
use crate::web::ui::{self, Local};

const SCOPE: JobScope = JobScope::All;

pub async fn index(
    State(app): State<App>,
    nonce: Nonce,
    who: SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<Markup> {
    owners_only(&who)?;
    let asked = query.asked(SCOPE)?;
    let (now, filter) = (app.now(), asked.filter());
    let (overview, types, page, emails) = app
        .db
        .read(move |conn| {
            let page = jobs::list(conn, &filter, now)?;
            let emails = store::emails(conn, &page)?;
            Ok::<_, Error>((jobs::overview(conn, now)?, store::types(conn)?, page, emails))
        })
        .await?;
    let local = Local::new(now, &who.user.time_zone);
    let list = List { asked: &asked, types: &types, jobs: &page, emails: &emails };
    Ok(match query.panel.as_deref() {
        Some("overview") => installation::views::overview_panel(&overview, &local),
        Some(_) => views::list_panel(&list, &local),
        None => {
            let body = installation::views::page(&overview, &list, &local);
            ui::page(&who.shell(&app, &nonce, path(SCOPE)), "Everyone's activity", body)
        }
    })
}

pub async fn show(
    State(app): State<App>,
    nonce: Nonce,
    who: SignedIn,
    Path(id): Path<String>,
    Query(query): Query<JobQuery>,
) -> Result<Markup> {
    owners_only(&who)?;
    one(&app, &nonce, &who, SCOPE, &id, &query).await
}

pub async fn cancel(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Redirect> {
    owners_only(&who)?;
    stopped(&app, visitor.acting_for(who.user.id), SCOPE, &id).await
}

pub async fn retry(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Redirect> {
    owners_only(&who)?;
    repeated(&app, visitor.acting_for(who.user.id), SCOPE, &id).await
}

fn owners_only(who: &SignedIn) -> Result<()> {
    if who.user.is_owner { Ok(()) } else { Err(Error::NotFound) }
}
