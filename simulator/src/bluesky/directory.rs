//! Whose an account is: handles, and the documents of `did:plc`. Source: <https://web.plc.directory/spec/v0.1/did-plc>.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::error::ApiError;
use super::{reads, server, store};
use crate::params::Params;
use crate::state::{Shared, Simulated};
use crate::world::bluesky::Actor;

/// Profiles of one story go by the same handle: the newest has it.
pub async fn resolve(state: &Simulated, params: &Params) -> Result<Value, ApiError> {
    let handle = reads::required(params, "handle")?.to_ascii_lowercase();
    let found = state.db.read(move |conn| store::did_of(conn, &handle)).await?;
    let did = found.ok_or_else(|| ApiError::invalid("Unable to resolve handle"))?;
    Ok(json!({ "did": did }))
}

pub async fn show(State(state): State<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    let did = uri.path().trim_start_matches('/').to_owned();
    let asked = did.clone();
    let missing = |status: StatusCode, message: String| (status, Json(json!({ "message": message }))).into_response();
    match state.db.read(move |conn| store::handle_of(conn, &asked)).await {
        Ok(Some(handle)) => Json(document_of(&did, &handle, &server(&state, &headers))).into_response(),
        Ok(None) => missing(StatusCode::NOT_FOUND, format!("DID not registered: {did}")),
        Err(error) => {
            tracing::error!(%error, "the simulator's database refused");
            missing(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error".to_owned())
        }
    }
}

pub fn document(owner: &Actor, server: &str) -> Value {
    document_of(&owner.did, &owner.handle, server)
}

pub fn document_of(did: &str, handle: &str, server: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did, "alsoKnownAs": [format!("at://{handle}")],
        "service": [{ "id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": server }],
    })
}
