//! Who writes: kept with how often.

pub mod store;

use crate::model::{AuthorId, ObservedAuthor};

kit::row! {
    #[derive(Clone, Debug)]
    pub struct Author {
        pub id: AuthorId,
        pub external_id: String,
        pub display_name: String,
        pub avatar_url: Option<String>,
        pub profile_url: Option<String>,
        pub is_self: bool,
        pub interactions: i64,
    }
}

impl Author {
    pub fn new(id: AuthorId, key: &str, observed: &ObservedAuthor, interactions: i64) -> Self {
        Self {
            id,
            external_id: key.to_owned(),
            display_name: observed.display_name.clone(),
            avatar_url: observed.avatar_url.clone(),
            profile_url: observed.profile_url.clone(),
            is_self: observed.is_self,
            interactions,
        }
    }

    pub fn seen_as(self, observed: &ObservedAuthor, new: i64) -> Self {
        Self::new(self.id, &self.external_id, observed, self.interactions + new)
    }
}
