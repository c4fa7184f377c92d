//! What holds for every address, read from `routes.rs` itself, so that a new one cannot be forgotten.

mod access;
mod names;

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use kit::both_databases;
use kit::testing::Engine;

use crate::accounts::api_keys::access::OPERATIONS;
use crate::testing::{Answer, TestApp};

/// Addresses that somebody who is not signed in may post to.
const OPEN: [&str; 9] = [
    "/setup",
    "/signup",
    "/login",
    "/logout",
    "/csp-reports",
    "/api/auth/signup",
    "/api/auth/login",
    "/api/auth/logout",
    "/webhooks",
];

/// Streams have no end to wait for.
const STREAMS: [&str; 1] = ["/api/events"];

both_databases! {
    async fn another_site_changes_nothing_at_any_address(app: TestApp) {
        let app = app.with_ann().await;
        let before = app.rows().await;
        let lies: [&[(&str, &str)]; 5] = [
            &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
            &[("sec-fetch-site", "same-site"), ("origin", "http://localhost:9999")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[],
        ];
        for (path, _) in routes() {
            for method in ["POST", "PUT", "PATCH", "DELETE"] {
                for headers in lies {
                    let answer = app.send_bare(method, &path, headers, Body::empty()).await;
                    assert_eq!(answer.status, 403, "{method} {path} {headers:?}");
                }
            }
        }
        assert_eq!(app.rows().await, before);
    }

    async fn nobody_changes_anything_without_signing_in(app: TestApp) {
        let app = app.with_ann().await;
        let before = app.rows().await;
        let stranger = app.browser();
        for (path, methods) in routes() {
            if OPEN.iter().any(|open| bare(&path).starts_with(open)) {
                continue;
            }
            for method in methods.iter().filter(|method| **method != "GET") {
                let answer = stranger.send(method, &path, &[form()], Body::empty()).await;
                let refused = answer.status == 401 || (answer.status == 303 && answer.location().starts_with("/login"));
                assert!(refused, "{method} {path}: {} {}", answer.status, answer.location());
            }
        }
        assert_eq!(app.rows().await, before);
    }

    async fn a_nul_in_any_field_filter_or_name_is_refused_and_never_a_failure(app: TestApp) {
        let app = app.with_ann().await;
        let fields = fields();
        for (path, methods) in routes() {
            if STREAMS.contains(&bare(&path).as_str()) {
                continue;
            }
            let named = path.replace("00000000-0000-7000-8000-000000000000", "%00");
            for method in &methods {
                for field in &fields {
                    let (query, form) = (format!("{named}?{field}=%00x"), format!("{field}=a%00b"));
                    let json = format!("{{\"{field}\": \"a\\u0000b\"}}");
                    let answer = match (*method, path.starts_with("/api/")) {
                        ("GET", _) => app.get(&query).await,
                        (_, true) => app.send(method, &path, &[json_type()], Body::from(json)).await,
                        (_, false) => app.send(method, &path, &[self::form()], Body::from(form)).await,
                    };
                    let is_open = path == "/csp-reports" || path.starts_with("/webhooks");
                    let (status, text) = (answer.status, &answer.text);
                    let refused = if *method == "GET" && named.contains("%00") { 404 } else { 400 };
                    assert!(status == refused || (is_open && status.as_u16() < 500), "{method} {path} {field}: {status} {text}");
                }
            }
        }
    }

    async fn an_address_with_a_slash_at_its_end_leads_to_its_page(app: TestApp) {
        let app = app.with_ann().await;
        for (asked, page) in
            [("/inbox/", "/inbox"), ("/dashboard/?panel=all", "/dashboard?panel=all"), ("/settings", "/settings/account")]
        {
            let answer = app.get(asked).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (308, page), "{}", answer.text);
        }
        assert_eq!(app.get("/nothing").await.status, 404);
        assert_eq!(app.post("/inbox/", &[]).await.status, 404);
    }

    async fn a_comment_that_is_gone_is_told_as_one(app: TestApp) {
        let app = app.with_ann().await;
        let gone = "/inbox/01890a5d-ac96-774b-bcce-b302099a8057";
        for answer in [app.get(gone).await, app.post(&format!("{gone}/mark"), &[("mark", "star")]).await] {
            assert_eq!(answer.status, 404);
            assert!(answer.text.contains("This comment isn't here any more") && answer.text.contains("Go to the inbox"), "{}", answer.text);
        }
        let other = "/inbox/views/01890a5d-ac96-774b-bcce-b302099a8057/delete";
        for answer in [app.get("/inbox/nothing").await, app.post(other, &[]).await] {
            assert!(answer.status == 404 && !answer.text.contains("This comment"), "no comment was named: {}", answer.text);
            assert!(answer.text.contains("Go to the inbox"), "{}", answer.text);
        }
    }

    async fn every_page_tells_how_demo_mode_stands(app: TestApp) {
        let app = app.with_ann().await;
        let mut pages = Vec::new();
        for (path, _) in readable() {
            let answer = app.get(&path).await;
            if answer.status == 200 && answer.text.contains("action=\"/logout\"") {
                assert_eq!(told(&answer), (1, 0), "{path}: one live place, with nothing to say");
                pages.push(path);
            }
        }
        assert!(pages.len() >= 6, "{pages:?}");
        assert_eq!(app.post("/demo/enable", &[]).await.status, 303);
        for path in pages {
            assert_eq!(told(&app.get(&path).await), (1, 1), "{path}");
        }
    }

    async fn reading_changes_nothing(app: TestApp) {
        let app = app.with_ann().await;
        let before = app.rows().await;
        for _ in 0..2 {
            for (path, _) in readable() {
                app.get(&path).await;
            }
        }
        assert_eq!(app.rows().await, before);
    }
}

