//! Calls of the interface: what they cost, with which token, and how their answers are read.

use std::sync::Arc;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{errors, map, wire};
use crate::model::repaired_json;
use crate::outbound::Answer;
use crate::platforms::adapter::{Account, Tokens, World};
use crate::platforms::hosts::Host;
use crate::platforms::{Allowance, Error, LISTING, paid};

const READ: i64 = 1;
pub const WRITE: i64 = 50;

/// One account's way to the interface.
pub struct Api {
    world: World,
    tokens: Arc<dyn Tokens>,
    allowance: Arc<dyn Allowance>,
}

/// What the adapter keeps of an account.
#[derive(Debug, serde::Serialize, Deserialize)]
pub struct Known {
    pub uploads: String,
    /// `None` when the channel does not tell.
    pub videos: Option<i64>,
}

impl Api {
    pub fn new(world: World, tokens: Arc<dyn Tokens>, allowance: Arc<dyn Allowance>) -> Self {
        Self { world, tokens, allowance }
    }

    /// The channel of the person who authorised us. What goes wrong here is about the account as a whole.
    pub async fn own_channel(&self) -> Result<Account, Error> {
        let list = self.list("channels", &[("part", "snippet,statistics,contentDetails"), ("mine", "true")]).await?;
        let Some(raw) = list.items.first() else { return Err(Error::NoAccount) };
        map::channel(raw).map_err(|problem| Error::protocol(problem, raw.to_string().as_bytes()))
    }

    pub async fn list(&self, path: &str, query: &[(&str, &str)]) -> Result<wire::List, Error> {
        let answer = self.call(Method::GET, path, query, None).await?;
        let unreadable = |problem: serde_json::Error| Error::protocol(problem, &answer.body);
        let mut value: Value = serde_json::from_str(&repaired_json(&answer.body)).map_err(unreadable)?;
        wire::take_nulls(&mut value);
        wire::List::deserialize(value).map_err(unreadable)
    }

    pub async fn write(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Value, Error> {
        let answer = self.call(method, path, query, body).await?;
        if answer.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&repaired_json(&answer.body)).map_err(|problem| Error::protocol(problem, &answer.body))
    }

    /// A refused token is replaced once; a second refusal is the platform's last word.
    async fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Answer, Error> {
        let mut url = self.world.hosts.url(Host::Youtube, &format!("/youtube/v3/{path}"));
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

    async fn call_with(
        &self,
        method: Method,
        url: Url,
        body: Option<Value>,
        token: &crate::secrets::Secret,
    ) -> Result<Answer, Error> {
        let cost = if method == Method::GET { READ } else { WRITE };
        let mut request = self.world.http.request(method, url).bearer_auth(token.expose());
        if let Some(body) = body {
            request = request.json(&body);
        }
        let asked = async {
            let answer = self.world.http.send(request, LISTING).await?;
            if answer.is_success() { Ok(answer) } else { Err(errors::classify(&answer, self.world.clock.now())) }
        };
        paid(self.allowance.as_ref(), cost, asked).await
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
