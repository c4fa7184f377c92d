//! Repruv: a self-hosted, server-first reputation inbox for creators and small businesses.

pub mod accounts;
pub mod activity;
pub mod app;
pub mod assembly;
pub mod audit;
pub mod config;
pub mod connections;
pub mod dashboard;
pub mod demo;
pub mod events;
pub mod idempotency;
pub mod inbox;
pub mod jobs;
pub mod live;
pub mod members;
pub mod model;
pub mod moderating;
pub mod moderation;
pub mod ops;
pub mod outbound;
pub mod palette;
pub mod platforms;
pub mod replies;
pub mod routes;
pub mod secrets;
pub mod sending;
pub mod serve;
#[cfg(test)]
pub mod testing;
pub mod web;
pub mod webhooks;
pub mod work;
pub mod workspaces;
