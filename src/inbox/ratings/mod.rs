//! How an account is rated: its reviews by stars, and how many of each still need a reply.

mod store;
#[cfg(test)]
mod tests;
mod views;

pub use store::{Rated, of_connection};
pub use views::summary;

/// From five stars to one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ratings(Vec<Rated>);

impl Ratings {
    pub fn reviews(&self) -> i64 {
        self.0.iter().map(|rated| rated.reviews).sum()
    }

    /// That have more stars than when they were answered, and that have fewer.
    pub fn rated_anew(&self) -> (i64, i64) {
        (self.0.iter().map(|rated| rated.raised).sum(), self.0.iter().map(|rated| rated.lowered).sum())
    }

    /// Of this account's reviews alone, as Repruv has read them.
    pub fn average(&self) -> Option<f64> {
        let stars: i64 = self.0.iter().map(|rated| rated.rating * rated.reviews).sum();
        (self.reviews() > 0).then(|| stars as f64 / self.reviews() as f64)
    }
}
