//! Calls of the interface, and the locations that a person manages.

use std::collections::HashSet;
use std::sync::Arc;

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use super::{errors, map, wire};
use crate::platforms::adapter::{Account, AccountKey, Tokens, World};
use crate::platforms::google_api::{Call, GoogleApi};
use crate::platforms::hosts::Host;
use crate::platforms::{Allowance, Error};

/// Nobody counts calls by the day here.
const COST: i64 = 0;
const ACCOUNTS_A_PAGE: &str = "20";
const LOCATIONS_A_PAGE: &str = "100";
const LOCATION_FIELDS: &str = "name,title,languageCode,storefrontAddress,metadata";
/// Beyond so many pages of either list somebody goes in circles.
const MOST_PAGES: usize = 100;

/// One person's way to the interface.
pub struct Api {
    pub google: GoogleApi,
}

/// What the adapter keeps of a location: reviews are found below the account that manages it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, Deserialize)]
#[serde(default)]
pub struct Known {
    /// `accounts/1`.
    pub account: String,
    pub title: String,
    pub maps_uri: Option<String>,
}

impl Known {
    /// An account whose state another release wrote is asked again at the next pass.
    pub fn of(key: &AccountKey) -> Self {
        Self::deserialize(&key.state).unwrap_or_default()
    }

    pub fn state(&self) -> Value {
        json!(self)
    }
}

impl Api {
    pub fn new(world: World, tokens: Arc<dyn Tokens>, allowance: Arc<dyn Allowance>) -> Self {
        Self { google: GoogleApi::new(world, tokens, allowance, errors::classify) }
    }

    /// Whatever the person manages, directly or by a group; each location once.
    pub async fn locations(&self) -> Result<Vec<Account>, Error> {
        match self.look_around().await? {
            (found, Some(error)) if found.is_empty() => Err(error),
            (found, _) if found.is_empty() => Err(Error::NoAccount),
            (found, _) => Ok(found),
        }
    }

    /// The one that is known. Where it is not among what is shown, a group that showed nothing may have it.
    pub async fn location(&self, known: &AccountKey) -> Result<Account, Error> {
        let (found, refused) = self.look_around().await?;
        let is_it = |account: &Account| account.observed.external_id == known.external_id;
        found.into_iter().find(is_it).ok_or(refused.unwrap_or(Error::NoAccount))
    }

    /// What is shown, and why some of it is not.
    async fn look_around(&self) -> Result<(Vec<Account>, Option<Error>), Error> {
        let (mut found, mut seen, mut refused) = (Vec::new(), HashSet::new(), None);
        for wire::Account { name: account } in self.accounts_of_person().await? {
            match self.locations_of(&account).await {
                Ok(locations) => {
                    let new = locations.into_iter().filter(|location| seen.insert(location.name.clone()));
                    found.extend(new.map(|location| map::location(location, &account)));
                }
                // A group that keeps its locations to itself hides no others.
                Err(error) if error.is_about_the_thing() => refused = Some(error),
                Err(error) => return Err(error),
            }
        }
        Ok((found, refused))
    }

    async fn accounts_of_person(&self) -> Result<Vec<wire::Account>, Error> {
        self.all(Host::GbpAccounts, "/v1/accounts", &[("pageSize", ACCOUNTS_A_PAGE)]).await
    }

    async fn locations_of(&self, account: &str) -> Result<Vec<wire::Location>, Error> {
        let query = [("readMask", LOCATION_FIELDS), ("pageSize", LOCATIONS_A_PAGE)];
        self.all(Host::GbpInfo, &format!("/v1/{account}/locations"), &query).await
    }

    async fn all<T: DeserializeOwned>(&self, host: Host, path: &str, query: &[(&str, &str)]) -> Result<Vec<T>, Error> {
        let (mut items, mut token) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let mut query = query.to_vec();
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let page: wire::Page<T> = self.get(host, path, &query).await?;
            items.extend(page.items);
            token = page.next_page_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(items)
    }

    pub async fn get<T: DeserializeOwned>(&self, host: Host, path: &str, query: &[(&str, &str)]) -> Result<T, Error> {
        self.google.ask(&Call { method: Method::GET, host, path, query, body: None, cost: COST }).await
    }

    /// A review, or what belongs to it, below the account and the location that `key` is.
    pub async fn on_review(
        &self,
        method: Method,
        key: &AccountKey,
        (review, part): (&str, &str),
        body: Option<Value>,
    ) -> Result<Value, Error> {
        // An id is one part of the address, whatever is in it.
        let review = byte_serialize(review.as_bytes()).collect::<String>();
        let path = path_of(key, &format!("/{review}{part}"));
        self.google.ask(&Call { method, host: Host::GbpReviews, path: &path, query: &[], body, cost: COST }).await
    }
}

pub fn path_of(key: &AccountKey, rest: &str) -> String {
    format!("/v4/{}/{}/reviews{rest}", Known::of(key).account, key.external_id)
}
