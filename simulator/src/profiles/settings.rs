//! What a profile is asked to be, checked, with the defaults filled in: stored as applied.

use std::str::FromStr;

use kit::clock::Timestamp;
use kit::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::arrivals::webhook::Secret;
use crate::oauth::is_redirect_address;
use crate::problem::Problem;
use crate::world::{Language, Niche, Personality, Profile, Scenario, Size, Story, Unknown};

/// The body of `POST /profiles`. Whatever it asks for is honoured, or refused by its name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewProfile {
    user_id: String,
    #[serde(default)]
    profile_type: Option<String>,
    story: Option<String>,
    channel_name: Option<String>,
    niche: Option<String>,
    personality: Option<String>,
    yt_subscribers: Option<u64>,
    scenario: Option<String>,
    size: Option<String>,
    language: Option<String>,
    seed: Option<u64>,
    webhook: Option<Webhook>,
    /// Where consent to the demo's own client may lead back.
    #[serde(default)]
    redirect_uris: Vec<String>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub url: String,
    pub secret: String,
}

/// As stored: the world is made of these and of the profile's `created_at`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub profile_type: String,
    /// Rows of earlier releases have none.
    #[serde(default = "creator")]
    pub story: String,
    pub channel_name: String,
    pub niche: String,
    pub personality: String,
    pub scenario: String,
    pub size: String,
    pub language: String,
    pub subscribers: u64,
    pub seed: u64,
    pub redirect_uris: Vec<String>,
}

fn creator() -> String {
    Story::Creator.as_str().to_owned()
}

/// JSON readers keep integers exact up to here.
const LARGEST_SEED: u64 = (1 << 53) - 1;
const MOST_REDIRECTS: usize = 50;
const MOST_SUBSCRIBERS: u64 = 500_000_000;

impl NewProfile {
    pub fn parse(body: Value) -> Result<NewProfile, Problem> {
        serde_json::from_value(body).map_err(|error| Problem::invalid("invalid_profile", error.to_string()))
    }

    pub fn user_id(&self) -> Result<String, Problem> {
        let fits =
            !self.user_id.is_empty() && self.user_id.len() <= 200 && self.user_id.chars().all(|c| c.is_ascii_graphic());
        if fits {
            Ok(self.user_id.clone())
        } else {
            Err(Problem::invalid("invalid_user_id", "user_id must be 1 to 200 printable ASCII characters."))
        }
    }

    pub fn webhook(&self) -> Result<Option<Webhook>, Problem> {
        let Some(webhook) = &self.webhook else { return Ok(None) };
        let address = webhook.url.len() <= 2000
            && Url::parse(&webhook.url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !address {
            return Err(Problem::invalid("invalid_webhook", "webhook.url must be an http(s) address."));
        }
        if Secret::parse(&webhook.secret).is_none() {
            return Err(Problem::invalid(
                "invalid_webhook",
                "webhook.secret must be whsec_ and the base64 of 24 to 64 bytes.",
            ));
        }
        Ok(Some(webhook.clone()))
    }

    pub fn settings(&self, random: &Random) -> Result<Settings, Problem> {
        let story = named::<Story>(self.story.as_deref(), Story::Creator.as_str())?;
        let story: Story = story.parse().expect("it was checked");
        let usual = Profile::of_story(story, "", 0, Timestamp::EPOCH);
        let seed = self.seed.unwrap_or_else(|| random.u64() & LARGEST_SEED);
        if seed > LARGEST_SEED {
            return Err(Problem::invalid("invalid_seed", "seed must be at most 2^53 - 1."));
        }
        let profile_type = self.profile_type.as_deref().unwrap_or("auto");
        if !matches!(profile_type, "auto" | "manual") {
            return Err(Problem::invalid("invalid_profile_type", "profile_type must be auto or manual."));
        }
        let niche = named::<Niche>(self.niche.as_deref(), usual.niche.as_str())?;
        if story != Story::Creator && niche != usual.niche.as_str() {
            return Err(Problem::invalid("invalid_profile", format!("The niche of the story {story} is cooking.")));
        }
        if !story.has_channel() && self.yt_subscribers.is_some() {
            let detail = format!("The story {story} has no channel, and so no yt_subscribers.");
            return Err(Problem::invalid("invalid_profile", detail));
        }
        let usual_name = match story {
            Story::Creator => niche.parse().unwrap_or(usual.niche).channel_name(),
            _ => &usual.channel_name,
        };
        let channel_name = self.channel_name.as_deref().map_or(usual_name, str::trim).to_owned();
        if channel_name.is_empty() || channel_name.chars().count() > 100 || channel_name.chars().any(char::is_control) {
            return Err(Problem::invalid("invalid_channel_name", "channel_name must be 1 to 100 characters."));
        }
        let subscribers = self.yt_subscribers.unwrap_or(usual.subscribers);
        if subscribers > MOST_SUBSCRIBERS {
            return Err(Problem::invalid("invalid_subscribers", "yt_subscribers must be at most 500,000,000."));
        }
        let are_addresses = self.redirect_uris.iter().all(|uri| uri.len() <= 2000 && is_redirect_address(uri));
        if self.redirect_uris.len() > MOST_REDIRECTS || !are_addresses {
            return Err(Problem::invalid(
                "invalid_redirect_uris",
                "redirect_uris must be at most 50 http(s) addresses.",
            ));
        }
        Ok(Settings {
            profile_type: profile_type.to_owned(),
            story: story.to_string(),
            channel_name,
            niche,
            personality: named::<Personality>(self.personality.as_deref(), usual.personality.as_str())?,
            scenario: named::<Scenario>(self.scenario.as_deref(), usual.scenario.as_str())?,
            size: named::<Size>(self.size.as_deref(), usual.size.as_str())?,
            language: named::<Language>(self.language.as_deref(), usual.language.as_str())?,
            subscribers,
            seed,
            redirect_uris: self.redirect_uris.clone(),
        })
    }
}

/// A name that the world knows, told back as it was asked for: some go by two.
fn named<T: FromStr<Err = Unknown>>(asked: Option<&str>, usual: &str) -> Result<String, Problem> {
    let name = asked.unwrap_or(usual);
    name.parse::<T>().map_err(|unknown| Problem::invalid("unknown_value", unknown.to_string()))?;
    Ok(name.to_owned())
}

impl Settings {
    /// A value that this release does not know any more falls back to the usual one: the profile stays readable.
    pub fn world_profile(&self, user_id: &str, created_at: Timestamp) -> Profile {
        let story = self.story.parse().unwrap_or(Story::Creator);
        let usual = Profile::of_story(story, user_id, self.seed, created_at);
        Profile {
            scenario: self.scenario.parse().unwrap_or(usual.scenario),
            size: self.size.parse().unwrap_or(usual.size),
            niche: self.niche.parse().unwrap_or(usual.niche),
            personality: self.personality.parse().unwrap_or(usual.personality),
            language: self.language.parse().unwrap_or(usual.language),
            channel_name: self.channel_name.clone(),
            subscribers: self.subscribers,
            ..usual
        }
    }
}
