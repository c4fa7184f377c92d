-- The simulated network: accounts, sessions, and what was written into repositories.

-- Accounts on Bluesky, as soon as somebody may sign in to them. What they are called follows from the profile.
CREATE TABLE network_accounts (
    profile_id UUID PRIMARY KEY REFERENCES profiles (id) ON DELETE CASCADE,
    did TEXT NOT NULL UNIQUE,
    handle TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX network_accounts_by_handle ON network_accounts (handle, made_at);

CREATE TABLE app_passwords (
    password_hash BYTEA PRIMARY KEY,
    profile_id UUID NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE network_sessions (
    id UUID PRIMARY KEY,
    profile_id UUID NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    access_hash BYTEA NOT NULL UNIQUE,
    access_expires_at TIMESTAMPTZ NOT NULL,
    refresh_hash BYTEA NOT NULL UNIQUE,
    refresh_expires_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX network_sessions_by_expiry ON network_sessions (refresh_expires_at);

-- What the account wrote into its repository, in its order: a record put, or, without one, deleted.
CREATE TABLE repo_writes (
    profile_id UUID NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    collection TEXT NOT NULL,
    record_key TEXT NOT NULL,
    record JSONB,
    written_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (profile_id, place)
);
