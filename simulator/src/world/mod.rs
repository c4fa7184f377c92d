//! The demo world: what exists on each platform for one profile, as a pure function of the profile and an instant.
//!
//! No clock, no I/O, no database. Whoever serves the world keeps one [`World`] per profile in memory, asks it what is true at an instant,
//! and lays on top whatever its own visitors changed. Each platform is a module of its own beside [`youtube`].

mod dice;
mod people;
mod profile;
#[cfg(test)]
mod tests;
mod text;
pub mod youtube;

pub use people::{Author, AuthorRef};
pub use profile::{Language, Niche, Personality, Profile, Scenario, Size, Unknown};
pub use text::Intent;

use youtube::YouTube;

/// Everything that exists for one profile. The same profile gives the same world for ever, and later instants only add to it.
#[derive(Debug, Clone)]
pub struct World {
    pub profile: Profile,
    pub youtube: YouTube,
}

impl World {
    pub fn new(profile: Profile) -> World {
        let youtube = YouTube::new(&profile);
        World { profile, youtube }
    }
}
