use std::collections::HashSet;
use std::time::Duration;

use kit::both_databases;
use kit::clock::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::testing::{Sim, answer, text};

async fn connected(sim: &Sim) -> (String, Value) {
    let (_, profile) = sim.make_profile("ann", "k1", json!({})).await;
    (sim.connect("ann").await, profile)
}

async fn channel_id(sim: &Sim, token: &str) -> String {
    text(&sim.get(token, "channels?part=id&mine=true").await["items"][0]["id"])
}

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| text(&item["id"])).collect()
}

fn top(thread: &Value) -> &Value {
    &thread["snippet"]["topLevelComment"]["snippet"]
}

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

async fn threads(sim: &Sim, token: &str) -> Vec<Value> {
    let channel = channel_id(sim, token).await;
    let path = format!(
        "commentThreads?part=snippet,replies&allThreadsRelatedToChannelId={channel}&maxResults=100&textFormat=plainText"
    );
    text_items(sim.get(token, &path).await)
}

fn text_items(list: Value) -> Vec<Value> {
    list["items"].as_array().cloned().unwrap_or_default()
}

async fn reply(sim: &Sim, token: &str, parent: &str, text: &str) -> (StatusCode, Value) {
    let body = json!({ "snippet": { "parentId": parent, "textOriginal": text } });
    answer(sim.youtube(token, Method::POST, "comments?part=snippet").json(&body)).await
}

async fn small_client_tokens(sim: &Sim, form: &[(&str, &str)]) -> Value {
    let url = format!("{}/token", sim.host(crate::Host::GoogleOauth));
    answer(sim.client.post(url).basic_auth("small", Some("s")).form(form)).await.1
}

