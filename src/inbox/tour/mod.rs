//! A tour for whoever tries the demo: three steps, each of which ticks itself off when it was really done.

pub mod pages;
mod store;
#[cfg(test)]
mod tests;
pub mod views;

use kit::db::{self, Conn};

use crate::accounts::sessions::SignedIn;
use crate::live::{self, Hint};
use crate::web::errors::{Error, Result};
use crate::work::Work;
use crate::workspaces::{self, Kind, Right, UserId, WorkspaceId};

pub use store::Tour;

/// Threads of the second step.
pub const TO_CLEAR: i64 = 10;

/// Nobody who takes a tour counts further.
const MOST: i64 = 1_000;

/// Where the number of the third step is.
const DASHBOARD: &str = "/dashboard";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Answer,
    Clear,
    SeeTheNumber,
}

impl Tour {
    /// The first that was not done yet.
    pub const fn next(&self) -> Step {
        match (self.answered > 0, self.cleared >= TO_CLEAR) {
            (false, _) => Step::Answer,
            (true, false) => Step::Clear,
            (true, true) => Step::SeeTheNumber,
        }
    }

    pub const fn is_done(&self, step: Step) -> bool {
        match step {
            Step::Answer => self.answered > 0,
            Step::Clear => self.cleared >= TO_CLEAR,
            Step::SeeTheNumber => self.is_over,
        }
    }
}

/// Whoever may answer in a demo.
pub fn is_for(who: &SignedIn) -> bool {
    who.workspace.kind == Kind::Demo && who.role.may(Right::Answer)
}

pub fn read(conn: &mut Conn, workspace: WorkspaceId, user: UserId) -> db::Result<Tour> {
    // A demo comes with answers of its past.
    let since = workspaces::made_at(conn, workspace)?;
    store::read(conn, workspace, user, since, MOST)
}

/// It does not come back.
pub fn end(work: &mut Work<'_>, workspace: WorkspaceId) -> Result<()> {
    let by = work.who.person().ok_or(Error::SignInNeeded)?;
    store::end(work.tx, workspace, by, work.now)?;
    live::hint(work.tx, by, Hint::Inbox);
    Ok(())
}
