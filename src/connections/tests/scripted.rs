//! A second platform, scripted: consent, readings and failures come by the seam alone.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use kit::clock::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use crate::model::{
    Kind, ObservedAccount, ObservedAuthor, ObservedInteraction, Platform, ProviderState, SetAside, UnreadKind,
};
use crate::platforms::{
    Account, AccountKey, ActRules, Adapter, Allowance, AnswerRules, Answering, Batch, Budget, Consent, ConsentPage,
    Cursor, Error, Grant, PartialThread, PlatformModule, Provider, ProviderInfo, Question, Reading, SignIn, Target,
    TextUnit, Tokens, Verb, World, paid,
};
use crate::secrets::Secret;

/// What the platform does next.
#[derive(Debug, Default)]
pub struct Script {
    /// Interactions of the one list, newest first, two to a page.
    pub interactions: Vec<ObservedInteraction>,
    /// What the next calls for a page meet.
    pub failures: VecDeque<Error>,
    pub set_aside: Vec<SetAside>,
    pub account: Option<Error>,
    /// A call costs this much of …
    pub cost: i64,
    /// … so much a day.
    pub units: i64,
    /// How many pages a whole pass has, apart from what is in them.
    pub pages: usize,
    /// Each grant is another account's.
    pub is_many: bool,
    /// What a grant opens besides.
    pub others: Vec<&'static str>,
    pub calls: i64,
    pub asked: Vec<String>,
    pub grants: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Scripted(pub Arc<Mutex<Script>>);

static INFO: ProviderInfo = ProviderInfo {
    key: "scripted",
    issuer: Some("https://scripted.example"),
    sign_in: SignIn::Page { host: "scripted", path: "/consent" },
    ends_all_at_once: false,
};

pub const PLATFORM: Platform = Platform::Instagram;

struct Session {
    script: Scripted,
    tokens: Arc<dyn Tokens>,
    allowance: Arc<dyn Allowance>,
}

#[derive(Default, Serialize, Deserialize)]
struct Place {
    page: usize,
}

impl PlatformModule for Scripted {
    fn platform(&self) -> Platform {
        PLATFORM
    }

    fn info(&self) -> &'static ProviderInfo {
        &INFO
    }

    fn provider(&self, _: &World) -> Result<Box<dyn Provider>, Error> {
        Ok(Box::new(self.clone()))
    }

    fn adapter(&self, _: &World, tokens: Arc<dyn Tokens>, allowance: Arc<dyn Allowance>) -> Box<dyn Adapter> {
        Box::new(Session { script: self.clone(), tokens, allowance })
    }

    fn answers(&self) -> AnswerRules {
        AnswerRules {
            longest: 200,
            unit: TextUnit::Bytes,
            longest_in_bytes: None,
            are_read_back: true,
            are_replaced: false,
        }
    }

    fn acts(&self) -> ActRules {
        ActRules { verbs: &[], at_once: 1, cost: 1, hidden_as: ProviderState::Hidden, are_read_back: false }
    }

    fn budget(&self, world: &World) -> Option<Budget> {
        let units = self.0.lock().unwrap().units;
        let day = std::time::Duration::from_secs(86_400);
        let now = world.clock.now();
        let began_at = Timestamp::from_second(now.since(Timestamp::EPOCH).as_secs() as i64 / 86_400 * 86_400);
        (units > 0).then(|| Budget {
            credential: "scripted".into(),
            units,
            reserve: units / 5,
            began_at,
            ends_at: began_at + day,
        })
    }
}

impl ConsentPage for Scripted {
    fn authorize_url(&self, question: &Question<'_>) -> Url {
        let query = format!("state={}&redirect_uri={}", question.state, question.redirect_uri);
        Url::parse(&format!("https://scripted.example/consent?{query}")).unwrap()
    }

    fn consent_of_simulator<'a>(&'a self, _: Url, _: &'a str) -> Answering<'a, Consent> {
        Box::pin(async { Ok(Consent::Given { code: Secret::new("code") }) })
    }
}

impl Provider for Scripted {
    fn page(&self) -> Option<&dyn ConsentPage> {
        Some(self)
    }

    fn exchange<'a>(&'a self, code: &'a Secret, _: Question<'a>) -> Answering<'a, Grant> {
        let number = {
            let mut script = self.0.lock().unwrap();
            script.asked.push(format!("exchange {}", code.expose()));
            script.grants += 1;
            script.grants
        };
        let grant = Grant {
            access_token: Secret::new(format!("access-{number}")),
            access_expires_at: Timestamp::parse("2030-01-01T00:00:00Z").unwrap(),
            refresh_token: Some(Secret::new(format!("refresh-{number}"))),
            refresh_expires_at: None,
            scopes: vec!["all".into()],
        };
        Box::pin(async { Ok(grant) })
    }

    fn refresh<'a>(&'a self, _: &'a Secret) -> Answering<'a, Grant> {
        Box::pin(async { Err(Error::Reauth { reason: "over".into() }) })
    }

    fn revoke<'a>(&'a self, token: &'a Secret) -> Answering<'a, ()> {
        self.0.lock().unwrap().asked.push(format!("revoke {}", token.expose()));
        Box::pin(async { Ok(()) })
    }

    fn suffices(&self, scopes: &[String]) -> bool {
        scopes.iter().any(|scope| scope == "all")
    }
}

impl Session {
    async fn call(&self, what: &str) -> Result<(), Error> {
        self.call_for(what, |_| None).await
    }

