//! Repruv: a self-hosted, server-first reputation inbox for creators and small businesses.

pub mod accounts;
pub mod activity;
pub mod connections;
pub mod dashboard;
pub mod demo;
pub mod inbox;
pub mod platforms;
pub mod sessions;
pub mod ui;
pub mod vault;
pub mod workspaces;
