-- The job engine. "status IN (…)" with more than two values makes SQLite build a tree each time that a row is written, which
-- was half of what a job costs: hence the ORs.
CREATE TABLE background_jobs (
    seq SEQUENCE_KEY,
    id UUID NOT NULL UNIQUE,
    job_type TEXT NOT NULL,
    -- The user who sees the job and may cancel or retry it. Users may live in another database than jobs: whatever removes one
    -- says what becomes of their jobs.
    user_id UUID,
    -- The workspace that the job works in: it goes with it, whatever its state.
    workspace_id UUID REFERENCES workspaces (id) ON DELETE CASCADE,
    payload JSONB NOT NULL,
    -- At most one live job holds a key: "demo:USER", "sync:CONNECTION". Null: as many as wanted.
    operation_key TEXT,
    status TEXT NOT NULL CHECK (status = 'pending' OR status = 'running' OR status = 'completed' OR status = 'failed'
        OR status = 'cancelled'),
    -- Lower runs first.
    priority BIGINT NOT NULL,
    run_at TIMESTAMPTZ NOT NULL,
    deadline_at TIMESTAMPTZ NOT NULL,
    -- Counts starts that were the job's own fault or success; interruptions (a dead or stopping worker) apart.
    attempt BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    interruptions BIGINT NOT NULL,
    -- Deaths of its worker since it last stored anything, and since when. Such a suspect runs before the others, and alone
    -- until it stores something: so a death is counted against nobody else. The first is counted in company too.
    deaths BIGINT NOT NULL DEFAULT 0,
    suspect_since TIMESTAMPTZ,
    ran_alone BOOLEAN NOT NULL DEFAULT FALSE,
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
    -- The place in the queue of a job that is due: equals are served by it. The next job of whoever has many waiting stands a
    -- second behind the last one, so that thousands of one do not hold up the few of others. Null: not due yet.
    queue_position TIMESTAMPTZ,
    -- Events so far; the last one's number.
    events BIGINT NOT NULL DEFAULT 0,
    CHECK ((status = 'running') = (lease_until IS NOT NULL)),
    CHECK ((status = 'completed' OR status = 'failed' OR status = 'cancelled') = (completed_at IS NOT NULL))
);
CREATE INDEX background_jobs_held ON background_jobs (worker_id) WHERE status = 'running';
CREATE UNIQUE INDEX background_jobs_one_live
    ON background_jobs (operation_key) WHERE operation_key IS NOT NULL AND status IN ('pending', 'running');
CREATE INDEX background_jobs_by_workspace ON background_jobs (workspace_id, seq DESC) WHERE workspace_id IS NOT NULL;
CREATE INDEX background_jobs_by_user ON background_jobs (user_id, seq DESC) WHERE user_id IS NOT NULL;
CREATE INDEX background_jobs_failures ON background_jobs (completed_at) WHERE status = 'failed';
CREATE INDEX background_jobs_repeats ON background_jobs (repeats_job_id) WHERE repeats_job_id IS NOT NULL;
CREATE INDEX background_jobs_ready ON background_jobs (job_type, priority, queue_position, seq)
    WHERE status = 'pending' AND queue_position IS NOT NULL AND suspect_since IS NULL;
CREATE INDEX background_jobs_suspects ON background_jobs (suspect_since, seq)
    WHERE status = 'pending' AND queue_position IS NOT NULL AND suspect_since IS NOT NULL;
CREATE INDEX background_jobs_later ON background_jobs (run_at) WHERE status = 'pending' AND queue_position IS NULL;
CREATE INDEX background_jobs_positions ON background_jobs (COALESCE(user_id, workspace_id), priority, run_at, queue_position)
    WHERE status = 'pending' AND queue_position IS NOT NULL AND COALESCE(user_id, workspace_id) IS NOT NULL;

-- A history has no gaps. An event's key is its job's seq times 2^20 plus its number, from 1: one tree, in which a history
-- lies together. No foreign key, which would cost more than the event: pruning takes the events of jobs that are gone.
CREATE TABLE background_job_events (
    key BIGINT PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    kind TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    -- A sentence's material: {"code":…,"message":…,"next_at":…}
    data JSONB NOT NULL
);

-- Worker heartbeats: a row for each worker, gone at a graceful stop.
CREATE TABLE background_workers (
    id UUID PRIMARY KEY,
    -- Host and process, for people.
    label TEXT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    -- A lease after it was seen: from then on it counts as dead.
    gone_at TIMESTAMPTZ NOT NULL,
    concurrency BIGINT NOT NULL,
    running BIGINT NOT NULL
);

-- When a worker was at work last, in one row: while none is, no job is late.
CREATE TABLE background_pulse (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    at TIMESTAMPTZ NOT NULL
);

-- What comes back by itself: the period for which each was enqueued last. Any number of workers enqueue it once.
CREATE TABLE background_schedules (
    name TEXT PRIMARY KEY,
    period BIGINT NOT NULL,
    enqueued_at TIMESTAMPTZ NOT NULL
);
