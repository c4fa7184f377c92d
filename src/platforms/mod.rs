//! The providers' wire protocols, each behind the common model; nothing here knows users, workspaces or storage.

mod acts;
mod adapter;
mod answers;
pub mod bluesky;
mod budget;
pub mod business;
mod error;
pub mod google;
mod google_api;
mod hosts;
mod pages;
mod registry;
mod setup;
mod words;
pub mod youtube;

pub use acts::{ActRules, Verb};
pub use adapter::{
    Account, AccountKey, Adapter, Answering, Batch, Consent, ConsentPage, Credentials, Cursor, Grant, PartialThread,
    PlatformModule, Provider, ProviderInfo, Question, Reading, SignIn, Target, Token, Tokens, World,
};
pub use answers::{AnswerRules, TextUnit};
pub use budget::{Allowance, Budget, Reserved, paid};
pub use error::{Error, OF_ANOTHER_CLIENT, SignInProblem, next_midnight_pacific};
pub use google::Client;
pub use hosts::{Host, Hosts, origin_of};
pub use registry::Platforms;
pub use setup::{Setup, Slip};
pub use words::Words;

/// A page of a hundred threads with their replies is about 300 KB.
pub const LISTING: usize = 4 << 20;
pub const SMALL: usize = 256 << 10;

/// Under which the simulator's own pages are relayed: `/simulator/{host}/…`.
pub const SIMULATOR: &str = "/simulator";
