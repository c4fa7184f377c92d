//! People: their accounts, their passwords' hashes, and whether they had demo mode.

use kit::clock::Timestamp;
use kit::db::Tx;

use super::record::{User, boolean, instant, list, text};
use super::{Batch, Error, store};
use crate::accounts::imported::{self, Described, Unfit};
use crate::demo;
use crate::workspaces::{DemoStatus, UserId};

pub fn write(tx: &mut Tx, users: &[User], batch: &mut Batch<'_>, is_open: bool) -> Result<(), Error> {
    users.iter().try_for_each(|user| write_one(tx, batch, user, is_open))
}

fn write_one(tx: &mut Tx, batch: &mut Batch<'_>, user: &User, is_open: bool) -> Result<(), Error> {
    let Some(id) = text(&user.id) else {
        batch.tally.skip("without an id", "");
        return Ok(());
    };
    if store::known::<()>(tx, batch.source, "user", id)?.is_some() {
        batch.tally.already += 1;
        return Ok(());
    }
    let described = describe(user, is_open, batch.now);
    let added = match imported::add(tx, batch.now, batch.random, &described)? {
        Ok(added) => added,
        Err(unfit) => {
            batch.tally.skip(reason(unfit), id);
            return Ok(());
        }
    };
    store::remember(tx, batch.source, "user", id, added.user)?;
    batch.tally.written += 1;
    batch.made.people += 1;
    if !added.has_password {
        batch.tally.note("without a password that can be taken along: `repruv user reset-password` sets one", id);
    }
    if described.is_owner {
        batch.tally.note("is_admin there, owner of this installation", id);
    }
    if !is_open {
        batch.tally.note("closed here: not active there, or neither approved nor let in", id);
        return Ok(());
    }
    bring_demo_back(tx, batch, added.user, wanted(user), id)
}

fn describe(user: &User, is_open: bool, now: Timestamp) -> Described {
    Described {
        email: user.email.clone().unwrap_or_default(),
        name: user.full_name.clone().unwrap_or_default(),
        password_hash: text(&user.hashed_password).map(str::to_owned),
        time_zones: list(&user.time_zones),
        // Whoever may not sign in owns nothing.
        is_owner: is_open && boolean(&user.is_admin) == Some(true),
        is_open,
        created_at: instant(&user.created_at).filter(|at| *at <= now).unwrap_or(now),
    }
}

fn reason(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::Address => "no e-mail address",
        Unfit::Taken => "another account has this e-mail address",
    }
}

/// The status wins where it is set; else the boolean becomes it. A set-up that never ended there is wanted still; what was
/// being left is left by coming here.
fn wanted(user: &User) -> DemoStatus {
    match text(&user.demo_mode_status).map(str::to_ascii_lowercase).as_deref() {
        Some("enabled" | "enabling") => DemoStatus::Enabled,
        Some("disabled" | "disabling") => DemoStatus::Disabled,
        Some("failed") => DemoStatus::Failed,
        _ if boolean(&user.demo_mode) == Some(true) => DemoStatus::Enabled,
        _ => DemoStatus::Disabled,
    }
}

/// `enabled` says that everything of the demo is counted, and demo rows stay behind: so it is being enabled, in the same
/// commit as the account, by the job that makes it true.
fn bring_demo_back(
    tx: &mut Tx,
    batch: &mut Batch<'_>,
    user: UserId,
    wanted: DemoStatus,
    id: &str,
) -> Result<(), Error> {
    let done = match wanted {
        DemoStatus::Enabled => demo::bring_back(tx, batch.now, batch.random, user).map(|_| "demo mode is set up anew"),
        DemoStatus::Failed => demo::bring_back_failed(tx, batch.now, user).map(|()| "demo mode had failed"),
        _ => return Ok(()),
    };
    match done {
        Ok(note) => batch.tally.note(note, id),
        Err(demo::Refused::Db(error)) => return Err(error.into()),
        Err(refused) => batch.tally.note(&format!("demo mode stays off: {refused}"), id),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_wins_over_the_boolean() {
        let of = |boolean: Option<&str>, status: Option<&str>| {
            wanted(&User {
                demo_mode: boolean.map(str::to_owned),
                demo_mode_status: status.map(str::to_owned),
                ..User::default()
            })
        };
        use DemoStatus::{Disabled, Enabled, Failed};
        for (boolean, status, wanted) in [
            (None, None, Disabled),
            (Some("false"), None, Disabled),
            (Some("true"), None, Enabled),
            (Some("true"), Some(""), Enabled),
            (Some("true"), Some("disabled"), Disabled),
            (Some("true"), Some("failed"), Failed),
            (Some("true"), Some("disabling"), Disabled),
            (Some("false"), Some("enabled"), Enabled),
            (Some("false"), Some("ENABLING"), Enabled),
            (Some("true"), Some("nonsense"), Enabled),
            (Some("nonsense"), Some("nonsense"), Disabled),
        ] {
            assert_eq!(of(boolean, status), wanted, "{boolean:?} {status:?}");
        }
    }
}
