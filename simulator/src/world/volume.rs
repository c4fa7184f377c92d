//! How much happens in a world, and where: the one table that every platform goes by.

use super::{Size, Story};

/// Where something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    Google,
    YouTube,
    Bluesky,
}

impl Platform {
    pub const ALL: [Platform; 3] = [Platform::Google, Platform::YouTube, Platform::Bluesky];
}

/// Interactions of a history over all platforms: whatever somebody wrote or starred, and what the owner answered. A creator's
/// channel alone has its own figures.
pub fn interactions(size: Size) -> u64 {
    match size {
        Size::Small => 200,
        Size::Medium => 1_200,
        Size::Large => 5_000,
    }
}

/// The share of [`interactions`] that a platform has in a story; a creator's feed comes on top of all that the channel has.
pub fn share(story: Story, platform: Platform) -> f64 {
    match (story, platform) {
        (Story::Creator, Platform::YouTube) | (Story::Restaurant, Platform::Google) => 1.0,
        (Story::Creator, Platform::Bluesky) => 0.12,
        (Story::Shop, Platform::Google) => 0.65,
        (Story::Shop, Platform::Bluesky) => 0.35,
        (Story::Brand, Platform::Google | Platform::Bluesky) => 0.25,
        (Story::Brand, Platform::YouTube) => 0.5,
        (Story::Agency, Platform::Google) => 0.4,
        (Story::Agency, Platform::YouTube) => 0.45,
        (Story::Agency, Platform::Bluesky) => 0.15,
        (Story::Creator, Platform::Google)
        | (Story::Restaurant, Platform::YouTube | Platform::Bluesky)
        | (Story::Shop, Platform::YouTube) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_of_a_story_share_all_that_happens() {
        for story in Story::ALL {
            let sum: f64 = Platform::ALL.into_iter().map(|platform| share(*story, platform)).sum();
            let whole = if *story == Story::Creator { 1.12 } else { 1.0 };
            assert!((sum - whole).abs() < 1e-9, "{story}: {sum}");
            assert_eq!(share(*story, Platform::YouTube) > 0.0, story.has_channel(), "{story}");
            assert_eq!(share(*story, Platform::Google) > 0.0, story.has_places(), "{story}");
            assert_eq!(share(*story, Platform::Bluesky) > 0.0, story.has_feed(), "{story}");
        }
    }
}