both_databases! {
    async fn a_complete_read_finds_exactly_what_the_profile_promises(sim: Sim) {
        let (token, profile) = connected(&sim).await;
        let promised = &profile["platforms"]["youtube"]["promised"];
        let own = &sim.get(&token, "channels?part=id,snippet,statistics,contentDetails,status&mine=true").await["items"][0];
        assert_eq!(own["snippet"]["title"], "Northside Coffee Lab");
        let uploads = format!("playlistItems?part=snippet,contentDetails,status&maxResults=50&playlistId={}", text(&own["contentDetails"]["relatedPlaylists"]["uploads"]));
        let videos: Vec<String> = sim.all(&token, &uploads).await.iter().map(|item| text(&item["contentDetails"]["videoId"])).collect();
        assert_eq!(json!(videos.len()), promised["videos"]);

        let list = sim.get(&token, &format!("videos?part=snippet,statistics,contentDetails,status&id={}", videos.join(","))).await;
        let stats = sim.get(&token, &format!("videos:batchGetStats?part=snippet,statistics,contentDetails&id={}", videos.join(","))).await;
        assert_eq!(text_items(list.clone()).len(), videos.len());
        assert_eq!(list["items"][3]["statistics"]["viewCount"], stats["items"][3]["statistics"]["viewCount"]);

        let mut found = Vec::new();
        for status in ["published", "heldForReview", "likelySpam", "rejected"] {
            found.extend(read_all(&sim, &token, &text(&own["id"]), status).await);
        }
        assert_eq!(found.iter().collect::<HashSet<_>>().len(), found.len(), "nothing comes twice");
        assert_eq!(json!(found.len()), promised["interactions"]);
    }

    async fn pages_are_steady_while_new_comments_arrive(sim: Sim) {
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
    }

    async fn only_the_parts_that_were_asked_for_are_answered(sim: Sim) {
        let (token, _) = connected(&sim).await;
        let item = |list: &Value| list["items"][0].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let channel = sim.get(&token, "channels?part=statistics&mine=true").await;
        assert_eq!(item(&channel), ["etag", "id", "kind", "statistics"]);
        let threads = format!("commentThreads?part=id&allThreadsRelatedToChannelId={}", text(&channel["items"][0]["id"]));
        assert_eq!(item(&sim.get(&token, &threads).await), ["etag", "id", "kind"]);
    }

    async fn text_is_html_unless_plain_is_asked_for(sim: Sim) {
        let (token, _) = connected(&sim).await;
        let thread = text(&threads(&sim, &token).await[0]["id"]);
        let (_, written) = reply(&sim, &token, &thread, "a < b\n& \"c\"").await;
        let path = format!("comments?part=snippet&id={}", text(&written["id"]));
        let shown = async |format: &str| text(&sim.get(&token, &format!("{path}{format}")).await["items"][0]["snippet"]["textDisplay"]);
        assert_eq!(shown("").await, "a &lt; b<br>&amp; &quot;c&quot;");
        assert_eq!(shown("&textFormat=plainText").await, "a < b\n& \"c\"");
    }

    async fn what_cannot_be_answered_is_refused_in_the_providers_words(sim: Sim) {
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
        ] {
            assert_eq!(sim.refusal(&token, Method::GET, path, json!({})).await, (status, reason.into()), "{path}");
        }
        assert_eq!(sim.refusal("ya29.guess", Method::GET, &related, json!({})).await, (401, "authError".into()));
        let many = vec!["x"; 51].join(",");
        assert_eq!(sim.refusal(&token, Method::GET, &format!("videos?part=id&id={many}"), json!({})).await.0, 400);
    }

    async fn a_reply_is_written_changed_and_taken_back(sim: Sim) {
        let mut sim = sim;
        let (token, _) = connected(&sim).await;
        let before = threads(&sim, &token).await;
        let thread = before.iter().find(|thread| thread["snippet"]["canReply"] == true).unwrap();
        let id = text(&thread["id"]);
        let replies = thread["snippet"]["totalReplyCount"].as_u64().unwrap();
        let (status, written) = reply(&sim, &token, &id, "Thank you!").await;
        assert_eq!(status, StatusCode::OK, "{written}");
        assert_eq!(super::schema::faults(&written), Vec::<String>::new());
        let own = text(&written["id"]);
        assert!(own.starts_with(&format!("{id}.")), "{own}");
        assert_eq!(written["snippet"]["authorChannelId"]["value"], channel_id(&sim, &token).await);

        sim.hand.advance(Duration::from_secs(60));
        let change = json!({ "id": own, "snippet": { "textOriginal": "Thanks a lot!" } });
        let (status, changed) = answer(sim.youtube(&token, Method::PUT, "comments?part=snippet").json(&change)).await;
        assert_eq!((status, &changed["snippet"]["textDisplay"]), (StatusCode::OK, &json!("Thanks a lot!")));
        assert_ne!(changed["snippet"]["updatedAt"], changed["snippet"]["publishedAt"]);

        sim.restart().await;
        let again = sim.get(&token, &format!("commentThreads?part=snippet,replies&id={id}")).await;
        assert_eq!(again["items"][0]["snippet"]["totalReplyCount"], replies + 1);
        assert!(again["items"][0]["replies"]["comments"].as_array().unwrap().iter().any(|reply| reply["snippet"]["textOriginal"] == "Thanks a lot!"));

        let delete = || sim.youtube(&token, Method::DELETE, &format!("comments?id={own}"));
        assert_eq!(answer(delete()).await.0, StatusCode::NO_CONTENT);
        assert_eq!(answer(delete()).await.0, StatusCode::NOT_FOUND);
        let again = sim.get(&token, &format!("commentThreads?part=snippet&id={id}")).await;
        assert_eq!(again["items"][0]["snippet"]["totalReplyCount"], replies);
    }

    async fn a_comment_of_ones_own_begins_a_thread(sim: Sim) {
        let (token, _) = connected(&sim).await;
        let channel = channel_id(&sim, &token).await;
        let threads_before = threads(&sim, &token).await;
        let body = |text: &str, video: &Value| json!({ "snippet": { "channelId": channel, "videoId": video, "topLevelComment": { "snippet": { "textOriginal": text } } } });
        let video = &threads_before[0]["snippet"]["videoId"];
        let post = |body: Value| sim.youtube(&token, Method::POST, "commentThreads?part=snippet").json(&body);
        let (status, thread) = answer(post(body("Ask me anything", video))).await;
        assert_eq!(status, StatusCode::OK, "{thread}");
        assert_eq!(super::schema::faults(&thread), Vec::<String>::new());
        assert_eq!(threads(&sim, &token).await[0]["id"], thread["id"]);
        assert_eq!(answer(post(body("Hello", &json!("nothing")))).await.0, StatusCode::NOT_FOUND);
        assert_eq!(answer(post(body(" ", video))).await.0, StatusCode::BAD_REQUEST);
    }

    async fn a_write_that_makes_no_sense_is_refused(sim: Sim) {
        let (token, _) = connected(&sim).await;
        let all = threads(&sim, &token).await;
        let channel = channel_id(&sim, &token).await;
        let foreign = all.iter().find(|thread| top(thread)["authorChannelId"]["value"] != channel.as_str()).unwrap();
        let id = text(&foreign["id"]);
        let held = format!("commentThreads?part=snippet&allThreadsRelatedToChannelId={channel}&moderationStatus=heldForReview");
        let held = text(&sim.get(&token, &held).await["items"][0]["id"]);
        let post = |snippet: Value| json!({ "snippet": snippet });
        for (body, status, reason) in [
            (post(json!({ "textOriginal": "x" })), 400, "parentIdMissing"),
            (post(json!({ "parentId": id })), 400, "commentTextRequired"),
            (post(json!({ "parentId": id, "textOriginal": "x".repeat(10_001) })), 400, "commentTextTooLong"),
            (post(json!({ "parentId": "nothing", "textOriginal": "x" })), 404, "commentNotFound"),
            (post(json!({ "parentId": held, "textOriginal": "x" })), 400, "parentCommentIsPrivate"),
            (json!([]), 400, "parseError"),
        ] {
            let refused = sim.refusal(&token, Method::POST, "comments?part=snippet", body.clone()).await;
            assert_eq!(refused, (status, reason.into()), "{body:.200}");
        }
        let change = json!({ "id": id, "snippet": { "textOriginal": "x" } });
        assert_eq!(sim.refusal(&token, Method::PUT, "comments?part=snippet", change).await, (403, "forbidden".into()));
        assert_eq!(sim.refusal(&token, Method::DELETE, &format!("comments?id={id}"), json!({})).await, (403, "forbidden".into()));
    }

    async fn the_owner_moderates(sim: Sim) {
        let mut sim = sim;
        let (token, _) = connected(&sim).await;
        let channel = channel_id(&sim, &token).await;
        let all = threads(&sim, &token).await;
        let foreign = all.iter().find(|thread| top(thread)["authorChannelId"]["value"] != channel.as_str()).unwrap();
        let id = text(&foreign["id"]);
        let set = |more: &str| format!("comments/setModerationStatus?id={id}&moderationStatus={more}");
        let is = async |sim: &Sim, status: &str| read_all(sim, &token, &channel, status).await.contains(&id);
        assert!(is(&sim, "published").await);
        let moderate = |more: &str| answer(sim.youtube(&token, Method::POST, &set(more)));
        assert_eq!(moderate("heldForReview").await.0, StatusCode::NO_CONTENT);
        assert!(is(&sim, "heldForReview").await && !is(&sim, "published").await);
        assert_eq!(moderate("published").await.0, StatusCode::NO_CONTENT);
        assert!(is(&sim, "published").await);

        for (more, reason) in [("published&banAuthor=true", "banWithoutReject"), ("likelySpam", "invalidParameter")] {
            assert_eq!(sim.refusal(&token, Method::POST, &set(more), json!({})).await, (400, reason.into()));
        }
        assert_eq!(moderate("rejected&banAuthor=true").await.0, StatusCode::NO_CONTENT);
        assert_eq!(sim.refusal(&token, Method::POST, &set("published"), json!({})).await, (400, "operationNotSupported".into()));
        sim.restart().await;
        assert!(is(&sim, "rejected").await && !is(&sim, "published").await);
    }

    async fn the_quota_runs_out_and_comes_back_at_midnight_pacific(sim: Sim) {
        let mut sim = sim;
        sim.make_profile("ann", "k1", json!({})).await;
        let client = json!({ "client_id": "small", "client_secret": "s", "daily_units": 52 });
        answer(sim.api(Method::POST, "/clients").json(&client)).await;
        let code = sim.consent("ann", &[("client_id", "small")]).await;
        let form = [("grant_type", "authorization_code"), ("redirect_uri", crate::testing::REDIRECT), ("code", &crate::testing::value(&code, "code"))];
        let tokens = small_client_tokens(&sim, &form).await;
        let (token, refresh) = (text(&tokens["access_token"]), text(&tokens["refresh_token"]));

        // Two reads and a write: 52.
        let all = threads(&sim, &token).await;
        let thread = all.iter().find(|thread| thread["snippet"]["canReply"] == true).unwrap();
        assert_eq!(reply(&sim, &token, &text(&thread["id"]), "Thanks!").await.0, StatusCode::OK);
        let spent = (403, "quotaExceeded".to_owned());
        assert_eq!(sim.refusal(&token, Method::GET, "channels?part=id&mine=true", json!({})).await, spent);
        sim.get(&token, "videos:batchGetStats?part=statistics&id=x").await;
        sim.restart().await;
        assert_eq!(sim.refusal(&token, Method::GET, "channels?part=id&mine=true", json!({})).await, spent);

        sim.hand.set(Timestamp::parse("2026-11-23T08:00:00Z").unwrap());
        let tokens = small_client_tokens(&sim, &[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await;
        channel_id(&sim, &text(&tokens["access_token"])).await;
    }

    async fn faults_are_met_as_often_as_they_were_ordered(sim: Sim) {
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
    }

    async fn a_lost_answer_leaves_its_effect(sim: Sim) {
        let (token, _) = connected(&sim).await;
        sim.set_fault("ann", json!({ "kind": "lost_answer", "calls": 1 })).await;
        let thread = threads(&sim, &token).await.into_iter().find(|thread| thread["snippet"]["canReply"] == true).unwrap();
        let body = json!({ "snippet": { "parentId": thread["id"], "textOriginal": "Did this arrive?" } });
        let sent = sim.youtube(&token, Method::POST, "comments?part=snippet").json(&body).send().await;
        assert!(sent.is_err(), "not a byte comes back: {sent:?}");
        let replies = sim.all(&token, &format!("comments?part=snippet&parentId={}", text(&thread["id"]))).await;
        assert_eq!(replies.iter().filter(|reply| reply["snippet"]["textOriginal"] == "Did this arrive?").count(), 1);
    }

    async fn two_users_never_meet(sim: Sim) {
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
    }
}
