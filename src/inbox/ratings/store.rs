//! The statement about ratings.

use kit::args;
use kit::db::{Conn, Result};

use super::Ratings;
use crate::model::ConnectionId;

kit::row! {
    /// The reviews of so many stars.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Rated {
        pub rating: i64,
        pub reviews: i64,
        pub waiting: i64,
        /// That had fewer when they were answered.
        pub raised: i64,
        pub lowered: i64,
    }
}

pub(super) const BY_STARS: &str = "SELECT rating, count(*), count(CASE WHEN state = 'needs_reply' THEN 1 END),
            count(CASE WHEN rating > rating_at_reply THEN 1 END), count(CASE WHEN rating < rating_at_reply THEN 1 END)
         FROM interactions
         WHERE connection_id = $1 AND rating IS NOT NULL AND provider_state = 'published' AND state <> 'spam'
            AND state <> 'removed'
         GROUP BY rating ORDER BY rating DESC";

/// Counted in an index: a place has hundreds of reviews, seldom thousands.
pub fn of_connection(conn: &mut Conn, connection: ConnectionId) -> Result<Ratings> {
    conn.all(BY_STARS, args![connection]).map(Ratings)
}
