-- What somebody else did, on a press, to what they wrote: it reads otherwise, or, without a text, is gone.
CREATE TABLE world_changes (
    id SEQUENCE_KEY,
    profile_id UUID NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    text TEXT,
    stars BIGINT
);
CREATE INDEX world_changes_by_profile ON world_changes (profile_id, id);

-- Whether the next webhook is delivered once more than it should be.
ALTER TABLE profiles ADD COLUMN repeats_next BOOLEAN NOT NULL DEFAULT FALSE;
