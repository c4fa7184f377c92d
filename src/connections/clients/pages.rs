//! The page that leads through registering at a provider, and takes what comes of it.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kit::web::Nonce;
use serde::Deserialize;

use super::views::{self, Page};
use super::{Change, Typed, kept, place, sharing};
use crate::accounts::Password;
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::connections::is_fresh_enough;
use crate::connections::pages::{fresh, redirect_uri};
use crate::model::Platform;
use crate::secrets::Secret;
use crate::web::cookies::with_renewed_cookie;
use crate::web::errors::{Error, Result};
use crate::web::ui;
use crate::workspaces::Kind;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    panel: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SetupForm {
    client_id: String,
    client_secret: Option<Secret>,
    /// Asked for when it was typed too long ago.
    password: Option<Password>,
}

pub async fn page(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(platform): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let platform: Platform = platform.parse().map_err(|_| Error::NotFound)?;
    if who.workspace.kind == Kind::Demo {
        return Ok(Redirect::to("/connections").into_response());
    }
    let page = read(&app, &who, platform, String::new(), None).await?;
    let shell = who.shell(&app, &nonce, "/connections");
    match asked.panel.as_deref() {
        Some("client") => Ok(views::present(&page, &shell.local).into_response()),
        Some(_) => Err(Error::NotFound),
        None => Ok(ui::page(&shell, &views::title(platform), views::body(&page, &shell.local)).into_response()),
    }
}

async fn read(app: &App, who: &SignedIn, platform: Platform, client_id: String, error: Option<Error>) -> Result<Page> {
    let here = place(app, platform)?;
    let provider = here.module.info().key;
    Ok(Page {
        platform,
        setup: here.setup,
        is_set: here.is_set,
        redirect_uri: redirect_uri(app, platform),
        shared_with: sharing(&app.platforms, provider).into_iter().filter(|other| *other != platform).collect(),
        kept: kept(app, who.workspace.id, provider).await?,
        asks_password: !is_fresh_enough(&who.session, &who.workspace, app.now()),
        client_id,
        error,
    })
}

pub async fn save(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(platform): Path<String>,
    Form(form): Form<SetupForm>,
) -> Result<Response> {
    let platform = live(&who, &platform)?;
    let SetupForm { client_id, client_secret, password } = form;
    let typed = Typed { client_id, client_secret };
    let saved = async {
        let (change, setup) = Change::at(&app, who.workspace.id, platform)?;
        let client = typed.read(setup)?;
        let renewed = fresh(&app, &who, password.as_ref()).await?;
        app.write(who.acting(), move |work| change.save(work, &client)).await?;
        Ok(renewed)
    };
    let saved = saved.await;
    answer(&app, &who, &nonce, platform, typed.client_id, saved).await
}

pub async fn remove(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(platform): Path<String>,
    Form(form): Form<SetupForm>,
) -> Result<Response> {
    let platform = live(&who, &platform)?;
    let removed = async {
        let (change, _) = Change::at(&app, who.workspace.id, platform)?;
        let renewed = fresh(&app, &who, form.password.as_ref()).await?;
        app.write(who.acting(), move |work| change.remove(work)).await?;
        Ok(renewed)
    };
    let removed = removed.await;
    answer(&app, &who, &nonce, platform, String::new(), removed).await
}

/// Back to the page, or the page with what is wrong.
async fn answer(
    app: &App,
    who: &SignedIn,
    nonce: &Nonce,
    platform: Platform,
    client_id: String,
    done: Result<Option<String>>,
) -> Result<Response> {
    let error = match done {
        Ok(renewed) => {
            let back = Redirect::to(&format!("/connections/setup/{}", platform.as_str()));
            return Ok(with_renewed_cookie(app, renewed, Ok(back)));
        }
        Err(error) => error,
    };
    let was_too_long_ago =
        error.status() == StatusCode::FORBIDDEN && !is_fresh_enough(&who.session, &who.workspace, app.now());
    if !(matches!(error, Error::Invalid(_)) || error.is_passing() || was_too_long_ago) {
        return Err(error);
    }
    let (status, headers) = (error.status(), error.headers());
    let page = read(app, who, platform, client_id, Some(error)).await?;
    let shell = who.shell(app, nonce, "/connections");
    let shown = ui::page(&shell, &views::title(platform), views::body(&page, &shell.local));
    Ok((status, headers, shown).into_response())
}

/// The accounts of a demo are the simulator's, which knows us already.
pub(super) fn live(who: &SignedIn, platform: &str) -> Result<Platform> {
    let platform: Platform = platform.parse().map_err(|_| Error::NotFound)?;
    match who.workspace.kind {
        Kind::Live => Ok(platform),
        Kind::Demo => Err(Error::conflict(
            "demo_workspace",
            "The demo needs no OAuth client. Turn demo mode off to connect your own accounts.",
        )),
    }
}
