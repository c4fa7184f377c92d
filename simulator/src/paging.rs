//! Page tokens: opaque, bound to what was asked, and steady while new items appear in front.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// The last item of a page; the next page begins behind it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// Where it stands in the list's order: for most its instant in microseconds.
    pub place: i64,
    pub id: String,
}

const CHECK: usize = 6;
const LONGEST_ID: usize = 200;

impl Cursor {
    /// `query` is what the page was of: a token serves no other.
    pub fn token(&self, query: &str) -> String {
        let mut bytes = self.place.to_be_bytes().to_vec();
        bytes.extend(self.id.as_bytes());
        let check = check(&bytes, query);
        bytes.extend(check);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub fn parse(token: &str, query: &str) -> Option<Cursor> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() <= 8 + LONGEST_ID + CHECK)?;
        let (body, shown) = bytes.split_at_checked(bytes.len().checked_sub(CHECK)?)?;
        if shown != check(body, query) {
            return None;
        }
        let (place, id) = body.split_first_chunk::<8>()?;
        Some(Cursor { place: i64::from_be_bytes(*place), id: String::from_utf8(id.to_vec()).ok()? })
    }
}

/// Not a secret: it only tells tokens from typing errors.
fn check(body: &[u8], query: &str) -> [u8; CHECK] {
    let digest = Sha256::new().chain_update(query).chain_update([0]).chain_update(body).finalize();
    std::array::from_fn(|index| digest[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_serves_its_own_query_only() {
        let cursor = Cursor { place: -5, id: "UgxA".into() };
        let token = cursor.token("threads of v1");
        assert_eq!(Cursor::parse(&token, "threads of v1"), Some(cursor));
        assert_eq!(Cursor::parse(&token, "threads of v2"), None);
        for bad in ["", "x", "bogus", "AAAAAAAAAAAAAAAAAAAAAAAA", &token[1..], "ünicode"] {
            assert_eq!(Cursor::parse(bad, "threads of v1"), None, "{bad}");
        }
    }
}
