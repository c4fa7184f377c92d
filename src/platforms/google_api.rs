//! Calls of Google's interfaces: with which token, what they cost, and how their answers are read.

use std::sync::Arc;

use kit::clock::Timestamp;
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::adapter::{Tokens, World};
use super::hosts::Host;
use super::{Allowance, Error, LISTING, paid};
use crate::model::repaired_json;
use crate::outbound::Answer;
use crate::secrets::Secret;

/// One person's way to an interface. What goes wrong there, `classify` puts into words that every adapter shares.
pub struct GoogleApi {
    pub world: World,
    tokens: Arc<dyn Tokens>,
    allowance: Arc<dyn Allowance>,
    classify: fn(&Answer, Timestamp) -> Error,
}

/// What is asked, and of which units' budget it takes how many.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    pub method: Method,
    pub host: Host,
    pub path: &'a str,
    pub query: &'a [(&'a str, &'a str)],
    pub body: Option<Value>,
    pub cost: i64,
}

impl GoogleApi {
    pub fn new(
        world: World,
        tokens: Arc<dyn Tokens>,
        allowance: Arc<dyn Allowance>,
        classify: fn(&Answer, Timestamp) -> Error,
    ) -> Self {
        Self { world, tokens, allowance, classify }
    }

    /// A refused token is replaced once; a second refusal is the platform's last word. An empty answer is null.
    pub async fn ask<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<T, Error> {
        let mut url = self.world.hosts.url(call.host, call.path);
        url.query_pairs_mut().extend_pairs(call.query).append_pair("prettyPrint", "false");
        let token = self.tokens.current().await?;
        let answer = match self.ask_with(call, &url, &token.secret).await {
            Err(Error::Reauth { .. }) => {
                let token = self.tokens.instead_of(&token).await?;
                self.ask_with(call, &url, &token.secret).await?
            }
            answered => answered?,
        };
        read(&answer)
    }

    async fn ask_with(&self, call: &Call<'_>, url: &Url, token: &Secret) -> Result<Answer, Error> {
        let mut request = self.world.http.request(call.method.clone(), url.clone()).bearer_auth(token.expose());
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let asked = async {
            let answer = self.world.http.send(request, LISTING).await?;
            if answer.is_success() { Ok(answer) } else { Err((self.classify)(&answer, self.world.clock.now())) }
        };
        paid(self.allowance.as_ref(), call.cost, asked).await
    }
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    let unreadable = |problem: serde_json::Error| Error::protocol(problem, &answer.body);
    let mut value = match answer.body.as_slice() {
        [] => Value::Null,
        body => serde_json::from_str(&repaired_json(body)).map_err(unreadable)?,
    };
    take_nulls(&mut value);
    T::deserialize(value).map_err(unreadable)
}

/// What is null is absent.
pub fn take_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(take_nulls);
        }
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(take_nulls);
        }
        _ => {}
    }
}
