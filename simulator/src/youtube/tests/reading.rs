//! Reading: pages, parts, refusals, faults. No database decides here, so one is enough.

use std::collections::HashSet;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{channel_id, connected, ids, reply, text_items, threads, top};
use crate::testing::{Sim, answer, text, with_sim};

/// Threads of one status with all their replies: the ids of every comment.
async fn read_all(sim: &Sim, token: &str, channel: &str, status: &str) -> Vec<String> {
    let path = format!(
        "commentThreads?part=snippet,replies&allThreadsRelatedToChannelId={channel}&maxResults=100&moderationStatus={status}"
    );
    let mut found = Vec::new();
    for thread in sim.all(token, &path).await {
        if top(&thread)["moderationStatus"] == status {
            found.push(text(&thread["id"]));
        }
        let shown = thread["replies"]["comments"].as_array().cloned().unwrap_or_default();
        if thread["snippet"]["totalReplyCount"].as_u64() > Some(shown.len() as u64) {
            let path = format!("comments?part=snippet&parentId={}&maxResults=100", text(&thread["id"]));
            found.extend(ids(&sim.all(token, &path).await));
        } else {
            found.extend(ids(&shown));
        }
    }
    found
}

#[test]
fn a_complete_read_finds_exactly_what_the_profile_promises() {
    with_sim(async |sim| {
        let (token, profile) = connected(&sim).await;
        let promised = &profile["platforms"]["youtube"]["promised"];
        let own =
            &sim.get(&token, "channels?part=id,snippet,statistics,contentDetails,status&mine=true").await["items"][0];
        assert_eq!(own["snippet"]["title"], "Northside Coffee Lab");
        let uploads = format!(
            "playlistItems?part=snippet,contentDetails,status&maxResults=50&playlistId={}",
            text(&own["contentDetails"]["relatedPlaylists"]["uploads"])
        );
        let videos: Vec<String> =
            sim.all(&token, &uploads).await.iter().map(|item| text(&item["contentDetails"]["videoId"])).collect();
        assert_eq!(json!(videos.len()), promised["videos"]);

        let list = sim
            .get(&token, &format!("videos?part=snippet,statistics,contentDetails,status&id={}", videos.join(",")))
            .await;
        let stats = sim
            .get(
                &token,
                &format!("videos:batchGetStats?part=snippet,statistics,contentDetails&id={}", videos.join(",")),
            )
            .await;
        assert_eq!(text_items(list.clone()).len(), videos.len());
        assert_eq!(list["items"][3]["statistics"]["viewCount"], stats["items"][3]["statistics"]["viewCount"]);

        let mut found = Vec::new();
        for status in ["published", "heldForReview", "likelySpam", "rejected"] {
            found.extend(read_all(&sim, &token, &text(&own["id"]), status).await);
        }
        assert_eq!(found.iter().collect::<HashSet<_>>().len(), found.len(), "nothing comes twice");
        assert_eq!(json!(found.len()), promised["interactions"]);
    });
}

#[test]
fn pages_are_steady_while_new_comments_arrive() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim).await;
        let channel = channel_id(&sim, &token).await;
        let path = format!("commentThreads?part=id&allThreadsRelatedToChannelId={channel}");
        let whole = ids(&sim.all(&token, &format!("{path}&maxResults=100")).await);
        let first = sim.get(&token, &format!("{path}&maxResults=30")).await;
        let next = text(&first["nextPageToken"]);
        sim.hand.advance(Duration::from_secs(1800));
        let second = sim.get(&token, &format!("{path}&maxResults=30&pageToken={next}")).await;
        assert_eq!(ids(&text_items(second)), whole[30..60]);
        assert!(!whole.contains(&ids(&text_items(sim.get(&token, &path).await))[0]), "a new one stands in front");

        let relevant = format!("{path}&maxResults=100&order=relevance");
        assert_eq!(sim.all(&token, &relevant).await.len(), sim.all(&token, &path).await.len());
        for (bad, query) in [("bogus", &path), (next.as_str(), &relevant), (&next[1..], &path)] {
            let refused = sim.refusal(&token, Method::GET, &format!("{query}&pageToken={bad}"), json!({})).await;
            assert_eq!(refused, (400, "invalidPageToken".into()), "{bad}");
        }
    });
}

