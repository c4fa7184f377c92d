//! Whether an answer is as the document says: of the schemas' words, those that this document uses.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kit::clock::Timestamp;
use serde_json::Value;

use crate::testing::{Answer, Browser};

pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(crate::web::openapi::text()).expect("the document is JSON"));
    &DOCUMENT
}

/// Sends a request and holds the answer against the document; its body, or null.
pub async fn ask(browser: &Browser, method: &str, path: &str, body: Value) -> (u16, Value) {
    let answer = browser.json(method, path, body).await;
    let body = kept(method, path, &answer).unwrap_or_else(|fault| panic!("{method} {path}: {fault}: {}", answer.text));
    (answer.status.as_u16(), body)
}

fn kept(method: &str, path: &str, answer: &Answer) -> Result<Value, String> {
    let answers = operation(method, path)?["responses"].as_object().ok_or("it has no answers")?;
    let status = answer.status.as_u16();
    let is_failure = status >= 400;
    let promised = answers.get(&status.to_string()).or_else(|| answers.get("default").filter(|_| is_failure));
    let promised = promised.ok_or_else(|| format!("{status} is not described"))?;
    let Some(content) = promised["content"].as_object() else {
        return if answer.text.is_empty() { Ok(Value::Null) } else { Err("it has a body".into()) };
    };
    let kind = answer.header("content-type");
    let schema = &content.get(kind).ok_or_else(|| format!("{kind} is not described"))?["schema"];
    let body = answer.json();
    fits(schema, &body, "body")?;
    Ok(body)
}

fn operation(method: &str, path: &str) -> Result<&'static Value, String> {
    let path = path.split('?').next().unwrap_or_default();
    let path = path.strip_prefix("/api/v1").or_else(|| path.strip_prefix("/api")).ok_or("it is not of the API")?;
    let method = method.to_lowercase();
    let paths = document()["paths"].as_object().ok_or("there are no paths")?;
    let found = paths.iter().find(|(template, item)| is_like(template, path) && item.get(&method).is_some());
    found.map(|(_, item)| &item[&method]).ok_or_else(|| "it is not described".to_owned())
}

fn is_like(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let same = |(part, given): (&&str, &&str)| part.starts_with('{') || part == given;
    template.len() == path.len() && template.iter().zip(&path).all(same)
}

/// Strictly: a key that is not described does not fit.
fn fits(schema: &'static Value, value: &Value, at: &str) -> Result<(), String> {
    fits_loosely(schema, value, at)?;
    let known = properties(schema);
    let Value::Object(fields) = value else { return Ok(()) };
    if known.is_empty() {
        return Ok(());
    }
    for (name, field) in fields {
        let property = known.get(name.as_str()).ok_or_else(|| format!("{at}.{name} is not described"))?;
        fits(property, field, &format!("{at}.{name}"))?;
    }
    Ok(())
}

fn fits_loosely(schema: &'static Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return fits_loosely(resolve(reference), value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let faults: Vec<_> = choices.iter().filter_map(|choice| fits(choice, value, at).err()).collect();
        return if faults.len() < choices.len() { Ok(()) } else { Err(faults.join(" and ")) };
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().try_for_each(|part| fits_loosely(part, value, at));
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        return Err(format!("{at}: {value} is none of {allowed:?}"));
    }
    has_type(schema, value, at)?;
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            return Err(format!("{at}.{name} is missing"));
        }
    }
    let items = value.as_array().into_iter().flatten().filter(|_| schema["items"].is_object());
    items.enumerate().try_for_each(|(index, item)| fits(&schema["items"], item, &format!("{at}[{index}]")))
}

fn has_type(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let types: Vec<_> = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => return Ok(()),
    };
    let is = |kind: &&str| match *kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.as_str().is_some_and(|text| has_format(schema["format"].as_str(), text)),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    if types.iter().any(is) { Ok(()) } else { Err(format!("{at}: {value} is no {types:?}")) }
}

fn has_format(format: Option<&str>, text: &str) -> bool {
    match format {
        Some("uuid") => text.len() == 36 && text.parse::<kit::jobs::JobId>().is_ok(),
        Some("date-time") => text.ends_with('Z') && Timestamp::parse(text).is_ok(),
        _ => true,
    }
}

/// Everything that an object of this schema may have.
fn properties(schema: &'static Value) -> BTreeMap<&'static str, &'static Value> {
    let mut found = BTreeMap::new();
    if let Some(reference) = schema["$ref"].as_str() {
        found.extend(properties(resolve(reference)));
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        found.extend(properties(part));
    }
    let own = schema["properties"].as_object().into_iter().flatten();
    found.extend(own.map(|(name, property)| (name.as_str(), property)));
    found
}

/// Something that a schema takes, as it says: all that an object must have and may have, the last of what can be chosen.
pub fn example(schema: &'static Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return example(resolve(reference));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return example(&choices[0]);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = example(&parts[0]);
        for part in &parts[1..] {
            if let (Value::Object(whole), Value::Object(more)) = (&mut whole, example(part)) {
                whole.extend(more);
            }
        }
        return whole;
    }
    if let Some(last) = schema["enum"].as_array().and_then(|allowed| allowed.last()) {
        return last.clone();
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    match kind {
        Some("boolean") => true.into(),
        Some("integer" | "number") => schema["minimum"].as_i64().unwrap_or(1).into(),
        Some("string") => match schema["format"].as_str() {
            Some("uuid") => "0199f0a0-0000-7000-8000-000000000000".into(),
            Some("date-time") => "2026-01-01T00:00:00Z".into(),
            _ => "a".into(),
        },
        Some("array") => vec![example(&schema["items"])].into(),
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            fields.map(|(name, property)| (name.clone(), example(property))).collect::<serde_json::Map<_, _>>().into()
        }
        _ => Value::Null,
    }
}

#[test]
fn every_schema_takes_something() {
    let mut waiting = vec![("the document".to_owned(), document())];
    while let Some((at, value)) = waiting.pop() {
        let is_schema = ["$ref", "oneOf", "allOf", "enum", "type"].iter().any(|word| value.get(word).is_some());
        let is_named = value["type"].is_object();
        if is_schema && !is_named && value["scheme"].is_null() && value["in"].is_null() {
            let example = example(value);
            assert_eq!(fits(value, &example, "it"), Ok(()), "{at}: {example} does not fit");
        }
        match value {
            Value::Object(fields) => waiting.extend(fields.iter().map(|(name, value)| (format!("{at}.{name}"), value))),
            Value::Array(items) => waiting.extend(items.iter().map(|item| (format!("{at}[]"), item))),
            _ => {}
        }
    }
}

fn resolve(reference: &str) -> &'static Value {
    document().pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} is not described"))
}

#[test]
fn what_is_missing_unknown_or_of_another_type_does_not_fit() {
    let schema = resolve("#/components/schemas/JobCancelled");
    let id = "0199f0a0-0000-7000-8000-000000000000";
    let verdict = |value: Value| fits(schema, &value, "it");
    assert_eq!(verdict(serde_json::json!({"id": id, "status": "cancelled"})), Ok(()));
    for bad in [
        serde_json::json!({"id": id}),
        serde_json::json!({"id": id, "status": "asleep"}),
        serde_json::json!({"id": "1", "status": "cancelled"}),
        serde_json::json!({"id": id, "status": "cancelled", "colour": "red"}),
        serde_json::json!([]),
    ] {
        assert!(verdict(bad.clone()).is_err(), "{bad}");
    }
}
