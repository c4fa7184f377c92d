//! What an address says in a sentence about what was pressed before, where there is nothing to take back.

use super::place::with;
use crate::web::errors::{Error, Result};

kit::text_enum! {
    pub enum Remark {
        DraftSaved = "draft_saved",
        DraftBeside = "draft_beside",
        Approved = "approved",
        SentBack = "sent_back",
        Released = "released",
        NothingTicked = "nothing_ticked",
        NothingToUndo = "nothing_to_undo",
        MovedSince = "moved_since",
        TooLate = "not_now",
    }
}

impl Remark {
    pub const NAME: &str = "remark";

    pub const fn words(self) -> &'static str {
        match self {
            Remark::DraftSaved => "Draft saved. Only you see it.",
            Remark::DraftBeside => "Draft saved. You wrote something else in another tab: it's below.",
            Remark::Approved => "Approved. It's on its way.",
            Remark::SentBack => "Sent back, with your note.",
            Remark::Released => "It's on its way.",
            Remark::NothingTicked => "Tick some comments first, then choose what to do with them.",
            Remark::NothingToUndo => "It's too late to undo that.",
            Remark::MovedSince => "This comment was moved again since, so nothing was undone.",
            Remark::TooLate => "It's too late for that: the reply has moved on. Here's how it stands.",
        }
    }

    pub fn on(self, address: &str) -> String {
        with(address, &[(Self::NAME, self.as_str())])
    }

    /// Back to an address, which tells what came too late; what else is wrong stays so.
    pub fn instead_of(error: Error, address: &str) -> Result<String> {
        let Error::Refused { code, .. } = &error else { return Err(error) };
        match code.parse::<Self>() {
            Ok(remark @ (Self::NothingToUndo | Self::MovedSince | Self::TooLate)) => Ok(remark.on(address)),
            _ => Err(error),
        }
    }
}
