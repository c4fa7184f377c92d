//! A workspace with as many interactions as wanted: the demo's own, repeated under other ids.

use std::path::Path;

use kit::args;
use kit::clock::Clock;
use kit::db::{Db, Options, Result, Tx};

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
