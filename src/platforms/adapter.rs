//! The seam: what the product asks of any platform, in no platform's own words.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use kit::clock::{Clock, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::{ActRules, Allowance, AnswerRules, Budget, Error, Hosts, Setup, Verb};
use super::{bluesky, google};
use crate::model::{ObservedAccount, ObservedContent, ObservedInteraction, Platform, ProviderState, SetAside};
use crate::outbound::HttpClient;
use crate::secrets::Secret;

pub type Answering<'a, T> = BoxFuture<'a, Result<T, Error>>;

/// A platform that this version speaks to.
pub trait PlatformModule: fmt::Debug + Send + Sync {
    fn platform(&self) -> Platform;

    fn info(&self) -> &'static ProviderInfo;

    /// Whoever gives authorisations for it; refused where nobody registered this installation there.
    fn provider(&self, world: &World) -> Result<Box<dyn Provider>, Error>;

    /// Whoever takes authorisations back, also where nobody is registered any more.
    fn revoker(&self, world: &World) -> Result<Box<dyn Provider>, Error> {
        self.provider(world)
    }

    /// How this installation is registered there; `None` where nobody has to be.
    fn setup(&self) -> Option<&'static Setup> {
        None
    }

    /// Each of its calls is paid for before it is made (`platforms::paid`).
    fn adapter(&self, world: &World, tokens: Arc<dyn Tokens>, allowance: Arc<dyn Allowance>) -> Box<dyn Adapter>;

    /// What it takes for an answer.
    fn answers(&self) -> AnswerRules;

    /// What it lets an account do with comments that are there.
    fn acts(&self) -> ActRules;

    /// Which of its simulated hosts shows what a visitor of the platform sees.
    fn visitors_host(&self) -> &'static str {
        self.platform().as_str()
    }

    /// A handle as people type or paste it; `None` where it cannot be one.
    fn handle_of(&self, _typed: &str) -> Option<String> {
        None
    }

    /// What may be asked of it in a period by this installation; `None` where only its own answers limit us.
    fn budget(&self, world: &World) -> Option<Budget>;
}

/// Where a platform is, and who we are there.
#[derive(Clone, Debug)]
pub struct World {
    pub http: HttpClient,
    /// For hosts that somebody typed, or that what they typed leads to.
    pub named: HttpClient,
    pub clock: Clock,
    pub hosts: Hosts,
    pub is_simulated: bool,
    pub google: Option<google::Client>,
    pub atproto: bluesky::Directory,
}

impl World {
    /// With the simulator's hosts in the place of all others, so that nothing leads to a real one.
    pub fn simulated_at(self, hosts: Hosts) -> Self {
        let atproto = bluesky::Directory::at(&hosts);
        Self { named: self.http.clone(), atproto, hosts, is_simulated: true, ..self }
    }

    /// As a provider knows whoever asks; a client that is there already stays.
    pub fn known_to(self, provider: &str, client: google::Client) -> Self {
        let is_free = provider == google::INFO.key && self.google.is_none();
        Self { google: if is_free { Some(client) } else { self.google }, ..self }
    }

    pub fn is_known_to(&self, provider: &str) -> bool {
        provider == google::INFO.key && self.google.is_some()
    }
}

/// What is the same of a provider wherever it is.
#[derive(Debug)]
pub struct ProviderInfo {
    /// Its part of our callback's address.
    pub key: &'static str,
    /// Compared when an authorisation's answer names one (RFC 9207).
    pub issuer: Option<&'static str>,
    pub sign_in: SignIn,
    /// Whether ending one authorisation ends every one of that person's at once.
    pub ends_all_at_once: bool,
}

/// How a person lets us in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// On a page of the provider's: which of its hosts shows it, and where.
    Page { host: &'static str, path: &'static str },
    /// By a password made for programs, which they type here.
    AppPassword,
}

/// Gives authorisations.
pub trait Provider: Send + Sync {
    /// `None` where a person signs in without one.
    fn page(&self) -> Option<&dyn ConsentPage>;

