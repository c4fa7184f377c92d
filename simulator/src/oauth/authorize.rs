//! The authorization endpoint: the consent page, or at once the redirect that `simulator_consent` asks for.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kit::db::Conn;
use url::Url;

use super::provider::Provider;
use super::{Client, Code, store, views, words};
use crate::params::Params;
use crate::profiles::{self, ProfileRow};
use crate::state::Simulated;

/// Accounts on one page.
const MOST_ACCOUNTS: i64 = 50;
const LONGEST: usize = 4000;

/// A request to authorize, as it was read.
#[derive(Clone)]
pub struct Asked {
    pub client_id: String,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    pub state: Option<String>,
    pub offline: bool,
    pub prompted: bool,
    /// Nobody is to be asked (`prompt=none`).
    pub is_silent: bool,
    /// With what was granted before (`include_granted_scopes`).
    pub includes_granted: bool,
    pub nonce: Option<String>,
    pub challenge: Option<String>,
    pub challenge_method: Option<String>,
    /// The account that the request names.
    pub account: Option<String>,
}

/// What the page says when the request cannot be answered by a redirect.
#[derive(Debug)]
pub struct Refused {
    pub status: StatusCode,
    pub error: &'static str,
    pub text: String,
}

impl Refused {
    fn new(error: &'static str, text: impl Into<String>) -> Self {
        let status = if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        Self { status, error, text: text.into() }
    }
}

impl From<kit::db::Error> for Refused {
    fn from(error: kit::db::Error) -> Self {
        tracing::error!(%error, "the simulator's database refused");
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            error: "temporarily_unavailable",
            text: "Try again in a moment.".into(),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, page_headers("'self'"), views::refused(&self)).into_response()
    }
}

pub async fn ask(provider: &Provider, state: &Simulated, params: Params) -> Response {
    answer(provider, state, params, None).await.unwrap_or_else(Refused::into_response)
}

/// The page's form: the same request again, with the person's decision.
pub async fn decide(provider: &Provider, state: &Simulated, params: Params) -> Response {
    let chosen = match params.get("decision") {
        Some("allow") => Decision::Grant(params.values("granted").map(str::to_owned).collect()),
        _ => Decision::Deny,
    };
    let mut response = answer(provider, state, params, Some(chosen)).await.unwrap_or_else(Refused::into_response);
    // What follows a form is fetched, not sent again.
    if response.status() == StatusCode::FOUND {
        *response.status_mut() = StatusCode::SEE_OTHER;
    }
    response
}

enum Decision {
    Deny,
    /// These of the scopes that the page shows; those without words are granted silently.
    Grant(Vec<String>),
}

/// What is known of a request before anybody decides.
struct Known {
    client: Client,
    accounts: Vec<ProfileRow>,
    /// What the one account that it can be about has granted before.
    granted: Vec<String>,
}

async fn answer(
    provider: &Provider,
    state: &Simulated,
    params: Params,
    chosen: Option<Decision>,
) -> Result<Response, Refused> {
    let asked = read(provider, &params)?;
    let (read, account) = (asked.clone(), params.get("account").map(str::to_owned));
    let Known { client, accounts, granted } = state.db.read(move |conn| known(conn, &read, account.as_deref())).await?;
    let decision = match chosen {
        Some(decision) => decision,
        None if asked.is_silent => {
            let is_covered = accounts.len() == 1 && asked.scopes.iter().all(|scope| granted.contains(scope));
            if !is_covered {
                let told = [("error_subtype", "access_denied"), ("error", "interaction_required")];
                return Ok(redirect(&asked, &told));
            }
            Decision::Grant(asked.scopes.clone())
        }
        None => match params.get("simulator_consent") {
            None => return Ok(consent_page(provider, &asked, &client, &accounts)),
            Some("allow") => Decision::Grant(asked.scopes.clone()),
            Some("partial") => Decision::Grant(part_of(provider, &asked.scopes)),
            Some("deny") => Decision::Deny,
            Some(_) => {
                return Err(Refused::new("invalid_request", "simulator_consent must be allow, deny or partial."));
            }
        },
    };
    let Some(mut scopes) = granted_by(provider, &asked, decision) else {
        return Ok(redirect(&asked, &[("error", "access_denied")]));
    };
    if asked.includes_granted {
        scopes.extend(granted.into_iter().filter(|scope| !asked.scopes.contains(scope)));
    }
    let account = pick(&accounts, params.get("account"))?;
    let list = provider.list(&scopes);
    let code = give(provider, state, &asked, account, scopes).await?;
    Ok(redirect(&asked, &[("code", &code), ("scope", &list)]))
}

