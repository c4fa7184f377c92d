//! What the former database looks like: looked at whole before the first row is written.

use std::collections::{BTreeMap, BTreeSet};

use super::parts::{Lookup, PARTS, Part};
use super::store::LegacyColumn;

#[derive(Clone, Debug, Default)]
pub struct Schema {
    tables: BTreeMap<String, Vec<LegacyColumn>>,
    /// Text is whatever bytes were sent.
    pub is_sql_ascii: bool,
    /// Rows by [`Part::counted_as`].
    pub rows: BTreeMap<&'static str, i64>,
}

/// What a run finds and does not find there, as the report names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    pub absent_tables: BTreeSet<String>,
    pub absent_columns: BTreeSet<String>,
    pub refused_columns: BTreeSet<String>,
    pub unread_columns: BTreeMap<String, BTreeSet<String>>,
    pub unread_tables: BTreeSet<String>,
    /// By [`Part::counted_as`], with the reason.
    pub left_out: BTreeMap<&'static str, String>,
}

impl Schema {
    pub fn new(columns: Vec<LegacyColumn>, is_sql_ascii: bool) -> Self {
        let mut tables = BTreeMap::<String, Vec<LegacyColumn>>::new();
        for column in columns {
            tables.entry(column.table_name.clone()).or_default().push(column);
        }
        Self { tables, is_sql_ascii, rows: BTreeMap::new() }
    }

    /// Why this is no database of the former system.
    pub fn stranger(&self) -> Option<String> {
        if self.has("users", "email_key") {
            return Some("it is Repruv's own".to_owned());
        }
        if let Some(why) = self.why_left_out(Part::OpenUsers) {
            return Some(why);
        }
        let others = PARTS.iter().map(|part| part.table()).filter(|table| *table != "users");
        let has_another = others.chain(["organizations", "locations"]).any(|table| self.tables.contains_key(table));
        (!has_another).then(|| "beside users it has no table that is known".to_owned())
    }

    pub fn has(&self, table: &str, column: &str) -> bool {
        self.readable(table).any(|known| known.name == column)
    }

    /// The columns of the part's own table that are read.
    pub fn columns(&self, part: Part) -> impl Iterator<Item = &LegacyColumn> {
        self.readable(part.table()).filter(move |column| part.fields().contains(&column.name.as_str()))
    }

    pub fn lookups(&self, part: Part) -> impl Iterator<Item = &'static Lookup> {
        part.lookups().iter().filter(|lookup| self.missing(lookup).is_none())
    }

    pub fn why_left_out(&self, part: Part) -> Option<String> {
        let table = part.table();
        if !self.tables.contains_key(table) {
            return Some(format!("there is no table {table}"));
        }
        let own =
            part.needed().iter().find(|column| !self.has(table, column)).map(|column| format!("{table}.{column}"));
        let others = part.lookups().iter().filter(|lookup| lookup.is_required);
        let missing = own.or_else(|| others.filter_map(|lookup| self.missing(lookup)).next().map(str::to_owned));
        missing.map(|missing| format!("there is no {missing}"))
    }

    pub fn shape(&self) -> Shape {
        let known = known_columns();
        let mut shape = Shape::default();
        for (table, columns) in &known {
            let Some(there) = self.tables.get(*table) else {
                shape.absent_tables.insert((*table).to_owned());
                continue;
            };
            for column in columns.iter().filter(|column| !self.has(table, column)) {
                let is_there = there.iter().any(|known| known.name == **column);
                let named = if is_there { &mut shape.refused_columns } else { &mut shape.absent_columns };
                named.insert(format!("{table}.{column}"));
            }
            let unread = there.iter().map(|column| &column.name).filter(|name| !columns.contains(name.as_str()));
            let unread = unread.cloned().collect::<BTreeSet<_>>();
            if !unread.is_empty() {
                shape.unread_columns.insert((*table).to_owned(), unread);
            }
        }
        shape.unread_tables = self.tables.keys().filter(|table| !known.contains_key(table.as_str())).cloned().collect();
        for part in PARTS {
            if let Some(why) = self.why_left_out(part) {
                shape.left_out.insert(part.counted_as(), why);
            }
        }
        shape
    }

    fn readable(&self, table: &str) -> impl Iterator<Item = &LegacyColumn> {
        self.tables.get(table).into_iter().flatten().filter(|column| column.may_be_read)
    }

    fn missing(&self, lookup: &Lookup) -> Option<&'static str> {
        let is_there = |name: &&str| name.split_once('.').is_some_and(|(table, column)| self.has(table, column));
        lookup.needs.iter().find(|name| !is_there(name)).copied()
    }
}

/// Every column that any part reads, by table.
fn known_columns() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut known = BTreeMap::<_, BTreeSet<_>>::new();
    for part in PARTS {
        let looked_up = part.lookups().iter().map(|lookup| lookup.name).collect::<BTreeSet<_>>();
        let own = part.fields().iter().filter(|field| !looked_up.contains(*field));
        known.entry(part.table()).or_default().extend(own.copied());
        for needed in part.lookups().iter().flat_map(|lookup| lookup.needs) {
            let (table, column) = needed.split_once('.').expect("a table and a column");
            known.entry(table).or_default().insert(column);
        }
    }
    // Of an installation that was changed by hand; nobody misses it elsewhere.
    known.entry("platform_connections").or_default().remove("user_id");
    known
}
