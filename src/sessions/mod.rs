//! Signed-in browsers: cookies, expiry, revocation.
