//! What a signed-in person sees and changes of their account and sessions.

pub mod pages;
mod views;
