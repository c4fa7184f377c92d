//! The demo service: makes a user's profile and takes it away again. Every answer is checked before it is believed.

use std::time::Duration;

use kit::jobs::{Failure, JobId};
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde_json::json;

use super::past::{self, Past};
use super::switchboard::Switch;
use super::{Choice, Profile, UserId};
use crate::app::App;
use crate::config::DemoService;
use crate::connections;
use crate::model::Platform;
use crate::outbound::Answer;
use crate::platforms::{Credentials, Error};
use crate::secrets::Secret;

/// The failure's code where the user has a profile that another operation made.
pub const PROFILE_EXISTS: &str = "demo_profile_exists";

/// A profile is a few hundred bytes.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Where the demo service tells of what happens on the profile.
pub struct Webhook {
    pub url: String,
    pub secret: Secret,
}

/// Asks for the profile of `operation`. Asking again, after a crash too, gives the same one.
pub async fn create(
    app: &App,
    user: UserId,
    operation: JobId,
    choice: &Choice,
    webhook: &Webhook,
) -> Result<Profile, Failure> {
    let body = json!({
        "user_id": user, "profile_type": "auto", "story": choice.story, "niche": choice.niche, "personality": "friendly",
        "scenario": choice.scenario, "size": choice.size, "language": choice.language, "seed": choice.seed,
        "webhook": { "url": webhook.url, "secret": webhook.secret.expose() },
        "redirect_uris": [connections::pages::redirect_uri(app, Platform::YouTube)],
    });
    let request = request(app, Method::POST, "/profiles")?;
    let answer = send(app, request.header("idempotency-key", operation.to_string()).json(&body)).await?;
    profile_of(user, &accepted(app, answer)?)
}

/// What the user's profile would type to sign in where a platform has no consent page.
pub async fn app_password(app: &App, user: UserId) -> Result<Credentials, Failure> {
    #[derive(Deserialize)]
    struct Made {
        /// Signed in to by its DID: profiles of one story go by the same handle.
        did: String,
        app_password: Secret,
    }
    let answer = send(app, request(app, Method::POST, &format!("/profiles/{user}/app-passwords"))?).await?;
    let Made { did, app_password } = accepted(app, answer)?.json().map_err(|error| unreadable(&error))?;
    Ok(Credentials { handle: did, app_password, service: None })
}

/// What the profile's accounts counted on the days before it was made. Asked for in one request, whatever the story.
pub async fn past(app: &App, user: UserId) -> Result<Past, Failure> {
    let mut request = request(app, Method::GET, &format!("/profiles/{user}/past"))?;
    request = request.query(&[("days", past::DAYS)]);
    accepted(app, send(app, request).await?)?.json().map_err(|error| unreadable(&error))
}

/// Presses a switch of the user's profile. Once more does no harm that a person would mind.
pub async fn press(app: &App, user: UserId, switch: Switch) -> Result<(), Failure> {
    let answer = send(app, request(app, Method::POST, &format!("/profiles/{user}/switches/{switch}"))?).await?;
    if answer.status == 409 {
        return Err(Failure::fail("nothing_there", "There's nothing in this demo that this could happen to."));
    }
    accepted(app, answer).map(drop)
}

/// Whether `profile` is the one that the user has now.
pub async fn still_has(app: &App, user: UserId, profile: &Profile) -> Result<bool, Failure> {
    let answer = send(app, request(app, Method::GET, &format!("/profiles/{user}"))?).await?;
    if answer.status == 404 {
        return Ok(false);
    }
    Ok(profile_of(user, &accepted(app, answer)?)?.id == profile.id)
}

/// Takes away the profile that `operation` made or may still be making: a late request of it makes nothing any more.
/// Without an operation, whatever profile the user has.
pub async fn remove(app: &App, user: UserId, operation: Option<JobId>) -> Result<(), Failure> {
    let mut request = request(app, Method::DELETE, &format!("/profiles/{user}"))?;
    if let Some(operation) = operation {
        request = request.header("idempotency-key", operation.to_string());
    }
    accepted(app, send(app, request).await?)?;
    Ok(())
}

