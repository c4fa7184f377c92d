//! The order in which Google's answers name things.

use serde::{Serialize, Serializer};
use serde_json::Value;

/// A value whose objects begin as the provider's do. What is not among these follows by name.
pub struct Ordered<'a>(pub &'a Value);

const FIRST: [&str; 23] = [
    "@type",
    "error",
    "code",
    "message",
    "errors",
    "domain",
    "reason",
    "location",
    "locationType",
    "kind",
    "etag",
    "id",
    "name",
    "nextPageToken",
    "prevPageToken",
    "pageInfo",
    "totalResults",
    "resultsPerPage",
    "items",
    "snippet",
    "contentDetails",
    "status",
    "statistics",
];

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(fields) => {
                let mut fields: Vec<_> = fields.iter().collect();
                // Sorting keeps the order of names among those of one place.
                fields.sort_by_key(|(name, _)| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()));
                serializer.collect_map(fields.into_iter().map(|(name, value)| (name, Ordered(value))))
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Ordered)),
            plain => plain.serialize(serializer),
        }
    }
}

#[test]
fn an_answer_begins_with_its_kind() {
    let answer = serde_json::json!({ "items": [{ "snippet": { "b": 1, "a": 2 }, "id": "x", "etag": "e", "kind": "k" }], "etag": "e", "kind": "l", "pageInfo": {} });
    let told = serde_json::to_string(&Ordered(&answer)).unwrap();
    assert_eq!(
        told,
        r#"{"kind":"l","etag":"e","pageInfo":{},"items":[{"kind":"k","etag":"e","id":"x","snippet":{"a":2,"b":1}}]}"#
    );
}
