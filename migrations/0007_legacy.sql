-- What `repruv import-legacy` has brought over from the system that Repruv replaces, and how far it is.

CREATE TABLE legacy_imports (
    -- HOST:PORT/DATABASE of the former system.
    source TEXT PRIMARY KEY,
    -- Where an interrupted run goes on; null once a run has come to its end.
    position JSONB,
    -- What was read, written and skipped, and why.
    report JSONB NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ
);

-- Who was brought over already, whatever has become of them since: a second run brings nobody twice.
CREATE TABLE legacy_rows (
    source TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'connection')),
    legacy_id TEXT NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (source, kind, legacy_id)
);
