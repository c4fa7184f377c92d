//! `/settings/members`: who is in the workspace; and the way from one workspace to another.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use kit::web::Nonce;
use serde::Deserialize;

use super::views::{self, Page};
use crate::accounts::cookies as shown;
use crate::accounts::sessions::{self, SignedIn, UserId, Visitor};
use crate::accounts::{LinkId, joining, return_to};
use crate::app::App;
use crate::web::errors::{Error, Result};
use crate::work::Work;
use crate::workspaces::{Role, WorkspaceId};

const PATH: &str = "/settings/members";

/// What the last form did, told once after its redirect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: Option<String>,
}

/// `GET /settings/members`
pub async fn index(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    headers: HeaderMap,
    Query(done): Query<Done>,
) -> Result<Response> {
    let taken = shown::take_once(&app, who.user.id, PATH, &headers);
    let (link, end) = taken.map(|(link, end)| (link.expose().to_owned(), end)).unzip();
    let page = show(&app, &who, &nonce, Page { done: done.done, link, ..Page::default() }).await?;
    Ok((end.map(AppendHeaders), page).into_response())
}

#[derive(Debug, Deserialize)]
pub struct InviteForm {
    role: Role,
}

/// `POST /settings/members/invite`: the page that follows shows the link, once.
pub async fn invite(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    nonce: Nonce,
    Form(form): Form<InviteForm>,
) -> Result<Response> {
    let workspace = who.workspace.clone();
    let made = app.write(visitor.acting_for(who.user.id), move |work| super::invite(work, &workspace, form.role)).await;
    match made {
        Ok((_, token)) => {
            let carried = shown::carry_once(&app, who.user.id, PATH, &link(&app, &token));
            Ok((AppendHeaders(carried), Redirect::to(PATH)).into_response())
        }
        Err(error) => refused(&app, &who, &nonce, error).await,
    }
}

pub(super) fn link(app: &App, token: &str) -> String {
    format!("{}/join?token={token}", app.config.public_url.trim_end_matches('/'))
}

#[derive(Debug, Deserialize)]
pub struct WithdrawForm {
    invitation: String,
}

/// `POST /settings/members/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    nonce: Nonce,
    Form(form): Form<WithdrawForm>,
) -> Result<Response> {
    let (workspace, id) = (who.workspace.id, form.invitation.parse::<LinkId>().map_err(|_| Error::NotFound)?);
    change(&app, &who, &visitor, &nonce, "withdrawn", move |work| joining::withdraw(work, workspace, id)).await
}

#[derive(Debug, Deserialize)]
pub struct RoleForm {
    user: String,
    role: Role,
}

/// `POST /settings/members/role`
pub async fn set_role(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    nonce: Nonce,
    Form(form): Form<RoleForm>,
) -> Result<Response> {
    let (workspace, user, role) = (who.workspace.id, user(&form.user)?, form.role);
    change(&app, &who, &visitor, &nonce, "changed", move |work| super::change_role(work, workspace, user, role)).await
}

#[derive(Debug, Deserialize)]
pub struct RemoveForm {
    user: String,
}

/// `POST /settings/members/remove`
pub async fn remove(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    nonce: Nonce,
    Form(form): Form<RemoveForm>,
) -> Result<Response> {
    let (workspace, user) = (who.workspace.id, user(&form.user)?);
    change(&app, &who, &visitor, &nonce, "removed", move |work| super::remove(work, workspace, user)).await
}

/// `POST /settings/members/leave`: the page that follows is of the workspace in which they are then.
pub async fn leave(State(app): State<App>, who: SignedIn, visitor: Visitor, nonce: Nonce) -> Result<Response> {
    let workspace = who.workspace.id;
    change(&app, &who, &visitor, &nonce, "left", move |work| super::leave(work, workspace)).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WorkspaceForm {
    name: String,
    approves_replies: bool,
}

/// `POST /settings/workspace`
pub async fn save(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    nonce: Nonce,
    Form(form): Form<WorkspaceForm>,
) -> Result<Response> {
    let workspace = who.workspace.id;
    change(&app, &who, &visitor, &nonce, "saved", move |work| {
        super::set_up(work, workspace, &form.name, form.approves_replies)
    })
    .await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct HoursForm {
    monday: bool,
    tuesday: bool,
    wednesday: bool,
    thursday: bool,
    friday: bool,
    saturday: bool,
    sunday: bool,
    from: String,
    until: String,
}

/// `POST /settings/workspace/hours`
pub async fn save_hours(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    nonce: Nonce,
    Form(form): Form<HoursForm>,
) -> Result<Response> {
    let workspace = who.workspace.id;
    let HoursForm { monday, tuesday, wednesday, thursday, friday, saturday, sunday, from, until } = form;
    let days = [monday, tuesday, wednesday, thursday, friday, saturday, sunday];
    change(&app, &who, &visitor, &nonce, "saved", move |work| super::set_hours(work, workspace, days, &from, &until))
        .await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SelectForm {
    workspace: String,
    return_to: Option<String>,
}

/// `POST /workspaces/select`: the same place in another workspace, as far as there is one.
pub async fn select(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    Form(form): Form<SelectForm>,
) -> Result<Redirect> {
    let workspace: WorkspaceId = form.workspace.parse().map_err(|_| Error::NotFound)?;
    let (user, session) = (who.user.id, who.session.id);
    app.write(visitor.acting_for(user), move |work| sessions::choose(work, user, session, workspace)).await?;
    Ok(Redirect::to(&same_place(return_to::local(form.return_to.as_deref()))))
}

/// What a page is about is one workspace's; settings are a page each.
fn same_place(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts = if path.starts_with("/settings/") { 2 } else { 1 };
    path.split('/').take(parts + 1).collect::<Vec<_>>().join("/")
}

fn user(id: &str) -> Result<UserId> {
    id.parse().map_err(|_| Error::NotFound)
}

async fn change(
    app: &App,
    who: &SignedIn,
    visitor: &Visitor,
    nonce: &Nonce,
    done: &str,
    rule: impl FnMut(&mut Work<'_>) -> Result<()> + Send + 'static,
) -> Result<Response> {
    match app.write(visitor.acting_for(who.user.id), rule).await {
        Ok(()) => Ok(Redirect::to(&format!("{PATH}?done={done}")).into_response()),
        Err(error) => refused(app, who, nonce, error).await,
    }
}

/// The page again, with what was wrong.
async fn refused(app: &App, who: &SignedIn, nonce: &Nonce, error: Error) -> Result<Response> {
    if !matches!(error, Error::Invalid(_) | Error::Refused { .. }) {
        return Err(error);
    }
    let trouble = matches!(error, Error::Refused { .. }).then(|| error.text());
    let page = show(app, who, nonce, Page { trouble, errors: error.fields(), ..Page::default() }).await?;
    Ok((error.status(), error.headers(), page).into_response())
}

async fn show(app: &App, who: &SignedIn, nonce: &Nonce, page: Page) -> Result<Response> {
    let (workspace, role) = (who.workspace.id, who.role);
    let members = app.read(move |look| super::list(look, workspace, role)).await?;
    Ok(views::index(&who.shell(app, nonce, PATH), who, &members, &page).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_kept_and_what_it_was_about_is_not() {
        for (from, to) in [
            ("/inbox/0199f0a0-0000-7000-8000-000000000000?state=done", "/inbox"),
            ("/dashboard", "/dashboard"),
            ("/activity/1", "/activity"),
            ("/settings/members", "/settings/members"),
            ("/", "/"),
        ] {
            assert_eq!(same_place(from), to);
        }
    }
}
