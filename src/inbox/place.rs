//! Where in the inbox a page stands: which list, from which row on. Its address says all of it, so that whoever opens a comment
//! comes back to the same place.

use std::fmt::Write as _;

use super::listing::{BadFilter, Cursor, Filter, Order, escaped};
use super::search;
use super::triage::TriageState;
use crate::model::InteractionId;
use crate::web::errors::FieldErrors;

/// What a person can get wrong in the form of the filter.
pub(in crate::inbox) const FIELDS: [&str; 16] = [
    "q",
    "kind",
    "intent",
    "sentiment",
    "priority",
    "rating",
    "rated_anew",
    "language",
    "platform",
    "visibility",
    "days",
    "since",
    "until",
    "starred",
    "tag",
    "assignee",
];
/// In an address, everything; without it and without any filter, what needs a reply.
const ALL: &str = "all";

#[derive(Clone, Debug)]
pub struct Place {
    pub filter: Filter,
    /// After which row the list begins; none: with its first.
    pub cursor: Option<Cursor>,
    /// What the form said, word for word: shown again beside what is wrong with it.
    pub typed: Vec<(String, String)>,
    pub errors: FieldErrors,
    /// What the address asks for and nobody knows, or nobody knows any more: in sentences.
    pub remarks: Vec<String>,
}

impl Place {
    /// Reads an address. A bad value of the form is told beside its field, one of a link above the list; what is no filter at
    /// all is refused.
    pub fn parse(parameters: Vec<(String, String)>) -> Result<Self, BadFilter> {
        let mut typed = parameters;
        let cursor = take(&mut typed, "cursor").map(|text| text.parse()).transpose()?;
        let is_bare = !typed.iter().any(|(name, _)| Filter::NAMES.contains(&name.as_str()));
        typed.retain(|(name, value)| name != "state" || value != ALL);
        let mut taken = typed.clone();
        let (mut errors, mut remarks) = (FieldErrors::default(), Vec::new());
        let filter = loop {
            match Filter::parse(taken.iter().map(|(name, value)| (name.as_str(), value.as_str()))) {
                Ok(filter) => break filter,
                Err(bad) => {
                    let known = Filter::NAMES.iter().find(|name| **name == bad.name).ok_or_else(|| bad.clone())?;
                    match FIELDS.into_iter().find(|field| field == known) {
                        Some(field) => errors.add(field, "bad_value", wish(field, &taken, &bad)),
                        None => remarks.push(unknown(known, &bad)),
                    }
                    taken.retain(|(name, _)| name != known);
                }
            }
        };
        typed.retain(|(name, _)| taken.iter().any(|(left, _)| left == name) || FIELDS.contains(&name.as_str()));
        let filter = if is_bare && typed.is_empty() { first_view() } else { filter };
        Ok(Self { filter, cursor, typed, errors, remarks })
    }

    /// The same list, at its beginning.
    pub fn of(filter: Filter) -> Self {
        Self { filter, cursor: None, typed: Vec::new(), errors: FieldErrors::default(), remarks: Vec::new() }
    }

    /// The same list but for one parameter of its filter that means nothing any more, with a word about it.
    pub fn leaving_out(mut self, name: &str, word: &str) -> Self {
        self.filter = self.filter.without(name);
        self.typed.retain(|(known, _)| known != name);
        self.remarks.push(word.to_owned());
        self
    }

    pub fn from(&self, cursor: Option<Cursor>) -> Self {
        Self { cursor, ..Self::of(self.filter.clone()) }
    }

    /// The list's own address.
    pub fn list(&self) -> String {
        // The bare address opens what a member chose to begin with.
        if self.filter == first_view() && self.cursor.is_none() {
            return first_view().address("/inbox");
        }
        self.address("/inbox", None)
    }

    /// The whole filter, as an address says it.
    pub fn sound(&self) -> String {
        Self::of(self.filter.clone()).list().split_once('?').map(|(_, filter)| filter.to_owned()).unwrap_or_default()
    }

    pub fn one(&self, id: InteractionId) -> String {
        self.address(&format!("/inbox/{id}"), None)
    }

    /// The list at one row of it, whose link a browser scrolls to and focuses by itself.
    pub fn row(&self, id: InteractionId) -> String {
        format!("{}#{}", self.list(), link_id(id))
    }

    pub fn address(&self, path: &str, panel: Option<&str>) -> String {
        let mut parameters = parameters(&self.filter);
        parameters.extend(self.cursor.map(|cursor| ("cursor", cursor.to_string())));
        parameters.extend(panel.map(|panel| ("panel", panel.to_owned())));
        let mut address = path.to_owned();
        for (index, (name, value)) in parameters.iter().enumerate() {
            address.push(if index == 0 { '?' } else { '&' });
            // A string takes all.
            let _ = write!(address, "{name}={}", escaped(value));
        }
        address
    }

