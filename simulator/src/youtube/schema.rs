//! The provider's own description of its answers, as a strict check: no unknown field, every format kept.

use std::sync::OnceLock;

use serde_json::Value;

const DISCOVERY: &str = include_str!("../../tests-data/youtube.v3.json");

/// What is wrong with an answer, by its `kind`; empty when nothing is.
pub fn faults(answer: &Value) -> Vec<String> {
    let kind = answer["kind"].as_str().unwrap_or_default();
    let name = kind.strip_prefix("youtube#").unwrap_or_default();
    let name = name.get(..1).map(|first| first.to_uppercase() + &name[1..]).unwrap_or_default();
    let mut faults = Vec::new();
    match schemas().get(&name) {
        Some(schema) => check(schema, answer, &name, &mut faults),
        None => faults.push(format!("{kind:?} is no known kind")),
    }
    faults
}

fn schemas() -> &'static Value {
    static SCHEMAS: OnceLock<Value> = OnceLock::new();
    SCHEMAS.get_or_init(|| serde_json::from_str::<Value>(DISCOVERY).expect("the description is JSON")["schemas"].take())
}

fn check(schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        return check(&schemas()[name], value, at, faults);
    }
    let fits = match schema["type"].as_str() {
        Some("object") => value.as_object().is_some_and(|fields| {
            for (name, field) in fields {
                let at = format!("{at}.{name}");
                match (&schema["properties"][name], &schema["additionalProperties"]) {
                    (Value::Null, Value::Null) => faults.push(format!("{at} is not described")),
                    (Value::Null, any) => check(any, field, &at, faults),
                    (property, _) => check(property, field, &at, faults),
                }
            }
            true
        }),
        Some("array") => value.as_array().is_some_and(|items| {
            items.iter().for_each(|item| check(&schema["items"], item, &format!("{at}[]"), faults));
            true
        }),
        Some("boolean") => value.is_boolean(),
        Some("integer") => match schema["format"].as_str() {
            Some("uint32") => value.as_u64().is_some_and(|number| u32::try_from(number).is_ok()),
            _ => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        },
        Some("number") => value.is_number(),
        Some("string") => value.as_str().is_some_and(|text| string_fits(schema, text)),
        _ => false,
    };
    if !fits {
        faults.push(format!("{at} is {value:.80}, not {schema}"));
    }
}

fn string_fits(schema: &Value, text: &str) -> bool {
    let listed = schema["enum"].as_array().is_none_or(|values| values.iter().any(|value| value == text));
    let formed = match schema["format"].as_str() {
        Some("uint64") => text.parse::<u64>().is_ok(),
        Some("int64") => text.parse::<i64>().is_ok(),
        Some("date-time" | "google-datetime") => text.ends_with('Z') && kit::clock::Timestamp::parse(text).is_ok(),
        Some("google-duration") => text.strip_suffix('s').is_some_and(|seconds| seconds.parse::<f64>().is_ok()),
        _ => true,
    };
    listed && formed
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
