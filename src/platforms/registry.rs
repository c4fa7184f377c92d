//! Which platforms this version speaks to.

use std::sync::Arc;

use super::adapter::{PlatformModule, ProviderInfo};
use super::bluesky::Bluesky;
use super::business::Business;
use super::youtube::YouTube;
use crate::model::Platform;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Platforms(Arc<[Arc<dyn PlatformModule>]>);

impl Platforms {
    pub fn built_in() -> Self {
        Self::of(vec![Arc::new(YouTube), Arc::new(Business), Arc::new(Bluesky)])
    }

    pub fn of(modules: Vec<Arc<dyn PlatformModule>>) -> Self {
        Self(modules.into())
    }

    /// `None` where this version does not speak to it yet.
    pub fn get(&self, platform: Platform) -> Option<&dyn PlatformModule> {
        self.0.iter().find(|module| module.platform() == platform).map(AsRef::as_ref)
    }

    pub fn offered(&self) -> impl Iterator<Item = Platform> {
        self.0.iter().map(|module| module.platform())
    }

    pub fn info(&self, platform: Platform) -> Option<&'static ProviderInfo> {
        self.get(platform).map(PlatformModule::info)
    }

    /// Whether some provider answers at this part of our callback's address.
    pub fn knows_provider(&self, key: &str) -> bool {
        self.0.iter().any(|module| module.info().key == key)
    }
}
