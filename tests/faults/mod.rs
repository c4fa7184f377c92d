//! What goes wrong around the built binary, and what must hold all the same.

mod answers;
mod database;
mod demo;
mod edge;
mod failpoints;
mod service;
mod signals;
mod storms;
mod torture;
