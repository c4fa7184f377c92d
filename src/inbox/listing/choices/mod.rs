//! How many comments each choice of the filter would list: counted among the first of the list, so that it costs the same in
//! a large workspace.

mod store;

use std::collections::HashMap;

use kit::db::{Conn, Result};

use super::{Filter, Matches, RatedAnew, Reader};
use crate::inbox::derive::Intent;
use crate::inbox::triage::TriageState;
use crate::web::ui::numbers::grouped;

/// Rows of the list that are looked at.
pub(super) const LOOKED_AT: usize = 400;
/// Parameters whose choices are counted.
const COUNTED: [&str; 9] =
    ["kind", "platform", "connection", "sentiment", "priority", "rating", "rated_anew", "intent", "language"];

#[derive(Clone, Debug, Default)]
pub struct ChoiceCounts {
    counts: HashMap<(&'static str, String), usize>,
    /// There are more comments than were looked at.
    is_cut: bool,
}

/// How many there are, as far as that is quickly known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    count: usize,
    /// There may be more.
    is_cut: bool,
}

impl Counted {
    /// More are not told apart.
    const MOST: usize = 1_000;

    fn up_to(count: usize, most: usize) -> Self {
        Self { count: count.min(most), is_cut: count > most }
    }
}

impl std::fmt::Display for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", grouped(self.count as i64), if self.is_cut { "+" } else { "" })
    }
}

/// Among the first of the list, or up to a hundred; of what waits, which is counted already, up to a thousand.
pub fn count(conn: &mut Conn, reader: Reader<'_>, filter: &Filter) -> Result<Counted> {
    if filter.q.is_some() {
        return Ok(Counted::up_to(super::found::count(conn, reader, filter, None, Matches::TOLD + 1)?, Matches::TOLD));
    }
    let waiting = Filter { state: Some(TriageState::NeedsReply), order: filter.order, ..Filter::default() };
    if *filter == waiting {
        let counts = super::counts(conn, reader.workspace)?;
        let waiting = counts.iter().filter(|(state, _)| *state == TriageState::NeedsReply).map(|(_, count)| *count);
        return Ok(Counted::up_to(waiting.sum::<i64>().try_into().unwrap_or(0), Counted::MOST));
    }
    if filter.author.is_some() || filter.content.is_some() || !super::marked::asked(filter, reader).is_empty() {
        let listed = super::list(conn, reader, filter, None, Matches::TOLD)?;
        return Ok(Counted { count: listed.items.len(), is_cut: listed.next.is_some() });
    }
    let rows = store::looked_at(conn, reader, filter)?;
    Ok(Counted { count: rows.iter().filter(|row| row.is_listed).count(), is_cut: rows.len() >= LOOKED_AT })
}

/// Where something is searched for, nothing is counted: it would cost more than the list.
pub fn counts(conn: &mut Conn, reader: Reader<'_>, filter: &Filter) -> Result<ChoiceCounts> {
    let mut all = ChoiceCounts::default();
    if filter.q.is_some() {
        return Ok(all);
    }
    let chosen = filter.parameters();
    let is_chosen = |name: &str| chosen.iter().any(|(known, _)| *known == name);
    let (narrowing, open): (Vec<_>, Vec<_>) = COUNTED.into_iter().partition(|name| is_chosen(name));
    all.count(&store::looked_at(conn, reader, filter)?, &open);
    // Another choice takes the place of the one that is on.
    for name in narrowing {
        all.count(&store::looked_at(conn, reader, &filter.without(name))?, &[name]);
    }
    Ok(all)
}

impl ChoiceCounts {
    fn count(&mut self, rows: &[store::Row], names: &[&'static str]) {
        self.is_cut |= rows.len() >= LOOKED_AT;
        for row in rows.iter().filter(|row| row.is_listed) {
            for name in names {
                for value in row.values(name) {
                    *self.counts.entry((name, value)).or_default() += 1;
                }
            }
        }
    }

    /// "57", "100+"; nothing where nobody knows.
    pub fn told(&self, name: &'static str, value: &str) -> Option<String> {
        let count = self.counts.get(&(name, value.to_owned())).copied();
        match count {
            None if self.is_cut || self.counts.is_empty() || !COUNTED.contains(&name) => None,
            None => Some("0".to_owned()),
            Some(count) if count > Matches::TOLD => Some(format!("{}+", Matches::TOLD)),
            Some(count) => Some(if self.is_cut { format!("{count}+") } else { count.to_string() }),
        }
    }
}

impl store::Row {
    fn values(&self, name: &str) -> Vec<String> {
        match name {
            "kind" => vec![self.kind.to_string()],
            "platform" => vec![self.platform.to_string()],
            "connection" => vec![self.connection_id.to_string()],
            "sentiment" => vec![self.sentiment.to_string()],
            "priority" => vec![self.priority.to_string()],
            "rating" => self.rating.iter().map(ToString::to_string).collect(),
            "rated_anew" => RatedAnew::of(self.rating, self.rating_at_reply).iter().map(ToString::to_string).collect(),
            "language" => self.language.iter().map(ToString::to_string).collect(),
            _ => {
                let intents: Vec<Intent> = serde_json::from_value(self.intents.clone()).unwrap_or_default();
                intents.iter().map(ToString::to_string).collect()
            }
        }
    }
}
