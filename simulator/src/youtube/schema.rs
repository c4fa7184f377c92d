//! The answers of the YouTube Data API as Google describes them.

use std::sync::LazyLock;

#[cfg(test)]
use serde_json::Value;

use crate::schema::Description;

pub static DESCRIPTION: LazyLock<Description> =
    LazyLock::new(|| Description::parse(include_str!("../../discovery/youtube.v3.json")));

/// What is wrong with an answer, by its `kind`; empty when nothing is.
#[cfg(test)]
pub fn faults(answer: &Value) -> Vec<String> {
    let kind = answer["kind"].as_str().unwrap_or_default();
    let name = kind.strip_prefix("youtube#").unwrap_or_default();
    let name = name.get(..1).map(|first| first.to_uppercase() + &name[1..]).unwrap_or_default();
    DESCRIPTION.faults(&name, answer)
}

#[test]
fn the_check_finds_what_is_wrong() {
    let answer = |statistics: Value| serde_json::json!({ "kind": "youtube#videoListResponse", "items": [{ "id": "v", "statistics": statistics }] });
    assert_eq!(faults(&answer(serde_json::json!({ "viewCount": "123" }))), Vec::<String>::new());
    for wrong in [
        serde_json::json!({ "viewCount": 123 }),
        serde_json::json!({ "viewCount": "-1" }),
        serde_json::json!({ "watchers": "1" }),
    ] {
        assert_eq!(faults(&answer(wrong)).len(), 1);
    }
    assert_eq!(faults(&serde_json::json!({ "kind": "youtube#unheardOf" })).len(), 1);
}
