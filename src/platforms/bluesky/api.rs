//! One account's way to its server: calls in its name, and the account itself.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::map;
use super::session::Token;
use super::wire::{Profile, Record};
use super::xrpc::{self, Call, is_not_offered};
use crate::outbound::Answer;
use crate::platforms::adapter::{Account, AccountKey, Tokens, World};
use crate::platforms::{Allowance, Error, paid};
use crate::secrets::Secret;

pub struct Api {
    pub world: World,
    tokens: Arc<dyn Tokens>,
    allowance: Arc<dyn Allowance>,
}

/// What the adapter keeps of an account: an own post that was just made does not say who wrote it.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Known {
    pub name: String,
}

impl Known {
    pub fn of(account: &AccountKey) -> Self {
        serde::Deserialize::deserialize(&account.state).unwrap_or_else(|_| Self { name: account.external_id.clone() })
    }
}

impl Api {
    pub fn new(world: World, tokens: Arc<dyn Tokens>, allowance: Arc<dyn Allowance>) -> Self {
        Self { world, tokens, allowance }
    }

    /// What goes wrong here is about the account as a whole.
    pub async fn own_account(&self) -> Result<Account, Error> {
        let did = self.did().await?;
        let query = [("actor", did.as_str())];
        // Nobody has to wait for an AppView to sign in: the account's own server knows whose it is.
        let (profile, has_counters) = match self.get::<Profile>("app.bsky.actor.getProfile", &query).await {
            Err(error) if is_not_offered(&error) => (self.described(&did).await?, true),
            // It is down, or has not heard of the account yet.
            Err(Error::Unavailable { .. } | Error::Rejected { .. } | Error::NotFound { .. }) => {
                (self.described(&did).await?, false)
            }
            profile => (profile?, true),
        };
        if profile.did != did {
            return Err(Error::protocol("the profile is another account's", b""));
        }
        let observed = map::account(&profile);
        let state = json!(Known { name: observed.display_name.clone() });
        Ok(Account { observed, has_counters, state })
    }

    /// The account as its server alone knows it.
    async fn described(&self, did: &str) -> Result<Profile, Error> {
        let described: Value = self.get("com.atproto.repo.describeRepo", &[("repo", did)]).await?;
        let profile = self.record(did, "app.bsky.actor.profile", "self").await?;
        let name = profile.as_ref().and_then(|profile| profile.value["displayName"].as_str());
        Ok(Profile {
            did: did.to_owned(),
            handle: described["handle"].as_str().unwrap_or(did).to_owned(),
            display_name: name.map(crate::model::OutsideText::new),
            avatar: None,
            followers_count: None,
            posts_count: None,
        })
    }

    /// A session that is refused for one thing may be good for the account: the account's own server is asked.
    pub async fn confirmed(&self, error: Error) -> Result<Error, Error> {
        match error {
            Error::Reauth { reason } => {
                self.get::<Value>("com.atproto.server.getSession", &[]).await?;
                Ok(Error::Permission { reason })
            }
            other => Ok(other),
        }
    }

    pub async fn did(&self) -> Result<String, Error> {
        Ok(Token::of(&self.tokens.current().await?.secret)?.did)
    }

    pub async fn get<T: DeserializeOwned>(&self, name: &str, query: &[(&str, &str)]) -> Result<T, Error> {
        xrpc::read(self.call(Call::get(name, query)).await?)
    }

    pub async fn post(&self, name: &str, body: Value) -> Result<Value, Error> {
        xrpc::read(self.call(Call::post(name, Some(body))).await?)
    }

    /// `None` where it is not there.
    pub async fn record(&self, did: &str, collection: &str, key: &str) -> Result<Option<Record>, Error> {
        let query = [("repo", did), ("collection", collection), ("rkey", key)];
        match self.get("com.atproto.repo.getRecord", &query).await {
            Ok(record) => Ok(Some(record)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A refused token is replaced once; a second refusal is the platform's last word.
    async fn call(&self, call: Call<'_>) -> Result<Answer, Error> {
        let token = self.tokens.current().await?;
        match self.call_with(call.clone(), &token.secret).await {
            Err(Error::Reauth { .. }) => {
                let token = self.tokens.instead_of(&token).await?;
                self.call_with(call, &token.secret).await
            }
            answered => answered,
        }
    }

    async fn call_with(&self, call: Call<'_>, token: &Secret) -> Result<Answer, Error> {
        let token = Token::of(token)?;
        let server = token.server_in(&self.world);
        let asked = xrpc::ask(&self.world.named, self.world.clock.now(), server, call, Some(&token.jwt));
        paid(self.allowance.as_ref(), 1, asked).await
    }
}
