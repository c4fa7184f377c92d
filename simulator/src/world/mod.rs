//! The demo world: what exists on each platform for one profile, as a pure function of the profile and an instant.
//!
//! No clock, no I/O, no database. Whoever serves the world keeps one [`World`] per profile in memory, asks it what is true at an instant,
//! and lays on top whatever its own visitors changed. Each platform is a module of its own beside [`youtube`].

pub mod bluesky;
pub mod business;
mod dice;
mod growth;
mod pace;
mod people;
mod profile;
mod said;
#[cfg(test)]
mod tests;
mod text;
mod volume;
pub mod youtube;

use std::sync::{Arc, LazyLock};

pub use people::{Author, AuthorRef};
pub use profile::{Language, Niche, Personality, Profile, Scenario, Size, Story, Unknown};
pub use text::Intent;
pub use volume::{Platform, interactions, share};

use bluesky::Bluesky;
use business::Business;
use youtube::YouTube;

/// Everything that exists for one profile. The same profile gives the same world for ever, and later instants only add to it.
#[derive(Debug, Clone)]
pub struct World {
    pub profile: Profile,
    /// Built when somebody first looks: nobody does where the story has no channel.
    pub youtube: Arc<LazyLock<YouTube, Build>>,
    /// Where the story has places.
    pub business: Option<Business>,
    /// Where the story has a feed.
    pub bluesky: Option<Bluesky>,
}

type Build = Box<dyn FnOnce() -> YouTube + Send>;

impl World {
    pub fn new(profile: Profile) -> World {
        let business = profile.story.has_places().then(|| Business::new(&profile));
        let bluesky = profile.story.has_feed().then(|| Bluesky::new(&profile));
        let channel_of = profile.clone();
        let youtube: Build = Box::new(move || YouTube::new(&channel_of));
        World { profile, youtube: Arc::new(LazyLock::new(youtube)), business, bluesky }
    }
}
