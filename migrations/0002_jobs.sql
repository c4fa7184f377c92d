CREATE TABLE background_jobs (
    seq SEQUENCE_KEY,
    id UUID NOT NULL UNIQUE,
    job_type TEXT NOT NULL,
    -- The user who sees the job and may cancel or retry it.
    user_id UUID REFERENCES users (id) ON DELETE CASCADE,
    -- What the job works in: it goes with it, whatever its state.
    scope_id UUID REFERENCES workspaces (id) ON DELETE CASCADE,
    payload JSONB NOT NULL,
    -- At most one live job holds a key: "demo:USER", "sync:CONNECTION". Null: as many as wanted.
    operation_key TEXT,
    status TEXT NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
    -- Lower runs first.
    priority BIGINT NOT NULL,
    run_at TIMESTAMPTZ NOT NULL,
    deadline_at TIMESTAMPTZ NOT NULL,
    -- Counts starts that were the job's own fault or success; interruptions (a dead or stopping worker) apart.
    attempt BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    interruptions BIGINT NOT NULL,
    -- Only ever grows: the fence in every write of a worker.
    lease_token BIGINT NOT NULL,
    lease_until TIMESTAMPTZ,
    worker_id UUID,
    cancel_requested_at TIMESTAMPTZ,
    progress_done BIGINT NOT NULL,
    progress_total BIGINT NOT NULL,
    progress_step TEXT NOT NULL,
    -- What finished steps leave for the next attempt.
    checkpoint JSONB NOT NULL,
    result_data JSONB,
    error_code TEXT,
    error_message TEXT,
    repeats_job_id UUID,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    completed_at TIMESTAMPTZ,
    CHECK ((status = 'running') = (lease_until IS NOT NULL)),
    CHECK ((status IN ('completed', 'failed', 'cancelled')) = (completed_at IS NOT NULL))
);
CREATE INDEX background_jobs_ready ON background_jobs (priority, run_at, seq) WHERE status = 'pending';
CREATE INDEX background_jobs_due ON background_jobs (run_at) WHERE status = 'pending';
CREATE INDEX background_jobs_deadlines ON background_jobs (deadline_at) WHERE status = 'pending';
CREATE INDEX background_jobs_leases ON background_jobs (lease_until) WHERE status = 'running';
CREATE INDEX background_jobs_held ON background_jobs (worker_id) WHERE status = 'running';
CREATE UNIQUE INDEX background_jobs_one_live
    ON background_jobs (operation_key) WHERE operation_key IS NOT NULL AND status IN ('pending', 'running');
CREATE INDEX background_jobs_by_scope ON background_jobs (scope_id) WHERE scope_id IS NOT NULL;
CREATE INDEX background_jobs_by_user ON background_jobs (user_id, seq DESC);

CREATE TABLE background_job_events (
    seq SEQUENCE_KEY,
    job_id UUID NOT NULL REFERENCES background_jobs (id) ON DELETE CASCADE,
    at TIMESTAMPTZ NOT NULL,
    kind TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    -- A sentence's material: {"code":…,"message":…,"next_at":…}
    data JSONB NOT NULL
);
CREATE INDEX background_job_events_by_job ON background_job_events (job_id, seq);
