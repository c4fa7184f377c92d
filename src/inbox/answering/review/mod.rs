//! What editors answer, where owners look at it before it goes out.

pub mod pages;
#[cfg(test)]
mod tests;
mod views;
