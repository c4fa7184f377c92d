//! Every job of the product, once: only what is listed here can be enqueued.

use crate::app::App;
use crate::connections::connect::{ConnectAccount, LateConsent};
use crate::connections::jobs::{FetchInteraction, RevokeToken, SyncConnection};
use crate::demo::jobs::{DisableDemo, EnableDemo, ForgetDemoProfile};
use crate::inbox::jobs::AgePriorities;
use crate::upkeep::jobs::Tidy;

kit::work! {
    App;
    EnableDemo,
    DisableDemo,
    ForgetDemoProfile,
    ConnectAccount,
    LateConsent,
    SyncConnection,
    FetchInteraction,
    RevokeToken,
    AgePriorities,
    Tidy;
    recurring: Tidy
}
