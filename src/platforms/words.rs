//! What a platform's things are called, and what its troubles mean to a person.

use crate::model::Platform;

/// A platform's own words for what every platform has.
#[derive(Debug)]
pub struct Words {
    /// Who asks for permission.
    pub provider: &'static str,
    /// "Connect another channel".
    pub account: &'static str,
    pub audience: &'static str,
    pub content: &'static str,
    /// What happened and what to do, where somebody signed in who has no account there.
    pub no_account: (&'static str, &'static str),
    /// … where our own registration is refused.
    pub client_refused: &'static str,
    /// … where the interface is switched off for it.
    pub not_enabled: (&'static str, &'static str),
    pub quota_returns: &'static str,
    /// What the consent page asks for.
    pub permission: &'static str,
    pub client_settings: [&'static str; 2],
    /// What to do where it no longer lets us read an account.
    pub permission_returns: &'static str,
    /// A handle, as one looks there.
    pub handle: &'static str,
    /// Where app passwords are made.
    pub app_passwords: &'static str,
}

pub const TICK_EVERY_BOX: &str = "Reconnect, leave every box ticked, and check that the account is in good standing.";

const PLAIN: Words = Words {
    provider: "The platform",
    account: "account",
    audience: "followers",
    content: "posts",
    no_account: ("There is no account that Repruv can read.", "Connect again with one that has comments or reviews."),
    client_refused: "Check the client's id and secret, then connect again.",
    not_enabled: (
        "The platform's interface is switched off for this installation.",
        "Switch it on in the platform's developer console. Syncing then resumes on its own.",
    ),
    quota_returns: "Syncing resumes when it is full again.",
    permission: "permission to read and reply to your comments",
    client_settings: ["the client's id", "its secret"],
    permission_returns: TICK_EVERY_BOX,
    handle: "",
    app_passwords: "",
};

impl Platform {
    pub const fn words(self) -> &'static Words {
        match self {
            Platform::YouTube => &super::youtube::WORDS,
            Platform::Bluesky => &super::bluesky::WORDS,
            Platform::Google => &super::business::WORDS,
            _ => &PLAIN,
        }
    }
}
