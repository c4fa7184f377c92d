//! Access tokens of a connection: handed out while they are good, refreshed by one caller for all, stored before they are used.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use kit::clock::Timestamp;
use kit::random::Random;

use super::store::{self, Sealed};
use super::{Cause, ConnectionId, Status, changed};
use crate::app::App;
use crate::platforms::{Answering, Error, Grant, OF_ANOTHER_CLIENT, Provider, Token, Tokens};
use crate::secrets::Vault;
use crate::workspaces::WorkspaceId;

/// A token that dies on the way is as good as dead.
const MARGIN: Duration = Duration::from_secs(60);

/// One refresh at a time for each connection of this process. Between processes the token's version decides.
#[derive(Clone, Debug, Default)]
pub struct RefreshLocks(Arc<Mutex<HashMap<ConnectionId, Weak<tokio::sync::Mutex<()>>>>>);

impl RefreshLocks {
    fn of(&self, id: ConnectionId) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(lock) = locks.get(&id).and_then(Weak::upgrade) {
            return lock;
        }
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::default();
        locks.insert(id, Arc::downgrade(&lock));
        lock
    }
}

/// Where one connection's tokens come from.
pub struct TokenSource {
    app: App,
    provider: Box<dyn Provider>,
    id: ConnectionId,
    /// Spares the database a question per page; a version that was refused is never answered from here.
    last: Mutex<Option<Held>>,
}

#[derive(Clone)]
struct Held {
    token: Token,
    expires_at: Timestamp,
}

impl TokenSource {
    pub fn new(app: App, provider: Box<dyn Provider>, id: ConnectionId) -> Self {
        Self { app, provider, id, last: Mutex::new(None) }
    }

    /// A token that is good and is not `refused`; refreshed if there is none.
    async fn good(&self, refused: Option<i64>) -> Result<Token, Error> {
        if let Some(token) = self.usable(self.last(), refused) {
            return Ok(token);
        }
        let lock = self.app.part::<RefreshLocks>().of(self.id);
        let _refreshing = lock.lock().await;
        // Whoever held the lock before may have done the work.
        let stored = self.stored().await?;
        if let Some(token) = self.usable(self.held(&stored)?, refused) {
            return Ok(token);
        }
        self.refresh(&stored).await
    }

    fn usable(&self, held: Option<Held>, refused: Option<i64>) -> Option<Token> {
        let held = held.filter(|held| held.expires_at > self.app.now() + MARGIN && refused != Some(held.token.version));
        *self.last_mut() = held.clone();
        held.map(|held| held.token)
    }

    fn held(&self, stored: &store::Tokens) -> Result<Option<Held>, Error> {
        let secret = stored.open_access(&self.app.vault).map_err(|broken| unreadable(&broken))?;
        let token = secret.map(|secret| Token { secret, version: stored.token_version });
        Ok(token.zip(stored.access_expires_at).map(|(token, expires_at)| Held { token, expires_at }))
    }

    async fn stored(&self) -> Result<store::Tokens, Error> {
        let id = self.id;
        let found = self.app.db.read(move |conn| store::tokens(conn, id)).await.map_err(storage)?;
        found.ok_or_else(|| lost("the connection is gone"))
    }

    async fn refresh(&self, stored: &store::Tokens) -> Result<Token, Error> {
        let secret = stored.open_refresh(&self.app.vault).map_err(|broken| unreadable(&broken))?;
        let secret = secret.ok_or_else(|| lost("there is no refresh token"))?;
        let grant = match self.provider.refresh(&secret).await {
            Ok(grant) => grant,
            Err(Error::Reauth { reason }) => {
                let is_of_another = reason == OF_ANOTHER_CLIENT;
                let cause = if is_of_another { Cause::ClientChanged } else { Cause::AuthorisationLost };
                self.give_up(stored.token_version, cause).await?;
                return Err(Error::Reauth { reason });
            }
            Err(error) => return Err(error),
        };
        self.keep(stored, grant).await
    }

    /// The new token is durable before anybody uses it. Where another process was faster, its token counts.
    async fn keep(&self, stored: &store::Tokens, grant: Grant) -> Result<Token, Error> {
        let (id, version, now) = (self.id, stored.token_version, self.app.now());
        let sealed = seal(&self.app.vault, &self.app.random, id, stored.workspace_id, &grant);
        let kept = self.app.db.write(move |tx| store::put_tokens(tx, now, id, version, &sealed)).await;
        let held = if kept.map_err(storage)? {
            let token = Token { secret: grant.access_token, version: version + 1 };
            Some(Held { token, expires_at: grant.access_expires_at })
        } else {
            self.held(&self.stored().await?)?
        };
        // A token that lives shorter than the margin is used for what it is worth.
        *self.last_mut() = held.clone();
        held.map(|held| held.token).ok_or_else(|| lost("the connection was ended"))
    }

    async fn give_up(&self, version: i64, cause: Cause) -> Result<(), Error> {
        let (id, now) = (self.id, self.app.now());
        let given_up = self.app.db.write(move |tx| {
            let current = store::tokens(tx, id)?;
            if let Some(current) = current.filter(|current| current.token_version == version)
                && store::move_status(tx, now, id, Status::Connected, Status::NeedsReauth, Some(cause))?
            {
                changed(tx, now, current.workspace_id, id)?;
            }
            Ok::<_, kit::db::Error>(())
        });
        given_up.await.map_err(storage)
    }

    fn last(&self) -> Option<Held> {
        self.last_mut().clone()
    }

    fn last_mut(&self) -> std::sync::MutexGuard<'_, Option<Held>> {
        self.last.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Tokens for TokenSource {
    fn current(&self) -> Answering<'_, Token> {
        Box::pin(self.good(None))
    }

    fn instead_of<'a>(&'a self, refused: &'a Token) -> Answering<'a, Token> {
        Box::pin(self.good(Some(refused.version)))
    }
}

/// Seals a grant for the row of `id`.
pub fn seal(vault: &Vault, random: &Random, id: ConnectionId, workspace: WorkspaceId, grant: &Grant) -> Sealed {
    let seal = |column, secret: &str| {
        store::token_place(column, id, workspace, |place| vault.seal(place, secret.as_bytes(), random))
    };
    Sealed {
        access_token: seal("access_token", grant.access_token.expose()),
        access_expires_at: grant.access_expires_at,
        refresh_token: grant.refresh_token.as_ref().map(|token| seal("refresh_token", token.expose())),
        refresh_expires_at: grant.refresh_expires_at,
        scopes: (!grant.scopes.is_empty()).then(|| grant.scopes.join(" ")),
    }
}

fn storage(error: kit::db::Error) -> Error {
    tracing::warn!(%error, "tokens could not be read or stored");
    Error::Storage
}

fn lost(reason: &str) -> Error {
    Error::Reauth { reason: reason.into() }
}

/// Only the person, or the former key file, can mend it.
fn unreadable(broken: &crate::secrets::Broken) -> Error {
    tracing::error!(%broken, "a connection's token does not open");
    Error::Reauth { reason: SECRET_UNREADABLE.into() }
}

pub const SECRET_UNREADABLE: &str = "secret_unreadable";
