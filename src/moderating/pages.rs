//! `POST /moderation`, which asks first where many are concerned or nothing can be taken back, and `/moderation/{id}`, what became
//! of it.

use axum::extract::{Form, Path, Query, RawForm, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use kit::db::Conn;
use kit::web::Nonce;
use maud::Markup;
use serde::Deserialize;

use super::meant::Meant;
use super::views::{self, Question};
use crate::accounts::sessions::{SignedIn, UserRow};
use crate::app::App;
use crate::connections::budget;
use crate::inbox::listing::{Filter, Matching, Reader};
use crate::inbox::moves::pages::{all_of, means_all, place};
use crate::inbox::pages::Parameters;
use crate::inbox::place::Place;
use crate::model::InteractionId;
use crate::moderation::{self, Asker, Item, MOST, NewOrder, OrderId, Refused};
use crate::platforms::{ActRules, Verb};
use crate::web::errors::{Error, Result};
use crate::web::ui::{self, Local};
use crate::workspaces::{Kind, UserId, WorkspaceId};

/// What a form asks for.
struct Asked {
    ids: Vec<InteractionId>,
    verb: Verb,
    text: Option<String>,
    /// The words that were there when the new ones were begun.
    replaces: Option<String>,
    is_confirmed: bool,
    /// The comment that is open.
    open: Option<InteractionId>,
    /// Not the ticked ones, but all that match.
    of_all: bool,
}

impl Asked {
    fn read(form: &[u8]) -> Result<Self> {
        let fields = url::form_urlencoded::parse(form).into_owned().collect::<Parameters>();
        let value = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let ids = fields.iter().filter(|(name, _)| name == "id").filter_map(|(_, id)| id.parse().ok());
        let verb = value("verb").unwrap_or_default().parse();
        Ok(Self {
            ids: ids.take(MOST).collect(),
            verb: verb.map_err(|_| Error::bad_request("bad_verb", "Choose what to do with them."))?,
            text: value("text").map(str::to_owned),
            replaces: value("replaces").map(str::to_owned),
            is_confirmed: value("confirmed").is_some(),
            open: value("open").and_then(|id| id.parse().ok()),
            of_all: means_all(&fields),
        })
    }

    fn needs_asking(&self) -> bool {
        let has_words = self.verb != Verb::Edit || self.text.is_some();
        self.of_all || !has_words || !self.is_confirmed && (self.ids.len() > 1 || self.verb.is_final())
    }
}

/// Takes an order over, or asks whether it is meant.
pub async fn order(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Query(parameters): Query<Parameters>,
    RawForm(form): RawForm,
) -> Result<Response> {
    let (list, _) = place(parameters)?;
    let mut asked = Asked::read(&form)?;
    if asked.of_all {
        asked.ids = all(&app, (who.workspace.id, &who.user), &all_of(&list)?, asked.verb).await?;
    }
    if asked.ids.is_empty() {
        return Ok(Redirect::to(&list.list()).into_response());
    }
    if asked.needs_asking() {
        return Ok(question(&app, &who, &nonce, &list, asked, None).await?.into_response());
    }
    let (workspace, platforms) = (who.workspace.id, app.platforms.clone());
    let (ids, verb, text, replaces) = (asked.ids.clone(), asked.verb, asked.text.clone(), asked.replaces.clone());
    let ordered = app.write(who.acting(), move |work| {
        let new = NewOrder { interactions: &ids, verb, text: text.as_deref(), replaces: replaces.as_deref() };
        moderation::order(work, &platforms, workspace, &new)
    });
    match (ordered.await, &asked.ids[..]) {
        (Ok(_), [one]) => Ok(Redirect::to(&list.one(asked.open.unwrap_or(*one))).into_response()),
        (Ok(order), _) => Ok(Redirect::to(&list.address(&format!("/moderation/{order}"), None)).into_response()),
        // What somebody typed is not lost.
        (Err(refused @ (Refused::Text(_) | Refused::Changed(_) | Refused::Skipped(..))), _) if verb == Verb::Edit => {
            let told = refused.told().1;
            if let Refused::Changed(now) = &refused {
                asked.replaces = Some(now.clone());
            }
            let page = question(&app, &who, &nonce, &list, asked, Some(told)).await?;
            Ok((Error::from(refused).status(), page).into_response())
        }
        (Err(refused), _) => Err(refused.into()),
    }
}

/// All comments that match now, by whose ids they are asked about and ordered: what matches later is not meant.
pub(super) async fn all(
    app: &App,
    (workspace, user): (WorkspaceId, &UserRow),
    filter: &Filter,
    verb: Verb,
) -> Result<Vec<InteractionId>> {
    if verb.is_about_own() {
        return Err(Error::bad_request("only_named", "Own comments are changed and deleted one by one."));
    }
    let local = Local::new(app.now(), &user.time_zone);
    let reader = Reader { workspace, user: user.id, zone: &local.zone, now: local.now };
    let matching = Matching::new(reader, filter, local.now);
    let read = move |conn: &mut Conn| {
        matching.check(conn)?;
        Ok::<_, Error>(matching.at_most(conn, MOST)?)
    };
    app.db.read(read).await?.ok_or_else(|| Refused::TooMany.into())
}

/// Whether what is asked would be taken: nobody types what would be refused whatever it says.
fn may_ask(
    conn: &mut Conn,
    (workspace, by): (WorkspaceId, UserId),
    verb: Verb,
    (items, rules): (&[Item], Option<ActRules>),
) -> Result<(), Refused> {
    Asker::read(conn, workspace, by)?.may_ask(verb, items.len())?;
    match items {
        [one] => moderation::in_the_way(rules, one.subject(), verb)
            .map_or(Ok(()), |why| Err(Refused::Skipped(why, verb, one.platform))),
        _ => Ok(()),
    }
}

async fn question(
    app: &App,
    who: &SignedIn,
    nonce: &Nonce,
    list: &Place,
    asked: Asked,
    error: Option<String>,
) -> Result<Markup> {
    let (workspace, by, ids, verb) = (who.workspace.id, who.user.id, asked.ids.clone(), asked.verb);
    let (platforms, was_refused) = (app.platforms.clone(), error.is_some());
    let world = app.unplaced_world(who.workspace.kind == Kind::Demo);
    let read = move |conn: &mut Conn| {
        let items = moderation::items(conn, workspace, &ids)?;
        let first = items.first().ok_or(Error::NotFound)?.clone();
        if !was_refused {
            may_ask(conn, (workspace, by), verb, (&items, moderation::rules_of(&platforms, &first)))?;
        }
        let busy = moderation::busy(conn, workspace, &ids)?;
        let budget = platforms.get(first.platform).and_then(|module| module.budget(&world));
        let used = budget.map(|budget| budget::used(conn, &budget)).transpose()?;
        Ok::<_, Error>((items, busy, used))
    };
    let (items, busy, used) = app.db.read(read).await?;
    let meant = Meant::of(&app.platforms, &items, &busy, verb);
    let question = Question {
        units: meant.units(&app.platforms, verb),
        left: used.map(|used| (used.units - used.used).max(0)),
        items: &items,
        meant,
        verb: asked.verb,
        text: asked.text.as_deref(),
        replaces: asked.replaces.as_deref(),
        open: asked.open,
        error: error.as_deref(),
        list,
    };
    let shell = who.shell(app, nonce, "/inbox");
    Ok(ui::page(&shell, &question.title(), views::question(&question)))
}

/// `GET /moderation/{id}`
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Result<Markup> {
    let id: OrderId = id.parse().map_err(|_| Error::NotFound)?;
    let (list, panel) = place(parameters)?;
    let (workspace, by) = (who.workspace.id, who.user.id);
    let read = move |conn: &mut Conn| {
        let receipt = moderation::receipt(conn, workspace, id)?.ok_or(Error::NotFound)?;
        // The first says which platform it is.
        let shown = receipt.acts.iter().take(1).chain(views::told(&receipt));
        let ids = shown.map(|act| act.interaction_id).collect::<Vec<_>>();
        let items = moderation::items(conn, workspace, &ids)?;
        Ok::<_, Error>((receipt, items, Asker::read(conn, workspace, by)?))
    };
    let (receipt, items, asker) = app.db.read(read).await?;
    let shell = who.shell(&app, &nonce, "/inbox");
    let part = views::receipt(&receipt, &items, &list, asker, &shell.local);
    if panel.is_some() {
        return Ok(part);
    }
    let title = views::title(&receipt, &items);
    Ok(ui::page(&shell, &title, views::receipt_page(&title, &list, part)))
}

kit::text_enum! { pub enum Act { Cancel = "cancel", Retry = "retry" } }

#[derive(Debug, Deserialize)]
pub struct ActForm {
    act: Act,
    /// Of which comment alone.
    of: Option<InteractionId>,
    open: Option<InteractionId>,
}

/// Calls back what was not asked for yet, or tries again what failed; opens again what it was pressed on.
pub async fn act(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    Form(form): Form<ActForm>,
) -> Result<Redirect> {
    let id: OrderId = id.parse().map_err(|_| Error::NotFound)?;
    let (list, _) = place(parameters)?;
    let (workspace, platforms) = (who.workspace.id, app.platforms.clone());
    app.write(who.acting(), move |work| match (form.act, form.of) {
        (Act::Cancel, only) => moderation::cancel(work, workspace, id, only),
        (Act::Retry, None) => moderation::retry(work, workspace, id),
        (Act::Retry, Some(one)) => moderation::retry_one(work, &platforms, workspace, (id, one)).map(drop),
    })
    .await?;
    let back = form.open.map_or_else(|| list.address(&format!("/moderation/{id}"), None), |open| list.one(open));
    Ok(Redirect::to(&back))
}
