//! Google's OAuth 2.0 and OpenID Connect: its paths, scopes and words.

mod identity;
#[cfg(test)]
mod tests;
mod tokeninfo;
mod tokens;
mod userinfo;

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::authorize;
use super::provider::{Prefixes, Provider, Scope};
use crate::google as surface;
use crate::hosts::Host;
use crate::params::Params;
use crate::state::Shared;

pub const YOUTUBE_FORCE_SSL: &str = "https://www.googleapis.com/auth/youtube.force-ssl";
pub const YOUTUBE_READONLY: &str = "https://www.googleapis.com/auth/youtube.readonly";
pub const YOUTUBE: &str = "https://www.googleapis.com/auth/youtube";
pub const BUSINESS_MANAGE: &str = "https://www.googleapis.com/auth/business.manage";
const OPENID: &str = "openid";
const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";
const PROFILE: &str = "https://www.googleapis.com/auth/userinfo.profile";

/// What Google calls itself in its tokens, wherever its hosts are reached.
const ISSUER: &str = "https://accounts.google.com";

pub static GOOGLE: Provider = Provider {
    // The most far-reaching first.
    scopes: &[
        Scope::shown(
            YOUTUBE_FORCE_SSL,
            "See, edit and permanently delete your YouTube videos, ratings, comments and captions",
        ),
        Scope::shown(YOUTUBE, "Manage your YouTube account"),
        Scope::shown(BUSINESS_MANAGE, "See, edit, create and delete your Google business listings"),
        Scope::shown(YOUTUBE_READONLY, "View your YouTube account"),
        Scope::silent(OPENID, None),
        Scope::silent(EMAIL, Some("email")),
        Scope::silent(PROFILE, Some("profile")),
    ],
    separator: ' ',
    client_id: "client_id",
    client_secret: "client_secret",
    prefixes: Prefixes { code: "4/0", access: "ya29.", refresh: "1//0" },
    code_life: Duration::from_secs(600),
    access_life: Duration::from_secs(3599),
    // Six months.
    refresh_rest: Duration::from_secs(183 * 86_400),
    most_grants: 100,
};

/// `accounts.google.com`.
pub fn accounts(state: Shared) -> Router {
    let routes = Router::new()
        .route("/o/oauth2/v2/auth", get(ask).post(decide))
        .route("/o/oauth2/auth", get(ask).post(decide))
        .route("/o/oauth2/token", post(tokens::token))
        .route("/o/oauth2/revoke", get(tokens::revoke).post(tokens::revoke))
        .route("/o/oauth2/v2/consent.css", get(authorize::style))
        .route("/o/oauth2/consent.css", get(authorize::style))
        .route("/.well-known/openid-configuration", get(configuration))
        .route("/healthz", get(|| async { "ok\n" }));
    surface::host(routes.with_state(state))
}

/// `oauth2.googleapis.com`.
pub fn oauth(state: Shared) -> Router {
    let routes = Router::new()
        .route("/token", post(tokens::token))
        .route("/revoke", post(tokens::revoke))
        .route("/tokeninfo", get(tokeninfo::newer).post(tokeninfo::newer))
        .route("/healthz", get(|| async { "ok\n" }));
    surface::host(routes.with_state(state))
}

/// What `www.googleapis.com` has of them, beside other services' paths.
pub fn apis(state: Shared) -> Router {
    let routes = Router::new()
        .route("/oauth2/v1/userinfo", get(userinfo::older))
        .route("/oauth2/v2/userinfo", get(userinfo::older))
        .route("/oauth2/v3/userinfo", get(userinfo::newer).post(userinfo::newer))
        .route("/oauth2/v1/tokeninfo", get(tokeninfo::older).post(tokeninfo::older))
        .route("/oauth2/v2/tokeninfo", get(tokeninfo::older).post(tokeninfo::older))
        .route("/oauth2/v3/tokeninfo", get(tokeninfo::newer).post(tokeninfo::newer))
        .route("/oauth2/v3/certs", get(certificates))
        .route("/oauth2/v4/token", post(tokens::token))
        .route("/healthz", get(|| async { "ok\n" }));
    routes.with_state(state)
}

async fn ask(State(state): State<Shared>, uri: Uri) -> Response {
    authorize::ask(&GOOGLE, &state, Params::parse(uri.query().unwrap_or_default().as_bytes())).await
}

async fn decide(State(state): State<Shared>, body: Bytes) -> Response {
    authorize::decide(&GOOGLE, &state, Params::parse(&body)).await
}

async fn certificates() -> Response {
    surface::json(StatusCode::OK, &json!({ "keys": [identity::public_key()] }))
}

async fn configuration(State(state): State<Shared>, headers: HeaderMap) -> Response {
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let at = |host: Host, path: &str| -> Value {
        format!("{}{path}", state.hosts.url(host, asked).unwrap_or_default()).into()
    };
    let told = json!({
        "issuer": ISSUER,
        "authorization_endpoint": at(Host::GoogleAccounts, "/o/oauth2/v2/auth"),
        "token_endpoint": at(Host::GoogleOauth, "/token"),
        "userinfo_endpoint": at(Host::GoogleApis, "/oauth2/v3/userinfo"),
        "revocation_endpoint": at(Host::GoogleOauth, "/revoke"),
        "jwks_uri": at(Host::GoogleApis, "/oauth2/v3/certs"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": [
            "aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "name", "picture", "sub",
        ],
        "code_challenge_methods_supported": ["plain", "S256"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
    });
    surface::json(StatusCode::OK, &told)
}
