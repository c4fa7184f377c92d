//! Whose data a row is.
