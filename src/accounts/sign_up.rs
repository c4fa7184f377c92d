//! Making an account: by the set-up link, by an invitation, or by anyone where sign-up is open.

use kit::clock::Timestamp;
use kit::db::Conn;

use super::limits::{self, Lane};
use super::passwords::Asker;
use super::store::{self, NewUser};
use super::{Granted, LinkKind, Password, Passwords, UserId, admit, email_key, joining, profile, rules, stolen};
use crate::accounts::sessions::{TokenHash, Visitor};
use crate::app::App;
use crate::audit::{self, Event};
use crate::config::Signup;
use crate::model::visible;
use crate::web::errors::{Error, FieldErrors, Result};
use crate::work::{Actor, Who, Work};
use crate::workspaces::{self, Kind};

#[derive(Clone, Debug)]
pub struct SignUp {
    pub email: String,
    pub name: String,
    pub password: Password,
    /// Empty: UTC until the person says otherwise.
    pub time_zone: String,
    /// Of a set-up link or an invitation.
    pub token: Option<String>,
}

/// An account that is about to be made: everything checked that can be without the database.
#[derive(Clone)]
struct Candidate {
    email: String,
    email_key: String,
    name: String,
    password_hash: String,
    time_zone: String,
}

/// Makes the account and its live workspace, and signs the person in.
pub async fn sign_up(app: &App, form: SignUp, visitor: Visitor) -> Result<Granted> {
    let token = form.token.as_deref().map(TokenHash::of);
    let password = form.password.clone();
    let mut candidate = check(form, app.config.host())?;
    stolen::refuse(app, "password", &password).await?;
    may_try(app, token, &visitor).await?;

    candidate.password_hash = app.part::<Passwords>().hash(&Asker::Stranger(visitor.ip.clone()), &password).await?;
    let signup = app.config.signup;
    app.write(Who::stranger(&visitor.ip), move |work| {
        let granted = create(work, signup, token.as_ref(), &candidate, &visitor)?;
        for event in [Event::UserCreated, Event::SignedIn] {
            audit::record_by(work, Actor::User(granted.user), event, "")?;
        }
        Ok(granted)
    })
    .await
}

/// Whether the sign-up page has a form for this visitor, and for what.
pub fn can_sign_up(
    conn: &mut Conn,
    now: Timestamp,
    signup: Signup,
    token: Option<&TokenHash>,
) -> Result<Option<LinkKind>> {
    match token {
        Some(token) => store::open_link(conn, token, now)?.map(Some).ok_or_else(link_is_gone),
        None if signup != Signup::Open => Err(needs_invitation()),
        None if !store::any_user(conn)? => Err(needs_set_up()),
        None => Ok(None),
    }
}

/// Before the costly hash: a link that is good, or open doors, and one of the few tries that an address has. Tries with a
/// link count too: whoever holds one could otherwise ask for any number of addresses whether they have an account.
async fn may_try(app: &App, token: Option<TokenHash>, visitor: &Visitor) -> Result<()> {
    let (signup, lane) = (app.config.signup, Lane::sign_up(&visitor.ip));
    app.read(move |look| can_sign_up(look.conn, look.now, signup, token.as_ref())).await?;
    app.write(Who::stranger(&visitor.ip), move |work| limits::reserve(work.tx, &lane, work.now)).await
}

fn create(
    work: &mut Work<'_>,
    signup: Signup,
    token: Option<&TokenHash>,
    candidate: &Candidate,
    visitor: &Visitor,
) -> Result<Granted> {
    let opened = match token {
        Some(token) => Some(store::use_link(work.tx, token, work.now)?.ok_or_else(link_is_gone)?),
        None => can_sign_up(work.tx, work.now, signup, None)?,
    };
    let is_owner = opened == Some(LinkKind::Setup);
    if is_owner {
        // Two set-up links cannot both come through here: each takes the other's row.
        store::withdraw_links(work.tx, LinkKind::Setup)?;
        if store::any_user(work.tx)? {
            return Err(link_is_gone());
        }
    }
    let user = insert(work, candidate, is_owner)?;
    if let (Some(LinkKind::Member), Some(token)) = (opened, token) {
        joining::join_newly(work, user, token)?;
    }
    if opened.is_some() {
        // The link is spent: a whole office may come in from one address.
        limits::give_back(work.tx, &Lane::sign_up(&visitor.ip))?;
    }
    let keys = admit(work, user, visitor)?;
    tracing::info!(event = "user_created", %user, is_owner, "an account was made");
    Ok(Granted {
        user,
        email: candidate.email.clone(),
        name: candidate.name.clone(),
        session_token: keys.session_token,
        device_token: keys.device_token,
    })
}

