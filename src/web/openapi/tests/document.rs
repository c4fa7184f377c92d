//! The document itself.

use std::collections::BTreeSet;

use serde_json::Value;

use super::conformance::document;

#[test]
fn the_snapshot_is_what_the_code_says() {
    let committed = std::fs::read_to_string("docs/openapi.json").unwrap_or_default();
    assert!(
        committed.trim_end() == crate::web::openapi::text(),
        "docs/openapi.json is not what the code says. Look at the difference, then renew it:\n  \
         cargo run -- openapi > docs/openapi.json"
    );
}

#[test]
fn it_is_complete_and_leads_nowhere_else() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let cookie = &document["components"]["securitySchemes"]["session"];
    assert_eq!((cookie["in"].as_str(), cookie["name"].as_str()), (Some("cookie"), Some("__Host-session_token")));

    let mut names = BTreeSet::new();
    let paths = document["paths"].as_object().expect("paths");
    for (path, operation) in paths.values().flat_map(|item| item.as_object().expect("methods")) {
        let name = operation["operationId"].as_str().expect("a name").to_owned();
        assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{name}");
        assert!(names.insert(name), "{path}: each operation has a name of its own: {}", operation["operationId"]);
        let answers = operation["responses"].as_object().expect("answers");
        for (status, answer) in answers {
            assert!(!answer["description"].as_str().unwrap_or_default().is_empty(), "{path} {status}");
            let is_success = status.starts_with('2');
            assert!(is_success || answer["content"]["application/problem+json"].is_object(), "{path} {status}");
        }
    }
    let mut references = Vec::new();
    collect_references(document, &mut references);
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some_and(Value::is_object), "{reference} is described");
    }
}

#[test]
fn every_filter_of_the_inbox_is_described() {
    let parameters = document()["paths"]["/interactions"]["get"]["parameters"].as_array().expect("parameters");
    let described: BTreeSet<_> = parameters.iter().filter_map(|parameter| parameter["name"].as_str()).collect();
    let known: BTreeSet<_> =
        crate::inbox::listing::Filter::NAMES.iter().copied().chain(["view", "cursor", "limit"]).collect();
    assert_eq!(described, known);
}

fn collect_references(value: &'static Value, found: &mut Vec<&'static str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| collect_references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect_references(value, found)),
        _ => {}
    }
}
