//! What a person does, in a real browser against the built binary.

mod demo;
mod filters;
mod inbox;
mod members;
mod moderation;
mod morning;
mod narrow;
mod pages;
mod palette;
mod person;
mod pictures;
mod restaurant;
mod states;
mod stories;
mod team;
mod unsent;
