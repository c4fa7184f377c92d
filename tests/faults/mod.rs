//! What goes wrong around the built binary, and what must hold all the same.

mod answers;
mod backup;
mod clock;
mod database;
mod demo;
mod edge;
mod failpoints;
mod files;
mod log;
mod machine;
mod people;
mod pooler;
mod proxies;
mod refused;
mod releases;
mod service;
mod signals;
mod storms;
mod torture;
