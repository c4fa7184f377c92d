//! What a world is made from.

use std::fmt;
use std::str::FromStr;

use kit::clock::Timestamp;

use super::business::BRAND;

/// The whole input of a world. `user_key` only tells external ids of two profiles apart: the same seed reads the same for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub user_key: String,
    pub seed: u64,
    pub story: Story,
    pub scenario: Scenario,
    pub size: Size,
    pub niche: Niche,
    pub personality: Personality,
    pub channel_name: String,
    pub subscribers: u64,
    /// History ends here; after it the world lives on.
    pub created_at: Timestamp,
    pub language: Language,
}

impl Profile {
    /// The coffee channel that demo mode shows when nothing else is asked for.
    pub fn northside(user_key: impl Into<String>, seed: u64, created_at: Timestamp) -> Profile {
        Profile {
            user_key: user_key.into(),
            seed,
            story: Story::Creator,
            scenario: Scenario::Healthy,
            size: Size::Medium,
            niche: Niche::Cooking,
            personality: Personality::Friendly,
            channel_name: Niche::Cooking.channel_name().into(),
            subscribers: 128_400,
            created_at,
            language: Language::En,
        }
    }

    /// The restaurant that demo mode shows when nothing else is asked for.
    pub fn harbor(user_key: impl Into<String>, seed: u64, created_at: Timestamp) -> Profile {
        Profile::of_story(Story::Restaurant, user_key, seed, created_at)
    }

    /// What a story shows when nothing else is asked for.
    pub fn of_story(story: Story, user_key: impl Into<String>, seed: u64, created_at: Timestamp) -> Profile {
        let usual = Profile::northside(user_key, seed, created_at);
        let scenario = if story == Story::Brand { Scenario::Struggling } else { usual.scenario };
        let channel_name = story.name().unwrap_or(&usual.channel_name).to_owned();
        Profile { story, scenario, channel_name, ..usual }
    }
}

/// A name that is not in the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} {name:?}")]
pub struct Unknown {
    pub what: &'static str,
    pub name: String,
}

macro_rules! named {
    ($(#[$doc:meta])* $type:ident, $what:literal { $($variant:ident = $($name:literal)|+),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type { $($variant),+ }

        impl $type {
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $($type::$variant => named!(@first $($name)|+)),+ }
            }
        }

        impl FromStr for $type {
            type Err = Unknown;
            fn from_str(name: &str) -> Result<Self, Unknown> {
                match name { $($($name)|+ => Ok($type::$variant),)+ _ => Err(Unknown { what: $what, name: name.into() }) }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
    (@first $first:literal $(| $rest:literal)*) => { $first };
}

named! {
    /// Whose world it is, and so on which platforms: see [`Story::has_channel`] and what follows it.
    Story, "story" { Creator = "creator", Restaurant = "restaurant", Brand = "brand", Shop = "shop", Agency = "agency" }
}

impl Story {
    /// What whoever it is about is called when nobody names them; a creator goes by the niche.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Story::Creator => None,
            Story::Restaurant => Some(BRAND),
            Story::Brand => Some("Bright Kettle"),
            Story::Shop => Some("Little Owl Coffee"),
            Story::Agency => Some("Fairweather Studio"),
        }
    }

    /// A channel on YouTube.
    pub fn has_channel(self) -> bool {
        matches!(self, Story::Creator | Story::Brand | Story::Agency)
    }

    /// Places on the map, with Google reviews.
    pub fn has_places(self) -> bool {
        self != Story::Creator
    }

    /// An account on Bluesky.
    pub fn has_feed(self) -> bool {
        self != Story::Restaurant
    }
}
named! {
    /// How the audience feels, and what happened lately.
    Scenario, "scenario" { Healthy = "healthy", Typical = "typical", Struggling = "struggling" | "crisis", Viral = "viral" }
}
named! { Size, "size" { Small = "small", Medium = "medium", Large = "large" } }
named! {
    Niche, "niche" {
        TechReviews = "tech_reviews", Gaming = "gaming", Beauty = "beauty", Fitness = "fitness", Cooking = "cooking", Travel = "travel",
        Education = "education", Comedy = "comedy", Music = "music", Lifestyle = "lifestyle",
    }
}

impl Niche {
    /// What a channel is called when nobody names it.
    pub fn channel_name(self) -> &'static str {
        match self {
            Niche::TechReviews => "Second Charge",
            Niche::Gaming => "Slow Respawn",
            Niche::Beauty => "Bare Minimum Beauty",
            Niche::Fitness => "Kitchen Floor Fitness",
            Niche::Cooking => "Northside Coffee Lab",
            Niche::Travel => "The Slow Platform",
            Niche::Education => "Chalk and Why",
            Niche::Comedy => "Reply All Comedy",
            Niche::Music => "Spare Room Sessions",
            Niche::Lifestyle => "Quiet Quarter",
        }
    }
}

named! {
    /// How the owner answers.
    Personality, "personality" { Friendly = "friendly" | "warm", Professional = "professional", Witty = "witty", Brief = "brief" }
}
named! { Language, "language" { En = "en", De = "de", Es = "es", Fr = "fr", Pt = "pt", It = "it" } }
