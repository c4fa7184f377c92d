//! Webhooks: what the outside announces.

pub mod incoming;
