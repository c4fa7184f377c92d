//! Repruv: a self-hosted, server-first reputation inbox for creators and small businesses.

pub mod accounts;
pub mod activity;
pub mod app;
pub mod audit;
pub mod backup;
pub mod config;
pub mod connections;
pub mod dashboard;
pub mod demo;
pub mod doctor;
pub mod error;
pub mod health;
pub mod idempotency;
pub mod inbox;
pub mod legacy;
pub mod live;
pub mod logging;
pub mod metrics;
pub mod openapi;
pub mod platforms;
pub mod routes;
pub mod serve;
pub mod sessions;
#[cfg(test)]
pub mod testing;
pub mod ui;
pub mod upkeep;
pub mod vault;
pub mod webhooks;
pub mod work;
pub mod workspaces;
