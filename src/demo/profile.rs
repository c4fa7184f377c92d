//! A demo's profile, and what it promises.

use kit::clock::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{DemoLanguage, Scenario, Size, Story};
use crate::model::Platform;

/// The demo's profile, as the demo service described it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Profile {
    pub id: String,
    pub user_id: String,
    pub channel_name: String,
    pub niche: String,
    #[serde(default)]
    pub story: Story,
    pub scenario: Scenario,
    pub size: Size,
    #[serde(default)]
    pub language: DemoLanguage,
    pub seed: u64,
    pub platforms: Platforms,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = DemoPlatforms)]
pub struct Platforms {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub youtube: Option<YouTubeProfile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub google_business: Option<BusinessProfile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bluesky: Option<BlueskyProfile>,
}

impl Platforms {
    /// Those on which the profile has accounts.
    pub fn present(&self) -> Vec<Platform> {
        let youtube = self.youtube.is_some().then_some(Platform::YouTube);
        let google = self.google_business.is_some().then_some(Platform::Google);
        let bluesky = self.bluesky.is_some().then_some(Platform::Bluesky);
        youtube.into_iter().chain(google).chain(bluesky).collect()
    }

    /// All that was promised, on whatever platform.
    pub fn promised(&self) -> Held {
        let youtube = self.youtube.as_ref().map(|youtube| youtube.promised);
        let google = self.google_business.as_ref().map(|google| google.promised);
        let mut held = Held::default();
        if let Some(Promised { videos, interactions, as_of }) = youtube {
            held.add(videos, interactions, as_of);
        }
        if let Some(PromisedReviews { locations, interactions, as_of }) = google {
            held.add(locations, interactions, as_of);
        }
        if let Some(PromisedPosts { posts, interactions, as_of }) = self.bluesky.as_ref().map(|found| found.promised) {
            held.add(posts, interactions, as_of);
        }
        held
    }
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = DemoYouTube)]
pub struct YouTubeProfile {
    pub subscribers: i64,
    pub avg_views: f64,
    pub engagement_rate: f64,
    pub promised: Promised,
}

/// What the profile's channel held at an instant: demo mode is enabled when all of it is in our database.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Promised {
    pub videos: i64,
    pub interactions: i64,
    pub as_of: Timestamp,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = DemoBusiness)]
pub struct BusinessProfile {
    pub locations: i64,
    /// Of all locations of the demo, which are one business.
    pub average_rating: Option<f64>,
    pub promised: PromisedReviews,
}

/// The same for a business: its interactions are reviews, and the owner's answers to them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct PromisedReviews {
    pub locations: i64,
    pub interactions: i64,
    pub as_of: Timestamp,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = DemoBluesky)]
pub struct BlueskyProfile {
    pub did: String,
    pub handle: String,
    pub followers: i64,
    pub promised: PromisedPosts,
}

/// The same for an account on Bluesky: its interactions are replies, mentions and quotes, with the account's own answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct PromisedPosts {
    pub posts: i64,
    pub interactions: i64,
    pub as_of: Timestamp,
}

/// Content and interactions that were there at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    pub content: i64,
    pub interactions: i64,
    pub as_of: Timestamp,
}

impl Default for Held {
    fn default() -> Self {
        Self { content: 0, interactions: 0, as_of: Timestamp::EPOCH }
    }
}

impl Held {
    pub const fn total(self) -> i64 {
        self.content + self.interactions
    }

    fn add(&mut self, content: i64, interactions: i64, as_of: Timestamp) {
        self.content += content;
        self.interactions += interactions;
        self.as_of = self.as_of.max(as_of);
    }
}
