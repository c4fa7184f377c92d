//! Repruv with the provider's own software: two accounts talk, one of them through Repruv. Left out where its packages are not
//! there; bin/conformance installs them.

mod lexicons;
mod network;

use kit::args;
use kit::both_databases;
use kit::clock::Clock;
use kit::db::{Db, Options};
use kit::testing::{Database, Engine, wait_for, wait_until};
use reqwest::StatusCode;
use serde_json::{Value, json};

use self::network::Network;
use crate::support::{Client, EMAIL, Fleet, Role};

struct Stand {
    network: Network,
    ann: Client,
    database: Database,
    _fleet: Fleet,
}

impl Stand {
    async fn new(engine: Engine, is_whole: bool) -> Self {
        let network = Network::start(is_whole);
        let database = Database::fresh(engine).await;
        let settings = network.settings();
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let fleet = Fleet::start(database.url(), &[Role::Serve], &settings).await;
        let ann = Client::sign_up_at(&fleet.urls()[0], EMAIL, Some(&fleet.setup_link)).await;
        Self { network, ann, database, _fleet: fleet }
    }

    async fn connect(&self, handle: &str, app_password: &Value) -> Value {
        let body = json!({ "handle": handle, "app_password": app_password });
        let (status, begun) = self.ann.post("/api/connections/bluesky/start", body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{begun}");
        self.settled().await
    }

    async fn connection(&self) -> Value {
        self.ann.get("/api/connections").await.1["items"][0].clone()
    }

    async fn settled(&self) -> Value {
        let is_done = async || Some(self.connection().await).filter(|found| found["status"] != "connecting");
        wait_for("the attempt ends", is_done).await
    }

    async fn connected(&self) -> Value {
        let account = self.network.account("ann");
        let connection = self.connect("@Ann.test", &account["app_password"]).await;
        assert_eq!((&connection["status"], &connection["external_id"]), (&json!("connected"), &account["did"]));
        wait_until("it was read", async || self.connection().await["synced_at"].is_string()).await;
        connection
    }

    async fn interactions(&self) -> Vec<Value> {
        self.ann.get("/api/interactions").await.1["items"].as_array().expect("a list").clone()
    }

    async fn saying(&self, text: &str) -> Value {
        let find = async || self.interactions().await.into_iter().find(|one| one["text"] == text);
        wait_for("it is in the inbox", find).await
    }

    async fn sync(&self) {
        let connection = self.connection().await;
        let path = format!("/api/connections/{}/sync", connection["id"].as_str().expect("an id"));
        let (status, job) = self.ann.post(&path, json!({})).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{job}");
        let path = format!("/api/jobs/{}/status", job["job_id"].as_str().expect("a job"));
        let is_over = async || {
            let status = self.ann.get(&path).await.1["status"].clone();
            !["pending", "running"].contains(&status.as_str().unwrap_or_default())
        };
        wait_until("it was read again", is_over).await;
    }

    /// Answers, and waits until the platform has it; where it is there.
    async fn answers(&self, item: &Value, text: &str) -> Value {
        let path = format!("/api/inbox/{}/replies", item["id"].as_str().expect("an id"));
        let key = format!("answer to {}", item["id"]).replace('"', "");
        let sent = self.ann.post_once(&path, &key, json!({ "text": text })).await.expect("the server answers");
        assert_eq!(sent.0, StatusCode::ACCEPTED, "{}", sent.1);
        let published = async || {
            let replies = self.ann.get(&path).await.1["items"].clone();
            replies.as_array()?.iter().find(|reply| reply["text"] == text && reply["state"] == "published").cloned()
        };
        wait_for("the reply is published", published).await
    }

    fn db(&self) -> Db {
        let db = Db::open(Options { connections: 1, ..Options::new(self.database.url().to_owned(), Clock::system()) });
        db.expect("the database opens")
    }

    /// As if two hours had gone by, which is as long as Bluesky's tokens live.
    async fn let_its_token_expire(&self) {
        let db = self.db();
        let past = Clock::system().now() - std::time::Duration::from_secs(60);
        let sql = "UPDATE platform_connections SET access_expires_at = $1";
        db.write(move |tx| tx.exec(sql, args![past])).await.expect("a row of ours");
    }
}

both_databases! {
    #[ignore = "needs Bluesky's packages: bin/conformance installs them"]
    async fn a_server_alone_lets_an_account_in_and_out(engine: Engine) {
        let stand = Stand::new(engine, false).await;
        let account = stand.network.account("ann").clone();
        for (handle, password, code) in
            [("nobody.test", &account["app_password"], "handle_unknown"), ("ann.test", &json!("wrong"), "password_refused")]
        {
            let refused = stand.connect(handle, password).await;
            assert_eq!((&refused["status"], &refused["error"]["code"]), (&json!("failed"), &json!(code)), "{handle}");
        }
        let connection = stand.connect("ann.test", &account["app_password"]).await;
        assert_eq!((&connection["status"], &connection["external_id"]), (&json!("connected"), &account["did"]));
        assert_eq!(stand.ann.get("/api/connections").await.1["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(connection["handle"], "ann.test");
        let path = format!("/api/connections/{}", connection["id"].as_str().expect("an id"));
        let left = stand.ann.send(reqwest::Method::DELETE, &path, None).await.expect("the server answers");
        assert_eq!(left.0, StatusCode::NO_CONTENT, "{}", left.1);
        let db = stand.db();
        let ended = async || {
            let sql = "SELECT count(*) FROM background_jobs WHERE job_type = 'revoke_token' AND status = 'completed'";
            db.read(move |conn| conn.one::<i64>(sql, args![])).await.is_ok_and(|count| count == 1)
        };
        wait_until("the server has ended the session", ended).await;
    }

    #[ignore = "needs Bluesky's packages: bin/conformance installs them"]
    async fn whole_two_accounts_talk_and_one_of_them_by_repruv(engine: Engine) {
        let stand = Stand::new(engine, true).await;
        let does = |what: &str, with: Value| stand.network.does(what, with);
        let post = does("post", json!({ "as": "ann", "text": "We roast on Tuesdays." }));
        does("post", json!({ "as": "bob", "text": "When do you open? 味道", "to": post }));
        does("post", json!({ "as": "bob", "text": "Has anybody tried the coffee of @ann.test?" }));
        does("post", json!({ "as": "bob", "text": "Good morning, all." }));
        stand.connected().await;
        let found = stand.interactions().await;
        assert_eq!(found.len(), 2, "what is addressed to her, and nothing else: {found:?}");
        let question = stand.saying("When do you open? 味道").await;
        assert_eq!((&question["kind"], &question["content_title"]), (&json!("comment"), &json!("We roast on Tuesdays.")));
        assert_eq!(stand.saying("Has anybody tried the coffee of @ann.test?").await["kind"], "mention");
        let unseen = does("seen", json!({ "as": "ann" }));
        assert_eq!(unseen, 2, "reading marks nothing as seen");

        let answer = stand.answers(&question, "At ten, see https://example.com/hours, @bob.test! 味").await;
        let record = does("record", json!({ "uri": answer["external_id"] }));
        assert_eq!(record["text"], answer["text"]);
        assert_eq!(record["reply"]["root"]["uri"], post);
        let shown = |facet: &Value| {
            let text = record["text"].as_str().expect("a text");
            let at = |name: &str| facet["index"][name].as_u64().expect("a place") as usize;
            text[at("byteStart")..at("byteEnd")].to_owned()
        };
        let facets: Vec<_> = record["facets"].as_array().expect("facets").iter().map(shown).collect();
        assert_eq!(facets, ["https://example.com/hours", "@bob.test"]);

        does("post", json!({ "as": "bob", "text": "And on Sundays?", "to": answer["external_id"] }));
        stand.sync().await;
        let again = stand.saying("And on Sundays?").await;
        assert_eq!((&again["kind"], &again["state"]), (&json!("reply"), &json!("needs_reply")));
        let second = stand.answers(&again, "At noon.").await;
        let path = format!("/api/replies/{}", second["id"].as_str().expect("an id"));
        let deleted = stand.ann.send(reqwest::Method::DELETE, &path, None).await.expect("the server answers");
        assert!(deleted.0.is_success(), "{}", deleted.1);
        let is_gone = async || stand.ann.get(&path).await.1["state"] == "deleted";
        wait_until("the second answer is deleted", is_gone).await;
    }

    #[ignore = "needs Bluesky's packages: bin/conformance installs them"]
    async fn whole_a_reply_is_hidden_and_shown_again(engine: Engine) {
        let stand = Stand::new(engine, true).await;
        let post = stand.network.does("post", json!({ "as": "ann", "text": "We roast on Tuesdays." }));
        let rude = stand.network.does("post", json!({ "as": "bob", "text": "It tastes of cardboard.", "to": post }));
        stand.connected().await;
        let item = stand.saying("It tastes of cardboard.").await;
        for (verb, state, hidden) in [("hide", "hidden", json!([rude])), ("publish", "published", json!([]))] {
            let body = json!({ "verb": verb, "ids": [item["id"]] });
            let ordered = stand.ann.post_once("/api/moderation", verb, body).await.expect("the server answers");
            assert_eq!(ordered.0, StatusCode::ACCEPTED, "{}", ordered.1);
            let path = format!("/api/interactions/{}", item["id"].as_str().expect("an id"));
            let is_so = async || stand.ann.get(&path).await.1["provider_state"] == state;
            wait_until("it is done", is_so).await;
            assert_eq!(stand.network.does("hidden", json!({ "uri": post })), hidden, "{verb}");
        }
    }

    #[ignore = "needs Bluesky's packages: bin/conformance installs them"]
    async fn whole_a_session_that_is_taken_back_asks_for_its_person_and_loses_nothing(engine: Engine) {
        let stand = Stand::new(engine, true).await;
        let post = stand.network.does("post", json!({ "as": "ann", "text": "We roast on Tuesdays." }));
        stand.network.does("post", json!({ "as": "bob", "text": "When do you open?", "to": post }));
        let connection = stand.connected().await;
        stand.let_its_token_expire().await;
        stand.sync().await;
        assert_eq!(stand.connection().await["status"], "connected", "it refreshes its session by itself");

        stand.network.does("end_sessions", json!({ "as": "ann" }));
        stand.let_its_token_expire().await;
        stand.sync().await;
        let lost = stand.connection().await;
        assert_eq!((&lost["status"], &lost["error"]["code"]), (&json!("needs_reauth"), &json!("authorisation_lost")));
        let app_password = stand.network.does("app_password", json!({ "as": "ann" }));
        let body = json!({ "handle": "ann.test", "app_password": app_password, "connection_id": connection["id"] });
        assert_eq!(stand.ann.post("/api/connections/bluesky/start", body).await.0, StatusCode::ACCEPTED);
        let back = stand.settled().await;
        assert_eq!((&back["id"], &back["status"]), (&connection["id"], &json!("connected")));
        stand.network.does("post", json!({ "as": "bob", "text": "Still there?", "to": post }));
        stand.sync().await;
        stand.saying("Still there?").await;
        assert_eq!(stand.interactions().await.len(), 2);
    }
}