/// What a decision leaves of the scopes; somebody who unticks everything grants nothing.
fn granted_by(provider: &Provider, asked: &Asked, decision: Decision) -> Option<Vec<String>> {
    let Decision::Grant(shown) = decision else { return None };
    let is_silent = |scope: &String| provider.text(scope).is_none();
    let mut offered = asked.scopes.iter().filter(|scope| !is_silent(scope)).peekable();
    if offered.peek().is_some() && !offered.any(|scope| shown.contains(scope)) {
        return None;
    }
    Some(asked.scopes.iter().filter(|scope| is_silent(scope) || shown.contains(scope)).cloned().collect())
}

/// Reads what needs no database.
fn read(provider: &Provider, params: &Params) -> Result<Asked, Refused> {
    if params.pairs().any(|(_, value)| value.len() > LONGEST) {
        return Err(Refused::new("invalid_request", "A parameter is too long."));
    }
    let needed = |name: &str| {
        params.get(name).ok_or_else(|| Refused::new("invalid_request", format!("Missing required parameter: {name}")))
    };
    let (client_id, redirect_uri) = (needed(provider.client_id)?.to_owned(), needed("redirect_uri")?.to_owned());
    let prompts: Vec<&str> = params.get("prompt").unwrap_or_default().split(' ').collect();
    let is_silent = prompts.contains(&"none");
    let wrong = [
        (needed("response_type")? != "code", "unsupported_response_type", "response_type must be code."),
        (is_silent && prompts.len() > 1, "invalid_request", "prompt=none goes with no other."),
        (
            params.has("code_challenge")
                && !matches!(params.get("code_challenge_method"), None | Some("S256" | "plain")),
            "invalid_request",
            "code_challenge_method must be S256 or plain.",
        ),
    ];
    if let Some((_, error, text)) = wrong.into_iter().find(|(is_wrong, ..)| *is_wrong) {
        return Err(Refused::new(error, text));
    }
    let scopes = provider.read(needed("scope")?).map_err(|unknown| {
        Refused::new("invalid_scope", format!("Some requested scopes were invalid: {unknown:.200}"))
    })?;
    let text = |name: &str| params.get(name).map(str::to_owned);
    Ok(Asked {
        client_id,
        redirect_uri,
        scopes,
        state: text("state"),
        offline: params.get("access_type") == Some("offline"),
        prompted: prompts.contains(&"consent"),
        is_silent,
        includes_granted: params.is_true("include_granted_scopes"),
        nonce: text("nonce"),
        challenge: text("code_challenge"),
        challenge_method: text("code_challenge_method"),
        account: text("simulator_profile").or_else(|| text("login_hint")),
    })
}

