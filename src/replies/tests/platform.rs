//! A platform that a test has written: what it keeps, what it shows of that and when, and what it answers.

mod acts;
mod through;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kit::clock::{Clock, Timestamp};
use serde_json::json;

use crate::model::{Kind, ObservedAuthor, ObservedInteraction, Platform, ProviderState};
use crate::platforms::{
    Account, AccountKey, ActRules, Adapter, Allowance, AnswerRules, Answering, Batch, Budget, ConsentPage, Cursor,
    Error, Grant, PartialThread, PlatformModule, Provider, ProviderInfo, Question, Reading, SignIn, Target, TextUnit,
    Tokens, Verb, World, paid,
};
use crate::secrets::Secret;

pub use acts::ActAnswer;
pub use through::Through;

pub const PLATFORM: Platform = Platform::YouTube;

/// How it answers to a reply.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It keeps nothing.
    Refuses(Error),
    /// It keeps the comment, and answers so all the same.
    KeepsAnd(Error),
    /// It keeps the comment, shows it so much later, and answers so.
    ShowsAfterAnd(Duration, Error),
    As(ProviderState),
}

#[derive(Debug)]
pub struct Script {
    pub rules: AnswerRules,
    pub acts: ActRules,
    pub act_answers: VecDeque<ActAnswer>,
    /// A comment with which nothing can be done, nor with any that come along with it.
    pub at_fault: Option<String>,
    /// How comments of other people stand, where that was changed.
    pub standing: BTreeMap<String, ProviderState>,
    pub answers: VecDeque<Answer>,
    /// What the next looks at a thread meet.
    pub looks: VecDeque<Error>,
    pub comments: Vec<Kept>,
    pub asked: Vec<String>,
    /// What a day has; 0 where nobody counts. A reply costs fifty, a look one.
    pub units: i64,
    /// How it writes what it was given.
    pub rewrites: fn(&str) -> String,
}

#[derive(Clone, Debug)]
pub struct Kept {
    pub observed: ObservedInteraction,
    pub shown_at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct Far(Arc<Mutex<Script>>);

impl Far {
    pub fn new() -> Self {
        let rules = AnswerRules {
            longest: 40,
            unit: TextUnit::Bytes,
            longest_in_bytes: None,
            are_read_back: true,
            are_replaced: false,
        };
        Self(Arc::new(Mutex::new(Script {
            rules,
            acts: ActRules {
                verbs: Verb::ALL,
                at_once: 4,
                cost: 50,
                hidden_as: ProviderState::Hidden,
                are_read_back: true,
            },
            act_answers: VecDeque::new(),
            at_fault: None,
            standing: BTreeMap::new(),
            answers: VecDeque::new(),
            looks: VecDeque::new(),
            comments: Vec::new(),
            asked: Vec::new(),
            units: 0,
            rewrites: str::to_owned,
        })))
    }

    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was asked since this was asked last.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.script().asked)
    }

    /// Own comments, in the order of their making.
    pub fn texts(&self) -> Vec<String> {
        self.script().comments.iter().filter_map(|kept| kept.observed.text.clone()).collect()
    }
}

impl Script {
    /// An own comment, by whatever hand.
    pub fn keep(&mut self, thread: &str, text: &str, now: Timestamp, shown_at: Timestamp) -> ObservedInteraction {
        let id = format!("{thread}.{}", self.comments.len());
        let observed = ObservedInteraction { text: Some((self.rewrites)(text)), ..own(&id, thread, now) };
        self.comments.push(Kept { observed: observed.clone(), shown_at });
        observed
    }

    pub fn shown(&self, thread: &str, now: Timestamp) -> Vec<ObservedInteraction> {
        let root = ObservedInteraction {
            kind: Kind::Comment,
            author: ObservedAuthor { is_self: false, ..own(thread, thread, now).author },
            ..own(thread, thread, now)
        };
        let in_thread =
            self.comments.iter().filter(|kept| kept.observed.thread_external_id == thread && kept.shown_at <= now);
        std::iter::once(root).chain(in_thread.map(|kept| kept.observed.clone())).collect()
    }
}

