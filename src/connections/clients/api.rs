//! JSON of a workspace's client at a provider. Its secret goes in, and never comes out.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::clock::Timestamp;
use kit::web::NoFilters;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pages::live;
use super::{Change, Kept, Typed, Verdict, kept, place};
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::connections::is_fresh_enough;
use crate::connections::pages::redirect_uri;
use crate::idempotency::api::Once;
use crate::model::Platform;
use crate::secrets::Secret;
use crate::web::errors::{Error, Result};
use crate::work::Work;

#[derive(Debug, Serialize, ToSchema)]
pub struct SetupBody {
    pub platform: Platform,
    /// Whether the provider has to know a client before anything can be connected.
    pub needs_client: bool,
    /// Whether the server's own settings name the client: then nothing can be entered.
    pub from_settings: bool,
    /// What the provider has to be told.
    #[schema(example = "https://inbox.example.com/connections/callback/provider")]
    pub redirect_uri: Option<String>,
    /// What was entered, without its secret.
    pub client: Option<ClientBody>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ClientBody {
    /// The last four characters of what tells its ID from others.
    #[schema(example = "c3d4")]
    pub id_ends_in: String,
    #[schema(inline)]
    pub verdict: Verdict,
    pub saved_at: Timestamp,
}

impl From<Kept> for ClientBody {
    fn from(kept: Kept) -> Self {
        Self { id_ends_in: kept.hint, verdict: kept.verdict, saved_at: kept.saved_at }
    }
}

/// How a platform is set up for the current workspace.
#[utoipa::path(get, path = "/connections/setup/{platform}", tag = "connections",
    params(("platform" = inline(Platform), Path)), responses((status = 200, body = SetupBody), (status = 403), (status = 404)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Path(platform): Path<String>,
    _: Query<NoFilters>,
) -> Result<Json<SetupBody>> {
    let platform: Platform = platform.parse().map_err(|_| Error::NotFound)?;
    let here = place(&app, platform)?;
    let (needs_client, provider) = (here.setup.is_some(), here.module.info().key);
    Ok(Json(SetupBody {
        platform,
        needs_client,
        from_settings: here.is_set && needs_client,
        redirect_uri: needs_client.then(|| redirect_uri(&app, platform)),
        client: kept(&app, who.workspace.id, provider).await?.map(ClientBody::from),
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveBody {
    #[schema(example = "123456789012-a1b2c3d4.apps.example.com")]
    pub client_id: String,
    #[schema(value_type = String, write_only)]
    pub client_secret: Secret,
}

/// Enters the client that the provider knows, within ten minutes of typing the password. The provider is asked whether it
/// does; what it says is the `verdict`.
#[utoipa::path(put, path = "/connections/setup/{platform}", tag = "connections",
    params(("platform" = inline(Platform), Path)), request_body = SaveBody,
    responses((status = 204), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub async fn save(
    State(app): State<App>,
    who: SignedIn,
    once: Once,
    Path(platform): Path<String>,
    Json(body): Json<SaveBody>,
) -> Result<Response> {
    let (change, setup) = Change::at(&app, who.workspace.id, live(&who, &platform)?)?;
    let typed = Typed { client_id: body.client_id, client_secret: Some(body.client_secret) };
    let client = typed.read(setup)?;
    let is_fresh = is_fresh_enough(&who.session, &who.workspace, app.now());
    let effect = move |work: &mut Work<'_>| {
        if !is_fresh {
            return Err(Error::reauthentication_needed());
        }
        change.save(work, &client)?;
        Ok((StatusCode::NO_CONTENT, None::<()>))
    };
    once.write(&app, Some(who.workspace.id), who.acting(), effect).await
}

/// Takes the client away, within ten minutes of typing the password: accounts that were connected with it have to be
/// reconnected with another.
#[utoipa::path(delete, path = "/connections/setup/{platform}", tag = "connections",
    params(("platform" = inline(Platform), Path)), responses((status = 204), (status = 403), (status = 404), (status = 409)))]
pub async fn remove(
    State(app): State<App>,
    who: SignedIn,
    once: Once,
    Path(platform): Path<String>,
) -> Result<Response> {
    let (change, _) = Change::at(&app, who.workspace.id, live(&who, &platform)?)?;
    let is_fresh = is_fresh_enough(&who.session, &who.workspace, app.now());
    let effect = move |work: &mut Work<'_>| {
        if !is_fresh {
            return Err(Error::reauthentication_needed());
        }
        change.remove(work)?;
        Ok((StatusCode::NO_CONTENT, None::<()>))
    };
    once.write(&app, Some(who.workspace.id), who.acting(), effect).await
}
