//! Who may sign in: set-up of the first account, sign-up, invitations, sign-in, passwords.

pub mod admin;
pub mod api;
pub mod api_keys;
mod bcrypt_hash;
pub mod cookies;
mod guesses;
pub mod imported;
pub mod joining;
pub mod limits;
pub mod pages;
mod passphrase;
pub mod passwords;
pub mod people;
mod profile;
pub mod return_to;
mod rules;
pub mod sessions;
pub mod settings;
mod sign_in;
mod sign_up;
mod stolen;
mod store;
pub mod tries;
pub mod views;

#[cfg(test)]
mod tests;

use std::time::Duration;

use kit::clock::Timestamp;
use kit::db::{self, Conn, Db, Tx};
use kit::random::Random;

use self::sessions::{TokenHash, Visitor};
pub use crate::accounts::sessions::UserId;
use crate::audit::{self, Event};
use crate::work::Work;
use crate::workspaces;
pub use admin::first_run_link;
pub use passwords::{Password, Passwords};
pub use profile::{Changed, change_password, confirm_password, save_profile, save_shortcuts, save_undo_seconds};
pub use sign_in::{SignIn, sign_in};
pub use sign_up::{SignUp, can_sign_up, sign_up};
pub use store::Listed;

kit::id_types! { pub LinkId }

kit::text_enum! {
    /// What a one-time link opens.
    pub enum LinkKind {
        /// The first account of an empty database.
        Setup = "setup",
        /// An account apart, with a workspace of its own.
        Invite = "invite",
        /// A place in a workspace: with the account that somebody has, or a new one.
        Member = "member",
    }
}

const SETUP_LINK: Duration = Duration::from_secs(3600);
const INVITATION: Duration = Duration::from_secs(7 * 86_400);
/// Somebody may still ask what became of a link.
const LINKS_KEPT: Duration = Duration::from_secs(7 * 86_400);
/// The devices of a user that are known; the ones used longest ago make room.
const DEVICES: i64 = 20;

/// A person who has just shown who they are, and what their browser keeps of it.
#[derive(Debug)]
pub struct Granted {
    pub user: UserId,
    pub email: String,
    pub name: String,
    pub session_token: String,
    /// `None` when the browser's own is good.
    pub device_token: Option<String>,
}

/// What a browser may keep: tokens whose hashes are stored.
struct Keys {
    session_token: String,
    device_token: Option<String>,
}

/// Whether anybody has an account.
pub fn is_set_up(conn: &mut Conn) -> db::Result<bool> {
    store::any_user(conn)
}

/// Prepares sign-in for hashes of the system that Repruv replaces, while there are any.
pub async fn expect_former_hashes(db: &Db, passwords: &Passwords) -> db::Result<()> {
    if let Some(hash) = db.read(store::costliest_bcrypt).await? {
        passwords.expect_hash(&hash);
    }
    Ok(())
}

/// An invitation's token, which exists nowhere else: whoever opens its link within a week may make an account.
pub fn invite(work: &mut Work<'_>) -> db::Result<String> {
    let (id, token) = make_link(work.tx, work.now, work.random, LinkKind::Invite, INVITATION)?;
    audit::record(work, Event::InvitationMade, id)?;
    Ok(token)
}

fn make_link(
    tx: &mut Tx,
    now: Timestamp,
    random: &Random,
    kind: LinkKind,
    life: Duration,
) -> db::Result<(LinkId, String)> {
    let (id, token) = (LinkId::new(now, random), random.token());
    store::insert_link(tx, id, kind, &TokenHash::of(&token), now, now + life)?;
    Ok((id, token))
}

/// Removes links of long ago, and counts of tries that no longer count: at most `batch` of each; how many it were.
pub fn purge(tx: &mut Tx, now: Timestamp, batch: i64) -> db::Result<u64> {
    Ok(store::purge_links(tx, now - LINKS_KEPT, batch)? + limits::purge(tx, now, batch)?)
}

/// Starts a session, and makes the browser known to the account.
fn admit(work: &mut Work<'_>, user: UserId, visitor: &Visitor) -> db::Result<Keys> {
    workspaces::see_to_a_home(work.tx, work.now, work.random, user)?;
    let (session, session_token) = sessions::start(work, user, visitor)?;
    let known = match &visitor.device {
        Some(device) if store::device_owner(work.tx, device)? == Some(user) => Some(*device),
        _ => None,
    };
    let device_token = known.is_none().then(|| work.random.token());
    if let Some(device) = known.or(device_token.as_deref().map(TokenHash::of)) {
        store::remember_device(work.tx, user, &device, work.now, DEVICES)?;
    }
    tracing::info!(event = "session_created", %user, %session, ip = %visitor.ip, "somebody signed in");
    Ok(Keys { session_token, device_token })
}

/// What sign-in looks up: two spellings of an address that differ only in case are one account.
fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}
