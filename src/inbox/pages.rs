//! `/inbox` and `/inbox/{id}`.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use kit::db::Conn;
use kit::web::Nonce;
use maud::Markup;
use url::Url;

use super::answering::{Answering, Told};
use super::known::Known;
use super::listing::{self, BadFilter, ChoiceCounts, Cursor, Filter, Interaction, Listed, Matches, Opened, Reader};
use super::marks::pages::TagTold;
use super::marks::{self, Marks};
use super::moves::{Done, Receipt};
use super::notes::pages::{NoteTold, Noting};
use super::notes::{self, NoteId};
use super::place::{Place, first_view, take};
use super::saved_views;
use super::saved_views::views::Views;
use super::today::Today;
use super::tour;
use super::triage::TriageState;
use super::views::{self, Choice, Neighbours};
use super::{corrections, decisions};
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::model::InteractionId;
use crate::moderation::{self, Asker};
use crate::platforms::{Platforms, SIMULATOR};
use crate::replies;
use crate::web::errors::{Error, Result};
use crate::web::ui::{self, Local};
use crate::workspaces::{self, Right, Role, UserId, WorkspaceId};

/// A URL's parameters, in its order.
pub type Parameters = Vec<(String, String)>;

/// `GET /inbox`
pub async fn index(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Query(parameters): Query<Parameters>,
) -> Result<Response> {
    list_page(&app, &who, &nonce, Listing::of(parameters)).await
}

/// Which list, and what is wrong with what was typed for what is ticked in it.
pub(super) struct Listing {
    pub parameters: Parameters,
    pub tagged: Option<TagTold>,
}

impl Listing {
    pub fn of(parameters: Parameters) -> Self {
        Self { parameters, tagged: None }
    }
}

/// The page of a list, or the part of it that is asked for.
pub(super) async fn list_page(app: &App, who: &SignedIn, nonce: &Nonce, listing: Listing) -> Result<Response> {
    let Listing { mut parameters, tagged } = listing;
    let is_bare = parameters.is_empty();
    let view = take(&mut parameters, "view");
    let panel = take(&mut parameters, "panel");
    let done = Done::take(&mut parameters);
    let place = Place::parse(parameters).map_err(refused)?;
    match panel.as_deref() {
        Some("receipt") => return Ok(receipt_part(app, who, &place, done).await?.into_response()),
        Some("views") => return Ok(views_part(app, who, &place).await?.into_response()),
        _ => {}
    }
    let is_sound = place.errors.is_empty() && tagged.is_none();
    let mut shell = who.shell(app, nonce, "/inbox");
    let (workspace, by, role, zone) = (who.workspace.id, who.user.id, who.role, shell.local.zone.clone());
    let counts_choices = panel.as_deref() == Some("filters");
    let takes_tour = panel.is_none() && tour::is_for(who);
    let (place, mut rows, receipt, tour) = {
        let now = shell.local.now;
        let read = move |conn: &mut Conn| {
            let reader = Reader { workspace, user: by, zone: &zone, now };
            let named = Named { is_bare, view: view.as_deref() };
            let place = named.place(conn, reader, place.clone())?;
            let (place, mut rows) = Rows::read(conn, reader, role, place)?;
            if counts_choices {
                rows.choices = Some(listing::choice_counts(conn, reader, &place.filter)?);
            }
            let receipt = Receipt::read(conn, (workspace, by, now), done, &rows.choice.members)?;
            let tour = takes_tour.then(|| tour::read(conn, workspace, by)).transpose()?;
            Ok::<_, Error>((place, rows, receipt, tour))
        };
        app.db.read(read).await?
    };
    rows.choice.told = tagged;
    rows.verbs = views::verbs(&app.platforms, &rows.connections, who.role);
    shell.needs_reply = Some(rows.count(TriageState::NeedsReply));
    let (receipt, may_answer, local) = (receipt.as_ref(), who.role.may(Right::Answer), &shell.local);
    let may_connect = who.role.may(Right::Connect);
    let (place, rows) = (&place, &rows);
    let view = views::Inbox { place, rows, open: None, receipt, done, may_answer, may_connect, local };
    match panel {
        Some(_) if counts_choices => return Ok(views::filters(&view).into_response()),
        Some(_) => return Ok(views::panel(&view).into_response()),
        None => {}
    }
    shell.views = Some(saved_views::views::in_the_inbox(&rows.views, place));
    shell.tour = Some(tour::pages::strip(tour, &place.list()));
    let body = views::inbox(&view, views::nothing_open());
    let body = views::with_keys(&shell.nonce, who.user.shortcuts, who.role, body);
    let status = if is_sound { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, ui::page(&shell, "Inbox", body)).into_response())
}

