//! `GET /dashboard`: who asks and everything that the page shows, in one hop to the database.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Redirect;
use kit::web::Nonce;
use maud::{Markup, html};
use serde::Deserialize;

use super::drawings::{Drawing, Moment};
use super::{Dashboard, Drawings, Panel, views};
use crate::accounts::sessions::{self, SessionToken};
use crate::app::App;
use crate::demo;
use crate::inbox::tour;
use crate::live::Streams;
use crate::web::errors::{Error, Result};
use crate::web::extract::{self, DrawnFor};
use crate::web::ui::{self, Local, NOTHING};

#[derive(Debug, Deserialize)]
pub struct Asked {
    panel: Option<String>,
    /// The demo's tour ended here, a moment ago.
    tour: Option<String>,
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
    drawn_for: DrawnFor,
    Query(asked): Query<Asked>,
) -> Result<Markup> {
    let panel = asked.panel.as_deref().map(str::parse::<Panel>).transpose();
    let panel = panel.map_err(|_| Error::bad_request("unknown_panel", "Unknown panel."))?;
    let token = token.ok_or(Error::SignInNeeded)?;
    let (now, version) = (app.now(), app.part::<Streams>().version(&app.db));
    let drawings = app.part::<Drawings>();
    let kept = drawings.clone();
    let (who, local, shown, demo, tour) = app
        .db
        .read(move |conn| {
            let who = sessions::authenticate(conn, &token, now)?.ok_or(Error::SignInNeeded)?;
            drawn_for.is(&who.workspace)?;
            let local = Local::new(now, &who.user.time_zone);
            let demo = conn.later(|conn| demo::view(conn, &who.user, now));
            let is_all = matches!(panel, None | Some(Panel::All));
            let drawn = is_all.then(|| Moment::of(&who, &local)).and_then(|moment| kept.at(&moment));
            let shown = match drawn {
                Some(drawn) => Shown::Drawn(drawn),
                None => {
                    let of = (who.workspace.id, who.role);
                    Shown::Read(Box::new(Dashboard::load(conn, of, &local, panel)?))
                }
            };
            let demo = demo.get(conn)?.seen_in(&who.workspace, who.role);
            let takes_tour = panel.is_none() && tour::is_for(&who);
            let tour = takes_tour.then(|| tour::read(conn, who.workspace.id, who.user.id)).transpose()?;
            Ok::<_, Error>((who, local, shown, demo, tour))
        })
        .await?;
    extract::passes(&who.user, "/dashboard")?;
    sessions::seen(&app, &who.session);

    let tour = tour::pages::on_the_dashboard(tour, asked.tour.is_some());
    let draw = |shown| match shown {
        Shown::Drawn(drawing) => drawing,
        Shown::Read(dashboard) => drawings.draw(Moment::of(&who, &local), &dashboard, &local),
    };
    Ok(match (panel, shown) {
        (Some(Panel::Demo), _) => demo::views::panel(&demo, &local),
        (Some(Panel::DemoStrip), _) => demo::views::strip(&demo, &local),
        (Some(Panel::All), shown) => draw(shown).around(&NOTHING),
        (Some(panel), Shown::Read(dashboard)) => views::panel(panel, &who.user.name, &dashboard, &local),
        (_, shown) => {
            let drawing = draw(shown);
            let mut shell = who.shell(&app, &nonce, "/dashboard");
            shell.needs_reply = Some(drawing.waiting);
            shell.version = version;
            // The page has a panel for it.
            shell.banner = None;
            ui::page(&shell, "Dashboard", drawing.around(&html! { (demo::views::panel(&demo, &local)) (tour) }))
        }
    })
}

/// The panels, or what they are drawn from.
enum Shown {
    Drawn(Arc<Drawing>),
    Read(Box<Dashboard>),
}
