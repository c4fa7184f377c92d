//! A provider's own description of its answers (a discovery document): which fields there are, and, as a strict check, that no
//! other is told and every format kept.

use serde_json::Value;

use crate::fields::Fields;

pub struct Description {
    schemas: Value,
    #[cfg(test)]
    pub document: Value,
}

impl Description {
    pub fn parse(document: &str) -> Description {
        let document: Value = serde_json::from_str(document).expect("the description is JSON");
        Description {
            schemas: document["schemas"].clone(),
            #[cfg(test)]
            document,
        }
    }

    /// Whether everything that is selected of such an answer exists.
    pub fn has(&self, schema: &str, selected: &Fields) -> bool {
        self.selects(&self.schemas[schema], selected)
    }

    fn selects(&self, schema: &Value, selected: &Fields) -> bool {
        let schema = self.within(schema);
        selected.named().all(|(name, further)| match (name, schema["properties"].as_object()) {
            ("*", Some(fields)) => further.is_all() || fields.values().any(|field| self.selects(field, further)),
            (name, Some(fields)) => fields.get(name).is_some_and(|field| self.selects(field, further)),
            (_, None) => schema.get("additionalProperties").is_some_and(|field| self.selects(field, further)),
        })
    }

    /// What a reference leads to, or what a list is of.
    fn within<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match (schema["$ref"].as_str(), schema.get("items")) {
            (Some(name), _) => self.within(&self.schemas[name]),
            (None, Some(item)) => self.within(item),
            (None, None) => schema,
        }
    }
}

#[cfg(test)]
impl Description {
    /// What is wrong with an answer that is to be of the schema; empty when nothing is.
    pub fn faults(&self, schema: &str, answer: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        match self.schemas.get(schema) {
            Some(described) => self.check(described, answer, schema, &mut faults),
            None => faults.push(format!("{schema:?} is not described")),
        }
        faults
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        if let Some(name) = schema["$ref"].as_str() {
            return self.check(&self.schemas[name], value, at, faults);
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

#[cfg(test)]
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
