//! `GET /o/oauth2/v2/auth`: the consent page, or at once the redirect that `simulator_consent` asks for.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::db::Conn;
use url::Url;

use super::{CODE_LIFE, Client, Code, SCOPES, YOUTUBE_FORCE_SSL, scope_text, store, views};
use crate::params::Params;
use crate::profiles::{self, ProfileRow};
use crate::state::{Shared, Simulated};

/// Accounts on one page.
const MOST_ACCOUNTS: i64 = 50;
const LONGEST: usize = 4000;

pub fn routes(state: Shared) -> Router {
    Router::new()
        .route("/o/oauth2/v2/auth", get(ask).post(decide))
        .route("/o/oauth2/v2/consent.css", get(style))
        .route("/healthz", get(|| async { "ok\n" }))
        .with_state(state)
}

/// A checked request to authorize.
pub struct Asked {
    pub client_name: String,
    pub lists_accounts: bool,
    pub client_id: String,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    pub state: Option<String>,
    pub offline: bool,
    pub prompted: bool,
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

async fn ask(State(state): State<Shared>, uri: Uri) -> Response {
    let params = Params::parse(uri.query().unwrap_or_default().as_bytes());
    answer(&state, params, None).await.unwrap_or_else(Refused::into_response)
}

/// The page's form: the same request again, with the person's decision.
async fn decide(State(state): State<Shared>, body: Bytes) -> Response {
    let params = Params::parse(&body);
    let chosen = match params.get("decision") {
        // Somebody who unticks everything grants nothing.
        Some("allow") if params.has("granted") => {
            Decision::Grant(params.values("granted").map(str::to_owned).collect())
        }
        _ => Decision::Deny,
    };
    answer(&state, params, Some(chosen)).await.unwrap_or_else(Refused::into_response)
}

enum Decision {
    Deny,
    /// These of the scopes that the page shows; those without words are granted silently.
    Grant(Vec<String>),
}

async fn answer(state: &Simulated, params: Params, chosen: Option<Decision>) -> Result<Response, Refused> {
    let read = params.clone();
    let (asked, accounts) = state
        .db
        .read(move |conn| {
            let asked = check(conn, &read)?;
            let accounts = accounts(conn, &asked)?;
            Ok::<_, Refused>((asked, accounts))
        })
        .await?;
    let decision = match chosen {
        Some(decision) => decision,
        None => match params.get("simulator_consent") {
            None => return Ok(consent_page(&asked, &accounts)),
            Some("allow") => Decision::Grant(asked.scopes.clone()),
            Some("partial") => Decision::Grant(part_of(&asked.scopes)),
            Some("deny") => Decision::Deny,
            Some(_) => {
                return Err(Refused::new("invalid_request", "simulator_consent must be allow, deny or partial."));
            }
        },
    };
    let Decision::Grant(shown) = decision else { return Ok(redirect(&asked, "error", "access_denied")) };
    let silent = |scope: &String| scope_text(scope).is_none();
    let granted = asked.scopes.iter().filter(|scope| silent(scope) || shown.contains(scope)).cloned().collect();
    let account = pick(&accounts, params.get("account"))?;
    let code = give(state, &asked, account, granted).await?;
    Ok(redirect(&asked, "code", &code))
}

fn check(conn: &mut Conn, params: &Params) -> Result<Asked, Refused> {
    if params.pairs().any(|(_, value)| value.len() > LONGEST) {
        return Err(Refused::new("invalid_request", "A parameter is too long."));
    }
    let needed = |name: &str| {
        params.get(name).ok_or_else(|| Refused::new("invalid_request", format!("Missing required parameter: {name}")))
    };
    let client = store::client(conn, needed("client_id")?)?
        .ok_or_else(|| Refused::new("invalid_client", "The OAuth client was not found."))?;
    let redirect_uri = needed("redirect_uri")?.to_owned();
    let account = params.get("simulator_profile").or_else(|| params.get("login_hint")).map(str::to_owned);
    let profile = match &account {
        Some(user) => profiles::store::active_of(conn, user)?,
        None => None,
    };
    if !client.lists_accounts && profile.is_none() {
        return Err(Refused::new("invalid_request", "There is no such account at this provider."));
    }
    let settings = profile.and_then(|profile| profile.settings());
    if !client.may_redirect_to(settings.as_ref(), &redirect_uri) {
        let text = "The redirect URI in the request does not match the ones authorized for the OAuth client.";
        return Err(Refused::new("redirect_uri_mismatch", text));
    }
    if needed("response_type")? != "code" {
        return Err(Refused::new("unsupported_response_type", "response_type must be code."));
    }
    let scopes = scopes(needed("scope")?)?;
    let challenge = params.get("code_challenge").map(str::to_owned);
    let challenge_method = params.get("code_challenge_method").map(str::to_owned);
    if challenge.is_some() && !matches!(challenge_method.as_deref(), None | Some("S256" | "plain")) {
        return Err(Refused::new("invalid_request", "code_challenge_method must be S256 or plain."));
    }
    let Client { id, name, lists_accounts, .. } = client;
    Ok(Asked {
        client_name: name,
        lists_accounts,
        client_id: id,
        redirect_uri,
        scopes,
        state: params.get("state").map(str::to_owned),
        offline: params.get("access_type") == Some("offline"),
        prompted: params.get("prompt").is_some_and(|prompt| prompt.split(' ').any(|word| word == "consent")),
        challenge,
        challenge_method,
        account,
    })
}

fn scopes(text: &str) -> Result<Vec<String>, Refused> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split_ascii_whitespace() {
        if !SCOPES.iter().any(|(known, _)| *known == scope) {
            return Err(Refused::new("invalid_scope", format!("Some requested scopes were invalid: {scope:.200}")));
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Ok(scopes)
}

/// The active accounts that the request may choose from: the one it names, or all where the client may list them.
fn accounts(conn: &mut Conn, asked: &Asked) -> Result<Vec<ProfileRow>, Refused> {
    Ok(match &asked.account {
        Some(user) => profiles::store::active_of(conn, user)?.into_iter().collect(),
        None if asked.lists_accounts => profiles::store::active(conn, None, MOST_ACCOUNTS)?,
        None => Vec::new(),
    })
}

fn pick<'a>(accounts: &'a [ProfileRow], chosen: Option<&str>) -> Result<&'a ProfileRow, Refused> {
    let found = match chosen {
        Some(id) => accounts.iter().find(|account| account.id.to_string() == id),
        None => accounts.first(),
    };
    found.ok_or_else(|| Refused::new("invalid_request", "There is no such account at this provider."))
}

