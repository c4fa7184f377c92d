//! JSON of connections.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use kit::jobs::JobId;
use kit::web::NoFilters;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::app_password::{self, Typed};
use super::choosing::{self, Choice};
use super::{Connection, ConnectionId, Refused, pages, store};
use crate::accounts::sessions::{Caller, SignedIn, Visitor};
use crate::app::App;
use crate::audit::{self, Event};
use crate::idempotency::api::Once;
use crate::model::Platform;
use crate::secrets::Secret;
use crate::web::errors::{Error, Result};
use crate::work::{Who, Work};

#[derive(Debug, Serialize, ToSchema)]
pub struct Connections {
    pub items: Vec<ConnectionBody>,
    pub next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionBody {
    pub id: ConnectionId,
    pub platform: Platform,
    #[schema(inline)]
    pub status: super::Status,
    pub error: Option<CauseBody>,
    pub external_id: Option<String>,
    pub handle: Option<String>,
    pub display_name: Option<String>,
    /// Null when the platform hides it.
    pub followers: Option<i64>,
    pub content_total: Option<i64>,
    pub synced_at: Option<Timestamp>,
    pub complete_to: Option<Timestamp>,
    pub created_at: Timestamp,
    /// While it is being chosen: the accounts that the authorisation opens.
    pub choices: Vec<ChoiceBody>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChoiceBody {
    #[schema(example = "locations/1234567890")]
    pub external_id: String,
    pub display_name: String,
    pub handle: Option<String>,
}

impl From<Choice> for ChoiceBody {
    fn from(choice: Choice) -> Self {
        Self { external_id: choice.external_id, display_name: choice.display_name, handle: choice.handle }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CauseBody {
    #[schema(example = "authorisation_lost")]
    pub code: &'static str,
    pub message: &'static str,
    pub cure: &'static str,
}

impl From<Connection> for ConnectionBody {
    fn from(connection: Connection) -> Self {
        let error = connection.connection_error.map(|cause| {
            let (message, cure) = cause.text_in(connection.connection_status, connection.platform);
            CauseBody { code: cause.as_str(), message, cure }
        });
        let choices = choosing::choices(&connection).into_iter().map(ChoiceBody::from).collect();
        Self {
            choices,
            id: connection.id,
            platform: connection.platform,
            status: connection.connection_status,
            error,
            external_id: connection.external_id,
            handle: connection.handle,
            display_name: connection.display_name,
            followers: connection.followers,
            content_total: connection.content_total,
            synced_at: connection.synced_at,
            complete_to: connection.complete_to,
            created_at: connection.created_at,
        }
    }
}

/// The connections of the current workspace.
#[utoipa::path(get, path = "/connections", tag = "connections", responses((status = 200, body = Connections), (status = 401)))]
pub async fn list(State(app): State<App>, who: Caller, _: Query<NoFilters>) -> Result<Json<Connections>> {
    let workspace = who.workspace.id;
    let found = app.db.read(move |conn| store::list(conn, workspace)).await?;
    Ok(Json(Connections { items: found.into_iter().map(ConnectionBody::from).collect(), next_cursor: None }))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartBody {
    /// The connection to give a new authorisation; a new one when absent.
    pub connection_id: Option<ConnectionId>,
    /// Where there is no consent page: whose account it is.
    #[schema(example = "ann.example.com")]
    pub handle: Option<String>,
    /// Where there is no consent page: what opens it.
    #[schema(value_type = Option<String>, example = "abcd-efgh-ijkl-mnop")]
    pub app_password: Option<Secret>,
    /// Where there is no consent page: the server where the account lives, if its handle doesn't tell.
    #[schema(example = "https://pds.example.com")]
    pub service: Option<String>,
}

impl StartBody {
    fn typed(self) -> Typed {
        Typed { handle: self.handle, app_password: self.app_password, service: self.service }
    }
}

/// The account is being connected; its connection tells how that goes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Connecting {
    pub connection_id: ConnectionId,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Started {
    pub connection_id: ConnectionId,
    /// Where the person consents, in the browser that holds this session. In demo mode relative to this installation.
    pub authorize_url: String,
}

/// Begins connecting an account; a live one only within ten minutes of typing the password. Where there is a consent page, its
/// address; elsewhere the account is connected by its handle and an app password.
#[utoipa::path(post, path = "/connections/{platform}/start", tag = "connections", params(("platform" = inline(Platform), Path)),
    request_body = Option<StartBody>,
    responses((status = 201, body = Started), (status = 202, body = Connecting), (status = 403), (status = 409), (status = 404),
        (status = 422)))]
pub async fn start(
    State(app): State<App>,
    who: SignedIn,
    Path(platform): Path<String>,
    once: Once,
    body: Option<Json<Option<StartBody>>>,
) -> Result<Response> {
    let platform: Platform = platform.parse().map_err(|_| Error::NotFound)?;
    let body = body.and_then(|Json(body)| body).unwrap_or_default();
    let again = body.connection_id;
    let is_fresh = super::is_fresh_enough(&who.session, &who.workspace, app.now());
    if let Some(module) = app.platforms.get(platform).filter(|_| app_password::is_used_by(&app, platform)) {
        let mut begin = app_password::beginning(&app, &who, platform, again, body.typed().read(module)?)?;
        let effect = move |work: &mut Work<'_>| {
            if !is_fresh {
                return Err(Error::reauthentication_needed());
            }
            Ok::<_, Error>((StatusCode::ACCEPTED, Some(Connecting { connection_id: begin(work.tx)? })))
        };
        return once.write(&app, Some(who.workspace.id), who.acting(), effect).await;
    }
    body.typed().none_is_needed()?;
    let mut begin = pages::beginning(&app, &who, platform, again)?;
    let effect = move |work: &mut Work<'_>| {
        if !is_fresh {
            return Err(Error::reauthentication_needed());
        }
        let (connection_id, authorize_url) = begin(work.tx)?;
        Ok::<_, Error>((StatusCode::CREATED, Some(Started { connection_id, authorize_url })))
    };
    once.write(&app, Some(who.workspace.id), who.acting(), effect).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChooseBody {
    /// Of those that the connection offers.
    pub external_ids: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Chosen {
    /// One connection for each account.
    pub connection_ids: Vec<ConnectionId>,
}

/// Says which accounts are meant, where an authorisation opens several: of live ones within ten minutes of typing the
/// password. Each becomes a connection of its own.
#[utoipa::path(post, path = "/connections/{id}/choose", tag = "connections", params(("id" = inline(ConnectionId), Path)),
    request_body = ChooseBody, responses((status = 200, body = Chosen), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub async fn choose(
    State(app): State<App>,
    who: SignedIn,
    once: Once,
    Path(id): Path<String>,
    Json(body): Json<ChooseBody>,
) -> Result<Response> {
    let (id, user, workspace) = (pages::parse(&id)?, who.user.id, who.workspace.id);
    let is_fresh = super::is_fresh_enough(&who.session, &who.workspace, app.now());
    let effect = move |work: &mut Work<'_>| {
        if !is_fresh {
            return Err(Error::reauthentication_needed());
        }
        let connection_ids = choosing::choose(work, user, workspace, id, &body.external_ids)?;
        Ok::<_, Error>((StatusCode::OK, Some(Chosen { connection_ids })))
    };
    once.write(&app, Some(workspace), who.acting(), effect).await
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Syncing {
    pub job_id: JobId,
}

/// Reads a connection now. Again while it is read: the same job.
#[utoipa::path(post, path = "/connections/{id}/sync", tag = "connections", params(("id" = inline(ConnectionId), Path)),
    responses((status = 202, body = Syncing), (status = 409), (status = 404)))]
pub async fn sync(State(app): State<App>, who: Caller, once: Once, Path(id): Path<String>) -> Result<Response> {
    let (id, user, workspace) = (pages::parse(&id)?, who.user.id, who.workspace.id);
    let effect = move |work: &mut Work<'_>| {
        let enqueued = super::sync_now(work.tx, work.now, work.random, user, workspace, id)?;
        Ok::<_, Refused>((StatusCode::ACCEPTED, Some(Syncing { job_id: enqueued.id })))
    };
    once.write(&app, Some(who.workspace.id), Who::user(user, ""), effect).await
}

/// Ends a connection; its authorisation is revoked at the platform. A session ends a live one only within ten minutes of
/// typing the password.
#[utoipa::path(delete, path = "/connections/{id}", tag = "connections", params(("id" = inline(ConnectionId), Path)),
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn delete(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    let (id, now) = (pages::parse(&id)?, app.now());
    let (user, workspace) = (who.user.id, who.workspace.id);
    let is_fresh = who.session.is_none_or(|session| super::is_fresh_enough(&session, &who.workspace, now));
    let effect = move |work: &mut Work<'_>| {
        if !is_fresh {
            return Err(Error::reauthentication_needed());
        }
        super::disconnect(work, user, workspace, id)?;
        audit::record(work, Event::AccountDisconnected, id)?;
        Ok((StatusCode::NO_CONTENT, None::<()>))
    };
    once.write(&app, Some(who.workspace.id), visitor.acting_for(user), effect).await
}
