//! A webhook as the demo service sends it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use kit::clock::Clock;
use repruv::secrets::Vault;
use repruv::webhooks::incoming as webhooks;
use reqwest::StatusCode;
use serde_json::json;
use sha2::Sha256;

/// Tells of a new comment on the user's demo profile; `None` when there is no whole answer.
pub async fn send(http: &reqwest::Client, base: &str, vault: &Vault, user: &str, id: &str) -> Option<StatusCode> {
    let user = user.parse().expect("a user's id");
    let secret = webhooks::demo_secret(vault, user);
    let key = secret.expose().strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok());
    let body = json!({"type": "comment.created", "data": {"platform": "youtube", "external_id": id}}).to_string();
    let at = (Clock::system().now().micros() / 1_000_000).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.expect("a secret is base64")).expect("any length");
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let request = http.post(webhooks::demo_url(base, user)).header("webhook-id", id).header("webhook-timestamp", at);
    let answer = request.header("webhook-signature", signature).body(body).send().await.ok()?;
    Some(answer.status())
}
