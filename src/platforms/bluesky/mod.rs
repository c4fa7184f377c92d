//! Bluesky, and whatever else speaks the AT Protocol with its lexicons: the account's own server is asked, whoever runs it.

mod acts;
mod api;
mod directory;
mod dns;
mod facets;
mod map;
mod reading;
mod session;
#[cfg(test)]
pub mod tests;
mod threads;
mod wire;
mod xrpc;

use std::sync::Arc;

use self::api::Api;
pub use self::directory::Directory;
use self::directory::handle_of;
use self::session::Sessions;
use super::adapter::{
    Account, AccountKey, Adapter, Answering, Batch, Cursor, PartialThread, PlatformModule, Provider, ProviderInfo,
    Reading, SignIn, Target, Tokens, World,
};
use super::{ActRules, Allowance, AnswerRules, Budget, Error, TextUnit, Verb, Words};
use crate::model::{ObservedInteraction, Platform, ProviderState};

pub const WORDS: Words = Words {
    provider: "Bluesky",
    account: "account",
    audience: "followers",
    content: "posts",
    no_account: ("This account can't be found any more.", "Connect again with one that exists."),
    client_refused: "Connect again with a new app password.",
    not_enabled: ("The account's server doesn't offer what Repruv needs.", "Ask whoever runs that server."),
    quota_returns: "Syncing resumes when there is more.",
    permission: "an app password",
    client_settings: ["the handle", "an app password"],
    permission_returns: "Check that the account is active and in good standing, then reconnect.",
    handle: "ann.bsky.social",
    app_passwords: "https://bsky.app/settings/app-passwords",
};

const INFO: ProviderInfo =
    ProviderInfo { key: "bluesky", issuer: None, sign_in: SignIn::AppPassword, ends_all_at_once: false };

#[derive(Debug)]
pub struct Bluesky;

impl PlatformModule for Bluesky {
    fn platform(&self) -> Platform {
        Platform::Bluesky
    }

    fn info(&self) -> &'static ProviderInfo {
        &INFO
    }

    fn provider(&self, world: &World) -> Result<Box<dyn Provider>, Error> {
        Ok(Box::new(Sessions { world: world.clone() }))
    }

    fn adapter(&self, world: &World, tokens: Arc<dyn Tokens>, allowance: Arc<dyn Allowance>) -> Box<dyn Adapter> {
        Box::new(Api::new(world.clone(), tokens, allowance))
    }

    fn handle_of(&self, typed: &str) -> Option<String> {
        handle_of(typed)
    }

    fn answers(&self) -> AnswerRules {
        AnswerRules {
            longest: 300,
            unit: TextUnit::Graphemes,
            longest_in_bytes: Some(3_000),
            are_read_back: true,
            are_replaced: false,
        }
    }

    /// Nobody can edit a post there, nor take somebody else's away.
    fn acts(&self) -> ActRules {
        const VERBS: &[Verb] = &[Verb::Delete, Verb::Hide, Verb::Publish];
        ActRules { verbs: VERBS, at_once: 1, cost: 0, hidden_as: ProviderState::Hidden, are_read_back: true }
    }

    /// Limits are each server's own, and stand in its answers.
    fn budget(&self, _: &World) -> Option<Budget> {
        None
    }
}

impl Adapter for Api {
    fn accounts(&self) -> Answering<'_, Vec<Account>> {
        Box::pin(async { Ok(vec![self.own_account().await?]) })
    }

    fn read<'a>(
        &'a self,
        account: &'a AccountKey,
        reading: &'a Reading,
        cursor: Option<&'a Cursor>,
    ) -> Answering<'a, Batch> {
        Box::pin(self.read_on(account, reading, cursor))
    }

    fn read_thread<'a>(
        &'a self,
        account: &'a AccountKey,
        reading: &'a Reading,
        thread: &'a PartialThread,
    ) -> Answering<'a, Batch> {
        Box::pin(self.thread_on(account, reading, thread))
    }

    fn fetch<'a>(
        &'a self,
        account: &'a AccountKey,
        external_id: &'a str,
        _: Option<ProviderState>,
    ) -> Answering<'a, Batch> {
        Box::pin(self.thread_of(account, external_id))
    }

    fn reply<'a>(
        &'a self,
        account: &'a AccountKey,
        target: &'a Target,
        text: &'a str,
    ) -> Answering<'a, ObservedInteraction> {
        Box::pin(self.create_reply(account, target, text))
    }

    fn edit<'a>(&'a self, _: &'a AccountKey, _: &'a Target, _: &'a str) -> Answering<'a, ObservedInteraction> {
        Box::pin(async { Err(Error::Rejected { reason: "not_offered".into(), message: String::new() }) })
    }

    fn delete<'a>(&'a self, _: &'a AccountKey, external_id: &'a str) -> Answering<'a, ()> {
        Box::pin(self.delete_post(external_id))
    }

    fn moderate<'a>(&'a self, external_ids: &'a [String], verb: Verb) -> Answering<'a, ()> {
        Box::pin(async move {
            for id in external_ids {
                self.set_hidden(id, verb).await?;
            }
            Ok(())
        })
    }

    fn gone<'a>(&'a self, _: &'a AccountKey, external_ids: &'a [String]) -> Answering<'a, Option<Vec<String>>> {
        Box::pin(async { self.gone_of(external_ids).await.map(Some) })
    }

    fn standing<'a>(
        &'a self,
        account: &'a AccountKey,
        external_ids: &'a [String],
    ) -> Answering<'a, Vec<(String, ProviderState)>> {
        Box::pin(self.standing_of(account, external_ids))
    }
}
