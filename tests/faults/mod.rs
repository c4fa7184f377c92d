//! What goes wrong around the built binary, and what must hold all the same.

mod demo;
mod edge;
mod service;
mod torture;