    /// The code is what the consent page answered; without a page the question's verifier holds [`Credentials`].
    fn exchange<'a>(&'a self, code: &'a Secret, question: Question<'a>) -> Answering<'a, Grant>;

    fn refresh<'a>(&'a self, refresh_token: &'a Secret) -> Answering<'a, Grant>;

    /// A token that is dead already counts as revoked.
    fn revoke<'a>(&'a self, token: &'a Secret) -> Answering<'a, ()>;

    /// Whether these are enough for everything that the product does.
    fn suffices(&self, scopes: &[String]) -> bool;
}

/// Where a person is asked.
pub trait ConsentPage: Send + Sync {
    fn authorize_url(&self, question: &Question<'_>) -> Url;

    /// Consents in the simulator without a person, for the demo profile of one user.
    fn consent_of_simulator<'a>(&'a self, asked: Url, profile: &'a str) -> Answering<'a, Consent>;
}

/// What a person types to sign in without a consent page.
#[derive(Clone, Debug, Deserialize)]
pub struct Credentials {
    pub handle: String,
    pub app_password: Secret,
    /// The server where the account lives, where its person says so.
    pub service: Option<Url>,
}

impl Credentials {
    /// As they are kept until the sign-in has ended, in the place of a verifier.
    pub fn to_secret(&self) -> Secret {
        let app_password = self.app_password.expose();
        let all = json!({ "handle": self.handle, "app_password": app_password, "service": self.service });
        Secret::new(all.to_string())
    }

    pub fn of_secret(secret: &Secret) -> Option<Self> {
        serde_json::from_str(secret.expose()).ok()
    }
}

/// What a person is asked for on a consent page. The answer is exchanged with the same.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub redirect_uri: &'a str,
    pub state: &'a str,
    pub verifier: &'a Secret,
}

/// What an authorisation came to.
#[derive(Clone, Debug)]
pub struct Grant {
    pub access_token: Secret,
    pub access_expires_at: Timestamp,
    /// A refresh answers without one as long as the old one stays good.
    pub refresh_token: Option<Secret>,
    pub refresh_expires_at: Option<Timestamp>,
    pub scopes: Vec<String>,
}

/// What a person, or the simulator in their stead, answered on the consent page.
#[derive(Debug)]
pub enum Consent {
    Given { code: Secret },
    Refused { reason: String },
}

/// An access token, and which of its connection's tokens it is.
#[derive(Clone, Debug)]
pub struct Token {
    pub secret: Secret,
    pub version: i64,
}

/// Whoever keeps a connection's tokens: hands out a good one, and another when the platform refused it.
pub trait Tokens: Send + Sync {
    fn current(&self) -> Answering<'_, Token>;
    fn instead_of<'a>(&'a self, refused: &'a Token) -> Answering<'a, Token>;
}

/// A token that was granted a moment ago: nothing can replace it.
impl Tokens for Secret {
    fn current(&self) -> Answering<'_, Token> {
        Box::pin(async { Ok(Token { secret: self.clone(), version: 0 }) })
    }

    fn instead_of<'a>(&'a self, _: &'a Token) -> Answering<'a, Token> {
        Box::pin(async { Err(Error::Reauth { reason: "refused".into() }) })
    }
}

/// Asks a platform for one account. Only [`Adapter::accounts`] and [`Adapter::account`] judge the account as a whole: what
/// any other call meets is about what it asked for, unless it is a limit, or nobody answers.
pub trait Adapter: Send + Sync {
    /// What the authorisation opens; at least one.
    fn accounts(&self) -> Answering<'_, Vec<Account>>;

    /// The one that is known, as it is now.
    fn account<'a>(&'a self, known: &'a AccountKey) -> Answering<'a, Account> {
        Box::pin(async {
            let accounts = self.accounts().await?;
            let is_it = |account: &Account| account.observed.external_id == known.external_id;
            accounts.into_iter().find(is_it).ok_or(Error::NoAccount)
        })
    }

