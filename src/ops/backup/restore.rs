//! Putting a backup in the place of a database.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};

use kit::clock::Clock;
use kit::db::{Db, copy};
use kit::random::Random;

use super::store::{self, Holds};
use super::{Error, MADE_ANEW, backup, beside, broken, make_private, open, publish, sqlite_url};
use crate::app::MIGRATIONS;
use crate::audit::{self, Event};
use crate::connections;
use crate::secrets::Vault;
use crate::work::{Tools, Who};

/// Where a backup goes.
#[derive(Clone, Debug)]
pub struct Target {
    pub url: String,
    /// For files that are needed on the way, and for what was there before.
    pub data_dir: PathBuf,
    /// Must open the backup's secrets.
    pub vault: Vault,
    /// Replaces what is there.
    pub force: bool,
    pub clock: Clock,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restored {
    pub holds: Holds,
    /// What was there before.
    pub aside: Option<PathBuf>,
}

/// Verifies `file`, brings a copy of it up to this program's schema, ends every session in it, and puts it in its place in
/// one step. Blocking; no other process may use the database.
pub fn restore(file: &Path, target: &Target) -> Result<Restored, Error> {
    if !file.exists() {
        return Err(Error::Missing(file.to_owned()));
    }
    copy::examine(file, MIGRATIONS)?;
    match target.url.strip_prefix("sqlite:").map(Path::new) {
        Some(database) => replace_file(file, &copy::resolve(database)?, target),
        None => replace_rows(file, target),
    }
}

fn replace_file(file: &Path, database: &Path, target: &Target) -> Result<Restored, Error> {
    let _lock = copy::lock(database)?;
    let is_there = look(database, target)?;
    let ready = beside(database, "restoring");
    let restored = put(file, database, &ready, is_there, target);
    if restored.is_err() {
        super::clear(&ready);
    }
    restored
}

fn put(file: &Path, database: &Path, ready: &Path, is_there: bool, target: &Target) -> Result<Restored, Error> {
    let holds = prepare(file, ready, target)?;
    copy::examine(ready, MIGRATIONS)?;
    let aside = is_there.then(|| beside(database, &aside_name(target)));
    if let Some(aside) = &aside {
        // A second name first: at every moment the database's own name leads to one that is whole.
        fs::hard_link(database, aside).map_err(|error| broken(aside, error))?;
    }
    for log in ["-wal", "-shm"] {
        set_aside(&PathBuf::from(format!("{}{log}", database.display())), target)?;
    }
    keep_owner(database, ready)?;
    publish(ready, database)?;
    Ok(Restored { holds, aside })
}

/// Root restores what a service will open: the file belongs to whom the replaced one did, or else the folder does.
fn keep_owner(database: &Path, ready: &Path) -> Result<(), Error> {
    let Ok(replaced) = fs::metadata(database) else {
        if let Ok(folder) = fs::metadata(database.parent().unwrap_or(Path::new("."))) {
            // Whoever is not root restores for themselves.
            let _ = chown(ready, Some(folder.uid()), Some(folder.gid()));
        }
        return Ok(());
    };
    fs::set_permissions(ready, replaced.permissions()).map_err(|error| broken(ready, error))?;
    let ours = fs::metadata(ready).map_err(|error| broken(ready, error))?;
    if (ours.uid(), ours.gid()) == (replaced.uid(), replaced.gid()) {
        return Ok(());
    }
    chown(ready, Some(replaced.uid()), Some(replaced.gid())).map_err(|error| broken(ready, error))
}

/// Whether something is there; an error where it may not be replaced.
fn look(database: &Path, target: &Target) -> Result<bool, Error> {
    if !database.exists() {
        return Ok(false);
    }
    // All of it into the one file, so that its log does not meet the restored one.
    let there = copy::settle(database).map_err(Error::from).and_then(|()| super::holds(database, &target.clock));
    match there {
        Ok(holds) if holds.is_anything() && !target.force => Err(Error::WouldReplace(holds)),
        Err(Error::Database(error)) if !target.force => Err(Error::WouldReplaceUnreadable(error)),
        Ok(_) | Err(Error::Database(_)) => Ok(true),
        Err(error) => Err(error),
    }
}

/// The log of a database that could not be read, which would be taken for the restored one's.
fn set_aside(log: &Path, target: &Target) -> Result<(), Error> {
    match log.exists() {
        true => fs::rename(log, beside(log, &aside_name(target))).map_err(|error| broken(log, error)),
        false => Ok(()),
    }
}

fn aside_name(target: &Target) -> String {
    let seconds = target.clock.now().to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string();
    format!("before-restore-{seconds}")
}

/// A copy of the backup that can be put in its place as it is.
fn prepare(file: &Path, ready: &Path, target: &Target) -> Result<Holds, Error> {
    make_private(ready)?;
    fs::copy(file, ready).map_err(|error| broken(ready, error))?;
    let db = open(&sqlite_url(ready), &target.clock)?;
    let prepared = settle_contents(&db, target);
    db.close();
    let holds = prepared?;
    copy::settle(ready)?;
    Ok(holds)
}

fn settle_contents(db: &Db, target: &Target) -> Result<Holds, Error> {
    db.migrate(MIGRATIONS)?;
    let vault = target.vault.clone();
    let opens = db.read_blocking(move |conn| connections::check_secrets(conn, &vault))?;
    opens.map_err(|_| Error::OtherKey)?;
    let (random, secrets) = (Random::system(), target.vault.clone());
    let tools = Tools { now: target.clock.now(), random, secrets, who: Who::terminal() };
    db.write_blocking(move |tx| {
        store::end_sessions(tx)?;
        match audit::verify(tx, &tools.secrets)? {
            Ok(_) => audit::record(&mut tools.work(tx), Event::Restored, ""),
            // What is not ours to go on with stays as it is, for `repruv audit verify` to tell of.
            Err(_) => Ok(()),
        }
    })?;
    Ok(db.read_blocking(store::holds)?)
}

fn replace_rows(file: &Path, target: &Target) -> Result<Restored, Error> {
    let ready = target.data_dir.join("restoring.db");
    let restored = prepare(file, &ready, target).and_then(|holds| {
        let db = open(&target.url, &target.clock)?;
        let replaced = replace_rows_of(&db, &ready, target);
        db.close();
        Ok(Restored { holds, aside: replaced? })
    });
    super::clear(&ready);
    restored
}

fn replace_rows_of(db: &Db, ready: &Path, target: &Target) -> Result<Option<PathBuf>, Error> {
    db.migrate(MIGRATIONS)?;
    let others = db.read_blocking(store::other_connections)?;
    if others > 0 {
        return Err(Error::InUse(others));
    }
    let there = db.read_blocking(store::holds)?;
    if there.is_anything() && !target.force {
        return Err(Error::WouldReplace(there));
    }
    let aside = target.data_dir.join(format!("repruv.db.{}", aside_name(target)));
    let aside = there.is_anything().then_some(aside);
    if let Some(aside) = &aside {
        backup(&target.url, aside, &target.clock)?;
    }
    let ready = ready.to_owned();
    db.write_blocking(move |tx| copy::bulk_load(&ready, tx, &MADE_ANEW))?;
    Ok(aside)
}
