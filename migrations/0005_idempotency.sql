-- Calls of the API that came with an Idempotency-Key, and how they were answered. Written in the transaction of their effect.
CREATE TABLE idempotency_keys (
    -- SHA-256 over the user, the operation's address and the key.
    id BYTEA PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- SHA-256 of the body that it came with.
    body_hash BYTEA NOT NULL,
    status BIGINT NOT NULL,
    -- Sealed: an answer may hold the address of a consent page.
    answer BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
