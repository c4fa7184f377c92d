//! Profiles: one simulated account holder per user, made once per idempotency key.

pub mod api;
mod past;
mod settings;
pub mod store;
#[cfg(test)]
mod tests;

use kit::clock::Timestamp;
use kit::db::{Result, Tx};
use kit::random::Random;

pub use settings::{NewProfile, Settings, Webhook};
pub use store::ProfileRow;

kit::id_types! { pub ProfileId }

/// Beyond this many at once a new one is refused.
const MOST_ACTIVE: i64 = 10_000;

pub struct Wanted {
    pub user_id: String,
    pub key: Option<String>,
    pub settings: Settings,
    pub webhook: Option<Webhook>,
}

pub enum Made {
    Profile(Box<ProfileRow>),
    /// The user has an active profile that another key made.
    AlreadyActive,
    /// The key's operation was cancelled, or its profile is gone.
    Cancelled,
    /// The key belongs to another user's operation.
    KeyOfAnother,
    Full,
}

/// The same key gives the same profile, also after a restart; a key whose profile is gone makes nothing ever again.
pub fn make(tx: &mut Tx, now: Timestamp, random: &Random, wanted: &Wanted) -> Result<Made> {
    if let Some(key) = &wanted.key
        && let Some(known) = store::key(tx, key)?
    {
        if known.user_id != wanted.user_id {
            return Ok(Made::KeyOfAnother);
        }
        let profile = match known.profile_id {
            Some(id) if known.cancelled_at.is_none() => store::by_id(tx, id)?,
            _ => None,
        };
        return Ok(match profile {
            Some(profile) if profile.deactivated_at.is_none() => Made::Profile(Box::new(profile)),
            _ => Made::Cancelled,
        });
    }
    if let Some(active) = store::active_of(tx, &wanted.user_id)? {
        // On PostgreSQL the same key's profile may have come between the two statements.
        let ours = wanted.key.is_some() && active.idempotency_key == wanted.key;
        return Ok(if ours { Made::Profile(Box::new(active)) } else { Made::AlreadyActive });
    }
    if store::count_active(tx)? >= MOST_ACTIVE {
        return Ok(Made::Full);
    }
    let row = ProfileRow {
        id: ProfileId::new(now, random),
        user_id: wanted.user_id.clone(),
        idempotency_key: wanted.key.clone(),
        settings: serde_json::to_value(&wanted.settings).expect("settings are plain data"),
        created_at: now,
        last_activity_at: now,
        announced_to: now,
        deactivated_at: None,
    };
    store::insert(tx, &row, wanted.webhook.as_ref())?;
    if let Some(key) = &wanted.key {
        store::insert_key(tx, key, &wanted.user_id, Some(row.id), now)?;
    }
    Ok(Made::Profile(Box::new(row)))
}

pub struct Removed {
    pub profile: Option<ProfileId>,
    pub at: Timestamp,
}

/// With a key, only what that key made is removed, and a late request with it will make nothing.
/// Without one the user's active profile goes, whoever made it.
pub fn remove(tx: &mut Tx, now: Timestamp, user_id: &str, key: Option<&str>) -> Result<Removed> {
    if let Some(key) = key {
        match store::key(tx, key)? {
            None => store::insert_key(tx, key, user_id, None, now)?,
            Some(known) if known.user_id == user_id => store::cancel_key(tx, key, now)?,
            // Another user's key: nothing of this user's was made by it.
            Some(_) => return Ok(Removed { profile: None, at: now }),
        }
    }
    let active = store::active_of(tx, user_id)?;
    let ours = active.filter(|profile| key.is_none() || profile.idempotency_key.as_deref() == key);
    match ours {
        Some(profile) => {
            store::deactivate(tx, profile.id, now)?;
            Ok(Removed { profile: Some(profile.id), at: now })
        }
        None => {
            let at = store::latest_of(tx, user_id)?.and_then(|profile| profile.deactivated_at).unwrap_or(now);
            Ok(Removed { profile: None, at })
        }
    }
}

impl ProfileRow {
    /// Rows were written by [`make`]; one that cannot be read is another release's.
    pub fn settings(&self) -> Option<Settings> {
        serde_json::from_value(self.settings.clone()).ok()
    }
}
