//! What people do from here: answer, correct an answer, take it away, hold back what others wrote.

use reqwest::Method;
use serde_json::{Value, json};

use super::api::Api;
use super::map::{self, Context};
use crate::model::{ObservedInteraction, ProviderState};
use crate::platforms::Verb;
use crate::platforms::adapter::{AccountKey, Target};
use crate::platforms::error::Error;

impl Api {
    /// There is one level of replies: an answer to a reply stands below the thread's first comment, as the reply does.
    pub async fn insert_comment(
        &self,
        account: &AccountKey,
        target: &Target,
        text: &str,
    ) -> Result<ObservedInteraction, Error> {
        let body = json!({ "snippet": { "parentId": target.thread_external_id, "textOriginal": text } });
        let raw = self.write(Method::POST, "comments", &[("part", "snippet")], Some(body)).await?;
        written(&raw, account, target, false)
    }

    pub async fn update_comment(
        &self,
        account: &AccountKey,
        target: &Target,
        text: &str,
    ) -> Result<ObservedInteraction, Error> {
        let body = json!({ "id": target.external_id, "snippet": { "textOriginal": text } });
        let raw = self.write(Method::PUT, "comments", &[("part", "snippet")], Some(body)).await?;
        let is_root = target.external_id == target.thread_external_id;
        written(&raw, account, target, is_root)
    }

    /// One that is gone already is as good as deleted.
    pub async fn delete_comment(&self, external_id: &str) -> Result<(), Error> {
        match self.write(Method::DELETE, "comments", &[("id", external_id)], None).await {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Held for review, and published again: what is rejected can never be published any more.
    pub async fn set_moderation_status(&self, external_ids: &[String], verb: Verb) -> Result<(), Error> {
        let status = match verb {
            Verb::Hide => "heldForReview",
            Verb::Publish => "published",
            Verb::Reject | Verb::Ban => "rejected",
            Verb::Edit | Verb::Delete | Verb::ReportSpam => {
                return Err(Error::Rejected { reason: "not_offered".into(), message: String::new() });
            }
        };
        let ids = external_ids.join(",");
        let mut query = vec![("id", ids.as_str()), ("moderationStatus", status)];
        query.extend((verb == Verb::Ban).then_some(("banAuthor", "true")));
        self.write(Method::POST, "comments/setModerationStatus", &query, None).await.map(drop)
    }
}

fn written(raw: &Value, account: &AccountKey, target: &Target, is_root: bool) -> Result<ObservedInteraction, Error> {
    let context = Context {
        channel: &account.external_id,
        listed: ProviderState::Published,
        thread: (!is_root).then_some(target.thread_external_id.as_str()),
        video: target.content_external_id.as_deref(),
        can_reply: true,
    };
    let observed = map::comment(raw, context);
    observed.map_err(|problem| Error::protocol(problem, raw.to_string().as_bytes()))
}
