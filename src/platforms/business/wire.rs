//! The words of Google's interface, as far as they are read. What is unknown is passed over, and no word has to be known.

use serde::Deserialize;
use serde_json::Value;

/// Of accounts, or of locations. An empty one has no keys at all.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: Deserialize<'de>")]
pub struct Page<T> {
    #[serde(default = "Vec::new", alias = "accounts", alias = "locations")]
    pub items: Vec<T>,
    pub next_page_token: Option<String>,
}

#[derive(Deserialize)]
pub struct Account {
    /// `accounts/1`.
    pub name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// `locations/2`: it carries no account.
    pub name: String,
    #[serde(default)]
    pub title: String,
    pub language_code: Option<String>,
    #[serde(default)]
    pub storefront_address: Address,
    #[serde(default)]
    pub metadata: Metadata,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Address {
    pub address_lines: Vec<String>,
    pub locality: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Metadata {
    pub maps_uri: Option<String>,
}

/// An empty list has no keys at all.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Reviews {
    pub reviews: Vec<Value>,
    pub total_review_count: Option<i64>,
    pub next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    pub review_id: String,
    #[serde(default)]
    pub reviewer: Reviewer,
    pub star_rating: Option<String>,
    pub comment: Option<String>,
    pub create_time: String,
    pub update_time: Option<String>,
    pub review_reply: Option<Answer>,
    pub review_reply_url: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Reviewer {
    pub display_name: Option<String>,
    pub profile_photo_url: Option<String>,
    pub is_anonymous: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub comment: Option<String>,
    pub update_time: Option<String>,
    pub review_reply_state: Option<String>,
    pub policy_violation: Option<String>,
}