#[test]
fn every_answer_is_typed_and_carries_the_security_headers() {
    kit::testing::run(async {
        let app = TestApp::fresh(Engine::Sqlite).await.with_ann().await;
        let stranger = app.browser();
        for (path, _) in readable() {
            for answer in [app.get(&path).await, stranger.get(&path).await] {
                is_secure(&path, &answer);
                assert!(!answer.status.is_server_error(), "{path}: {}", answer.text);
            }
            // Which no address takes.
            let wrong = app.send("PROPFIND", &path, &[], Body::empty()).await;
            is_secure(&path, &wrong);
            assert_eq!(wrong.status, 405, "{path}");
            assert!(wrong.header("allow").contains("GET"), "{path}: {}", wrong.header("allow"));
            assert_eq!(app.send("TRACE", &path, &[], Body::empty()).await.status, 405, "{path}");
        }
        let too_large = app.send("POST", "/login", &[form()], Body::from("x".repeat(327_681))).await;
        is_secure("/login", &too_large);
        assert_eq!(too_large.status, 413);
        assert!(too_large.text.contains("what you wrote is still there"), "{}", too_large.text);
    });
}

#[test]
fn failures_are_pages_for_people_and_problems_for_programs() {
    kit::testing::run(async {
        let app = TestApp::fresh(Engine::Sqlite).await;
        for (method, path, status) in
            [("GET", "/nowhere", 404), ("DELETE", "/login", 405), ("GET", "/setup?token=x", 410)]
        {
            let page = app.send(method, path, &[], Body::empty()).await;
            assert_eq!(page.status.as_u16(), status, "{path}");
            assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
            assert!(page.text.contains("<h1>") && page.text.contains("href=\"/\""), "{path}: {}", page.text);
        }
        for (method, path, status, code) in [
            ("GET", "/api/nowhere", 404, "not_found"),
            ("DELETE", "/api/auth/login", 405, "method_not_allowed"),
            ("GET", "/api/auth/session", 401, "sign_in_needed"),
            ("POST", "/api/auth/login", 415, "media_type"),
            ("GET", "/api", 404, "not_found"),
        ] {
            let problem = app.send(method, path, &[], Body::empty()).await;
            let body = problem.json();
            assert_eq!((problem.status.as_u16(), body["code"].as_str()), (status, Some(code)), "{path}");
            assert_eq!(problem.header("content-type"), "application/problem+json", "{path}");
            assert_eq!(body["status"], status, "{path}");
            assert_eq!(body["request_id"], problem.header("x-request-id"), "{path}");
        }
        let no_json = [("content-type", "application/json")];
        let broken = app.send("POST", "/api/auth/login", &no_json, Body::from("{")).await;
        assert_eq!((broken.status.as_u16(), broken.json()["code"].as_str()), (400, Some("bad_request")));
    });
}

/// How many live places for demo mode a page has, and how many of them say something.
fn told(page: &Answer) -> (usize, usize) {
    (page.text.matches("id=\"panel-demo\"").count(), page.text.matches("data-test=\"demo-banner\"").count())
}

#[test]
fn every_operation_says_what_it_needs() {
    let operations = OPERATIONS.iter().map(|(method, path, _)| (filled(path), (*method).to_owned()));
    let listed =
        routes().into_iter().filter_map(|(path, methods)| Some((path.strip_prefix("/api/v1")?.to_owned(), methods)));
    let listed =
        listed.flat_map(|(path, methods)| methods.into_iter().map(move |method| (path.clone(), method.to_owned())));
    assert_eq!(operations.collect::<BTreeSet<_>>(), listed.collect::<BTreeSet<_>>(), "accounts/api_keys/access.rs");
}

