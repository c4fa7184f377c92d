//! `/join`: what an invitation leads to, for who has an account and for who has none.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::Redirect;
use maud::Markup;
use serde::Deserialize;

use super::views;
use crate::accounts::passphrase::suggest;
use crate::accounts::sessions::{PageContext, SignedIn, TokenHash, Visitor};
use crate::accounts::views::{Joining, Suggestion, join as sign_up};
use crate::app::App;
use crate::web::errors::{FieldErrors, Result};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Link {
    token: String,
}

/// `GET /join`
pub async fn show(State(app): State<App>, page: PageContext, Query(link): Query<Link>) -> Result<Markup> {
    let token = TokenHash::of(&link.token);
    let offer = app.read(move |look| super::look(look.conn, &token, look.now)).await?;
    let offer = offer.ok_or_else(super::is_gone)?;
    let shell = page.signed_out_shell(&app);
    Ok(match &page.signed_in {
        Some(who) => views::accept(&shell, &who.user.email, &offer, &link.token),
        None => {
            let suggestion = Suggestion { text: suggest(&app.random), is_used: false };
            let joining = Joining { token: Some(link.token), into: Some(offer), suggestion, ..Joining::default() };
            sign_up(&shell, &joining, &FieldErrors::default())
        }
    })
}

/// `POST /join`
pub async fn accept(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    Form(link): Form<Link>,
) -> Result<Redirect> {
    let (token, by) = (TokenHash::of(&link.token), (who.user.id, who.session.id));
    app.write(visitor.acting_for(who.user.id), move |work| super::accept(work, by, &token)).await?;
    Ok(Redirect::to("/dashboard"))
}
