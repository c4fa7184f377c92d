//! Calls of the interface, and what they cost.

use std::sync::Arc;

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{errors, map, wire};
use crate::platforms::adapter::{Account, Tokens, World};
use crate::platforms::google_api::{Call, GoogleApi};
use crate::platforms::hosts::Host;
use crate::platforms::{Allowance, Error};

const READ: i64 = 1;
pub const WRITE: i64 = 50;

/// One account's way to the interface.
pub struct Api(GoogleApi);

/// What the adapter keeps of an account.
#[derive(Debug, serde::Serialize, Deserialize)]
pub struct Known {
    pub uploads: String,
    /// `None` when the channel does not tell.
    pub videos: Option<i64>,
}

impl Api {
    pub fn new(world: World, tokens: Arc<dyn Tokens>, allowance: Arc<dyn Allowance>) -> Self {
        Self(GoogleApi::new(world, tokens, allowance, errors::classify))
    }

    /// The channel of the person who authorised us. What goes wrong here is about the account as a whole.
    pub async fn own_channel(&self) -> Result<Account, Error> {
        let list = self.list("channels", &[("part", "snippet,statistics,contentDetails"), ("mine", "true")]).await?;
        let Some(raw) = list.items.first() else { return Err(Error::NoAccount) };
        map::channel(raw).map_err(|problem| Error::protocol(problem, raw.to_string().as_bytes()))
    }

    pub async fn list(&self, path: &str, query: &[(&str, &str)]) -> Result<wire::List, Error> {
        self.ask(Method::GET, path, query, None).await
    }

    pub async fn write(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Value, Error> {
        self.ask(method, path, query, body).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<T, Error> {
        let cost = if method == Method::GET { READ } else { WRITE };
        let path = format!("/youtube/v3/{path}");
        self.0.ask(&Call { method, host: Host::Youtube, path: &path, query, body, cost }).await
    }

    /// An authorisation that is refused for one thing may be good for the account: the account itself is asked.
    pub async fn confirmed(&self, error: Error) -> Result<Error, Error> {
        match error {
            Error::Reauth { reason } => {
                self.own_channel().await?;
                Ok(Error::Permission { reason })
            }
            Error::NoAccount => Err(Error::NoAccount),
            other => Ok(other),
        }
    }
}

impl Known {
    /// An account whose state another release wrote is asked again at the next pass.
    pub fn of(state: &Value) -> Self {
        Self::deserialize(state).unwrap_or(Self { uploads: String::new(), videos: None })
    }

    pub fn state(&self) -> Value {
        json!(self)
    }
}
