//! Durable background jobs over the table `background_jobs`.
