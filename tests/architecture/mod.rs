//! The rules of ARCHITECTURE.md and STYLE.md that a program can check.

mod layers;
mod places;
mod shape;
mod source;
mod tables;
mod words;
