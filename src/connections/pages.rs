//! The connections page and its forms, the way to a consent page and back, and the simulator's consent page itself.

use axum::Form;
use axum::body::Bytes;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use kit::db::Tx;
use kit::web::Nonce;
use maud::Markup;
use serde::Deserialize;

use super::app_password::{self, Typed};
use super::consent::{self, Answer, Asker, NotTaken};
use super::views::{self, Confirm, Listing, Offer, Shown};
use super::{ConnectionId, Refused, budget, clients, service, store, unread};
use crate::accounts::sessions::{SignedIn, Visitor};
use crate::accounts::{Password, confirm_password};
use crate::app::App;
use crate::audit::{self, Event};
use crate::inbox::ratings;
use crate::model::Platform;
use crate::platforms::{self, SignIn, World};
use crate::secrets::Secret;
use crate::web::cookies::with_renewed_cookie;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::web::ui;
use crate::workspaces::{self, Kind, UserId, WorkspaceId};

const CALLBACK: &str = "/connections/callback";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    panel: Option<String>,
}

pub async fn index(State(app): State<App>, who: SignedIn, nonce: Nonce, Query(asked): Query<Asked>) -> Result<Markup> {
    let listing = listing(&app, &who).await?;
    let shell = who.shell(&app, &nonce, "/connections");
    Ok(match asked.panel.as_deref() {
        Some("connections") => views::panel(&listing, &shell.local),
        Some(_) => return Err(Error::NotFound),
        None => ui::page(&shell, "Connections", views::body(&listing, &shell.local)),
    })
}

async fn listing(app: &App, who: &SignedIn) -> Result<Listing> {
    let (user, workspace, is_demo) = (who.user.id, who.workspace.id, who.workspace.kind == Kind::Demo);
    let (platforms, reading) = (app.platforms.clone(), app.clone());
    let read = app.db.read(move |conn| {
        let (found, is_owner) = (store::list(conn, workspace)?, workspaces::is_owner(conn, workspace, user)?);
        let world = clients::unplaced_world(conn, &reading, workspace, is_demo)?;
        let shown = found
            .into_iter()
            .map(|connection| {
                let reading = store::reading(conn, connection.id)?;
                let unread = unread::list(conn, workspace, connection.id)?;
                let budget = platforms.get(connection.platform).and_then(|module| module.budget(&world));
                let used = budget.map(|budget| budget::used(conn, &budget)).transpose()?;
                let info = platforms.info(connection.platform);
                let by_app_password = info.is_some_and(|info| info.sign_in == SignIn::AppPassword);
                let ratings = ratings::of_connection(conn, connection.id)?;
                Ok(Shown { connection, reading, unread, used, ratings, by_app_password, is_demo })
            })
            .collect::<kit::db::Result<Vec<_>>>()?;
        Ok::<_, kit::db::Error>((shown, is_owner, world))
    });
    let (connections, is_owner, world) = read.await?;
    let offers = app.platforms.offered().filter_map(|platform| Some((platform, offer(app, who, &world, platform)?)));
    let mut offers = offers.collect::<Vec<_>>();
    // What a person can do at once comes first.
    offers.sort_by_key(|(_, offer)| *offer == Offer::Unconfigured);
    Ok(Listing { connections, offers, is_owner })
}

/// `None` where a demo signs in by itself.
fn offer(app: &App, who: &SignedIn, world: &World, platform: Platform) -> Option<Offer> {
    let module = app.platforms.get(platform)?;
    let provider = module.provider(world);
    match (who.workspace.kind, module.info().sign_in, provider) {
        (Kind::Demo, SignIn::AppPassword, _) => None,
        (Kind::Demo, _, provider) => provider.is_ok().then_some(Offer::Simulator),
        (Kind::Live, SignIn::AppPassword, _) => Some(Offer::AppPassword),
        (Kind::Live, SignIn::Page { .. }, Ok(_)) => Some(Offer::Provider),
        (Kind::Live, SignIn::Page { .. }, Err(_)) => Some(Offer::Unconfigured),
    }
}

