-- Who did what, in an order that cannot be changed unnoticed: each row's code covers the row before it.
CREATE TABLE audit_events (
    -- From 1, without gaps.
    seq BIGINT PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    -- OWASP's vocabulary: authn_login_success, authn_login_fail, user_created, …
    event TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed')),
    -- A user's id, "terminal", or empty where nobody is known. No reference: it outlives the user.
    actor TEXT NOT NULL,
    object TEXT NOT NULL,
    address TEXT NOT NULL,
    -- HMAC-SHA-256, under a key from the key file, of the code before and of this row.
    code BYTEA NOT NULL
);
CREATE INDEX audit_events_by_event ON audit_events (event, at);
CREATE INDEX audit_events_by_actor ON audit_events (actor, seq);

-- One row: what the log's end must be, so that a tail that was cut off is missed.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    last_seq BIGINT NOT NULL,
    code BYTEA NOT NULL
);

-- only sqlite
CREATE TRIGGER audit_events_stay_as_they_are BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- only postgres
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_events_stay BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
-- both
