//! The calls that write the account's own records.

use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation as _;

use super::error::ApiError;
use super::feed::Written;
use super::{Call, reads, store};
use crate::world::bluesky::{POST, ids, uri};

const LONGEST_TEXT: usize = 3_000;
const MOST_LETTERS: usize = 300;
/// Written records of a profile; the simulator is no place to keep more.
const MOST_WRITTEN: i64 = 5_000;

pub async fn create(call: &Call<'_>) -> Result<Value, ApiError> {
    let (body, collection) = asked(call)?;
    let key = match body["rkey"].as_str() {
        Some(key) => checked_key(key)?.to_owned(),
        None => ids::tid(call.now, call.state.random.u64()),
    };
    let record = checked_record(call, &body, &collection)?;
    keep(call, collection, key, Some(record)).await
}

pub async fn put(call: &Call<'_>) -> Result<Value, ApiError> {
    let (body, collection) = asked(call)?;
    let key = checked_key(body["rkey"].as_str().unwrap_or_default())?.to_owned();
    let record = checked_record(call, &body, &collection)?;
    // A client that says null wants that there is none yet.
    if let Some(swap) = body.get("swapRecord") {
        let feed = call.read();
        let now = feed.kept(&collection, &key).map(|kept| kept.cid.as_str());
        if now != swap.as_str() {
            let is = now.unwrap_or("null");
            return Err(ApiError::named("InvalidSwap", format!("Record was at {is}")));
        }
    }
    keep(call, collection, key, Some(record)).await
}

/// What is not there is as good as deleted.
pub async fn delete(call: &Call<'_>) -> Result<Value, ApiError> {
    let (body, collection) = asked(call)?;
    let key = checked_key(body["rkey"].as_str().unwrap_or_default())?.to_owned();
    keep(call, collection, key, None).await.map(|_| json!({}))
}

fn asked(call: &Call<'_>) -> Result<(Value, String), ApiError> {
    let body: Value = serde_json::from_slice(call.body).map_err(|_| ApiError::invalid("Unable to parse the body"))?;
    let repo = body["repo"].as_str().ok_or_else(|| ApiError::invalid("Input must have the property \"repo\""))?;
    if !reads::is_owner(&call.read(), repo) {
        return Err(ApiError::named("InvalidRequest", "Invalid repo field"));
    }
    let collection = body["collection"].as_str().filter(|name| is_collection(name));
    let collection = collection.ok_or_else(|| ApiError::invalid("Input/collection must be a valid nsid"))?.to_owned();
    Ok((body, collection))
}

fn is_collection(name: &str) -> bool {
    name.len() <= 317
        && name.split('.').count() >= 3
        && name.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
}

fn checked_key(key: &str) -> Result<&str, ApiError> {
    let is_key = (1..=512).contains(&key.len())
        && !matches!(key, "." | "..")
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:~".contains(&b));
    is_key.then_some(key).ok_or_else(|| ApiError::invalid("Input/rkey must be a valid record key"))
}

fn checked_record(call: &Call<'_>, body: &Value, collection: &str) -> Result<Value, ApiError> {
    let record =
        body["record"].as_object().ok_or_else(|| ApiError::invalid("Input must have the property \"record\""))?;
    let mut record = Value::from(record.clone());
    match record["$type"].as_str() {
        Some(named) if named != collection => {
            return Err(ApiError::invalid(format!("Invalid $type: expected {collection}, got {named}")));
        }
        Some(_) => {}
        None => record["$type"] = collection.into(),
    }
    if collection == POST {
        let text = record["text"].as_str().ok_or_else(|| wrong("Record must have the property \"text\""))?;
        if text.len() > LONGEST_TEXT {
            return Err(wrong("Record/text must not be longer than 3000 characters"));
        }
        if text.graphemes(true).count() > MOST_LETTERS {
            return Err(wrong("Record/text must not be longer than 300 graphemes"));
        }
        if !record["createdAt"].is_string() {
            return Err(wrong("Record must have the property \"createdAt\""));
        }
        let parent = record["reply"]["parent"]["uri"].as_str();
        if parent.is_some_and(|parent| call.read().item(parent, call.now).is_none()) {
            // The provider takes it; nobody would ever see it here.
            return Err(wrong("Record/reply/parent is not there"));
        }
    }
    Ok(record)
}

fn wrong(message: &str) -> ApiError {
    ApiError::named("InvalidRecord", format!("Invalid {POST} record: {message}"))
}

async fn keep(call: &Call<'_>, collection: String, key: String, record: Option<Value>) -> Result<Value, ApiError> {
    let (profile, at) = (call.access.profile_id, call.now);
    let written = Written { collection, key, record, at };
    let row = written.clone();
    let stored = call.state.db.write(move |tx| {
        if store::count(tx, profile)? >= MOST_WRITTEN {
            return Ok(false);
        }
        store::write(tx, profile, &row)?;
        Ok::<_, kit::db::Error>(true)
    });
    if !stored.await? {
        return Err(ApiError::invalid("The simulator keeps no more records."));
    }
    let mut feed = call.change();
    feed.write(written.clone());
    let Written { collection, key, record, .. } = written;
    let cid = ids::cid(&record.unwrap_or_default().to_string());
    let did = &feed.owner().did;
    let address = if collection == POST { uri(did, &key) } else { format!("at://{did}/{collection}/{key}") };
    let commit = json!({ "cid": ids::cid(&address), "rev": ids::tid(at, 0) });
    Ok(json!({ "uri": address, "cid": cid, "commit": commit, "validationStatus": "valid" }))
}