    /// What the form said for a field, or what the filter says.
    pub fn value(&self, field: &str) -> String {
        let typed = self.typed.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone());
        let known = || parameters(&self.filter).into_iter().find(|(name, _)| *name == field).map(|(_, value)| value);
        typed.or_else(known).unwrap_or_default()
    }
}

/// An address that says something more.
pub fn with(address: &str, more: &[(&str, &str)]) -> String {
    let mut address = address.to_owned();
    for (name, value) in more {
        let sign = if address.contains('?') { '&' } else { '?' };
        let _ = write!(address, "{sign}{name}={value}");
    }
    address
}

/// What needs a reply, most urgent first.
pub fn first_view() -> Filter {
    Filter { state: Some(TriageState::NeedsReply), order: Order::Priority, ..Filter::default() }
}

pub fn row_id(id: InteractionId) -> String {
    format!("i-{id}")
}

pub fn link_id(id: InteractionId) -> String {
    format!("link-{id}")
}

fn parameters(filter: &Filter) -> Vec<(&'static str, String)> {
    let mut parameters = filter.parameters();
    if *filter == first_view() {
        parameters.clear();
    } else if filter.state.is_none() && parameters.iter().all(|(name, _)| *name == "order") {
        parameters.insert(0, ("state", ALL.to_owned()));
    }
    parameters
}

fn unknown(name: &str, bad: &BadFilter) -> String {
    match name {
        "state" => {
            "This address asks for a state that Repruv doesn't have, so comments in any state are listed.".to_owned()
        }
        "order" => "This address asks for an order that this list can't have: the newest come first.".to_owned(),
        _ => format!("“{name}” in this address was left out. {}", bad.message),
    }
}

fn wish(field: &str, typed: &[(String, String)], bad: &BadFilter) -> String {
    let is_day = |value: &str| value.parse::<jiff::civil::Date>().is_ok();
    match field {
        "until" if typed.iter().any(|(name, value)| name == field && is_day(value)) => {
            "“To” must be the same day as “From”, or later.".to_owned()
        }
        "q" => format!(
            "Type {} words and {} letters at most, and at least one word or emoji.",
            search::MOST,
            search::LONGEST
        ),
        "since" | "until" => "Enter a day, like 2026-11-22.".to_owned(),
        _ if bad.message.contains("one of") => "Choose one of the list.".to_owned(),
        _ => bad.message.clone(),
    }
}

/// Takes a parameter that is no filter out of the others; an empty one is none.
pub fn take(parameters: &mut Vec<(String, String)>, name: &str) -> Option<String> {
    let place = parameters.iter().position(|(known, _)| known == name)?;
    Some(parameters.remove(place).1).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(query: &str) -> Place {
        Place::parse(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()).expect("it can be shown")
    }

    #[test]
    fn the_inbox_opens_with_what_needs_a_reply() {
        assert_eq!(
            (place("").filter, place("").list().as_str()),
            (first_view(), "/inbox?state=needs_reply&order=priority")
        );
        assert_eq!(place("state=all").filter, Filter::default());
        assert_eq!(place("since=2026-11-22").filter.state, None, "a link that filters says all that it means");
        assert_eq!(place("state=needs_reply&order=priority").filter, first_view());
    }

    #[test]
    fn an_address_leads_back_to_its_place() {
        for query in ["?state=all", "?state=all&order=oldest", "?state=answered&language=de&since=2026-11-01"] {
            let there = place(query.trim_start_matches('?'));
            assert_eq!(there.list(), format!("/inbox{query}"));
            assert_eq!(place(there.list().trim_start_matches("/inbox").trim_start_matches('?')).filter, there.filter);
        }
    }

    #[test]
    fn what_is_wrong_in_the_form_is_told_beside_its_field_and_stays_typed() {
        let wrong = place("state=answered&since=2026-11-22&until=2026-11-01&kind=poem&language=de");
        assert!(wrong.errors.of("until").is_some_and(|text| text.contains("From")), "{:?}", wrong.errors);
        assert!(wrong.errors.of("kind").is_some());
        assert_eq!((wrong.value("until").as_str(), wrong.value("since").as_str()), ("2026-11-01", "2026-11-22"));
        assert_eq!(wrong.filter.language.map(|language| language.to_string()).as_deref(), Some("de"));
        let refused = |query: &str| Place::parse(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect());
        assert!(refused("tab=all").is_err() && refused("cursor=x").is_err());
    }

    #[test]
    fn what_no_form_sends_is_remarks_with_a_word() {
        for (query, left) in [("state=open&kind=review", "?kind=review"), ("author=ann&days=today", "?days=today")] {
            let place = place(query);
            assert_eq!((place.list(), place.remarks.len()), (format!("/inbox{left}"), 1), "{:?}", place.remarks);
        }
        assert_eq!(place("state=answered&order=priority").list(), "/inbox?state=answered");
    }
}
