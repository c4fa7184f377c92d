//! The providers' wire protocols.
