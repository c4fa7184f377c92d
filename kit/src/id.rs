//! Identifiers: time-ordered UUIDs that know what they identify.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::random::Random;

/// A UUID version 7 (RFC 9562) of a `T`; ids of different things do not mix.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// Sorts after every other.
    pub const LAST: Self = Self(Uuid::max(), PhantomData);

    pub fn new(now: Timestamp, random: &Random) -> Self {
        let millis = u64::try_from(now.micros() / 1_000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random.bytes::<10>()).into_uuid().into()
    }

    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<T> From<Uuid> for Id<T> {
    fn from(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self::from)
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from)
    }
}

/// Declares id types: `id_types! { pub UserId, JobId }`.
#[macro_export]
macro_rules! id_types {
    ($($visibility:vis $name:ident),+ $(,)?) => {
        #[doc(hidden)]
        pub mod id_of { $( #[derive(Debug)] pub enum $name {} )+ }
        $( $visibility type $name = $crate::id::Id<id_of::$name>; )+
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::id_types! { TestId }

    #[test]
    fn ids_sort_by_time_and_survive_text() {
        let random = Random::seeded(1);
        let first = TestId::new(Timestamp::from_second(1), &random);
        let second = TestId::new(Timestamp::from_second(2), &random);
        assert!(first < second);
        assert_eq!(first.to_string().parse::<TestId>().unwrap(), first);
        assert_eq!(first.uuid().get_version_num(), 7);
    }
}
