-- What goes wrong on purpose, and for which calls.
CREATE TABLE faults (
    id SEQUENCE_KEY,
    profile_id UUID NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    -- Which calls meet it; null: every one.
    host TEXT,
    method TEXT,
    path TEXT,
    parameters JSONB NOT NULL,
    -- How many more calls meet it, and until when; null: until it is taken away.
    calls BIGINT,
    ends_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX faults_by_profile ON faults (profile_id, id);

ALTER TABLE profiles DROP COLUMN fault;
ALTER TABLE profiles DROP COLUMN fault_calls;

ALTER TABLE oauth_codes ADD COLUMN nonce TEXT;
-- Null: all that the grant allows.
ALTER TABLE oauth_access_tokens ADD COLUMN scopes TEXT;
-- A refresh token that is not used ends; null: not used yet.
ALTER TABLE oauth_grants ADD COLUMN used_at TIMESTAMPTZ;
-- How long refresh tokens of a client hold that is still tested; null: until they are revoked or forgotten.
ALTER TABLE oauth_clients ADD COLUMN refresh_seconds BIGINT;
