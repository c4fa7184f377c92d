//! `/settings/people`: for owners; nobody else learns that it is there.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use kit::web::Nonce;
use serde::Deserialize;

use super::views::{self, Page};
use crate::accounts::sessions::{SignedIn, Visitor};
use crate::accounts::{LinkId, Password, UserId, confirm_password};
use crate::app::App;
use crate::web::cookies::with_renewed_cookie;
use crate::web::errors::{Error, Result};
use crate::work::Work;

/// What the last form did, told once after its redirect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: Option<String>,
}

/// `GET /settings/people`
pub async fn index(State(app): State<App>, who: SignedIn, nonce: Nonce, Query(done): Query<Done>) -> Result<Response> {
    owners_only(&who)?;
    show(&app, &who, &nonce, Page { done: done.done, ..Page::default() }).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PersonForm {
    user: String,
    /// Asked for when it was typed too long ago.
    password: Password,
}

/// `POST /settings/people/disable`
pub async fn disable(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    nonce: Nonce,
    Form(form): Form<PersonForm>,
) -> Result<Response> {
    change(&app, &who, &visitor, &nonce, &form, "closed", super::disable).await
}

/// `POST /settings/people/open`
pub async fn open(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    nonce: Nonce,
    Form(form): Form<PersonForm>,
) -> Result<Response> {
    change(&app, &who, &visitor, &nonce, &form, "opened", super::open_again).await
}

/// `POST /settings/people/sign-out`
pub async fn sign_out(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    nonce: Nonce,
    Form(form): Form<PersonForm>,
) -> Result<Response> {
    change(&app, &who, &visitor, &nonce, &form, "signed-out", |work, user| super::sign_out(work, user).map(drop)).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WithdrawForm {
    invitation: String,
}

/// `POST /settings/invitations/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    Form(form): Form<WithdrawForm>,
) -> Result<Redirect> {
    owners_only(&who)?;
    let invitation: LinkId = form.invitation.parse().map_err(|_| Error::NotFound)?;
    app.write(visitor.acting_for(who.user.id), move |work| super::withdraw(work, invitation)).await?;
    Ok(Redirect::to("/settings/people?done=withdrawn"))
}

async fn change(
    app: &App,
    who: &SignedIn,
    visitor: &Visitor,
    nonce: &Nonce,
    form: &PersonForm,
    done: &str,
    rule: fn(&mut Work<'_>, UserId) -> Result<()>,
) -> Result<Response> {
    owners_only(who)?;
    let user: UserId = form.user.parse().map_err(|_| Error::NotFound)?;
    let renewed = match who.session.is_fresh(app.now()) {
        true => None,
        false => match confirm_password(app, who, &form.password).await {
            Ok(token) => Some(token),
            Err(error) => return refused(app, who, nonce, error).await,
        },
    };
    let changed = app.write(visitor.acting_for(who.user.id), move |work| rule(work, user)).await;
    let answer = match changed {
        Err(error @ Error::Refused { .. }) => refused(app, who, nonce, error).await,
        changed => changed.map(|()| Redirect::to(&format!("/settings/people?done={done}")).into_response()),
    };
    Ok(with_renewed_cookie(app, renewed, answer))
}

/// The page again, with what was wrong.
async fn refused(app: &App, who: &SignedIn, nonce: &Nonce, error: Error) -> Result<Response> {
    if !error.is_passing() && !matches!(error, Error::Invalid(_) | Error::Refused { .. }) {
        return Err(error);
    }
    let trouble = (!matches!(error, Error::Invalid(_))).then(|| error.text());
    let page = show(app, who, nonce, Page { trouble, errors: error.fields(), ..Page::default() }).await?;
    Ok((error.status(), error.headers(), page).into_response())
}

async fn show(app: &App, who: &SignedIn, nonce: &Nonce, page: Page) -> Result<Response> {
    let people = app.read(super::list).await?;
    let asks_password = !who.session.is_fresh(app.now());
    let shell = who.shell(app, nonce, "/settings/people");
    Ok(views::index(&shell, who.user.id, &people, &Page { asks_password, ..page }).into_response())
}

fn owners_only(who: &SignedIn) -> Result<()> {
    if who.user.is_owner { Ok(()) } else { Err(Error::NotFound) }
}
