//! The YouTube Data API, version 3, behind the seam.

mod acts;
mod api;
mod errors;
mod map;
mod place;
mod reading;
#[cfg(test)]
mod tests;
mod threads;
mod wire;

use std::sync::Arc;

pub use self::api::Api;
use super::adapter::{
    Account, AccountKey, Adapter, Answering, Batch, Cursor, PartialThread, PlatformModule, Provider, ProviderInfo,
    Reading, Target, Tokens, World,
};
use super::error::{last_midnight_pacific, next_midnight_pacific};
use super::google::{self, Google, YOUTUBE_SCOPE};
use super::{ActRules, Allowance, AnswerRules, Budget, Error, Setup, TextUnit, Verb, Words, setup};
use crate::model::{ObservedInteraction, Platform, ProviderState};

pub const WORDS: Words = Words {
    provider: "Google",
    account: "channel",
    audience: "subscribers",
    content: "videos",
    no_account: ("This Google account has no YouTube channel.", "Connect again with an account that has one."),
    client_refused: "Check the client ID and its secret under Connections, Set up; then connect again.",
    not_enabled: (
        "The YouTube Data API is switched off in this installation's Google Cloud project.",
        "Enable “YouTube Data API v3” at console.cloud.google.com under “APIs & Services”. Syncing then resumes on its own.",
    ),
    quota_returns: "Syncing resumes at midnight Pacific time.",
    permission: "permission to read and reply to comments on your channel",
    client_settings: ["REPRUV_GOOGLE_CLIENT_ID", "REPRUV_GOOGLE_CLIENT_SECRET"],
    permission_returns: super::words::TICK_EVERY_BOX,
    handle: "",
    app_passwords: "",
};

/// What Google gives every project.
const UNITS_A_DAY: i64 = 10_000;
/// Forty replies' worth.
const RESERVE: i64 = 2_000;

#[derive(Debug)]
pub struct YouTube;

impl PlatformModule for YouTube {
    fn platform(&self) -> Platform {
        Platform::YouTube
    }

    fn info(&self) -> &'static ProviderInfo {
        &google::INFO
    }

    fn provider(&self, world: &World) -> Result<Box<dyn Provider>, Error> {
        Ok(Box::new(Google::of(world, YOUTUBE_SCOPE)?))
    }

    fn revoker(&self, world: &World) -> Result<Box<dyn Provider>, Error> {
        Ok(Box::new(Google::to_revoke(world, YOUTUBE_SCOPE)))
    }

    fn setup(&self) -> Option<&'static Setup> {
        Some(&setup::YOUTUBE)
    }

    fn adapter(&self, world: &World, tokens: Arc<dyn Tokens>, allowance: Arc<dyn Allowance>) -> Box<dyn Adapter> {
        Box::new(Api::new(world.clone(), tokens, allowance))
    }

    fn answers(&self) -> AnswerRules {
        AnswerRules {
            longest: 10_000,
            unit: TextUnit::Characters,
            longest_in_bytes: None,
            are_read_back: true,
            are_replaced: false,
        }
    }

    fn acts(&self) -> ActRules {
        // YouTube has no call any more that reports a comment as spam: `comments.markAsSpam` is no longer supported.
        const VERBS: &[Verb] = &[Verb::Edit, Verb::Delete, Verb::Hide, Verb::Publish, Verb::Reject, Verb::Ban];
        ActRules { verbs: VERBS, at_once: 50, cost: api::WRITE, hidden_as: ProviderState::Held, are_read_back: true }
    }

    fn budget(&self, world: &World) -> Option<Budget> {
        // The simulator says by itself when it is enough, and a demo leaves nothing behind.
        let client = world.google.as_ref().filter(|_| !world.is_simulated)?;
        let now = world.clock.now();
        Some(Budget {
            credential: format!("youtube:{}", client.id),
            units: UNITS_A_DAY,
            reserve: RESERVE,
            began_at: last_midnight_pacific(now),
            ends_at: next_midnight_pacific(now),
        })
    }
}

impl Adapter for Api {
    fn accounts(&self) -> Answering<'_, Vec<Account>> {
        Box::pin(async { Ok(vec![self.own_channel().await?]) })
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
        Box::pin(self.replies(account, reading, thread))
    }

    fn fetch<'a>(
        &'a self,
        account: &'a AccountKey,
        external_id: &'a str,
        known: Option<ProviderState>,
    ) -> Answering<'a, Batch> {
        Box::pin(self.thread_of(account, external_id, known))
    }

    fn reply<'a>(
        &'a self,
        account: &'a AccountKey,
        target: &'a Target,
        text: &'a str,
    ) -> Answering<'a, ObservedInteraction> {
        Box::pin(self.insert_comment(account, target, text))
    }

    fn edit<'a>(
        &'a self,
        account: &'a AccountKey,
        target: &'a Target,
        text: &'a str,
    ) -> Answering<'a, ObservedInteraction> {
        Box::pin(self.update_comment(account, target, text))
    }

    fn delete<'a>(&'a self, _: &'a AccountKey, external_id: &'a str) -> Answering<'a, ()> {
        Box::pin(self.delete_comment(external_id))
    }

    fn moderate<'a>(&'a self, external_ids: &'a [String], verb: Verb) -> Answering<'a, ()> {
        Box::pin(self.set_moderation_status(external_ids, verb))
    }

    fn standing<'a>(
        &'a self,
        account: &'a AccountKey,
        external_ids: &'a [String],
    ) -> Answering<'a, Vec<(String, ProviderState)>> {
        Box::pin(self.standing_of(account, external_ids))
    }
}
