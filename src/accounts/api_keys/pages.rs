//! `/settings/api-keys`.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use kit::web::Nonce;
use maud::Markup;
use serde::Deserialize;

use super::views::{self, Page, Typed};
use super::{KeyId, Life, NewKey, Scope};
use crate::accounts::cookies as shown;
use crate::accounts::sessions::{SignedIn, Visitor};
use crate::accounts::{Password, confirm_password};
use crate::app::App;
use crate::audit::{self, Event};
use crate::web::cookies::with_renewed_cookie;
use crate::web::errors::{Error, Result};
use crate::workspaces::{Kind, WorkspaceId};

const PATH: &str = "/settings/api-keys";

/// What the last form did, told once after its redirect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    revoked: Option<String>,
}

/// `GET /settings/api-keys`
pub async fn index(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    headers: HeaderMap,
    Query(done): Query<Done>,
) -> Result<Response> {
    let taken = shown::take_once(&app, who.user.id, PATH, &headers);
    let (made, end) = taken.map(|(secret, end)| (secret.expose().to_owned(), end)).unzip();
    let html = show(&app, &who, &nonce, Page { made, revoked: done.revoked.is_some(), ..Page::of(who.role) }).await?;
    Ok((end.map(AppendHeaders), html).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MakeForm {
    name: String,
    read: bool,
    write: bool,
    #[serde(rename = "inbox:read")]
    inbox_read: bool,
    #[serde(rename = "inbox:write")]
    inbox_write: bool,
    #[serde(rename = "replies:send")]
    send_replies: bool,
    connections: bool,
    demo: bool,
    life: Option<Life>,
    follows_demo: bool,
    /// Asked for when it was typed too long ago.
    password: Password,
}

/// `POST /settings/api-keys`: the page that follows shows the key, once.
pub async fn make(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    nonce: Nonce,
    Form(form): Form<MakeForm>,
) -> Result<Response> {
    let new = form.new_key();
    let renewed = match fresh(&app, &who, &new, &form.password).await {
        Ok(renewed) => renewed,
        Err(error) => return refused(&app, &who, &nonce, new, error).await,
    };
    let (user, workspace) = (who.user.id, of_its_own(&who));
    let made = app.write(visitor.acting_for(user), {
        let new = new.clone();
        move |work| {
            let made = super::make(work, user, workspace, &new)?;
            audit::record(work, Event::KeyMade, made.id)?;
            Ok::<_, Error>(made.token)
        }
    });
    let answer = match made.await {
        Ok(key) => {
            let carried = AppendHeaders(shown::carry_once(&app, user, PATH, &key));
            Ok((carried, Redirect::to(PATH)).into_response())
        }
        Err(error) => refused(&app, &who, &nonce, new, error).await,
    };
    Ok(with_renewed_cookie(&app, renewed, answer))
}

/// Where a key works that does not follow the demo: a key outlives that, too.
fn of_its_own(who: &SignedIn) -> WorkspaceId {
    let live = who.others.iter().find(|other| who.workspace.kind == Kind::Demo && other.kind == Kind::Live);
    live.unwrap_or(&who.workspace).id
}

/// A key outlives the session that makes it, so the password is asked for when it was typed long ago. Answers the session's
/// new token when there is one.
async fn fresh(app: &App, who: &SignedIn, new: &NewKey, password: &Password) -> Result<Option<String>> {
    super::check(new, who.role)?;
    match who.session.is_fresh(app.now()) {
        true => Ok(None),
        false => confirm_password(app, who, password).await.map(Some),
    }
}

/// The form again, with what was typed and what was wrong with it.
async fn refused(app: &App, who: &SignedIn, nonce: &Nonce, new: NewKey, error: Error) -> Result<Response> {
    if !error.is_passing() && !matches!(error, Error::Invalid(_)) {
        return Err(error);
    }
    let trouble = error.is_passing().then(|| error.text());
    let page = Page { typed: Typed::of(new), errors: error.fields(), trouble, ..Page::of(who.role) };
    let html = show(app, who, nonce, page).await?;
    Ok((error.status(), error.headers(), html).into_response())
}

#[derive(Debug, Deserialize)]
pub struct RevokeForm {
    key: String,
}

/// `POST /settings/api-keys/revoke`
pub async fn revoke(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    Form(form): Form<RevokeForm>,
) -> Result<Redirect> {
    let key: KeyId = form.key.parse().map_err(|_| Error::NotFound)?;
    let user = who.user.id;
    let revoked = app.write(visitor.acting_for(user), move |work| {
        if !super::revoke(work.tx, user, key)? {
            return Err(Error::NotFound);
        }
        Ok(audit::record(work, Event::KeyRevoked, key)?)
    });
    revoked.await?;
    Ok(Redirect::to("/settings/api-keys?revoked=1"))
}

async fn show(app: &App, who: &SignedIn, nonce: &Nonce, page: Page) -> Result<Markup> {
    let user = who.user.id;
    let mut keys = app.db.read(move |conn| super::list(conn, user)).await?;
    keys.retain(|key| key.workspace_id == of_its_own(who));
    let now = app.now();
    let is_fresh = page.is_fresh || who.session.is_fresh(now);
    Ok(views::index(&who.shell(app, nonce, "/settings/api-keys"), now, &Page { keys, is_fresh, ..page }))
}

impl MakeForm {
    fn new_key(&self) -> NewKey {
        let ticked = |scope: &Scope| match scope {
            Scope::Read => self.read,
            Scope::InboxRead => self.inbox_read,
            Scope::Write => self.write,
            Scope::InboxWrite => self.inbox_write,
            Scope::SendReplies => self.send_replies,
            Scope::Connections => self.connections,
            Scope::Demo => self.demo,
        };
        NewKey {
            name: self.name.clone(),
            scopes: Scope::ALL.iter().copied().filter(ticked).collect(),
            life: self.life.unwrap_or(Life::Quarter),
            follows_demo: self.follows_demo,
        }
    }
}