#[test]
fn only_the_parts_that_were_asked_for_are_answered() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim).await;
        let item = |list: &Value| list["items"][0].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let channel = sim.get(&token, "channels?part=statistics&mine=true").await;
        assert_eq!(item(&channel), ["etag", "id", "kind", "statistics"]);
        let threads =
            format!("commentThreads?part=id&allThreadsRelatedToChannelId={}", text(&channel["items"][0]["id"]));
        assert_eq!(item(&sim.get(&token, &threads).await), ["etag", "id", "kind"]);
        let (_, chosen) = answer(sim.youtube(
            &token,
            Method::GET,
            "channels?part=snippet&mine=true&fields=items(id,snippet/country)",
        ))
        .await;
        assert_eq!(chosen, json!({ "items": [{ "id": channel["items"][0]["id"], "snippet": { "country": "GB" } }] }));
        for bad in ["items(", "items(nonsense)", "items/id/title", "items/snippet/nonsense", "pages"] {
            let path = format!("channels?part=snippet&mine=true&fields={bad}");
            let refused = sim.refusal(&token, Method::GET, &path, json!({})).await;
            assert_eq!(refused, (400, "invalidParameter".into()), "{bad}");
        }
    });
}

/// What python-youtube asks for unless it is told otherwise, and everything else that is documented.
#[test]
fn every_documented_part_is_answered_or_silently_absent() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim).await;
        let channel = sim
            .get(
                &token,
                "channels?mine=true&part=id,brandingSettings,contentDetails,contentOwnerDetails,localizations,snippet,statistics,status,topicDetails",
            )
            .await["items"][0]
            .clone();
        assert_eq!(channel["brandingSettings"]["channel"]["title"], channel["snippet"]["title"]);
        assert_eq!(channel["topicDetails"]["topicCategories"], json!(["https://en.wikipedia.org/wiki/Food"]));
        assert_eq!((&channel["contentOwnerDetails"], channel.get("localizations")), (&json!({}), None));

        let uploads = text(&channel["contentDetails"]["relatedPlaylists"]["uploads"]);
        let items = sim.get(&token, &format!("playlistItems?part=contentDetails&playlistId={uploads}")).await;
        let id = text(&items["items"][0]["contentDetails"]["videoId"]);
        let parts = "id,contentDetails,fileDetails,liveStreamingDetails,localizations,paidProductPlacementDetails,player,processingDetails,recordingDetails,snippet,statistics,status,suggestions,topicDetails";
        let video = sim.get(&token, &format!("videos?part={parts}&id={id}")).await["items"][0].clone();
        assert!(text(&video["player"]["embedHtml"]).contains(&id), "{video}");
        assert_eq!(video["processingDetails"]["processingStatus"], "succeeded");
        assert_eq!(video["paidProductPlacementDetails"]["hasPaidProductPlacement"], false);
        for empty in ["recordingDetails", "suggestions"] {
            assert_eq!(video[empty], json!({}), "{empty}");
        }
        for absent in ["liveStreamingDetails", "localizations"] {
            assert_eq!(video.get(absent), None, "{absent}");
        }
    });
}

#[test]
fn uploads_are_turned_over_in_both_directions_and_found_one_by_one() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim).await;
        let own = sim.get(&token, "channels?part=contentDetails&mine=true").await["items"][0].clone();
        let uploads = text(&own["contentDetails"]["relatedPlaylists"]["uploads"]);
        let path = format!("playlistItems?part=contentDetails&maxResults=5&playlistId={uploads}");
        let page = async |token_of_page: &str| sim.get(&token, &format!("{path}&pageToken={token_of_page}")).await;
        let first = page("").await;
        assert_eq!(first.get("prevPageToken"), None);
        let second = page(&text(&first["nextPageToken"])).await;
        let third = page(&text(&second["nextPageToken"])).await;
        assert_eq!(page(&text(&third["prevPageToken"])).await, second);
        assert_eq!(page(&text(&second["prevPageToken"])).await, first);

        let sought = &second["items"][3];
        let video = text(&sought["contentDetails"]["videoId"]);
        for query in [format!("playlistId={uploads}&videoId={video}"), format!("id={}", text(&sought["id"]))] {
            let found = sim.get(&token, &format!("playlistItems?part=contentDetails&{query}")).await;
            assert_eq!(found["items"], json!([sought]), "{query}");
        }
    });
}

