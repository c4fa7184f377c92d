//! SQL of the faults that are ordered.

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Json, Result, Tx};

use super::{Call, FaultKind, Parameters};
use crate::hosts::Host;
use crate::oauth::Hash;
use crate::profiles::ProfileId;

kit::row! {
    #[derive(Debug)]
    pub struct FaultRow {
        pub id: i64,
        pub kind: FaultKind,
        pub host: Option<Host>,
        pub method: Option<String>,
        pub path: Option<String>,
        pub parameters: Json,
        pub calls: Option<i64>,
        pub ends_at: Option<Timestamp>,
        pub created_at: Timestamp,
    }
}

impl FaultRow {
    pub fn parameters(&self) -> Parameters {
        serde_json::from_value(self.parameters.clone()).unwrap_or_default()
    }

    /// One without a host is met by whoever shows a token; the authorization server's calls are only those that name it.
    fn concerns(&self, call: &Call, token: Option<&Hash>) -> bool {
        let host = self.host.map_or(token.is_some(), |host| host == call.host);
        let method = match &self.method {
            Some(method) => method == call.method.as_str(),
            // Where an outcome becomes unknown, unless somebody wants it elsewhere.
            None => self.kind != FaultKind::LostAnswer || call.writes,
        };
        let path = self.path.as_ref().is_none_or(|pattern| fits(pattern, &call.path));
        let named = self.parameters().token;
        host && method && path && named.is_none_or(|named| token.is_some_and(|token| named == hex(token)))
    }
}

/// `*` stands for anything.
fn fits(pattern: &str, path: &str) -> bool {
    let Some((begin, rest)) = pattern.split_once('*') else { return pattern == path };
    let Some(left) = path.strip_prefix(begin) else { return false };
    left.char_indices().map(|(at, _)| at).chain([left.len()]).any(|at| fits(rest, &left[at..]))
}

pub fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Newest first.
pub fn of(conn: &mut Conn, profile: ProfileId, now: Timestamp) -> Result<Vec<FaultRow>> {
    let sql = format!(
        "SELECT {} FROM faults WHERE profile_id = $1 AND (ends_at IS NULL OR ends_at > $2) ORDER BY id DESC",
        FaultRow::COLUMNS
    );
    conn.all(&sql, args![profile, now])
}

pub fn add(tx: &mut Tx, profile: ProfileId, fault: &super::api::Fault, now: Timestamp) -> Result<i64> {
    tx.one(
        "INSERT INTO faults (profile_id, kind, host, method, path, parameters, calls, ends_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
        args![
            profile,
            fault.kind,
            fault.host,
            &fault.method,
            &fault.path,
            serde_json::to_value(&fault.parameters).unwrap_or_default(),
            fault.calls,
            fault.until,
            now
        ],
    )
}

/// How many there were.
pub fn remove(tx: &mut Tx, profile: ProfileId, id: Option<i64>) -> Result<u64> {
    match id {
        Some(id) => tx.exec("DELETE FROM faults WHERE profile_id = $1 AND id = $2", args![profile, id]),
        None => tx.exec("DELETE FROM faults WHERE profile_id = $1", args![profile]),
    }
}

/// The fault that this call meets, counted down: of several, the newest.
pub fn take(
    tx: &mut Tx,
    profile: ProfileId,
    token: Option<&Hash>,
    call: &Call,
    now: Timestamp,
) -> Result<Option<(FaultKind, Parameters)>> {
    tx.exec("DELETE FROM faults WHERE profile_id = $1 AND ends_at <= $2", args![profile, now])?;
    for met in of(tx, profile, now)?.into_iter().filter(|fault| fault.concerns(call, token)) {
        if met.calls.is_some() {
            // Of calls at once, each counts for itself.
            if tx.exec("UPDATE faults SET calls = calls - 1 WHERE id = $1 AND calls > 0", args![met.id])? == 0 {
                continue;
            }
            tx.exec("DELETE FROM faults WHERE id = $1 AND calls = 0", args![met.id])?;
        }
        return Ok(Some((met.kind, met.parameters())));
    }
    Ok(None)
}

#[test]
fn a_star_stands_for_anything() {
    for (pattern, path) in
        [("*", "/a"), ("/a", "/a"), ("/v3/comment*", "/v3/commentThreads"), ("/v4/*/reply", "/v4/a/b/reply")]
    {
        assert!(fits(pattern, path), "{pattern} {path}");
    }
    for (pattern, path) in [("/a", "/ab"), ("/v4/*/reply", "/v4/a/replies"), ("a*", "/a"), ("", "/")] {
        assert!(!fits(pattern, path), "{pattern} {path}");
    }
}