/// What a person grants who unticks the most far-reaching scope; of a single one, nothing is left.
fn part_of(scopes: &[String]) -> Vec<String> {
    let shown: Vec<&String> = scopes.iter().filter(|scope| scope_text(scope).is_some()).collect();
    let left_out =
        shown.iter().find(|scope| **scope == YOUTUBE_FORCE_SSL).or(shown.last()).map(|scope| (*scope).clone());
    scopes.iter().filter(|scope| Some(*scope) != left_out.as_ref()).cloned().collect()
}

async fn give(state: &Simulated, asked: &Asked, account: &ProfileRow, scopes: Vec<String>) -> Result<String, Refused> {
    let code = Code {
        client_id: asked.client_id.clone(),
        profile_id: account.id,
        redirect_uri: asked.redirect_uri.clone(),
        scopes,
        offline: asked.offline,
        prompted: asked.prompted,
        challenge: asked.challenge.clone(),
        challenge_method: asked.challenge_method.clone(),
        expires_at: state.clock.now() + CODE_LIFE,
    };
    let random = state.random.clone();
    Ok(state.db.write(move |tx| super::issue_code(tx, &random, &code)).await?)
}

fn redirect(asked: &Asked, name: &str, value: &str) -> Response {
    let mut target = Url::parse(&asked.redirect_uri).expect("the address was checked");
    {
        let mut query = target.query_pairs_mut();
        query.append_pair(name, value);
        if let Some(state) = &asked.state {
            query.append_pair("state", state);
        }
        if name == "code" {
            query.append_pair("scope", &asked.scopes.join(" "));
        }
    }
    (StatusCode::SEE_OTHER, [(header::LOCATION, target.as_str()), (header::CACHE_CONTROL, "no-store")]).into_response()
}

fn consent_page(asked: &Asked, accounts: &[ProfileRow]) -> Response {
    // Browsers hold a form's redirects, too, against form-action.
    let target = Url::parse(&asked.redirect_uri).map(|uri| uri.origin().ascii_serialization()).unwrap_or_default();
    (page_headers(&format!("'self' {target}")), views::consent(asked, accounts)).into_response()
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

async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, include_str!("consent.css")).into_response()
}