/// What was done, alone: the list is not read for it.
async fn receipt_part(app: &App, who: &SignedIn, place: &Place, done: Done) -> Result<Markup> {
    let (workspace, by, local) = (who.workspace.id, who.user.id, Local::new(app.now(), &who.user.time_zone));
    let now = local.now;
    let read = move |conn: &mut Conn| {
        let members = marks::members(conn, workspace)?;
        Ok::<_, Error>(Receipt::read(conn, (workspace, by, now), done, &members)?)
    };
    let receipt = app.db.read(read).await?;
    Ok(views::receipt_part(receipt.as_ref(), done, place, &local))
}

/// The saved views beside the places, counted.
async fn views_part(app: &App, who: &SignedIn, place: &Place) -> Result<Markup> {
    let (views, _) = saved_views::pages::read(app, who).await?;
    Ok(saved_views::views::in_the_inbox(&views, place))
}

/// What an address names instead of saying it: a view; or nothing at all, which means what a member chose to begin with.
struct Named<'a> {
    is_bare: bool,
    view: Option<&'a str>,
}

impl Named<'_> {
    fn place(&self, conn: &mut Conn, reader: Reader<'_>, asked: Place) -> Result<Place> {
        let Reader { workspace, user, .. } = reader;
        let id = match self.view {
            Some(id) => id.parse().ok(),
            None if self.is_bare => saved_views::default_of(conn, workspace, user)?,
            None => return Ok(asked),
        };
        let found = id.map(|id| saved_views::find(conn, workspace, user, id)).transpose()?.flatten();
        let is_gone = found.is_none() && self.view.is_some();
        let mut place = found.map_or_else(|| Place::of(first_view()), |view| view.place());
        if is_gone {
            place.remarks.push("This view isn't there any more, so what needs a reply is listed.".to_owned());
        }
        Ok(place)
    }
}

/// `GET /inbox/{id}`: beside the list that the address names.
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Result<Markup> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    page_of(&app, &who, &nonce, Asked::new(id, parameters)).await
}

/// Which comment, in which list, and what is wrong with what was typed under it.
pub(super) struct Asked {
    pub id: InteractionId,
    pub parameters: Parameters,
    pub told: Option<Told>,
    pub tagged: Option<TagTold>,
    pub noted: Option<NoteTold>,
}

impl Asked {
    pub fn new(id: InteractionId, parameters: Parameters) -> Self {
        Self { id, parameters, told: None, tagged: None, noted: None }
    }
}

