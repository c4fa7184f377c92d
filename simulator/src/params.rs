//! Query strings and form bodies as the providers read them: ordered pairs, lists by comma or by repetition.

/// Pairs beyond this many are not read.
const MOST_PAIRS: usize = 200;

#[derive(Debug, Default, Clone)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub fn parse(text: &[u8]) -> Self {
        Self(
            url::form_urlencoded::parse(text).take(MOST_PAIRS).map(|(k, v)| (k.into_owned(), v.into_owned())).collect(),
        )
    }

    /// The first value that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values(name).find(|value| !value.is_empty())
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `a=1,2&a=3` is 1, 2, 3.
    pub fn list(&self, name: &str) -> Vec<&str> {
        self.values(name).flat_map(|value| value.split(',')).map(str::trim).filter(|item| !item.is_empty()).collect()
    }

    pub fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl FromIterator<(String, String)> for Params {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().take(MOST_PAIRS).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_by_comma_or_by_repetition() {
        let params = Params::parse(b"part=snippet,replies&part=id&id=&mine=True");
        assert_eq!(params.list("part"), ["snippet", "replies", "id"]);
        assert_eq!(params.get("id"), None);
        assert!(params.is_true("mine"));
    }
}