#[test]
fn the_document_describes_every_address_of_the_api() {
    let document: serde_json::Value = serde_json::from_str(crate::web::openapi::text()).expect("it is JSON");
    let paths = document["paths"].as_object().expect("it has paths");
    let described = paths.iter().map(|(path, item)| {
        let methods = item.as_object().expect("methods").keys().map(|method| method.to_uppercase()).collect();
        (filled(path), methods)
    });
    let listed = routes().into_iter().filter_map(|(path, methods)| {
        let methods = methods.into_iter().map(str::to_owned).collect();
        path.strip_prefix("/api/v1").map(|path| (path.to_owned(), methods))
    });
    let (described, listed): (BTreeMap<_, BTreeSet<_>>, BTreeMap<_, _>) = (described.collect(), listed.collect());
    assert_eq!(described, listed, "src/web/openapi/mod.rs lists every handler of routes.rs");
}

fn is_secure(path: &str, answer: &Answer) {
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("trusted-types 'none'"), "{path}: {policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{path}: {name}");
    }
    assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
    for header in ["server", "x-powered-by", "access-control-allow-origin"] {
        assert_eq!(answer.header(header), "", "{path}: {header}");
    }
    if !path.starts_with("/assets/") {
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    let kind = answer.header("content-type");
    assert!(answer.text.is_empty() || !kind.is_empty(), "{path}: a body has a type");
    assert!(!kind.starts_with("text/") || kind.contains("charset=utf-8"), "{path}: {kind}");
}

fn json_type() -> (&'static str, &'static str) {
    ("content-type", "application/json")
}

fn form() -> (&'static str, &'static str) {
    ("content-type", "application/x-www-form-urlencoded")
}

/// What forms, bodies and queries of all features are called, read from the handlers themselves.
fn fields() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the source is there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with("pages.rs") || path.ends_with("api.rs") {
                let text = std::fs::read_to_string(path).expect("source is text");
                let lines =
                    text.lines().filter_map(|line| line.trim_start().trim_start_matches("pub ").split_once(": "));
                let names = lines.map(|(name, _)| name);
                found.extend(
                    names.filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')).map(str::to_owned),
                );
            }
        }
    }
    assert!(found.contains("email") && found.contains("cursor") && found.contains("time_zone"), "{found:?}");
    found
}

fn readable() -> impl Iterator<Item = (String, Vec<&'static str>)> {
    let is_stream = |path: &str| STREAMS.contains(&bare(path).as_str());
    routes().into_iter().filter(move |(path, methods)| methods.contains(&"GET") && !is_stream(path))
}

/// Without the version of the API.
fn bare(path: &str) -> String {
    path.replacen("/api/v1/", "/api/", 1)
}

/// Every address with its methods; parameters stand for something that nobody has.
fn routes() -> BTreeMap<String, Vec<&'static str>> {
    let mut found = BTreeMap::new();
    let code = include_str!("../routes.rs")
        .replace("csp_reports::PATH", "\"/csp-reports\"")
        .replace("health::HEALTH", "\"/healthz\"")
        .replace("health::READY", "\"/readyz\"");
    // The address for monitoring is another one.
    for part in code.split("fn ").skip(1).filter(|part| !part.starts_with("metrics(")) {
        let prefixes = if part.starts_with("api") { vec!["/api", "/api/v1"] } else { vec![""] };
        for route in part.split("route(").skip(1) {
            let mut quoted = route.trim_start().trim_start_matches('"').splitn(2, '"');
            let (path, rest) = (quoted.next().unwrap_or_default(), quoted.next().unwrap_or_default());
            let handlers = rest.split("\n        .").next().unwrap_or_default();
            let methods =
                [("GET", "get("), ("POST", "post("), ("PUT", "put("), ("PATCH", "patch("), ("DELETE", "delete(")]
                    .into_iter()
                    .filter(|(_, call)| handlers.contains(call))
                    .map(|(method, _)| method)
                    .collect::<Vec<_>>();
            for prefix in &prefixes {
                found.insert(format!("{prefix}{}", filled(path)), methods.clone());
            }
        }
    }
    assert!(found.len() > 10 && found.contains_key("/login"), "the addresses are found: {found:?}");
    found
}

/// `/jobs/{id}` as `/jobs/00000000-…`.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => "00000000-0000-7000-8000-000000000000",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}
