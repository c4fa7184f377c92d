//! Running an installation: backups, diagnosis, imports, metrics, health, maintenance, logging.

pub mod backup;
pub mod commands;
pub mod doctor;
pub mod health;
pub mod legacy;
pub mod logging;
pub mod maintenance;
pub mod metrics;
