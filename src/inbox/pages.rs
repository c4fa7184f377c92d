//! `/inbox` and `/inbox/{id}`.

use axum::extract::{Path, Query, State};
use kit::db::Conn;
use kit::web::Nonce;
use maud::Markup;

use super::api::{pairs, take};
use super::listing::{self, BadFilter, Cursor, Filter, Listed};
use super::triage::TriageState;
use super::views;
use crate::accounts::sessions::SignedIn;
use crate::app::App;
use crate::model::InteractionId;
use crate::web::errors::{Error, Result};
use crate::web::ui;
use crate::workspaces::WorkspaceId;

/// A URL's parameters, in its order.
pub type Parameters = Vec<(String, String)>;

/// `GET /inbox`
pub async fn index(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Query(parameters): Query<Parameters>,
) -> Result<Markup> {
    let mut parameters = parameters;
    let cursor: Option<Cursor> =
        take(&mut parameters, "cursor").map(|text| text.parse()).transpose().map_err(refused)?;
    let panel = take(&mut parameters, "panel");
    let filter = Filter::parse(pairs(&parameters)).map_err(refused)?;
    let mut shell = who.shell(&app, &nonce, "/inbox");
    let (workspace, zone) = (who.workspace.id, shell.local.zone.clone());
    let wanted = filter.clone();
    let rows = app
        .db
        .read(move |conn| {
            Ok::<_, Error>(Rows {
                listed: listing::list(conn, workspace, &wanted, &zone, cursor, listing::DEFAULT_LIMIT)?,
                counts: listing::counts(conn, workspace)?,
                connections: listing::connections(conn, workspace)?,
                people_and_content: named(conn, workspace, &wanted)?,
            })
        })
        .await?;
    shell.needs_reply = Some(rows.count(TriageState::NeedsReply));
    let view = views::Inbox { filter: &filter, rows: &rows, is_first: cursor.is_none(), local: &shell.local };
    if panel.is_some() {
        return Ok(views::panel(&view));
    }
    let body = views::with_keys(&shell.nonce, views::inbox(&view));
    Ok(ui::page(&shell, "Inbox", body))
}

/// `GET /inbox/{id}`
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    nonce: Nonce,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Result<Markup> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let mut shell = who.shell(&app, &nonce, "/inbox");
    let workspace = who.workspace.id;
    let (opened, counts) = app
        .db
        .read(move |conn| {
            let opened = listing::open(conn, workspace, id)?.ok_or(Error::NotFound)?;
            Ok::<_, Error>((opened, listing::counts(conn, workspace)?))
        })
        .await?;
    if parameters.iter().any(|(name, _)| name == "panel") {
        return Ok(views::opened(&opened, &shell.local));
    }
    shell.needs_reply = Some(count(&counts, TriageState::NeedsReply));
    let title = format!("{} by {}", super::definitions::kind(opened.interaction.kind), opened.interaction.author_name);
    let body = views::with_keys(&shell.nonce, views::opened(&opened, &shell.local));
    Ok(ui::page(&shell, &title, body))
}

/// What the list's page shows, read in one go.
pub struct Rows {
    pub listed: Listed,
    pub counts: Vec<(TriageState, i64)>,
    pub connections: Vec<listing::Connection>,
    /// The author and the content that the filter names, in words.
    pub people_and_content: Vec<(&'static str, String)>,
}

impl Rows {
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
        let name = listing::author_name(conn, workspace, author)?.ok_or(Error::NotFound)?;
        names.push(("author", name));
    }
    if let Some(content) = filter.content {
        let title = listing::content_title(conn, workspace, content)?;
        names.push(("content", title.unwrap_or_else(|| "one content item".to_owned())));
    }
    Ok(names)
}

/// A URL that is no filter is refused, with what it should have been.
pub(super) fn refused(bad: BadFilter) -> Error {
    Error::bad_request("bad_filter", format!("“{}” in this address: {}", bad.name, bad.message))
}
