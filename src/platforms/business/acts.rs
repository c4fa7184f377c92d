//! What an owner does from here: answers, answers otherwise, takes the answer away.

use reqwest::Method;
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::api::Api;
use super::{map, wire};
use crate::model::ObservedInteraction;
use crate::platforms::adapter::{AccountKey, Target};
use crate::platforms::error::Error;

impl Api {
    /// A review has one answer: another takes its place.
    pub async fn put_answer(
        &self,
        account: &AccountKey,
        target: &Target,
        text: &str,
    ) -> Result<ObservedInteraction, Error> {
        let review = target.thread_external_id.as_str();
        let raw = self.on_review(Method::PUT, account, (review, "/reply"), Some(json!({ "comment": text }))).await?;
        let unreadable = |problem: serde_json::Error| Error::protocol(problem, raw.to_string().as_bytes());
        let reply = wire::Answer::deserialize(&raw).map_err(unreadable)?;
        Ok(map::answer(&reply, review, account, self.google.world.clock.now(), &json!({ "reviewReply": raw })))
    }

    /// One that is gone already is as good as deleted.
    pub async fn delete_answer(&self, account: &AccountKey, external_id: &str) -> Result<(), Error> {
        let review = map::review_of(external_id);
        match self.on_review(Method::DELETE, account, (review, "/reply"), None).await {
            Ok(Value::Object(_) | Value::Null) | Err(Error::NotFound { .. }) => Ok(()),
            Ok(other) => Err(Error::protocol("no empty answer", other.to_string().as_bytes())),
            Err(error) => Err(error),
        }
    }
}