/// Checks who asks, and where the answer would go.
fn known(conn: &mut Conn, asked: &Asked, chosen: Option<&str>) -> Result<Known, Refused> {
    let client = store::client(conn, &asked.client_id)?
        .ok_or_else(|| Refused::new("invalid_client", "The OAuth client was not found."))?;
    let named = match &asked.account {
        Some(user) => profiles::store::active_of(conn, user)?,
        None => None,
    };
    if !client.lists_accounts && named.is_none() {
        return Err(Refused::new("invalid_request", "There is no such account at this provider."));
    }
    let settings = named.as_ref().and_then(ProfileRow::settings);
    if !client.may_redirect_to(settings.as_ref(), &asked.redirect_uri) {
        let text = "The redirect URI in the request does not match the ones authorized for the OAuth client.";
        return Err(Refused::new("redirect_uri_mismatch", text));
    }
    let accounts = match (&asked.account, client.lists_accounts) {
        (Some(_), _) => named.into_iter().collect(),
        (None, true) => profiles::store::active(conn, None, MOST_ACCOUNTS)?,
        (None, false) => Vec::new(),
    };
    let granted = match pick(&accounts, chosen) {
        Ok(account) => store::granted(conn, &asked.client_id, account.id)?,
        Err(_) => Vec::new(),
    };
    let mut all: Vec<String> = Vec::new();
    for scope in granted.iter().flat_map(|scopes| words(scopes)) {
        if !all.contains(&scope) {
            all.push(scope);
        }
    }
    Ok(Known { client, accounts, granted: all })
}

fn pick<'a>(accounts: &'a [ProfileRow], chosen: Option<&str>) -> Result<&'a ProfileRow, Refused> {
    let found = match chosen {
        Some(id) => accounts.iter().find(|account| account.id.to_string() == id),
        None => accounts.first(),
    };
    found.ok_or_else(|| Refused::new("invalid_request", "There is no such account at this provider."))
}

/// What a person grants who unticks the most far-reaching scope; of a single one, nothing is left.
fn part_of(provider: &Provider, scopes: &[String]) -> Vec<String> {
    let shown = provider.scopes.iter().filter(|scope| scope.text.is_some());
    let left_out = shown.map(|scope| scope.name).find(|name| scopes.iter().any(|scope| scope == name));
    scopes.iter().filter(|scope| Some(scope.as_str()) != left_out).cloned().collect()
}

async fn give(
    provider: &Provider,
    state: &Simulated,
    asked: &Asked,
    account: &ProfileRow,
    scopes: Vec<String>,
) -> Result<String, Refused> {
    let now = state.clock.now();
    let code = Code {
        client_id: asked.client_id.clone(),
        profile_id: account.id,
        redirect_uri: asked.redirect_uri.clone(),
        scopes,
        offline: asked.offline,
        prompted: asked.prompted,
        challenge: asked.challenge.clone(),
        challenge_method: asked.challenge_method.clone(),
        nonce: asked.nonce.clone(),
        expires_at: now + provider.code_life,
    };
    let value = format!("{}{}", provider.prefixes.code, state.random.token());
    let hash = super::hash(&value);
    state.db.write(move |tx| store::insert_code(tx, &hash, &code)).await?;
    Ok(value)
}

fn redirect(asked: &Asked, told: &[(&str, &str)]) -> Response {
    let mut target = Url::parse(&asked.redirect_uri).expect("the address was checked");
    let state = asked.state.as_deref().map(|state| ("state", state));
    target.query_pairs_mut().extend_pairs(told.iter().copied().chain(state));
    (StatusCode::FOUND, [(header::LOCATION, target.as_str()), (header::CACHE_CONTROL, "no-store")]).into_response()
}

fn consent_page(provider: &Provider, asked: &Asked, client: &Client, accounts: &[ProfileRow]) -> Response {
    // Browsers hold a form's redirects, too, against form-action.
    let target = Url::parse(&asked.redirect_uri).map(|uri| uri.origin().ascii_serialization()).unwrap_or_default();
    (page_headers(&format!("'self' {target}")), views::consent(provider, asked, &client.name, accounts)).into_response()
}

fn page_headers(form_action: &str) -> [(header::HeaderName, String); 5] {
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
    );
    [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".into()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store".into()),
        (header::REFERRER_POLICY, "no-referrer".into()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
    ]
}

pub async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, include_str!("consent.css")).into_response()
}
