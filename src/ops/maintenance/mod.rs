//! What grows old goes: once an hour, in batches, whoever is first.

pub mod jobs;
mod store;
#[cfg(test)]
mod tests;
