//! Demo mode, tried as its users do.
