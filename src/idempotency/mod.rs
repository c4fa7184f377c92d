//! Calls that may be sent again: with an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07) an operation has
//! its effect once, and whoever repeats it within a day gets the same answer. A key is one person's in one workspace, and names one
//! call: with another address or another body it is refused.
//!
//! The key is claimed, the effect made and the answer kept in one transaction, so a kill leaves all of it or nothing. A call
//! that arrives while the first is under way waits for that commit and is then answered from it. A call that failed has
//! changed nothing and is not kept: it may be tried again with its key.

pub mod api;
mod store;
#[cfg(test)]
mod tests;

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::Tx;
use sha2::{Digest as _, Sha256};

use crate::secrets::Place;
use crate::web::errors::{Error, Result};
use crate::work::Work;
use crate::workspaces::{UserId, WorkspaceId};

/// How long an answer is kept.
pub const KEPT: Duration = Duration::from_secs(86_400);
const LONGEST_KEY: usize = 255;

/// One call with a key, whoever sends it.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    key: [u8; 32],
    /// Of its method, its address and its body.
    said: [u8; 32],
}

/// What is answered, now and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// JSON; empty where there is none.
    pub body: String,
}

impl Call {
    /// `key` as the header has it, with or without the quotes of a structured string.
    pub fn new(method: &str, path: &str, key: &str, body: &[u8]) -> Result<Self> {
        let key = unquoted(key);
        if key.is_empty() || key.len() > LONGEST_KEY || !key.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(bad_key());
        }
        let said = [method.as_bytes(), path.as_bytes(), body]
            .iter()
            .fold(Sha256::new(), |hash, part| hash.chain_update(part.len().to_be_bytes()).chain_update(part));
        Ok(Self { key: Sha256::digest(key).into(), said: said.finalize().into() })
    }

    fn id(&self, user: UserId, place: Option<WorkspaceId>) -> [u8; 32] {
        let whose = Sha256::new().chain_update(user.uuid()).chain_update(self.key);
        place.into_iter().fold(whose, |hash, place| hash.chain_update(place.uuid())).finalize().into()
    }
}

/// A key without the quotes of a structured string.
pub fn unquoted(key: &str) -> &str {
    let quoted = key.strip_prefix('"').and_then(|key| key.strip_suffix('"'));
    quoted.filter(|key| !key.is_empty()).unwrap_or(key)
}

/// Has the effect for whoever asks, or answers as it was answered the first time.
pub fn once(
    work: &mut Work<'_>,
    call: &Call,
    of: Option<WorkspaceId>,
    effect: impl FnOnce(&mut Work<'_>) -> Result<Answer>,
) -> Result<Answer> {
    let user = work.who.person().ok_or(Error::SignInNeeded)?;
    let (id, now) = (call.id(user, of), work.now);
    if !store::claim(work.tx, &id, user, &call.said, now, now - KEPT)? {
        let kept = store::kept(work.tx, &id)?;
        if kept.body_hash != call.said {
            return Err(key_reused());
        }
        let body =
            work.secrets.open_sealed(place(&id, user.uuid().as_bytes()), &kept.answer).map_err(Error::internal)?;
        let status = u16::try_from(kept.status).map_err(Error::internal)?;
        return Ok(Answer { status, body: body.expose().to_owned() });
    }
    let answer = effect(work)?;
    let sealed = work.secrets.seal(place(&id, user.uuid().as_bytes()), answer.body.as_bytes(), work.random);
    store::keep(work.tx, &id, answer.status, &sealed)?;
    Ok(answer)
}

/// Removes answers past their time, at most `batch`; how many it were.
pub fn purge(tx: &mut Tx, now: Timestamp, batch: i64) -> kit::db::Result<u64> {
    store::purge(tx, now - KEPT, batch)
}

fn place<'a>(id: &'a [u8; 32], user: &'a [u8]) -> Place<'a> {
    Place { table: "idempotency_keys", column: "answer", row: id, owner: user }
}

fn bad_key() -> Error {
    let text = "Idempotency-Key must appear once, with 1 to 255 ASCII characters.";
    Error::bad_request("bad_idempotency_key", text)
}

/// It names another call: to another address, or with another body.
pub fn key_reused() -> Error {
    let text = "This Idempotency-Key was already used for a different call. Use a new key for a new call.";
    Error::unprocessable("idempotency_key_reused", text)
}
