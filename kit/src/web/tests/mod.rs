//! The edge in process.

mod server;

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, RETRY_AFTER, SERVER, SET_COOKIE};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower::ServiceExt as _;

use super::{Edge, Limits, Meters, Nonce, Refusal, RequestInfo, Site, cookie};
use crate::random::Random;

/// More than both ends' socket buffers take.
const LARGE: usize = 64 * 1024 * 1024;

fn site(public_url: &str) -> Router {
    edge(public_url, Limits::default(), Meters::default()).around(routes())
}

fn routes() -> Router {
    Router::new()
        .route("/", get(async |nonce: Nonce| nonce.to_string()).post(async || "done"))
        .route("/panic", get(async || -> &'static str { panic!("on purpose") }))
        .route("/echo", post(async |body: String| body))
        .route("/cookie", get(async || ([(SET_COOKIE, cookie::set("c", "v", Duration::from_secs(60)))], "")))
        .route("/watched", get(async || "alive"))
        .route("/large", get(async || vec![b'x'; LARGE]))
        .route("/kept", get(async || ([(CACHE_CONTROL, "public, max-age=31536000, immutable")], "")))
}

fn edge(public_url: &str, limits: Limits, meters: Meters) -> Edge {
    let render = |_: &RequestInfo, response| rendered(response);
    Edge::new(Site::new(public_url).unwrap(), Random::seeded(1), render, limits, meters, &["/watched"])
}

/// As the product does: a bare refusal gets a text.
fn rendered(response: Response) -> Response {
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let (head, _) = response.into_parts();
    let refusal = head.extensions.get::<Refusal>().copied().unwrap_or(Refusal::of_status(head.status));
    let mut answer = (head.status, refusal.code).into_response();
    for name in [ALLOW, RETRY_AFTER] {
        if let Some(value) = head.headers.get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request {
    let mut builder = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Body::empty()).unwrap()
}

async fn answer(app: &Router, request: Request) -> Response {
    app.clone().oneshot(request).await.unwrap()
}

async fn status(app: &Router, method: &str, headers: &[(&str, &str)]) -> u16 {
    answer(app, request(method, "/", headers)).await.status().as_u16()
}

#[tokio::test]
async fn exactly_one_host_and_only_ours() {
    let app = site("http://localhost:8080");
    for host in ["localhost:8080", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080"] {
        assert_eq!(status(&app, "GET", &[("host", host)]).await, 200, "{host}");
    }
    for host in ["localhost", "localhost:8081", "evil.example", "localhost:8080.evil.example", "0.0.0.0:8080"] {
        assert_eq!(status(&app, "GET", &[("host", host)]).await, 421, "{host}");
    }
    for hosts in
        [&[][..], &[("host", "localhost:8080"), ("host", "localhost:8080")], &[("host", "a b")], &[("host", "")]]
    {
        assert_eq!(status(&app, "GET", hosts).await, 400, "{hosts:?}");
    }
    let absolute = request("GET", "http://evil.example/", &[("host", "localhost:8080")]);
    assert_eq!(answer(&app, absolute).await.status(), 421);

    let public = site("https://repruv.example");
    assert_eq!(status(&public, "GET", &[("host", "repruv.example")]).await, 200);
    assert_eq!(status(&public, "GET", &[("host", "repruv.example:443")]).await, 200);
    assert_eq!(status(&public, "GET", &[("host", "localhost")]).await, 421);
    assert_eq!(status(&public, "GET", &[("host", "repruv.example:80")]).await, 421);
}

#[test]
fn a_public_address_is_an_origin() {
    for bad in ["", "localhost", "ftp://localhost", "http://", "http://a/b", "http://u@a", "http://a/?q"] {
        assert!(Site::new(bad).is_err(), "{bad}");
    }
}

/// Every unsafe method × Sec-Fetch-Site × Origin × Cookie × Authorization.
#[tokio::test]
async fn an_unsafe_request_comes_from_here_or_from_no_browser() {
    let app = site("http://localhost:8080");
    let sites = [None, Some("same-origin"), Some("none"), Some("same-site"), Some("cross-site"), Some("x")];
    let origins = [None, Some("http://localhost:8080"), Some("http://evil.example"), Some("null")];
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        for site in sites {
            for origin in origins {
                for cookie in [None, Some("a=b")] {
                    for bearer in [None, Some("Bearer t")] {
                        let headers: Vec<_> = [
                            Some(("host", "localhost:8080")),
                            site.map(|site| ("sec-fetch-site", site)),
                            origin.map(|origin| ("origin", origin)),
                            cookie.map(|cookie| ("cookie", cookie)),
                            bearer.map(|bearer| ("authorization", bearer)),
                        ]
                        .into_iter()
                        .flatten()
                        .collect();
                        let allowed = match (site, origin) {
                            _ if cookie.is_none() && bearer.is_some() => true,
                            (Some(site), _) => site == "same-origin" || site == "none",
                            (None, Some(origin)) => origin == "http://localhost:8080",
                            (None, None) => cookie.is_none(),
                        };
                        let got = status(&app, method, &headers).await;
                        assert_eq!(got == 403, !allowed, "{method} {headers:?}");
                    }
                }
            }
        }
    }
    let twice = [("host", "localhost:8080"), ("origin", "http://localhost:8080"), ("origin", "http://evil.example")];
    assert_eq!(status(&app, "POST", &twice).await, 403);
}

#[tokio::test]
async fn a_foreign_page_may_link_here_but_not_read_or_embed() {
    let app = site("http://localhost:8080");
    let get = async |site, mode, dest| {
        let headers = [
            ("host", "localhost:8080"),
            ("sec-fetch-site", site),
            ("sec-fetch-mode", mode),
            ("sec-fetch-dest", dest),
            ("cookie", "a=b"),
        ];
        status(&app, "GET", &headers).await
    };
    assert_eq!(get("cross-site", "navigate", "document").await, 200);
    assert_eq!(get("same-origin", "cors", "empty").await, 200);
    assert_eq!(get("cross-site", "no-cors", "empty").await, 403);
    assert_eq!(get("same-site", "cors", "empty").await, 403);
    assert_eq!(get("cross-site", "navigate", "iframe").await, 403);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = site("https://repruv.example");
    let host = ("host", "repruv.example");
    let long = format!("/{}", "a".repeat(8 * 1024));
    let cases = [
        ("GET", "/", &[host][..], 200),
        ("HEAD", "/", &[host], 200),
        ("GET", "/nothing", &[host], 404),
        ("DELETE", "/echo", &[host], 405),
        ("TRACE", "/", &[host, ("sec-fetch-site", "same-origin")], 405),
        ("GET", "/panic", &[host], 500),
        ("GET", "/", &[("host", "evil.example")], 421),
        ("GET", "/", &[], 400),
        ("POST", "/", &[host, ("sec-fetch-site", "cross-site")], 403),
        ("POST", "/echo", &[host, ("content-length", "327681")], 413),
        ("POST", "/echo", &[host, ("transfer-encoding", "chunked")], 400),
        ("GET", "/?a=1&a=2", &[host], 400),
        ("GET", &long, &[host], 414),
    ];
    for (method, path, headers, expected) in cases {
        let answer = answer(&app, request(method, path, headers)).await;
        let case = format!("{method} {path} {headers:?}");
        assert_eq!(answer.status().as_u16(), expected, "{case}");
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
        assert!(header("content-security-policy").starts_with("default-src 'none'; script-src 'nonce-"), "{case}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{case}");
        assert_eq!(header("referrer-policy"), "same-origin", "{case}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{case}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{case}");
        assert!(header("permissions-policy").contains("camera=()"), "{case}");
        assert_eq!(header("strict-transport-security"), "max-age=31536000; includeSubDomains", "{case}");
        assert_eq!(header("cache-control"), "no-store", "{case}");
        assert_eq!(header("x-request-id").len(), 16, "{case}");
        assert!(answer.headers().get(SERVER).is_none(), "{case}");
        assert_eq!(answer.headers().contains_key(ALLOW), expected == 405, "{case}");
    }
}

#[tokio::test]
async fn only_what_says_so_is_stored_and_never_a_cookie() {
    let app = site("http://localhost:8080");
    let host = [("host", "localhost:8080")];
    let kept = answer(&app, request("GET", "/kept", &host)).await;
    assert!(kept.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    assert!(!kept.headers().contains_key("strict-transport-security"), "plain http promises no https");
    let cookie = answer(&app, request("GET", "/cookie", &host)).await;
    assert_eq!(cookie.headers()[CACHE_CONTROL], "no-store");
    assert_eq!(cookie.headers()[SET_COOKIE], "c=v; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax");
}

#[tokio::test]
async fn a_nonce_serves_once_and_is_the_one_in_the_policy() {
    let app = site("http://localhost:8080");
    let mut nonces = std::collections::HashSet::new();
    for _ in 0..10_000 {
        let answer = answer(&app, request("GET", "/", &[("host", "localhost:8080")])).await;
        let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        let body = axum::body::to_bytes(answer.into_body(), 1024).await.unwrap();
        let nonce = String::from_utf8(body.to_vec()).unwrap();
        assert!(policy.contains(&format!("'nonce-{nonce}'")));
        assert!(nonces.insert(nonce));
    }
}

#[tokio::test]
async fn a_body_without_a_length_is_cut_at_the_limit() {
    let app = site("http://localhost:8080");
    let send = async |bytes: usize| {
        let stream = futures_util::stream::once(async move { Ok::<_, std::io::Error>("x".repeat(bytes)) });
        let request = Request::builder()
            .method(Method::POST)
            .uri("/echo")
            .header("host", "localhost:8080")
            .body(Body::from_stream(stream))
            .unwrap();
        answer(&app, request).await.status()
    };
    assert_eq!(send(327_680).await, StatusCode::OK);
    assert_eq!(send(327_681).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_parameter_is_named_once() {
    let app = site("http://localhost:8080");
    let ask = async |query: &str| {
        let request = request("GET", &format!("/?{query}"), &[("host", "localhost:8080")]);
        answer(&app, request).await.status().as_u16()
    };
    let numbered = |count: usize| (0..count).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
    for fine in ["", "a=1", "a=1&b=1", "a=a%26a&b=2", &numbered(32)] {
        assert_eq!(ask(fine).await, 200, "{fine}");
    }
    for twice in ["a=1&a=2", "a&a", "a=1&b=2&%61=3", &numbered(33)] {
        assert_eq!(ask(twice).await, 400, "{twice}");
    }
}

#[tokio::test]
async fn json_is_nested_thirty_two_deep_at_most() {
    let app = site("http://localhost:8080");
    let send = async |depth: usize, media: &str| {
        let mut request = request("POST", "/echo", &[("host", "localhost:8080"), ("content-type", media)]);
        *request.body_mut() = Body::from("[".repeat(depth) + &"]".repeat(depth));
        answer(&app, request).await.status().as_u16()
    };
    assert_eq!(send(32, "application/json").await, 200);
    assert_eq!(send(33, "application/json").await, 400);
    assert_eq!(send(33, "application/merge-patch+json; charset=utf-8").await, 400);
    assert_eq!(send(33, "text/plain").await, 200);
}

#[test]
fn cookies_are_read_by_exact_name() {
    let mut headers = axum::http::HeaderMap::new();
    headers.append("cookie", "a=1; __Host-session_token=abc;b=2".parse().unwrap());
    headers.append("cookie", "c=3".parse().unwrap());
    assert_eq!(cookie::get(&headers, "__Host-session_token"), Some("abc"));
    assert_eq!(cookie::get(&headers, "c"), Some("3"));
    assert_eq!(cookie::get(&headers, "session_token"), None);
}
