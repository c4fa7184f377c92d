//! What acts are called: while they are under way, when they are done, and where they are not.

use super::Skipped;
use crate::model::{Platform, ProviderState};
use crate::platforms::{ActRules, Verb};
use crate::web::ui::numbers::grouped;

/// The words of one platform: what is asked of it is called as the platform calls what becomes of it, and so as lists and filters do.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub platform: Platform,
    /// What it hides is held there, and seen by nobody until a person has looked at it.
    holds: bool,
}

impl Words {
    /// By what the platform does; none where this version does not speak to it.
    pub fn of(platform: Platform, rules: Option<ActRules>) -> Self {
        Self { platform, holds: rules.is_some_and(|rules| rules.hidden_as == ProviderState::Held) }
    }

    /// "Hide on Instagram": what is done there is never mistaken for what is done here.
    pub fn doing(self, verb: Verb) -> String {
        let name = self.platform.label();
        match verb {
            Verb::Edit => format!("Save on {name}"),
            Verb::Delete => format!("Delete on {name}"),
            Verb::Hide if self.holds => format!("Hold for review on {name}"),
            Verb::Hide => format!("Hide on {name}"),
            Verb::Publish => format!("Publish on {name}"),
            Verb::Reject => format!("Reject on {name}"),
            Verb::Ban => format!("Ban the author on {name}"),
            Verb::ReportSpam => format!("Report as spam to {name}"),
        }
    }

    /// The question whether it is meant: "Hide 3 comments on Instagram?"
    pub fn asking(self, verb: Verb, what: &str) -> String {
        let name = self.platform.label();
        match verb {
            Verb::Edit => format!("Edit {what} on {name}"),
            Verb::Delete => format!("Delete {what} on {name}?"),
            Verb::Hide if self.holds => format!("Hold {what} for review on {name}?"),
            Verb::Hide => format!("Hide {what} on {name}?"),
            Verb::Publish => format!("Publish {what} on {name}?"),
            Verb::Reject => format!("Reject {what} on {name}?"),
            Verb::Ban => format!("Ban {what} on {name}?"),
            Verb::ReportSpam => format!("Report {what} as spam to {name}?"),
        }
    }

    /// "being hidden".
    pub const fn under_way(self, verb: Verb) -> &'static str {
        match verb {
            Verb::Edit => "being edited",
            Verb::Delete => "being deleted",
            Verb::Hide if self.holds => "being held for review",
            Verb::Hide => "being hidden",
            Verb::Publish => "being published",
            Verb::Reject => "being rejected",
            Verb::Ban => "being banned",
            Verb::ReportSpam => "being reported",
        }
    }

    /// "hidden".
    pub const fn done(self, verb: Verb) -> &'static str {
        match verb {
            Verb::Edit => "edited",
            Verb::Delete => "deleted",
            Verb::Hide if self.holds => "held for review",
            Verb::Hide => "hidden",
            Verb::Publish => "published",
            Verb::Reject => "rejected",
            Verb::Ban => "rejected, author banned",
            Verb::ReportSpam => "reported as spam",
        }
    }

    /// "could not be hidden".
    pub fn could_not(self, verb: Verb) -> String {
        let word = if verb == Verb::Ban { "banned" } else { self.done(verb) };
        format!("could not be {word}")
    }

    /// Of one comment: why its platform is not asked.
    pub fn skipped_one(self, why: Skipped, verb: Verb) -> String {
        let name = self.platform.label();
        match why {
            Skipped::Already if verb == Verb::Edit => "That's what it says already.".to_owned(),
            Skipped::Already => format!("It's already {} on {name}.", self.done(verb)),
            Skipped::Held => format!("It's already held by {name} itself."),
            Skipped::UnderWay => {
                "Something else is already under way for this comment. Give it a moment, then try again.".to_owned()
            }
            Skipped::Gone => format!("{name} no longer has this comment."),
            Skipped::Rejected => format!("It was rejected on {name}, and that can't be taken back."),
            Skipped::NotOffered => format!("{name} doesn't offer this."),
            Skipped::Own => "This is your own comment. You can edit or delete it instead.".to_owned(),
            Skipped::NotOwn => "Only your own comments can be edited or deleted.".to_owned(),
            Skipped::NotConnected => "Reconnect this account first.".to_owned(),
            Skipped::Changed => {
                "Somebody answered, marked or edited it after this was asked for, so nothing was done.".to_owned()
            }
        }
    }

    /// Of several: "3 skipped: they were already hidden".
    pub fn skipped(self, why: Skipped, verb: Verb, count: usize) -> String {
        let (they_were, they_are, them) =
            if count == 1 { ("it was", "it's", "it") } else { ("they were", "they're", "them") };
        match why {
            Skipped::Already => format!("{they_were} already {}", self.done(verb)),
            Skipped::Held => format!("{they_were} already held by {}", self.platform.label()),
            Skipped::UnderWay => format!("something else is under way for {them}"),
            Skipped::Gone => format!("{they_are} no longer on the platform"),
            Skipped::Rejected => format!("{they_were} rejected for good"),
            Skipped::NotOffered => "the platform doesn't offer this".to_owned(),
            Skipped::Own => format!("you wrote {them} yourselves"),
            Skipped::NotOwn => format!("somebody else wrote {them}"),
            Skipped::NotConnected => "the account isn't connected".to_owned(),
            Skipped::Changed => "changed since you were asked".to_owned(),
        }
    }

    /// Of several, before anything is asked: "3 will be left out: they're already hidden".
    pub fn left_out(self, why: Skipped, verb: Verb, count: usize) -> String {
        let they_are = if count == 1 { "it's" } else { "they're" };
        let why = match why {
            Skipped::Already => format!("{they_are} already {}", self.done(verb)),
            Skipped::Held => format!("{they_are} already held by {}", self.platform.label()),
            Skipped::Rejected => format!("{they_are} rejected for good"),
            why => self.skipped(why, verb, count),
        };
        format!("{} will be left out: {why}.", grouped(i64::try_from(count).unwrap_or(i64::MAX)))
    }
}
