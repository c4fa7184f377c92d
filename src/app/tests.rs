//! The two databases have the same schema, as far as SQL lets one say it in both.

use std::collections::BTreeSet;

use kit::args;
use kit::db::{Conn, Dialect, Result};
use kit::testing::{Engine, TestDb};

use super::MIGRATIONS;

/// MB4: tables, columns with their types and whether they may be empty, keys, and every index by its name.
#[test]
fn both_databases_have_the_same_tables_columns_keys_and_indexes() {
    kit::testing::run(async {
        let mut schemas = Vec::new();
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let db = TestDb::with_schema(engine, MIGRATIONS);
            let read = db.read(|conn| Ok::<_, kit::db::Error>((columns(conn)?, indexes(conn)?)));
            schemas.push(read.await.expect("the schema can be read"));
        }
        let [(columns, indexes), (other_columns, other_indexes)] = &schemas[..] else { panic!("two databases") };
        assert!(columns.len() > 100 && indexes.len() > 10, "{} columns, {} indexes", columns.len(), indexes.len());
        let only = |ours: &BTreeSet<String>, theirs| ours.difference(theirs).cloned().collect::<Vec<_>>();
        assert_eq!(
            (only(columns, other_columns), only(other_columns, columns)),
            (vec![], vec![]),
            "SQLite, PostgreSQL"
        );
        assert_eq!(
            (only(indexes, other_indexes), only(other_indexes, indexes)),
            (vec![], vec![]),
            "SQLite, PostgreSQL"
        );
    });
}

/// `table.column type`, with `key` and `always` where it is part of the primary key, or never NULL.
fn columns(conn: &mut Conn) -> Result<BTreeSet<String>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => {
            "SELECT m.name, c.name, lower(c.type), CASE WHEN c.pk > 0 THEN 1 ELSE 0 END, CASE WHEN c.\"notnull\" > 0 THEN 1 ELSE 0 END
             FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        Dialect::Postgres => {
            "SELECT CAST(c.table_name AS TEXT), CAST(c.column_name AS TEXT), CAST(c.data_type AS TEXT),
                    CAST((SELECT count(*) FROM information_schema.key_column_usage k
                     JOIN information_schema.table_constraints t
                       ON t.constraint_name = k.constraint_name AND t.table_name = k.table_name
                     WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_name = c.table_name
                       AND k.column_name = c.column_name) AS BIGINT),
                    CAST(CASE c.is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS BIGINT)
             FROM information_schema.columns c WHERE c.table_schema = current_schema()"
        }
    };
    let found = conn.all::<(String, String, String, i64, i64)>(sql, args![])?;
    let described = found.into_iter().map(|(table, column, kind, key, always)| {
        let key = if key > 0 { " key" } else { "" };
        // SQLite does not say of a key that it is never NULL.
        let always = if always > 0 || !key.is_empty() { " always" } else { "" };
        format!("{table}.{column} {}{key}{always}", common(&kind))
    });
    Ok(described.filter(|column| !is_of_words(column)).collect())
}

/// Each database keeps the words that are searched in its own way.
fn is_of_words(name: &str) -> bool {
    name.starts_with("search_documents") || name.starts_with("search_words")
}

/// What both call it.
fn common(kind: &str) -> &str {
    match kind {
        "uuid" | "bytea" => "blob",
        "bigint" | "boolean" | "timestamp with time zone" => "integer",
        "jsonb" => "text",
        "double precision" => "real",
        other => other,
    }
}

fn indexes(conn: &mut Conn) -> Result<BTreeSet<String>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "SELECT tbl_name || ' ' || name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        // Keys and UNIQUE have indexes without a name of ours.
        Dialect::Postgres => {
            "SELECT CAST(tablename || ' ' || indexname AS TEXT) FROM pg_indexes WHERE schemaname = current_schema()
             AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u'))"
        }
    };
    Ok(conn.all::<String>(sql, args![])?.into_iter().filter(|index| !is_of_words(index)).collect())
}