/// The page of a comment, or the part of it that is asked for.
pub(super) async fn page_of(app: &App, who: &SignedIn, nonce: &Nonce, asked: Asked) -> Result<Markup> {
    let Asked { id, mut parameters, told, tagged, noted } = asked;
    let panel = take(&mut parameters, "panel");
    let done = Done::take(&mut parameters).on(id);
    let place = Place::parse(parameters).map_err(refused)?;
    let mut shell = who.shell(app, nonce, "/inbox");
    let (workspace, by, role, zone) = (who.workspace.id, who.user.id, who.role, shell.local.zone.clone());
    let (platforms, key) = (app.platforms.clone(), app.random.token());
    let note_key = NoteId::new(app.now(), &app.random);
    let (may_answer, may_approve) = (who.role.may(Right::Answer), who.role.may(Right::Approve));
    let takes_tour = panel.is_none() && tour::is_for(who);
    let (place, mut rows, mut opened, mut beside, tour) = {
        let now = shell.local.now;
        let read = move |conn: &mut Conn| {
            let opened = listing::open(conn, workspace, id)?.ok_or(Error::NotFound)?;
            let reader = Reader { workspace, user: by, zone: &zone, now };
            let (place, rows) = Rows::read(conn, reader, role, place.clone())?;
            let marks = marks::of_items(conn, reader, std::slice::from_ref(&opened.interaction))?.remove(0);
            let choice = Choice { told: tagged.clone(), ..rows.choice.clone() };
            let beside = views::Beside {
                neighbours: neighbours(conn, reader, &place, &rows.listed, &opened.interaction)?,
                receipt: Receipt::read(conn, (workspace, by, now), done, &rows.choice.members)?,
                word: decisions::last_word(conn, workspace, id)?.filter(|word| word.holds(now)),
                by,
                may_answer,
                may_approve,
                answering: Answering::read(conn, (workspace, by, now), &opened.interaction, &platforms, &key)?,
                at_platform: at_platform(conn, (workspace, by), &opened.interaction, &platforms)?,
                marks,
                choice,
                notes: notes::of_item(conn, workspace, id)?,
                out_of_reach: None,
                noting: Noting::read(conn, (workspace, by), id, (note_key, noted.clone()))?,
                corrections: corrections::of_item(conn, workspace, id)?,
            };
            let tour = takes_tour.then(|| tour::read(conn, workspace, by)).transpose()?;
            Ok::<_, Error>((place, rows, opened, beside, tour))
        };
        app.db.read(read).await?
    };
    if who.workspace.kind == workspaces::Kind::Demo {
        lead_to_the_simulator(&mut opened);
    }
    beside.answering = beside.answering.told(told);
    beside.out_of_reach = rows.out_of_reach(&opened.interaction, who);
    rows.verbs = views::verbs(&app.platforms, &rows.connections, who.role);
    let reading = views::opened(&opened, &place, &beside, &shell.local);
    if panel.is_some() {
        return Ok(reading);
    }
    shell.needs_reply = Some(rows.count(TriageState::NeedsReply));
    shell.views = Some(saved_views::views::in_the_inbox(&rows.views, &place));
    let title = views::heading(&opened.interaction);
    let (place, rows, open, local) = (&place, &rows, Some(id), &shell.local);
    let (may_connect, done) = (who.role.may(Right::Connect), Done::default());
    let view = views::Inbox { place, rows, open, receipt: None, done, may_answer, may_connect, local };
    shell.tour = Some(tour::pages::strip(tour, &place.one(id)));
    let body = views::with_keys(&shell.nonce, who.user.shortcuts, who.role, views::inbox(&view, reading));
    Ok(ui::page(&shell, &title, body))
}

fn at_platform(
    conn: &mut Conn,
    (workspace, by): (WorkspaceId, UserId),
    item: &Interaction,
    platforms: &Platforms,
) -> Result<views::AtPlatform> {
    let acts = moderation::in_thread(conn, workspace, item.connection_id, &item.thread_external_id)?;
    let rules = platforms.get(item.platform).map(|module| module.acts());
    Ok(views::AtPlatform { rules, acts, asker: Asker::read(conn, workspace, by)? })
}

/// What a demo shows is on no platform: its addresses would lead to strangers. The simulator has pages of its own.
fn lead_to_the_simulator(opened: &mut Opened) {
    let item = &mut opened.interaction;
    let simulated = |address: &Option<String>| {
        let address = Url::parse(address.as_deref()?).ok()?;
        let query = address.query().map(|query| format!("?{query}")).unwrap_or_default();
        Some(format!("{SIMULATOR}/{}{}{query}", item.platform, address.path()))
    };
    let content = opened.content.as_mut();
    content.into_iter().for_each(|content| content.permalink = simulated(&content.permalink));
    item.permalink = simulated(&item.permalink);
    item.author_profile_url = None;
}

/// The addresses of what stands before and after it, where the list goes on on its next page too.
pub(super) fn neighbours(
    conn: &mut Conn,
    reader: Reader<'_>,
    place: &Place,
    listed: &Listed,
    item: &Interaction,
) -> Result<Neighbours> {
    let here = listed.items.iter().position(|one| one.id == item.id);
    let at = |index: usize| listed.items.get(index).map(|one| place.one(one.id));
    let previous = here.and_then(|here| here.checked_sub(1)).and_then(at);
    let next = here.and_then(|here| at(here + 1));
    // The next page begins after the last row of this one; what is in no list has its place by its order.
    let beyond = match here {
        Some(_) if next.is_some() => None,
        Some(_) => listed.next,
        None => Some(Cursor::after(item)),
    };
    let Some(cursor) = beyond else { return Ok(Neighbours { previous, next }) };
    let first = listing::list(conn, reader, &place.filter, Some(cursor), 1)?.items.pop();
    let place = if here.is_some() { place.from(Some(cursor)) } else { place.from(place.cursor) };
    Ok(Neighbours { previous, next: first.map(|one| place.one(one.id)) })
}

