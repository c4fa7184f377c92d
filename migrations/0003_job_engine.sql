-- Who is at work: a row per worker, gone at a graceful stop.
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

CREATE INDEX background_jobs_failures ON background_jobs (completed_at) WHERE status = 'failed';
CREATE INDEX background_jobs_repeats ON background_jobs (repeats_job_id) WHERE repeats_job_id IS NOT NULL;

-- The place in the queue of a job that is due: equals are served by it. The next job of whoever has many waiting stands a
-- second behind the last one, so that thousands of one do not hold up the few of others. Null: not due yet.
ALTER TABLE background_jobs ADD COLUMN turn TIMESTAMPTZ;
-- Events so far; the last one's number.
ALTER TABLE background_jobs ADD COLUMN events BIGINT NOT NULL DEFAULT 0;
UPDATE background_jobs SET events = (SELECT count(*) FROM background_job_events e WHERE e.job_id = background_jobs.id);

DROP INDEX background_jobs_ready;
DROP INDEX background_jobs_due;
DROP INDEX background_jobs_deadlines;
DROP INDEX background_jobs_leases;
DROP INDEX background_jobs_by_user;
CREATE INDEX background_jobs_ready ON background_jobs (job_type, priority, turn, seq)
    WHERE status = 'pending' AND turn IS NOT NULL;
CREATE INDEX background_jobs_later ON background_jobs (run_at) WHERE status = 'pending' AND turn IS NULL;
CREATE INDEX background_jobs_turns ON background_jobs (COALESCE(user_id, scope_id), priority, run_at, turn)
    WHERE status = 'pending' AND turn IS NOT NULL AND COALESCE(user_id, scope_id) IS NOT NULL;
CREATE INDEX background_jobs_by_user ON background_jobs (user_id, seq DESC) WHERE user_id IS NOT NULL;

-- A history has no gaps. An event's key is its job's seq times 2^20 plus its number, from 1: one tree, in which a history
-- lies together. No foreign key, which would cost more than the event: pruning takes the events of jobs that are gone.
ALTER TABLE background_job_events RENAME TO background_job_events_before;
CREATE TABLE background_job_events (
    key BIGINT PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    kind TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    -- A sentence's material: {"code":…,"message":…,"next_at":…}
    data JSONB NOT NULL
);
INSERT INTO background_job_events (key, at, kind, attempt, data)
    SELECT j.seq * 1048576 + row_number() OVER (PARTITION BY e.job_id ORDER BY e.seq), e.at, e.kind, e.attempt, e.data
    FROM background_job_events_before e JOIN background_jobs j ON j.id = e.job_id;
DROP TABLE background_job_events_before;

-- What comes back by itself: the period for which each was enqueued last. Any number of workers enqueue it once.
CREATE TABLE background_schedules (
    name TEXT PRIMARY KEY,
    period BIGINT NOT NULL,
    enqueued_at TIMESTAMPTZ NOT NULL
);
