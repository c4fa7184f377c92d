-- only sqlite
-- The same table with its checks in other words. For "status IN (…)" with more than two values SQLite builds a tree each
-- time that a row is written, which was half of what a job costs.
CREATE TABLE background_jobs_anew (
    seq SEQUENCE_KEY,
    id UUID NOT NULL UNIQUE,
    job_type TEXT NOT NULL,
    user_id UUID REFERENCES users (id) ON DELETE CASCADE,
    scope_id UUID REFERENCES workspaces (id) ON DELETE CASCADE,
    payload JSONB NOT NULL,
    operation_key TEXT,
    status TEXT NOT NULL CHECK (status = 'pending' OR status = 'running' OR status = 'completed' OR status = 'failed'
        OR status = 'cancelled'),
    priority BIGINT NOT NULL,
    run_at TIMESTAMPTZ NOT NULL,
    deadline_at TIMESTAMPTZ NOT NULL,
    attempt BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    interruptions BIGINT NOT NULL,
    lease_token BIGINT NOT NULL,
    lease_until TIMESTAMPTZ,
    worker_id UUID,
    cancel_requested_at TIMESTAMPTZ,
    progress_done BIGINT NOT NULL,
    progress_total BIGINT NOT NULL,
    progress_step TEXT NOT NULL,
    checkpoint JSONB NOT NULL,
    result_data JSONB,
    error_code TEXT,
    error_message TEXT,
    repeats_job_id UUID,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    completed_at TIMESTAMPTZ,
    turn TIMESTAMPTZ,
    events BIGINT NOT NULL DEFAULT 0,
    CHECK ((status = 'running') = (lease_until IS NOT NULL)),
    CHECK ((status = 'completed' OR status = 'failed' OR status = 'cancelled') = (completed_at IS NOT NULL))
);
INSERT INTO background_jobs_anew SELECT * FROM background_jobs;
-- No seq is given twice, for events of jobs that are gone may still be there.
DELETE FROM sqlite_sequence WHERE name = 'background_jobs_anew';
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'background_jobs_anew', seq FROM sqlite_sequence WHERE name = 'background_jobs';
DROP TABLE background_jobs;
ALTER TABLE background_jobs_anew RENAME TO background_jobs;

CREATE INDEX background_jobs_held ON background_jobs (worker_id) WHERE status = 'running';
CREATE UNIQUE INDEX background_jobs_one_live
    ON background_jobs (operation_key) WHERE operation_key IS NOT NULL AND status IN ('pending', 'running');
CREATE INDEX background_jobs_by_scope ON background_jobs (scope_id) WHERE scope_id IS NOT NULL;
CREATE INDEX background_jobs_by_user ON background_jobs (user_id, seq DESC) WHERE user_id IS NOT NULL;
CREATE INDEX background_jobs_failures ON background_jobs (completed_at) WHERE status = 'failed';
CREATE INDEX background_jobs_repeats ON background_jobs (repeats_job_id) WHERE repeats_job_id IS NOT NULL;
CREATE INDEX background_jobs_ready ON background_jobs (job_type, priority, turn, seq)
    WHERE status = 'pending' AND turn IS NOT NULL;
CREATE INDEX background_jobs_later ON background_jobs (run_at) WHERE status = 'pending' AND turn IS NULL;
CREATE INDEX background_jobs_turns ON background_jobs (COALESCE(user_id, scope_id), priority, run_at, turn)
    WHERE status = 'pending' AND turn IS NOT NULL AND COALESCE(user_id, scope_id) IS NOT NULL;
-- both