fn request(app: &App, method: Method, path: &str) -> Result<RequestBuilder, Failure> {
    let DemoService { url, secret } = app
        .config
        .demo_service
        .as_ref()
        .ok_or_else(|| Failure::fail("no_demo_service", "No demo service is configured. Set DEMO_SERVICE_URL."))?;
    let mut url = url.clone();
    url.set_path(path);
    Ok(app.outbound.demo_service.request(method, url).bearer_auth(secret.expose()))
}

async fn send(app: &App, request: RequestBuilder) -> Result<Answer, Failure> {
    kit::failpoint!("demo service: asking");
    let answer = app.outbound.demo_service.send(request, ANSWER_LIMIT).await.map_err(|error| unreachable(&error))?;
    kit::failpoint!("demo service: answered");
    Ok(answer)
}

fn accepted(app: &App, answer: Answer) -> Result<Answer, Failure> {
    match answer.status {
        200..=299 => Ok(answer),
        404 => Err(Failure::retry("demo_service_unknown", "The demo service's address isn't valid.")),
        409 => Err(conflict(&answer)),
        429 | 503 => Err(busy(app, &answer)),
        500..=599 | 408 => Err(unreachable(&format!("HTTP {}", answer.status))),
        401 | 403 => Err(Failure::fail("demo_service_refused", "The demo service rejected this server's secret.")),
        status => Err(Failure::fail("demo_service_rejected", "The demo service rejected the request.")
            .because(format!("HTTP {status}"))),
    }
}

fn profile_of(user: UserId, answer: &Answer) -> Result<Profile, Failure> {
    let profile: Profile = answer.json().map_err(|error| unreadable(&error))?;
    if profile.user_id != user.to_string() && !kit::mutant!("demo: the profile of anybody") {
        return Err(unreadable(&"the profile of another user"));
    }
    Ok(profile)
}

fn conflict(answer: &Answer) -> Failure {
    #[derive(Deserialize)]
    struct Problem {
        code: String,
    }
    match answer.json::<Problem>() {
        Ok(problem) if problem.code == "operation_cancelled" => {
            Failure::fail("demo_operation_over", "The demo service considers this set-up cancelled.")
        }
        _ => Failure::fail(PROFILE_EXISTS, "The demo service still has another demo for you."),
    }
}

fn busy(app: &App, answer: &Answer) -> Failure {
    const TEXT: &str = "The demo service is asking us to wait a moment.";
    match answer.retry_after() {
        Some(wait) => Failure::retry_at("demo_service_busy", TEXT, app.now() + wait.min(Duration::from_secs(60))),
        None => Failure::retry("demo_service_busy", TEXT),
    }
}

fn unreachable(cause: &dyn std::fmt::Display) -> Failure {
    Failure::retry("demo_service_unreachable", "The demo service isn't responding.").because(cause)
}

fn unreadable(cause: &dyn std::fmt::Display) -> Failure {
    Failure::retry("demo_service_unreadable", "The demo service sent a response we couldn't read.").because(cause)
}

/// What a trouble with the simulator's platforms means for the set-up.
pub fn platform_failure(error: &Error) -> Failure {
    match error {
        Error::RateLimited { until }
        | Error::Silenced { until }
        | Error::QuotaExhausted { until }
        | Error::BudgetSpent { until } => {
            Failure::retry_at("demo_platform_busy", "The demo platform is asking us to wait.", *until)
        }
        Error::Transport(_)
        | Error::Unavailable { .. }
        | Error::Storage
        | Error::Protocol { .. }
        | Error::SignIn(_) => {
            Failure::retry("demo_platform_unreachable", "The demo platform isn't responding as it should.")
                .because(error)
        }
        Error::Reauth { .. }
        | Error::Permission { .. }
        | Error::NoAccount
        | Error::NotEnabled { .. }
        | Error::NotFound { .. }
        | Error::Rejected { .. } => {
            Failure::retry("demo_platform_refused", "The demo platform refused the connection.").because(error)
        }
    }
}
