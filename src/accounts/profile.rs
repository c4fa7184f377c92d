//! What a person changes of their own account.

use super::limits::{self, Lane};
use super::passwords::{Asker, Verdict};
use super::{Password, Passwords, UserId, api_keys, rules, stolen, store};
use crate::accounts::sessions::{self, SessionId, SignedIn, TokenHash, Visitor};
use crate::app::App;
use crate::audit::{self, Event};
use crate::model::visible;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::work::Work;

const LONGEST_NAME: usize = 80;

/// What changing a password has done.
#[derive(Debug)]
pub struct Changed {
    /// Of this session, whose old one is dead.
    pub session_token: String,
    pub others_ended: usize,
    pub keys_revoked: usize,
}

/// Sets the new password, ends all other sessions, forgets other devices and renews this session, in one transaction.
pub async fn change_password(
    app: &App,
    who: &SignedIn,
    visitor: &Visitor,
    current: &Password,
    new: &Password,
    revoke_keys: bool,
) -> Result<Changed> {
    let context = rules::Context { email: &who.user.email, name: &who.user.name, host: app.config.host() };
    if let Err(weak) = rules::check(new.reveal(), &context) {
        return Err(FieldErrors::one("new_password", weak.code(), weak.message()).into());
    }
    if new.reveal() == current.reveal() {
        return Err(FieldErrors::one("new_password", "unchanged", "This is already your password.").into());
    }
    stolen::refuse(app, "new_password", new).await?;
    let verified = verify(app, who, "current_password", current).await?;
    let hash = app.part::<Passwords>().hash(&Asker::Known, new).await?;

    let (user, session, device) = (who.user.id, who.session.id, visitor.device);
    app.write(visitor.acting_for(user), move |work| {
        if !store::replace_hash(work.tx, user, &verified, &hash)? {
            return Err(not_current("current_password"));
        }
        let others_ended = replace_credentials(work, user, Some(session), device.as_ref())?;
        let session_token = sessions::renew(work, session)?;
        let revoked = if revoke_keys { api_keys::revoke_all(work.tx, user)? } else { Vec::new() };
        for key in &revoked {
            audit::record(work, Event::KeyRevoked, key)?;
        }
        audit::record(work, Event::PasswordChanged, "")?;
        Ok(Changed { session_token, others_ended, keys_revoked: revoked.len() })
    })
    .await
}

/// What follows every new password: only the one who set it stays signed in.
pub(super) fn replace_credentials(
    work: &mut Work<'_>,
    user: UserId,
    keep_session: Option<SessionId>,
    keep_device: Option<&TokenHash>,
) -> Result<usize> {
    store::note_password_change(work.tx, user, work.now)?;
    store::forget_devices(work.tx, user, keep_device)?;
    let ended = sessions::end_others(work.tx, user, keep_session)?;
    tracing::info!(event = "authn_password_change", %user, sessions_ended = ended, "a password was changed");
    Ok(ended)
}

/// The password typed again in a session that is no longer fresh; answers the session's new token.
pub async fn confirm_password(app: &App, who: &SignedIn, password: &Password) -> Result<String> {
    verify(app, who, "password", password).await?;
    let session = who.session.id;
    Ok(app.write(who.acting(), move |work| sessions::renew(work, session)).await?)
}

/// The stored hash, when the password opens it; tries are limited.
async fn verify(app: &App, who: &SignedIn, field: &'static str, password: &Password) -> Result<String> {
    let (user, lane) = (who.user.id, Lane::signed_in(who.user.id));
    let reserved = lane.clone();
    let hash = app
        .write(who.acting(), move |work| {
            limits::reserve(work.tx, &reserved, work.now)?;
            Ok::<_, Error>(store::account(work.tx, user)?.password_hash)
        })
        .await?;
    if app.part::<Passwords>().verify(&Asker::Known, password, Some(&hash)).await? == Verdict::Wrong {
        return Err(not_current(field));
    }
    app.write(who.acting(), move |work| limits::give_back(work.tx, &lane)).await?;
    Ok(hash)
}

fn not_current(field: &'static str) -> Error {
    FieldErrors::one(field, "wrong_password", "That's not your current password.").into()
}

pub async fn save_profile(app: &App, who: &SignedIn, name: &str, time_zone: &str) -> Result<()> {
    let mut errors = FieldErrors::default();
    let name = check_name(name, &mut errors);
    let time_zone = check_time_zone(time_zone, &mut errors);
    errors.into_result()?;
    let user = who.user.id;
    Ok(app.write(who.acting(), move |work| store::set_profile(work.tx, user, &name, &time_zone, work.now)).await?)
}

/// Whether single keys do something in the inbox.
pub async fn save_shortcuts(app: &App, who: &SignedIn, are_on: bool) -> Result<()> {
    let user = who.user.id;
    Ok(app.write(who.acting(), move |work| store::set_shortcuts(work.tx, user, are_on, work.now)).await?)
}

/// How long a reply can be called back, in seconds.
pub const UNDO_SECONDS: [i64; 5] = [0, 5, 10, 20, 30];

pub async fn save_undo_seconds(app: &App, who: &SignedIn, seconds: i64) -> Result<()> {
    if !UNDO_SECONDS.contains(&seconds) {
        return Err(FieldErrors::one("seconds", "bad_value", "Choose one of the list.").into());
    }
    let user = who.user.id;
    Ok(app.write(who.acting(), move |work| store::set_undo_seconds(work.tx, user, seconds, work.now)).await?)
}

pub(super) fn check_name(name: &str, errors: &mut FieldErrors) -> String {
    errors.name(name, LONGEST_NAME).unwrap_or_else(|| name.to_owned())
}

/// The nearest name that may be shown; none where nothing is left.
pub(super) fn fit_name(name: &str) -> Option<String> {
    let name = visible::cleaned(name);
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = name.chars().take(LONGEST_NAME).collect();
    Some(name.trim_end().to_owned()).filter(|name| !name.is_empty())
}

/// An IANA name, as it is spelled; empty stands for UTC.
pub(super) fn check_time_zone(name: &str, errors: &mut FieldErrors) -> String {
    let name = name.trim();
    known_time_zone(name).unwrap_or_else(|| {
        errors.add("time_zone", "unknown_time_zone", "Choose a time zone from the list, such as Europe/Berlin.");
        name.to_owned()
    })
}

pub(super) fn known_time_zone(name: &str) -> Option<String> {
    match name {
        "" => Some("UTC".to_owned()),
        name => jiff::tz::TimeZone::get(name).ok()?.iana_name().map(str::to_owned),
    }
}
