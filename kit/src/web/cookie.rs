//! Cookies as this site sets them: `__Host-`, so Secure, Path=/ and no Domain, and never readable by a script.

use std::time::Duration;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// The value of the first cookie of that name.
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(';')).find_map(
        |pair| {
            let (key, value) = pair.split_once('=')?;
            (key.trim() == name).then(|| value.trim())
        },
    )
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

    proptest! {
        #[test]
        fn a_cookie_is_found_among_whatever_others_there_are(
            before in "([!-:<-~]{0,12}; ?){0,3}",
            token in "[A-Za-z0-9_-]{1,43}",
            behind in "(; ?[!-:<-~]{0,12}){0,3}",
            strange in vec(any::<u8>(), 0..60),
        ) {
            let line = format!("{before}{NAME}={token}{behind}").into_bytes();
            let headers = headers(&[strange, line]);
            prop_assert_eq!(get(&headers, NAME), Some(token.as_str()));
        }
    }
}
