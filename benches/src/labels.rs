//! The inbox's rules against the texts that people judged: those kept back first.

use repruv::inbox::derive::labels::{Score, Set};

pub fn print() {
    println!("Kept back: nobody tunes on these.\n{}", Score::of(Set::Held));
    println!("Tuned on.\n{}", Score::of(Set::Tuned));
}
