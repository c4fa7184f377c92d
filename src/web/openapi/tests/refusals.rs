//! What is refused: always a problem with a code and a request id, whatever was wrong.

use axum::body::Body;
use kit::both_databases;
use serde_json::{Value, json};

use super::conformance::{ask, document};
use crate::testing::{Answer, TestApp};

const NOBODYS: &str = "00000000-0000-7000-8000-000000000000";
const JSON: (&str, &str) = ("content-type", "application/json");

both_databases! {
    async fn nobody_reads_anything_without_signing_in(app: TestApp) {
        for (path, item) in document()["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("methods") {
                if operation["security"] == json!([{}]) {
                    continue;
                }
                let path = format!("/api{}", path.replace("{id}", NOBODYS).replace("{platform}", "youtube"));
                let (status, problem) = ask(&app, &method.to_uppercase(), &path, Value::Null).await;
                assert_eq!((status, &problem["code"]), (401, &json!("sign_in_needed")), "{method} {path}");
            }
        }
    }

    async fn what_is_somebody_elses_is_not_there(app: TestApp) {
        let app = app.with_ann().await;
        let (_, accepted) = ask(&app, "POST", "/api/demo/enable", Value::Null).await;
        let anns = accepted["job_id"].as_str().expect("an id").to_owned();
        let (_, session) = ask(&app, "GET", "/api/auth/session", Value::Null).await;
        let anns_session = session["session"]["id"].as_str().expect("an id");
        let ben = app.invited("ben@example.com").await;
        for job in [anns.as_str(), NOBODYS, "1", "%00", "'%20OR%201=1"] {
            for (method, what) in [("GET", "status"), ("POST", "cancel"), ("POST", "retry")] {
                let (status, problem) = ask(&ben, method, &format!("/api/jobs/{job}/{what}"), Value::Null).await;
                assert_eq!((status, &problem["code"]), (404, &json!("not_found")), "{method} {job}/{what}");
            }
        }
        for (method, path) in [
            ("GET", format!("/api/interactions/{NOBODYS}")),
            ("POST", format!("/api/connections/{NOBODYS}/sync")),
            ("POST", "/api/connections/myspace/start".to_owned()),
            ("DELETE", format!("/api/connections/{NOBODYS}")),
            ("DELETE", format!("/api/auth/sessions/{anns_session}")),
        ] {
            assert_eq!(ask(&ben, method, &path, Value::Null).await.0, 404, "{method} {path}");
        }
        assert_eq!(ask(&ben, "GET", "/api/jobs", Value::Null).await.1["items"], json!([]));
        assert_eq!(ask(&app, "GET", "/api/auth/session", Value::Null).await, (200, session), "Ann is still there");
    }

    async fn a_filter_that_is_not_known_or_given_twice_is_refused(app: TestApp) {
        let app = app.with_ann().await;
        for path in [
            "/api/jobs?colour=red",
            "/api/jobs?status=asleep",
            "/api/jobs?status=failed&status=failed",
            "/api/jobs?limit=0",
            "/api/jobs?limit=101",
            "/api/jobs?limit=-1",
            "/api/jobs?cursor=x",
            "/api/interactions?colour=red",
            "/api/interactions?state=asleep",
            "/api/interactions?state=answered&state=answered",
            "/api/interactions?limit=101",
            "/api/interactions?limit=1&limit=1",
            "/api/interactions?cursor=x",
            "/api/interactions?since=yesterday",
            "/api/connections?platform=youtube",
            "/api/auth/sessions?limit=101",
        ] {
            let (status, problem) = ask(&app, "GET", path, Value::Null).await;
            assert_eq!(status, 400, "{path}: {problem}");
        }
        assert_eq!(ask(&app, "GET", "/api/jobs?limit=100", Value::Null).await.0, 200);
    }

    async fn a_body_that_is_not_as_described_is_refused(app: TestApp) {
        let app = app.with_ann().await;
        let login = "/api/auth/login";
        for (path, headers, body, status) in [
            (login, &[][..], "{}", 415),
            (login, &[("content-type", "text/plain")], "{}", 415),
            (login, &[JSON], "", 400),
            (login, &[JSON], "{", 400),
            (login, &[JSON], "[]", 422),
            (login, &[JSON], "{}", 422),
            (login, &[JSON], r#"{"email":"a@b.example","password":"x","role":"owner"}"#, 422),
            (login, &[JSON], r#"{"email":1,"password":"x"}"#, 422),
            ("/api/auth/signup", &[JSON], r#"{"email":"a@b.example","password":"x","name":"A","is_owner":true}"#, 422),
            ("/api/demo/enable", &[JSON], "{", 400),
            ("/api/demo/enable", &[JSON], r#"{"colour":"red"}"#, 422),
            ("/api/demo/enable", &[JSON], r#"{"size":"endless"}"#, 422),
            ("/api/demo/enable", &[JSON], r#"{"seed":9007199254740992}"#, 422),
            ("/api/demo/enable", &[JSON], r#"{"seed":-1}"#, 422),
            ("/api/connections/youtube/start", &[JSON], r#"{"colour":"red"}"#, 422),
        ] {
            let answer = app.send("POST", path, headers, Body::from(body)).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {body}: {}", answer.text);
            is_problem(&answer, path);
        }
        let large = app.send("POST", login, &[JSON], Body::from("x".repeat(320 * 1024 + 1))).await;
        assert_eq!(large.status, 413);
        is_problem(&large, "a large body");
        assert_eq!(ask(&app, "GET", "/api/demo/status", Value::Null).await.1["status"], "disabled", "nothing was begun");
    }

    async fn a_list_is_no_object_whose_fields_stand_in_their_order(app: TestApp) {
        let app = app.with_ann().await;
        let spec = app.get("/api/openapi.json").await.json();
        let mut seen = 0;
        for (path, operations) in spec["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                if operation["requestBody"].is_null() {
                    continue;
                }
                let path = format!("/api{}", path.replace(['{', '}'], ""));
                for body in ["[]", " \n[\"a@b.example\", \"x\"]"] {
                    let answer = app.send(&method.to_uppercase(), &path, &[JSON], Body::from(body)).await;
                    assert_ne!(answer.status.as_u16() / 100, 2, "{method} {path} {body}: {}", answer.text);
                    seen += usize::from(answer.json()["errors"][0]["field"] == "body");
                }
            }
        }
        assert!(seen > 30, "{seen}: most are refused for this alone");
    }

    async fn an_address_or_method_that_is_not_there_is_a_problem_too(app: TestApp) {
        let app = app.with_ann().await;
        for path in ["/api", "/api/", "/api/nowhere", "/api/v1/jobs/", "/api/v2/jobs", "/api/jobs/a/b/c"] {
            let answer = app.get(path).await;
            assert_eq!(answer.status, 404, "{path}");
            is_problem(&answer, path);
        }
        for (path, allowed) in [("/api/jobs", "GET,HEAD"), ("/api/demo/enable", "POST"), ("/api/auth/sessions/1", "DELETE")] {
            let answer = app.json("PATCH", path, Value::Null).await;
            assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, allowed), "{path}");
            is_problem(&answer, path);
            assert!(answer.json()["detail"].as_str().is_some_and(|told| told.contains("Allow")), "{}", answer.text);
        }
    }

    async fn a_field_that_cannot_be_read_is_named(app: TestApp) {
        let app = app.with_ann().await;
        let notes = format!("/api/interactions/{NOBODYS}/notes");
        for (path, body, field, code) in [
            (notes.as_str(), "{}", "text", "required"),
            (&notes, r#"{"text":1}"#, "text", "bad_value"),
            (&notes, r#"{"text":"a","colour":"red"}"#, "colour", "unknown_field"),
            ("/api/moderation", r#"{"ids":["x"],"verb":"hide"}"#, "ids[0]", "bad_value"),
            ("/api/moderation", r#"{"ids":[],"verb":"edit"}"#, "verb", "bad_value"),
            ("/api/demo/enable", r#"{"size":"endless"}"#, "size", "bad_value"),
        ] {
            let answer = app.send("POST", path, &[JSON], Body::from(body)).await;
            let problem = answer.json();
            assert_eq!((answer.status.as_u16(), &problem["code"]), (422, &json!("invalid")), "{body}: {problem}");
            let error = &problem["errors"][0];
            assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)), "{path} {body}: {problem}");
            is_problem(&answer, path);
        }
    }
}

fn is_problem(answer: &Answer, what: &str) {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status.as_u16(), "{what}");
    assert_eq!(problem["request_id"], answer.header("x-request-id"), "{what}");
    for key in ["type", "title", "code", "detail", "request_id"] {
        assert!(problem[key].as_str().is_some_and(|text| !text.is_empty()), "{what}: {key}: {problem}");
    }
}
