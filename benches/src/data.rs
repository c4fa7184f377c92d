//! A workspace with as many interactions as wanted: the demo's own, repeated under other ids.

use kit::args;
use kit::clock::Clock;
use kit::db::{Db, Dialect, Options, Result, Tx};
use sha2::{Digest as _, Sha256};

const COUNTS: &[&str] =
    &["comments", "replies", "reviews", "mentions", "positive", "neutral", "negative", "mixed", "unknown"];
const ROLLUPS: [(&str, &[&str]); 3] =
    [("interaction_quarters", COUNTS), ("interaction_days", COUNTS), ("interaction_totals", &["total"])];

/// Rows that one transaction copies.
const PORTION: i64 = 50_000;

/// Repeats every interaction until there are `wanted`, and the rollups with them. Answers how many there are.
pub async fn multiply(url: String, wanted: i64) -> i64 {
    let repeat = move || {
        // The originals are the one connection's own.
        let db = Db::open(Options { connections: 1, ..Options::new(url, Clock::system()) })?;
        let counted = repeat_all(&db, wanted);
        db.close();
        counted
    };
    tokio::task::spawn_blocking(repeat).await.expect("it does not panic").expect("the database is Repruv's")
}

fn repeat_all(db: &Db, wanted: i64) -> Result<i64> {
    let here = db.write_blocking::<_, kit::db::Error, _>(|tx| {
        if tx.dialect() == Dialect::Sqlite {
            // What is copied was checked; SQLite would build five trees for each row to check it again.
            tx.exec("PRAGMA ignore_check_constraints = ON", args![])?;
        }
        tx.exec("CREATE TEMPORARY TABLE originals AS SELECT * FROM interactions", args![])?;
        tx.one::<i64>("SELECT count(*) FROM originals", args![])
    })?;
    let copies = (wanted + here - 1) / here;
    let together = (PORTION / here).max(1);
    for first in (1..copies).step_by(together as usize) {
        let last = (first + together - 1).min(copies - 1);
        db.write_blocking(move |tx| copy(tx, first, last))?;
    }
    db.write_blocking(move |tx| {
        for (table, counters) in ROLLUPS {
            for counter in counters {
                tx.exec(&format!("UPDATE {table} SET {counter} = {counter} * $1"), args![copies])?;
            }
        }
        tx.one::<i64>("SELECT count(*) FROM interactions", args![])
    })
}

/// Copies the originals as often as there are numbers from `first` to `last`; everything but the ids stays as it is.
fn copy(tx: &mut Tx, first: i64, last: i64) -> Result<()> {
    let id = match tx.dialect() {
        Dialect::Sqlite => "randomblob(16)",
        Dialect::Postgres => "gen_random_uuid()",
    };
    let columns = columns(tx, "interactions")?;
    let values = columns.iter().map(|column| match column.as_str() {
        "id" => id.to_owned(),
        "external_id" | "thread_external_id" | "parent_external_id" => format!("{column} || '#' || copy"),
        other => other.to_owned(),
    });
    let (values, columns) = (values.collect::<Vec<_>>().join(", "), columns.join(", "));
    let insert = format!(
        "WITH RECURSIVE copies (copy) AS (SELECT {first} UNION ALL SELECT copy + 1 FROM copies WHERE copy < {last}) \
         INSERT INTO interactions ({columns}) SELECT {values} FROM copies CROSS JOIN originals"
    );
    tx.exec(&insert, args![]).map(drop)
}

/// The statement that copies the table's first row, with other values in these columns.
fn copy_of(tx: &mut Tx, table: &str, others: &[(&str, &str)]) -> Result<String> {
    let columns = columns(tx, table)?;
    let values = columns.iter().map(|column| {
        let other = others.iter().find(|(name, _)| name == column);
        other.map_or(column.as_str(), |(_, value)| value)
    });
    let values = values.collect::<Vec<_>>().join(", ");
    Ok(format!("INSERT INTO {table} ({}) SELECT {values} FROM {table} ORDER BY rowid LIMIT 1", columns.join(", ")))
}

fn columns(tx: &mut Tx, table: &str) -> Result<Vec<String>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "SELECT name FROM pragma_table_info($1) ORDER BY cid",
        Dialect::Postgres => {
            "SELECT column_name::text FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position"
        }
    };
    tx.all::<String>(sql, args![table])
}

/// Sessions of one person.
const OF_A_PERSON: usize = 5;

/// Opens more sessions of people like whoever is signed in, who share a workspace, and answers their tokens.
pub async fn open_sessions(url: String, count: usize) -> Vec<String> {
    let tokens: Vec<String> = (0..count).map(|n| format!("{n:043}")).collect();
    let wanted = tokens.clone();
    let open = move || {
        let db = Db::open(Options::new(url, Clock::system()))?;
        let wanted = wanted.clone();
        let opened = db.write_blocking::<_, kit::db::Error, _>(move |tx| {
            let person = copy_of(tx, "users", &[("id", "$1"), ("email_key", "$2")])?;
            let member = copy_of(tx, "memberships", &[("user_id", "$1")])?;
            let session =
                copy_of(tx, "user_sessions", &[("id", "randomblob(16)"), ("user_id", "$1"), ("token_hash", "$2")])?;
            for (number, tokens) in wanted.chunks(OF_A_PERSON).enumerate() {
                let user = Sha256::digest(number.to_be_bytes())[..16].to_vec();
                tx.exec(&person, args![user.clone(), format!("{number}@example.com")])?;
                tx.exec(&member, args![user.clone()])?;
                for token in tokens {
                    tx.exec(&session, args![user.clone(), Sha256::digest(token).to_vec()])?;
                }
            }
            Ok(())
        });
        db.close();
        opened
    };
    tokio::task::spawn_blocking(open).await.expect("it does not panic").expect("the database is Repruv's");
    tokens
}
