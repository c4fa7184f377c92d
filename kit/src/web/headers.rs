//! The headers that every answer carries, whatever its status.

use axum::body::Bytes;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, SET_COOKIE, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};

use super::RequestInfo;

const FIXED: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Not "no-referrer": browsers would then send "Origin: null" with our own forms.
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
             microphone=(), midi=(), payment=(), usb=()",
        ),
    ),
];

/// The longest head that the HTTP library writes by itself: a status line, a date, and that there is no body.
const BARE_HEAD: usize = 200;

/// The security headers for answers of the HTTP library's own, which no handler and no edge ever sees.
#[derive(Clone, Debug)]
pub(super) struct ForBareAnswers(Bytes);

impl ForBareAnswers {
    pub(super) fn new(https: bool) -> Self {
        let mut headers = HeaderMap::new();
        secure_any(&mut headers, https);
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let mut lines = Vec::new();
        for (name, value) in &headers {
            lines.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        Self(lines.into())
    }

    /// The same answer with our headers, when `written` is one that the library made by itself: a whole head of a 4xx
    /// that carries none of them. Every answer of the edge carries them all.
    pub(super) fn complete(&self, written: &[u8]) -> Option<Bytes> {
        let is_bare = written.len() < BARE_HEAD
            && written.starts_with(b"HTTP/1.")
            && written.get(8..10) == Some(b" 4")
            && written.ends_with(b"\r\n\r\n")
            && !written.windows(7).any(|name| name == b"nosniff");
        let head = &written[..written.len().saturating_sub(2)];
        is_bare.then(|| [head, &self.0, b"\r\n"].concat().into())
    }
}

pub(super) fn secure(headers: &mut HeaderMap, info: &RequestInfo, https: bool) {
    secure_any(headers, https);
    headers.insert(CONTENT_SECURITY_POLICY, policy(info.nonce.as_str()));
    headers.insert("x-request-id", visible(info.id.as_str()));
    // Only what says otherwise may be stored, and never what hands out a cookie.
    if headers.contains_key(SET_COOKIE) || !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn secure_any(headers: &mut HeaderMap, https: bool) {
    for (name, value) in &FIXED {
        headers.insert(name, value.clone());
    }
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
}

fn policy(nonce: &str) -> HeaderValue {
    visible(&format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; \
         manifest-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; report-uri {}",
        super::csp_reports::PATH
    ))
}

fn visible(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("base64 and constants are visible ASCII")
}