/// From the configuration, never from the request: a Host that somebody made up leads nowhere.
pub fn redirect_uri(app: &App, platform: Platform) -> String {
    let key = app.platforms.info(platform).map_or("", |info| info.key);
    format!("{}{CALLBACK}/{key}", app.config.public_url.trim_end_matches('/'))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct StartForm {
    pub(super) connection_id: Option<ConnectionId>,
    /// Asked for when it was typed too long ago.
    pub(super) password: Option<Password>,
    #[serde(flatten)]
    pub(super) typed: Typed,
}

pub async fn start(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(platform): Path<String>,
    Form(form): Form<StartForm>,
) -> Result<Response> {
    let platform: Platform = platform.parse().map_err(|_| Error::NotFound)?;
    if app_password::is_used_by(&app, platform) {
        return app_password::submit(app, who, nonce, platform, form).await;
    }
    let begin = beginning(&app, &who, platform, form.connection_id)?;
    let renewed = match fresh(&app, &who, form.password.as_ref()).await {
        Ok(renewed) => renewed,
        Err(error) => {
            let action = format!("/connections/{}/start", platform.as_str());
            let ask = Confirm { title: "Connect an account", action, connection: form.connection_id };
            return ask_for_password(&app, &who, &nonce, &ask, error);
        }
    };
    let begun = app.db.write(begin).await.map(|(_, link)| {
        let shell = who.shell(&app, &nonce, "/connections");
        ui::page(&shell, "Connect", views::continue_to(platform, &link, who.workspace.kind == Kind::Demo))
    });
    Ok(with_renewed_cookie(&app, renewed, begun))
}

/// The session's new token, where the password had to be typed for it.
pub(super) async fn fresh(app: &App, who: &SignedIn, password: Option<&Password>) -> Result<Option<String>> {
    if super::is_fresh_enough(&who.session, &who.workspace, app.now()) {
        return Ok(None);
    }
    match password {
        Some(password) => Ok(Some(confirm_password(app, who, password).await?)),
        None => Err(Error::reauthentication_needed()),
    }
}

/// The same form again with a field for the password, and what was wrong with the one before.
fn ask_for_password(app: &App, who: &SignedIn, nonce: &Nonce, ask: &Confirm, error: Error) -> Result<Response> {
    let is_first = matches!(error, Error::Refused { .. });
    if !is_first && !error.is_passing() && !matches!(error, Error::Invalid(_)) {
        return Err(error);
    }
    let trouble = error.is_passing().then(|| error.text());
    let body = views::confirm(ask, &error.fields(), trouble.as_deref());
    let page = ui::page(&who.shell(app, nonce, "/connections"), ask.title, body);
    Ok((error.status(), error.headers(), page).into_response())
}

/// What begins an attempt in a transaction and answers the address of the consent page.
pub(super) fn beginning(
    app: &App,
    who: &SignedIn,
    platform: Platform,
    again: Option<ConnectionId>,
) -> Result<impl FnMut(&mut Tx) -> Result<(ConnectionId, String)> + Send + 'static> {
    if app.platforms.get(platform).is_none() {
        return Err(Refused::NotOffered.into());
    }
    let is_demo = who.workspace.kind == Kind::Demo;
    // Of the platform alone: as what it knows us stands in the database, and is read where the attempt begins.
    if is_demo && app.platforms.info(platform).is_some_and(|info| info.sign_in == SignIn::AppPassword) {
        return Err(Refused::NotOffered.into());
    }
    let asker = Asker {
        user: who.user.id,
        session: Some(who.session.id),
        workspace: who.workspace.id,
        redirect_uri: redirect_uri(app, platform),
        credentials: None,
    };
    let (app, kind, now) = (app.clone(), who.workspace.kind, app.now());
    Ok(move |tx: &mut Tx| {
        let world = clients::unplaced_world(tx, &app, asker.workspace, is_demo)?;
        let asked = consent::ask(tx, now, &app.random, &app.vault, &asker, platform, again)?;
        let link = service::consent_link(&app, (kind, &world), platform, asker.user, &asker.redirect_uri, &asked)?;
        Ok((asked.connection, link))
    })
}

#[derive(Deserialize)]
pub struct CallbackQuery {
    state: Option<Secret>,
    code: Option<Secret>,
    error: Option<String>,
    iss: Option<String>,
}

/// The one GET that changes something: a provider can answer in no other way. What it may change was bound beforehand
/// to this session and a state that counts once.
pub async fn callback(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(provider): Path<String>,
    Query(query): Query<CallbackQuery>,
) -> Result<Response> {
    if !app.platforms.knows_provider(&provider) {
        return Err(Error::NotFound);
    }
    let CallbackQuery { state, code, error, iss: issuer } = query;
    let answer = Answer { provider, state, code, error, issuer };
    let (vault, random, now) = (app.vault.clone(), app.random.clone(), app.now());
    let (by, platforms) = ((who.user.id, who.session.id), app.platforms.clone());
    let taken = app.db.write(move |tx| consent::take(tx, now, &random, &vault, &platforms, by, &answer)).await;
    match taken {
        Ok(_) => Ok(Redirect::to("/connections").into_response()),
        Err(NotTaken::Db(error)) => Err(error.into()),
        Err(refused) => {
            let shell = who.shell(&app, &nonce, "/connections");
            let page = ui::page(&shell, "Not connected", views::not_taken(&refused.to_string()));
            Ok((StatusCode::BAD_REQUEST, page).into_response())
        }
    }
}