    /// The next part of a pass; from its beginning without a cursor.
    fn read<'a>(
        &'a self,
        account: &'a AccountKey,
        reading: &'a Reading,
        cursor: Option<&'a Cursor>,
    ) -> Answering<'a, Batch>;

    /// The next part of a thread that a batch showed only in part. What is left of it comes back in `partial`.
    fn read_thread<'a>(
        &'a self,
        account: &'a AccountKey,
        reading: &'a Reading,
        thread: &'a PartialThread,
    ) -> Answering<'a, Batch>;

    /// One interaction with its thread; nothing where it is gone. `known` is the state in which we have it.
    fn fetch<'a>(
        &'a self,
        account: &'a AccountKey,
        external_id: &'a str,
        known: Option<ProviderState>,
    ) -> Answering<'a, Batch>;

    fn reply<'a>(
        &'a self,
        account: &'a AccountKey,
        target: &'a Target,
        text: &'a str,
    ) -> Answering<'a, ObservedInteraction>;

    fn edit<'a>(
        &'a self,
        account: &'a AccountKey,
        target: &'a Target,
        text: &'a str,
    ) -> Answering<'a, ObservedInteraction>;

    fn delete<'a>(&'a self, account: &'a AccountKey, external_id: &'a str) -> Answering<'a, ()>;

    /// Does one thing with comments of other people: with all of them, or it is refused.
    fn moderate<'a>(&'a self, external_ids: &'a [String], verb: Verb) -> Answering<'a, ()>;

    /// Which of these, content or interactions, are there no more. `None` where the lists of a whole pass are the whole truth;
    /// elsewhere nothing is taken for gone that was not asked for here.
    fn gone<'a>(&'a self, _account: &'a AccountKey, _external_ids: &'a [String]) -> Answering<'a, Option<Vec<String>>> {
        Box::pin(async { Ok(None) })
    }

    /// How comments stand at the platform, of those of which it says so.
    fn standing<'a>(
        &'a self,
        account: &'a AccountKey,
        external_ids: &'a [String],
    ) -> Answering<'a, Vec<(String, ProviderState)>>;
}

/// An account as it is now.
#[derive(Clone, Debug)]
pub struct Account {
    pub observed: ObservedAccount,
    /// Whether its counters and its picture were asked for: where nobody could answer, those that are known stay.
    pub has_counters: bool,
    /// What the adapter wants to be given again.
    pub state: Value,
}

impl Account {
    pub fn key(&self) -> AccountKey {
        AccountKey { external_id: self.observed.external_id.clone(), state: self.state.clone() }
    }
}

/// Which account, and what its adapter remembers of it.
#[derive(Clone, Debug)]
pub struct AccountKey {
    pub external_id: String,
    pub state: Value,
}

/// What a pass is for.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Only what came since then; everything without it.
    pub since: Option<Timestamp>,
    /// How many there are at most, by the platform's own counters.
    pub promised_content: usize,
    pub promised_interactions: usize,
    /// What nobody could answer several times is set aside too.
    pub is_last_attempt: bool,
}

impl Reading {
    pub fn gives_up_on(&self, error: &Error) -> bool {
        self.is_last_attempt && matches!(error, Error::Unavailable { .. })
    }
}

/// Where a pass goes on: the adapter's own, and nobody else's to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(Value);

impl Cursor {
    pub fn of(place: &impl Serialize) -> Self {
        Self(serde_json::to_value(place).expect("a place is plain data, with text for keys"))
    }

    /// `None` when another release wrote it.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(&self.0).ok()
    }
}

/// What one step of a pass came to.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub content: Vec<ObservedContent>,
    pub interactions: Vec<ObservedInteraction>,
    /// Threads of which more is to be read.
    pub partial: Vec<PartialThread>,
    pub set_aside: Vec<SetAside>,
    /// `None` at the end of the pass.
    pub next: Option<Cursor>,
    /// What a person reads meanwhile.
    pub step: &'static str,
}

impl Batch {
    /// Takes another batch in, apart from its place.
    pub fn absorb(&mut self, other: Batch) {
        self.content.extend(other.content);
        self.interactions.extend(other.interactions);
        self.partial.extend(other.partial);
        self.set_aside.extend(other.set_aside);
        self.step = other.step;
    }
}

/// A thread of which a listing showed only some replies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartialThread {
    pub external_id: String,
    /// How many the platform says there are.
    pub replies: Option<i64>,
    pub cursor: Cursor,
}

/// What is answered, or changed.
#[derive(Clone, Debug)]
pub struct Target {
    pub external_id: String,
    pub thread_external_id: String,
    pub content_external_id: Option<String>,
}
