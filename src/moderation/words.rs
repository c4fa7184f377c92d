//! What acts are called: while they are under way, when they are done, and where they are not.

use super::Skipped;
use crate::model::Platform;
use crate::platforms::Verb;

/// "Hide on YouTube": what is done there is never mistaken for what is done here.
pub fn doing(verb: Verb, platform: Platform) -> String {
    let name = platform.label();
    match verb {
        Verb::Edit => format!("Save on {name}"),
        Verb::Delete => format!("Delete on {name}"),
        Verb::Hide => format!("Hide on {name}"),
        Verb::Publish => format!("Publish on {name}"),
        Verb::Reject => format!("Reject on {name}"),
        Verb::Ban => format!("Ban the author on {name}"),
        Verb::ReportSpam => format!("Report as spam to {name}"),
    }
}

/// "being hidden".
pub const fn under_way(verb: Verb) -> &'static str {
    match verb {
        Verb::Edit => "being edited",
        Verb::Delete => "being deleted",
        Verb::Hide => "being hidden",
        Verb::Publish => "being published",
        Verb::Reject => "being rejected",
        Verb::Ban => "being banned",
        Verb::ReportSpam => "being reported",
    }
}

/// "hidden".
pub const fn done(verb: Verb) -> &'static str {
    match verb {
        Verb::Edit => "edited",
        Verb::Delete => "deleted",
        Verb::Hide => "hidden",
        Verb::Publish => "published",
        Verb::Reject => "rejected",
        Verb::Ban => "rejected, author banned",
        Verb::ReportSpam => "reported as spam",
    }
}

/// "could not be hidden".
pub fn could_not(verb: Verb) -> String {
    let word = if verb == Verb::Ban { "banned" } else { done(verb) };
    format!("could not be {word}")
}

/// Of one comment: why its platform is not asked.
pub fn skipped_one(why: Skipped, verb: Verb, platform: Platform) -> String {
    let name = platform.label();
    match why {
        Skipped::Already if verb == Verb::Edit => "Nothing changed: it says so already.".to_owned(),
        Skipped::Already => format!("It is {} on {name} already.", done(verb)),
        Skipped::UnderWay => "Something else is being done with this comment. Wait until that is over.".to_owned(),
        Skipped::Gone => format!("{name} no longer has this comment."),
        Skipped::Rejected => format!("It was rejected on {name}, and that can't be taken back."),
        Skipped::NotOffered => format!("{name} can't do this."),
        Skipped::Own => "That's your own comment: you can edit or delete it.".to_owned(),
        Skipped::NotOwn => "Only your own comments can be edited or deleted.".to_owned(),
        Skipped::NotConnected => "Reconnect this account first.".to_owned(),
    }
}

/// Of several: "3 skipped: they were so already".
pub const fn skipped(why: Skipped) -> &'static str {
    match why {
        Skipped::Already => "so already",
        Skipped::UnderWay => "something else is under way",
        Skipped::Gone => "gone from the platform",
        Skipped::Rejected => "rejected there for good",
        Skipped::NotOffered => "the platform can't do this",
        Skipped::Own => "your own",
        Skipped::NotOwn => "other people's",
        Skipped::NotConnected => "the account isn't connected",
    }
}
