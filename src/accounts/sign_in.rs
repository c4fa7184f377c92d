//! Signing in. Unknown address, wrong, blank password and disabled account are one answer, after the same work.

use kit::db::Conn;

use super::limits::{self, Lane};
use super::passwords::{Asker, Verdict};
use super::store::{self, Credentials};
use super::tries::{Outcome, Tries};
use super::{Granted, Password, Passwords, admit, email_key};
use crate::accounts::sessions::Visitor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::web::errors::{Error, Result};
use crate::work::{Actor, Who, Work};

#[derive(Clone, Debug)]
pub struct SignIn {
    pub email: String,
    pub password: Password,
}

pub async fn sign_in(app: &App, form: SignIn, visitor: Visitor) -> Result<Granted> {
    let outcome = try_to_sign_in(app, form, visitor).await;
    app.part::<Tries>().count(match &outcome {
        Ok(_) => Outcome::Granted,
        Err(Error::Refused { .. }) => Outcome::Wrong,
        Err(Error::TooMany { .. }) => Outcome::Limited,
        Err(Error::Busy) => Outcome::Busy,
        Err(_) => Outcome::Failed,
    });
    outcome
}

async fn try_to_sign_in(app: &App, form: SignIn, visitor: Visitor) -> Result<Granted> {
    let (who, key) = (Who::stranger(&visitor.ip), email_key(&form.email));
    let (lane, asker, found) = {
        let visitor = visitor.clone();
        app.write(who.clone(), move |work| try_once(work, &key, &visitor)).await?
    };
    let active = found.filter(|user| user.disabled_at.is_none());
    let hash = active.as_ref().map(|user| user.password_hash.as_str());
    let verdict = match app.part::<Passwords>().verify(&asker, &form.password, hash).await {
        Err(Error::Busy) => {
            app.write(who, move |work| limits::take_back(work.tx, &lane)).await?;
            return Err(Error::Busy);
        }
        verdict => verdict?,
    };

    let (Some(user), Verdict::Right { outdated }) = (active, verdict) else {
        tracing::info!(event = "authn_login_fail", ip = %visitor.ip, "a sign-in failed");
        // Whose account was tried is not said: what is typed there by mistake is often a password.
        app.write(who, |work| audit::record(work, Event::SignInFailed, "")).await?;
        return Err(wrong());
    };
    let newer_hash =
        if outdated { Some(app.part::<Passwords>().hash(&Asker::Known, &form.password).await?) } else { None };
    app.write(who, move |work| {
        let granted = succeed(work, &user, newer_hash.as_deref(), &lane, &visitor)?;
        audit::record_by(work, Actor::User(granted.user), Event::SignedIn, "")?;
        Ok(granted)
    })
    .await
}

/// Counts the try, and finds the account while at it.
fn try_once(work: &mut Work<'_>, key: &str, visitor: &Visitor) -> Result<(Lane, Asker, Option<Credentials>)> {
    let user = store::credentials_by_email(work.tx, key)?;
    let (lane, asker) = lane(work.tx, key, user.as_ref(), visitor)?;
    limits::reserve(work.tx, &lane, work.now)?;
    Ok((lane, asker, user))
}

/// Asks for the device's owner, not whether it is this user's: nobody's address takes as many questions as somebody's.
fn lane(conn: &mut Conn, key: &str, user: Option<&Credentials>, visitor: &Visitor) -> Result<(Lane, Asker)> {
    if let Some(device) = &visitor.device {
        let owner = store::device_owner(conn, device)?;
        if owner.is_some() && owner == user.map(|user| user.id) {
            return Ok((Lane::known_device(device), Asker::Known));
        }
    }
    Ok((Lane::stranger(key, &visitor.ip), Asker::Stranger(visitor.ip.clone())))
}

/// Another password, or none, may have been set while this one was verified.
fn succeed(
    work: &mut Work<'_>,
    verified: &Credentials,
    newer_hash: Option<&str>,
    lane: &Lane,
    visitor: &Visitor,
) -> Result<Granted> {
    let user = store::account(work.tx, verified.id)?;
    if user.password_hash != verified.password_hash || user.disabled_at.is_some() {
        return Err(wrong());
    }
    if let Some(hash) = newer_hash {
        store::replace_hash(work.tx, user.id, &verified.password_hash, hash)?;
    }
    limits::give_back(work.tx, lane)?;
    let keys = admit(work, user.id, visitor)?;
    Ok(Granted {
        user: user.id,
        email: user.email,
        name: user.name,
        session_token: keys.session_token,
        device_token: keys.device_token,
    })
}

fn wrong() -> Error {
    Error::unauthorized("wrong_credentials", "Wrong e-mail or password.")
}
