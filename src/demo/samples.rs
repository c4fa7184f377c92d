//! What a stranger finds in a demo besides its comments: tags, a note, somebody who sees to one, and two saved replies.

use super::Story;
use crate::inbox::listing::{self, Filter, Order, Reader};
use crate::inbox::marks::{self, Mark};
use crate::inbox::notes::{self, About, Words};
use crate::inbox::triage::TriageState;
use crate::replies;
use crate::replies::saved::{self, Typed};
use crate::web::errors::{Error, Result};
use crate::work::Work;
use crate::workspaces::{UserId, WorkspaceId};

/// Not on the first comments, which a person tries things on.
const SPARED: usize = 4;

const NOTE: Words<'_> = Words { text: "They asked before. Let's answer this one today.", about: About::Thread };

const THANKS: (&str, &str) = ("Thank you", "Thank you, {first_name}! It means a lot to read that.");

const fn saved_of(story: Story) -> [(&'static str, &'static str); 2] {
    let second = match story {
        Story::Creator | Story::Agency => {
            ("Where to find it", "Hi {first_name}, everything from “{content_title}” is listed here: {link}")
        }
        Story::Brand => (
            "Replacement lid",
            "Hi {first_name}, we're sorry about your kettle. A new lid is on its way to everybody who writes to us: we'll sort yours out today.",
        ),
        Story::Restaurant | Story::Shop => (
            "We're sorry",
            "Hi {first_name}, we're sorry that your visit wasn't what you hoped for. Thank you for telling us: we'll talk it over with the team today.",
        ),
    };
    [THANKS, second]
}

const fn tags_of(story: Story) -> [&'static str; 3] {
    match story {
        Story::Creator => ["Follow up", "Video idea", "Follow up"],
        Story::Brand | Story::Agency => ["Follow up", "For the team", "Follow up"],
        Story::Shop => ["Follow up", "For the counter", "Follow up"],
        Story::Restaurant => ["Follow up", "For the kitchen", "Follow up"],
    }
}

/// Whatever the inbox refuses is passed over (its person was disabled meanwhile, or took the name of a reply): a demo isn't worth less
/// without it, and trying again would be refused again.
pub fn put(work: &mut Work<'_>, workspace: WorkspaceId, user: UserId, story: Story) -> Result<()> {
    replies::adopt(work, workspace, user)?;
    let zone = jiff::tz::TimeZone::UTC;
    let reader = Reader { workspace, user, zone: &zone, now: work.now };
    let filter = Filter { state: Some(TriageState::NeedsReply), order: Order::Priority, ..Filter::default() };
    let waiting = listing::list(work.tx, reader, &filter, None, SPARED + 3)?.items;
    let ids = waiting.iter().skip(SPARED).map(|item| item.id).collect::<Vec<_>>();
    for (id, tag) in ids.iter().zip(tags_of(story)) {
        if let Ok(tag) = tag.parse() {
            unless_refused(marks::mark(work, workspace, &[*id], &Mark::Tag(tag)))?;
        }
    }
    if let Some(first) = ids.first() {
        unless_refused(marks::mark(work, workspace, &[*first], &Mark::Assign(user)))?;
        unless_refused(notes::write(work, workspace, *first, NOTE))?;
    }
    for (name, text) in saved_of(story) {
        unless_refused(saved::make(work, workspace, &Typed { name: name.to_owned(), text: text.to_owned() }))?;
    }
    Ok(())
}

fn unless_refused<T>(put: Result<T>) -> Result<()> {
    match put {
        Ok(_) | Err(Error::Invalid(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
