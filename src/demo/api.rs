//! `/api/demo`: enable, disable, status.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::jobs::JobId;
use serde::Serialize;
use utoipa::ToSchema;

use super::switchboard::{self, NotPressed, Switch};
use super::{
    Choice, Demo, DemoLanguage, DemoStatus, Fault, LARGEST_SEED, NICHE_REFUSED, Platforms, Refused, WorkspaceId,
};
use crate::accounts::sessions::{Caller, Visitor};
use crate::app::App;
use crate::audit::{self, Event};
use crate::idempotency::api::Once;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::work::Work;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemoAccepted)]
pub struct Accepted {
    status: DemoStatus,
    job_id: JobId,
    message: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Demo)]
pub struct Status {
    status: DemoStatus,
    job_id: Option<JobId>,
    error: Option<StatusError>,
    profile: Option<StatusProfile>,
    workspace_id: Option<WorkspaceId>,
    /// While demo mode is being left: what is set up when that is done.
    next: Option<Choice>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemoError)]
pub struct StatusError {
    operation: super::Operation,
    code: String,
    message: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemoProfile)]
pub struct StatusProfile {
    channel_name: String,
    niche: String,
    story: super::Story,
    scenario: super::Scenario,
    size: super::Size,
    language: DemoLanguage,
    seed: u64,
    platforms: Platforms,
}

/// Sets up demo mode in the background. While it is being set up already: the same job. While it is being left: as
/// soon as that is done; `job_id` is the leaving, whose end starts the set-up.
///
/// The body may be left out: everything in it has a default.
#[utoipa::path(post, path = "/demo/enable", tag = "demo", request_body = Option<Choice>,
    responses((status = 202, body = Accepted), (status = 400), (status = 401), (status = 409), (status = 422)))]
pub async fn enable(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    body: Bytes,
) -> Result<Response> {
    let choice = read_choice(&body)?;
    let user = who.user.id;
    let effect = move |work: &mut Work<'_>| {
        let accepted = super::enable(work, user, &choice)?;
        audit::record(work, Event::DemoEnabled, "")?;
        let message = match accepted.status {
            DemoStatus::Disabling => "Turning demo mode off; it starts again afterwards.",
            _ => "Demo mode is being set up.",
        };
        Ok::<_, Refused>(answer(accepted, message))
    };
    let answer = once.write(&app, None, visitor.acting_for(user), effect).await;
    kit::failpoint!("demo: committed");
    answer
}

/// Leaves demo mode in the background, or calls its set-up back. While it is being left already: the same job, and no
/// set-up after it.
#[utoipa::path(post, path = "/demo/disable", tag = "demo",
    responses((status = 202, body = Accepted), (status = 401), (status = 409)))]
pub async fn disable(State(app): State<App>, who: Caller, visitor: Visitor, once: Once) -> Result<Response> {
    let user = who.user.id;
    let effect = move |work: &mut Work<'_>| {
        let accepted = super::disable(work, user)?;
        audit::record(work, Event::DemoLeft, "")?;
        Ok::<_, Refused>(answer(accepted, "Turning demo mode off."))
    };
    let answer = once.write(&app, None, visitor.acting_for(user), effect).await;
    kit::failpoint!("demo: committed");
    answer
}

/// Presses a switch: lets something happen to the demo's accounts that happens to real ones. `all_well` lets the
/// platforms answer again; whoever was told to wait still waits.
///
/// `revoke_token`, `spend_quota`, `lose_answer` (of the next call that writes), `server_errors` (for a minute), `edit` and
/// `delete` (somebody changes or takes back what they wrote), `repeat_webhook`, `all_well`.
#[utoipa::path(post, path = "/demo/switches/{switch}", tag = "demo", params(("switch" = String, Path)),
    responses((status = 202, body = Accepted), (status = 401), (status = 404), (status = 409)))]
pub async fn press(
    State(app): State<App>,
    who: Caller,
    visitor: Visitor,
    once: Once,
    Path(switch): Path<String>,
) -> Result<Response> {
    let switch: Switch = switch.parse().map_err(|_| Error::NotFound)?;
    let user = who.user.id;
    let effect = move |work: &mut Work<'_>| {
        let job_id = switchboard::press(work, user, switch)?;
        Ok::<_, NotPressed>(answer(super::Accepted { status: DemoStatus::Enabled, job_id }, "Pressed."))
    };
    once.write(&app, None, visitor.acting_for(user), effect).await
}

/// How demo mode stands.
#[utoipa::path(get, path = "/demo/status", tag = "demo", responses((status = 200, body = Status), (status = 401)))]
pub async fn status(State(app): State<App>, who: Caller) -> Result<Json<Status>> {
    let demo = app.read(move |look| super::view(look.conn, &who.user, look.now)).await?;
    Ok(Json(demo.into()))
}

fn read_choice(body: &[u8]) -> Result<Choice> {
    if body.is_empty() {
        return Ok(Choice::default());
    }
    let Json(choice) = Json::<Option<Choice>>::from_bytes(body)?;
    let choice = choice.unwrap_or_default();
    let mut errors = FieldErrors::default();
    if choice.seed.is_some_and(|seed| seed > LARGEST_SEED) {
        errors.add("seed", "too_large", "seed must be at most 2^53 - 1.");
    }
    if !choice.has_its_niche() {
        errors.add("niche", "not_of_story", NICHE_REFUSED);
    }
    if errors.is_empty() { Ok(choice) } else { Err(errors.into()) }
}

fn answer(accepted: super::Accepted, message: &'static str) -> (StatusCode, Option<Accepted>) {
    (StatusCode::ACCEPTED, Some(Accepted { status: accepted.status, job_id: accepted.job_id, message }))
}

impl From<Demo> for Status {
    fn from(demo: Demo) -> Self {
        let error = demo.fault.map(|Fault { operation, code, message }| StatusError { operation, code, message });
        let profile = demo.profile.map(|profile| StatusProfile {
            channel_name: profile.channel_name,
            niche: profile.niche,
            story: profile.story,
            scenario: profile.scenario,
            size: profile.size,
            language: profile.language,
            seed: profile.seed,
            platforms: profile.platforms,
        });
        Self {
            status: demo.status,
            job_id: demo.job_id,
            error,
            profile,
            workspace_id: demo.workspace_id,
            next: demo.next,
        }
    }
}