fn own(id: &str, thread: &str, now: Timestamp) -> ObservedInteraction {
    ObservedInteraction {
        kind: Kind::Reply,
        external_id: id.to_owned(),
        parent_external_id: Some(thread.to_owned()),
        thread_external_id: thread.to_owned(),
        content_external_id: None,
        author: ObservedAuthor {
            external_id: Some("the_lab".into()),
            display_name: "The Lab".into(),
            avatar_url: None,
            profile_url: None,
            is_self: true,
        },
        text: None,
        rating: None,
        likes: None,
        reply_count: None,
        created_at: now,
        edited_at: None,
        provider_state: ProviderState::Published,
        can_reply: true,
        permalink: None,
        translation: None,
        state_reason: None,
        raw: json!({}),
    }
}

impl PlatformModule for Far {
    fn platform(&self) -> Platform {
        PLATFORM
    }

    fn info(&self) -> &'static ProviderInfo {
        static INFO: ProviderInfo =
            ProviderInfo { key: "far", issuer: None, sign_in: SignIn::AppPassword, ends_all_at_once: false };
        &INFO
    }

    fn provider(&self, _: &World) -> Result<Box<dyn Provider>, Error> {
        Ok(Box::new(Nobody))
    }

    fn adapter(&self, world: &World, _: Arc<dyn Tokens>, allowance: Arc<dyn Allowance>) -> Box<dyn Adapter> {
        let service = Service { far: self.clone(), clock: world.clock.clone(), allowance };
        Box::new(Seam(service))
    }

    fn answers(&self) -> AnswerRules {
        self.script().rules
    }

    fn acts(&self) -> ActRules {
        self.script().acts
    }

    fn budget(&self, world: &World) -> Option<Budget> {
        let (units, now) = (self.script().units, world.clock.now());
        let day = Duration::from_secs(86_400);
        let began_at = Timestamp::from_second(now.since(Timestamp::EPOCH).as_secs() as i64 / 86_400 * 86_400);
        (units > 0).then(|| Budget {
            credential: "far".into(),
            units,
            reserve: units / 5,
            began_at,
            ends_at: began_at + day,
        })
    }
}

struct Service {
    far: Far,
    clock: Clock,
    allowance: Arc<dyn Allowance>,
}

impl Talks for Service {
    async fn reply(&self, target: &Target, text: &str) -> Result<ObservedInteraction, Error> {
        let asked = async {
            let now = self.clock.now();
            let mut script = self.far.script();
            script.asked.push(format!("reply {text}"));
            let answer = script.answers.pop_front();
            let (is_kept, later) = match &answer {
                Some(Answer::Refuses(_)) => (false, Duration::ZERO),
                Some(Answer::ShowsAfterAnd(later, _)) => (true, *later),
                _ => (true, Duration::ZERO),
            };
            let mut made = is_kept.then(|| script.keep(&target.thread_external_id, text, now, now + later));
            match answer {
                Some(Answer::Refuses(error) | Answer::KeepsAnd(error) | Answer::ShowsAfterAnd(_, error)) => Err(error),
                Some(Answer::As(state)) => {
                    made.iter_mut().for_each(|made| made.provider_state = state);
                    Ok(made.expect("it was kept"))
                }
                _ => Ok(made.expect("it was kept")),
            }
        };
        paid(self.allowance.as_ref(), 50, asked).await
    }

    async fn edit(&self, target: &Target, text: &str) -> Result<ObservedInteraction, Error> {
        self.change(&target.external_id, text).await
    }

    async fn delete(&self, id: &str) -> Result<(), Error> {
        self.take_away(id).await
    }

    async fn moderate(&self, ids: &[String], verb: Verb) -> Result<(), Error> {
        self.put_all(ids, verb).await
    }

    async fn standing(&self, ids: &[String]) -> Result<Vec<(String, ProviderState)>, Error> {
        self.shown_standing(ids).await
    }

