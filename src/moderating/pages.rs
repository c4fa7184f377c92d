//! `POST /moderation`, which asks first where many are concerned or nothing can be taken back, and `/moderation/{id}`: the question,
//! and once it is answered what became of it.

use std::collections::HashMap;

use axum::extract::{Form, Path, Query, RawForm, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use kit::db::Conn;
use kit::web::Nonce;
use maud::Markup;
use serde::Deserialize;

use super::views::{self, Typed};
use crate::accounts::sessions::{SignedIn, UserRow};
use crate::app::App;
use crate::connections::{budget, clients};
use crate::inbox::listing::{Filter, Matching, Reader};
use crate::inbox::moves::pages::{all_of, means_all, nothing_matches, place};
use crate::inbox::pages::Parameters;
use crate::inbox::place::{Place, take, with};
use crate::model::InteractionId;
use crate::moderation::{
    self, Asker, Asking, Item, MOST, NewOrder, NotNow, OrderId, Question, Receipt, Refused, Skipped, State as Stands,
    Words,
};
use crate::platforms::{ActRules, Platforms, Verb};
use crate::web::errors::{Error, Result};
use crate::web::ui::{self, Local};
use crate::work::Work;
use crate::workspaces::{Kind, WorkspaceId};

/// What a form asks for.
struct Asked {
    ids: Vec<InteractionId>,
    verb: Verb,
    /// The comment that is open.
    open: Option<InteractionId>,
    /// Not the ticked ones, but all that match.
    of_all: bool,
}

impl Asked {
    fn read(form: &[u8], workspace: WorkspaceId) -> Result<Self> {
        let fields = url::form_urlencoded::parse(form).into_owned().collect::<Parameters>();
        let value = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let ids = fields.iter().filter(|(name, _)| name == "id").filter_map(|(_, id)| id.parse().ok());
        let verb = value("verb").unwrap_or_default().parse();
        Ok(Self {
            ids: ids.take(MOST).collect(),
            verb: verb.map_err(|_| Error::bad_request("bad_verb", "Choose what to do with them."))?,
            open: value("open").and_then(|id| id.parse().ok()),
            of_all: means_all(&fields, workspace)?,
        })
    }

    /// What is pressed under one comment, and can be taken back, is done at once.
    fn needs_asking(&self) -> bool {
        self.of_all || self.ids.len() > 1 || self.verb.is_final() || self.verb == Verb::Edit
    }
}

/// Takes an order over, or asks whether it is meant.
pub async fn order(
    State(app): State<App>,
    who: SignedIn,
    Query(parameters): Query<Parameters>,
    RawForm(form): RawForm,
) -> Result<Redirect> {
    let (list, _) = place(parameters)?;
    let mut asked = Asked::read(&form, who.workspace.id)?;
    if asked.of_all {
        asked.ids = all(&app, (who.workspace.id, &who.user), &all_of(&list)?, asked.verb).await?;
        if asked.ids.is_empty() {
            return Ok(nothing_matches(&list));
        }
    }
    let Some(first) = asked.ids.first().copied() else { return Ok(Redirect::to(&list.list())) };
    let (workspace, platforms, needs_asking) = (who.workspace.id, app.platforms.clone(), asked.needs_asking());
    let open = asked.open.unwrap_or(first);
    let taken = move |work: &mut Work<'_>| {
        let Asked { ids, verb, open, .. } = &asked;
        if needs_asking {
            let asking = Asking { interactions: ids, verb: *verb, open: *open };
            return moderation::ask(work, &platforms, workspace, &asking);
        }
        let new = NewOrder { interactions: ids, verb: *verb, text: None, replaces: None };
        moderation::order(work, &platforms, workspace, &new)
    };
    let id = match app.write(who.acting(), taken).await {
        // Pressed twice: what there is to say is told under the comment.
        Err(Refused::Skipped(Skipped::Already | Skipped::UnderWay, ..)) if !needs_asking => {
            return Ok(Redirect::to(&list.one(open)));
        }
        taken => taken?,
    };
    Ok(Redirect::to(&if needs_asking { list.address(&format!("/moderation/{id}"), None) } else { list.one(open) }))
}

/// What a question's form says.
#[derive(Debug, Deserialize)]
pub struct AnswerForm {
    text: Option<String>,
    /// The words that were there when the new ones were begun.
    replaces: Option<String>,
}

/// Yes. Said again, it leads to the same receipt.
pub async fn answer(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    Form(form): Form<AnswerForm>,
) -> Result<Response> {
    let id: OrderId = id.parse().map_err(|_| not_found())?;
    let (list, _) = place(parameters)?;
    let (workspace, by, platforms) = (who.workspace.id, who.user.id, app.platforms.clone());
    let (text, replaces) = (form.text.clone(), form.replaces.clone());
    let answered = app.write(who.acting(), move |work| {
        moderation::answer(work, &platforms, workspace, id, (text.as_deref(), replaces.as_deref()))?;
        let question = moderation::question(work.tx, (workspace, by), id, work.now)?;
        let receipt = moderation::receipt(work.tx, workspace, id)?.ok_or(Refused::NotFound)?;
        Ok::<_, Refused>((receipt, question.and_then(|question| question.open)))
    });
    match answered.await {
        Ok((receipt, open)) => Ok(Redirect::to(&after(&receipt, open, &list)).into_response()),
        Err(Refused::NotFound) => Err(not_found()),
        // What somebody typed is not lost.
        Err(refused) if form.text.is_some() => {
            let replaces = match &refused {
                Refused::Changed(now) => Some(now.clone()),
                Refused::Text(_) | Refused::Skipped(..) => form.replaces,
                _ => return Err(refused.into()),
            };
            let typed = Typed { text: form.text, replaces, error: Some(refused.told().1) };
            let Some(asked) = read(&app, &who, id).await? else { return Err(not_found()) };
            let page = question(&app, &who, &nonce, (&list, &asked), typed);
            Ok((Error::from(refused).status(), page).into_response())
        }
        Err(refused) => Err(refused.into()),
    }
}

