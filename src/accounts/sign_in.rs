//! Signing in. Unknown address, wrong, blank password and disabled account are one answer, after the same work.

use kit::clock::Timestamp;
use kit::db::{Conn, Tx};
use kit::random::Random;

use super::limits::{self, Lane};
use super::passwords::Verdict;
use super::store::{self, Credentials};
use super::{Granted, Password, admit, email_key};
use crate::accounts::sessions::Visitor;
use crate::app::App;
use crate::audit::{self, Act, Actor, Event};
use crate::ops::metrics;
use crate::web::errors::{Error, Result};

#[derive(Clone, Debug)]
pub struct SignIn {
    pub email: String,
    pub password: Password,
}

pub async fn sign_in(app: &App, form: SignIn, visitor: Visitor) -> Result<Granted> {
    let outcome = try_to_sign_in(app, form, visitor).await;
    app.metrics.sign_in(match &outcome {
        Ok(_) => metrics::SignIn::Granted,
        Err(Error::Refused { .. }) => metrics::SignIn::Wrong,
        Err(Error::TooMany { .. }) => metrics::SignIn::Limited,
        Err(Error::Busy) => metrics::SignIn::Busy,
        Err(_) => metrics::SignIn::Failed,
    });
    outcome
}

async fn try_to_sign_in(app: &App, form: SignIn, visitor: Visitor) -> Result<Granted> {
    let (now, key) = (app.now(), email_key(&form.email));
    let (lane, found) = {
        let visitor = visitor.clone();
        app.db.write(move |tx| try_once(tx, &key, &visitor, now)).await?
    };
    let active = found.filter(|user| user.disabled_at.is_none());
    let hash = active.as_ref().map(|user| user.password_hash.as_str());
    let verdict = match app.passwords.verify(&form.password, hash).await {
        Err(Error::Busy) => {
            app.db.write(move |tx| limits::take_back(tx, &lane)).await?;
            return Err(Error::Busy);
        }
        verdict => verdict?,
    };

    let (Some(user), Verdict::Right { outdated }) = (active, verdict) else {
        tracing::info!(event = "authn_login_fail", ip = %visitor.ip, "a sign-in failed");
        let (now, vault) = (app.now(), app.vault.clone());
        app.db.write(move |tx| audit::record(tx, now, &vault, &failed(&visitor))).await?;
        return Err(wrong());
    };
    let newer_hash = if outdated { Some(app.passwords.hash(&form.password).await?) } else { None };
    let (now, random, vault) = (app.now(), app.random.clone(), app.vault.clone());
    app.db
        .write(move |tx| {
            let granted = succeed(tx, now, &random, &user, newer_hash.as_deref(), &lane, &visitor)?;
            audit::record(tx, now, &vault, &Act::by(Event::SignedIn, granted.user, "", &visitor.ip))?;
            Ok(granted)
        })
        .await
}

/// Whose account was tried is not said: what is typed there by mistake is often a password.
fn failed(visitor: &Visitor) -> Act<'_> {
    Act { event: Event::SignInFailed, actor: Actor::Nobody, object: "", address: &visitor.ip }
}

/// Counts the try, and finds the account while at it.
fn try_once(tx: &mut Tx, key: &str, visitor: &Visitor, now: Timestamp) -> Result<(Lane, Option<Credentials>)> {
    let user = store::credentials_by_email(tx, key)?;
    let lane = lane(tx, key, user.as_ref(), visitor)?;
    limits::reserve(tx, &lane, now)?;
    Ok((lane, user))
}

/// Asks for the device's owner, not whether it is this user's: nobody's address takes as many questions as somebody's.
fn lane(conn: &mut Conn, key: &str, user: Option<&Credentials>, visitor: &Visitor) -> Result<Lane> {
    if let Some(device) = &visitor.device {
        let owner = store::device_owner(conn, device)?;
        if owner.is_some() && owner == user.map(|user| user.id) {
            return Ok(Lane::known_device(device));
        }
    }
    Ok(Lane::stranger(key, &visitor.ip))
}

/// Another password, or none, may have been set while this one was verified.
fn succeed(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    verified: &Credentials,
    newer_hash: Option<&str>,
    lane: &Lane,
    visitor: &Visitor,
) -> Result<Granted> {
    let user = store::account(tx, verified.id)?;
    if user.password_hash != verified.password_hash || user.disabled_at.is_some() {
        return Err(wrong());
    }
    if let Some(hash) = newer_hash {
        store::replace_hash(tx, user.id, &verified.password_hash, hash)?;
    }
    limits::give_back(tx, lane)?;
    let keys = admit(tx, now, random, user.id, visitor)?;
    Ok(Granted {
        user: user.id,
        email: user.email,
        name: user.name,
        session_token: keys.session_token,
        device_token: keys.device_token,
    })
}

fn wrong() -> Error {
    Error::unauthorized("wrong_credentials", "This e-mail address and password do not go together.")
}
