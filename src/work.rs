//! Every job of the product, once: only what is listed here can be enqueued.

use crate::app::App;
use crate::connections::connect::{ConnectAccount, LateConsent};
use crate::connections::jobs::{FetchInteraction, RevokeToken, SyncConnection};
use crate::inbox::jobs::AgePriorities;

kit::work! {
    App;
    ConnectAccount,
    LateConsent,
    SyncConnection,
    FetchInteraction,
    RevokeToken,
    AgePriorities,
}
