-- What the simulator keeps. The generated worlds are not here: a profile's settings make them again.

CREATE TABLE profiles (
    id UUID PRIMARY KEY,
    user_id TEXT NOT NULL,
    idempotency_key TEXT,
    -- The settings as they were applied: the world is a pure function of them and of created_at.
    settings JSONB NOT NULL,
    webhook_url TEXT,
    webhook_secret TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    last_activity_at TIMESTAMPTZ NOT NULL,
    -- Arrivals up to here are in the outbox.
    announced_to TIMESTAMPTZ NOT NULL,
    deactivated_at TIMESTAMPTZ,
    fault TEXT,
    -- Null: until it is switched off.
    fault_calls BIGINT
);
CREATE UNIQUE INDEX profiles_one_active ON profiles (user_id) WHERE deactivated_at IS NULL;

-- Every key that made a profile or was cancelled before it could; never forgotten.
CREATE TABLE profile_keys (
    idempotency_key TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    profile_id UUID,
    created_at TIMESTAMPTZ NOT NULL,
    cancelled_at TIMESTAMPTZ
);

CREATE TABLE oauth_clients (
    id TEXT PRIMARY KEY,
    secret_hash BYTEA NOT NULL,
    name TEXT NOT NULL,
    -- One per line; for the demo's own client they stand in the profiles.
    redirect_uris TEXT NOT NULL,
    -- Whether its consent page offers every account, or only the one that the request names.
    lists_accounts BOOLEAN NOT NULL,
    daily_units BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE oauth_codes (
    code_hash BYTEA PRIMARY KEY,
    client_id TEXT NOT NULL,
    profile_id UUID NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    offline BOOLEAN NOT NULL,
    prompted BOOLEAN NOT NULL,
    challenge TEXT,
    challenge_method TEXT,
    expires_at TIMESTAMPTZ NOT NULL,
    -- Set by the exchange: a second one revokes what the first gave.
    grant_id UUID
);
CREATE INDEX oauth_codes_by_expiry ON oauth_codes (expires_at);

CREATE TABLE oauth_grants (
    id UUID PRIMARY KEY,
    client_id TEXT NOT NULL,
    profile_id UUID NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    refresh_hash BYTEA UNIQUE,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX oauth_grants_by_account ON oauth_grants (profile_id, client_id, created_at);

CREATE TABLE oauth_access_tokens (
    token_hash BYTEA PRIMARY KEY,
    grant_id UUID NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX oauth_access_tokens_by_expiry ON oauth_access_tokens (expires_at);
CREATE INDEX oauth_access_tokens_by_grant ON oauth_access_tokens (grant_id);

-- What was written through the API, merged over the generated world.
CREATE TABLE written_comments (
    profile_id UUID NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    video_id TEXT NOT NULL,
    parent_id TEXT,
    text TEXT NOT NULL,
    published_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (profile_id, id)
);

CREATE TABLE moderated_comments (
    profile_id UUID NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (profile_id, id)
);

CREATE TABLE banned_authors (
    profile_id UUID NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    channel_id TEXT NOT NULL,
    banned_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (profile_id, channel_id)
);

-- What the owner did about a review, act by act: an answer put, or, without a text, taken back. How it was moderated follows from them.
CREATE TABLE review_replies (
    profile_id UUID NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    location TEXT NOT NULL,
    review TEXT NOT NULL,
    put_at TIMESTAMPTZ NOT NULL,
    text TEXT,
    PRIMARY KEY (profile_id, location, review, put_at)
);

CREATE TABLE quota_units (
    client_id TEXT NOT NULL,
    bucket TEXT NOT NULL,
    -- The day in Pacific time.
    day TEXT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (client_id, bucket)
);

-- Webhooks to deliver: written with the mark that they were announced, removed when the receiver has them.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    profile_id UUID NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    -- The exact bytes that are signed and sent.
    body TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX outbox_due ON outbox (next_at);
CREATE INDEX outbox_by_profile ON outbox (profile_id, next_at);
