//! `/settings/account` and `/settings/sessions`.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use kit::web::Nonce;
use maud::Markup;
use serde::Deserialize;

use super::views::{self, Account, Sessions};
use crate::accounts::cookies as shown;
use crate::accounts::pages::chosen;
use crate::accounts::passphrase::suggest;
use crate::accounts::sessions::pages::sign_out;
use crate::accounts::sessions::{self, SessionId, SignedIn, Visitor};
use crate::accounts::views::Suggestion;
use crate::accounts::{
    Changed, Password, api_keys, change_password, confirm_password, invite, save_profile,
    save_shortcuts as store_shortcuts, save_undo_seconds,
};
use crate::app::App;
use crate::audit::{self, Event};
use crate::web::cookies::{cookies, with_renewed_cookie};
use crate::web::errors::{Error, FieldErrors, Result};

const PATH: &str = "/settings/account";

/// What the last form did, told once after its redirect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    saved: Option<String>,
    password: Option<usize>,
    keys: Option<usize>,
    ended: Option<usize>,
}

/// `GET /settings/account`
pub async fn account(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    headers: HeaderMap,
    Query(done): Query<Done>,
) -> Result<Response> {
    let taken = shown::take_once(&app, who.user.id, PATH, &headers);
    let (invitation, end) = taken.map(|(link, end)| (link.expose().to_owned(), end)).unzip();
    let view = Account {
        saved: done.saved.is_some(),
        password_changed: done.password,
        keys_revoked: done.keys.unwrap_or(0),
        invitation,
        ..Account::of(&who, &app)
    };
    Ok((end.map(AppendHeaders), show_account(&app, &who, &nonce, view).await?).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    name: String,
    time_zone: String,
}

/// `POST /settings/account`
pub async fn save(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Form(form): Form<ProfileForm>,
) -> Result<Response> {
    match save_profile(&app, &who, &form.name, &form.time_zone).await {
        Ok(()) => Ok(Redirect::to("/settings/account?saved=1").into_response()),
        Err(error) => {
            let view = Account { name: form.name, time_zone: form.time_zone, ..Account::of(&who, &app) };
            show_again(&app, &who, &nonce, view, error).await
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct ShortcutsForm {
    on: bool,
}

/// `POST /settings/account/shortcuts`
pub async fn save_shortcuts(
    State(app): State<App>,
    who: SignedIn,
    Form(form): Form<ShortcutsForm>,
) -> Result<Redirect> {
    store_shortcuts(&app, &who, form.on).await?;
    Ok(Redirect::to("/settings/account?saved=1"))
}

#[derive(Debug, Deserialize)]
pub struct UndoForm {
    seconds: i64,
}

/// `POST /settings/account/undo`
pub async fn save_undo(State(app): State<App>, who: SignedIn, Form(form): Form<UndoForm>) -> Result<Redirect> {
    save_undo_seconds(&app, &who, form.seconds).await?;
    Ok(Redirect::to("/settings/account?saved=1"))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    current_password: Password,
    new_password: Password,
    suggestion: String,
    use_suggestion: bool,
    revoke_keys: bool,
}

/// `POST /settings/account/password`
pub async fn save_password(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    visitor: Visitor,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    let new = chosen(&form.new_password, &form.suggestion, form.use_suggestion);
    match change_password(&app, &who, &visitor, &form.current_password, &new, form.revoke_keys).await {
        Ok(changed) => {
            let Changed { others_ended, keys_revoked, .. } = changed;
            let next = Redirect::to(&format!("/settings/account?password={others_ended}&keys={keys_revoked}"));
            Ok((cookies(&app, &changed.session_token, None), next).into_response())
        }
        Err(error) => {
            let suggestion = Suggestion { text: form.suggestion, is_used: form.use_suggestion };
            show_again(&app, &who, &nonce, Account { suggestion, ..Account::of(&who, &app) }, error).await
        }
    }
}

/// `POST /settings/invitations`: the page that follows shows the link, once.
pub async fn invite_someone(State(app): State<App>, who: SignedIn) -> Result<Response> {
    if !who.user.is_owner {
        return Err(Error::NotFound);
    }
    let token = app.write(who.acting(), invite).await?;
    let link = format!("{}/signup?token={token}", app.config.public_url.as_str().trim_end_matches('/'));
    let carried = AppendHeaders(shown::carry_once(&app, who.user.id, PATH, &link));
    Ok((carried, Redirect::to(PATH)).into_response())
}

/// The form as it was sent, with what is to be mended or waited for.
async fn show_again(app: &App, who: &SignedIn, nonce: &Nonce, view: Account, error: Error) -> Result<Response> {
    if !error.is_passing() && !matches!(error, Error::Invalid(_)) {
        return Err(error);
    }
    let trouble = error.is_passing().then(|| error.text());
    let view = Account { errors: error.fields(), trouble, ..view };
    Ok((error.status(), error.headers(), show_account(app, who, nonce, view).await?).into_response())
}

async fn show_account(app: &App, who: &SignedIn, nonce: &Nonce, view: Account) -> Result<Markup> {
    let user = who.user.id;
    let keys = app.read(move |look| api_keys::living(look.conn, user, look.now)).await?;
    let view = Account { keys, ..view };
    Ok(views::account(&who.shell(app, nonce, "/settings/account"), who, &view))
}

impl Account {
    fn of(who: &SignedIn, app: &App) -> Self {
        Self {
            name: who.user.name.clone(),
            time_zone: who.user.time_zone.clone(),
            suggestion: Suggestion { text: suggest(&app.random), is_used: false },
            ..Self::default()
        }
    }
}

/// `GET /settings/sessions`
pub async fn index(State(app): State<App>, who: SignedIn, nonce: Nonce, Query(done): Query<Done>) -> Result<Markup> {
    show_sessions(&app, &who, &nonce, done.ended, FieldErrors::default()).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EndForm {
    /// The session to end; all others when there is none.
    session: Option<String>,
    /// Asked for when it was typed too long ago.
    password: Password,
}

/// `POST /settings/sessions/end`
pub async fn end(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    visitor: Visitor,
    Form(form): Form<EndForm>,
) -> Result<Response> {
    let wanted: Option<SessionId> = form.session.map(|id| id.parse()).transpose().map_err(|_| Error::NotFound)?;
    if wanted == Some(who.session.id) {
        return Ok((sign_out(&app, &visitor).await?, Redirect::to("/login?signed_out=1")).into_response());
    }
    let renewed = match who.session.is_fresh(app.now()) {
        true => None,
        false => match confirm_password(&app, &who, &form.password).await {
            Ok(token) => Some(token),
            Err(Error::Invalid(errors)) => {
                let page = show_sessions(&app, &who, &nonce, None, errors).await?;
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
            Err(other) => return Err(other),
        },
    };
    let ended = end_wanted(&app, &who, &visitor, wanted).await;
    Ok(with_renewed_cookie(
        &app,
        renewed,
        ended.map(|ended| Redirect::to(&format!("/settings/sessions?ended={ended}"))),
    ))
}

async fn end_wanted(app: &App, who: &SignedIn, visitor: &Visitor, wanted: Option<SessionId>) -> Result<usize> {
    let (user, current) = (who.user.id, who.session.id);
    app.write(visitor.acting_for(user), move |work| {
        let ended = match wanted {
            None => sessions::end_others(work.tx, user, Some(current))?,
            Some(session) if sessions::end(work.tx, user, session)? => 1,
            Some(_) => return Err(Error::NotFound),
        };
        let object = wanted.map_or_else(|| "all others".to_owned(), |session| session.to_string());
        audit::record(work, Event::SessionEnded, object)?;
        Ok(ended)
    })
    .await
}

async fn show_sessions(
    app: &App,
    who: &SignedIn,
    nonce: &Nonce,
    ended: Option<usize>,
    errors: FieldErrors,
) -> Result<Markup> {
    let (user, now) = (who.user.id, app.now());
    let list = app.db.read(move |conn| sessions::list(conn, user, now)).await?;
    let view = Sessions { list, current: who.session.id, ended, asks_password: !who.session.is_fresh(now), errors };
    Ok(views::sessions(&who.shell(app, nonce, "/settings/sessions"), &view))
}