/// What the list's page shows, read in one go.
pub struct Rows {
    /// What was done today, where nothing is left to do.
    pub today: Option<Today>,
    pub listed: Listed,
    pub counts: Vec<(TriageState, i64)>,
    pub connections: Vec<listing::Connection>,
    /// What hangs on each item.
    pub marks: Vec<Marks>,
    pub choice: Choice,
    /// The author and the content that the filter names, in words.
    pub people_and_content: Vec<(&'static str, String)>,
    /// What a search has found.
    pub matches: Option<Matches>,
    /// Replies of editors that wait for an owner.
    pub awaiting: i64,
    pub workspace: WorkspaceId,
    /// Comments whose reply did not get there.
    pub to_check: i64,
    /// How many each choice of the filter would list, where that is asked for.
    pub choices: Option<ChoiceCounts>,
    /// What the platforms of these accounts do with other people's comments.
    pub verbs: Vec<views::Offered>,
    pub views: Views,
}

impl Rows {
    /// Of an item whose account is not connected.
    fn out_of_reach(&self, item: &Interaction, who: &SignedIn) -> Option<views::OutOfReach> {
        let is_lost = self.connections.iter().any(|one| one.id == item.connection_id && !one.is_connected);
        is_lost.then(|| views::OutOfReach { may_connect: who.role.may(Right::Connect) })
    }

    /// With the place without what is gone.
    fn read(conn: &mut Conn, reader: Reader<'_>, role: Role, place: Place) -> Result<(Place, Self)> {
        let workspace = reader.workspace;
        let known = Known::read(conn, workspace)?;
        let place = known.narrowed(conn, workspace, place)?;
        let listed = listing::list(conn, reader, &place.filter, place.cursor, listing::DEFAULT_LIMIT)?;
        let Known { members, connections } = known;
        let tags = marks::tags(conn, workspace)?;
        let is_zero = listed.items.is_empty() && place.cursor.is_none() && place.filter == first_view();
        let today = is_zero.then(|| Today::read(conn, reader)).transpose()?;
        let rows = Self {
            matches: listing::matches(conn, reader, &place.filter, &listed, place.cursor)?,
            today,
            marks: marks::of_items(conn, reader, &listed.items)?,
            choice: Choice { me: reader.user, members, tags, told: None },
            listed,
            counts: listing::counts(conn, workspace)?,
            connections,
            people_and_content: named(conn, workspace, &place.filter)?,
            awaiting: replies::count_awaiting(conn, workspace)?,
            workspace,
            to_check: listing::to_check(conn, workspace)?,
            choices: None,
            verbs: Vec::new(),
            views: Views {
                all: saved_views::list(conn, workspace, reader.user)?,
                counts: None,
                may_share: role.may(Right::Answer),
                workspace: Some(workspace),
            },
        };
        Ok((place, rows))
    }

    pub fn count(&self, state: TriageState) -> i64 {
        count(&self.counts, state)
    }

    pub fn has_several_platforms(&self) -> bool {
        self.connections.windows(2).any(|pair| pair[0].platform != pair[1].platform)
    }
}

fn count(counts: &[(TriageState, i64)], state: TriageState) -> i64 {
    counts.iter().filter(|(known, _)| *known == state).map(|(_, count)| count).sum()
}

fn named(conn: &mut Conn, workspace: WorkspaceId, filter: &Filter) -> Result<Vec<(&'static str, String)>> {
    let mut names = Vec::new();
    if let Some(author) = filter.author {
        names.extend(listing::author_name(conn, workspace, author)?.map(|name| ("author", name)));
    }
    if let Some(content) = filter.content {
        let title = listing::content_title(conn, workspace, content)?;
        names.push(("content", title.unwrap_or_else(|| "one post".to_owned())));
    }
    Ok(names)
}

/// A URL that is no filter is refused, with what it should have been.
pub(super) fn refused(bad: BadFilter) -> Error {
    Error::bad_request("bad_filter", format!("“{}” in this address: {}", bad.name, bad.message))
}
