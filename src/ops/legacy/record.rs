//! The former system's rows as they are read: every column a text that may be missing, so that no version of its schema
//! and no value in it stops the import.

use kit::clock::Timestamp;
use serde::Deserialize;

/// A list of columns that are read, and the struct that they are read into.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($column:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Default, Debug, Deserialize)]
        #[serde(default)]
        pub struct $name { $(pub $column: Option<String>),+ }

        impl $name {
            pub const COLUMNS: &'static [&'static str] = &[$(plain(stringify!($column))),+];
        }
    };
}

/// A column's name, where Rust's spelling has to escape it.
const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

record! { User {
    id, email, full_name, hashed_password, is_active, is_superuser, demo_mode, demo_mode_status, timezone, created_at,
} }

record! { Connection {
    id, user_id, platform, account_info, is_demo, platform_user_id, platform_username, created_at,
} }

record! { Interaction {
    id, user_id, platform, r#type, platform_id, parent_platform_id, content, author_name, author_username,
    author_platform_id, author_avatar_url, author_profile_url, sentiment, status, is_demo, rating, like_count,
    reply_count, permalink, platform_created_at, created_at,
} }

/// Longer than anything that a platform takes; what exceeds it was no comment.
pub const LONGEST_TEXT: usize = 100_000;

/// Text with something in it.
pub fn text(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// PostgreSQL's, Python's and other people's ways to say so.
pub fn boolean(value: &Option<String>) -> Option<bool> {
    match text(value)?.to_ascii_lowercase().as_str() {
        "t" | "true" | "1" | "y" | "yes" | "on" => Some(true),
        "f" | "false" | "0" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

pub fn number(value: &Option<String>) -> Option<i64> {
    let text = text(value)?;
    text.parse::<i64>().ok().or_else(|| {
        let number = text.parse::<f64>().ok()?.round();
        // Beyond 2^53 it would not be the number that was meant.
        (number.abs() < 9e15).then_some(number as i64)
    })
}

/// Columns of a time's type arrive as microseconds; texts as whatever was written. Without a zone it is UTC, as there.
pub fn instant(value: &Option<String>) -> Option<Timestamp> {
    let text = text(value)?;
    let at = match text.strip_prefix("us:") {
        Some(micros) => micros.parse().ok().map(Timestamp::from_micros),
        None => Timestamp::parse(text).ok().or_else(|| {
            let civil = text.parse::<jiff::civil::DateTime>().ok()?;
            Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().into())
        }),
    };
    at.filter(|at| (Timestamp::from_second(0)..Timestamp::from_second(253_402_300_800)).contains(at))
}

/// Of a page or a picture on the web; anything else is no link.
pub fn link(value: &Option<String>) -> Option<String> {
    let text = text(value)?;
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    (is_web && text.len() <= 2_000 && !text.contains(char::is_whitespace)).then(|| text.to_owned())
}

/// A name that fits on a page.
pub fn name(value: &Option<String>) -> Option<String> {
    text(value).map(|text| text.chars().filter(|c| !c.is_control()).take(200).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn instants_of_all_kinds() {
        let noon = Timestamp::parse("2025-03-01T12:00:00Z").unwrap();
        for text in [
            format!("us:{}", noon.micros()),
            "2025-03-01T12:00:00Z".into(),
            "2025-03-01T13:00:00+01:00".into(),
            "2025-03-01 12:00:00".into(),
            "2025-03-01T12:00:00.000".into(),
        ] {
            assert_eq!(instant(&Some(text.clone())), Some(noon), "{text}");
        }
        for text in ["", "infinity", "yesterday", "us:", "us:9223372036854775807", "us:-1", "0001-01-01 00:00:00"] {
            assert_eq!(instant(&some(text)), None, "{text}");
        }
        assert_eq!(instant(&None), None);
    }

    #[test]
    fn booleans_and_numbers_of_all_kinds() {
        for yes in ["true", "t", "1", "TRUE", " yes "] {
            assert_eq!(boolean(&some(yes)), Some(true), "{yes}");
        }
        for no in ["false", "f", "0", "No"] {
            assert_eq!(boolean(&some(no)), Some(false), "{no}");
        }
        assert_eq!([boolean(&some("maybe")), boolean(&some("")), boolean(&None)], [None; 3]);
        assert_eq!(number(&some("12")), Some(12));
        assert_eq!(number(&some("4.0")), Some(4));
        assert_eq!([number(&some("many")), number(&some("1e300")), number(&some("NaN"))], [None; 3]);
    }

    #[test]
    fn only_the_web_is_linked() {
        assert_eq!(link(&some("https://example.com/a")), some("https://example.com/a"));
        for bad in ["javascript:alert(1)", "data:image/png;base64,AAAA", "https://a b", "/relative"] {
            assert_eq!(link(&some(bad)), None, "{bad}");
        }
    }
}
