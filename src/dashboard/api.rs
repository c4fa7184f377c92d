//! `GET /api/dashboard`: the same numbers and states as the page.

use axum::Json;
use axum::extract::State;
use kit::clock::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Connection, Dashboard, Metric, metrics};
use crate::accounts::sessions::Caller;
use crate::app::App;
use crate::web::errors::{Error, Result};
use crate::web::ui::Local;
use crate::workspaces::{Kind, WorkspaceId};

#[derive(Serialize, ToSchema)]
#[schema(as = Dashboard)]
pub struct Answer {
    workspace: WorkspaceBody,
    time_zone: String,
    as_of: Option<Timestamp>,
    metrics: Vec<Metric>,
    connections: Vec<Connection>,
}

#[derive(Serialize, ToSchema)]
struct WorkspaceBody {
    id: WorkspaceId,
    #[schema(inline)]
    kind: Kind,
}

/// The same numbers and states as the page.
#[utoipa::path(get, path = "/dashboard", tag = "dashboard", responses((status = 200, body = Answer), (status = 401)))]
pub async fn show(State(app): State<App>, who: Caller) -> Result<Json<Answer>> {
    let (now, time_zone, of) = (app.now(), who.user.time_zone, (who.workspace.id, who.role));
    let (local, facts) = app
        .db
        .read(move |conn| {
            let local = Local::new(now, &time_zone);
            let dashboard = Dashboard::load(conn, of, &local, None)?;
            Ok::<_, Error>((local, dashboard.facts))
        })
        .await?;
    Ok(Json(Answer {
        workspace: WorkspaceBody { id: who.workspace.id, kind: who.workspace.kind },
        time_zone: local.zone_name().to_owned(),
        as_of: facts.read_to(),
        metrics: metrics(&facts, &local),
        connections: facts.connections,
    }))
}
