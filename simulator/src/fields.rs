//! `fields=`: partial answers, in the provider's little language: `nextPageToken,items(id,snippet/title)`.

use serde_json::Value;

/// What to keep of an object, by name; nothing further named means all of it.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Fields(Vec<(String, Fields)>);

const DEEPEST: usize = 10;

impl Fields {
    /// None when the text is not a selection.
    pub fn parse(text: &str) -> Option<Fields> {
        let mut rest = text;
        let fields = Fields::list(&mut rest, 0)?;
        rest.is_empty().then_some(fields)
    }

    fn list(rest: &mut &str, depth: usize) -> Option<Fields> {
        let mut fields = Fields::default();
        loop {
            fields.path(rest, depth)?;
            match rest.strip_prefix(',') {
                Some(more) => *rest = more,
                None => return Some(fields),
            }
        }
    }

    /// `name`, `name/path` or `name(list)`.
    fn path(&mut self, rest: &mut &str, depth: usize) -> Option<()> {
        let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '*')).unwrap_or(rest.len());
        if end == 0 || depth > DEEPEST {
            return None;
        }
        let name = rest[..end].to_owned();
        *rest = &rest[end..];
        let mut within = Fields::default();
        if let Some(path) = rest.strip_prefix('/') {
            *rest = path;
            within.path(rest, depth + 1)?;
        } else if let Some(list) = rest.strip_prefix('(') {
            *rest = list;
            within = Fields::list(rest, depth + 1)?;
            *rest = rest.strip_prefix(')')?;
        }
        self.0.push((name, within));
        Some(())
    }

    /// Nothing further is named: all of it is wanted.
    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    pub fn named(&self) -> impl Iterator<Item = (&str, &Fields)> {
        self.0.iter().map(|(name, within)| (name.as_str(), within))
    }

    /// What is left of an answer.
    pub fn keep(&self, value: Value) -> Value {
        self.part(value).unwrap_or_default()
    }

    /// Nothing, where a path leads into what has no fields.
    fn part(&self, value: Value) -> Option<Value> {
        match value {
            whole if self.is_all() => Some(whole),
            Value::Array(items) => Some(items.into_iter().filter_map(|item| self.part(item)).collect()),
            Value::Object(fields) => {
                Some(Value::Object(fields.into_iter().filter_map(|field| self.keep_field(field)).collect()))
            }
            _ => None,
        }
    }

    fn keep_field(&self, (name, value): (String, Value)) -> Option<(String, Value)> {
        let mut chosen = self.0.iter().filter(|(wanted, _)| *wanted == name || wanted == "*").map(|(_, within)| within);
        let first = chosen.next()?;
        let merged = chosen.fold(first.clone(), |merged, next| merged.and(next));
        Some((name, merged.part(value)?))
    }

    /// Both selections; one that takes all wins.
    fn and(mut self, other: &Fields) -> Fields {
        if self.0.is_empty() || other.0.is_empty() {
            return Fields::default();
        }
        self.0.extend(other.0.iter().cloned());
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_selection_keeps_what_it_names() {
        let answer =
            json!({ "kind": "k", "next": "t", "items": [{ "id": "a", "snippet": { "title": "A", "tags": ["x"] } }] });
        let kept = |fields: &str| Fields::parse(fields).unwrap().keep(answer.clone());
        assert_eq!(
            kept("next,items(id,snippet/title)"),
            json!({ "next": "t", "items": [{ "id": "a", "snippet": { "title": "A" } }] })
        );
        assert_eq!(
            kept("items/id,items/snippet/tags"),
            json!({ "items": [{ "id": "a", "snippet": { "tags": ["x"] } }] })
        );
        assert_eq!(kept("*"), answer);
        assert_eq!(
            kept("items/*/title"),
            json!({ "items": [{ "snippet": { "title": "A" } }] }),
            "what has no fields is left out"
        );
        assert_eq!(kept("nothing"), json!({}));
    }

    #[test]
    fn what_is_no_selection_is_refused() {
        for text in ["", ",", "a(", "a(b", "a)", "a//b", "a b", &"a(".repeat(100)] {
            assert_eq!(Fields::parse(text), None, "{text}");
        }
    }
}
