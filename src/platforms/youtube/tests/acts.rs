//! Answering, correcting, taking back and hiding, against the simulator.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use kit::clock::Clock;
use kit::random::Random;
use reqwest::Method;
use serde_json::json;

use crate::model::{Kind, ObservedInteraction, ProviderState};
use crate::outbound::Outbound;
use crate::platforms::adapter::{AccountKey, Consent, Provider as _, Question, Reading, Target, World};
use crate::platforms::google::{Client, Google, YOUTUBE_SCOPE};
use crate::platforms::youtube::Api;
use crate::platforms::{Adapter, ConsentPage, Error, Hosts, Verb};
use crate::secrets::Secret;

/// A channel at the simulator, authorised.
async fn channel(directory: &std::path::Path, spent: &Arc<AtomicI64>) -> (simulator::Simulator, Api, AccountKey) {
    let options = simulator::Options::new(directory, "secret", Clock::system(), Random::seeded(7));
    let simulator = simulator::start(options).await.unwrap();
    let (outbound, service) = (Outbound::default(), simulator.api_url().parse().unwrap());
    let secret = Secret::new("secret");
    let mut profiles: url::Url = simulator.api_url().parse().unwrap();
    profiles.set_path("/profiles");
    let http = &outbound.demo_service;
    let request = http.request(Method::POST, profiles).bearer_auth("secret").header("idempotency-key", "one");
    let redirect_uri = "http://localhost:8080/connections/callback/google";
    let profile = json!({ "user_id": "ann", "size": "small", "seed": 7, "redirect_uris": [redirect_uri] });
    let made = http.send(request.json(&profile), 1 << 20).await.unwrap();
    assert!(made.is_success(), "{}", String::from_utf8_lossy(&made.body));
    let world = World {
        http: outbound.providers.clone(),
        named: outbound.named.clone(),
        clock: Clock::system(),
        hosts: Hosts::of_simulator(http, &service, &secret).await.unwrap(),
        is_simulated: true,
        google: Some(Client::of_simulator()),
        atproto: crate::platforms::bluesky::Directory::default(),
    };
    let google = Google::of(&world, YOUTUBE_SCOPE).unwrap();
    let verifier = Secret::new("v".repeat(43));
    let question = Question { redirect_uri, state: "s", verifier: &verifier };
    let asked = google.authorize_url(&question);
    let Consent::Given { code } = google.consent_of_simulator(asked, "ann").await.unwrap() else { panic!("allowed") };
    let grant = google.exchange(&code, question).await.unwrap();
    let api = Api::new(world, Arc::new(grant.access_token), spent.clone());
    let key = api.accounts().await.unwrap()[0].key();
    (simulator, api, key)
}

async fn an_open_comment(api: &Api, key: &AccountKey) -> ObservedInteraction {
    let reading = Reading { since: None, promised_content: 100, promised_interactions: 1_000, is_last_attempt: false };
    let mut cursor = None;
    loop {
        let batch = api.read(key, &reading, cursor.as_ref()).await.unwrap();
        let is_open = |item: &&ObservedInteraction| {
            item.kind == Kind::Comment
                && item.can_reply
                && !item.author.is_self
                && item.provider_state == ProviderState::Published
        };
        if let Some(found) = batch.interactions.iter().find(is_open) {
            return found.clone();
        }
        cursor = Some(batch.next.expect("somebody wrote something"));
    }
}

async fn seen(api: &Api, key: &AccountKey, thread: &str, id: &str) -> Option<ObservedInteraction> {
    let batch = api.fetch(key, thread, Some(ProviderState::Published)).await.unwrap();
    batch.interactions.into_iter().find(|item| item.external_id == id)
}

#[tokio::test]
async fn an_answer_is_written_corrected_and_taken_back() {
    let directory = tempfile::tempdir().unwrap();
    let spent = Arc::new(AtomicI64::new(0));
    let (_simulator, api, key) = channel(directory.path(), &spent).await;
    let comment = an_open_comment(&api, &key).await;
    let target = Target {
        external_id: comment.external_id.clone(),
        thread_external_id: comment.thread_external_id.clone(),
        content_external_id: comment.content_external_id.clone(),
    };
    spent.store(0, Ordering::Relaxed);
    let written = api.reply(&key, &target, "Thank you!").await.unwrap();
    assert_eq!(spent.load(Ordering::Relaxed), 50);
    assert!(written.author.is_self && written.kind == Kind::Reply);
    assert_eq!(written.parent_external_id.as_deref(), Some(comment.external_id.as_str()));
    let answer = Target { external_id: written.external_id.clone(), ..target };
    let corrected = api.edit(&key, &answer, "Thanks a lot!").await.unwrap();
    assert_eq!(
        (corrected.external_id.as_str(), corrected.text.as_deref()),
        (written.external_id.as_str(), Some("Thanks a lot!"))
    );
    let shown = seen(&api, &key, &comment.external_id, &written.external_id).await.expect("it stands there");
    assert_eq!(shown.text.as_deref(), Some("Thanks a lot!"));
    for _ in 0..2 {
        api.delete(&key, &written.external_id).await.unwrap();
        assert!(seen(&api, &key, &comment.external_id, &written.external_id).await.is_none());
    }
    assert!(
        matches!(api.delete(&key, &comment.external_id).await, Err(Error::Permission { .. })),
        "others' are not ours to delete"
    );
}

#[tokio::test]
async fn what_is_hidden_can_be_shown_again() {
    let directory = tempfile::tempdir().unwrap();
    let (_simulator, api, key) = channel(directory.path(), &Arc::default()).await;
    let comment = an_open_comment(&api, &key).await;
    let state = async || {
        let batch = api.fetch(&key, &comment.external_id, None).await.unwrap();
        batch.interactions.first().map(|item| item.provider_state)
    };
    let ids = [comment.external_id.clone()];
    api.moderate(&ids, Verb::Hide).await.unwrap();
    assert_eq!(api.standing(&key, &ids).await.unwrap(), [(ids[0].clone(), ProviderState::Held)]);
    assert_ne!(state().await, Some(ProviderState::Published));
    api.moderate(&ids, Verb::Publish).await.unwrap();
    assert_eq!(state().await, Some(ProviderState::Published));
}
