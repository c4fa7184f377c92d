//! Accounts from the terminal: the first link, and `repruv user …`.

use kit::clock::Timestamp;
use kit::db::{self, Db};
use kit::random::Random;

use super::passphrase::suggest;
use super::passwords::Asker;
use super::{
    LinkKind, Listed, Password, Passwords, SETUP_LINK, SignUp, api_keys, email_key, limits, make_link, people, profile,
    sign_up, store,
};
use crate::app::App;
use crate::audit::{self, Event};
use crate::web::errors::{Error, Result};
use crate::work::Who;

/// On an empty database, a link that opens the first account: once, within an hour, and only the newest.
pub async fn first_run_link(db: &Db, now: Timestamp, random: &Random, public_url: &str) -> db::Result<Option<String>> {
    let random = random.clone();
    let token = db
        .write(move |tx| {
            if store::any_user(tx)? {
                return Ok::<_, db::Error>(None);
            }
            store::withdraw_links(tx, LinkKind::Setup)?;
            make_link(tx, now, &random, LinkKind::Setup, SETUP_LINK).map(|(_, token)| Some(token))
        })
        .await?;
    Ok(token.map(|token| format!("{}/setup?token={token}", public_url.trim_end_matches('/'))))
}

/// Makes an account and answers its passphrase, which is shown once and should be changed.
pub async fn add_user(app: &App, email: &str, name: &str) -> Result<String> {
    let passphrase = suggest(&app.random);
    let hash = app.part::<Passwords>().hash(&Asker::Known, &Password::new(passphrase.clone())).await?;
    let form = SignUp {
        email: email.to_owned(),
        name: name.to_owned(),
        password: Password::new(passphrase.clone()),
        time_zone: String::new(),
        token: None,
    };
    app.write(Who::terminal(), move |work| {
        let user = sign_up::add(work, form.clone(), hash.clone())?;
        store::ask_for_another_password(work.tx, user)?;
        Ok::<_, Error>(audit::record(work, Event::UserCreated, user)?)
    })
    .await?;
    Ok(passphrase)
}

pub async fn list_users(app: &App) -> Result<Vec<Listed>> {
    Ok(app.db.read(store::users).await?)
}

/// Gives the account a new passphrase, answers it, ends all its sessions and revokes its keys.
pub async fn reset_password(app: &App, email: &str) -> Result<String> {
    let passphrase = suggest(&app.random);
    let hash = app.part::<Passwords>().hash(&Asker::Known, &Password::new(passphrase.clone())).await?;
    let key = email_key(email);
    app.write(Who::terminal(), move |work| {
        let user = store::credentials_by_email(work.tx, &key)?.ok_or_else(no_account)?;
        store::replace_hash(work.tx, user.id, &user.password_hash, &hash)?;
        let revoked = api_keys::revoke_all(work.tx, user.id)?;
        profile::replace_credentials(work, user.id, None, None)?;
        limits::forget(work.tx, &key, user.id)?;
        store::ask_for_another_password(work.tx, user.id)?;
        for key in revoked {
            audit::record(work, Event::KeyRevoked, key)?;
        }
        Ok::<_, Error>(audit::record(work, Event::PasswordChanged, user.id)?)
    })
    .await?;
    Ok(passphrase)
}

/// Nobody signs in to the account any more, and whoever is in it is out at once.
pub async fn disable_user(app: &App, email: &str) -> Result<()> {
    let key = email_key(email);
    app.write(Who::terminal(), move |work| {
        let user = store::credentials_by_email(work.tx, &key)?.ok_or_else(no_account)?;
        people::disable(work, user.id)
    })
    .await
}

/// They may sign in again, with the password that they had.
pub async fn enable_user(app: &App, email: &str) -> Result<()> {
    let key = email_key(email);
    app.write(Who::terminal(), move |work| {
        let user = store::credentials_by_email(work.tx, &key)?.ok_or_else(no_account)?;
        people::open_again(work, user.id)
    })
    .await
}

fn no_account() -> Error {
    let text = "there is no account with this e-mail address; `repruv user list` shows them all";
    Error::bad_request("no_account", text)
}
