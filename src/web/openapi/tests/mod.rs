//! The API as its document and the design promise it, on both databases.

mod answers;
mod conformance;
mod document;
mod refusals;