/// The account from the command line, whose operator needs no link.
pub(super) fn add(work: &mut Work<'_>, form: SignUp, hash: String) -> Result<UserId> {
    let candidate = Candidate { password_hash: hash, ..check(form, "localhost")? };
    let is_first = !store::any_user(work.tx)?;
    insert(work, &candidate, is_first)
}

fn insert(work: &mut Work<'_>, candidate: &Candidate, is_owner: bool) -> Result<UserId> {
    if store::is_taken(work.tx, &candidate.email_key)? {
        return Err(taken());
    }
    let user = UserId::new(work.now, work.random);
    let row = NewUser {
        id: user,
        email: &candidate.email,
        email_key: &candidate.email_key,
        name: &candidate.name,
        password_hash: &candidate.password_hash,
        time_zone: &candidate.time_zone,
        is_owner,
    };
    store::insert_user(work.tx, &row, work.now).map_err(|error| match error.is_unique_violation() {
        true => taken(),
        false => error.into(),
    })?;
    workspaces::create(work.tx, work.now, work.random, user, Kind::Live, &candidate.name)?;
    Ok(user)
}

fn check(form: SignUp, host: &str) -> Result<Candidate> {
    let mut errors = FieldErrors::default();
    let email = form.email.trim().to_owned();
    if !is_address(&email) {
        errors.add("email", "not_an_address", "Enter an e-mail address, such as ann@example.com.");
    }
    let name = profile::check_name(&form.name, &mut errors);
    let time_zone = profile::check_time_zone(&form.time_zone, &mut errors);
    let context = rules::Context { email: &email, name: &name, host };
    if let Err(weak) = rules::check(form.password.reveal(), &context) {
        errors.add("password", weak.code(), weak.message());
    }
    errors.into_result()?;
    Ok(Candidate { email_key: email_key(&email), email, name, time_zone, password_hash: String::new() })
}

/// Nobody can tell an address from its form alone: this only catches slips.
pub(super) fn is_address(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else { return false };
    let is_odd = |c: char| c.is_whitespace() || "<>,;\"\\\u{200c}\u{200d}\u{fe0f}".contains(c);
    let has_odd = !visible::is_visible(email) || email.chars().any(is_odd);
    !local.is_empty() && !local.contains('@') && !domain.is_empty() && email.len() <= 254 && !has_odd
}

fn taken() -> Error {
    FieldErrors::one("email", "taken", "This e-mail already has an account. Sign in instead.").into()
}

fn link_is_gone() -> Error {
    let text = "This link has expired, has already been used, or is incomplete. Ask for a new one. If there are no accounts \
                yet, restarting Repruv prints a new set-up link.";
    Error::gone("link_invalid", text)
}

fn needs_invitation() -> Error {
    let text = "New accounts are by invitation. Ask this server's owner for a link.";
    Error::forbidden("invitation_needed", text)
}

fn needs_set_up() -> Error {
    let text = "There are no accounts yet. Use the set-up link Repruv printed when it started to create the first one.";
    Error::forbidden("set_up_needed", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["a@b", "ann.baker+tag@mail.example", "ann@xn--bcher-kva.example", "änn@bücher.example"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "ann",
            "@b",
            "a@",
            "a b@c",
            "a@b@c",
            "<a@b>",
            "a@b,c@d",
            "a\u{200b}@b",
            "\u{202e}a@b",
            "a\u{0}@b",
            "ä\u{200d}@b",
            &format!("{}@b", "a".repeat(254)),
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
