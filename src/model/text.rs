//! Text from outside: what a platform, a program or a person sent, in a form that both databases take.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use url::Url;

/// Free of NUL, which PostgreSQL has no place for; what was NUL is U+FFFD.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct OutsideText(String);

impl OutsideText {
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self(if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text })
    }

    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::new(String::from_utf8_lossy(bytes))
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl Deref for OutsideText {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<OutsideText> for String {
    fn from(text: OutsideText) -> Self {
        text.0
    }
}

impl fmt::Display for OutsideText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OutsideText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// An address that a page may link to; `None` for a script, a mail address, and whatever else is no page.
pub fn web_address(text: &str) -> Option<String> {
    // Some platforms leave the scheme out.
    let text = match text.strip_prefix("//") {
        Some(rest) => format!("https://{rest}"),
        None => text.to_owned(),
    };
    let url = Url::parse(&text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| url.into())
}

/// JSON whose every text is an [`OutsideText`]: broken UTF-8, surrogates without their other half, NUL and raw control
/// characters are repaired before anything is parsed, so that one bad character costs one character.
pub fn repaired_json(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let (mut rest, mut repaired) = (text.as_ref(), String::with_capacity(text.len()));
    let mut is_inside = false;
    while let Some(at) = rest.find(|character| character == '"' || character == '\\' || character < ' ') {
        repaired.push_str(&rest[..at]);
        rest = &rest[at..];
        let (length, shown) = match rest.as_bytes()[0] {
            b'\\' if is_inside => escape(rest),
            b'"' => {
                is_inside = !is_inside;
                (1, "\"")
            }
            b'\n' if is_inside => (1, "\\n"),
            b'\t' if is_inside => (1, "\\t"),
            b'\r' if is_inside => (1, "\\r"),
            control if is_inside && control < b' ' => (1, LOST),
            _ => (1, &rest[..1]),
        };
        repaired.push_str(shown);
        rest = &rest[length..];
    }
    repaired.push_str(rest);
    repaired
}

const LOST: &str = "\\ufffd";

/// An escape at the beginning of `text`: its length, and what to write for it.
fn escape(text: &str) -> (usize, &str) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    };
    match unit(0) {
        Some(0) => (6, LOST),
        Some(0xd800..0xdc00) if matches!(unit(6), Some(0xdc00..0xe000)) => (12, &text[..12]),
        Some(0xd800..0xe000) => (6, LOST),
        Some(_) => (6, &text[..6]),
        None => {
            let length = 1 + text[1..].chars().next().map_or(0, char::len_utf8);
            (length, &text[..length])
        }
    }
}

/// Whether a platform has given a text back: blanks around it are gone then, and letters may be composed.
pub fn is_same_text(one: &str, other: &str) -> bool {
    let compared = |text: &str| text.replace("\r\n", "\n").trim().nfc().collect::<String>();
    compared(one) == compared(other)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_text_is_known_again_however_its_letters_are_composed() {
        assert!(is_same_text("  Cafe\u{301}!\r\nSee you \n", "Caf\u{e9}!\nSee you"));
        assert!(!is_same_text("Cafe!", "Caf\u{e9}!"));
    }

    fn read(body: &[u8]) -> Value {
        serde_json::from_str(&repaired_json(body)).unwrap()
    }

    #[test]
    fn one_bad_character_costs_one_character() {
        for (body, text) in [
            (br#"["a\ud83db"]"#.as_slice(), "a\u{fffd}b"),
            (br#"["a\udc00b"]"#, "a\u{fffd}b"),
            (br#"["\ud83d\ud83d\ude00"]"#, "\u{fffd}\u{1f600}"),
            (br#"["a\u0000b"]"#, "a\u{fffd}b"),
            (b"[\"a\0b\"]", "a\u{fffd}b"),
            (b"[\"a\xffb\"]", "a\u{fffd}b"),
            (b"[\"a\xed\xa0\x80b\"]", "a\u{fffd}\u{fffd}\u{fffd}b"),
            (b"[\"a\nb\x07\"]", "a\nb\u{fffd}"),
            (br#"["\\u0000 \\\ud83d \" \\"]"#, "\\u0000 \\\u{fffd} \" \\"),
        ] {
            assert_eq!(read(body), serde_json::json!([text]), "{}", String::from_utf8_lossy(body));
        }
    }

    proptest! {
        #[test]
        fn what_was_good_stays_as_it_was(text in "\\PC{0,40}", inner in "[\\x01-\\x7f]{0,20}") {
            let value = serde_json::json!({ "a": text, "b": [inner, 1.5, null] });
            prop_assert_eq!(&read(value.to_string().as_bytes()), &value);
            prop_assert_eq!(&read(&serde_json::to_vec_pretty(&value).unwrap()), &value);
        }

        #[test]
        fn no_bytes_are_too_bad_to_be_looked_at(junk in proptest::collection::vec(any::<u8>(), 0..64)) {
            let text = OutsideText::from_bytes(&junk);
            prop_assert!(!text.contains('\0'));
            let string = [b"[\"".as_slice(), &junk, b"\"]"].concat();
            if let Ok(Value::Array(items)) = serde_json::from_str::<Value>(&repaired_json(&string)) {
                prop_assert!(items.iter().filter_map(Value::as_str).all(|text| !text.contains('\0')));
            }
        }
    }

    #[test]
    fn only_pages_are_linked_to() {
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "mailto:a@b",
            "ftp://a/b",
            "/here",
            "",
            "https://",
            "vbscript:x",
        ] {
            assert_eq!(web_address(bad), None, "{bad}");
        }
        assert_eq!(web_address("http://youtube.com/@ann").as_deref(), Some("http://youtube.com/@ann"));
        assert_eq!(web_address("//yt3.ggpht.com/a").as_deref(), Some("https://yt3.ggpht.com/a"));
        assert_eq!(web_address(" \tjava\nscript:alert(1)"), None);
    }
}
