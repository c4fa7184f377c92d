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
