//! The adapter without a network: each answer is a function of what was asked.

pub mod fake;
mod reading;
mod refused;
mod signing_in;
mod writing;