    async fn fetch(&self, thread: &str) -> Result<Batch, Error> {
        let asked = async {
            let mut script = self.far.script();
            script.asked.push(format!("look {thread}"));
            match script.looks.pop_front() {
                Some(error) => Err(error),
                None => Ok(Batch { interactions: script.shown(thread, self.clock.now()), ..Batch::default() }),
            }
        };
        paid(self.allowance.as_ref(), 1, asked).await
    }
}

/// What a reply and the look for it need of a platform; acts on comments that are there, only where a test is about them.
pub trait Talks: Send + Sync {
    fn edit(&self, _: &Target, _: &str) -> impl Future<Output = Result<ObservedInteraction, Error>> + Send {
        async { unreachable!("nobody corrects a reply") }
    }

    fn delete(&self, _: &str) -> impl Future<Output = Result<(), Error>> + Send {
        async { unreachable!("nobody takes a reply away") }
    }

    fn moderate(&self, _: &[String], _: Verb) -> impl Future<Output = Result<(), Error>> + Send {
        async { unreachable!("nobody moderates anything") }
    }

    fn standing(&self, _: &[String]) -> impl Future<Output = Result<Vec<(String, ProviderState)>, Error>> + Send {
        async { unreachable!("nobody moderates anything") }
    }

    fn reply(&self, target: &Target, text: &str) -> impl Future<Output = Result<ObservedInteraction, Error>> + Send;

    fn fetch(&self, thread: &str) -> impl Future<Output = Result<Batch, Error>> + Send;
}

/// The seam over a platform of which nothing else is asked.
pub struct Seam<T>(pub T);

impl<T: Talks> Adapter for Seam<T> {
    fn accounts(&self) -> Answering<'_, Vec<Account>> {
        unreachable!("nobody asks for the account")
    }

    fn read<'a>(&'a self, _: &'a AccountKey, _: &'a Reading, _: Option<&'a Cursor>) -> Answering<'a, Batch> {
        unreachable!("nobody reads the account")
    }

    fn read_thread<'a>(&'a self, _: &'a AccountKey, _: &'a Reading, _: &'a PartialThread) -> Answering<'a, Batch> {
        unreachable!("no thread is shown in part")
    }

    fn fetch<'a>(&'a self, _: &'a AccountKey, thread: &'a str, _: Option<ProviderState>) -> Answering<'a, Batch> {
        Box::pin(self.0.fetch(thread))
    }

    fn reply<'a>(&'a self, _: &'a AccountKey, target: &'a Target, text: &'a str) -> Answering<'a, ObservedInteraction> {
        Box::pin(self.0.reply(target, text))
    }

    fn edit<'a>(&'a self, _: &'a AccountKey, target: &'a Target, text: &'a str) -> Answering<'a, ObservedInteraction> {
        Box::pin(self.0.edit(target, text))
    }

    fn delete<'a>(&'a self, _: &'a AccountKey, id: &'a str) -> Answering<'a, ()> {
        Box::pin(self.0.delete(id))
    }

    fn moderate<'a>(&'a self, ids: &'a [String], verb: Verb) -> Answering<'a, ()> {
        Box::pin(self.0.moderate(ids, verb))
    }

    fn standing<'a>(&'a self, _: &'a AccountKey, ids: &'a [String]) -> Answering<'a, Vec<(String, ProviderState)>> {
        Box::pin(self.0.standing(ids))
    }
}

/// Gives no authorisations: the account has one.
pub struct Nobody;

impl Provider for Nobody {
    fn page(&self) -> Option<&dyn ConsentPage> {
        None
    }

    fn exchange<'a>(&'a self, _: &'a Secret, _: Question<'a>) -> Answering<'a, Grant> {
        unreachable!("nobody connects an account")
    }

    fn refresh<'a>(&'a self, _: &'a Secret) -> Answering<'a, Grant> {
        unreachable!("no token is asked for")
    }

    fn revoke<'a>(&'a self, _: &'a Secret) -> Answering<'a, ()> {
        unreachable!("nobody disconnects an account")
    }

    fn suffices(&self, _: &[String]) -> bool {
        true
    }
}