    async fn call_for(&self, what: &str, fails: impl Fn(&mut Script) -> Option<Error>) -> Result<(), Error> {
        let cost = self.script.0.lock().unwrap().cost;
        let asked = async {
            self.tokens.current().await?;
            let mut script = self.script.0.lock().unwrap();
            script.calls += 1;
            script.asked.push(what.to_owned());
            fails(&mut script).map_or(Ok(()), Err)
        };
        paid(self.allowance.as_ref(), cost, asked).await
    }
}

impl Adapter for Session {
    fn accounts(&self) -> Answering<'_, Vec<Account>> {
        Box::pin(async {
            self.call("account").await?;
            let token = self.tokens.current().await?;
            let (refused, is_many) = {
                let script = self.script.0.lock().unwrap();
                (script.account.clone(), script.is_many)
            };
            let observed = ObservedAccount {
                external_id: if is_many { token.secret.expose().to_owned() } else { "one".into() },
                display_name: "Bella's".into(),
                handle: None,
                avatar_url: None,
                followers: Some(7),
                views: None,
                content_total: None,
                language: None,
            };
            let account = |observed| Account { observed, has_counters: true, state: json!({ "its": "own" }) };
            let others = self.script.0.lock().unwrap().others.clone();
            let others = others.into_iter().map(|id| ObservedAccount { external_id: id.into(), ..observed.clone() });
            let accounts = std::iter::once(observed.clone()).chain(others).map(account).collect();
            refused.map_or(Ok(accounts), Err)
        })
    }

    fn read<'a>(
        &'a self,
        account: &'a AccountKey,
        reading: &'a Reading,
        cursor: Option<&'a Cursor>,
    ) -> Answering<'a, Batch> {
        Box::pin(async move {
            assert_eq!(account.state, json!({ "its": "own" }), "what it keeps comes back");
            let place: Place = cursor.and_then(Cursor::read).unwrap_or_default();
            let depth = if reading.since.is_some() { "new" } else { "whole" };
            self.call_for(&format!("{depth} {}", place.page), |script| script.failures.pop_front()).await?;
            let script = self.script.0.lock().unwrap();
            let first = 2 * place.page;
            let interactions: Vec<_> = script.interactions.iter().skip(first).take(2).cloned().collect();
            let is_enough =
                reading.since.is_some_and(|since| interactions.last().is_none_or(|oldest| oldest.created_at < since));
            let more = first + 2 < script.interactions.len() || place.page + 1 < script.pages;
            let next = (more && !is_enough).then(|| Cursor::of(&Place { page: place.page + 1 }));
            let set_aside = if place.page == 0 { script.set_aside.clone() } else { Vec::new() };
            Ok(Batch { interactions, next, set_aside, step: "Reading", ..Batch::default() })
        })
    }

    fn read_thread<'a>(&'a self, _: &'a AccountKey, _: &'a Reading, _: &'a PartialThread) -> Answering<'a, Batch> {
        Box::pin(async { Ok(Batch::default()) })
    }

    fn fetch<'a>(&'a self, _: &'a AccountKey, external_id: &'a str, _: Option<ProviderState>) -> Answering<'a, Batch> {
        Box::pin(async move {
            self.call("fetch").await?;
            let script = self.script.0.lock().unwrap();
            let found = script.interactions.iter().filter(|item| item.external_id == external_id);
            Ok(Batch { interactions: found.cloned().collect(), ..Batch::default() })
        })
    }

    fn reply<'a>(&'a self, _: &'a AccountKey, _: &'a Target, _: &'a str) -> Answering<'a, ObservedInteraction> {
        Box::pin(async { Err(not_there()) })
    }

    fn edit<'a>(&'a self, _: &'a AccountKey, _: &'a Target, _: &'a str) -> Answering<'a, ObservedInteraction> {
        Box::pin(async { Err(not_there()) })
    }

    fn delete<'a>(&'a self, _: &'a AccountKey, _: &'a str) -> Answering<'a, ()> {
        Box::pin(async { Err(not_there()) })
    }

    fn moderate<'a>(&'a self, _: &'a [String], _: Verb) -> Answering<'a, ()> {
        Box::pin(async { Err(not_there()) })
    }

    fn standing<'a>(&'a self, _: &'a AccountKey, _: &'a [String]) -> Answering<'a, Vec<(String, ProviderState)>> {
        Box::pin(async { Err(not_there()) })
    }
}

fn not_there() -> Error {
    Error::Rejected { reason: "not there".into(), message: String::new() }
}

pub fn comment(id: &str, at: &str) -> ObservedInteraction {
    ObservedInteraction {
        kind: Kind::Comment,
        external_id: id.to_owned(),
        parent_external_id: None,
        thread_external_id: id.to_owned(),
        content_external_id: None,
        author: ObservedAuthor {
            external_id: Some("ben".into()),
            display_name: "Ben".into(),
            avatar_url: None,
            profile_url: None,
            is_self: false,
        },
        text: Some("When do you open?".into()),
        rating: None,
        likes: None,
        reply_count: Some(0),
        created_at: Timestamp::parse(at).unwrap(),
        edited_at: None,
        provider_state: ProviderState::Published,
        can_reply: true,
        permalink: None,
        translation: None,
        state_reason: None,
        raw: json!({}),
    }
}

pub fn aside(kind: UnreadKind, id: &str) -> SetAside {
    SetAside { kind, external_id: id.to_owned(), reason: "it is odd".into(), raw: Some(json!({ "id": id })) }
}
