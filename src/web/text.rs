//! Text of others, as it may be kept.

/// No text that is kept holds U+0000, for PostgreSQL takes none: its place is marked.
pub fn without_nul(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    let clean = |text: String| if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text };
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(items) => items.into_iter().map(without_nul).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (clean(name), without_nul(value))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_nul_is_marked_wherever_it_stands() {
        assert_eq!(without_nul(json!({"a\0": ["b\0", 1, null]})), json!({"a\u{fffd}": ["b\u{fffd}", 1, null]}));
    }
}
