//! What a person sees of background jobs.
