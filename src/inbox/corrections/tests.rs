//! What a person said of an item, whatever is read, derived and counted after it.

use std::time::Duration;

use axum::body::Body;
use kit::args;
use kit::clock::Timestamp;
use serde_json::{Value, json};

use super::{Correctable, Correction, choices, correct, take_back};
use crate::inbox::counts::Drift;
use crate::inbox::derive::{Language, Sentiment};
use crate::inbox::ingest;
use crate::inbox::search;
use crate::inbox::testing::{Desk, MORNING, colleague, comment, own_reply, three_questions};
use crate::inbox::threads::ThreadState;
use crate::inbox::triage::TriageState;
use crate::inbox::{decisions, seed};
use crate::model::{InteractionId, ObservedInteraction, ProviderState};
use crate::secrets::Vault;
use crate::testing::TestApp;
use crate::work::{Tools, Who};

const HOUR: Duration = Duration::from_secs(3600);
const PRAISE: &str = "What a lovely video, thank you so much for it";

impl Desk {
    async fn say(&self, id: &str, now: Timestamp, of: Correctable, value: Option<&str>) -> bool {
        let (id, workspace) = (self.one_of::<InteractionId>("id", id).await, self.workspace);
        let said = value.map(|value| Correction::parse(of, value).expect("it can be chosen"));
        let (who, secrets, random) = (Who::user(self.user, ""), Vault::with_key([7; 32]), self.random.clone());
        let tools = Tools { now, random, secrets, who };
        let changed = self.write(move |tx| {
            let mut work = tools.work(tx);
            Ok::<_, crate::web::errors::Error>(match said {
                Some(said) => correct(&mut work, workspace, id, said)?,
                None => take_back(&mut work, workspace, id, of)?,
            })
        });
        changed.await.expect("it is there")
    }

    /// Language and sentiment, as every list and count has them.
    async fn facts(&self, id: &str) -> (Option<Language>, Sentiment) {
        (self.one_of("language", id).await, self.one_of("sentiment", id).await)
    }

    /// As its text is judged, whether or not it was answered; the text is praise, which by itself wants no reply.
    async fn is_spam_and_wants_reply(&self, id: &str) -> (bool, bool) {
        let intents = self.one_of::<String>("CAST(intents AS TEXT)", id).await;
        let reasons = self.one_of::<String>("CAST(reasons AS TEXT)", id).await;
        (intents.contains("\"spam\""), reasons.contains("\"reply_person\""))
    }

    async fn derived(&self) -> Vec<(String, String)> {
        let sql = "SELECT fact, derived FROM interaction_corrections ORDER BY fact";
        self.read(move |conn| conn.all(sql, args![])).await.unwrap()
    }

    /// Everything that can happen to a comment after it was corrected.
    async fn everything_happens_to(&self, asked: &ObservedInteraction) {
        let text = |text: &str| ObservedInteraction { text: Some(text.to_owned()), ..asked.clone() };
        let edited = text("This is broken, terrible and I want my money back. Why is the link dead?");
        let pages = [
            vec![asked.clone()],
            vec![ObservedInteraction { likes: Some(900), ..asked.clone() }],
            vec![edited.clone()],
            vec![ObservedInteraction { rating: Some(5), ..edited.clone() }],
            vec![ObservedInteraction { provider_state: ProviderState::Spam, ..edited.clone() }],
            vec![edited.clone(), own_reply("r1", asked, 30)],
            vec![text("Das ist aber wirklich schön geworden, vielen Dank dafür")],
            ["bob", "cleo", "dora"].map(|author| comment(author, author, PRAISE)).to_vec(),
            vec![asked.clone()],
        ];
        for (index, page) in (1..).zip(pages) {
            self.ingest(MORNING + HOUR * index, &page).await;
        }
        let (workspace, user) = (self.workspace, self.user);
        let id = self.one_of::<InteractionId>("id", &asked.external_id).await;
        for (days, state) in [(2, ThreadState::NeedsReply), (3, ThreadState::Done), (4, ThreadState::NeedsReply)] {
            let now = MORNING + HOUR * 24 * days;
            self.unit(now, move |tx, context| {
                let speaker = decisions::Speaker { by: user, workspace, now, random: context.random };
                let word = decisions::Word { state, until: None };
                decisions::decide(tx, speaker, &[id], word).expect("it is there");
                ingest::age(tx, workspace, MORNING, now, None)?;
                search::jobs::start_anew(tx, now, context.random)
            })
            .await;
        }
    }
}

