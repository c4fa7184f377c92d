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
