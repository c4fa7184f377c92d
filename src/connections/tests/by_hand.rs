//! Connecting by hand in demo mode, against the real simulator and through its relayed consent page.

use kit::both_databases;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::testing::{Answer, Beside, TestApp};

struct Visit {
    app: TestApp,
    _beside: Beside,
}

impl Visit {
    /// Ann's demo is enabled.
    async fn with_a_channel(app: TestApp) -> Self {
        let (app, beside) = app.with_simulator().await;
        let visit = Self { app: app.with_ann().await, _beside: beside };
        assert_eq!(visit.app.json("POST", "/api/demo/enable", json!({ "size": "small" })).await.status, 202);
        visit.app.run_jobs().await;
        visit
    }

    /// And she disconnected its channel.
    async fn with_a_disconnected_channel(app: TestApp) -> Self {
        let visit = Self::with_a_channel(app).await;
        let id = visit.connection().await["id"].as_str().expect("the demo's own connection").to_owned();
        assert_eq!(visit.app.json("DELETE", &format!("/api/connections/{id}"), Value::Null).await.status, 204);
        visit.app.run_jobs().await;
        visit
    }

    /// The channel's.
    async fn connection(&self) -> Value {
        let list = self.app.json("GET", "/api/connections", Value::Null).await.json();
        let channels = list["items"].as_array().expect("a list").iter().filter(|one| one["platform"] == "youtube");
        let channels: Vec<&Value> = channels.collect();
        assert_eq!(channels.len(), 1, "{list}");
        channels[0].clone()
    }

    /// Begins, opens the consent page as a browser would, and decides.
    async fn decide(&self, decision: &str, ticked: bool) -> Answer {
        let id = self.connection().await["id"].clone();
        let begun = self.app.json("POST", "/api/connections/youtube/start", json!({ "connection_id": id })).await;
        assert_eq!(begun.status, 201, "{}", begun.text);
        let link = begun.json()["authorize_url"].as_str().expect("a link").to_owned();
        let page = self.app.get(&link).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.header("content-security-policy").contains("form-action 'self'"), "ours, not the simulator's");
        let mut form = hidden_fields(&page.text);
        form.extend(value_of(&page.text, "account").map(|account| ("account".to_owned(), account)));
        form.extend(value_of(&page.text, "granted").filter(|_| ticked).map(|scope| ("granted".to_owned(), scope)));
        form.push(("decision".into(), decision.into()));
        let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = self.app.post("/simulator/google_accounts/o/oauth2/v2/auth", &form).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let back = answer.location().strip_prefix(crate::testing::PUBLIC_URL).expect("back to us").to_owned();
        let taken = self.app.get(&back).await;
        self.app.run_jobs().await;
        taken
    }
}

fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let inputs = page.split("<input type=\"hidden\" ").skip(1);
    inputs.filter_map(|input| Some((quoted(input, "name=\"")?, quoted(input, "value=\"")?))).collect()
}

fn value_of(page: &str, name: &str) -> Option<String> {
    quoted(&page[page.find(&format!("name=\"{name}\""))?..], "value=\"")
}

fn quoted(text: &str, before: &str) -> Option<String> {
    let value = text.split(before).nth(1)?.split('"').next()?;
    Some(value.replace("&amp;", "&"))
}

both_databases! {
    async fn allowing_brings_the_channel_back_with_its_history(app: TestApp) {
        let visit = Visit::with_a_disconnected_channel(app).await;
        let before = visit.connection().await;
        assert_eq!(before["status"], "disconnected");
        assert_eq!(visit.decide("allow", true).await.status, 303);
        let after = visit.connection().await;
        assert_eq!((&after["status"], &after["error"]), (&json!("connected"), &Value::Null));
        assert_eq!((&after["id"], &after["external_id"]), (&before["id"], &before["external_id"]));
    }

    async fn refusing_and_unticking_say_what_is_missing(app: TestApp) {
        let visit = Visit::with_a_disconnected_channel(app).await;
        assert_eq!(visit.decide("deny", true).await.status, 303);
        assert_eq!(visit.connection().await["error"]["code"], "access_denied");
        assert_eq!(visit.decide("allow", false).await.status, 303);
        let refused = visit.connection().await;
        assert_eq!(refused["status"], "failed");
        assert!(refused["error"]["cure"].as_str().is_some_and(|cure| !cure.is_empty()), "{refused}");
        assert_eq!(visit.decide("allow", true).await.status, 303);
        assert_eq!(visit.connection().await["status"], "connected");
    }

    async fn what_a_demo_links_to_is_the_simulators_page_of_it(app: TestApp) {
        let visit = Visit::with_a_channel(app).await;
        let inbox = visit.app.get("/inbox").await.text;
        let first = quoted(&inbox[inbox.find("row-link").expect("a row")..], "href=\"").expect("its link");
        let item = visit.app.get(&first).await.text;
        let link = item.split("href=\"").find(|part| part.starts_with("/simulator/")).expect("a link to the platform");
        let link = link.split('"').next().unwrap_or_default().replace("&amp;", "&");
        let page = visit.app.get(&link).await;
        assert_eq!(page.status, 200, "{link}: {}", page.text);
        assert!(page.text.contains("Highlighted"), "{}", page.text);
        assert!(page.header("content-security-policy").contains("script-src 'nonce-"), "ours, not the simulator's");
        assert_eq!(visit.app.get("/simulator/youtube/watch.css").await.status, 200);
        let another = format!("{link}&simulator_profile=somebody-else");
        assert_eq!(visit.app.get(&another).await.text, page.text, "whatever an address says, the channel is one's own");
        assert_eq!(visit.app.post("/simulator/youtube/watch", &[]).await.status, 404, "it only shows");
    }

    async fn a_link_that_somebody_made_up_consents_for_nobody_else(app: TestApp) {
        let visit = Visit::with_a_disconnected_channel(app).await;
        let question = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("client_id", "repruv-demo"),
                ("redirect_uri", "https://evil.example/"),
                ("response_type", "code"),
                ("scope", crate::platforms::google::YOUTUBE_SCOPE),
                ("state", "made-up"),
                ("simulator_consent", "allow"),
            ])
            .finish();
        let answer = visit.app.get(&format!("/simulator/google_accounts/o/oauth2/v2/auth?{question}")).await;
        assert!(answer.location().starts_with(crate::testing::PUBLIC_URL), "{}", answer.location());
        let back = answer.location().strip_prefix(crate::testing::PUBLIC_URL).unwrap().to_owned();
        assert_eq!(visit.app.get(&back).await.status, 400);
        assert_eq!(visit.connection().await["status"], "disconnected");
    }
}
