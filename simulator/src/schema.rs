//! A provider's own description of its answers, as a strict check: no unknown field, every format kept.

use serde_json::Value;

/// The schemas of one discovery document.
pub struct Description(Value);

impl Description {
    pub fn parse(document: &str) -> Description {
        Description(serde_json::from_str::<Value>(document).expect("the description is JSON")["schemas"].take())
    }

    /// What is wrong with an answer that is to be of the schema; empty when nothing is.
    pub fn faults(&self, schema: &str, answer: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        match self.0.get(schema) {
            Some(described) => self.check(described, answer, schema, &mut faults),
            None => faults.push(format!("{schema:?} is not described")),
        }
        faults
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        if let Some(name) = schema["$ref"].as_str() {
            return self.check(&self.0[name], value, at, faults);
        }
        let fits = match schema["type"].as_str() {
            Some("object") => value.as_object().is_some_and(|fields| {
                for (name, field) in fields {
                    let at = format!("{at}.{name}");
                    match (&schema["properties"][name], &schema["additionalProperties"]) {
                        (Value::Null, Value::Null) => faults.push(format!("{at} is not described")),
                        (Value::Null, any) => self.check(any, field, &at, faults),
                        (property, _) => self.check(property, field, &at, faults),
                    }
                }
                true
            }),
            Some("array") => value.as_array().is_some_and(|items| {
                items.iter().for_each(|item| self.check(&schema["items"], item, &format!("{at}[]"), faults));
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
