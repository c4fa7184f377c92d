//! First answers: when people asked, when somebody answered them from here, and who.

mod store;

pub use store::{Answer, first_by_people, first_since, is_first};
