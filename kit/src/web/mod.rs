//! The web edge: accept loop, host and origin guards, security headers.