#[test]
fn a_channel_is_found_by_its_handle_however_it_is_written() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim).await;
        let handle =
            text(&sim.get(&token, "channels?part=snippet&mine=true").await["items"][0]["snippet"]["customUrl"]);
        let count = async |query: &str| text_items(sim.get(&token, &format!("channels?part=id&{query}")).await).len();
        for written in [handle.to_uppercase(), handle.trim_start_matches('@').to_lowercase()] {
            assert_eq!(count(&format!("forHandle={written}")).await, 1, "{written}");
        }
        assert_eq!(count("forUsername=NorthsideCoffeeLab").await, 0, "a name from before there were handles");
    });
}

#[test]
fn where_it_went_wrong_is_told() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim).await;
        let answered = json!({ "snippet": { "parentId": "nothing", "textOriginal": "x" } });
        for (method, path, body, location, kind) in [
            (Method::GET, "channels?part=snippet", json!({}), "parameters.", "other"),
            (Method::GET, "channels?part=gossip&mine=true", json!({}), "part", "parameter"),
            (Method::POST, "comments?part=snippet", answered, "body.snippet.parentId", "other"),
        ] {
            let (_, refused) = answer(sim.youtube(&token, method, path).json(&body)).await;
            let entry = &refused["error"]["errors"][0];
            assert_eq!((&entry["location"], &entry["locationType"]), (&json!(location), &json!(kind)), "{path}");
        }
    });
}

#[test]
fn text_is_html_unless_plain_is_asked_for() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim).await;
        let thread = text(&threads(&sim, &token).await[0]["id"]);
        let (_, written) = reply(&sim, &token, &thread, "a < b\n& \"c\"").await;
        let path = format!("comments?part=snippet&id={}", text(&written["id"]));
        let shown = async |format: &str| {
            text(&sim.get(&token, &format!("{path}{format}")).await["items"][0]["snippet"]["textDisplay"])
        };
        assert_eq!(shown("").await, "a &lt; b<br>&amp; &quot;c&quot;");
        assert_eq!(shown("&textFormat=plainText").await, "a < b\n& \"c\"");
    });
}

