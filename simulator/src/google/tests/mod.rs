//! What is the same at all of Google's hosts, over the wire.

mod refusals;
mod sweep;

use std::io::Read as _;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::Host;
use crate::testing::{Sim, answer, text, with_sim};

const OWN: &str = "channels?part=id,snippet&mine=true";

async fn connected(sim: &Sim) -> String {
    sim.make_profile("ann", "k1", json!({})).await;
    sim.connect("ann").await
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// Every thread's id, newest first.
async fn thread_ids(sim: &Sim, token: &str) -> Vec<String> {
    let channel = text(&sim.get(token, "channels?part=id&mine=true").await["items"][0]["id"]);
    let path = format!("commentThreads?part=id&allThreadsRelatedToChannelId={channel}&maxResults=100");
    sim.all(token, &path).await.iter().map(|thread| text(&thread["id"])).collect()
}

#[test]
fn an_answer_is_indented_unless_that_is_forbidden_and_begins_with_its_kind() {
    with_sim(async |sim| {
        let token = connected(&sim).await;
        let usual = sim.youtube(&token, Method::GET, OWN).send().await.unwrap();
        assert_eq!(header(&usual, "content-type"), "application/json; charset=UTF-8");
        let usual = usual.text().await.unwrap();
        assert!(usual.starts_with("{\n  \"kind\": \"youtube#channelListResponse\",\n  \"etag\": "), "{usual}");
        let compact = sim.youtube(&token, Method::GET, &format!("{OWN}&prettyPrint=false")).send().await.unwrap();
        let compact = compact.text().await.unwrap();
        assert!(compact.starts_with(r#"{"kind":"youtube#channelListResponse","etag":"#) && !compact.contains('\n'));
        assert_eq!(serde_json::from_str::<Value>(&usual).unwrap(), serde_json::from_str::<Value>(&compact).unwrap());

        let refused = sim.youtube(&token, Method::GET, "channels?mine=true").send().await.unwrap();
        let refused = refused.text().await.unwrap();
        assert!(refused.starts_with("{\n  \"error\": {\n    \"code\": 400,\n    \"message\": "), "{refused}");
    });
}

#[test]
fn what_was_seen_before_is_not_told_again() {
    with_sim(async |sim| {
        let token = connected(&sim).await;
        let first = sim.youtube(&token, Method::GET, OWN).send().await.unwrap();
        let tag = header(&first, "etag");
        let body: Value = first.json().await.unwrap();
        assert_eq!(format!("\"{}\"", text(&body["etag"])), tag);
        let asked = async |seen: &str| {
            sim.youtube(&token, Method::GET, OWN).header("if-none-match", seen).send().await.unwrap()
        };
        for seen in [tag.as_str(), &text(&body["etag"]), &format!("\"other\", W/{tag}"), "*"] {
            let again = asked(seen).await;
            assert_eq!((again.status(), header(&again, "etag")), (StatusCode::NOT_MODIFIED, tag.clone()), "{seen}");
            assert_eq!(again.text().await.unwrap(), "");
        }
        assert_eq!(asked("\"other\"").await.status(), StatusCode::OK);
        let chosen = sim.youtube(&token, Method::GET, &format!("{OWN}&fields=items/id")).send().await.unwrap();
        assert_eq!(header(&chosen, "etag"), tag, "whatever is chosen of it");
    });
}

#[test]
fn a_long_answer_is_compressed_for_whoever_can_read_that() {
    with_sim(async |sim| {
        let token = connected(&sim).await;
        let asked = || sim.youtube(&token, Method::GET, OWN);
        let plain = asked().send().await.unwrap();
        assert_eq!(header(&plain, "content-encoding"), "");
        let plain = plain.bytes().await.unwrap();
        let packed = asked().header("accept-encoding", "gzip, deflate").send().await.unwrap();
        assert_eq!(header(&packed, "content-encoding"), "gzip");
        let packed = packed.bytes().await.unwrap();
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(packed.as_ref()).read_to_end(&mut unpacked).unwrap();
        assert!(unpacked == plain && packed.len() < plain.len());
    });
}

#[test]
fn a_head_is_a_get_without_a_body() {
    with_sim(async |sim| {
        let token = connected(&sim).await;
        let whole = sim.youtube(&token, Method::GET, OWN).send().await.unwrap();
        let head = sim.youtube(&token, Method::HEAD, OWN).send().await.unwrap();
        assert_eq!((head.status(), header(&head, "etag")), (StatusCode::OK, header(&whole, "etag")));
        assert_eq!(header(&head, "content-length"), whole.bytes().await.unwrap().len().to_string());
        assert_eq!(head.text().await.unwrap(), "");
    });
}

#[test]
fn a_get_whose_address_would_be_too_long_comes_as_a_post() {
    with_sim(async |sim| {
        let token = connected(&sim).await;
        let ids = thread_ids(&sim, &token).await[..50].join("%2C");
        let post = |path: &str, form: String| {
            sim.youtube(&token, Method::POST, path)
                .header("x-http-method-override", "GET")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form)
        };
        let (status, list) = answer(post("comments", format!("part=snippet&id={ids}&alt=json"))).await;
        assert_eq!((status, list["items"].as_array().map(Vec::len)), (StatusCode::OK, Some(50)), "{list}");
        let (status, list) = answer(post("channels?part=id", "mine=true".into())).await;
        assert_eq!((status, &list["kind"]), (StatusCode::OK, &json!("youtube#channelListResponse")));
        let post = post("comments?part=snippet", String::new()).header("x-http-method-override", "LOOK AT");
        assert_eq!(answer(post).await.0, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn the_host_for_everything_answers_youtubes_calls() {
    with_sim(async |sim| {
        let token = connected(&sim).await;
        let url = format!("{}/youtube/v3/{OWN}", sim.host(Host::GoogleApis));
        let (status, there) = answer(sim.client.get(url).bearer_auth(&token)).await;
        assert_eq!((status, there), (StatusCode::OK, sim.get(&token, OWN).await));
    });
}

#[test]
fn whoever_shows_no_token_is_told_what_is_missing() {
    with_sim(async |sim| {
        connected(&sim).await;
        let url = format!("{}/youtube/v3/{OWN}", sim.host(Host::Youtube));
        let (status, refused) = answer(sim.client.get(&url)).await;
        assert_eq!((status, &refused["error"]["status"]), (StatusCode::FORBIDDEN, &json!("PERMISSION_DENIED")));
        let (status, refused) = answer(sim.client.get(format!("{url}&key=AIza-guess"))).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(refused["error"]["message"], "API key not valid. Please pass a valid API key.");
        let refused = sim.client.get(&url).bearer_auth("ya29.guess").send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        let challenge = header(&refused, "www-authenticate");
        assert_eq!(challenge, r#"Bearer realm="https://accounts.google.com/", error="invalid_token""#);
    });
}

/// As google-api-python-client writes it: with line feeds alone.
fn batch(calls: &[(&str, String)]) -> String {
    let parts = calls.iter().map(|(id, call)| {
        format!("--===b\nContent-Type: application/http\nMIME-Version: 1.0\nContent-Transfer-Encoding: binary\nContent-ID: <{id}>\n\n{call}\n")
    });
    parts.collect::<String>() + "--===b--"
}

#[test]
fn several_calls_come_in_one() {
    with_sim(async |sim| {
        let token = connected(&sim).await;
        let thread = thread_ids(&sim, &token).await.remove(0);
        let body = json!({ "snippet": { "parentId": thread, "textOriginal": "From a batch" } }).to_string();
        let get = |query: &str| {
            format!("GET /youtube/v3/{query} HTTP/1.1\nHost: youtube.googleapis.com\naccept: application/json\n\n")
        };
        let insert = format!(
            "POST /youtube/v3/comments?part=snippet HTTP/1.1\ncontent-type: application/json\ncontent-length: {}\n\n{body}",
            body.len()
        );
        let calls = [
            ("b + 1", get("channels?part=id&mine=true")),
            ("b + 2", insert),
            ("b + 3", get("channels?part=nonsense&mine=true")),
            ("b + 4", "nonsense".to_owned()),
        ];
        for (host, path) in [(Host::Youtube, "batch"), (Host::GoogleApis, "batch/youtube/v3")] {
            let post = sim.client.post(format!("{}/{path}", sim.host(host))).bearer_auth(&token);
            let post = post.header("content-type", "multipart/mixed; boundary=\"===b\"").body(batch(&calls));
            let told = post.send().await.unwrap();
            let (status, kind) = (told.status(), header(&told, "content-type"));
            assert_eq!(status, StatusCode::OK);
            let boundary = kind.strip_prefix("multipart/mixed; boundary=").expect("several answers").to_owned();
            let told = told.text().await.unwrap();
            let parts: Vec<&str> = told.split(&format!("--{boundary}") as &str).collect();
            assert_eq!((parts[0], parts[5], parts.len()), ("", "--\r\n", 6), "{told}");
            for (part, (id, status)) in parts[1..5].iter().zip([
                ("b + 1", "200 OK"),
                ("b + 2", "200 OK"),
                ("b + 3", "400 Bad Request"),
                ("b + 4", "400 Bad Request"),
            ]) {
                // What cannot be read has its id all the same only where its head could be.
                assert!(part.contains(&format!("\r\n\r\nHTTP/1.1 {status}\r\n")), "{part}");
                assert!(id == "b + 4" || part.contains(&format!("Content-ID: <response-{id}>\r\n")), "{part}");
            }
            assert!(parts[1].contains("youtube#channelListResponse") && parts[2].contains("From a batch"), "{told}");
        }
        let post = sim.client.post(format!("{}/batch", sim.host(Host::Youtube))).bearer_auth(&token);
        assert_eq!(answer(post.body("nothing of that kind")).await.0, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn the_business_hosts_take_several_calls_in_one_too() {
    with_sim(async |sim| {
        sim.make_profile("ben", "k1", json!({ "story": "restaurant" })).await;
        let token = sim.connect_business("ben").await;
        let calls = [("b + 1", "GET /v1/accounts?alt=json HTTP/1.1\n\n".to_owned())];
        let post = sim.client.post(format!("{}/batch", sim.host(Host::GbpAccounts))).bearer_auth(&token);
        let told = post.header("content-type", "multipart/mixed; boundary=\"===b\"").body(batch(&calls));
        let told = told.send().await.unwrap().text().await.unwrap();
        assert!(told.contains("Content-ID: <response-b + 1>") && told.contains("\"type\": \"PERSONAL\""), "{told}");
    });
}
