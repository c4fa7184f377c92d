//! Calls of the interface: with which token, and how their answers are read; and the locations that a person manages.

use std::collections::HashSet;
use std::sync::Arc;

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::{errors, map, wire};
use crate::model::repaired_json;
use crate::outbound::Answer;
use crate::platforms::adapter::{Account, AccountKey, Tokens, World};
use crate::platforms::hosts::Host;
use crate::platforms::{Allowance, Error, LISTING, paid};
use crate::secrets::Secret;

/// Nobody counts calls by the day here.
const COST: i64 = 0;
const ACCOUNTS_A_PAGE: &str = "20";
const LOCATIONS_A_PAGE: &str = "100";
const LOCATION_FIELDS: &str = "name,title,languageCode,storefrontAddress,metadata";
/// Beyond so many pages of either list somebody goes in circles.
const MOST_PAGES: usize = 100;

/// One person's way to the interface.
pub struct Api {
    pub world: World,
    tokens: Arc<dyn Tokens>,
    allowance: Arc<dyn Allowance>,
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
        Self { world, tokens, allowance }
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
        for account in self.accounts_of_person().await? {
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

    async fn accounts_of_person(&self) -> Result<Vec<String>, Error> {
        let (mut names, mut token) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let mut query = vec![("pageSize", ACCOUNTS_A_PAGE)];
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let page: wire::Accounts = self.get(Host::GbpAccounts, "/v1/accounts", &query).await?;
            names.extend(page.accounts.into_iter().map(|account| account.name));
            token = page.next_page_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(names)
    }

    async fn locations_of(&self, account: &str) -> Result<Vec<wire::Location>, Error> {
        let (mut found, mut token) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let mut query = vec![("readMask", LOCATION_FIELDS), ("pageSize", LOCATIONS_A_PAGE)];
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let page: wire::Locations = self.get(Host::GbpInfo, &format!("/v1/{account}/locations"), &query).await?;
            found.extend(page.locations);
            token = page.next_page_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(found)
    }

    pub async fn get<T: DeserializeOwned>(&self, host: Host, path: &str, query: &[(&str, &str)]) -> Result<T, Error> {
        let answer = self.call(Method::GET, host, path, query, None).await?;
        read(&answer)
    }

    /// Of reviews, below the account and the location that `key` is.
    pub async fn on_review(
        &self,
        method: Method,
        key: &AccountKey,
        rest: &str,
        body: Option<Value>,
    ) -> Result<Value, Error> {
        let answer = self.call(method, Host::GbpReviews, &path_of(key, rest), &[], body).await?;
        if answer.body.is_empty() { Ok(Value::Null) } else { read(&answer) }
    }

    /// A refused token is replaced once; a second refusal is the platform's last word.
    async fn call(
        &self,
        method: Method,
        host: Host,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Answer, Error> {
        let mut url = self.world.hosts.url(host, path);
        url.query_pairs_mut().extend_pairs(query).append_pair("prettyPrint", "false");
        let token = self.tokens.current().await?;
        match self.call_with(method.clone(), url.clone(), body.clone(), &token.secret).await {
            Err(Error::Reauth { .. }) => {
                let token = self.tokens.instead_of(&token).await?;
                self.call_with(method, url, body, &token.secret).await
            }
            answered => answered,
        }
    }

    async fn call_with(&self, method: Method, url: Url, body: Option<Value>, token: &Secret) -> Result<Answer, Error> {
        let mut request = self.world.http.request(method, url).bearer_auth(token.expose());
        if let Some(body) = body {
            request = request.json(&body);
        }
        let asked = async {
            let answer = self.world.http.send(request, LISTING).await?;
            if answer.is_success() { Ok(answer) } else { Err(errors::classify(&answer, self.world.clock.now())) }
        };
        paid(self.allowance.as_ref(), COST, asked).await
    }
}

pub fn path_of(key: &AccountKey, rest: &str) -> String {
    format!("/v4/{}/{}/reviews{rest}", Known::of(key).account, key.external_id)
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    serde_json::from_str(&repaired_json(&answer.body)).map_err(|problem| Error::protocol(problem, &answer.body))
}
