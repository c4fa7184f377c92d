//! Google Business Profile, behind the seam: a connection is one location, its threads are reviews, and each review has one
//! answer of the owner's, which Google moderates.

mod acts;
mod api;
mod comment;
mod errors;
mod map;
mod policy;
mod reading;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;

use self::api::Api;
use super::adapter::{
    Account, AccountKey, Adapter, Answering, Batch, Cursor, PartialThread, PlatformModule, Provider, ProviderInfo,
    Reading, Target, Tokens, World,
};
use super::google::{self, BUSINESS_SCOPE, Google};
use super::{ActRules, Allowance, AnswerRules, Budget, Error, Setup, TextUnit, Verb, Words, setup};
use crate::model::{ObservedInteraction, Platform, ProviderState};

pub const WORDS: Words = Words {
    provider: "Google",
    account: "location",
    audience: "followers",
    content: "places",
    no_account: (
        "This Google account doesn't manage this location, or any location with reviews.",
        "Connect again with an account that manages a verified location.",
    ),
    client_refused: "Check the client ID and its secret under Connections, Set up; then connect again.",
    not_enabled: (
        "Google has not given this installation's Cloud project access to the Business Profile APIs.",
        "Ask for access at developers.google.com/my-business and enable the APIs in the project. Syncing then resumes on its own.",
    ),
    quota_returns: "Syncing resumes within a minute.",
    permission: "permission to see your locations and to answer their reviews",
    client_settings: ["REPRUV_GOOGLE_CLIENT_ID", "REPRUV_GOOGLE_CLIENT_SECRET"],
    permission_returns: "Check that this Google account still manages the location and that the location is verified, then reconnect.",
    handle: "",
    app_passwords: "",
};

/// <https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews>: 4,096 bytes.
const LONGEST_ANSWER: usize = 4_096;

#[derive(Debug)]
pub struct Business;

impl PlatformModule for Business {
    fn platform(&self) -> Platform {
        Platform::Google
    }

    fn info(&self) -> &'static ProviderInfo {
        &google::INFO
    }

    fn provider(&self, world: &World) -> Result<Box<dyn Provider>, Error> {
        Ok(Box::new(Google::of(world, BUSINESS_SCOPE)?))
    }

    fn revoker(&self, world: &World) -> Result<Box<dyn Provider>, Error> {
        Ok(Box::new(Google::to_revoke(world, BUSINESS_SCOPE)))
    }

    fn setup(&self) -> Option<&'static Setup> {
        Some(&setup::BUSINESS)
    }

    fn adapter(&self, world: &World, tokens: Arc<dyn Tokens>, allowance: Arc<dyn Allowance>) -> Box<dyn Adapter> {
        Box::new(Api::new(world.clone(), tokens, allowance))
    }

    fn answers(&self) -> AnswerRules {
        AnswerRules {
            longest: LONGEST_ANSWER,
            unit: TextUnit::Bytes,
            longest_in_bytes: None,
            are_read_back: true,
            are_replaced: true,
        }
    }

    /// What other people wrote stays as it is: Google alone takes reviews down.
    fn acts(&self) -> ActRules {
        const VERBS: &[Verb] = &[Verb::Edit, Verb::Delete];
        ActRules { verbs: VERBS, at_once: 1, cost: 0, hidden_as: ProviderState::Hidden, are_read_back: true }
    }

    fn visitors_host(&self) -> &'static str {
        "gbp_reviews"
    }

    /// Limits are by the minute, and stand in its answers.
    fn budget(&self, _: &World) -> Option<Budget> {
        None
    }
}

impl Adapter for Api {
    fn accounts(&self) -> Answering<'_, Vec<Account>> {
        Box::pin(self.locations())
    }

    fn account<'a>(&'a self, known: &'a AccountKey) -> Answering<'a, Account> {
        Box::pin(self.location(known))
    }

    fn read<'a>(
        &'a self,
        account: &'a AccountKey,
        reading: &'a Reading,
        cursor: Option<&'a Cursor>,
    ) -> Answering<'a, Batch> {
        Box::pin(self.read_on(account, reading, cursor))
    }

    /// A review comes with its answer: no thread is ever shown in part.
    fn read_thread<'a>(&'a self, _: &'a AccountKey, _: &'a Reading, _: &'a PartialThread) -> Answering<'a, Batch> {
        Box::pin(async { Ok(Batch::default()) })
    }

    fn fetch<'a>(
        &'a self,
        account: &'a AccountKey,
        external_id: &'a str,
        _: Option<ProviderState>,
    ) -> Answering<'a, Batch> {
        Box::pin(self.review_of(account, external_id))
    }

    fn reply<'a>(
        &'a self,
        account: &'a AccountKey,
        target: &'a Target,
        text: &'a str,
    ) -> Answering<'a, ObservedInteraction> {
        Box::pin(self.put_answer(account, target, text))
    }

    fn edit<'a>(
        &'a self,
        account: &'a AccountKey,
        target: &'a Target,
        text: &'a str,
    ) -> Answering<'a, ObservedInteraction> {
        Box::pin(self.put_answer(account, target, text))
    }

    fn delete<'a>(&'a self, account: &'a AccountKey, external_id: &'a str) -> Answering<'a, ()> {
        Box::pin(self.delete_answer(account, external_id))
    }

    fn moderate<'a>(&'a self, _: &'a [String], _: Verb) -> Answering<'a, ()> {
        Box::pin(async { Err(Error::Rejected { reason: "not_offered".into(), message: String::new() }) })
    }

    fn gone<'a>(&'a self, account: &'a AccountKey, external_ids: &'a [String]) -> Answering<'a, Option<Vec<String>>> {
        Box::pin(async { self.gone_of(account, external_ids).await.map(Some) })
    }

    /// Nothing is done here with what other people wrote.
    fn standing<'a>(&'a self, _: &'a AccountKey, _: &'a [String]) -> Answering<'a, Vec<(String, ProviderState)>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}
