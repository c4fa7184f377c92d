//! The door: set-up, sign-up, sign-in, sign-out.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use serde::Deserialize;

use super::passphrase::suggest;
use super::views::{self, Door, Joining, Suggestion};
use super::{Granted, LinkKind, Password, SignIn, SignUp, can_sign_up, joining, profile, return_to, sign_in, sign_up};
use crate::accounts::sessions::pages::sign_out;
use crate::accounts::sessions::{PageContext, TokenHash, Visitor};
use crate::app::App;
use crate::web::cookies::cookies;
use crate::web::errors::{Error, FieldErrors, Result};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Link {
    token: Option<String>,
}

/// `GET /setup`, `GET /signup`: the form, when the link is good or everybody may.
pub async fn sign_up_form(State(app): State<App>, page: PageContext, Query(link): Query<Link>) -> Result<Markup> {
    let (signup, token) = (app.config.signup, link.token.as_deref().map(TokenHash::of));
    let opens = app.read(move |look| can_sign_up(look.conn, look.now, signup, token.as_ref())).await?;
    let joining = Joining {
        token: link.token,
        is_first: opens == Some(LinkKind::Setup),
        suggestion: Suggestion { text: suggest(&app.random), is_used: false },
        ..Joining::default()
    };
    Ok(views::join(&page.signed_out_shell(&app), &joining, &FieldErrors::default()))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct JoinForm {
    token: Option<String>,
    name: String,
    email: String,
    password: Password,
    suggestion: String,
    use_suggestion: bool,
    time_zone: String,
}

/// `POST /setup`, `POST /signup`
pub async fn join(
    State(app): State<App>,
    page: PageContext,
    visitor: Visitor,
    Form(form): Form<JoinForm>,
) -> Result<Response> {
    let wanted = SignUp {
        email: form.email.clone(),
        name: form.name.clone(),
        password: chosen(&form.password, &form.suggestion, form.use_suggestion),
        // What a browser says of itself is a guess, not somebody's choice: it is never an error.
        time_zone: profile::known_time_zone(&form.time_zone).unwrap_or_default(),
        token: form.token.clone(),
    };
    let error = match sign_up(&app, wanted, visitor).await {
        Ok(granted) => return Ok(enter(&app, &granted, "/dashboard")),
        Err(error) if error.is_passing() || matches!(error, Error::Invalid(_)) => error,
        Err(other) => return Err(other),
    };
    let token = form.token.as_deref().map(TokenHash::of);
    let into = match token {
        Some(token) => app.read(move |look| joining::look(look.conn, &token, look.now)).await?,
        None => None,
    };
    let joining = Joining {
        is_first: page.path == "/setup",
        into,
        token: form.token,
        name: form.name,
        email: form.email,
        time_zone: form.time_zone,
        suggestion: Suggestion { text: form.suggestion, is_used: form.use_suggestion },
        trouble: error.is_passing().then(|| error.text()),
    };
    let html = views::join(&page.signed_out_shell(&app), &joining, &error.fields());
    Ok((error.status(), error.headers(), html).into_response())
}

/// What was typed counts; what is suggested, when its box is ticked and nothing else was typed.
pub(super) fn chosen(typed: &Password, suggestion: &str, use_suggestion: bool) -> Password {
    if use_suggestion && typed.reveal().is_empty() { Password::new(suggestion) } else { typed.clone() }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Arrival {
    return_to: Option<String>,
    signed_out: Option<String>,
}

/// `GET /login`
pub async fn login_form(State(app): State<App>, page: PageContext, Query(arrival): Query<Arrival>) -> Result<Response> {
    let next = return_to::local(arrival.return_to.as_deref());
    if page.signed_in.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    let is_set_up = app.db.read(super::is_set_up).await?;
    let view = Door { email: "", next, signed_out: arrival.signed_out.is_some(), is_set_up, error: None };
    Ok(views::login(&page.signed_out_shell(&app), &view).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LoginForm {
    email: String,
    password: Password,
    return_to: Option<String>,
}

/// `POST /login`
pub async fn login(
    State(app): State<App>,
    page: PageContext,
    visitor: Visitor,
    Form(form): Form<LoginForm>,
) -> Result<Response> {
    let next = return_to::local(form.return_to.as_deref());
    let wanted = SignIn { email: form.email.clone(), password: form.password };
    let error = match sign_in(&app, wanted, visitor).await {
        Ok(granted) => return Ok(enter(&app, &granted, next)),
        Err(error) if error.is_passing() || matches!(error, Error::Refused { .. }) => error,
        Err(other) => return Err(other),
    };
    let text = error.text();
    let view = Door { email: &form.email, next, signed_out: false, is_set_up: true, error: Some(&text) };
    let html = views::login(&page.signed_out_shell(&app), &view);
    Ok((error.status(), error.headers(), html).into_response())
}

/// `POST /logout`
pub async fn logout(State(app): State<App>, visitor: Visitor) -> Result<Response> {
    let headers = sign_out(&app, &visitor).await?;
    Ok((headers, Redirect::to("/login?signed_out=1")).into_response())
}

fn enter(app: &App, granted: &Granted, next: &str) -> Response {
    (cookies(app, &granted.session_token, granted.device_token.as_deref()), Redirect::to(next)).into_response()
}
