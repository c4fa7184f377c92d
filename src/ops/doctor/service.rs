//! The proxy in front, asked from outside: who speaks through it is taken for whom?

use serde_json::Value;

use super::{Finding, bad, ok, warn};
use crate::config::{Config, Settings};
use crate::ops::health::{NOBODY, pages::HEALTH};
use crate::outbound::Outbound;

const WHAT: &str = "proxy";
/// An answer of three words.
const BYTES: usize = 1024;

/// Nothing where none is expected: only a proxy makes https of what Repruv serves.
pub(super) async fn proxy(settings: &Settings) -> Option<Finding> {
    let config = Config::new(settings, settings.listen, None).ok()?;
    if !config.public_url.starts_with("https://") {
        return None;
    }
    if settings.trusted_proxies.is_none() {
        let text = "none is trusted, so limits on sign-in count all visitors as one";
        return Some(warn(WHAT, text, "set REPRUV_TRUSTED_PROXIES: docs/operations.md, Behind a proxy"));
    }
    let url = format!("{}{HEALTH}", config.public_url).parse().ok()?;
    let client = Outbound::default().providers;
    let asked = client.request(reqwest::Method::GET, url).header("x-forwarded-for", NOBODY.to_string());
    Some(match client.send(asked, BYTES).await {
        Ok(answer) => judge(answer.json().ok()),
        Err(error) => warn(
            WHAT,
            format!("{} cannot be asked from here: {error}", config.public_url),
            "run this where the public address can be reached, or look at it from elsewhere",
        ),
    })
}

fn judge(health: Option<Value>) -> Finding {
    match health {
        Some(health) if health["status"] == "alive" && health.get("believes").is_none() => {
            ok(WHAT, "what visitors say of their own address is not believed")
        }
        Some(health) if health["status"] == "alive" => bad(
            WHAT,
            "it passes on what visitors write into X-Forwarded-For, so whoever tries passwords has a new address each time",
            "let it set X-Forwarded-For to the address that it sees: docs/operations.md, Behind a proxy",
        ),
        _ => warn(WHAT, "the public address leads to something else", "look at the proxy, and at REPRUV_PUBLIC_URL"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ops::doctor::Level;

    #[test]
    fn the_answer_through_the_proxy_decides() {
        for (health, level) in [
            (Some(json!({"status": "alive"})), Level::Ok),
            (Some(json!({"status": "alive", "believes": "x-forwarded-for"})), Level::Bad),
            (Some(json!({"message": "welcome"})), Level::Warn),
            (None, Level::Warn),
        ] {
            assert_eq!(judge(health.clone()).level, level, "{health:?}");
        }
    }
}
