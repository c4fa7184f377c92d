//! What in a text is a link or a mention, by its place in bytes: the platform shows neither by itself.
//!
//! Source: <https://docs.bsky.app/docs/advanced-guides/post-richtext>.

use std::ops::Range;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feature {
    Link(String),
    /// By handle; who that is, the server has to say.
    Mention(String),
    Tag(String),
}

/// In characters.
const LONGEST_TAG: usize = 64;

/// The features of a text, in their order.
pub fn of(text: &str) -> Vec<(Range<usize>, Feature)> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let start = at + (word.len() - word.trim_start_matches(['(', '[', '“', '"', '«', '\'']).len());
        let inner = &text[start..at + word.trim_end().len().max(start - at)];
        found.extend(feature(inner).map(|(length, feature)| (start..start + length, feature)));
        at += word.len();
    }
    found
}

fn feature(word: &str) -> Option<(usize, Feature)> {
    let ends =
        |c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '"' | '”' | '»' | ']' | '…' | '。' | '、');
    let trimmed = word.trim_end_matches(ends);
    if trimmed.starts_with("https://") || trimmed.starts_with("http://") {
        // A bracket belongs to a link only where the link opens it.
        let link = if trimmed.contains('(') { trimmed } else { trimmed.trim_end_matches(')').trim_end_matches(ends) };
        let is_page = url::Url::parse(link).is_ok_and(|url| url.has_host());
        return is_page.then(|| (link.len(), Feature::Link(link.to_owned())));
    }
    if let Some(tag) = trimmed.strip_prefix('#') {
        let is_tag =
            !tag.chars().all(|c| c.is_ascii_digit()) && !tag.contains('#') && tag.chars().count() <= LONGEST_TAG;
        return is_tag.then(|| (trimmed.len(), Feature::Tag(tag.to_owned())));
    }
    let handle = trimmed.strip_prefix('@')?;
    let length = handle.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')).count();
    let handle = handle.get(..length)?.trim_end_matches(['.', '-']);
    super::directory::handle_of(handle).map(|known| (handle.len() + 1, Feature::Mention(known)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn links_and_mentions_are_found_by_their_bytes() {
        let text = "味道 (https://example.com/a_(b)), thanks @Ann.example.com! See https://example.com. mail@example.com #味道! #1";
        let shown: Vec<_> = of(text).into_iter().map(|(range, feature)| (&text[range], feature)).collect();
        assert_eq!(
            shown,
            [
                ("https://example.com/a_(b))", Feature::Link("https://example.com/a_(b))".into())),
                ("@Ann.example.com", Feature::Mention("ann.example.com".into())),
                ("https://example.com", Feature::Link("https://example.com".into())),
                ("#味道", Feature::Tag("味道".into())),
            ]
        );
    }

    proptest! {
        #[test]
        fn a_feature_is_a_part_of_the_text(text in "(\\PC|[@# .()味é\n]|https://|a\\.b){0,40}") {
            let mut end = 0;
            for (range, feature) in of(&text) {
                prop_assert!(range.start >= end && text.is_char_boundary(range.start) && text.is_char_boundary(range.end));
                let said = match feature { Feature::Link(link) => link, Feature::Mention(handle) => format!("@{handle}"), Feature::Tag(tag) => format!("#{tag}") };
                prop_assert_eq!(text[range.clone()].to_ascii_lowercase(), said.to_ascii_lowercase());
                end = range.end;
            }
        }
    }
}
