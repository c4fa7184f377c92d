//! What may be chosen of a demo.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

kit::text_enum! {
    /// Whose demo it is, and so which platforms are in it.
    #[derive(Default)]
    pub enum Story {
        /// A channel on YouTube, and an account on Bluesky.
        #[default]
        Creator = "creator",
        /// The Google reviews of a restaurant's locations.
        Restaurant = "restaurant",
        /// A brand whose kettles leak: the same complaint on YouTube, in Google reviews and on Bluesky.
        Brand = "brand",
        /// A small shop: Google reviews, and Bluesky.
        Shop = "shop",
        /// An agency that looks after four brands: a channel, a restaurant, a shop, and an account on Bluesky.
        Agency = "agency",
    }
}

kit::text_enum! {
    /// What kind of time the demo is having.
    pub enum Scenario {
        Healthy = "healthy",
        Typical = "typical",
        Struggling = "struggling",
        Viral = "viral",
    }
}

kit::text_enum! {
    /// How much it has to read.
    pub enum Size {
        Small = "small",
        Medium = "medium",
        Large = "large",
    }
}

kit::text_enum! {
    /// What a creator's channel is about.
    pub enum Niche {
        Beauty = "beauty",
        Comedy = "comedy",
        Cooking = "cooking",
        Education = "education",
        Fitness = "fitness",
        Gaming = "gaming",
        Lifestyle = "lifestyle",
        Music = "music",
        TechReviews = "tech_reviews",
        Travel = "travel",
    }
}

kit::text_enum! {
    /// What most of its people write.
    #[derive(Default)]
    pub enum DemoLanguage {
        #[default]
        English = "en",
        German = "de",
        Spanish = "es",
        French = "fr",
        Italian = "it",
        Portuguese = "pt",
    }
}

/// What a person chooses before they enable demo mode.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(from = "Asked", deny_unknown_fields)]
#[schema(as = DemoChoice)]
pub struct Choice {
    #[schema(required = false, default = "creator")]
    pub story: Story,
    /// The story's own when it is left out: struggling for a brand, healthy for all others.
    #[schema(required = false)]
    pub scenario: Scenario,
    #[schema(required = false, default = "medium")]
    pub size: Size,
    /// The same seed makes the same channel; a new one when it is left out.
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    pub seed: Option<u64>,
    /// The creator's, cooking when it is left out. The other stories have their own.
    pub niche: Option<Niche>,
    /// English when it is left out.
    pub language: Option<DemoLanguage>,
}

/// The same as it is asked for.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Asked {
    story: Story,
    scenario: Option<Scenario>,
    size: Option<Size>,
    seed: Option<u64>,
    niche: Option<Niche>,
    language: Option<DemoLanguage>,
}

impl From<Asked> for Choice {
    fn from(asked: Asked) -> Self {
        let usual = Choice::of(asked.story);
        Self {
            scenario: asked.scenario.unwrap_or(usual.scenario),
            size: asked.size.unwrap_or(usual.size),
            seed: asked.seed,
            niche: asked.niche,
            language: asked.language,
            ..usual
        }
    }
}

impl Choice {
    /// What a story shows when nothing else is chosen.
    pub fn of(story: Story) -> Self {
        let scenario = if story == Story::Brand { Scenario::Struggling } else { Scenario::Healthy };
        Self { story, scenario, size: Size::Medium, seed: None, niche: None, language: None }
    }

    /// As it was kept, by a newer release too: what this one does not know is passed over.
    pub(super) fn kept<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Kept {
            #[serde(default)]
            story: Story,
            scenario: Scenario,
            size: Size,
            seed: Option<u64>,
            niche: Option<Niche>,
            language: Option<DemoLanguage>,
        }
        let Kept { story, scenario, size, seed, niche, language } = Kept::deserialize(from)?;
        Ok(Self { story, scenario, size, seed, niche, language })
    }

    /// Whether the story can be about its niche: only a creator's is a choice, and telling another story what it is does no harm.
    pub fn has_its_niche(&self) -> bool {
        self.story == Story::Creator || self.niche.is_none_or(|niche| niche == Niche::Cooking)
    }
}

impl Default for Choice {
    fn default() -> Self {
        Self::of(Story::default())
    }
}

/// JSON readers keep integers exact up to here.
pub const LARGEST_SEED: u64 = (1 << 53) - 1;

/// Why a niche is refused.
pub const NICHE_REFUSED: &str = "Only a growing creator has a niche to choose.";
