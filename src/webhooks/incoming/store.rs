//! SQL of webhook deliveries.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use kit::args;
use kit::clock::Timestamp;
use kit::db::{Conn, Result, Tx, Val};
use kit::jobs::JobId;

use super::{Delivery, NewDelivery};
use crate::workspaces::{DemoStatus, UserId, WorkspaceId};

/// Rows in one statement. Few sizes, so that few statements are prepared.
const SIZES: [usize; 3] = [32, 8, 1];

type Demo = (DemoStatus, Option<WorkspaceId>);

/// Which of them are stored already, and the demos of those whose they are. Asked together.
pub fn known(conn: &mut Conn, deliveries: &[Delivery]) -> Result<(HashSet<String>, HashMap<UserId, Demo>)> {
    let users: BTreeSet<UserId> = deliveries.iter().map(|delivery| delivery.user).collect();
    let known: Vec<_> = chunks(deliveries).map(|chunk| conn.later(|conn| known_of(conn, chunk))).collect();
    let demos: Vec<_> = users.iter().map(|user| (*user, conn.later(|conn| demo_of(conn, *user)))).collect();
    let (mut seen, mut found) = (HashSet::new(), HashMap::new());
    for known in known {
        seen.extend(known.get(conn)?);
    }
    for (user, demo) in demos {
        found.extend(demo.get(conn)?.map(|demo| (user, demo)));
    }
    Ok((seen, found))
}

fn known_of(conn: &mut Conn, chunk: &[Delivery]) -> Result<Vec<String>> {
    let ids: Vec<Val<'_>> = chunk.iter().map(|delivery| Val::from(delivery.id.as_str())).collect();
    conn.all(&format!("SELECT id FROM webhook_deliveries WHERE id IN ({})", places(0, chunk.len())), &ids)
}

/// One that another process stored a moment ago stays as it is. `jobs` are the transaction's, in their places.
pub fn insert(tx: &mut Tx, now: Timestamp, source: &str, fresh: &[NewDelivery<'_>], jobs: &[JobId]) -> Result<()> {
    let mut statements = Vec::new();
    for chunk in chunks(fresh) {
        let rows: Vec<String> = (0..chunk.len()).map(|row| format!("({}, $1, $2)", places(2 + row * 5, 5))).collect();
        let sql = format!(
            "INSERT INTO webhook_deliveries (id, workspace_id, event_type, payload, job_id, source, received_at)
             VALUES {} ON CONFLICT (id) DO NOTHING",
            rows.join(", ")
        );
        let mut values: Vec<Val<'_>> = vec![Val::from(source), Val::from(&now)];
        for NewDelivery { delivery, workspace, event_type, job } in chunk {
            let row = [
                Val::from(delivery.id.as_str()),
                Val::from(workspace),
                Val::from(event_type.as_str()),
                Val::from(&delivery.payload),
                job.and_then(|job| jobs.get(job)).map_or(Val::Null, Val::from),
            ];
            values.extend(row);
        }
        statements.push((sql, values));
    }
    let Some(((sql, values), ahead)) = statements.split_last() else { return Ok(()) };
    let ahead: Vec<(&str, &[Val<'_>])> = ahead.iter().map(|(sql, values)| (sql.as_str(), values.as_slice())).collect();
    tx.all_after::<String>(&ahead, sql, values).map(drop)
}

pub fn purge(tx: &mut Tx, older_than: Timestamp, batch: i64) -> Result<u64> {
    tx.exec(
        "DELETE FROM webhook_deliveries WHERE id IN
            (SELECT id FROM webhook_deliveries WHERE received_at < $1 ORDER BY received_at LIMIT $2)",
        args![older_than, batch],
    )
}

fn demo_of(conn: &mut Conn, user: UserId) -> Result<Option<Demo>> {
    let sql = "SELECT demo_mode_status, demo_workspace_id FROM users WHERE id = $1";
    let sql = kit::mutant!("webhooks: kept in the live workspace": sql, "demo_workspace_id" =>
        "COALESCE(demo_workspace_id, (SELECT workspace_id FROM memberships WHERE user_id = users.id))");
    conn.opt(sql, args![user])
}

/// All of `rows`, in as few pieces of the sizes above as there can be.
fn chunks<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rows.len())?;
        let (chunk, rest) = rows.split_at(size);
        rows = rest;
        Some(chunk)
    })
}

/// `$3, $4, $5` for three after the second.
fn places(after: usize, count: usize) -> String {
    let mut places = String::new();
    for index in 0..count {
        let comma = if index == 0 { "" } else { ", " };
        let _ = write!(places, "{comma}${}", after + 1 + index);
    }
    places
}