kit::both_databases! {
    async fn what_a_person_set_right_outlives_everything_that_happens_to_its_comment(desk: Desk) {
        let mut at = MORNING;
        for of in Correctable::ALL.iter().copied() {
            for (value, _) in choices(of) {
                at = at + HOUR;
                let id = format!("{of}-{value}");
                let asked = comment(&id, "ann", PRAISE);
                desk.ingest(at, std::slice::from_ref(&asked)).await;
                desk.say(&id, at, of, Some(value)).await;
                desk.everything_happens_to(&asked).await;
                let (language, sentiment) = desk.facts(&id).await;
                match Correction::parse(of, value).expect("it can be chosen") {
                    Correction::Sentiment(said) => assert_eq!(sentiment, said, "{id}"),
                    Correction::Language(said) => assert_eq!(language, said, "{id}"),
                    Correction::Spam(said) => assert_eq!(desk.is_spam_and_wants_reply(&id).await.0, said, "{id}"),
                    Correction::Reply(said) => assert_eq!(desk.is_spam_and_wants_reply(&id).await.1, said, "{id}"),
                }
                assert_eq!(desk.drift().await, Drift::default(), "{id}");
            }
        }
    }

    async fn what_is_taken_back_is_as_if_it_had_never_been_said(desk: Desk) {
        let all = ["What a lovely video", "This is broken and terrible", "Wo kann ich das kaufen?", "ok", "🔥🔥🔥"];
        let page = all.iter().enumerate().map(|(n, text)| comment(&format!("c{n}"), &format!("a{n}"), text));
        desk.write(|tx| tx.exec("UPDATE platform_connections SET language = 'en'", args![]).map(drop)).await.unwrap();
        desk.ingest(MORNING, &page.collect::<Vec<_>>()).await;
        let rows = async || {
            let sql = "SELECT external_id, language, sentiment, CAST(sentiment_score AS TEXT), CAST(intents AS TEXT),
                       CAST(reasons AS TEXT), state, priority_score FROM interactions ORDER BY external_id";
            type Row = (String, Option<String>, String, Option<String>, String, String, String, i64);
            desk.read(move |conn| conn.all::<Row>(sql, args![])).await.unwrap()
        };
        let before = rows().await;
        for n in 0..all.len() {
            for (of, value) in [(Correctable::Sentiment, "mixed"), (Correctable::Language, "th")] {
                assert!(desk.say(&format!("c{n}"), MORNING, of, Some(value)).await);
                assert!(!desk.say(&format!("c{n}"), MORNING, of, Some(value)).await, "it is so already");
            }
        }
        assert_ne!(rows().await, before);
        assert_eq!(desk.drift().await, Drift::default());
        for n in 0..all.len() {
            assert!(desk.say(&format!("c{n}"), MORNING, Correctable::Language, None).await);
            assert!(desk.say(&format!("c{n}"), MORNING, Correctable::Sentiment, None).await);
            assert!(!desk.say(&format!("c{n}"), MORNING, Correctable::Sentiment, None).await, "nothing is left to take back");
        }
        assert_eq!(rows().await, before);
        assert_eq!((desk.drift().await, desk.derived().await), (Drift::default(), vec![]));
    }

    async fn a_correction_says_what_follows_from_it(desk: Desk) {
        desk.ingest(MORNING, &[comment("c1", "ann", "I watched it on the train")]).await;
        assert_eq!(desk.state_of("c1").await, TriageState::NoReplyNeeded);
        desk.say("c1", MORNING, Correctable::Sentiment, Some("negative")).await;
        assert_eq!(desk.state_of("c1").await, TriageState::NeedsReply, "whoever is unhappy waits for an answer");
        desk.say("c1", MORNING, Correctable::Sentiment, Some("positive")).await;
        assert_eq!(desk.state_of("c1").await, TriageState::NoReplyNeeded);
        assert_eq!(desk.drift().await, Drift::default());
    }

    async fn whether_it_is_spam_or_needs_a_reply_is_for_people_to_say(desk: Desk) {
        let (spam, small_talk) = (comment("c1", "ann", "Check out my channel!"), comment("c2", "bob", "I watched it on the train"));
        desk.ingest(MORNING, &[spam, small_talk.clone(), comment("c3", "cleo", "Where can I buy this?")]).await;
        let points = async || desk.one_of::<i64>("priority_score", "c1").await;
        let by_rules = points().await;
        desk.say("c1", MORNING, Correctable::Spam, Some("no")).await;
        assert_eq!(desk.state_of("c1").await, TriageState::NoReplyNeeded);
        assert!(points().await > by_rules, "nothing is held against it");
        desk.say("c1", MORNING, Correctable::Spam, None).await;
        assert_eq!((desk.state_of("c1").await, points().await), (TriageState::Spam, by_rules));
        desk.say("c1", MORNING, Correctable::Reply, Some("yes")).await;
        assert_eq!(desk.state_of("c1").await, TriageState::NeedsReply, "nobody answers spam");
        assert!(points().await > 0);

        desk.say("c2", MORNING, Correctable::Reply, Some("yes")).await;
        assert_eq!(desk.state_of("c2").await, TriageState::NeedsReply);
        let edited = ObservedInteraction { text: Some("I watched it on the bus".into()), ..small_talk };
        desk.ingest(MORNING + HOUR, &[edited, comment("c4", "dora", "Nice")]).await;
        assert_eq!(desk.state_of("c2").await, TriageState::NeedsReply, "it holds for other words");
        desk.say("c2", MORNING, Correctable::Spam, Some("yes")).await;
        assert_eq!(desk.state_of("c2").await, TriageState::Spam);

        desk.say("c3", MORNING, Correctable::Reply, Some("no")).await;
        assert_eq!(desk.state_of("c3").await, TriageState::NoReplyNeeded);
        desk.say("c3", MORNING, Correctable::Reply, Some("yes")).await;
        assert_eq!(desk.state_of("c3").await, TriageState::NeedsReply, "as the rules have it");
        assert_eq!((desk.derived().await.len(), desk.drift().await), (3, Drift::default()));
    }

    async fn what_the_rules_had_is_what_they_make_of_the_text_as_it_now_is(desk: Desk) {
        let praise = comment("c1", "ann", PRAISE);
        desk.ingest(MORNING, std::slice::from_ref(&praise)).await;
        desk.say("c1", MORNING, Correctable::Sentiment, Some("mixed")).await;
        desk.say("c1", MORNING, Correctable::Language, Some("other")).await;
        let derived = |language: &str, sentiment: &str| {
            vec![("language".to_owned(), language.to_owned()), ("sentiment".to_owned(), sentiment.to_owned())]
        };
        assert_eq!(desk.derived().await, derived("en", "positive"));
        let edited = ObservedInteraction { text: Some("Das ist kaputt und wirklich furchtbar schlecht".into()), ..praise };
        desk.ingest(MORNING + HOUR, &[edited]).await;
        assert_eq!(desk.derived().await, derived("de", "negative"));
        assert_eq!(desk.facts("c1").await, (None, Sentiment::Mixed));
        desk.say("c1", MORNING, Correctable::Sentiment, Some("negative")).await;
        assert_eq!(desk.derived().await.len(), 1, "who says what the rules say corrects nothing");
    }

    async fn own_words_and_other_peoples_workspaces_are_not_there(desk: Desk) {
        let asked = comment("c1", "ann", PRAISE);
        desk.ingest(MORNING, &[asked.clone(), own_reply("r1", &asked, 5)]).await;
        let ids = [desk.one_of::<InteractionId>("id", "r1").await, desk.one_of::<InteractionId>("id", "c1").await];
        let (neighbour, _) = desk.neighbour().await;
        let said = Correction::Sentiment(Sentiment::Negative);
        for (workspace, id) in [(desk.workspace, ids[0]), (neighbour, ids[1])] {
            let (who, secrets, random) = (Who::user(desk.user, ""), Vault::with_key([7; 32]), desk.random.clone());
            let tools = Tools { now: MORNING, random, secrets, who };
            let refused = desk.write(move |tx| correct(&mut tools.work(tx), workspace, id, said)).await;
            assert!(matches!(refused, Err(crate::web::errors::Error::NotFound)), "{refused:?}");
        }
        assert!(desk.derived().await.is_empty());
    }

    async fn a_comment_says_what_was_set_right_by_whom_and_the_way_back(app: TestApp) {
        let app = app.with_ann().await;
        let id = three_questions(&app).await[0];
        let (page, path) = (format!("/inbox/{id}"), format!("/inbox/{id}/corrections"));
        assert!(app.get(&page).await.text.contains("Wrong sentiment?"));
        let answer = app.post(&path, &[("fact", "sentiment"), ("value", "negative")]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, page.as_str()), "{}", answer.text);
        let shown = app.get(&page).await.text;
        assert!(shown.contains("You said: <b>negative</b>. Repruv had: neutral.") && shown.contains("Take back"), "{shown}");
        let ben = colleague(&app).await;
        assert!(ben.get(&page).await.text.contains("Ann said: <b>negative</b>"));
        let all = ben.get("/settings/corrections").await.text;
        for part in ["1 of 3 comments", "Sentiment from neutral to <b>negative</b>", "by Ann", &format!("href=\"/inbox/{id}\""), "Nothing is trained"] {
            assert!(all.contains(part), "{part}: {all}");
        }
        for (fact, value) in [("sentiment", "unknown"), ("language", "tlh"), ("language", "")] {
            let answer = app.post(&path, &[("fact", fact), ("value", value)]).await;
            assert_eq!(answer.status, if value.is_empty() { 303 } else { 422 }, "{fact} {value}");
        }
        assert_eq!(ben.post(&path, &[("fact", "sentiment")]).await.status, 303, "whoever may correct may take back");
        assert!(!app.get(&page).await.text.contains("Repruv had"));
        assert!(app.get("/settings/corrections").await.text.contains("Nothing corrected so far"));
        for (fact, value, said) in [("reply", "no", "needs no reply"), ("spam", "yes", "spam")] {
            assert!(app.get(&page).await.text.contains(&format!("name=\"value\" value=\"{value}\"")), "{fact}");
            assert_eq!(app.post(&path, &[("fact", fact), ("value", value)]).await.status, 303);
            assert!(app.get(&page).await.text.contains(&format!("You said: <b>{said}</b>")), "{fact}");
        }
        assert!(app.get("/settings/corrections").await.text.contains("From needs a reply to <b>needs no reply</b>"));
    }

    async fn programs_correct_take_back_and_read_all_of_it_page_by_page(app: TestApp) {
        let app = app.with_ann().await;
        let ids = three_questions(&app).await;
        let call = async |method: &str, path: &str, body: Value| {
            let answer = app.send(method, path, &[("content-type", "application/json")], Body::from(body.to_string())).await;
            (answer.status.as_u16(), answer.json())
        };
        let path = format!("/api/interactions/{}/corrections/language", ids[0]);
        assert_eq!(call("PUT", &path, json!({ "value": "pt" })).await, (200, json!({ "changed": true })));
        assert_eq!(call("PUT", &path, json!({ "value": "pt" })).await, (200, json!({ "changed": false })));
        let one = app.get(&format!("/api/interactions/{}", ids[0])).await.json();
        assert_eq!((&one["language"], &one["corrections"][0]["derived"]), (&json!("pt"), &json!("en")), "{one}");
        assert_eq!(app.get("/api/interactions?language=pt").await.json()["items"].as_array().map(Vec::len), Some(1));
        let listed = app.get("/api/corrections").await.json();
        assert_eq!((&listed["corrected"], &listed["of"], &listed["items"][0]["interaction_id"]), (&json!(1), &json!(3), &json!(ids[0])));
        assert_eq!(call("DELETE", &path, json!({})).await, (200, json!({ "changed": true })));
        assert_eq!(app.get("/api/corrections").await.json()["items"], json!([]));
        assert_eq!(call("PUT", &path, json!({ "value": "klingon" })).await.0, 422);
        assert_eq!(call("PUT", &path.replace("language", "priority"), json!({ "value": "low" })).await.0, 404);
        assert_eq!(app.get("/api/corrections?cursor=x").await.status, 400);
    }

    async fn every_correction_is_listed_once_however_many_pages_it_takes(desk: Desk) {
        desk.unit(MORNING, |tx, context| seed(tx, context, 0..40).map(drop)).await;
        let ids: Vec<(String,)> =
            desk.read(|conn| conn.all("SELECT external_id FROM interactions WHERE NOT is_own ORDER BY id", args![])).await.unwrap();
        let mut said = 0;
        for (id,) in &ids {
            said += usize::from(desk.say(id, MORNING, Correctable::Sentiment, Some("mixed")).await);
            said += usize::from(desk.say(id, MORNING, Correctable::Language, Some("el")).await);
        }
        let workspace = desk.workspace;
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let (rows, next) = desk.read(move |conn| super::list(conn, workspace, after, 7)).await.unwrap();
            listed.extend(rows.into_iter().map(|row| (row.id, row.fact)));
            let Some(next) = next else { break };
            assert_eq!(super::read_cursor(&super::cursor_text(next)).expect("its own"), next);
            after = Some(next);
        }
        let count = listed.len();
        listed.sort_unstable();
        listed.dedup();
        assert_eq!((count, listed.len()), (said, said));
        assert!(count > ids.len(), "more than one of each: {count}");
    }
}
