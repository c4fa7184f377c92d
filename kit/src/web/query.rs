//! What a query string may hold.

use serde::Deserialize;

/// Of an address that takes none: a filter that is ignored would lie about what it filtered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilters {}