pub async fn sync(State(app): State<App>, who: SignedIn, Path(id): Path<String>) -> Result<Redirect> {
    sync_now(&app, who.user.id, who.workspace.id, parse(&id)?).await?;
    Ok(Redirect::to("/connections"))
}

async fn sync_now(app: &App, user: UserId, workspace: WorkspaceId, id: ConnectionId) -> Result<kit::jobs::Enqueued> {
    let (random, now) = (app.random.clone(), app.now());
    Ok(app.db.write(move |tx| super::sync_now(tx, now, &random, user, workspace, id)).await?)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EndForm {
    /// Asked for when it was typed too long ago.
    password: Option<Password>,
}

pub async fn disconnect(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    nonce: Nonce,
    Path(id): Path<String>,
    Form(form): Form<EndForm>,
) -> Result<Response> {
    let (id, user, workspace) = (parse(&id)?, who.user.id, who.workspace.id);
    let renewed = match fresh(&app, &who, form.password.as_ref()).await {
        Ok(renewed) => renewed,
        Err(error) => {
            let action = format!("/connections/{id}/disconnect");
            let ask = Confirm { title: "Disconnect an account", action, connection: None };
            return ask_for_password(&app, &who, &nonce, &ask, error);
        }
    };
    let ended = app.write(visitor.acting_for(user), move |work| {
        super::disconnect(work, user, workspace, id)?;
        Ok::<_, Error>(audit::record(work, Event::AccountDisconnected, id)?)
    });
    Ok(with_renewed_cookie(&app, renewed, ended.await.map(|()| Redirect::to("/connections"))))
}

/// An id that is none belongs to nobody.
pub(super) fn parse(id: &str) -> Result<ConnectionId> {
    id.parse().map_err(|_| Error::NotFound)
}

/// The simulator's consent page, and the pages on which a platform's visitors see what was written, reachable wherever the
/// application is: for a person in demo mode, and of nobody's accounts but their own.
pub async fn simulator(
    State(app): State<App>,
    who: SignedIn,
    method: Method,
    Path((host, path)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response> {
    let asks = |platform: &Platform| {
        app.platforms
            .info(*platform)
            .is_some_and(|info| matches!(info.sign_in, SignIn::Page { host: asking, .. } if asking == host))
    };
    let shows = |platform: &Platform| method == Method::GET && platform.as_str() == host;
    let asking = app.platforms.offered().find(|platform| asks(platform) || shows(platform));
    let Some(platform) = asking.filter(|_| who.workspace.kind == Kind::Demo) else { return Err(Error::NotFound) };
    let visited = app.platforms.get(platform).filter(|_| shows(&platform)).map(|module| module.visitors_host());
    let asked = service::Asked {
        host: visited.unwrap_or(&host),
        post: method == Method::POST,
        path: &path,
        query: query.as_deref().unwrap_or_default(),
        body: &body,
    };
    let back = redirect_uri(&app, platform);
    let answer = service::simulators_page(&app, who.user.id, &back, asked).await.map_err(unreachable)?;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = (status, answer.body).into_response();
    for name in [header::CONTENT_TYPE, header::LOCATION] {
        if let Some(value) =
            answer.headers.get(name.as_str()).and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok())
        {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

fn unreachable(error: platforms::Error) -> Error {
    tracing::warn!(%error, "the simulator's page cannot be shown");
    Error::refused(
        StatusCode::BAD_GATEWAY,
        "simulator_unreachable",
        "The platform simulator isn't responding. Go back and try again in a moment.",
    )
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => Error::NotFound,
            Refused::NotConnected => Error::conflict("not_connected", "Connect this account before syncing it."),
            Refused::NotOffered => Error::conflict("platform_not_offered", "This platform isn't supported yet."),
            Refused::NothingToChoose => {
                Error::conflict("nothing_to_choose", "There is nothing to choose here any more.")
            }
            Refused::NothingChosen => {
                let mut errors = FieldErrors::default();
                errors.add("external_ids", "required", "Choose at least one.");
                Error::Invalid(errors)
            }
            Refused::Db(error) => error.into(),
        }
    }
}
