//! A platform to which whoever speaks has a line of their own: what it is stays, what is said goes over the line.

use std::fmt;
use std::sync::Arc;

use super::{Far, Seam, Talks};
use crate::model::Platform;
use crate::platforms::{
    ActRules, Adapter, Allowance, AnswerRules, Budget, Error, PlatformModule, Provider, ProviderInfo, Tokens, World,
};

#[derive(Clone)]
pub struct Through<T> {
    pub far: Far,
    pub talks: T,
}

impl<T> fmt::Debug for Through<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Through").field("far", &self.far).finish_non_exhaustive()
    }
}

impl<T: Talks + Clone + 'static> PlatformModule for Through<T> {
    fn platform(&self) -> Platform {
        self.far.platform()
    }

    fn info(&self) -> &'static ProviderInfo {
        self.far.info()
    }

    fn provider(&self, world: &World) -> Result<Box<dyn Provider>, Error> {
        self.far.provider(world)
    }

    fn adapter(&self, _: &World, _: Arc<dyn Tokens>, _: Arc<dyn Allowance>) -> Box<dyn Adapter> {
        Box::new(Seam(self.talks.clone()))
    }

    fn answers(&self) -> AnswerRules {
        self.far.answers()
    }

    fn acts(&self) -> ActRules {
        self.far.acts()
    }

    fn budget(&self, world: &World) -> Option<Budget> {
        self.far.budget(world)
    }
}