/// What is done with one comment is told under it.
fn after(receipt: &Receipt, open: Option<InteractionId>, list: &Place) -> String {
    match &receipt.acts[..] {
        [one] if one.state != Stands::Skipped => list.one(open.unwrap_or(one.interaction_id)),
        _ => list.address(&format!("/moderation/{}", receipt.id), None),
    }
}

/// What is not there, is somebody else's, or was not answered in time.
fn not_found() -> Error {
    let text =
        "There's nothing here. A question that nobody answers is dropped after a day: choose the comments again.";
    Error::refused(StatusCode::NOT_FOUND, "not_found", text)
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

/// A question with all that its page says.
struct Read {
    question: Question,
    items: Vec<Item>,
    rules: Option<ActRules>,
    /// Of today; none where nobody counts.
    left: Option<i64>,
}

async fn read(app: &App, who: &SignedIn, id: OrderId) -> Result<Option<Read>> {
    let (workspace, by, now) = (who.workspace.id, who.user.id, app.now());
    let platforms = app.platforms.clone();
    let (reading, is_demo) = (app.clone(), who.workspace.kind == Kind::Demo);
    let read = move |conn: &mut Conn| {
        let Some(question) = moderation::question(conn, (workspace, by), id, now)? else { return Ok(None) };
        Asker::read(conn, workspace, by)?.may_ask(question.verb, question.comments.len())?;
        let items = moderation::items(conn, workspace, &question.comments)?;
        let module = platforms.get(question.platform);
        let world = clients::unplaced_world(conn, &reading, workspace, is_demo)?;
        let budget = module.and_then(|module| module.budget(&world));
        let used = budget.map(|budget| budget::used(conn, &budget)).transpose()?;
        let (rules, left) = (module.map(|module| module.acts()), used.map(|used| (used.units - used.used).max(0)));
        Ok::<_, Error>(Some(Read { question, items, rules, left }))
    };
    app.db.read(read).await
}

fn question(app: &App, who: &SignedIn, nonce: &Nonce, (list, read): (&Place, &Read), typed: Typed) -> Markup {
    let Read { question, items, rules, left } = read;
    let question = views::Question {
        id: question.id,
        items,
        left_out: &question.left_out,
        words: Words::of(question.platform, *rules),
        verb: question.verb,
        typed,
        units: units(&app.platforms, items, question.verb),
        left: *left,
        open: question.open,
        list,
    };
    let shell = who.shell(app, nonce, "/inbox");
    ui::page(&shell, &question.title(), views::question(&question))
}

/// What it costs: calls are for one account each.
fn units(platforms: &Platforms, items: &[Item], verb: Verb) -> i64 {
    let mut accounts = HashMap::<_, Vec<&Item>>::new();
    for item in items {
        accounts.entry(item.connection_id).or_default().push(item);
    }
    let of_one = |items: &Vec<&Item>| {
        moderation::rules_of(platforms, items[0]).map_or(0, |rules| rules.units(verb, items.len()))
    };
    accounts.values().map(of_one).sum()
}

/// `GET /moderation/{id}`
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(id): Path<String>,
    Query(mut parameters): Query<Parameters>,
) -> Result<Markup> {
    let id: OrderId = id.parse().map_err(|_| not_found())?;
    let told = take(&mut parameters, "not_now").and_then(|why| why.parse::<NotNow>().ok());
    let (list, panel) = place(parameters)?;
    let (workspace, by) = (who.workspace.id, who.user.id);
    let of_order = move |conn: &mut Conn| {
        let Some(receipt) = moderation::receipt(conn, workspace, id)? else { return Ok(None) };
        // The first says which platform it is.
        let shown = receipt.acts.iter().take(1).chain(views::told(&receipt)).chain(views::changed(&receipt));
        let ids = shown.map(|act| act.interaction_id).collect::<Vec<_>>();
        let items = moderation::items(conn, workspace, &ids)?;
        Ok::<_, Error>(Some((receipt, items, Asker::read(conn, workspace, by)?)))
    };
    let Some((receipt, items, asker)) = app.db.read(of_order).await? else {
        let Some(asked) = read(&app, &who, id).await? else { return Err(not_found()) };
        return Ok(question(&app, &who, &nonce, (&list, &asked), Typed::default()));
    };
    let shell = who.shell(&app, &nonce, "/inbox");
    let words = items.first().map(|item| moderation::words_for(&app.platforms, item));
    let told = views::Told { receipt: &receipt, items: &items, words, asker, not_now: told };
    let part = views::receipt(&told, &list, &shell.local);
    if panel.is_some() {
        return Ok(part);
    }
    let title = views::title(&told);
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
    let acted = app.write(who.acting(), move |work| match (form.act, form.of) {
        (Act::Cancel, only) => moderation::cancel(work, workspace, id, only),
        (Act::Retry, None) => moderation::retry(work, workspace, id),
        (Act::Retry, Some(one)) => moderation::retry_one(work, &platforms, workspace, (id, one)).map(drop),
    });
    let back = form.open.map_or_else(|| list.address(&format!("/moderation/{id}"), None), |open| list.one(open));
    match acted.await {
        Ok(()) => Ok(Redirect::to(&back)),
        // Whoever pressed has an old page before them: the way back shows how it stands.
        Err(Refused::NotNow(why)) => Ok(Redirect::to(&with(&back, &[("not_now", why.as_str())]))),
        Err(refused) => Err(refused.into()),
    }
}