#[test]
fn what_cannot_be_answered_is_refused_in_the_providers_words() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim).await;
        let channel = channel_id(&sim, &token).await;
        let related = format!("commentThreads?part=snippet&allThreadsRelatedToChannelId={channel}");
        for (path, status, reason) in [
            ("channels?mine=true", 400, "missingRequiredParameter"),
            ("channels?part=snippet", 400, "missingRequiredParameter"),
            ("channels?part=gossip&mine=true", 400, "unknownPart"),
            ("channels?part=snippet&mine=true&id=x", 400, "incompatibleParameters"),
            ("channels?part=snippet&mine=true&maxResults=51", 400, "invalidParameter"),
            ("playlistItems?part=snippet&playlistId=UUnothing", 404, "playlistNotFound"),
            ("videos?part=snippet", 400, "missingRequiredParameter"),
            ("videos:batchGetStats?part=snippet", 400, "missingRequiredParameter"),
            ("commentThreads?part=snippet&videoId=nothing", 404, "videoNotFound"),
            ("commentThreads?part=snippet&allThreadsRelatedToChannelId=UCother", 404, "channelNotFound"),
            ("commentThreads?part=snippet&id=x&moderationStatus=published", 400, "incompatibleParameters"),
            (&format!("{related}&maxResults=0"), 400, "invalidParameter"),
            (&format!("{related}&maxResults=101"), 400, "invalidParameter"),
            (&format!("{related}&order=rating"), 400, "invalidParameter"),
            (&format!("{related}&moderationStatus=deleted"), 400, "invalidParameter"),
            (&format!("{related}&textFormat=markdown"), 400, "invalidParameter"),
            ("comments?part=snippet&parentId=nothing", 404, "commentNotFound"),
            ("comments?part=snippet", 400, "missingRequiredParameter"),
            ("search?part=snippet", 404, "notFound"),
            ("channels?part=snippet&mine=true&pageToken=bogus", 400, "invalidPageToken"),
            ("channels?part=snippet&managedByMe=true", 403, "channelForbidden"),
            ("channels?part=auditDetails&mine=true", 403, "insufficientPermissions"),
            ("videos?part=snippet&id=x&pageToken=bogus", 400, "invalidPageToken"),
            ("videos?part=snippet&chart=nonsense", 400, "videoChartNotFound"),
            ("videos?part=snippet&myRating=love", 400, "invalidParameter"),
            ("commentThreads?part=snippet&id=x&order=time", 400, "incompatibleParameters"),
            ("commentThreads?part=snippet&id=x&pageToken=x", 400, "incompatibleParameters"),
            ("commentThreads?part=snippet&id=x&searchTerms=x", 400, "incompatibleParameters"),
            ("comments?part=snippet&id=x&pageToken=x", 400, "incompatibleParameters"),
        ] {
            assert_eq!(sim.refusal(&token, Method::GET, path, json!({})).await, (status, reason.into()), "{path}");
        }
        assert_eq!(sim.refusal("ya29.guess", Method::GET, &related, json!({})).await, (401, "authError".into()));
        let many = vec!["x"; 51].join(",");
        assert_eq!(sim.refusal(&token, Method::GET, &format!("videos?part=id&id={many}"), json!({})).await.0, 400);
    });
}

#[test]
fn faults_are_met_as_often_as_they_were_ordered() {
    with_sim(async |sim| {
        let (token, _) = connected(&sim).await;
        let path = "channels?part=snippet&mine=true";
        for (kind, status, reason) in [
            ("unauthorized", 401, "authError"),
            ("quota", 403, "quotaExceeded"),
            ("rate_limited", 403, "rateLimitExceeded"),
            ("server_error", 503, "backendError"),
        ] {
            sim.set_fault("ann", json!({ "kind": kind, "calls": 2 })).await;
            for _ in 0..2 {
                assert_eq!(sim.refusal(&token, Method::GET, path, json!({})).await, (status, reason.into()));
            }
            sim.get(&token, path).await;
        }
        sim.set_fault("ann", json!({ "kind": "truncated" })).await;
        let body = sim.youtube(&token, Method::GET, path).send().await.unwrap().text().await.unwrap();
        assert!(body.starts_with('{') && serde_json::from_str::<Value>(&body).is_err());
        sim.set_fault("ann", json!({ "kind": "slow", "calls": 1 })).await;
        sim.get(&token, path).await;
        sim.set_fault("ann", json!({ "kind": "server_error" })).await;
        sim.set_fault("ann", json!({ "kind": "none" })).await;
        sim.get(&token, path).await;
    });
}

#[test]
fn two_users_never_meet() {
    with_sim(async |sim| {
        let (ann, _) = connected(&sim).await;
        sim.make_profile("bob", "k2", json!({})).await;
        let bob = sim.connect("bob").await;
        let anns = channel_id(&sim, &ann).await;
        assert_ne!(anns, channel_id(&sim, &bob).await);
        assert!(text_items(sim.get(&bob, &format!("channels?part=snippet&id={anns}")).await).is_empty());
        let path = format!("commentThreads?part=snippet&allThreadsRelatedToChannelId={anns}");
        assert_eq!(sim.refusal(&bob, Method::GET, &path, json!({})).await, (404, "channelNotFound".into()));
        let thread = text(&threads(&sim, &ann).await[0]["id"]);
        assert_eq!(reply(&sim, &bob, &thread, "Hello").await.0, StatusCode::NOT_FOUND);
    });
}
