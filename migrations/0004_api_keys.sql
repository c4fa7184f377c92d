-- Keys by which programs act for a person. A key that is revoked is no row any more.
CREATE TABLE api_keys (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- SHA-256 of the key; the key itself is nowhere.
    token_hash BYTEA NOT NULL UNIQUE,
    -- Its first characters, by which a person knows it again.
    hint TEXT NOT NULL,
    -- Words divided by spaces: "read demo".
    scopes TEXT NOT NULL,
    -- Works in the demo workspace while demo mode is on; else always in the live one.
    follows_demo BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- Null: until it is revoked.
    expires_at TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ
);
CREATE INDEX api_keys_by_user ON api_keys (user_id, created_at);
