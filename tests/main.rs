//! The tree's own rules, and the built binary tried from outside: by a browser, by programs, by kill -9.

mod architecture;
mod bluesky;
mod faults;
mod journeys;
mod support;
