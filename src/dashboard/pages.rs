//! `GET /dashboard`: who asks and everything that the page shows, in one hop to the database.

use axum::extract::{Query, State};
use axum::response::Redirect;
use kit::web::Nonce;
use maud::Markup;
use serde::Deserialize;

use super::{Dashboard, Panel, views};
use crate::accounts::sessions::{self, SessionToken};
use crate::app::App;
use crate::demo;
use crate::live::Streams;
use crate::web::errors::{Error, Result};
use crate::web::extract;
use crate::web::ui::{self, Local};

#[derive(Debug, Deserialize)]
pub struct Asked {
    panel: Option<String>,
}

/// `GET /`
pub async fn home(SessionToken(token): SessionToken) -> Redirect {
    Redirect::to(if token.is_some() { "/dashboard" } else { "/login" })
}

/// The whole page, or the one panel that `?panel=` names.
pub async fn show(
    State(app): State<App>,
    nonce: Nonce,
    SessionToken(token): SessionToken,
    Query(asked): Query<Asked>,
) -> Result<Markup> {
    let panel = asked.panel.as_deref().map(str::parse::<Panel>).transpose();
    let panel = panel.map_err(|_| Error::bad_request("unknown_panel", "Unknown panel."))?;
    let token = token.ok_or(Error::SignInNeeded)?;
    let (now, version) = (app.now(), app.part::<Streams>().version(&app.db));
    let (who, local, dashboard, demo) = app
        .db
        .read(move |conn| {
            let who = sessions::authenticate(conn, &token, now)?.ok_or(Error::SignInNeeded)?;
            let local = Local::new(now, &who.user.time_zone);
            let demo = conn.later(|conn| demo::view(conn, &who.user, now));
            let dashboard = Dashboard::load(conn, who.workspace.id, &local, panel)?;
            let demo = demo.get(conn)?;
            Ok::<_, Error>((who, local, dashboard, demo))
        })
        .await?;
    extract::passes(&who.user, "/dashboard")?;
    sessions::seen(&app, &who.session);

    Ok(match panel {
        Some(Panel::Demo) => demo::views::panel(&demo, &local),
        Some(Panel::DemoStrip) => demo::views::strip(&demo, &local),
        Some(panel) => views::panel(panel, &who.user.name, &dashboard, &local),
        None => {
            let mut shell = who.shell(&app, &nonce, "/dashboard");
            shell.needs_reply = Some(dashboard.facts.waiting.total);
            shell.version = version;
            // The page has a panel for it.
            shell.banner = None;
            ui::page(
                &shell,
                "Dashboard",
                views::page(&who.user.name, demo::views::panel(&demo, &local), &dashboard, &local),
            )
        }
    })
}
