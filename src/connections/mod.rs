//! Platform connections: states, causes, tokens, sync.
