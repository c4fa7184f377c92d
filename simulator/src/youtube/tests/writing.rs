//! Writing, moderation, quota: what is kept, on both databases.

use std::time::Duration;

use kit::both_databases;
use kit::clock::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{channel_id, connected, ids, reply, text_items, threads, top};
use crate::testing::{Sim, answer, text};
use crate::youtube::schema;

async fn small_client_tokens(sim: &Sim, form: &[(&str, &str)]) -> Value {
    let url = format!("{}/token", sim.host(crate::Host::GoogleOauth));
    answer(sim.client.post(url).basic_auth("small", Some("s")).form(form)).await.1
}

both_databases! {
    async fn a_reply_is_written_changed_and_taken_back(sim: Sim) {
        let mut sim = sim;
        let (token, _) = connected(&sim).await;
        let before = threads(&sim, &token).await;
        let thread = before.iter().find(|thread| thread["snippet"]["canReply"] == true).unwrap();
        let id = text(&thread["id"]);
        let replies = thread["snippet"]["totalReplyCount"].as_u64().unwrap();
        let (status, written) = reply(&sim, &token, &id, "Thank you!").await;
        assert_eq!(status, StatusCode::OK, "{written}");
        assert_eq!(schema::faults(&written), Vec::<String>::new());
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
        assert_eq!(schema::faults(&thread), Vec::<String>::new());
        assert_eq!(threads(&sim, &token).await[0]["id"], thread["id"]);
        assert_eq!(answer(post(body("Hello", &json!("nothing")))).await.0, StatusCode::NOT_FOUND);
        assert_eq!(answer(post(body(" ", video))).await.0, StatusCode::BAD_REQUEST);
        let nowhere = json!({ "snippet": { "topLevelComment": { "snippet": { "textOriginal": "Hello" } } } });
        let refused = sim.refusal(&token, Method::POST, "commentThreads?part=snippet", nowhere).await;
        assert_eq!(refused, (400, "channelOrVideoIdMissing".into()));
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
            (post(json!({ "parentId": "nothing", "textOriginal": "x" })), 404, "parentCommentNotFound"),
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
        let is = async |sim: &Sim, status: &str| {
            let path = format!(
                "commentThreads?part=id&allThreadsRelatedToChannelId={channel}&maxResults=100&moderationStatus={status}"
            );
            ids(&text_items(sim.get(&token, &path).await)).contains(&id)
        };
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
        let client = json!({ "client_id": "small", "client_secret": "s", "daily_units": 52, "redirect_uris": [crate::testing::REDIRECT] });
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

    async fn the_watch_page_shows_a_thread_with_our_reply_as_text(sim: Sim) {
        let (token, _) = connected(&sim).await;
        let thread = threads(&sim, &token).await.into_iter().find(|thread| thread["snippet"]["canReply"] == true).unwrap();
        let (video, id) = (text(&thread["snippet"]["videoId"]), text(&thread["id"]));
        let (_, ours) = reply(&sim, &token, &id, "<b>Thanks</b> & see you").await;
        let watch = async |query: &str| {
            let answer = sim.client.get(format!("{}/watch?{query}", sim.host(crate::Host::Youtube))).send().await.unwrap();
            (answer.status(), answer.text().await.unwrap())
        };
        let (status, page) = watch(&format!("v={video}&lc={}&simulator_profile=ann", text(&ours["id"]))).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("&lt;b&gt;Thanks&lt;/b&gt; &amp; see you") && !page.contains("<b>Thanks"), "{page}");
        let (named, others) = page.split_once("</article>").unwrap();
        assert!(named.contains("Highlighted") && named.contains("Thanks") && !others.contains("Highlighted"), "{page}");

        let path = format!("comments/setModerationStatus?id={id}&moderationStatus=rejected");
        sim.youtube(&token, Method::POST, &path).send().await.unwrap();
        let (_, page) = watch(&format!("v={video}&lc={id}&simulator_profile=ann")).await;
        assert!(page.contains("isn't shown to viewers") && !page.contains("see you"), "{page}");
        for query in [format!("v={video}&simulator_profile=ben"), "v=x&simulator_profile=ann".to_owned()] {
            assert_eq!(watch(&query).await.0, StatusCode::NOT_FOUND, "{query}");
        }
        assert_eq!(watch("v=x").await.0, StatusCode::BAD_REQUEST);
    }

    async fn whoever_is_answered_sometimes_comes_back_within_minutes(sim: Sim) {
        let mut sim = sim;
        let (token, _) = connected(&sim).await;
        let open = threads(&sim, &token).await.into_iter().filter(|thread| thread["snippet"]["canReply"] == true);
        let asked: Vec<Value> = open.take(20).collect();
        for thread in &asked {
            assert_eq!(reply(&sim, &token, &text(&thread["id"]), "Thanks for asking!").await.0, StatusCode::OK);
        }
        let after_ours = async |sim: &Sim, thread: &Value| {
            let replies = sim.all(&token, &format!("comments?part=snippet&parentId={}", text(&thread["id"]))).await;
            let ours = replies.iter().position(|reply| reply["snippet"]["textOriginal"] == "Thanks for asking!");
            replies[..ours.expect("our reply is there")].to_vec()
        };
        for thread in &asked {
            assert!(after_ours(&sim, thread).await.is_empty(), "nobody answers at once");
        }
        sim.hand.advance(std::time::Duration::from_secs(8 * 60));
        let mut came_back = Vec::new();
        for thread in &asked {
            let answers = after_ours(&sim, thread).await;
            assert!(answers.len() <= 1, "{answers:?}");
            came_back.extend(answers);
        }
        assert!((4..=16).contains(&came_back.len()), "about half of twenty: {}", came_back.len());
        sim.restart().await;
        let mut again = Vec::new();
        for thread in &asked {
            again.extend(after_ours(&sim, thread).await);
        }
        assert_eq!(ids(&again), ids(&came_back), "also after a restart");
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
}
