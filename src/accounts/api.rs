//! `/api/auth`: what the pages do, as JSON.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kit::clock::Timestamp;
use kit::web::NoFilters;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Granted, Password, SignIn, SignUp, UserId, sign_in, sign_up};
use crate::accounts::sessions::pages::sign_out;
use crate::accounts::sessions::{self, SessionId, SessionRow, SignedIn, Visitor};
use crate::app::App;
use crate::audit::{self, Event};
use crate::idempotency::api::Once;
use crate::web::cookies::cookies;
use crate::web::errors::{Error, Result};
use crate::work::Work;
use crate::workspaces::{Kind, Role, WorkspaceId};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUpBody {
    #[schema(min_length = 3, max_length = 254, pattern = r#"^[^\s@<>,;"\\]+@[^\s@<>,;"\\]+$"#)]
    email: String,
    #[schema(value_type = String, format = "password", min_length = 15, max_length = 128)]
    password: Password,
    #[schema(min_length = 1, max_length = 80, pattern = r"\S")]
    name: String,
    /// Of a set-up link or an invitation.
    setup_token: Option<String>,
    time_zone: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginBody {
    email: String,
    #[schema(value_type = String, format = "password")]
    password: Password,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct UserBody {
    id: UserId,
    email: String,
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct UserAnswer {
    user: UserBody,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SessionBody {
    id: SessionId,
    created_at: Timestamp,
    expires_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionWorkspace)]
pub struct WorkspaceBody {
    id: WorkspaceId,
    #[schema(inline)]
    kind: Kind,
    name: String,
    #[schema(inline)]
    role: Role,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SessionAnswer {
    user: UserBody,
    session: SessionBody,
    workspace: WorkspaceBody,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ListedSession {
    id: SessionId,
    user_agent: String,
    ip: String,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
    current: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SessionsAnswer {
    items: Vec<ListedSession>,
    next_cursor: Option<String>,
}

/// Makes an account and signs in to it.
#[utoipa::path(post, path = "/auth/signup", tag = "auth", request_body = SignUpBody,
    responses((status = 201, body = UserAnswer), (status = 403), (status = 410), (status = 422), (status = 429)))]
pub async fn signup(State(app): State<App>, visitor: Visitor, Json(body): Json<SignUpBody>) -> Result<Response> {
    let form = SignUp {
        email: body.email,
        name: body.name,
        password: body.password,
        time_zone: body.time_zone.unwrap_or_default(),
        token: body.setup_token,
    };
    Ok(granted(&app, StatusCode::CREATED, sign_up(&app, form, visitor).await?))
}

/// Signs in: the answer sets the session cookie.
#[utoipa::path(post, path = "/auth/login", tag = "auth", request_body = LoginBody,
    responses((status = 200, body = UserAnswer), (status = 401), (status = 429), (status = 503)))]
pub async fn login(State(app): State<App>, visitor: Visitor, Json(body): Json<LoginBody>) -> Result<Response> {
    let form = SignIn { email: body.email, password: body.password };
    Ok(granted(&app, StatusCode::OK, sign_in(&app, form, visitor).await?))
}

/// Ends this session.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", responses((status = 204)))]
pub async fn logout(State(app): State<App>, visitor: Visitor) -> Result<Response> {
    Ok((StatusCode::NO_CONTENT, sign_out(&app, &visitor).await?).into_response())
}

/// Who is signed in, and whose rows they see now.
#[utoipa::path(get, path = "/auth/session", tag = "auth", responses((status = 200, body = SessionAnswer), (status = 401)))]
pub async fn session(who: SignedIn) -> Json<SessionAnswer> {
    let SignedIn { user, session, workspace, role, .. } = who;
    Json(SessionAnswer {
        user: UserBody { id: user.id, email: user.email, name: user.name },
        session: SessionBody { id: session.id, created_at: session.created_at, expires_at: session.expires_at },
        workspace: WorkspaceBody { id: workspace.id, kind: workspace.kind, name: workspace.name, role },
    })
}

/// The person's sessions, the last used first: at most 20.
#[utoipa::path(get, path = "/auth/sessions", tag = "auth", responses((status = 200, body = SessionsAnswer), (status = 401)))]
pub async fn list(State(app): State<App>, who: SignedIn, _: Query<NoFilters>) -> Result<Json<SessionsAnswer>> {
    let user = who.user.id;
    let sessions = app.read(move |look| sessions::list(look.conn, user, look.now)).await?;
    let items = sessions.into_iter().map(|session| listed(session, who.session.id)).collect();
    Ok(Json(SessionsAnswer { items, next_cursor: None }))
}

/// Ends a session; another one only within ten minutes of typing the password.
#[utoipa::path(delete, path = "/auth/sessions/{id}", tag = "auth", params(("id" = inline(SessionId), Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
pub async fn end(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    once: Once,
    Path(id): Path<String>,
) -> Result<Response> {
    let id: SessionId = id.parse().map_err(|_| Error::NotFound)?;
    if id == who.session.id {
        return logout(State(app), visitor).await;
    }
    if !who.session.is_fresh(app.now()) {
        return Err(Error::reauthentication_needed());
    }
    let user = who.user.id;
    let effect = move |work: &mut Work<'_>| {
        if !sessions::end(work.tx, user, id)? {
            return Err(Error::NotFound);
        }
        audit::record(work, Event::SessionEnded, id)?;
        Ok((StatusCode::NO_CONTENT, None::<()>))
    };
    once.write(&app, None, visitor.acting_for(user), effect).await
}

fn granted(app: &App, status: StatusCode, granted: Granted) -> Response {
    let cookies = cookies(app, &granted.session_token, granted.device_token.as_deref());
    let user = UserBody { id: granted.user, email: granted.email, name: granted.name };
    (status, cookies, Json(UserAnswer { user })).into_response()
}

fn listed(session: SessionRow, current: SessionId) -> ListedSession {
    ListedSession {
        current: session.id == current,
        id: session.id,
        user_agent: session.user_agent,
        ip: session.ip,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
    }
}
