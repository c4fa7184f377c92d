//! A workspace with as many interactions as wanted: the demo's own, repeated under other ids.

use std::path::Path;

use kit::args;
use kit::clock::Clock;
use kit::db::{Db, Options, Result, Tx};
use sha2::{Digest as _, Sha256};

const ROLLUPS: [(&str, &[&str]); 2] = [
    (
        "interaction_days",
        &["comments", "replies", "reviews", "mentions", "positive", "neutral", "negative", "mixed", "unknown"],
    ),
    ("interaction_totals", &["total"]),
];

/// Repeats every interaction until there are `wanted`, and the rollups with them. Answers how many there are.
pub async fn multiply(database: &Path, wanted: i64) -> i64 {
    let url = format!("sqlite:{}", database.display());
    let repeat = move || {
        let db = Db::open(Options::new(url, Clock::system()))?;
        let counted = db.write_blocking::<_, kit::db::Error, _>(move |tx| {
            let here = tx.one::<i64>("SELECT count(*) FROM interactions", args![])?;
            let copies = (wanted + here - 1) / here;
            for copy in 1..copies {
                repeat_all(tx, copy)?;
            }
            for (table, counters) in ROLLUPS {
                for counter in counters {
                    tx.exec(&format!("UPDATE {table} SET {counter} = {counter} * $1"), args![copies])?;
                }
            }
            tx.one::<i64>("SELECT count(*) FROM interactions", args![])
        });
        db.close();
        counted
    };
    tokio::task::spawn_blocking(repeat).await.expect("it does not panic").expect("the database is Repruv's")
}

/// Opens more sessions of whoever is signed in, and answers their tokens.
pub async fn open_sessions(database: &Path, count: usize) -> Vec<String> {
    let url = format!("sqlite:{}", database.display());
    let tokens: Vec<String> = (0..count).map(|n| format!("{n:043}")).collect();
    let wanted = tokens.clone();
    let open = move || {
        let db = Db::open(Options::new(url, Clock::system()))?;
        let wanted = wanted.clone();
        let opened = db.write_blocking::<_, kit::db::Error, _>(move |tx| {
            let columns =
                tx.all::<String>("SELECT name FROM pragma_table_info('user_sessions') ORDER BY cid", args![])?;
            let values = columns.iter().map(|column| match column.as_str() {
                "id" => "randomblob(16)",
                "token_hash" => "$1",
                other => other,
            });
            let (values, columns) = (values.collect::<Vec<_>>().join(", "), columns.join(", "));
            let insert = format!("INSERT INTO user_sessions ({columns}) SELECT {values} FROM user_sessions LIMIT 1");
            for token in &wanted {
                tx.exec(&insert, args![Sha256::digest(token).to_vec()])?;
            }
            Ok(())
        });
        db.close();
        opened
    };
    tokio::task::spawn_blocking(open).await.expect("it does not panic").expect("the database is Repruv's");
    tokens
}

/// Copies the rows of the first copy; everything but the ids stays as it is.
fn repeat_all(tx: &mut Tx, copy: i64) -> Result<()> {
    let columns = tx.all::<String>("SELECT name FROM pragma_table_info('interactions') ORDER BY cid", args![])?;
    let values = columns.iter().map(|column| match column.as_str() {
        "id" => "randomblob(16)".to_owned(),
        "external_id" | "thread_external_id" | "parent_external_id" => format!("{column} || '#{copy}'"),
        other => other.to_owned(),
    });
    let (values, columns) = (values.collect::<Vec<_>>().join(", "), columns.join(", "));
    let insert = format!(
        "INSERT INTO interactions ({columns}) SELECT {values} FROM interactions WHERE instr(external_id, '#') = 0"
    );
    tx.exec(&insert, args![])?;
    Ok(())
}
