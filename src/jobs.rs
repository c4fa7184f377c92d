//! Every job of the product, once: only what is listed here can be enqueued.

use crate::app::App;
use crate::connections::clients::jobs::CheckClient;
use crate::connections::connect::{ConnectAccount, LateConsent};
use crate::connections::jobs::{FetchInteraction, SyncConnection};
use crate::connections::revoking::RevokeToken;
use crate::demo::forgetting::ForgetDemoProfile;
use crate::demo::jobs::{DisableDemo, EnableDemo};
use crate::demo::switchboard::PressSwitch;
use crate::inbox::jobs::{AgePriorities, RecountInboxes, WakeSnoozed};
use crate::inbox::marks::matching::{MarkMatching, TakeBackMarks};
use crate::inbox::moves::matching::{MoveMatching, TakeBackMoves};
use crate::inbox::search::jobs::RebuildSearch;
use crate::moderation::CarryOut;
use crate::ops::maintenance::jobs::PurgeExpired;
use crate::replies::SendReply;

kit::work! {
    App;
    EnableDemo,
    DisableDemo,
    ForgetDemoProfile,
    PressSwitch,
    ConnectAccount,
    LateConsent,
    SyncConnection,
    FetchInteraction,
    SendReply,
    CarryOut,
    RevokeToken,
    CheckClient,
    AgePriorities,
    WakeSnoozed,
    MoveMatching,
    TakeBackMoves,
    MarkMatching,
    TakeBackMarks,
    RecountInboxes,
    RebuildSearch,
    PurgeExpired;
    recurring: RecountInboxes, PurgeExpired
}

#[cfg(test)]
mod tests {
    use kit::jobs::{Workplace, can_read};
    use serde_json::{Value, json};

    use super::*;

    /// Every job as some release has stored it. A payload that is changed gets a line of its own; none is taken away while
    /// its job may still wait somewhere.
    fn stored() -> Vec<(&'static str, Value)> {
        const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
        vec![
            (
                "enable_demo",
                json!({"choice": {"scenario": "healthy", "size": "medium", "seed": null}, "clear_first": false}),
            ),
            (
                "enable_demo",
                json!({"choice": {"scenario": "viral", "size": "small", "seed": 7}, "clear_first": true, "patient": true}),
            ),
            (
                "enable_demo",
                json!({"choice": {"story": "creator", "scenario": "viral", "size": "small", "seed": 7, "niche": "music",
                    "language": "de"}, "clear_first": true, "patient": false}),
            ),
            ("disable_demo", json!({})),
            ("disable_demo", json!({"called_back": ID})),
            ("forget_demo_profile", json!({"user_id": ID, "operation": ID})),
            ("press_switch", json!({"switch": "revoke_token", "workspace_id": ID})),
            ("connect_account", json!({"connection_id": ID, "flow": "AQI", "code": "AQI"})),
            ("late_consent", json!({"connection_id": ID, "flow": "AQI"})),
            ("sync_connection", json!({"connection_id": ID})),
            ("fetch_interaction", json!({"connection_id": ID, "external_id": "UgxKREWxIgDrw8w2e_Z4AaABAg"})),
            ("fetch_interaction", json!({"connection_id": ID, "external_id": "AbFvOq", "looks": 1})),
            ("send_reply", json!({"reply_id": ID})),
            ("carry_out", json!({"order_id": ID})),
            (
                "revoke_token",
                json!({"connection_id": ID, "workspace_id": ID, "platform": "youtube", "external_id": null, "demo": true, "token": "AQI"}),
            ),
            ("check_client", json!({"workspace_id": ID, "platform": "youtube", "provider": "google", "version": 1})),
            ("age_priorities", json!({"workspace": ID, "aged_to": "2026-11-23T08:00:00.000Z"})),
            ("wake_snoozed", json!({"workspace": ID})),
            (
                "move_matching",
                json!({"workspace": ID, "by": ID, "filter": [["state", "needs_reply"]], "zone": "Europe/Berlin", "state": "done", "until": null, "asked_at": "2026-11-23T08:00:00.000Z"}),
            ),
            ("take_back_moves", json!({"workspace": ID, "by": ID, "asked_at": "2026-11-23T08:00:00.000Z"})),
            (
                "mark_matching",
                json!({"workspace": ID, "by": ID, "filter": [["state", "needs_reply"]], "zone": "Europe/Berlin", "asked_at": "2026-11-23T08:00:00.000Z", "act": ID}),
            ),
            ("take_back_marks", json!({"workspace": ID, "by": ID, "act": ID})),
            ("recount_inboxes", json!({})),
            ("rebuild_search", json!({})),
            ("tidy", json!({})),
        ]
    }

    #[test]
    fn what_an_older_release_has_ordered_is_read() {
        let stored = stored();
        for (job_type, payload) in &stored {
            assert!(can_read::<App>(job_type, payload), "{job_type}: {payload}");
        }
        for job_type in App::HANDLERS.iter().map(|handler| handler.job_type()) {
            assert!(stored.iter().any(|(known, _)| *known == job_type), "{job_type} is not in the list");
        }
    }

    /// The release before this one reads it while both run.
    #[test]
    fn what_a_newer_release_has_added_to_an_order_is_passed_over() {
        for (job_type, mut payload) in stored() {
            add_a_field(&mut payload);
            assert!(can_read::<App>(job_type, &payload), "{job_type}: {payload}");
        }
    }

    fn add_a_field(value: &mut Value) {
        let Value::Object(fields) = value else { return };
        fields.values_mut().for_each(add_a_field);
        fields.insert("of_a_newer_release".to_owned(), json!({"x": 1}));
    }
}
