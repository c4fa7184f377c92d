//! Cookies as this site sets them: `__Host-`, so Secure, Path=/ and no Domain, and never readable by a script.

use std::time::Duration;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// The value of the first cookie of that name. Others on the same host set cookies too: a pair that is no text is theirs,
/// and harms none but itself.
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs
        .filter_map(|pair| std::str::from_utf8(pair).ok()?.split_once('='))
        .find_map(|(key, value)| (key.trim_ascii() == name).then(|| value.trim_ascii()))
}

/// # Panics
/// When `value` is not what [`crate::random::Random::token`] makes: letters, digits, `-` and `_`.
pub fn set(name: &str, value: &str, max_age: Duration) -> HeaderValue {
    let seconds = max_age.as_secs();
    HeaderValue::from_str(&format!("{name}={value}; Max-Age={seconds}; Path=/; Secure; HttpOnly; SameSite=Lax"))
        .expect("cookie values are base64url")
}

pub fn clear(name: &str) -> HeaderValue {
    set(name, "", Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const NAME: &str = "__Host-session_token";

    fn headers(lines: &[Vec<u8>]) -> HeaderMap {
        let values = lines.iter().filter_map(|line| HeaderValue::from_bytes(line).ok());
        values.map(|value| (COOKIE, value)).collect()
    }

    #[test]
    fn a_neighbours_odd_cookie_signs_nobody_out() {
        for line in [
            "theme=caf\u{e9}; __Host-session_token=abc".as_bytes(),
            b"theme=caf\xe9; __Host-session_token=abc",
            b"__Host-session_token=abc; theme=caf\xe9",
            b"\xff\xfe=1;; =;theme; __Host-session_token=abc",
            b"__Host-session_token=\xe9; __Host-session_token=abc",
        ] {
            assert_eq!(get(&headers(&[line.to_vec()]), NAME), Some("abc"), "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn a_cookie_is_found_among_whatever_others_there_are(
            before in "([!-:<-~]{0,12}; ?){0,3}",
            token in "[A-Za-z0-9_-]{1,43}",
            behind in "(; ?[!-:<-~]{0,12}){0,3}",
            strange in vec(any::<u8>(), 0..60),
        ) {
            let line = format!("{before}{NAME}={token}{behind}").into_bytes();
            let headers = headers(&[strange.clone(), [&strange[..], b";", &line].concat(), line]);
            prop_assert_eq!(get(&headers, NAME), Some(token.as_str()));
        }
    }
}
